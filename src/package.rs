//! The packages of a repository: each is released by tags of its own and judged alone.

use crate::config::Settings;
use crate::declaration;
use crate::failure::{Failure, nearest};
use crate::files::{Files, join};
use crate::project::{self, Facts, Package};
use crate::repository::{Entry, EntryKind};
use crate::tag::{self, normalized_name};

/// Folders that hold no package of their own, though they may look like one, begin with one of these words.
const NO_PACKAGES: [&str; 7] = [".", "demo", "doc", "example", "script", "test", "tool"];

/// Folders that hold nothing but packages, where they stand at the top.
const CONTAINERS: [&str; 6] = ["components", "libs", "modules", "packages", "plugins", "projects"];

const METADATA: [&str; 3] = ["pyproject.toml", "setup.py", "setup.cfg"];

/// The packages as the settings list them; without settings the top of the repository and the members of its uv workspace;
/// where the top holds no project at all, the folders that do.
///
/// # Errors
/// Where a file cannot be read.
pub fn find(files: &mut Files<'_>, settings: &Settings) -> Result<Vec<Package>, Failure> {
    if !settings.packages.is_empty() {
        return Ok(settings.packages.clone());
    }
    let package =
        |folder: String| Package { name: None, folder, tag: settings.tag.clone(), policy: settings.policy.clone() };
    let mut members = declaration::members(files)?;
    if members.is_empty() {
        members = nested(files)?;
        if members.len() == 1 {
            return Ok(members.into_iter().map(package).collect());
        }
    }
    Ok(std::iter::once(String::new()).chain(members).map(package).collect())
}

/// The folders that hold a project, where the top of the repository holds none.
fn nested(files: &Files<'_>) -> Result<Vec<String>, Failure> {
    let top = files.list("")?;
    if top.iter().any(is_metadata) {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for name in folders(top) {
        let inside = files.list(&name)?;
        if inside.iter().any(is_metadata) {
            found.push(name);
        } else if CONTAINERS.contains(&name.to_ascii_lowercase().as_str()) {
            for below in folders(inside) {
                let path = join(&name, &below);
                if files.list(&path)?.iter().any(is_metadata) {
                    found.push(path);
                }
            }
        }
    }
    Ok(found)
}

fn is_metadata(entry: &Entry) -> bool {
    METADATA.contains(&entry.name.as_str())
}

fn folders(entries: Vec<Entry>) -> impl Iterator<Item = String> {
    let folders = entries.into_iter().filter(|entry| entry.kind == EntryKind::Folder).map(|entry| entry.name);
    folders.filter(|name| !NO_PACKAGES.iter().any(|word| name.to_ascii_lowercase().starts_with(word)))
}

/// The packages that a tag releases: the one that it names, else the one at the top; where the top holds none, all of
/// them.
///
/// # Errors
/// Where a package's metadata has to be read and cannot be.
pub fn released_by<'p>(tag: &str, packages: &'p [Package], files: &mut Files<'_>) -> Result<Vec<&'p Package>, Failure> {
    if let [only] = packages {
        return Ok(vec![only]);
    }
    let names = |package: &Package, name: &str| tag::names(tag, package.tag.as_ref(), name);
    for package in packages {
        let known = package.name.as_deref().into_iter().chain(package.folder_name());
        if known.into_iter().any(|name| names(package, name)) {
            return Ok(vec![package]);
        }
    }
    for package in packages.iter().filter(|package| package.name.is_none()) {
        if declaration::name(files, &package.folder)?.is_some_and(|name| names(package, &name)) {
            return Ok(vec![package]);
        }
    }
    match packages.iter().find(|package| package.folder.is_empty()) {
        Some(top) if holds_something(files, top)? => Ok(vec![top]),
        _ => Ok(packages.iter().collect()),
    }
}

/// Whether the top of the repository has a project or a changelog of its own.
fn holds_something(files: &mut Files<'_>, top: &Package) -> Result<bool, Failure> {
    let has_changelog = project::find_changelog(files, &top.folder, None, &top.policy.changelog)?.is_some();
    Ok(has_changelog || declaration::name(files, "")?.is_some())
}

/// Whether one tag can release all of these: there is one alone, or all have the same version.
pub fn released_together(packages: &[(&Package, Facts)]) -> bool {
    let version = |facts: &Facts| facts.declared.declarations.iter().find_map(|declared| declared.version.clone());
    match packages {
        [] => false,
        [_] => true,
        [(_, first), rest @ ..] => {
            let first = version(first);
            first.is_some() && rest.iter().all(|(_, facts)| version(facts) == first)
        }
    }
}

/// The package that `--package` asks for.
///
/// # Errors
/// Where there is none of that name; names the nearest.
pub fn named<'p>(wanted: &str, packages: &'p [Package], files: &mut Files<'_>) -> Result<&'p Package, Failure> {
    let mut known = Vec::new();
    for package in packages {
        let name = name(package, files)?;
        if name.as_ref().is_some_and(|name| normalized_name(name) == normalized_name(wanted)) {
            return Ok(package);
        }
        known.extend(name);
    }
    let failure = Failure::new(format!("there is no package `{wanted}`"));
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    Err(match nearest(wanted, &known) {
        Some(nearest) => failure.help(format!("did you mean `{nearest}`?")),
        None => failure.help(format!("there are: {}", known.join(", "))),
    })
}

/// Whether one of the packages has that name.
///
/// # Errors
/// Where a package's metadata has to be read and cannot be.
pub fn is_there(wanted: &str, packages: &[Package], files: &mut Files<'_>) -> Result<bool, Failure> {
    for package in packages {
        if name(package, files)?.is_some_and(|name| normalized_name(&name) == normalized_name(wanted)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn name(package: &Package, files: &mut Files<'_>) -> Result<Option<String>, Failure> {
    match &package.name {
        Some(name) => Ok(Some(name.clone())),
        None => declaration::name(files, &package.folder),
    }
}
