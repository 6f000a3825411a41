//! An entry that a section has twice.

use std::hash::{DefaultHasher, Hasher};

use crate::changelog::{Kind, Section, lines};
use crate::finding::{Edit, Findings, Level, Safety, Span};
use crate::project::Facts;

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-entry-duplicate",
    summary: "A section has the same entry twice",
    explanation: "\
The same change twice is what a merge leaves behind. Entries are compared as text, whatever their line breaks.",
    level: Level::Warn,
    about: About::Text,
    group: Group::Text,
    fix: Some(Safety::Unsafe),
    bad: &[Example {
        title: "one change, two entries",
        files: &[(
            "CHANGELOG.md",
            "# Changelog\n\nKeep a Changelog\n\n## [1.1.0] - 2026-01-05\n\n### Fixed\n\n- A crash\n  at start.\n- A crash at start.\n",
        )],
        tag: None,
    }],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog() else { return };
    let bytes = &facts.sources.get(found.source).bytes;
    for section in found.changelog.sections.iter().filter(|section| section.kind != Kind::Other) {
        for (first, entry) in alike(section, bytes) {
            let text = |span| reflowed(&facts.changelog_text(found, span));
            if text(first) != text(entry) {
                continue;
            }
            let whole = lines(bytes, entry);
            // The blank lines after an entry may belong to what follows.
            let edit = Edit { at: found.at(without_blank_end(bytes, whole)), text: String::new() };
            let finding = findings.add(found.at(entry), "this entry stands in the section already");
            finding.related(found.at(first), "the first one is this");
            finding.fix("remove it", Safety::Unsafe, vec![edit]);
        }
    }
}

/// So many entries are compared one with another.
const FEW: usize = 4;

/// Entries that are most likely the same as an earlier one, in the order of the text, each behind the first of them.
fn alike(section: &Section, bytes: &[u8]) -> Vec<(Span, Span)> {
    let entries = section.contents().flat_map(|content| &content.entries).filter(|entry| !entry.is_placeholder);
    let mut seen: Vec<(Ends, Span)> = Vec::with_capacity(section.contents().map(|content| content.entries.len()).sum());
    seen.extend(entries.map(|entry| (Ends::of(&bytes[entry.span.range()]), entry.span)));
    seen.sort_unstable();
    let mut pairs = Vec::new();
    for group in seen.chunk_by(|(a, _), (b, _)| a == b).filter(|group| group.len() > 1) {
        if group.len() <= FEW {
            for (at, (_, entry)) in group.iter().enumerate() {
                let is_same = |(_, first): &&(Ends, Span)| same_words(&bytes[first.range()], &bytes[entry.range()]);
                pairs.extend(group[..at].iter().find(is_same).map(|(_, first)| (*first, *entry)));
            }
            continue;
        }
        let marked = group.iter().map(|(_, span)| (fingerprint(&bytes[span.range()]), *span));
        let mut marked: Vec<(u64, Span)> = marked.collect();
        marked.sort_unstable();
        let groups = marked.chunk_by(|(a, _), (b, _)| a == b);
        pairs.extend(groups.flat_map(|group| group[1..].iter().map(|(_, span)| (group[0].1, *span))));
    }
    pairs.sort_unstable_by_key(|(_, span)| span.start);
    pairs
}

/// What is the same for all entries that have the same words, and found at once: how the first of them begins and the last
/// one ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Ends([u8; 8], [u8; 8]);

impl Ends {
    fn of(entry: &[u8]) -> Self {
        if !entry.is_ascii() {
            return Self::of_words(reflowed(&String::from_utf8_lossy(entry)).as_bytes());
        }
        let bullet = entry.iter().position(|byte| is_space(*byte)).unwrap_or(entry.len());
        let first = entry[bullet..].iter().position(|byte| !is_space(*byte)).unwrap_or(entry.len() - bullet);
        Self::of_words(&entry[bullet + first..])
    }

    fn of_words(words: &[u8]) -> Self {
        let mut ends = Self([0; 8], [0; 8]);
        for (place, byte) in ends.0.iter_mut().zip(words).take_while(|(_, byte)| !is_space(**byte)) {
            *place = *byte;
        }
        for (place, byte) in ends.1.iter_mut().zip(words.iter().rev()).take_while(|(_, byte)| !is_space(**byte)) {
            *place = *byte;
        }
        ends
    }
}

fn is_space(byte: u8) -> bool {
    byte == b' ' || matches!(byte, b'\t'..=b'\r')
}

/// An entry's text without its bullet, in one line.
fn reflowed(entry: &str) -> String {
    let mut words = entry.split_whitespace();
    words.next();
    words.collect::<Vec<_>>().join(" ")
}

/// The words of an ASCII entry without its bullet.
fn words(entry: &[u8]) -> impl Iterator<Item = &[u8]> {
    entry.split(|byte| is_space(*byte)).filter(|word| !word.is_empty()).skip(1)
}

fn same_words(one: &[u8], other: &[u8]) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return words(one).eq(words(other));
    }
    reflowed(&String::from_utf8_lossy(one)) == reflowed(&String::from_utf8_lossy(other))
}

/// The same for all entries that have the same words, and for hardly any others.
fn fingerprint(entry: &[u8]) -> u64 {
    if entry.is_ascii() {
        return mixed(words(entry));
    }
    mixed(reflowed(&String::from_utf8_lossy(entry)).split(' ').map(str::as_bytes))
}

fn mixed<'a>(words: impl Iterator<Item = &'a [u8]>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for word in words {
        hasher.write(word);
        hasher.write_u8(b' ');
    }
    hasher.finish()
}

/// A span of whole lines without the blank ones at its end.
fn without_blank_end(bytes: &[u8], span: Span) -> Span {
    let text = &bytes[span.range()];
    let kept = text.iter().rposition(|byte| !byte.is_ascii_whitespace()).map_or(0, |at| at + 1);
    let end = match &text[kept..] {
        [b'\r', b'\n', ..] => kept + 2,
        [_, ..] => kept + 1,
        [] => kept,
    };
    Span::new(span.start, span.start + end)
}
