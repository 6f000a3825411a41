//! Which versions the first cell of a line is about, in the many ways in which people write it.

use crate::version::Version;

/// One part of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Covers {
    /// All that begin with these numbers: `1.0.x`, `1.0`, `v1`.
    Line(Vec<u64>),
    /// From the first on, up to the second; each counted in or not. A last `1.4` holds 1.4.7 where it counts.
    Range { from: Option<(Vec<u64>, bool)>, to: Option<(Vec<u64>, bool)> },
    /// `latest`, `main`
    Latest,
    /// `older`, `all others`
    Others,
    /// `all`
    All,
    /// Nothing that could be understood.
    Unclear,
}

impl Covers {
    /// Whether it names `version` by number.
    pub(super) fn holds(&self, version: &Version) -> bool {
        match self {
            Self::Line(numbers) => is_in(version, numbers),
            Self::Range { from, to } => {
                from.as_ref().is_none_or(|(from, counts)| match compare(version, from) {
                    std::cmp::Ordering::Less => false,
                    std::cmp::Ordering::Equal => *counts,
                    std::cmp::Ordering::Greater => true,
                }) && to
                    .as_ref()
                    .is_none_or(|(to, counts)| compare(version, to).is_lt() || *counts && is_in(version, to))
            }
            Self::All => true,
            Self::Latest | Self::Others | Self::Unclear => false,
        }
    }

    /// Whether it names one release of the line of `version`: `1.2.3` beside 1.2.4.
    pub(super) fn is_beside(&self, version: &Version) -> bool {
        matches!(self, Self::Line(numbers) if numbers.len() > 2 && is_in(version, &numbers[..2]))
    }

    /// Whether it names, by number, nothing but what is greater than `version`.
    pub(super) fn begins_after(&self, version: &Version) -> bool {
        match self {
            Self::Line(numbers) | Self::Range { from: Some((numbers, _)), .. } => compare(version, numbers).is_lt(),
            _ => false,
        }
    }
}

fn is_in(version: &Version, numbers: &[u64]) -> bool {
    numbers.iter().enumerate().all(|(at, number)| version.release_number(at) == *number)
}

/// Compares the final release that a version leads to.
fn compare(version: &Version, numbers: &[u64]) -> std::cmp::Ordering {
    let length = version.release_len().max(numbers.len());
    let mine = (0..length).map(|at| version.release_number(at));
    mine.cmp((0..length).map(|at| numbers.get(at).copied().unwrap_or_default()))
}

const LATEST: [&str; 11] = [
    "latest",
    "newest",
    "current",
    "most recent",
    "main",
    "master",
    "head",
    "stable",
    "development",
    "nightly",
    "trunk",
];

const OTHERS: [&str; 11] = [
    "other",
    "others",
    "all other",
    "all others",
    "any other",
    "older",
    "all older",
    "everything else",
    "earlier",
    "previous",
    "all previous",
];

/// Words that say nothing of which version is meant.
const EMPTY: [&str; 9] = ["version", "versions", "release", "releases", "series", "branch", "line", "the", "minor"];

/// What stands before the first version of a range, or the last.
const FROM: [&str; 5] = [">=", "from ", "since ", "=>", "\u{2265}"];
const AFTER: [&str; 3] = [">", "after ", "newer than "];
const UP_TO: [&str; 5] = ["<=", "=<", "up to ", "until ", "\u{2264}"];
const BEFORE: [&str; 7] = ["<", "before ", "prior to ", "below ", "older than ", "earlier than ", "less than "];

/// What stands after a version.
const ON: [&str; 10] = ["+", "newer", "later", "above", "up", "higher", "onward", "onwards", "greater", "and on"];
const DOWN: [&str; 6] = ["older", "earlier", "below", "lower", "prior", "before"];

