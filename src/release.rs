//! Which release a tag makes, and which came before it: the tag's name seen beside the repository's other tags.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use crate::event::{Change, Moment, Subject, Tag};
use crate::failure::Failure;
use crate::finding::{Location, Sources, Span};
use crate::project::{Past, Release, TagKind};
use crate::repository::{CommitId, Repository, TagObject};
use crate::tag::{self, Habit, Reading, TagFault, TagTemplate};
use crate::version::Version;

/// How this project names its releases.
#[derive(Clone, Copy, Debug)]
pub struct Naming<'a> {
    pub template: Option<&'a TagTemplate>,
    pub package: Option<&'a str>,
    /// Whether the package lies below the top of the repository, where another one may have the tags without a name.
    pub is_below: bool,
}

impl Naming<'_> {
    /// Whether the tag has the package's name in front.
    fn names(&self, tag: &str) -> bool {
        self.package.is_some_and(|name| tag::names(tag, self.template, name))
    }
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
    known: RefCell<HashMap<OwnedNaming, Rc<Candidates>>>,
    stated: RefCell<HashMap<OwnedNamings, Rc<ByVersion>>>,
}

/// Tags and the versions that they state, the lowest first.
pub type ByVersion = Vec<(Version, String)>;

/// Template and package of a [`Naming`].
type OwnedNaming = (Option<TagTemplate>, Option<String>);

/// A template, and the names of packages that tags may have before the version.
type OwnedNamings = (Option<TagTemplate>, Vec<String>);

/// The tags that may be releases under one naming, sorted by name.
struct Candidates {
    tags: Vec<Candidate>,
    habit: Habit,
    /// The tags that are releases by most projects' naming, sorted by version, then by name.
    by_version: Vec<usize>,
    series: RefCell<HashMap<String, Rc<Series>>>,
}

#[derive(Clone)]
struct Candidate {
    name: String,
    /// As most projects write it.
    usual: Option<(Version, usize)>,
    object: Option<TagObject>,
    commit: OnceCell<Option<CommitId>>,
}

/// The tags of one prefix that state a version.
struct Series {
    /// The lowest first; with its place among the candidates.
    versions: Vec<(Version, usize)>,
    /// Where they lead, as places in `versions`.
    by_commit: OnceCell<HashMap<CommitId, Vec<usize>>>,
}

impl Candidates {
    fn of(tags: Vec<Candidate>) -> Self {
        let mut habit = Habit::default();
        let mut by_version = Vec::new();
        for (index, tag) in tags.iter().enumerate() {
            if let Some((_, start)) = tag.usual {
                habit.count(&tag.name[..start]);
                by_version.push(index);
            }
        }
        by_version.sort_by(|a, b| version(&tags[*a]).cmp(&version(&tags[*b])));
        Self { tags, habit, by_version, series: RefCell::default() }
    }

    /// How the other tags are named.
    fn habit_beside(&self, tag: &str) -> Habit {
        let known = self.tags.binary_search_by(|known| known.name.as_str().cmp(tag)).ok();
        match known.and_then(|index| self.tags[index].usual.as_ref()) {
            Some((_, start)) => self.habit.without(&tag[..*start]),
            None => self.habit.clone(),
        }
    }

    fn series(&self, prefix: &str) -> Rc<Series> {
        if let Some(known) = self.series.borrow().get(prefix) {
            return Rc::clone(known);
        }
        let version =
            |(index, tag): (usize, &Candidate)| Some((Version::parse(tag.name.strip_prefix(prefix)?)?, index));
        let mut versions: Vec<(Version, usize)> = self.tags.iter().enumerate().filter_map(version).collect();
        versions.sort();
        let series = Rc::new(Series { versions, by_commit: OnceCell::new() });
        self.series.borrow_mut().insert(prefix.to_owned(), Rc::clone(&series));
        series
    }

    /// The greatest final release of the series that is lower than `version`.
    fn last_final(&self, prefix: &str, version: &Version) -> Option<(String, Version)> {
        let series = self.series(prefix);
        let lower = &series.versions[..series.versions.partition_point(|(other, _)| other < version)];
        let (last, index) = lower.iter().rev().find(|(other, _)| !other.is_prerelease())?;
        Some((self.tags[*index].name.clone(), last.clone()))
    }

    /// The first other tag, by name, of that very version.
    fn twin(&self, tag: &str, wanted: &Version, naming: Naming<'_>) -> Option<&str> {
        let is_own = |other: &str| !naming.is_below || !naming.names(tag) || naming.names(other);
        let from = self.by_version.partition_point(|index| version(&self.tags[*index]) < Some(wanted));
        let same = self.by_version[from..].iter().map(|index| &self.tags[*index]);
        // `v1.2` beside `v1.2.0` floats, or did.
        same.take_while(|other| version(other) == Some(wanted))
            .filter(|other| other.name != tag && is_own(&other.name))
            .find(|other| version(other).map(Version::release_len) == Some(wanted.release_len()))
            .map(|other| other.name.as_str())
    }
}

