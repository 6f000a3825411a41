//! A category whose changes are no list.

use crate::changelog::{BlockKind, Category, Kind};
use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::{AGREEING, About, Example, Group, Rule, changelog_category};

pub(super) const RULE: Rule = Rule {
    id: "changelog-entry",
    summary: "The changes of a category are not a list",
    explanation: "\
A category lists changes, one entry each (Keep a Changelog shows it). Running text below a category is not found by \
tools that collect entries; what a release is about belongs above its first category.

Text beside a list is left alone.",
    level: Level::Warn,
    about: About::Text,
    group: Group::Text,
    fix: None,
    bad: &[
        Example {
            title: "a sentence in place of an entry",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\nKeep a Changelog\n\n## [1.1.0] - 2026-01-05\n\n### Fixed\n\nA crash at start.\n",
            )],
            tag: None,
        },
        Example {
            title: "under a name that is not the agreed one, either",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\nKeep a Changelog\n\n## [1.1.0] - 2026-01-05\n\n### Bug Fixes\n\nA crash at start.\n",
            )],
            tag: None,
        },
    ],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog() else { return };
    if !found.changelog.conflicts.is_empty() {
        return;
    }
    let sections = found.changelog.sections.iter().filter(|section| section.kind != Kind::Other);
    // What other headings hold is the matter of `changelog-category`, and remains it when they have their right names.
    let is_agreed = |category: &Category| changelog_category::meant(facts, &category.name).is_some();
    for category in sections.flat_map(|section| &section.categories) {
        if let Some(paragraph) = lone_paragraph(category).filter(|_| is_agreed(category)) {
            findings
                .add(found.at(paragraph), format!("`{}` holds text, expected a list", category.name))
                .help("begin each change with `- `");
        }
    }
}

/// The first paragraph of a category that has neither entries nor headings of its own.
fn lone_paragraph(category: &Category) -> Option<crate::finding::Span> {
    let content = &category.content;
    let divided = content.blocks.iter().any(|block| matches!(block.kind, BlockKind::Heading | BlockKind::Html));
    let paragraph = content.blocks.iter().find(|block| block.kind == BlockKind::Paragraph)?;
    (content.entries.is_empty() && !divided).then_some(paragraph.span)
}
