//! Which release a tag makes, and which came before it: the tag's name seen beside the repository's other tags.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use crate::event::{Change, Moment, Subject, Tag};
use crate::failure::Failure;
use crate::finding::{Location, Sources, Span};
use crate::project::{Past, Release};
use crate::repository::{CommitId, Repository};
use crate::tag::{self, Habit, Reading, TagFault, TagTemplate};
use crate::version::Version;

/// How this project names its releases.
#[derive(Clone, Copy, Debug)]
pub struct Naming<'a> {
    pub template: Option<&'a TagTemplate>,
    pub package: Option<&'a str>,
}

/// What the judged tag is.
#[derive(Clone, Debug)]
pub enum Named {
    Release(Box<Release>),
    /// No release: why, as a whole sentence without its full stop.
    Other(String),
}

/// The repository's release tags as they are once everything that is judged together has happened.
pub struct History<'a> {
    repository: &'a Repository,
    /// Tags that are being made, and where they lead; the repository may not have them yet.
    made: BTreeMap<String, CommitId>,
    deleted: HashSet<String>,
    names: OnceCell<Vec<String>>,
    habits: RefCell<HashMap<Option<String>, Rc<Habit>>>,
    series: RefCell<HashMap<String, Rc<Series>>>,
}

/// The tags of one prefix that state a version, the lowest first.
type Series = Vec<(Version, String)>;

impl<'a> History<'a> {
    /// `subjects` are all that is judged together.
    pub fn of(repository: &'a Repository, subjects: &[Subject]) -> Self {
        let (mut made, mut deleted) = (BTreeMap::new(), HashSet::new());
        for subject in subjects {
            match (&subject.tag, subject.moment) {
                (Some(tag), Moment::Nothing) => drop(deleted.insert(tag.name.clone())),
                (Some(tag), Moment::Commit(commit)) if tag.made => drop(made.insert(tag.name.clone(), commit)),
                _ => {}
            }
        }
        let (names, habits, series) = (OnceCell::new(), RefCell::default(), RefCell::default());
        Self { repository, made, deleted, names, habits, series }
    }

    fn names(&self) -> Result<&[String], Failure> {
        if let Some(names) = self.names.get() {
            return Ok(names);
        }
        let there = self.repository.tags()?.iter().filter(|name| !self.deleted.contains(*name));
        let mut names: Vec<String> = there.chain(self.made.keys()).cloned().collect();
        names.sort_unstable();
        names.dedup();
        Ok(self.names.get_or_init(|| names))
    }

    fn habit(&self, package: Option<&str>) -> Result<Rc<Habit>, Failure> {
        let package = package.map(str::to_owned);
        if let Some(known) = self.habits.borrow().get(&package) {
            return Ok(Rc::clone(known));
        }
        let habit = Rc::new(Habit::of(self.names()?.iter().map(String::as_str), package.as_deref()));
        self.habits.borrow_mut().insert(package, Rc::clone(&habit));
        Ok(habit)
    }

    fn series(&self, prefix: &str) -> Result<Rc<Series>, Failure> {
        if let Some(known) = self.series.borrow().get(prefix) {
            return Ok(Rc::clone(known));
        }
        let version = |name: &String| Some((name.strip_prefix(prefix).and_then(Version::parse)?, name.clone()));
        let mut series: Series = self.names()?.iter().filter_map(version).collect();
        series.sort();
        let series = Rc::new(series);
        self.series.borrow_mut().insert(prefix.to_owned(), Rc::clone(&series));
        Ok(series)
    }

    /// The commit that a tag leads to; `None` where there is no such tag, or it leads elsewhere.
    ///
    /// # Errors
    /// Where the tag cannot be read.
    pub fn commit(&self, name: &str) -> Result<Option<CommitId>, Failure> {
        match self.made.get(name) {
            Some(commit) => Ok(Some(*commit)),
            None => Ok(self.repository.tag(name)?.and_then(|target| target.commit)),
        }
    }

    /// Reads the name of the judged tag and puts it among the `sources`, for findings to point at.
    ///
    /// # Errors
    /// Where the repository's tags cannot be read.
    pub fn read(&self, tag: &Tag, moment: Moment, naming: Naming<'_>, sources: &mut Sources) -> Result<Named, Failure> {
        let habit = self.habit(naming.package)?;
        let (version, fault, start) = match tag::read(&tag.name, naming.template, naming.package, &habit) {
            Reading::Release { version, start } => (Some(version), None, start),
            Reading::Faulty { fault, start } => (Version::parse(&tag.name[start..]), Some(fault), start),
            Reading::Other => return Ok(Named::Other(format!("`{}` does not name a release", tag.name))),
        };
        let commit = match (moment, &tag.change) {
            (Moment::Commit(commit), _) => Some(commit),
            (_, Change::Deleted { from }) => *from,
            _ => None,
        };
        if let Some(version) = &version
            && let Some(longer) = self.floats_beside(&tag.name, &tag.name[..start], version, commit)?
        {
            return Ok(Named::Other(format!("`{}` floats beside `{longer}` and is no release of its own", tag.name)));
        }
        let source = sources.add(format!("refs/tags/{}", tag.name), tag.name.clone().into_bytes());
        let at = Location { source, span: Span::new(start, tag.name.len()) };
        let moved_from = match &tag.change {
            Change::Moved { from } => Some(from.clone()),
            Change::Created | Change::Deleted { .. } => None,
        };
        let (tag, dates) = (tag.name.clone(), tag.dates.clone());
        Ok(Named::Release(Box::new(Release { tag, at, version, fault, dates, moved_from, past: Past::default() })))
    }

