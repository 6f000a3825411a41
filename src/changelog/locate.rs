//! Which file of a project is its changelog.

use std::rc::Rc;

use super::{Changelog, recent};
use crate::failure::Failure;
use crate::files::{Files, join};
use crate::finding::SourceId;
use crate::repository::EntryKind;

/// How many files are looked at.
const CANDIDATES: usize = 6;

/// The largest changelog that is read, in bytes. Every entry of a text takes a multiple of its length in memory.
const LARGEST: usize = 8 << 20;

/// The folders that may hold it, beside the package's own and the top of the repository.
const FOLDERS: [&str; 6] = ["docs", "doc", ".github", "docs/source", "docs/about", "docs/project"];

/// Names without their ending, best first: each with its other spellings.
const STEMS: [&[&str]; 5] = [
    &["changelog", "changelogs"],
    &["changes"],
    &["history", "versionhistory"],
    &["releasenotes"],
    &["news", "releases", "whatsnew"],
];

/// Endings, best first.
const ENDINGS: [&[&str]; 3] = [&["md", "markdown"], &["rst"], &["", "txt"]];

/// The changelog of the package in `folder` (`""`: the top of the repository) and the file it stands in: the best name that
/// holds sections; else the best name, which may only point elsewhere.
///
/// # Errors
/// Where a folder or a file cannot be read.
pub fn find(
    files: &mut Files<'_>,
    folder: &str,
    name: Option<&str>,
) -> Result<Option<(SourceId, Rc<Changelog>)>, Failure> {
    let mut first = None;
    for path in paths(files, folder)?.into_iter().take(CANDIDATES) {
        let Some(found) = read(files, &path, name)? else { continue };
        if !found.1.sections.is_empty() {
            return Ok(Some(found));
        }
        first.get_or_insert(found);
    }
    Ok(first)
}

/// The changelog at `path`; `None` where there is no such file.
///
/// # Errors
/// Where the file cannot be read, or is too large for a changelog.
pub fn read(
    files: &mut Files<'_>,
    path: &str,
    name: Option<&str>,
) -> Result<Option<(SourceId, Rc<Changelog>)>, Failure> {
    let Some(source) = files.read(path)? else { return Ok(None) };
    let bytes = files.bytes(source);
    if bytes.len() > LARGEST {
        let message = format!("`{path}` is too large for a changelog: {} bytes, at most {LARGEST}", bytes.len());
        return Err(Failure::new(message).help("begin a new file, and keep the old releases in another"));
    }
    Ok(Some((source, recent::parsed(path, bytes, name))))
}

/// What is named like a changelog: in the package's folder, at the top of the repository, in the folders of the
/// documentation.
fn paths(files: &Files<'_>, folder: &str) -> Result<Vec<String>, Failure> {
    let homes = if folder.is_empty() { vec![""] } else { vec![folder, ""] };
    let mut paths = Vec::new();
    for home in &homes {
        paths.extend(named_alike(files, &[(*home).to_owned()])?);
    }
    let below: Vec<String> = homes.iter().flat_map(|home| FOLDERS.iter().map(|below| join(home, below))).collect();
    paths.extend(named_alike(files, &below)?);
    Ok(paths)
}

fn named_alike(files: &Files<'_>, folders: &[String]) -> Result<Vec<String>, Failure> {
    let mut paths = Vec::new();
    for folder in folders {
        let entries = files.list(folder)?;
        let readable = entries.into_iter().filter(|entry| matches!(entry.kind, EntryKind::File | EntryKind::Link));
        paths.extend(readable.map(|entry| join(folder, &entry.name)));
    }
    Ok(candidates(paths))
}

/// The paths that a changelog may have, best first.
fn candidates(paths: Vec<String>) -> Vec<String> {
    let mut ranked: Vec<_> = paths.into_iter().filter_map(|path| Some((rank(&path)?, path))).collect();
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, path)| path).collect()
}

/// By name first, by ending second.
fn rank(path: &str) -> Option<(usize, usize)> {
    let name = path.rsplit('/').next()?;
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let stem: String = stem.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect();
    let ending = ending.to_ascii_lowercase();
    let stem = STEMS.iter().position(|known| known.contains(&stem.as_str()))?;
    let ending = ENDINGS.iter().position(|known| known.contains(&ending.as_str()))?;
    Some((stem, ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_name_comes_first() {
        let paths =
            ["docs/NEWS", "README.md", "HISTORY.rst", "CHANGES", "changelog.rst", "ChangeLog.md", "Release-Notes.md"];
        let found = candidates(paths.map(str::to_owned).to_vec());
        assert_eq!(found, ["ChangeLog.md", "changelog.rst", "CHANGES", "HISTORY.rst", "Release-Notes.md", "docs/NEWS"]);
        assert_eq!(candidates(vec!["docs/versionhistory.rst".to_owned()]), ["docs/versionhistory.rst"]);
        assert!(candidates(vec!["changelog.py".to_owned(), "changelog.d".to_owned()]).is_empty());
    }
}
