//! Files that change with every release: further places that state the version, and a changelog under an unusual name.

use std::collections::BTreeSet;

use super::{Grounds, Key, Line, Seen, text};
use crate::changelog;
use crate::failure::Failure;
use crate::project::Facts;
use crate::repository::Snapshot;
use crate::version::Version;

/// How many releases a place has to follow: at least, and at most.
const FOLLOWED: (usize, usize) = (3, 5);

/// Bytes of a file that is looked at.
const LARGEST: usize = 256 << 10;

/// How many places are suggested at most.
const MOST: usize = 8;

/// Bytes of a pattern on each side of the version.
const WIDEST: usize = 40;

/// Files that hold versions of other things, or of many releases: no copies of this project's version.
const NO_COPIES: [&str; 8] = ["change", "history", "news", "release", "lock", "test", "example", "fixture"];

/// What a file in which the releases are told may be called.
const HISTORIES: [&str; 5] = ["changelog", "changes", "history", "news", "releasenotes"];

/// A package stands where one of these does.
const METADATA: [&str; 3] = ["pyproject.toml", "setup.py", "setup.cfg"];

/// A release and its files.
struct Then<'a> {
    seen: &'a Seen,
    snapshot: Snapshot,
}

impl Grounds<'_> {
    /// The newest final releases, the newest first.
    fn newest(&self) -> Result<Vec<Then<'_>>, Failure> {
        let finals = self.releases.iter().rev().filter(|seen| !seen.version.is_prerelease());
        let mut distinct: Vec<&Seen> = Vec::new();
        for seen in finals {
            if distinct.iter().all(|other| other.version != seen.version) {
                distinct.push(seen);
            }
        }
        let newest = distinct.into_iter().take(FOLLOWED.1);
        newest.map(|seen| Ok(Then { seen, snapshot: self.tree(seen)? })).collect()
    }

    /// Places that stated the right version in each of the newest releases, beside those that are found anyway.
    pub(super) fn places(&self) -> Result<Option<Line>, Failure> {
        let Some(only) = self.only_package() else { return Ok(None) };
        let releases = self.newest()?;
        let [newest, before, ..] = &releases[..] else { return Ok(None) };
        if releases.len() < FOLLOWED.0 {
            return Ok(None);
        }
        let known: BTreeSet<&str> = only
            .declared
            .declarations
            .iter()
            .map(|declared| only.sources.get(declared.at.source).path.as_str())
            .collect();
        let mut places = Vec::new();
        for path in newest.snapshot.changed_since(&before.snapshot)? {
            let lower = path.to_ascii_lowercase();
            if known.contains(path.as_str()) || !may_be_set(&path) || NO_COPIES.iter().any(|word| lower.contains(word))
            {
                continue;
            }
            let mut patterns: Option<BTreeSet<String>> = None;
            for release in &releases {
                let found = patterns_in(&release.snapshot, &path, &release.seen.version)?;
                patterns = Some(match patterns {
                    None => found,
                    Some(known) => known.into_iter().filter(|pattern| found.contains(pattern)).collect(),
                });
            }
            let shown = from_folder(folder_of(only), &path);
            for pattern in patterns.unwrap_or_default() {
                // A place that is gone since could not be read.
                if self.still_has(&path, &pattern)? {
                    places.push((shown.clone(), pattern));
                }
            }
        }
        places.truncate(MOST);
        if places.is_empty() {
            return Ok(None);
        }
        let rows: Vec<String> = places
            .iter()
            .map(|(path, pattern)| format!("{{ path = {}, pattern = {} }}", text::quoted(path), text::quoted(pattern)))
            .collect();
        let what = match places.len() {
            1 => "a further place".to_owned(),
            n => format!("{n} further places"),
        };
        let evidence = format!("{what} stated the version of each of the newest {} releases", releases.len());
        let value = match &rows[..] {
            [only] => format!("[{only}]"),
            rows => format!("[\n    {},\n]", rows.join(",\n    ")),
        };
        Ok(Some(Line { key: Key::Versions, value, evidence, settled: false }))
    }

    /// Whether the file as it is now has a line for the pattern, whatever the version in it.
    fn still_has(&self, path: &str, pattern: &str) -> Result<bool, Failure> {
        let Some((_, bytes)) = self.now.read(path)? else { return Ok(false) };
        let Some((before, after)) = pattern.split_once("{version}") else { return Ok(false) };
        let states = |line: &str| line.split_once(before).is_some_and(|(_, rest)| rest.contains(after));
        Ok(String::from_utf8_lossy(&bytes).lines().any(states))
    }

    /// A file by whose name and changes it is a changelog, although none was found in it.
    pub(super) fn unread_changelog(&self) -> Result<Option<String>, Failure> {
        let releases = self.newest()?;
        let [newest, before, ..] = &releases[..] else { return Ok(None) };
        let mut changed = newest.snapshot.changed_since(&before.snapshot)?.into_iter();
        Ok(changed.find(|path| {
            let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
            is_text(path) && HISTORIES.iter().any(|word| name.contains(word))
        }))
    }

    /// A file that changed with the newest release and has a section for each of the newest.
    pub(super) fn hidden_changelog(&self, only: &Facts) -> Result<Option<String>, Failure> {
        let releases = self.newest()?;
        let [newest, before, ..] = &releases[..] else { return Ok(None) };
        for path in newest.snapshot.changed_since(&before.snapshot)? {
            let is_there = is_text(&path) && may_be_set(&path) && self.now.read(&path)?.is_some();
            let Some((_, bytes)) = is_there.then(|| newest.snapshot.read(&path)).transpose()?.flatten() else {
                continue;
            };
            let changelog = changelog::parse(&path, &bytes, None);
            let has = |then: &Then<'_>| changelog.section_of(&then.seen.version).is_some();
            if has(newest) && has(before) {
                return Ok(Some(from_folder(folder_of(only), &path)));
            }
        }
        Ok(None)
    }
}

