//! The few settings of a repository that say how it is to be read.

use std::path::Path;

use super::file;

/// Larger than any file of settings that people write.
const LARGEST: u64 = 4 << 20;

/// The settings in one file: `section.key` in lower case, or `section.Sub.key`, and the value where there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct GitConfig(Vec<(String, Option<String>)>);

impl GitConfig {
    /// Reads the file at `path`; `None` where only git can say what it means, or that it is broken.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let text = file::read(path, LARGEST).ok()?.unwrap_or_default();
        Self::parse(std::str::from_utf8(&text).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut settings = Vec::new();
        let mut section = String::new();
        let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
        loop {
            rest = rest.trim_start();
            let Some(first) = rest.chars().next() else { return Some(Self(settings)) };
            match first {
                '#' | ';' => rest = rest.find('\n').map_or("", |end| &rest[end..]),
                '[' => (section, rest) = header(&rest[1..])?,
                first if first.is_ascii_alphabetic() && !section.is_empty() => {
                    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
                    let key = format!("{section}.{}", rest[..end].to_ascii_lowercase());
                    let after = rest[end..].trim_start_matches([' ', '\t']);
                    match after.strip_prefix('=') {
                        Some(after) => {
                            let (value, after) = value(after)?;
                            settings.push((key, Some(value)));
                            rest = after;
                        }
                        None if after.is_empty() || after.starts_with(['\n', '\r', '#', ';']) => {
                            settings.push((key, None));
                            rest = after;
                        }
                        None => return None,
                    }
                }
                _ => return None,
            }
        }
    }

    /// The last value of `key`: `Some(None)` where the key stands without one.
    pub(super) fn get(&self, key: &str) -> Option<Option<&str>> {
        self.0.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value.as_deref())
    }

    /// Whether `key` is set to true, as git reads it.
    pub(super) fn is_true(&self, key: &str) -> bool {
        match self.get(key) {
            None => false,
            Some(None) => true,
            Some(Some(value)) => {
                let value = value.to_ascii_lowercase();
                matches!(value.as_str(), "true" | "yes" | "on") || value.parse().is_ok_and(|number: i64| number != 0)
            }
        }
    }

    /// The keys of `section` and their values.
    pub(super) fn section<'c>(&'c self, section: &'c str) -> impl Iterator<Item = (&'c str, Option<&'c str>)> {
        let within = move |(key, value): &'c (String, Option<String>)| {
            Some((key.strip_prefix(section)?.strip_prefix('.')?, value.as_deref()))
        };
        self.0.iter().filter_map(within)
    }
}

/// The name of a section, and what follows its bracket.
fn header(text: &str) -> Option<(String, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '.')?;
    let name = text[..end].to_ascii_lowercase();
    let rest = text[end..].trim_start_matches([' ', '\t']);
    if let Some(rest) = rest.strip_prefix(']') {
        return (!name.is_empty()).then_some((name, rest));
    }
    let mut sub = String::new();
    let mut characters = rest.strip_prefix('"')?.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return rest[1 + at + 1..].strip_prefix(']').map(|rest| (format!("{name}.{sub}"), rest)),
            '\\' => sub.push(characters.next()?.1),
            '\n' => return None,
            c => sub.push(c),
        }
    }
    None
}

/// A value, and what follows it.
fn value(text: &str) -> Option<(String, &str)> {
    let (mut value, mut quoted, mut kept) = (String::new(), false, 0);
    let mut characters = text.trim_start_matches([' ', '\t']).char_indices();
    let text = characters.as_str();
    while let Some((at, c)) = characters.next() {
        match c {
            '\n' if quoted => return None,
            '\n' => return Some((trimmed(value, kept), &text[at..])),
            '#' | ';' if !quoted => {
                let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
                return Some((trimmed(value, kept), &text[end..]));
            }
            '"' => (quoted, kept) = (!quoted, value.len()),
            '\\' => {
                match characters.next()?.1 {
                    '\n' => {}
                    '\r' if characters.next()?.1 == '\n' => {}
                    'n' => value.push('\n'),
                    't' => value.push('\t'),
                    'b' => value.push('\u{8}'),
                    c @ ('"' | '\\') => value.push(c),
                    _ => return None,
                }
                kept = value.len();
            }
            c => {
                value.push(c);
                if quoted {
                    kept = value.len();
                }
            }
        }
    }
    (!quoted).then(|| (trimmed(value, kept), ""))
}

/// Without the blanks at the end that were neither quoted nor escaped.
fn trimmed(mut value: String, kept: usize) -> String {
    let end = value.trim_end().len().max(kept);
    value.truncate(end);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_git_reads_them() {
        let text = "; comment\n[Core] bare = TRUE ; yes\n\trepositoryFormatVersion=1\n\tworktree = \"../a b \" # c\r\n\
                    [remote \"Ori\\\"gin\"]\n url = x\\\n y\n[extensions]\n\tnoop\n[core]\n bare = off\n";
        let config = GitConfig::parse(text).unwrap();
        assert_eq!(config.get("core.worktree"), Some(Some("../a b ")));
        assert_eq!(config.get("core.repositoryformatversion"), Some(Some("1")));
        assert_eq!(config.get("remote.Ori\"gin.url"), Some(Some("x y")));
        assert_eq!(config.section("extensions").collect::<Vec<_>>(), [("noop", None)]);
        assert!(config.is_true("extensions.noop") && !config.is_true("core.bare") && !config.is_true("core.none"));
    }

    #[test]
    fn what_is_not_understood_is_left_to_git() {
        for text in ["bare = true\n", "[core\nbare", "[core]\n= x\n", "[core]\na = \"x\n", "[core]\na = \\q\n", "[]\n"]
        {
            assert_eq!(GitConfig::parse(text), None, "{text}");
        }
    }
}
