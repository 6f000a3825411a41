//! A changelog that does not begin with its title.

use crate::changelog::{Markup, Section};
use crate::finding::{Edit, Findings, Level, Safety, Span};
use crate::project::Facts;

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-title",
    summary: "The changelog does not begin with the one title `# Changelog`",
    explanation: "\
\"Open with a `# Changelog` heading\" (Keep a Changelog 2.0.0; the versions before show it). The name of the project may \
stand beside the word. A second heading of the first level ends the changelog for readers that go by the outline. \
Front matter with a title will do as well.",
    level: Level::Warn,
    about: About::Text,
    group: Group::Text,
    fix: Some(Safety::Safe),
    bad: &[
        Example {
            title: "another title",
            files: &[(
                "CHANGELOG.md",
                "# Release Notes\n\nKeep a Changelog\n\n## [1.1.0] - 2026-01-05\n\n### Fixed\n\n- One.\n",
            )],
            tag: None,
        },
        Example {
            title: "no title",
            files: &[("CHANGELOG.md", "Keep a Changelog\n\n## [1.1.0] - 2026-01-05\n\n### Fixed\n\n- One.\n")],
            tag: None,
        },
        Example {
            title: "an empty title",
            files: &[("CHANGELOG.md", "#\n\nKeep a Changelog\n\n## [1.1.0] - 2026-01-05\n\n### Fixed\n\n- One.\n")],
            tag: None,
        },
        Example { title: "nothing at all", files: &[("CHANGELOG.md", "\n")], tag: None },
    ],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = &facts.changelog else { return };
    let changelog = &found.changelog;
    if changelog.markup != Markup::Markdown || changelog.is_translated || changelog.bad_encoding.is_some() {
        return;
    }
    if !changelog.keeps_format() && !changelog.is_blank {
        return;
    }
    match changelog.titles.first() {
        Some(title) => {
            let at = found.at(title.text);
            let text = facts.sources.text_at(at);
            if !names_changelog(&text) {
                let before = facts.sources.get(found.source).bytes[..title.text.start].last();
                // A mark that nothing follows has no space after it.
                let space = if before == Some(&b'#') { " " } else { "" };
                findings.add(at, format!("the title is `{text}`, expected `Changelog`")).fix(
                    "rename it",
                    Safety::Safe,
                    vec![Edit { at, text: format!("{space}Changelog") }],
                );
            }
            for second in &changelog.titles[1..] {
                let finding = findings.add(found.at(second.text), "the changelog has a second title");
                finding.related(found.at(title.text), "the title is this");
                finding.help("sections stand one level below: `##`");
            }
        }
        None => missing(facts, found, findings),
    }
}

fn missing(facts: &Facts, found: &crate::project::ProjectChangelog, findings: &mut Findings) {
    let bytes = &facts.sources.get(found.source).bytes;
    let front = found.changelog.front_matter;
    let titled = front
        .is_some_and(|span| bytes[span.range()].split(|byte| *byte == b'\n').any(|line| line.starts_with(b"title")));
    if titled || has_html_title(found.changelog.sections.first(), bytes) {
        return;
    }
    let mark = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let at = found.at(Span::at(front.map_or(mark, |span| span.end)));
    let end = found.changelog.line_end;
    findings.add(at, "the changelog has no title, expected `# Changelog`").fix(
        "give it its title",
        Safety::Safe,
        vec![Edit { at, text: format!("# Changelog{end}{end}") }],
    );
}

/// Whether the text before the first section has its title as HTML, which can be centred.
fn has_html_title(first: Option<&Section>, bytes: &[u8]) -> bool {
    let preamble = &bytes[..first.map_or(bytes.len(), |section| section.heading.span.start)];
    preamble.windows(3).any(|part| part.eq_ignore_ascii_case(b"<h1"))
}

fn names_changelog(title: &str) -> bool {
    let letters: String = title.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    letters.contains("changelog")
}