fn version(tag: &Candidate) -> Option<&Version> {
    tag.usual.as_ref().map(|(version, _)| version)
}

/// A tag that names no release, as a fact to be judged: where no other tags may be made.
pub fn none(tag: &Tag, sources: &mut Sources) -> Release {
    let source = sources.add(format!("refs/tags/{}", tag.name), tag.name.clone().into_bytes());
    Release {
        tag: tag.name.clone(),
        at: Location { source, span: Span::new(0, tag.name.len()) },
        version: None,
        fault: Some(TagFault::NoRelease),
        dates: tag.dates.clone(),
        kind: TagKind::Unknown,
        moved_from: None,
        past: Past::default(),
    }
}

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
        Self { repository, made, deleted, known: RefCell::default(), stated: RefCell::default() }
    }

    fn candidates(&self, naming: Naming<'_>) -> Result<Rc<Candidates>, Failure> {
        let key = (naming.template.cloned(), naming.package.map(str::to_owned));
        if let Some(known) = self.known.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        let may_be = |name: &str| tag::may_be_release(name, naming.template, naming.package);
        let usual = |name: &str| match tag::read_usual(name, naming.package) {
            Reading::Release { version, start } => Some((version, start)),
            _ => None,
        };
        let candidate = |name: String, object, commit| Candidate { usual: usual(&name), name, object, commit };
        let tags = if let Some(wider) = self.known_with_package(naming) {
            let among = wider.tags.iter().filter(|tag| may_be(&tag.name)).cloned();
            among.map(|tag| candidate(tag.name, tag.object, tag.commit)).collect()
        } else {
            let there = self.repository.tags(|name| may_be(name) && !self.deleted.contains(name))?;
            let there = there.into_iter().filter(|(name, _)| !self.made.contains_key(name));
            let there = there.map(|(name, object)| candidate(name, Some(object), OnceCell::new()));
            let made = self.made.iter().filter(|(name, _)| may_be(name));
            let made = made.map(|(name, commit)| candidate(name.clone(), None, OnceCell::from(Some(*commit))));
            let mut tags: Vec<Candidate> = there.chain(made).collect();
            tags.sort_by(|a, b| a.name.cmp(&b.name));
            tags
        };
        let candidates = Rc::new(Candidates::of(tags));
        self.known.borrow_mut().insert(key, Rc::clone(&candidates));
        Ok(candidates)
    }

    /// Without a template, whatever may be a release may be one of any package: the tags need not be read again.
    fn known_with_package(&self, naming: Naming<'_>) -> Option<Rc<Candidates>> {
        let is_wider = |(template, package): &OwnedNaming| template.is_none() && package.is_some();
        let asked = naming.template.is_none() && naming.package.is_none();
        let known = self.known.borrow();
        known.iter().find(|(key, _)| asked && is_wider(key)).map(|(_, wider)| Rc::clone(wider))
    }

    fn commit_of(&self, tag: &Candidate) -> Result<Option<CommitId>, Failure> {
        if let Some(known) = tag.commit.get() {
            return Ok(*known);
        }
        let commit = tag.object.as_ref().map_or(Ok(None), |object| self.repository.commit_of(&tag.name, object))?;
        Ok(*tag.commit.get_or_init(|| commit))
    }

    /// Where the tags of a series lead, as places among its versions.
    fn by_commit<'s>(
        &self,
        candidates: &Candidates,
        series: &'s Series,
    ) -> Result<&'s HashMap<CommitId, Vec<usize>>, Failure> {
        if let Some(known) = series.by_commit.get() {
            return Ok(known);
        }
        let mut by_commit: HashMap<CommitId, Vec<usize>> = HashMap::new();
        for (place, (_, index)) in series.versions.iter().enumerate() {
            if let Some(commit) = self.commit_of(&candidates.tags[*index])? {
                by_commit.entry(commit).or_default().push(place);
            }
        }
        Ok(series.by_commit.get_or_init(|| by_commit))
    }

    /// Reads the name of the judged tag and puts it among the `sources`, for findings to point at.
    ///
    /// # Errors
    /// Where the repository's tags cannot be read.
    pub fn read(&self, tag: &Tag, moment: Moment, naming: Naming<'_>, sources: &mut Sources) -> Result<Named, Failure> {
        let candidates = self.candidates(naming)?;
        let mut habit = candidates.habit_beside(&tag.name);
        if naming.is_below && naming.names(&tag.name) {
            habit.retain(|prefix| naming.names(&format!("{prefix}0")));
        }
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
            && let Some(longer) = self.floats_beside(&candidates, &tag.name, start, version, commit)?
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
        let (kind, past) = (TagKind::Unknown, Past::default());
        Ok(Named::Release(Box::new(Release { tag, at, version, fault, dates, kind, moved_from, past })))
    }

    /// The longer tag that this one abbreviates: `v1` beside any `v1.2.3`, `v1.2` on the commit of `v1.2.3`.
    fn floats_beside(
        &self,
        candidates: &Candidates,
        name: &str,
        start: usize,
        version: &Version,
        commit: Option<CommitId>,
    ) -> Result<Option<String>, Failure> {
        if version.release_len() > 2 {
            return Ok(None);
        }
        for (longer, index) in &candidates.series(&name[..start]).versions {
            let other = &candidates.tags[*index];
            if other.name == name || !version.abbreviates(longer) {
                continue;
            }
            if version.release_len() == 1 || commit.is_some() && self.commit_of(other)? == commit {
                return Ok(Some(other.name.clone()));
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
        let candidates = self.candidates(naming)?;
        Ok(Past {
            ancestor: match commit {
                Some(commit) => self.ancestor(&candidates, release, version, commit)?,
                None => None,
            },
            is_off_branch: false,
            last_final: candidates.last_final(&release.tag[..release.at.span.start], version),
            twin: candidates.twin(&release.tag, version, naming).map(str::to_owned),
            released_on: elsewhere.map(|elsewhere| elsewhere.to_string()),
        })
    }

    fn ancestor(
        &self,
        candidates: &Candidates,
        release: &Release,
        version: &Version,
        commit: CommitId,
    ) -> Result<Option<(String, Version)>, Failure> {
        let series = candidates.series(&release.tag[..release.at.span.start]);
        let by_commit = self.by_commit(candidates, &series)?;
        // The greatest release on a commit that comes before. What stands on the judged commit itself was made with it.
        let released = |there: CommitId| {
            let places = by_commit.get(&there).filter(|_| there != commit)?;
            let tags = places.iter().rev().map(|place| &series.versions[*place]);
            let counts = |(other, index): &&(Version, usize)| {
                (version.is_prerelease() || !other.is_prerelease()) && candidates.tags[*index].name != release.tag
            };
            tags.into_iter().find(counts)
        };
        // The way back is long where nothing ends it.
        if !by_commit.keys().any(|there| released(*there).is_some()) {
            return Ok(None);
        }
        let nearest = self.repository.nearest_ancestors(commit, |there| released(there).is_some())?;
        let greatest = nearest.into_iter().filter_map(released).max_by(|(a, _), (b, _)| a.cmp(b));
        Ok(greatest.map(|(other, index)| (candidates.tags[*index].name.clone(), other.clone())))
    }

    /// The tags of releases by the version that they state, the lowest first. `packages` are the names that tags may have
    /// before the version; what floats is left out.
    ///
    /// # Errors
    /// Where the repository's tags cannot be read.
    pub fn releases(&self, template: Option<&TagTemplate>, packages: &[&str]) -> Result<Rc<ByVersion>, Failure> {
        let key = (template.cloned(), packages.iter().map(|name| (*name).to_owned()).collect());
        if let Some(known) = self.stated.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        let mut stated: BTreeMap<String, Version> = BTreeMap::new();
        for package in packages.iter().copied().map(Some).chain([None]) {
            for Candidate { name, .. } in &self.candidates(Naming { template, package, is_below: false })?.tags {
                let version = match tag::read(name, template, package, &Habit::default()) {
                    Reading::Release { version, .. } => Some(version),
                    // The project may have named its tags in another way once.
                    Reading::Faulty { fault: TagFault::OtherPrefix { .. }, start } => Version::parse(&name[start..]),
                    _ => None,
                };
                if let Some(version) = version {
                    stated.entry(name.clone()).or_insert(version);
                }
            }
        }
        let mut releases: ByVersion = stated.into_iter().map(|(name, version)| (version, name)).collect();
        releases.sort();
        let floats = |at: usize| {
            let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten().filter_map(|at| releases.get(at));
            let (version, _) = &releases[at];
            version.release_len() == 1 && beside.into_iter().any(|(longer, _)| version.abbreviates(longer))
        };
        let kept: Vec<usize> = (0..releases.len()).filter(|at| !floats(*at)).collect();
        let kept = Rc::new(kept.into_iter().map(|at| releases[at].clone()).collect());
        self.stated.borrow_mut().insert(key, Rc::clone(&kept));
        Ok(kept)
    }

    /// The commit of the release before this one: that of the greatest lower version among the tags that are named
    /// alike.
    ///
    /// # Errors
    /// Where the repository's tags cannot be read.
    pub fn previous(&self, release: &Release, naming: Naming<'_>) -> Result<Option<CommitId>, Failure> {
        let Some(version) = &release.version else { return Ok(None) };
        let candidates = self.candidates(naming)?;
        let series = candidates.series(&release.tag[..release.at.span.start]);
        let lower = series.versions.partition_point(|(other, _)| other < version);
        match lower.checked_sub(1).and_then(|last| series.versions.get(last)) {
            Some((_, index)) => self.commit(&candidates.tags[*index].name),
            None => Ok(None),
        }
    }

    /// The commit that a tag leads to; `None` where there is no such tag, or it leads to something else.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn commit(&self, name: &str) -> Result<Option<CommitId>, Failure> {
        match self.made.get(name) {
            Some(commit) => Ok(Some(*commit)),
            None => Ok(self.repository.tag(name)?.and_then(|target| target.commit)),
        }
    }
}
