//! Snapshot, settings, facts, rules, verdicts: the one way in which anything is judged.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use crate::config::{self, Settings};
use crate::date::Date;
use crate::earlier::Earlier;
use crate::event::{self, Base, Branch, Message, Moment, Rulebook, Subject, Tag};
use crate::failure::Failure;
use crate::files::{Files, ReadEarlier, Repaired};
use crate::finding::{Level, Location, Span};
use crate::package;
use crate::project::{self, Before, Commit, DeletedRelease, Facts, Ignore, Ignores, Package, Release};
use crate::provenance;
use crate::release::{self, History, Named, Naming};
use crate::report::{Judgement, Report, SnapshotName};
use crate::repository::{CommitId, Repository, Snapshot};
use crate::rules;
use crate::tag;
use crate::verdict::{self, Verdict};
use crate::version::Version;

/// The rules that look at workflows, which are read for them alone.
const WORKFLOW_RULES: [&str; 2] = ["prerelease-flag", "workflow-trigger"];

/// Judges the subjects of one run.
pub struct Judge<'a> {
    repository: &'a Repository,
    history: History<'a>,
    today: Date,
    /// Whether findings that the base already has are told.
    pub all: bool,
    /// The only package that is judged.
    pub package: Option<&'a str>,
    /// The settings that the command line names in place of the repository's own.
    pub given: Option<Settings>,
    /// The branches that are pushed or received together with the subjects.
    pub pushed: Vec<Branch>,
    /// Whether tags that are lightweight here need not be so.
    pub flattened: bool,
    /// How a history that is not here is fetched.
    pub whole_history: &'static str,
    /// The settings of `HEAD`.
    head: OnceCell<Settings>,
    /// What was read last: tags that are pushed together often lead to one commit.
    last: RefCell<Option<(CommitId, Rc<Opened>)>>,
}

/// The files of one moment, and what they say about how they are judged.
struct Opened {
    snapshot: Snapshot,
    repaired: Repaired,
    settings: Settings,
    packages: Vec<Package>,
    /// What was read to learn settings and packages.
    read: ReadEarlier,
    /// By the package's folder, and whether they are those of a release.
    facts: RefCell<HashMap<(String, bool), Facts>>,
}

impl Opened {
    fn files(&self) -> Files<'_> {
        Files::with_repairs(&self.snapshot, &self.repaired).after(&self.read)
    }

    fn facts(&self, package: &Package, today: Date, released: bool) -> Result<Facts, Failure> {
        let key = (package.folder.clone(), released);
        if let Some(known) = self.facts.borrow().get(&key) {
            return Ok(known.clone());
        }
        let asked =
            |rule: &str| released && verdict::level_of(rule, &self.settings.levels, &package.policy) > Level::Off;
        let facts = project::read_release(self.files(), package, today, asked)?;
        self.facts.borrow_mut().insert(key, facts.clone());
        Ok(facts)
    }
}

impl<'a> Judge<'a> {
    /// `subjects` are all that will be judged: tags that are made together know of each other.
    pub fn new(repository: &'a Repository, subjects: &[Subject], today: Date) -> Self {
        Self {
            repository,
            history: History::of(repository, subjects),
            today,
            all: false,
            package: None,
            given: None,
            pushed: Vec::new(),
            flattened: false,
            whole_history: "fetch the whole history first",
            head: OnceCell::new(),
            last: RefCell::new(None),
        }
    }

    /// Judges the subject, its files as they would be with the repairs.
    ///
    /// # Errors
    /// Where something that the answer depends on cannot be read, or is not there.
    pub fn report(&self, subject: &Subject, repaired: &Repaired) -> Result<Report, Failure> {
        Ok(Report { judgements: self.judge(subject, repaired)?, fixed: 0 })
    }

    /// The facts of every package that is judged, without judging it.
    ///
    /// # Errors
    /// As [`Judge::report`].
    pub fn facts(&self, subject: &Subject) -> Result<Vec<Facts>, Failure> {
        let opened = self.open(subject, &Repaired::new())?;
        let chosen: Vec<&Package> = match self.package {
            Some(wanted) => vec![package::named(wanted, &opened.packages, &mut opened.files())?],
            None => opened.packages.iter().collect(),
        };
        let mut all = Vec::new();
        for package in &chosen {
            let facts = opened.facts(package, self.today, false)?;
            if facts.say_anything() {
                all.push(facts);
            }
        }
        if all.is_empty() { Err(nothing_to_judge()) } else { Ok(all) }
    }

