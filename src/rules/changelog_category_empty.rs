//! A category without any change.

use crate::changelog::lines;
use crate::finding::{Edit, Findings, Level, Safety};
use crate::project::Facts;

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-category-empty",
    summary: "A category of a release holds nothing",
    explanation: "\
A heading without anything below it is left from a template, or says that something was lost. Under Unreleased empty \
categories are places to fill.",
    level: Level::Warn,
    about: About::Text,
    group: Group::Text,
    fix: Some(Safety::Safe),
    bad: &[Example {
        title: "nothing was removed",
        files: &[(
            "CHANGELOG.md",
            "# Changelog\n\nKeep a Changelog\n\n## [1.1.0] - 2026-01-05\n\n### Fixed\n\n- One.\n\n### Removed\n",
        )],
        tag: None,
    }],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog() else { return };
    let bytes = &facts.sources.get(found.source).bytes;
    for category in found.changelog.releases().flat_map(|section| &section.categories) {
        if category.body.start != category.body.end {
            continue;
        }
        let edit = Edit { at: found.at(lines(bytes, category.heading.span)), text: String::new() };
        findings
            .add(found.at(category.heading.text), format!("`{}` holds nothing", category.name))
            .help("list what belongs there, or remove the heading")
            .fix("remove the heading", Safety::Safe, vec![edit]);
    }
}
