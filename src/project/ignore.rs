//! The findings that settings excuse.

use globset::{GlobBuilder, GlobMatcher};

use super::Facts;
use crate::date::Date;
use crate::finding::{Finding, SourceId, Spanned};
use crate::version::Version;

/// The longest pattern of a path that is read, in bytes.
const LONGEST_PATTERN: usize = 1_000;

/// Findings that settings excuse, and why.
#[derive(Clone, Debug)]
pub struct Ignore {
    /// The id, where settings state it.
    pub rule: Spanned<String>,
    /// The files that it is about; `None`: any.
    pub path: Option<PathPattern>,
    /// The release that it is about; `None`: any.
    pub version: Option<Version>,
    pub reason: String,
    /// The last day on which it counts, where settings state it.
    pub expires: Option<Spanned<Date>>,
}

/// A path from the top of the repository, of a file or of a folder with all that is in it; `*`, `**`, `?`, `[a-z]` and
/// `{a,b}` as shells know them.
#[derive(Clone, Debug)]
pub struct PathPattern {
    text: String,
    matcher: GlobMatcher,
}

/// The ignores of one settings file.
#[derive(Clone, Debug)]
pub struct Ignores {
    /// The settings file.
    pub path: String,
    pub bytes: Vec<u8>,
    pub list: Vec<Ignore>,
}

/// The ignores of the settings that are judged themselves.
#[derive(Clone, Debug)]
pub struct JudgedIgnores {
    pub source: SourceId,
    pub list: Vec<Ignore>,
    /// Whether it can be told that one of them is of no use: by a command that a person gave, not in a hook.
    pub tells_unused: bool,
    /// Whether no other package of the repository could use them.
    pub alone: bool,
}

impl PathPattern {
    /// # Errors
    /// Why `text` is no pattern, as half a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let trimmed = text.trim_start_matches("./").trim_end_matches('/');
        if trimmed.is_empty() || trimmed.len() > LONGEST_PATTERN {
            return Err("is no path".to_owned());
        }
        let glob = GlobBuilder::new(trimmed).literal_separator(true).backslash_escape(true).build();
        let matcher = glob.map_err(|error| format!("is no pattern: {}", error.kind()))?.compile_matcher();
        Ok(Self { text: trimmed.to_owned(), matcher })
    }

    /// Whether the file at `path`, or a folder that it is in, is meant.
    pub fn matches(&self, path: &str) -> bool {
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        folders.chain([path]).any(|path| path == self.text || self.matcher.is_match(path))
    }
}

impl Ignore {
    pub fn has_expired(&self, today: Date) -> bool {
        self.expires.as_ref().is_some_and(|expires| expires.value < today)
    }

    /// Whether it excuses the same findings as another, for whatever reason and however long.
    pub fn is_like(&self, other: &Self) -> bool {
        let path = |ignore: &Self| ignore.path.as_ref().map(|path| path.text.clone());
        self.rule.value == other.rule.value && path(self) == path(other) && self.version == other.version
    }

    /// Whether it is about this finding.
    pub fn covers(&self, finding: &Finding, facts: &Facts) -> bool {
        let path = &facts.sources.get(finding.at.source).path;
        self.rule.value == finding.rule
            && self.path.as_ref().is_none_or(|pattern| pattern.matches(path))
            && self.version.as_ref().is_none_or(|version| is_about(version, finding, facts))
    }
}

/// Whether the finding is about a version: the one that is released, else the one that is declared; in the changelog the
/// one whose section it stands in, too.
fn is_about(version: &Version, finding: &Finding, facts: &Facts) -> bool {
    let deleted = facts.deleted.as_ref().and_then(|deleted| Version::parse(&facts.sources.text_at(deleted.at)));
    let released = facts.release.as_ref().and_then(|release| release.version.as_ref()).or(deleted.as_ref());
    released.or_else(|| facts.version()) == Some(version) || section_around(finding, facts) == Some(version)
}

