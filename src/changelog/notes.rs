//! The text of one section, as it can stand alone on a release page.

use std::collections::HashSet;

use super::{Changelog, Footnote, Markup, Section, definition, markdown, restructured, text};
use crate::finding::Span;

/// The body of `section` in `bytes`, the text that `changelog` was parsed from: byte-exact but for line ends, which are
/// `\n`, and the blank lines around it. What it uses and does not hold follows after a blank line: the texts of footnotes,
/// then the definitions of links; in reStructuredText the targets.
pub fn notes(changelog: &Changelog, section: &Section, bytes: &[u8]) -> Vec<u8> {
    let body = bytes.get(section.body.range()).unwrap_or_default();
    let mut text = without_blank_ends(with_line_feeds(body));
    match changelog.markup {
        Markup::Markdown => {
            append_footnotes(&mut text, changelog, section, bytes);
            append_definitions(&mut text, changelog, bytes);
        }
        Markup::ReStructured => append_targets(&mut text, section, bytes),
    }
    text
}

fn append_definitions(text: &mut Vec<u8>, changelog: &Changelog, bytes: &[u8]) {
    let read = String::from_utf8_lossy(text);
    let used = markdown::undefined_labels(&read, |key| changelog.definition(key).is_some());
    let mut told = HashSet::new();
    let mut separator: &[u8] = b"\n\n";
    for definition in &changelog.definitions {
        // The first of a label is the one that counts.
        if used.contains(&definition.key) && told.insert(&*definition.key) {
            let source = with_line_feeds(bytes.get(definition.span.range()).unwrap_or_default());
            text.extend_from_slice(separator);
            text.extend(definition::without_quote_marks(&String::from_utf8_lossy(&source)).into_bytes());
            separator = b"\n";
        }
    }
}

fn append_footnotes(text: &mut Vec<u8>, changelog: &Changelog, section: &Section, bytes: &[u8]) {
    let elsewhere: Vec<&Footnote> =
        changelog.footnotes.iter().filter(|footnote| !section.body.contains(footnote.span)).collect();
    if elsewhere.is_empty() {
        return;
    }
    // Read together, so that references and texts meet; a footnote may refer to others.
    let mut all = text.clone();
    let mut places = Vec::new();
    for footnote in &elsewhere {
        all.extend_from_slice(b"\n\n");
        let start = all.len();
        all.extend(with_line_feeds(bytes.get(footnote.span.range()).unwrap_or_default()));
        places.push(Span::new(start, all.len()));
    }
    let read: String =
        all.utf8_chunks().flat_map(|chunk| [chunk.valid().to_owned(), "?".repeat(chunk.invalid().len())]).collect();
    let references = markdown::footnote_references(&read);
    let within = |span: Span| {
        let start = references.partition_point(|(_, at)| *at < span.start);
        references[start..].iter().take_while(move |(_, at)| *at < span.end).map(|(key, _)| &**key)
    };
    let mut used: HashSet<&str> = HashSet::new();
    let mut waiting: Vec<&str> = within(Span::new(0, text.len())).collect();
    while let Some(key) = waiting.pop() {
        if used.insert(key)
            && let Some(at) = elsewhere.iter().position(|footnote| *footnote.key == *key)
        {
            waiting.extend(within(places[at]));
        }
    }
    let mut told = HashSet::new();
    for (footnote, place) in elsewhere.iter().zip(places) {
        if used.contains(&*footnote.key) && told.insert(&*footnote.key) {
            text.extend_from_slice(b"\n\n");
            text.extend_from_slice(&all[place.range()]);
        }
    }
}

fn append_targets(text: &mut Vec<u8>, section: &Section, bytes: &[u8]) {
    let prepared = text::prepare(bytes);
    let used = restructured::references(&String::from_utf8_lossy(text));
    let mut told = HashSet::new();
    let mut separator: &[u8] = b"\n\n";
    for (name, span) in restructured::targets(&prepared.text) {
        if used.contains(&name) && !section.body.contains(span) && told.insert(name) {
            text.extend_from_slice(separator);
            text.extend(with_line_feeds(bytes.get(span.range()).unwrap_or_default()));
            separator = b"\n";
        }
    }
}

fn with_line_feeds(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => {}
            b'\r' => text.push(b'\n'),
            byte => text.push(*byte),
        }
    }
    text
}

