//! uv workspaces: which folders hold packages of their own.
//!
//! Source: uv's documentation of `[tool.uv.workspace]`: `members` and `exclude` are globs of folders.

use crate::failure::Failure;
use crate::files::{Files, join};
use crate::repository::EntryKind;

use super::pyproject;
use super::survey::Survey;
use super::toml_text::Node;

/// How many folders a workspace may have.
const MOST_MEMBERS: usize = 10_000;

/// The folders of the workspace's members, sorted; empty where the top of the repository is no workspace.
///
/// # Errors
/// Where a file cannot be read, or pyproject.toml is not TOML.
pub fn members(files: &mut Files<'_>) -> Result<Vec<String>, Failure> {
    let mut survey = Survey::new(files, "");
    let Some((_, text)) = pyproject::text(&mut survey)? else { return Ok(Vec::new()) };
    if !text.contains("workspace") {
        return Ok(Vec::new());
    }
    let document = pyproject::parse(&survey, &text)?;
    let globs = |key: &str| -> Vec<String> {
        let list = document.get(&["tool", "uv", "workspace", key]);
        list.into_iter().flat_map(Node::strings).map(|glob| glob.trim_matches('/').to_owned()).collect()
    };
    let (wanted, excluded) = (globs("members"), globs("exclude"));
    let mut folders = Vec::new();
    for glob in &wanted {
        expand(files, "", glob, &mut folders)?;
    }
    folders.sort();
    folders.dedup();
    let mut members = Vec::new();
    for folder in folders {
        let is_excluded = excluded.iter().any(|glob| matches(&folder, glob));
        if !is_excluded && files.list(&folder)?.iter().any(|entry| entry.name == "pyproject.toml") {
            members.push(folder);
        }
    }
    Ok(members)
}

/// Adds the folders below `folder` that the glob names, a part at a time: nothing is listed that the glob does not ask for.
fn expand(files: &Files<'_>, folder: &str, glob: &str, found: &mut Vec<String>) -> Result<(), Failure> {
    let glob = glob.trim_start_matches("./");
    if glob.is_empty() || glob == "." {
        return Ok(());
    }
    let (part, rest) = glob.split_once('/').map_or((glob, None), |(part, rest)| (part, Some(rest)));
    let names: Vec<String> = if part.contains(['*', '?']) {
        let entries = files.list(folder)?.into_iter();
        let folders = entries.filter(|entry| entry.kind == EntryKind::Folder && matches(&entry.name, part));
        folders.map(|entry| entry.name).collect()
    } else {
        vec![part.to_owned()]
    };
    for name in names.into_iter().filter(|name| name != "..") {
        if found.len() >= MOST_MEMBERS {
            return Err(Failure::new(format!("the workspace has more than {MOST_MEMBERS} members")));
        }
        let below = join(folder, &name);
        match rest {
            Some(rest) => expand(files, &below, rest, found)?,
            None => found.push(below),
        }
    }
    Ok(())
}

/// Whether a glob of `*` and `?`, neither of which matches `/`, names all of `text`.
fn matches(text: &str, glob: &str) -> bool {
    let (text, glob): (Vec<char>, Vec<char>) = (text.chars().collect(), glob.chars().collect());
    let (mut at, mut in_glob) = (0, 0);
    // Where the last `*` stood, and how far it reaches.
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match glob.get(in_glob) {
            Some('*') => {
                star = Some((in_glob, at));
                in_glob += 1;
            }
            Some(c) if *c == text[at] || (*c == '?' && text[at] != '/') => {
                at += 1;
                in_glob += 1;
            }
            _ => match star {
                Some((star_at, reach)) if text[reach] != '/' => {
                    star = Some((star_at, reach + 1));
                    (at, in_glob) = (reach + 1, star_at + 1);
                }
                _ => return false,
            },
        }
    }
    glob[in_glob..].iter().all(|c| *c == '*')
}

/// The distribution's name as the pyproject.toml in `folder` has it.
///
/// # Errors
/// Where the file cannot be read or is not TOML.
pub fn name(files: &mut Files<'_>, folder: &str) -> Result<Option<String>, Failure> {
    let mut survey = Survey::new(files, folder);
    let Some((source, text)) = pyproject::text(&mut survey)? else { return Ok(None) };
    let document = pyproject::parse(&survey, &text)?;
    Ok(pyproject::Pyproject { source, document }.name().map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::Snapshot;

    #[test]
    fn globs_stay_in_their_folder() {
        assert!(matches("packages/a", "packages/*") && matches("a-b-c", "a*c") && matches("ab", "a?"));
        assert!(!matches("packages/a/b", "packages/*") && !matches("abd", "a*c") && !matches("", "?"));
    }

    #[test]
    fn members_are_folders_with_a_pyproject() {
        let root =
            "[tool.uv.workspace]\nmembers = ['.', './packages/*', 'tools/x', '../out']\nexclude = ['packages/c']\n";
        let paths =
            ["packages/a/pyproject.toml", "packages/b/README", "packages/c/pyproject.toml", "tools/x/pyproject.toml"];
        let mut all = vec![("pyproject.toml".to_owned(), root.as_bytes().to_vec())];
        all.extend(paths.map(|path| (path.to_owned(), b"[project]\nname = 'n'\n".to_vec())));
        let snapshot = Snapshot::memory(all);
        let mut files = Files::new(&snapshot);
        assert_eq!(members(&mut files).unwrap(), ["packages/a", "tools/x"]);
        assert_eq!(name(&mut files, "packages/a").unwrap().as_deref(), Some("n"));
    }
}
