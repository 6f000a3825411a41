//! Something that is opened and swallows the rest of the changelog.

use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-fence",
    summary: "A code block or a comment is never closed",
    explanation: "\
A fence of backticks or tildes, or `<!--`, that is not closed makes the rest of the file code or invisible: sections, \
entries and links are gone for readers and tools. relgate judges the rest as if it had been closed.

Source: CommonMark 0.31, sections 4.5 (fenced code blocks) and 4.6 (HTML blocks).",
    level: Level::Error,
    about: About::Text,
    group: Group::Text,
    fix: None,
    bad: &[
        Example {
            title: "a fence",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\n## [1.1.0] - 2026-01-05\n\n```\npip install demo\n\n## [1.0.0] - 2026-01-04\n",
            )],
            tag: None,
        },
        Example {
            title: "a comment",
            files: &[("CHANGELOG.md", "# Changelog\n\n<!-- template\n\n## [1.0.0] - 2026-01-04\n")],
            tag: None,
        },
    ],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = &facts.changelog else { return };
    let Some(unclosed) = &found.changelog.unclosed else { return };
    let (what, close) = if unclosed.is_comment {
        ("comment", "-->".to_owned())
    } else {
        let fence = facts.changelog_text(found, unclosed.span);
        ("code block", fence.chars().take_while(|c| matches!(c, '`' | '~')).collect())
    };
    findings
        .add(found.at(unclosed.span), format!("this {what} is never closed and swallows the rest of the file"))
        .help(format!("close it with `{close}`"));
}
