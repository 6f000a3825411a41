//! An entry that a section has twice.

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

/// Entries with the fingerprint of an earlier one, in the order of the text, each behind the first of them.
fn alike(section: &Section, bytes: &[u8]) -> Vec<(Span, Span)> {
    let entries = section.contents().flat_map(|content| &content.entries).filter(|entry| !entry.is_placeholder);
    let mut marked: Vec<(u64, Span)> =
        Vec::with_capacity(section.contents().map(|content| content.entries.len()).sum());
    marked.extend(entries.map(|entry| (fingerprint(&bytes[entry.span.range()]), entry.span)));
    marked.sort_unstable();
    let groups = marked.chunk_by(|(a, _), (b, _)| a == b);
    let mut pairs: Vec<(Span, Span)> =
        groups.flat_map(|group| group[1..].iter().map(|(_, span)| (group[0].1, *span))).collect();
    pairs.sort_unstable_by_key(|(_, span)| span.start);
    pairs
}

/// An entry's text without its bullet, in one line.
fn reflowed(entry: &str) -> String {
    let mut words = entry.split_whitespace();
    words.next();
    words.collect::<Vec<_>>().join(" ")
}

/// The same for all entries that have the same words, and for hardly any others.
fn fingerprint(entry: &[u8]) -> u64 {
    if entry.is_ascii() {
        let words = entry.split(|byte| matches!(byte, b' ' | b'\t'..=b'\r')).filter(|word| !word.is_empty());
        return mixed(words.skip(1));
    }
    mixed(reflowed(&String::from_utf8_lossy(entry)).split(' ').map(str::as_bytes))
}

/// FNV-1a of the words, a space behind each.
fn mixed<'a>(words: impl Iterator<Item = &'a [u8]>) -> u64 {
    let mix = |mix: u64, byte: &u8| (mix ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    words.fold(0xcbf2_9ce4_8422_2325, |mixed, word| mix(word.iter().fold(mixed, mix), &b' '))
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