    /// Whether the files of the subject hold the only package that is judged.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn holds_package(&self, subject: &Subject) -> Result<bool, Failure> {
        let Some(wanted) = self.package else { return Ok(true) };
        let opened = self.open(subject, &Repaired::new())?;
        package::is_there(wanted, &opened.packages, &mut opened.files())
    }

    /// The files of a moment; none for [`Moment::Nothing`].
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn snapshot(&self, moment: Moment) -> Result<Snapshot, Failure> {
        match moment {
            Moment::WorkTree => self.repository.files(),
            Moment::Index => self.repository.index(),
            Moment::Commit(commit) => self.repository.tree(commit),
            Moment::Nothing => Ok(Snapshot::memory([])),
        }
    }

    fn judge(&self, subject: &Subject, repaired: &Repaired) -> Result<Vec<Judgement>, Failure> {
        let opened = self.open(subject, repaired)?;
        if subject.message.is_some() && !asks_for_messages(&opened) {
            return Ok(Vec::new());
        }
        let mut files = opened.files();
        let chosen: Vec<&Package> = match (self.package, &subject.tag) {
            (Some(wanted), _) => vec![package::named(wanted, &opened.packages, &mut files)?],
            (None, Some(tag)) => package::released_by(&tag.name, &opened.packages, &mut files)?,
            (None, None) => opened.packages.iter().collect(),
        };
        let mut read = Vec::new();
        for package in &chosen {
            let facts = opened.facts(package, self.today, subject.tag.is_some())?;
            // The top of a repository of many packages may hold nothing that is released.
            if facts.say_anything() || chosen.len() == 1 {
                read.push((*package, facts));
            }
        }
        if let (Some(tag), Moment::Nothing) = (&subject.tag, subject.moment) {
            return Ok(vec![self.judge_deletion(subject, tag, &opened.settings, read.first())?]);
        }
        if let Some(tag) = &subject.tag
            && !package::released_together(&read)
        {
            let mut facts = opened.facts(&Package::default(), self.today, false)?;
            if opened.settings.only_release_tags {
                facts.release = Some(release::none(tag, &mut facts.sources));
                let excuses = self.excuses(subject, &opened.settings)?;
                let verdicts = verdict::judge(&facts, &opened.settings.levels, &excuses, || Ok(None))?;
                return Ok(vec![self.judgement(subject, facts, verdicts, None)]);
            }
            let reason = format!("`{}` is the tag of no package of this repository", tag.name);
            return if tag.made {
                Ok(vec![self.judgement(subject, facts, Vec::new(), Some(reason))])
            } else {
                Err(Failure::new(reason).help("name the package in the tag, or say in the settings how tags are named"))
            };
        }
        if read.is_empty() {
            return Err(nothing_to_judge());
        }
        read.into_iter().map(|(package, facts)| self.judge_package(subject, package, &opened, facts)).collect()
    }

    fn judge_package(
        &self,
        subject: &Subject,
        package: &Package,
        opened: &Opened,
        mut facts: Facts,
    ) -> Result<Judgement, Failure> {
        if let Some(tag) = &subject.tag {
            match self.named(subject, tag, package, &mut facts)? {
                Named::Release(release) => {
                    facts.release = Some(self.with_provenance(*release, subject, tag, package, opened)?);
                }
                Named::Other(_) if opened.settings.only_release_tags => {
                    facts.release = Some(release::none(tag, &mut facts.sources));
                }
                Named::Other(_) if !tag.made => return Err(event::no_such_tag(&tag.name, self.repository)),
                Named::Other(reason) => return Ok(self.judgement(subject, facts, Vec::new(), Some(reason))),
            }
        }
        if !facts.say_anything() {
            return Err(nothing_to_judge());
        }
        if let Some(message) = &subject.message {
            facts.commit = Some(self.commit(message, package, &mut facts)?);
        }
        let levels = &opened.settings.levels;
        if facts.release.is_some()
            && WORKFLOW_RULES.iter().any(|rule| verdict::level_of(rule, levels, &package.policy) > Level::Off)
        {
            facts.read_workflows(opened.files())?;
        }
        facts.before = self.before(subject, package, opened, &facts)?;
        if let Some(ignores) = &opened.settings.ignores {
            facts.add_ignores(ignores, subject.event == "check", opened.packages.len() == 1);
        }
        let excuses = self.excuses(subject, &opened.settings)?;
        let base = || self.base_facts(subject, package, &facts);
        let mut verdicts = verdict::judge(&facts, levels, &excuses, base)?;
        if let Some(commit) = &facts.commit {
            // All else was judged before there was a message.
            verdicts.retain(|verdict| verdict.finding.at.source == commit.subject.source);
        }
        Ok(self.judgement(subject, facts, verdicts, None))
    }

    /// The release, and where its tag comes from: as far as rules that are on ask.
    fn with_provenance(
        &self,
        mut release: Release,
        subject: &Subject,
        tag: &Tag,
        package: &Package,
        opened: &Opened,
    ) -> Result<Release, Failure> {
        let is_on = |rule| verdict::level_of(rule, &opened.settings.levels, &package.policy) > Level::Off;
        release.kind = provenance::kind(self.repository, tag, self.flattened, is_on("tag-unsigned"))?;
        if is_on("tag-off-branch") && !package.policy.branches.is_empty() {
            let commit = match subject.moment {
                Moment::Commit(commit) => Some(commit),
                // What is about to be committed will follow this one.
                Moment::Index | Moment::WorkTree | Moment::Nothing => self.repository.head()?,
            };
            if let Some(commit) = commit {
                let (policy, pushed) = (&package.policy, &self.pushed[..]);
                release.past.is_off_branch =
                    provenance::is_off_branch(self.repository, commit, policy, pushed, self.whole_history)?;
            }
        }
        Ok(release)
    }

    fn named(&self, subject: &Subject, tag: &Tag, package: &Package, facts: &mut Facts) -> Result<Named, Failure> {
        let naming = naming(&tag.name, package, facts.declared.name.as_deref());
        let mut named = self.history.read(tag, subject.moment, naming, &mut facts.sources)?;
        if let Named::Release(release) = &mut named {
            let commit = match subject.moment {
                Moment::Commit(commit) => Some(commit),
                Moment::Index | Moment::WorkTree => self.repository.head()?,
                Moment::Nothing => return Ok(named),
            };
            release.past = self.history.past(release, naming, commit, tag.elsewhere)?;
        }
        Ok(named)
    }

    fn judgement(
        &self,
        subject: &Subject,
        facts: Facts,
        verdicts: Vec<Verdict>,
        no_release: Option<String>,
    ) -> Judgement {
        let is_told = |verdict: &Verdict| self.all || !verdict.old && verdict.ignored.is_none();
        let (told, left): (Vec<_>, Vec<_>) = verdicts.into_iter().partition(is_told);
        let ignored = left.iter().filter(|verdict| verdict.ignored.is_some()).count();
        let old = left.len() - ignored;
        let snapshot = match subject.moment {
            Moment::WorkTree => SnapshotName::WorkTree,
            Moment::Index => SnapshotName::Index,
            Moment::Commit(commit) => SnapshotName::Tree(commit.to_string()),
            Moment::Nothing => SnapshotName::Nothing,
        };
        Judgement { event: subject.event, snapshot, facts, verdicts: told, old, ignored, no_release }
    }

    /// A tag that is deleted has no files to judge. `package` is the one that is released so, as `HEAD` shows it.
    fn judge_deletion(
        &self,
        subject: &Subject,
        tag: &Tag,
        settings: &Settings,
        package: Option<&(&Package, Facts)>,
    ) -> Result<Judgement, Failure> {
        let nothing = Snapshot::memory([]);
        let nameless = Package { tag: settings.tag.clone(), policy: settings.policy.clone(), ..Package::default() };
        let package_there = package.map_or(&nameless, |(package, _)| *package);
        let mut facts = project::read(Files::new(&nothing), package_there, self.today)?;
        facts.declared.name = package.and_then(|(_, there)| there.declared.name.clone());
        let reason = match self.named(subject, tag, package_there, &mut facts)? {
            Named::Release(release) if release.fault.is_none() => {
                facts.deleted = Some(DeletedRelease { tag: release.tag, at: release.at });
                None
            }
            Named::Release(_) => Some(format!("`{}` is no proper name of a release", tag.name)),
            Named::Other(reason) => Some(reason),
        };
        let verdicts = match reason {
            None => verdict::judge(&facts, &settings.levels, &self.excuses(subject, settings)?, || Ok(None))?,
            Some(_) => Vec::new(),
        };
        Ok(self.judgement(subject, facts, verdicts, reason))
    }

    fn open(&self, subject: &Subject, repaired: &Repaired) -> Result<Rc<Opened>, Failure> {
        let moment = match subject.moment {
            // A deletion is judged by what the project says of itself now.
            Moment::Nothing => self.repository.head()?.map_or(Moment::Nothing, Moment::Commit),
            moment => moment,
        };
        if let Some((known, opened)) = &*self.last.borrow()
            && Moment::Commit(*known) == moment
        {
            return Ok(Rc::clone(opened));
        }
        let snapshot = self.snapshot(moment)?;
        let mut files = Files::with_repairs(&snapshot, repaired);
        let settings = match (&self.given, subject.rulebook) {
            (Some(given), _) => given.clone(),
            (None, Rulebook::Head) => self.head()?.clone(),
            (None, Rulebook::Judged | Rulebook::Agreed(_)) => config::read(&mut files, &rules::ids())?,
        };
        let packages = package::find(&mut files, &settings)?;
        let (read, repaired) = (files.into_read(), repaired.clone());
        let opened = Rc::new(Opened { snapshot, repaired, settings, packages, read, facts: RefCell::default() });
        if let Moment::Commit(commit) = moment {
            *self.last.borrow_mut() = Some((commit, Rc::clone(&opened)));
        }
        Ok(opened)
    }

    /// The settings of `HEAD`; the defaults where nothing is committed yet.
    fn head(&self) -> Result<&Settings, Failure> {
        if let Some(known) = self.head.get() {
            return Ok(known);
        }
        let settings = match self.repository.head()? {
            None => Settings::default(),
            Some(commit) => config::read(&mut Files::new(&self.repository.tree(commit)?), &rules::ids())?,
        };
        Ok(self.head.get_or_init(|| settings))
    }

    /// The ignores that count for the subject.
    fn excuses(&self, subject: &Subject, settings: &Settings) -> Result<Vec<Ignore>, Failure> {
        let Some(Ignores { list, .. }) = &settings.ignores else { return Ok(Vec::new()) };
        let mut excuses = list.clone();
        if let (None, Rulebook::Agreed(commit)) = (&self.given, subject.rulebook) {
            let snapshot = self.repository.tree(commit)?;
            // Settings that cannot be read excuse nothing, and are no fault of what is judged.
            let agreed = config::read(&mut Files::new(&snapshot), &rules::ids()).ok().and_then(|there| there.ignores);
            let agreed = agreed.map(|ignores| ignores.list).unwrap_or_default();
            excuses.retain(|ignore| agreed.iter().any(|other| other.is_like(ignore) && !other.has_expired(self.today)));
        }
        excuses.retain(|ignore| !ignore.has_expired(self.today));
        Ok(excuses)
    }

    fn commit(&self, message: &Message, package: &Package, facts: &mut Facts) -> Result<Commit, Failure> {
        let span = Span::from(subject_line(&message.text));
        let subject = Location { source: facts.sources.add(message.path.clone(), message.text.clone()), span };
        let mut before: Vec<Version> = Vec::new();
        // A merge brings a new version in and need not announce it: one of its parents did.
        let merged = self.repository.commit("MERGE_HEAD").ok();
        for parent in self.repository.head()?.into_iter().chain(merged) {
            let snapshot = self.repository.tree(parent)?;
            let parent = project::read(Files::new(&snapshot), package, self.today);
            before.extend(parent.ok().and_then(|parent| parent.version().cloned()));
        }
        Ok(Commit { subject, before })
    }

    /// What the changelog said before, where a rule asks for it.
    fn before(
        &self,
        subject: &Subject,
        package: &Package,
        opened: &Opened,
        facts: &Facts,
    ) -> Result<Option<Before>, Failure> {
        let level = |id: &&str| verdict::level_of(id, &opened.settings.levels, &package.policy);
        let level = rules::ABOUT_BEFORE.iter().map(level).max();
        let Some(found) = facts.changelog.as_ref().filter(|found| found.changelog.is_sound()) else { return Ok(None) };
        if subject.message.is_some() || level <= Some(Level::Off) {
            return Ok(None);
        }
        let alone = subject.base == Base::None && subject.tag.is_none();
        let base = match self.base(subject, package, facts)? {
            None if alone && subject.moment == Moment::WorkTree => self.repository.head()?,
            None if !alone && level == Some(Level::Error) => return self.require_history(),
            None if !alone => return Ok(None),
            base => base,
        };
        let snapshot = opened.repaired.is_empty().then_some(&opened.snapshot);
        let (repository, history) = (self.repository, &self.history);
        let is_needed = level == Some(Level::Error);
        Earlier { repository, history, package, facts, found, snapshot, is_needed }.read(base, alone)
    }

    /// The commit that the subject is compared with.
    fn base(&self, subject: &Subject, package: &Package, facts: &Facts) -> Result<Option<CommitId>, Failure> {
        match (subject.base, &facts.release) {
            (Base::Commit(commit), _) => Ok(Some(commit)),
            (Base::PreviousRelease, Some(release)) => {
                self.history.previous(release, naming(&release.tag, package, facts.declared.name.as_deref()))
            }
            _ => Ok(None),
        }
    }

    /// Nothing, unless the history is not here that would show whether there is something.
    fn require_history<T>(&self) -> Result<Option<T>, Failure> {
        if self.repository.is_shallow() {
            return Err(Failure::new("this clone is shallow and has no release to compare the changelog with")
                .help(self.whole_history));
        }
        Ok(None)
    }

    /// The facts of what the subject is compared with, under the subject's own settings.
    fn base_facts(&self, subject: &Subject, package: &Package, facts: &Facts) -> Result<Option<Facts>, Failure> {
        let Some(commit) = self.base(subject, package, facts)? else {
            return if subject.base == Base::PreviousRelease { self.require_history() } else { Ok(None) };
        };
        let snapshot = self.repository.tree(commit)?;
        // A base that cannot be read excuses nothing, and is no fault of what is judged.
        let mut base = project::read(Files::new(&snapshot), package, facts.today).ok();
        if let Some(base) = base.as_mut().filter(|_| !facts.workflows.is_empty()) {
            base.read_workflows(Files::new(&snapshot))?;
        }
        Ok(base)
    }
}

/// How the package names its releases, one of which is `tag`: by its folder's name, or by its own `name`.
fn naming<'p>(tag: &str, package: &'p Package, name: Option<&'p str>) -> Naming<'p> {
    let template = package.tag.as_ref();
    let folder = package.folder_name().filter(|folder| tag::names(tag, template, folder));
    Naming { template, package: folder.or(name), is_below: !package.folder.is_empty() }
}

/// Whether the settings of any package ask what a commit's message says.
fn asks_for_messages(opened: &Opened) -> bool {
    opened.packages.iter().any(|package| package.policy.commit_message.is_some())
}

/// The first line of a commit's message that git will keep: no comment, not empty.
fn subject_line(message: &[u8]) -> Range<usize> {
    let mut start = 0;
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        let text = line.trim_ascii_end();
        if !text.is_empty() && !text.starts_with(b"#") {
            return start..start + text.len();
        }
        start += line.len();
    }
    0..0
}

fn nothing_to_judge() -> Failure {
    Failure::new("there is neither a Python project nor a changelog to judge")
        .help("relgate looks for a project in pyproject.toml, setup.cfg or setup.py at the top of the repository, or where settings say")
}