    /// The longer tag that this one abbreviates: `v1` beside any `v1.2.3`, `v1.2` on the commit of `v1.2.3`.
    fn floats_beside(
        &self,
        name: &str,
        prefix: &str,
        version: &Version,
        commit: Option<CommitId>,
    ) -> Result<Option<String>, Failure> {
        if version.release_len() > 2 {
            return Ok(None);
        }
        for (longer, other) in self.series(prefix)?.iter() {
            if other == name || !version.abbreviates(longer) {
                continue;
            }
            if version.release_len() == 1 || commit.is_some() && self.commit(other)? == commit {
                return Ok(Some(other.clone()));
            }
        }
        Ok(None)
    }

    /// What the tags say of a release that is judged on `commit`, if on any.
    ///
    /// # Errors
    /// Where tags or the history cannot be read.
    pub fn past(
        &self,
        release: &Release,
        naming: Naming<'_>,
        commit: Option<CommitId>,
        elsewhere: Option<CommitId>,
    ) -> Result<Past, Failure> {
        let Some(version) = release.version.as_ref().filter(|_| release.fault.is_none()) else {
            return Ok(Past::default());
        };
        Ok(Past {
            ancestor: match commit {
                Some(commit) => self.ancestor(release, version, commit)?,
                None => None,
            },
            twin: self.twin(release, version, naming)?,
            released_on: elsewhere.map(|elsewhere| elsewhere.to_string()),
        })
    }

    fn ancestor(
        &self,
        release: &Release,
        version: &Version,
        commit: CommitId,
    ) -> Result<Option<(String, Version)>, Failure> {
        let series = self.series(&release.tag[..release.at.span.start])?;
        let mut released: HashMap<CommitId, (String, Version)> = HashMap::new();
        for (other, name) in series.iter() {
            let counts = version.is_prerelease() || !other.is_prerelease();
            // What stands on the judged commit itself was made with it, not before it.
            if counts
                && *name != release.tag
                && let Some(there) = self.commit(name)?.filter(|there| *there != commit)
            {
                released.insert(there, (name.clone(), other.clone()));
            }
        }
        if released.is_empty() {
            return Ok(None);
        }
        let nearest = self.repository.nearest_ancestors(commit, released.keys().copied())?;
        let nearest = nearest.into_iter().filter_map(|commit| released.remove(&commit));
        Ok(nearest.max_by(|(_, a), (_, b)| a.cmp(b)))
    }

    fn twin(&self, release: &Release, version: &Version, naming: Naming<'_>) -> Result<Option<String>, Failure> {
        // `v1.2` beside `v1.2.0` floats, or did.
        let same_length = |other: &Version| other.release_len() == version.release_len();
        let same = |name: &&String| {
            **name != release.tag
                && matches!(tag::read_usual(name, naming.package), Reading::Release { version: other, .. } if other == *version && same_length(&other))
        };
        Ok(self.names()?.iter().find(same).cloned())
    }

    /// The tags of releases by the version that they state, the lowest first. `packages` are the names that tags may have
    /// before the version; what floats is left out.
    ///
    /// # Errors
    /// Where the repository's tags cannot be read.
    pub fn releases(
        &self,
        template: Option<&TagTemplate>,
        packages: &[&str],
    ) -> Result<Vec<(Version, String)>, Failure> {
        let mut releases = Vec::new();
        for name in self.names()? {
            let reading = |package| tag::read(name, template, package, &Habit::default());
            let readings = packages.iter().map(|package| reading(Some(*package))).chain([reading(None)]);
            let version = readings.into_iter().find_map(|reading| match reading {
                Reading::Release { version, .. } => Some(version),
                // The project may have named its tags in another way once.
                Reading::Faulty { fault: TagFault::OtherPrefix { .. }, start } => Version::parse(&name[start..]),
                _ => None,
            });
            releases.extend(version.map(|version| (version, name.clone())));
        }
        releases.sort();
        let floats = |at: usize| {
            let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten().filter_map(|at| releases.get(at));
            let (version, _): &(Version, String) = &releases[at];
            version.release_len() == 1 && beside.into_iter().any(|(longer, _)| version.abbreviates(longer))
        };
        let kept: Vec<usize> = (0..releases.len()).filter(|at| !floats(*at)).collect();
        Ok(kept.into_iter().map(|at| releases[at].clone()).collect())
    }

    /// The commit of the release before this one: that of the greatest lower version among the tags that are named
    /// alike.
    ///
    /// # Errors
    /// Where the repository's tags cannot be read.
    pub fn previous(&self, release: &Release) -> Result<Option<CommitId>, Failure> {
        let Some(version) = &release.version else { return Ok(None) };
        let series = self.series(&release.tag[..release.at.span.start])?;
        let lower = series.partition_point(|(other, _)| other < version);
        match lower.checked_sub(1).and_then(|last| series.get(last)) {
            Some((_, name)) => self.commit(name),
            None => Ok(None),
        }
    }
}
