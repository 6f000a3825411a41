//! `relgate notes`: which section of which changelog is asked for, and what it says.

use crate::changelog::{self, Changelog, Section};
use crate::cli;
use crate::config;
use crate::date::Date;
use crate::declaration;
use crate::event;
use crate::failure::Failure;
use crate::files::Files;
use crate::package;
use crate::project::{self, Package, ProjectChangelog};
use crate::repository::{Repository, Snapshot};
use crate::rules;
use crate::tag::{self, Habit, Reading};
use crate::version::Version;

/// What a changelog says about one release.
#[derive(Clone, Debug)]
pub struct Notes {
    pub version: Option<Version>,
    pub date: Option<Date>,
    pub yanked: bool,
    /// The changelog's file.
    pub path: String,
    /// The section's body, which stands alone; without a line end at its end.
    pub text: Vec<u8>,
}

impl Notes {
    /// `None` where there is no version.
    pub fn prerelease(&self) -> Option<bool> {
        self.version.as_ref().map(Version::is_prerelease)
    }
}

/// What is asked for.
enum Wanted {
    Unreleased,
    /// The version that a tag names, whether the tag is there or not.
    Tag(String),
    Version(Version),
    /// The version that the project declares, else the newest release.
    Current,
}

/// The section that the arguments ask for, else that of the tag which CI builds.
///
/// # Errors
/// Where there is no such section, or what leads to it cannot be read.
pub fn read(
    arguments: &cli::Notes,
    repository: &Repository,
    ci_tag: Option<String>,
    today: Date,
) -> Result<Notes, Failure> {
    let ci_tag = ci_tag.filter(|_| arguments.rev.is_none());
    let (wanted, tagged) = wanted(arguments.release.as_deref(), ci_tag, repository)?;
    let snapshot = match (&arguments.rev, tagged) {
        (Some(revision), _) => repository.tree(repository.commit(revision)?)?,
        (None, Some(snapshot)) => snapshot,
        (None, None) if !repository.is_bare() => repository.files()?,
        (None, None) => match repository.head()? {
            Some(head) => repository.tree(head)?,
            None => return Err(Failure::new("this repository has no commit to read a changelog from")),
        },
    };
    let mut files = Files::new(&snapshot);
    let settings = config::read(&mut files, &rules::ids())?;
    let packages = package::find(&mut files, &settings)?;
    let chosen: Vec<&Package> = match (&arguments.package, &wanted) {
        (Some(name), _) => vec![package::named(name, &packages, &mut files)?],
        (None, Wanted::Tag(tag)) => package::released_by(tag, &packages, &mut files)?,
        (None, _) => packages.iter().collect(),
    };
    let (package, found) = changelog_of(&chosen, &mut files)?;
    let version = match wanted {
        Wanted::Unreleased => None,
        Wanted::Version(version) => Some(version),
        Wanted::Tag(tag) => Some(released(&tag, package, &mut files, repository)?),
        Wanted::Current => current(&snapshot, package, &found.changelog, today)?,
    };
    let path = files.path(found.source).to_owned();
    let section = match &version {
        Some(version) => found.changelog.section_of(version),
        None => found.changelog.unreleased(),
    };
    let section = section.ok_or_else(|| no_section(&path, &found.changelog, version.as_ref()))?;
    let text = changelog::notes(&found.changelog, section, files.bytes(found.source));
    let date = section.date.as_ref().and_then(|text| text.date);
    Ok(Notes { version: section.named_version().cloned(), date, yanked: section.yanked.is_some(), path, text })
}

/// What is asked for, and the files of the tag's commit where that is a tag that is there.
fn wanted(
    release: Option<&str>,
    ci_tag: Option<String>,
    repository: &Repository,
) -> Result<(Wanted, Option<Snapshot>), Failure> {
    let Some(asked) = release.map(str::to_owned).or(ci_tag) else { return Ok((Wanted::Current, None)) };
    let name = asked.strip_prefix("refs/tags/").unwrap_or(&asked);
    if let Some(target) = repository.tag(name)? {
        let commit = target
            .commit
            .ok_or_else(|| Failure::new(format!("tag `{name}` leads to no commit: there is no changelog to read")))?;
        return Ok((Wanted::Tag(name.to_owned()), Some(repository.tree(commit)?)));
    }
    if name.eq_ignore_ascii_case("unreleased") {
        return Ok((Wanted::Unreleased, None));
    }
    Ok(match Version::parse(name) {
        Some(version) if name.starts_with(|c: char| c.is_ascii_digit()) => (Wanted::Version(version), None),
        _ => (Wanted::Tag(name.to_owned()), None),
    })
}

