//! An entry that a section has twice.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};

use crate::changelog::{Kind, lines};
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
        let mut known: HashMap<u64, Span> = HashMap::new();
        for entry in section.contents().flat_map(|content| &content.entries).filter(|entry| !entry.is_placeholder) {
            let first = *known.entry(fingerprint(&bytes[entry.span.range()])).or_insert(entry.span);
            let text = |span| reflowed(&facts.changelog_text(found, span));
            if first == entry.span || text(first) != text(entry.span) {
                continue;
            }
            let whole = lines(bytes, entry.span);
            // The blank lines after an entry may belong to what follows.
            let edit = Edit { at: found.at(without_blank_end(bytes, whole)), text: String::new() };
            let finding = findings.add(found.at(entry.span), "this entry stands in the section already");
            finding.related(found.at(first), "the first one is this");
            finding.fix("remove it", Safety::Unsafe, vec![edit]);
        }
    }
}

/// An entry's text without its bullet, in one line.
fn reflowed(entry: &str) -> String {
    let mut words = entry.split_whitespace();
    words.next();
    words.collect::<Vec<_>>().join(" ")
}

/// The same for all entries that have the same words, and for hardly any others.
fn fingerprint(entry: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut word = |word: &[u8]| {
        hasher.write(word);
        hasher.write_u8(b' ');
    };
    if entry.is_ascii() {
        let words = entry.split(|byte| char::from(*byte).is_whitespace()).filter(|word| !word.is_empty());
        words.skip(1).for_each(&mut word);
    } else {
        reflowed(&String::from_utf8_lossy(entry)).split(' ').for_each(|text| word(text.as_bytes()));
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
