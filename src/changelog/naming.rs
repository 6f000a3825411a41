//! The version that a heading is about, whatever stands around it.

use std::ops::Range;

use super::day;
use crate::version::Version;

/// Words that may stand before a version.
const LEADS: [&str; 16] = [
    "what's new in",
    "changes in",
    "new in",
    "versions",
    "version",
    "releases",
    "released",
    "release",
    "ver.",
    "ver",
    "tag",
    "hotfix",
    "bugfix release",
    "patch release",
    "changelog for",
    "rel",
];

/// Where a version stands in a plain text.
#[derive(Debug)]
pub(super) struct Found {
    /// A `v` before it; may be empty.
    pub(super) prefix: Range<usize>,
    pub(super) version: Range<usize>,
}

/// The version that a heading is about: the first thing it says, after words such as "version", the package's name, or a
/// date.
pub(super) fn find_version(text: &str, name: Option<&str>) -> Option<Found> {
    // Most headings name a category, and there is no version without a digit.
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut at = 0;
    let mut dotted = None;
    loop {
        let rest = &text[at..];
        let skipped = rest.len() - rest.trim_start_matches(|c: char| !c.is_alphanumeric()).len();
        at += skipped;
        let rest = &text[at..];
        if let Some(length) = picture(rest).filter(|_| text[..at].ends_with(':')) {
            at += length;
        } else if let Some(day) = leading_date(rest) {
            // Where nothing else is one, `2026.02.05` is the version.
            if dotted.is_none() && rest.as_bytes().get(4) == Some(&b'.') {
                dotted = version_at(text, at);
            }
            at += day;
        } else if let Some(found) = version_at(text, at) {
            return Some(found);
        } else if let Some(length) = leading_name(rest, name).or_else(|| leading_word(rest)) {
            at += length;
        } else {
            return dotted;
        }
    }
}

/// How long the rest is of a picture that is written `:tada:`, behind its first colon.
fn picture(rest: &str) -> Option<usize> {
    let name = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+')))?;
    (name > 0 && rest[name..].starts_with(':')).then_some(name + 1)
}

fn leading_date(rest: &str) -> Option<usize> {
    // As far as the longest date that is read.
    let end = rest.char_indices().nth(32).map_or(rest.len(), |(at, _)| at);
    let day = day::at_start(&rest[..end])?;
    (day.date.is_some() || !rest[..day.range.end].contains('.')).then_some(day.range.end)
}

/// A `v` and a version, or a version, that stand at `at`.
fn version_at(text: &str, at: usize) -> Option<Found> {
    let rest = &text[at..];
    let prefix = match rest.as_bytes() {
        [b'v' | b'V', b'.', digit, ..] if digit.is_ascii_digit() => 2,
        [b'v' | b'V', digit, ..] if digit.is_ascii_digit() => 1,
        _ => 0,
    };
    let start = at + prefix;
    let length = version_length(&text[start..])?;
    Some(Found { prefix: at..start, version: start..start + length })
}

/// How long the version is that `rest` begins with. A single number is one only where nothing or a date follows.
fn version_length(rest: &str) -> Option<usize> {
    if !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '!')))
        .unwrap_or(rest.len());
    let token = rest[..end].trim_end_matches(['.', '-', '_', '+', '!']);
    if rest[token.len()..].starts_with(char::is_alphanumeric) {
        return None;
    }
    let length = match Version::parse(token) {
        Some(_) => token.len(),
        None => shorter_version(token).unwrap_or(token.len()),
    };
    let version = &rest[..length];
    if version.contains('.') {
        // Numbers with points that are no version are a version gone wrong; other words are not.
        let numbers = version
            .split('.')
            .take(2)
            .all(|part| part.starts_with(|c: char| c.is_ascii_digit()) || part.eq_ignore_ascii_case("x"));
        return numbers.then_some(length);
    }
    let year = version.len() == 4 && (version.starts_with("19") || version.starts_with("20"));
    let after = rest[length..].trim_start_matches([']', ' ', '-', ':', '(', '[', '\u{2013}', '\u{2014}']);
    let stands_alone = after.trim_end_matches([')', ' ']).is_empty() || day::at_start(after).is_some();
    (Version::parse(version).is_some() && stands_alone && !year).then_some(length)
}

/// The version before a date or another version that is glued to it: `1.2.0` of `1.2.0-2024-01-15` or `1.2.0-0.33b0`.
fn shorter_version(token: &str) -> Option<usize> {
    let mut end = token.len();
    // A version has few parts, and only those are tried.
    for _ in 0..8 {
        end = token[..end].rfind(['-', '_', '+'])?;
        let rest = &token[end + 1..];
        let is_date = day::at_start(rest).is_some();
        let is_version = rest.contains('.') && Version::parse(rest).is_some();
        if (is_date || is_version) && Version::parse(&token[..end]).is_some() {
            return Some(end);
        }
    }
    None
}

/// The package's name, where `-`, `_`, `.` and spaces are equal, and what joins it to a version.
fn leading_name(rest: &str, name: Option<&str>) -> Option<usize> {
    let name = name.filter(|name| !name.is_empty())?;
    let same = |a: char, b: char| {
        let joins = |c: char| matches!(c, '-' | '_' | '.' | ' ');
        (joins(a) && joins(b)) || a.eq_ignore_ascii_case(&b)
    };
    let mut chars = rest.char_indices();
    for wanted in name.chars() {
        if !chars.next().is_some_and(|(_, c)| same(c, wanted)) {
            return None;
        }
    }
    let length = chars.next().map_or(rest.len(), |(at, _)| at);
    (!rest[length..].starts_with(char::is_alphanumeric)).then_some(length)
}

fn leading_word(rest: &str) -> Option<usize> {
    LEADS.iter().find_map(|word| {
        let mut letters = rest.char_indices();
        for wanted in word.chars() {
            let letter = letters.next().map(|(_, letter)| if letter == '\u{2019}' { '\'' } else { letter })?;
            if !letter.eq_ignore_ascii_case(&wanted) {
                return None;
            }
        }
        let length = letters.next().map_or(rest.len(), |(at, _)| at);
        (!rest[length..].starts_with(char::is_alphabetic)).then_some(length)
    })
}
