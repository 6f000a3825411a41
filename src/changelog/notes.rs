//! The text of one section, as it can stand alone on a release page.

use std::collections::HashSet;

use super::{Changelog, Markup, Section, markdown};

/// The body of `section` in `bytes`, the text that `changelog` was parsed from: byte-exact but for line ends, which are
/// `\n`, and the blank lines around it. The link definitions that it uses and does not hold follow after a blank line.
pub fn notes(changelog: &Changelog, section: &Section, bytes: &[u8]) -> Vec<u8> {
    let body = bytes.get(section.body.range()).unwrap_or_default();
    let mut text = without_blank_ends(with_line_feeds(body));
    if changelog.markup != Markup::Markdown {
        return text;
    }
    let read = String::from_utf8_lossy(&text);
    let used = markdown::undefined_labels(&read, |key| changelog.definition(key).is_some());
    let mut told = HashSet::new();
    let mut separator: &[u8] = b"\n\n";
    for definition in &changelog.definitions {
        // The first of a label is the one that counts.
        if used.contains(&definition.key) && told.insert(definition.key.as_str()) {
            text.extend_from_slice(separator);
            text.extend(with_line_feeds(bytes.get(definition.span.range()).unwrap_or_default()));
            separator = b"\n";
        }
    }
    text
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
    fn restructured_text_stands_as_it_is() {
        let text =
            "1.0.0 (2026-01-05)\n==================\n\n- See `it`_.\n\n0.9.0 (2026-01-04)\n==================\n\n- x\n";
        assert_eq!(first("CHANGES.rst", text), "- See `it`_.");
    }
}