/// The one changelog of these packages: the first where it is the repository's own.
fn changelog_of<'p>(
    packages: &[&'p Package],
    files: &mut Files<'_>,
) -> Result<(&'p Package, ProjectChangelog), Failure> {
    let mut all: Vec<(&Package, ProjectChangelog)> = Vec::new();
    for &package in packages {
        let name = name_of(package, files)?;
        let policy = &package.policy.changelog;
        if let Some(found) = project::find_changelog(files, &package.folder, name.as_deref(), policy)?
            && all.iter().all(|(_, known)| known.source != found.source)
        {
            all.push((package, found));
        }
    }
    let is_clear = all.len() < 2 || all[0].0.folder.is_empty();
    if is_clear {
        return all.into_iter().next().ok_or_else(|| {
            Failure::new("there is no changelog to take the notes from")
                .help("relgate looks where Python projects keep it; the setting `changelog` names another place")
        });
    }
    let paths: Vec<&str> = all.iter().map(|(_, found)| files.path(found.source)).collect();
    Err(Failure::new(format!("there are several changelogs: {}", paths.join(", ")))
        .help("say which package is meant with `--package NAME`"))
}

fn name_of(package: &Package, files: &mut Files<'_>) -> Result<Option<String>, Failure> {
    match &package.name {
        Some(name) => Ok(Some(name.clone())),
        None => declaration::name(files, &package.folder),
    }
}

/// The version that a tag releases.
fn released(tag: &str, package: &Package, files: &mut Files<'_>, repository: &Repository) -> Result<Version, Failure> {
    let template = package.tag.as_ref();
    let folder = package.folder_name().filter(|folder| tag::names(tag, template, folder));
    let name = match folder {
        Some(folder) => Some(folder.to_owned()),
        None => name_of(package, files)?,
    };
    let version = match tag::read(tag, template, name.as_deref(), &Habit::default()) {
        Reading::Release { version, .. } => Some(version),
        Reading::Faulty { start, .. } => Version::parse(&tag[start..]),
        Reading::Other => None,
    };
    version.ok_or_else(|| match repository.tag(tag) {
        Ok(Some(_)) => Failure::new(format!("the tag `{tag}` does not name a release")),
        _ => {
            let help = event::no_such_tag(tag, repository).help;
            let failure = Failure::new(format!("`{tag}` is no tag, no version and not `unreleased`"));
            Failure { help, ..failure }
        }
    })
}

/// The version that the project declares, else that of the newest release; `None` where there is neither.
fn current(
    snapshot: &Snapshot,
    package: &Package,
    changelog: &Changelog,
    today: Date,
) -> Result<Option<Version>, Failure> {
    let declared = project::read(Files::new(snapshot), package, today)?.version().cloned();
    Ok(declared.filter(|version| !version.is_placeholder()).or_else(|| newest(changelog).cloned()))
}

fn newest(changelog: &Changelog) -> Option<&Version> {
    changelog.releases().filter_map(Section::named_version).max()
}

fn no_section(path: &str, changelog: &Changelog, version: Option<&Version>) -> Failure {
    let failure = match version {
        Some(version) => Failure::new(format!("{path} has no section for `{version}`")),
        None => Failure::new(format!("{path} has no section for unreleased changes")),
    };
    match (changelog.unreleased().filter(|section| section.has_content()), newest(changelog)) {
        (Some(_), _) => failure.help("changes stand under Unreleased: `relgate notes unreleased` prints them"),
        (None, Some(newest)) => failure.help(format!("the newest section is that of `{newest}`")),
        (None, None) => failure,
    }
}
