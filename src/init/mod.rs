//! `relgate init`: settings that fit the history, each with what shows it.

mod habits;
mod places;
mod text;

use std::collections::BTreeMap;

use crate::audit::{self, Audit, Judged};
use crate::changelog::Section;
use crate::config::{self, Settings};
use crate::date::Date;
use crate::event::{self, Moment};
use crate::failure::Failure;
use crate::files::{Files, Repaired};
use crate::fix;
use crate::judge::Judge;
use crate::project::Facts;
use crate::report::SnapshotName;
use crate::repository::{Repository, Snapshot};
use crate::rules;
use crate::version::Version;

/// How many of the newest releases are asked for habits.
const RECENT: usize = 10;

/// How many of them are shown.
const SHOWN: usize = 5;

/// What the history suggests.
#[derive(Debug)]
pub struct Plan {
    /// How many releases there are.
    pub releases: usize,
    /// Whether these are of several packages.
    pub has_several: bool,
    /// Settings that fit, in the order in which they are written.
    pub lines: Vec<Line>,
    /// What was found out and needs no setting.
    pub found: Vec<Evidence>,
    /// The settings of `lines`, as the reader of settings has them.
    pub settings: Settings,
    /// Where there are settings already, `path:line:column`.
    pub present: Option<String>,
    /// The file that the settings belong into.
    pub path: &'static str,
    /// That file with the settings in it.
    pub text: Vec<u8>,
    /// The settings alone.
    pub addition: String,
    /// The newest tags, to be shown under these settings.
    pub newest: Vec<String>,
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub key: Key,
    /// As TOML has it.
    pub value: String,
    /// What shows that it fits.
    pub evidence: String,
    /// Whether the settings that are there say so already.
    pub settled: bool,
}

/// What a [`Line`] sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Tag,
    Scheme,
    Changelog,
    Categories,
    Branches,
    Versions,
    /// The level of a rule.
    Rule(&'static str),
}

/// What the history shows of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub about: &'static str,
    pub text: String,
}

/// What is kept of one release.
#[derive(Clone, Debug)]
struct Seen {
    tag: String,
    /// What stands before the version in the tag.
    prefix: String,
    version: Version,
    date: Option<Date>,
    /// In hexadecimal.
    commit: String,
    /// The path of its changelog.
    changelog: Option<String>,
    has_section: bool,
    /// Rules that have something to say, and whether one of their findings blocks.
    rules: BTreeMap<&'static str, bool>,
}

impl Key {
    pub fn name(self) -> String {
        match self {
            Self::Tag => "tag".to_owned(),
            Self::Scheme => "scheme".to_owned(),
            Self::Changelog => "changelog".to_owned(),
            Self::Categories => "categories".to_owned(),
            Self::Branches => "branches".to_owned(),
            Self::Versions => "versions".to_owned(),
            Self::Rule(rule) => format!("rules.{rule}"),
        }
    }

    /// Whether both settings say the same of it.
    fn is_same(self, one: &Settings, other: &Settings) -> bool {
        match self {
            Self::Tag => one.tag == other.tag,
            Self::Scheme => one.policy.scheme == other.policy.scheme,
            Self::Changelog => one.policy.changelog == other.policy.changelog,
            Self::Categories => one.policy.categories == other.policy.categories,
            Self::Branches => one.policy.branches == other.policy.branches,
            Self::Versions => one.policy.versions == other.policy.versions,
            Self::Rule(rule) => one.levels.get(rule) == other.levels.get(rule),
        }
    }
}

/// Everything that the settings are drawn from.
struct Grounds<'a> {
    repository: &'a Repository,
    audit: &'a Audit<'a>,
    /// What the files say now, package by package.
    packages: Vec<Facts>,
    /// The oldest first.
    releases: Vec<Seen>,
    /// The files as they are now.
    now: &'a Snapshot,
}