/// The parts of a cell; empty where it is empty.
pub(super) fn read(cell: &str) -> Vec<Covers> {
    let mut text = without_groups(cell).to_lowercase();
    for (sign, plain) in
        [("\u{2013}", "-"), ("\u{2014}", "-"), (" through ", " - "), (" to ", " - "), ("\u{2192}", " - ")]
    {
        text = text.replace(sign, plain);
    }
    // Older than, up to: what follows is no second version.
    let text = text.replace("prior - ", "prior to ").replace("up - ", "up to ");
    let mut found: Vec<Covers> = Vec::new();
    for part in text.split([',', ';', '/', '|']).map(str::trim).filter(|part| !part.is_empty()) {
        let covers = one(part).map_or_else(|| several(part), |covers| vec![covers]);
        for next in covers {
            match (found.last_mut(), next) {
                // `>= 1.0, < 2.0`
                (Some(Covers::Range { to: to @ None, .. }), Covers::Range { from: None, to: next }) => *to = next,
                (_, next) => found.push(next),
            }
        }
    }
    found
}

/// `1.0 and 1.1`, `>=1.0 <2.0`
fn several(part: &str) -> Vec<Covers> {
    for joint in [" and ", " or ", " & ", " <"] {
        if let Some((first, second)) = part.split_once(joint) {
            let second = if joint == " <" { format!("<{second}") } else { second.to_owned() };
            let parts: Option<Vec<Covers>> = [first, &second].iter().map(|part| one(part.trim())).collect();
            return parts.unwrap_or_else(|| vec![Covers::Unclear]);
        }
    }
    vec![Covers::Unclear]
}

fn one(part: &str) -> Option<Covers> {
    let bare = part.split_whitespace().filter(|word| !EMPTY.contains(word)).collect::<Vec<_>>().join(" ");
    let bare = bare.trim_matches(['*', '_', ':', '.', ' ']);
    if ["all", "any", "every"].contains(&bare) {
        return Some(Covers::All);
    }
    if LATEST.contains(&bare) || bare.starts_with("latest ") && !bare.contains(|c: char| c.is_ascii_digit()) {
        return Some(Covers::Latest);
    }
    if OTHERS.contains(&bare) {
        return Some(Covers::Others);
    }
    let after = |signs: &[&str]| signs.iter().find_map(|sign| bare.strip_prefix(sign)).and_then(numbers);
    let range = |from, to| Some(Covers::Range { from, to });
    if let Some(from) = after(&FROM) {
        return range(Some((from, true)), None);
    }
    if let Some(to) = after(&UP_TO) {
        return range(None, Some((to, true)));
    }
    if let Some(from) = after(&AFTER) {
        return range(Some((from, false)), None);
    }
    if let Some(to) = after(&BEFORE) {
        return range(None, Some((to, false)));
    }
    if let Some((first, last)) =
        bare.split_once(" - ").or_else(|| bare.split_once("..")).or_else(|| bare.split_once('-'))
        && let (Some(first), Some(last)) = (numbers(first), numbers(last))
    {
        return range(Some((first, true)), Some((last, true)));
    }
    // As Poetry and PEP 440 have it: up to the next release that may break.
    if let Some(from) = after(&["^"]) {
        let fixed = from.iter().position(|number| *number > 0).unwrap_or(from.len() - 1);
        let to = next(&from[..=fixed]);
        return range(Some((from, true)), to);
    }
    if let Some(from) = after(&["~="]).filter(|from| from.len() > 1) {
        let to = next(&from[..from.len() - 1]);
        return range(Some((from, true)), to);
    }
    let ends = |words: &[&str]| {
        words.iter().find_map(|word| bare.strip_suffix(word)).and_then(|rest| {
            let rest = rest.trim_end();
            numbers(["and", "or", "&"].iter().find_map(|joint| rest.strip_suffix(joint)).unwrap_or(rest))
        })
    };
    if let Some(from) = ends(&ON) {
        return range(Some((from, true)), None);
    }
    if let Some(to) = ends(&DOWN) {
        return range(None, Some((to, true)));
    }
    numbers(bare.trim_start_matches(['=', '~'])).map(Covers::Line)
}

/// The end of a range: before the line that follows the one of these numbers.
fn next(line: &[u64]) -> Option<(Vec<u64>, bool)> {
    let (last, before) = line.split_last()?;
    Some((before.iter().copied().chain([last.saturating_add(1)]).collect(), false))
}