/// Whether settings can name the path: one with a backslash may be meant for another system, and is not looked for.
fn may_be_set(path: &str) -> bool {
    !path.contains('\\')
}

fn is_text(path: &str) -> bool {
    [".md", ".rst", ".txt"].iter().any(|ending| path.to_ascii_lowercase().ends_with(ending))
}

/// The folder in which a package has its metadata.
fn folder_of(facts: &Facts) -> &str {
    let paths = facts.sources.iter().map(|(_, source)| source.path.rsplit_once('/').unwrap_or(("", &source.path)));
    let folders = paths.filter(|(_, name)| METADATA.contains(name)).map(|(folder, _)| folder);
    folders.min_by_key(|folder| folder.len()).unwrap_or_default()
}

/// A path from the top of the repository as it is written in `folder`.
fn from_folder(folder: &str, path: &str) -> String {
    let mut rest = path;
    let mut up = String::new();
    for part in folder.split('/').filter(|part| !part.is_empty()) {
        match rest.strip_prefix(part).and_then(|rest| rest.strip_prefix('/')) {
            Some(inside) if up.is_empty() => rest = inside,
            _ => up += "../",
        }
    }
    up + rest
}

/// Patterns of the lines of a file that state `version`; each by itself, where it stands once in the file.
fn patterns_in(snapshot: &Snapshot, path: &str, version: &Version) -> Result<BTreeSet<String>, Failure> {
    let mut patterns = BTreeSet::new();
    let Some((_, bytes)) = snapshot.read(path)?.filter(|(_, bytes)| bytes.len() <= LARGEST) else {
        return Ok(patterns);
    };
    let Ok(file) = std::str::from_utf8(&bytes) else { return Ok(patterns) };
    let wanted = version.to_string();
    for line in file.lines() {
        let mut at = line.match_indices(&wanted).map(|(at, _)| at).filter(|at| stands_alone(line, *at, wanted.len()));
        let (Some(at), None) = (at.next(), at.next()) else { continue };
        let (before, after) = (&line[..at], &line[at + wanted.len()..]);
        let before = &before[before.ceil_char_boundary(before.len().saturating_sub(WIDEST))..];
        let after = &after[..after.floor_char_boundary(WIDEST)];
        let (before, after) = (before.trim_start(), after.trim_end());
        let around = before.len() + after.len();
        let is_plain = !line.contains(['{', '}']) && !line.chars().any(|c| c.is_control() && c != '\t');
        // Too little around it, or the same twice, is found in the wrong place one day.
        if around >= 4 && is_plain && file.matches(before).count() == 1 {
            let pattern = format!("{before}{{version}}{after}");
            patterns.insert(pattern);
        }
    }
    Ok(patterns)
}

/// Whether what stands at `at` is a version of its own and no part of a longer one.
fn stands_alone(line: &str, at: usize, length: usize) -> bool {
    let before = line[..at].chars().next_back();
    let mut after = line[at + length..].chars();
    let (next, second) = (after.next(), after.next());
    let continues = match next {
        Some('.') => second.is_some_and(|c| c.is_ascii_digit()),
        Some(c) => c.is_alphanumeric() || matches!(c, '+' | '-' | '_' | '!'),
        None => false,
    };
    !continues && !before.is_some_and(|c| c.is_ascii_digit() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_as_seen_from_the_package() {
        for (folder, path, expected) in [
            ("", "docs/a.md", "docs/a.md"),
            ("pkg", "pkg/docs/a.md", "docs/a.md"),
            ("pkg", "CHANGES.md", "../CHANGES.md"),
            ("libs/pkg", "libs/other/a.md", "../other/a.md"),
            ("libs/pkg", "pkg/a.md", "../../pkg/a.md"),
            ("pkg", "pkg-docs/a.md", "../pkg-docs/a.md"),
        ] {
            assert_eq!(from_folder(folder, path), expected, "{path} from {folder}");
        }
    }

    #[test]
    fn only_a_whole_version_counts() {
        let file = b"pip install pkg==1.2.0\nold: 1.2.0.1 and 11.2.0, too\nv1.2.0-docs here\n1.2.0\n\
                     rev: 1.2.0 # {x}\nseen twice 1.2.0, 1.2.0\nsee pkg 1.2.0.\n";
        let snapshot = Snapshot::memory([("a.md".to_owned(), file.to_vec())]);
        let found = patterns_in(&snapshot, "a.md", &Version::parse("1.2.0").unwrap()).unwrap();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["pip install pkg=={version}", "see pkg {version}."]);
    }
}
