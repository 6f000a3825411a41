//! What a section says, apart from how it is laid out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{BlockKind, Changelog, Content, Section};
use crate::finding::Span;
use crate::version::Version;

/// One entry of a section, or one of its paragraphs.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Its place in the text that was parsed.
    pub span: Span,
    /// In one line, without a bullet.
    pub text: String,
    /// Letters and digits alone: marks, line breaks and punctuation may be put right.
    words: String,
}

impl Statement {
    fn of(bytes: &[u8], span: Span, is_entry: bool) -> Self {
        let source = String::from_utf8_lossy(bytes.get(span.range()).unwrap_or_default());
        let bullet = usize::from(is_entry);
        let text = source.split_whitespace().skip(bullet).collect::<Vec<_>>().join(" ");
        let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let words = if words.is_empty() { text.clone() } else { words.join(" ") };
        Self { span, text, words }
    }
}

/// Everything that `section` of `bytes` says, in the order of the text. Placeholders, headings, comments and the line that
/// has the date say nothing.
pub fn statements(section: &Section, bytes: &[u8]) -> Vec<Statement> {
    let mut found: Vec<Statement> =
        section.contents().flat_map(|content| of_content(content, section, bytes)).collect();
    found.sort_by_key(|statement| statement.span);
    found
}

fn of_content(content: &Content, section: &Section, bytes: &[u8]) -> Vec<Statement> {
    let dated = section.date.as_ref().filter(|date| date.is_below).map(|date| date.span);
    let entries = content.entries.iter().filter(|entry| !entry.is_placeholder);
    let entries = entries.map(|entry| Statement::of(bytes, entry.span, true));
    let is_date = |span: Span| dated.is_some_and(|date| span.contains(date));
    let blocks = content.blocks.iter().filter(|block| block.kind.is_said());
    let blocks = blocks.filter(|block| block.kind != BlockKind::Paragraph || !is_date(block.span));
    entries.chain(blocks.map(|block| Statement::of(bytes, block.span, false))).collect()
}

/// What `these` say more often than `others`.
pub fn beside<'s>(these: &'s [Statement], others: &[Statement]) -> Vec<&'s Statement> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for other in others {
        *left.entry(&other.words).or_default() += 1;
    }
    let is_new = |statement: &&Statement| match left.get_mut(statement.words.as_str()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    these.iter().filter(is_new).collect()
}

/// Whether both say the same, in whatever order.
pub fn agree(one: &[Statement], other: &[Statement]) -> bool {
    one.len() == other.len() && beside(one, other).is_empty()
}

/// The releases of `now` that `before` has not, or of which it says something else; each version once, the newest first.
pub fn changed<'c>(now: (&'c Changelog, &[u8]), before: (&Changelog, &[u8])) -> Vec<&'c Version> {
    let (sections, known) = (named(now.0), named(before.0));
    // Most often all but the newest stand there as they did: those need not be sorted.
    let pairs = sections.iter().rev().zip(known.iter().rev());
    let kept = pairs
        .take_while(|((version, section), (other_version, other))| {
            version == other_version && now.1.get(section.body.range()) == before.1.get(other.body.range())
        })
        .count();
    let (above, once_above) = (&sections[..sections.len() - kept], &known[..known.len() - kept]);
    let asked: BTreeSet<&Version> = above.iter().chain(once_above).map(|(version, _)| *version).collect();
    let (sections, known) = (first_of_each(sections, &asked), first_of_each(known, &asked));
    let is_same = |section: &Section, version: &Version| {
        known.get(version).is_some_and(|other| {
            now.1.get(section.body.range()) == before.1.get(other.body.range())
                || agree(&statements(section, now.1), &statements(other, before.1))
        })
    };
    let changed = sections.into_iter().rev().filter(|(version, section)| !is_same(section, version));
    changed.map(|(version, _)| version).collect()
}

/// The sections of versions that are out, in the order of the text.
fn named(changelog: &Changelog) -> Vec<(&Version, &Section)> {
    changelog.releases().filter_map(|section| Some((section.named_version()?, section))).collect()
}

/// The first section of each version that is `asked` for.
fn first_of_each<'c>(
    sections: Vec<(&'c Version, &'c Section)>,
    asked: &BTreeSet<&Version>,
) -> BTreeMap<&'c Version, &'c Section> {
    let mut first = BTreeMap::new();
    for (version, section) in sections.into_iter().filter(|(version, _)| asked.contains(version)) {
        first.entry(version).or_insert(section);
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changelog::parse;

    const TEXT: &str = "# Changelog\n\n## [1.1.0] - 2026-01-05\n\nA summary.\n\n### Added\n\n- One thing\n  and more.\n- None\n\n\
                        ## [1.0.0] - 2026-01-04\n\n- `A`\n\n[1.1.0]: a\n";

    fn differ(text: &str) -> Vec<String> {
        let (now, before) =
            (parse("CHANGELOG.md", text.as_bytes(), None), parse("CHANGELOG.md", TEXT.as_bytes(), None));
        changed((&now, text.as_bytes()), (&before, TEXT.as_bytes())).into_iter().map(ToString::to_string).collect()
    }

    #[test]
    fn layout_is_no_change() {
        for text in [
            TEXT.to_owned(),
            TEXT.replace('\n', "\r\n"),
            TEXT.replace("thing\n  and", "thing and").replace("- One", "* One"),
            TEXT.replace("2026-01-05", "January 5, 2026").replace("[1.1.0]: a", "[1.1.0]: b"),
            TEXT.replace("### Added", "### added").replace("- None\n", "").replace("more.", "*more*"),
            TEXT.replace("A summary.\n\n### Added\n\n", "### Added\n\nA summary.\n\n"),
        ] {
            assert!(differ(&text).is_empty(), "{text}");
        }
    }

    #[test]
    fn entries_that_come_in_or_go_are_a_change() {
        for text in [
            TEXT.replace("- None", "- Another"),
            TEXT.replace("- One thing\n  and more.\n", ""),
            TEXT.replace("A summary.", "Another summary."),
            TEXT.replace("- None", "- One thing and more."),
        ] {
            assert_eq!(differ(&text), ["1.1.0"], "{text}");
        }
        assert_eq!(differ(&TEXT.replace("- `A`", "- `B`").replace("[1.1.0] -", "[1.2.0] -")), ["1.2.0", "1.0.0"]);
    }

    #[test]
    fn what_came_in_is_named_as_often_as_it_did() {
        let text = "## 1.0\n\n- a\n- b c\n- a\n";
        let changelog = parse("CHANGELOG.md", text.as_bytes(), None);
        let all = statements(&changelog.sections[0], text.as_bytes());
        let named = |these: &[Statement], others: &[Statement]| {
            beside(these, others).into_iter().map(|statement| statement.text.clone()).collect::<Vec<_>>()
        };
        assert_eq!(named(&all, &all[..2]), ["a"]);
        assert!(named(&all[..2], &all).is_empty());
    }
}