/// The numbers of `v1.0.x`; `None` where the text is anything else.
fn numbers(text: &str) -> Option<Vec<u64>> {
    let text = text.trim();
    let text = text.strip_prefix("v.").or_else(|| text.strip_prefix('v')).unwrap_or(text).trim_start();
    let parts: Vec<&str> = text.split('.').collect();
    let known =
        parts.iter().take_while(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())).count();
    let open = parts[known..].iter().all(|part| ["x", "*", "y", "z"].contains(part));
    let numbers: Option<Vec<u64>> = parts[..known].iter().map(|part| part.parse().ok()).collect();
    numbers.filter(|numbers| open && !numbers.is_empty())
}

/// The text without what stands in brackets.
fn without_groups(text: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_write_versions_in_many_ways() {
        let line = |numbers: &[u64]| Covers::Line(numbers.to_vec());
        let range = |from: Option<(&[u64], bool)>, to: Option<(&[u64], bool)>| {
            let owned = |bound: Option<(&[u64], bool)>| bound.map(|(numbers, counts)| (numbers.to_vec(), counts));
            Covers::Range { from: owned(from), to: owned(to) }
        };
        for (cell, expected) in [
            ("v1.0.x", vec![line(&[1, 0])]),
            ("1.x", vec![line(&[1])]),
            ("1.x.x", vec![line(&[1])]),
            ("1.0.*", vec![line(&[1, 0])]),
            ("Version 2.1", vec![line(&[2, 1])]),
            ("2.x (latest)", vec![line(&[2])]),
            ("1.0, 1.1", vec![line(&[1, 0]), line(&[1, 1])]),
            ("1.0 and 1.1", vec![line(&[1, 0]), line(&[1, 1])]),
            ("^1.0", vec![range(Some((&[1, 0], true)), Some((&[2], false)))]),
            ("^0.3", vec![range(Some((&[0, 3], true)), Some((&[0, 4], false)))]),
            ("~=1.1", vec![range(Some((&[1, 1], true)), Some((&[2], false)))]),
            ("~1.1", vec![line(&[1, 1])]),
            (">= 2", vec![range(Some((&[2], true)), None)]),
            ("\u{2265} 2.0", vec![range(Some((&[2, 0], true)), None)]),
            ("> 1.0", vec![range(Some((&[1, 0], false)), None)]),
            ("< 1.0", vec![range(None, Some((&[1, 0], false)))]),
            ("<1.0.x", vec![range(None, Some((&[1, 0], false)))]),
            ("<= 1.4", vec![range(None, Some((&[1, 4], true)))]),
            (">=1.0,<2.0", vec![range(Some((&[1, 0], true)), Some((&[2, 0], false)))]),
            (">=1.0 <2.0", vec![range(Some((&[1, 0], true)), Some((&[2, 0], false)))]),
            ("1.0 - 1.4", vec![range(Some((&[1, 0], true)), Some((&[1, 4], true)))]),
            ("1.0 \u{2013} 1.4.x", vec![range(Some((&[1, 0], true)), Some((&[1, 4], true)))]),
            ("1.0 to 1.4", vec![range(Some((&[1, 0], true)), Some((&[1, 4], true)))]),
            ("2.1+", vec![range(Some((&[2, 1], true)), None)]),
            ("2.x and newer", vec![range(Some((&[2], true)), None)]),
            ("1.3 and older", vec![range(None, Some((&[1, 3], true)))]),
            ("before 1.3", vec![range(None, Some((&[1, 3], false)))]),
            ("prior to 1.3", vec![range(None, Some((&[1, 3], false)))]),
            ("up to 1.3", vec![range(None, Some((&[1, 3], true)))]),
            ("latest", vec![Covers::Latest]),
            ("Latest release", vec![Covers::Latest]),
            ("Latest minor version", vec![Covers::Latest]),
            ("older versions", vec![Covers::Others]),
            ("All other versions", vec![Covers::Others]),
            ("all", vec![Covers::All]),
            ("1.0.0rc1", vec![Covers::Unclear]),
            ("the good one", vec![Covers::Unclear]),
            ("", vec![]),
        ] {
            assert_eq!(read(cell), expected, "{cell}");
        }
    }
}