/// The version of the section of the changelog that the finding stands in.
fn section_around<'f>(finding: &Finding, facts: &'f Facts) -> Option<&'f Version> {
    let found = facts.changelog.as_ref().filter(|found| found.source == finding.at.source)?;
    let at = finding.at.span.start;
    let after = found.changelog.sections.partition_point(|section| section.heading.span.start <= at);
    let section = found.changelog.sections.get(after.checked_sub(1)?)?;
    section.named_version().filter(|_| at < section.end)
}

impl Facts {
    /// Puts the ignores of the judged settings among the facts.
    pub fn add_ignores(&mut self, ignores: &Ignores, tells_unused: bool, alone: bool) {
        let Ignores { path, bytes, list } = ignores;
        let known = self.sources.iter().find(|(_, source)| source.path == *path && *source.bytes == *bytes);
        let source = known.map(|(id, _)| id);
        let source = source.unwrap_or_else(|| self.sources.add(path.clone(), bytes.clone()));
        self.ignores = Some(JudgedIgnores { source, list: list.clone(), tells_unused, alone });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_pattern_is_a_path_a_folder_or_a_glob() {
        for (pattern, path, expected) in [
            ("CHANGELOG.md", "CHANGELOG.md", true),
            ("CHANGELOG.md", "docs/CHANGELOG.md", false),
            ("./CHANGELOG.md", "CHANGELOG.md", true),
            ("docs", "docs/a/b.md", true),
            ("docs/", "docs/a.md", true),
            ("docs", "docs2/a.md", false),
            ("docs/*", "docs/a.md", true),
            ("*.md", "docs/a.md", false),
            ("**/*.md", "docs/a.md", true),
            ("**/*.md", "a.md", true),
            ("docs/**", "docs/a/b.md", true),
            ("{a,b}.md", "b.md", true),
            ("a[0-9].md", "a1.md", true),
            ("a[!0-9].md", "a1.md", false),
            ("refs/tags/v1.*", "refs/tags/v1.2", true),
            ("\\[a].md", "[a].md", true),
            ("[a].md", "a.md", true),
            ("packages/*/x.md", "packages/a/b/x.md", false),
        ] {
            assert_eq!(PathPattern::parse(pattern).unwrap().matches(path), expected, "{pattern} {path}");
        }
        for pattern in ["", "/", "./", "a[", "{a", "a\\", &"a".repeat(1_001)] {
            assert!(PathPattern::parse(pattern).is_err(), "{pattern}");
        }
    }

    /// A piece of a pattern, and the same as a regular expression.
    fn piece() -> impl Strategy<Value = (&'static str, &'static str)> {
        prop::sample::select(vec![
            ("a", "a"),
            ("b", "b"),
            (".", "\\."),
            ("/", "/"),
            ("*", "[^/]*"),
            ("?", "[^/]"),
            ("[ab]", "[ab]"),
            // A class that leaves characters out lets a slash in.
            ("[!a]", "[^a]"),
            ("{a,b.}", "(?:a|b\\.)"),
        ])
    }

    proptest! {
        #[test]
        fn a_glob_is_the_regular_expression_that_its_pieces_are(
            pieces in prop::collection::vec(piece(), 1..6),
            paths in prop::collection::vec("[ab.]{1,3}(/[ab.]{1,3}){0,2}", 1..20),
        ) {
            let (patterns, expressions): (Vec<_>, Vec<_>) = pieces.into_iter().unzip();
            let pattern = patterns.concat();
            // These are shortened before they are read, or are another piece.
            let other = ["**", "//"].iter().any(|text| pattern.contains(text));
            prop_assume!(!other && !pattern.starts_with(['.', '/']) && !pattern.ends_with('/'));
            let expression = regex::Regex::new(&format!("^(?:{})(?:/.*)?$", expressions.concat())).unwrap();
            let parsed = PathPattern::parse(&pattern).unwrap();
            for path in &paths {
                prop_assert_eq!(parsed.matches(path), expression.is_match(path), "{} {}", pattern, path);
            }
        }

        #[test]
        fn any_pattern_is_read_without_a_panic(pattern in "[a-c*?\\[\\]{},!/\\\\.-]{0,60}", path in "[a-c/.]{0,30}") {
            if let Ok(pattern) = PathPattern::parse(&pattern) {
                pattern.matches(&path);
            }
        }
    }
}