/// Blank lines go; the indentation of the first line means something and stays.
fn without_blank_ends(mut text: Vec<u8>) -> Vec<u8> {
    text.truncate(text.trim_ascii_end().len());
    let blank = text.len() - text.trim_ascii_start().len();
    let start = text[..blank].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    text.drain(..start);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changelog::parse;

    fn first(path: &str, text: &str) -> String {
        let changelog = parse(path, text.as_bytes(), None);
        String::from_utf8(notes(&changelog, &changelog.sections[0], text.as_bytes())).unwrap()
    }

    #[test]
    fn definitions_come_along_where_they_are_used() {
        let text = "# Changelog\n\n## [1.0.0] - 2026-01-05\n\n- A [Link][A b], ![i], `[code]`, [none].\n\n\
                    ## [0.9.0] - 2026-01-04\n\n- [code]\n\n[code]: c\n[i]: <i j.png> 'T'\n[a  B]: a\n  \"Title\"\n[A b]: later\n";
        let expected = "- A [Link][A b], ![i], `[code]`, [none].\n\n[i]: <i j.png> 'T'\n[a  B]: a\n  \"Title\"";
        assert_eq!(first("CHANGELOG.md", text), expected);
        assert_eq!(first("CHANGELOG.md", &text.replace('\n', "\r\n")), expected);
    }

    #[test]
    fn a_definition_that_stands_in_the_section_is_not_told_twice() {
        let text = "## [1.0.0] - 2026-01-05\n\n[a]: x\n\n- [a]\n\n## [0.9.0] - 2026-01-04\n\n- b\n";
        assert_eq!(first("CHANGELOG.md", text), "[a]: x\n\n- [a]");
    }

    #[test]
    fn blank_lines_go_and_indentation_stays() {
        let text = "## [1.0.0] - 2026-01-05\n \n\n    code\n\n\n## [0.9.0] - 2026-01-04\n";
        assert_eq!(first("CHANGELOG.md", text), "    code");
        assert_eq!(first("CHANGELOG.md", "## [1.0.0] - 2026-01-05\n\n\n"), "");
    }

    #[test]
    fn footnotes_come_along_where_they_are_used() {
        let text = "# Changelog\n\n## [1.0.0] - 2026-01-05\n\n- A[^1] and B[^B], not `[^3]`.\n\n\
                    ## [0.9.0] - 2026-01-04\n\n- C[^3]\n\n[^1]: One, see [it][x]\n    and on.\n\n    More[^four].\n[^3]: Three.\n\
                    [^b]: Two.\n[^four]: Four.\n\n[x]: y\n";
        let expected = "- A[^1] and B[^B], not `[^3]`.\n\n[^1]: One, see [it][x]\n    and on.\n\n    More[^four].\n\n\
                        [^b]: Two.\n\n[^four]: Four.\n\n[x]: y";
        assert_eq!(first("CHANGELOG.md", text), expected);
        assert_eq!(first("CHANGELOG.md", &text.replace('\n', "\r\n")), expected);
        let oldest = text.replace("- A[^1] and B[^B], not `[^3]`.", "").replace("[1.0.0]", "Unreleased");
        let changelog = parse("CHANGELOG.md", oldest.as_bytes(), None);
        let notes = notes(&changelog, &changelog.sections[1], oldest.as_bytes());
        assert_eq!(String::from_utf8(notes).unwrap(), "- C[^3]\n\n[^3]: Three.");
    }

    #[test]
    fn a_definition_stands_alone_outside_of_its_quote() {
        let text = "## 1.0.0 - 2026-01-05\n\n- [a] [b]\n\n## 0.9.0 - 2026-01-04\n\n> [a]:\n>   x\n> 'T'\n\n- > [b]: y\n  > \"U\n  > V\"\n";
        let expected = "- [a] [b]\n\n[a]:\n    x\n  'T'\n[b]: y\n    \"U\n    V\"";
        assert_eq!(first("CHANGELOG.md", text), expected);
    }

    #[test]
    fn what_parts_a_section_from_the_next_is_left_out() {
        let text = "## 1.0.0 - 2026-01-05\n\n- a\n\n---\n\n- b\n\n***\n\n## 0.9.0 - 2026-01-04\n";
        assert_eq!(first("CHANGELOG.md", text), "- a\n\n---\n\n- b");
    }

    #[test]
    fn targets_come_along_where_they_are_used() {
        let text = "1.0.0 (2026-01-05)\n==================\n\n- See `A  Link`_, `text <other_>`_, plain_, [1]_, |sub|,\n  `code`, no `x`.\n\n\
                    0.9.0 (2026-01-04)\n==================\n\n- x\n\n.. _a link: https://example.org/a\n.. _plain:\n   https://example.org/p\n\
                    .. _other: o\n.. _code: c\n.. [1] A note\n   that goes on.\n.. |sub| replace:: text\n.. _`x`: d\n";
        let expected = "- See `A  Link`_, `text <other_>`_, plain_, [1]_, |sub|,\n  `code`, no `x`.\n\n\
                        .. _a link: https://example.org/a\n.. _plain:\n   https://example.org/p\n.. _other: o\n\
                        .. [1] A note\n   that goes on.\n.. |sub| replace:: text";
        assert_eq!(first("CHANGES.rst", text), expected);
    }

    #[test]
    fn restructured_text_stands_as_it_is() {
        let text =
            "1.0.0 (2026-01-05)\n==================\n\n- See `it`_.\n\n0.9.0 (2026-01-04)\n==================\n\n- x\n";
        assert_eq!(first("CHANGES.rst", text), "- See `it`_.");
    }
}
