//! Every fact that the rules need, each read once.

use crate::changelog::{self, Changelog};
use crate::date::Date;
use crate::declaration::{self, Declared, Origin};
use crate::failure::Failure;
use crate::files::{Files, join};
use crate::finding::{Location, SourceId, Sources, Span};
use crate::repository::EntryKind;
use crate::tag::TagFault;
use crate::version::Version;

/// What is judged: the facts of one package at one moment.
#[derive(Clone, Debug)]
pub struct Facts {
    pub sources: Sources,
    pub policy: Policy,
    /// The release being made, if any.
    pub release: Option<Release>,
    pub declared: Declared,
    pub changelog: Option<ProjectChangelog>,
    /// The day of the judgement, in the user's zone.
    pub today: Date,
}

impl Facts {
    /// Whether there is anything at all that a release could contradict.
    pub fn say_anything(&self) -> bool {
        self.changelog.is_some() || self.declared.origin != Origin::NoProject || !self.declared.declarations.is_empty()
    }
}

/// What the settings ask of this project.
#[derive(Clone, Debug)]
pub struct Policy {
    /// `None`: PEP 440 and SemVer spellings are both accepted.
    pub scheme: Option<Scheme>,
    pub changelog: ChangelogPolicy,
    /// The names that a changelog's categories may have.
    pub categories: Vec<String>,
}

/// How versions are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    SemVer,
    Pep440,
    CalVer,
}

/// Where the changelog is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangelogPolicy {
    /// Wherever a Python project usually has it.
    Find,
    At(String),
    /// The project keeps none.
    None,
}

impl Default for Policy {
    fn default() -> Self {
        let categories = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];
        Self { scheme: None, changelog: ChangelogPolicy::Find, categories: categories.map(str::to_owned).to_vec() }
    }
}

/// The release that a tag makes.
#[derive(Clone, Debug)]
pub struct Release {
    /// The tag's short name, which is also the text of the source that `at` points into.
    pub tag: String,
    /// The version's bytes in the tag's name; the whole name where it states none.
    pub at: Location,
    /// `None` where the name looks like a release and states no version: see [`Release::fault`].
    pub version: Option<Version>,
    pub fault: Option<TagFault>,
    /// The days on which tag and commit were made, each in its author's zone; empty for a tag that is not made yet.
    pub dates: Vec<Date>,
}

/// The project's changelog and the file it stands in.
#[derive(Clone, Debug)]
pub struct ProjectChangelog {
    pub source: SourceId,
    pub changelog: Changelog,
}

impl ProjectChangelog {
    /// A place in the changelog's file.
    pub fn at(&self, span: Span) -> Location {
        Location { source: self.source, span }
    }
}

impl Facts {
    /// The changelog, where the rules about its form apply to it.
    pub fn formed_changelog(&self) -> Option<&ProjectChangelog> {
        self.changelog.as_ref().filter(|found| found.changelog.keeps_format())
    }

    /// The text at a place of the changelog.
    pub fn changelog_text(&self, found: &ProjectChangelog, span: Span) -> String {
        self.sources.text_at(found.at(span))
    }
}

/// Reads the facts of the package in `folder` (`""`: the top of the repository) from one snapshot.
///
/// # Errors
/// Where a file cannot be read or the project's metadata cannot be understood.
pub fn read(mut files: Files<'_>, folder: &str, policy: Policy, today: Date) -> Result<Facts, Failure> {
    let declared = declaration::discover(&mut files, folder)?;
    let changelog = find_changelog(&mut files, folder, declared.name.as_deref(), &policy.changelog)?;
    Ok(Facts { sources: files.into_sources(), policy, release: None, declared, changelog, today })
}

/// How many files are looked at for the changelog.
const CANDIDATES: usize = 6;

fn find_changelog(
    files: &mut Files<'_>,
    folder: &str,
    name: Option<&str>,
    policy: &ChangelogPolicy,
) -> Result<Option<ProjectChangelog>, Failure> {
    let paths = match policy {
        ChangelogPolicy::None => return Ok(None),
        ChangelogPolicy::At(path) => return read_changelog(files, path, name),
        ChangelogPolicy::Find => changelog_paths(files, folder)?,
    };
    let mut first = None;
    for path in paths.into_iter().take(CANDIDATES) {
        let Some(read) = read_changelog(files, &path, name)? else { continue };
        // A file that only points to the changelog has no sections.
        if !read.changelog.sections.is_empty() {
            return Ok(Some(read));
        }
        first.get_or_insert(read);
    }
    Ok(first)
}

fn read_changelog(files: &mut Files<'_>, path: &str, name: Option<&str>) -> Result<Option<ProjectChangelog>, Failure> {
    Ok(files
        .read(path)?
        .map(|source| ProjectChangelog { source, changelog: changelog::parse(path, files.bytes(source), name) }))
}

/// What is named like a changelog: in the package's folder, at the top of the repository, in the folders of the
/// documentation.
fn changelog_paths(files: &Files<'_>, folder: &str) -> Result<Vec<String>, Failure> {
    let mut homes = vec![folder];
    if !folder.is_empty() {
        homes.push("");
    }
    let mut paths = Vec::new();
    for home in &homes {
        paths.extend(named_like_changelogs(files, &[(*home).to_owned()])?);
    }
    let below: Vec<String> =
        homes.iter().flat_map(|home| changelog::FOLDERS.iter().map(|below| join(home, below))).collect();
    paths.extend(named_like_changelogs(files, &below)?);
    Ok(paths)
}

fn named_like_changelogs(files: &Files<'_>, folders: &[String]) -> Result<Vec<String>, Failure> {
    let mut paths = Vec::new();
    for folder in folders {
        let entries = files.list(folder)?;
        let readable = entries.into_iter().filter(|entry| matches!(entry.kind, EntryKind::File | EntryKind::Link));
        paths.extend(readable.map(|entry| join(folder, &entry.name)));
    }
    Ok(changelog::candidates(paths))
}