impl Plan {
    /// Reads the history. `audit` says where and by which day; its settings are not asked.
    ///
    /// # Errors
    /// Where there is nothing to judge, or it cannot be read.
    pub fn of(repository: &Repository, audit: &Audit<'_>) -> Result<Self, Failure> {
        let audit = &Audit { given: Some(Settings::default()), ..audit.clone() };
        let moment = match repository.head()? {
            Some(head) if repository.is_bare() => Moment::Commit(head),
            _ => Moment::WorkTree,
        };
        let subject = event::check::files(moment);
        let mut judge = Judge::new(repository, std::slice::from_ref(&subject), audit.today);
        judge.given.clone_from(&audit.given);
        let packages = judge.facts(&subject)?;
        let snapshot = judge.snapshot(moment)?;
        let (there, present) = config::read_with_place(&mut Files::new(&snapshot), &rules::ids())?;
        let releases = releases(audit, &audit::tags(repository, None)?)?;
        let grounds = Grounds { repository, audit, packages, releases, now: &snapshot };
        let (mut lines, found) = grounds.lines()?;
        let settings = text::settings(&lines)?;
        for line in &mut lines {
            line.settled = present.is_some() && line.key.is_same(&settings, &there);
        }
        // In their order, which stays where the days are the same.
        let newest = grounds.newest_of(SHOWN).map(|seen| seen.tag.clone()).collect();
        let (path, text, addition) = text::added(&snapshot, &lines)?;
        let (releases, has_several) = (grounds.releases.len(), grounds.packages.len() > 1);
        Ok(Self { releases, has_several, lines, found, settings, present, path, text, addition, newest })
    }

    /// The settings that those which are there do not say.
    pub fn open(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| !line.settled)
    }

    /// Writes the settings; answers whether there was anything to write.
    ///
    /// # Errors
    /// Where there are settings already that say something else, and where the file cannot be written.
    pub fn write(&self, repository: &Repository) -> Result<bool, Failure> {
        if self.open().next().is_none() {
            return Ok(false);
        }
        if let Some(place) = &self.present {
            let suggested = self.open().map(|line| format!("{} = {}", line.key.name(), line.value));
            return Err(Failure::new(format!("there are settings already, at {place}, and nothing is written"))
                .help(format!("the history suggests besides:\n{}", suggested.collect::<Vec<_>>().join("\n"))));
        }
        let snapshot = repository.files()?;
        if self.path == "pyproject.toml" {
            text::accepted(&self.text)?;
        }
        let texts = Repaired::from([(self.path.to_owned(), self.text.clone())]);
        if snapshot.read(self.path)?.is_some() {
            fix::write_all(&texts, &snapshot, repository, false)?;
        } else {
            fix::create(&repository.folder()?.join(self.path), &self.text)?;
        }
        Ok(true)
    }
}

/// What is kept of every release, the oldest first.
fn releases(audit: &Audit<'_>, tags: &[String]) -> Result<Vec<Seen>, Failure> {
    let mut seen: Vec<Seen> = audit.run(tags, seen, |_| ())?.into_iter().flatten().collect();
    // Many releases of one day: their versions tell the order, whatever stands before these in the tags.
    seen.sort_by(|one, other| (one.date, &one.version).cmp(&(other.date, &other.version)));
    Ok(seen)
}

fn seen(tag: &str, judged: Judged) -> Option<Seen> {
    let report = judged.report.ok()??;
    let [judgement] = &report.judgements[..] else { return None };
    let facts = &judgement.facts;
    let release = facts.release.as_ref()?;
    let version = release.version.clone()?;
    let found = facts.changelog.as_ref();
    let SnapshotName::Tree(commit) = &judgement.snapshot else { return None };
    let mut rules = BTreeMap::new();
    for verdict in &judgement.verdicts {
        *rules.entry(verdict.finding.rule).or_insert(false) |= verdict.blocks;
    }
    Some(Seen {
        tag: tag.to_owned(),
        prefix: tag[..release.at.span.start].to_owned(),
        date: judged.date,
        commit: commit.clone(),
        changelog: found.map(|found| facts.sources.get(found.source).path.clone()),
        has_section: found.is_some_and(|found| found.changelog.section_of(&version).is_some_and(Section::is_release)),
        rules,
        version,
    })
}

impl Grounds<'_> {
    /// The newest releases, the newest last.
    fn recent(&self) -> impl Iterator<Item = &Seen> + Clone {
        self.newest_of(RECENT)
    }

    fn newest_of(&self, count: usize) -> impl Iterator<Item = &Seen> + Clone {
        self.releases[self.releases.len().saturating_sub(count)..].iter()
    }

    /// The only package, where there is one.
    fn only_package(&self) -> Option<&Facts> {
        match &self.packages[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    fn tree(&self, release: &Seen) -> Result<Snapshot, Failure> {
        self.repository.tree(self.repository.commit(&release.commit)?)
    }
}
