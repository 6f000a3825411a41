//! A category that a section has twice.

use crate::changelog::{Category, Kind, lines};
use crate::finding::{Edit, Finding, Findings, Level, Safety, Span};
use crate::project::{Facts, ProjectChangelog};

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-category-duplicate",
    summary: "A section has the same category twice",
    explanation: "\
\"The same types of changes should be grouped\" (Keep a Changelog). A second group of the same name is what a merge \
leaves behind; readers take the first for complete.",
    level: Level::Error,
    about: About::Text,
    group: Group::Text,
    fix: Some(Safety::Unsafe),
    bad: &[Example {
        title: "Fixed twice",
        files: &[(
            "CHANGELOG.md",
            "# Changelog\n\nKeep a Changelog\n\n## [1.1.0] - 2026-01-05\n\n### Fixed\n\n- One.\n\n### Fixed\n\n- Two.\n",
        )],
        tag: None,
    }],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog() else { return };
    for section in found.changelog.sections.iter().filter(|section| section.kind != Kind::Other) {
        for (first, category) in alike(&section.categories) {
            let message = format!("`{}` stands in this section already", category.name);
            let finding = findings.add(found.at(category.heading.text), message);
            finding.related(found.at(first.heading.text), "the first one is this");
            merge(facts, found, first, category, finding);
        }
    }
}

/// Categories with the name of an earlier one, in the order of the text, each behind the first of them.
fn alike(categories: &[Category]) -> Vec<(&Category, &Category)> {
    if categories.len() < 2 {
        return Vec::new();
    }
    let mut named: Vec<(String, &Category)> =
        categories.iter().map(|category| (category.name.to_lowercase(), category)).collect();
    named.sort_by(|(a, _), (b, _)| a.cmp(b));
    let groups = named.chunk_by(|(a, _), (b, _)| a == b);
    let mut pairs: Vec<(&Category, &Category)> =
        groups.flat_map(|group| group[1..].iter().map(|(_, category)| (group[0].1, *category))).collect();
    pairs.sort_by_key(|(_, category)| category.heading.span.start);
    pairs
}

/// Puts what stands under the second heading below what stands under the first.
fn merge(facts: &Facts, found: &ProjectChangelog, first: &Category, second: &Category, finding: &mut Finding) {
    let bytes = &facts.sources.get(found.source).bytes;
    let end = found.changelog.line_end;
    let content = facts.changelog_text(found, second.body);
    let whole = lines(bytes, Span::new(second.heading.span.start, second.body.end));
    let is_list = |category: &Category| !category.content.entries.is_empty() && category.content.blocks.is_empty();
    // Two lists become one; anything else stays a paragraph of its own.
    let gap = if is_list(first) && is_list(second) { end.to_owned() } else { end.repeat(2) };
    let mut edits = vec![Edit { at: found.at(whole), text: String::new() }];
    if !content.trim().is_empty() {
        let gap = if first.body.start == first.body.end { end.repeat(2) } else { gap };
        let text = format!("{gap}{}", content.trim_start_matches(['\r', '\n']));
        edits.insert(0, Edit { at: found.at(Span::at(first.body.end)), text });
    }
    finding.fix("merge it into the first", Safety::Unsafe, edits);
}
