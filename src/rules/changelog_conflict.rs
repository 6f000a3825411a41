//! What a merge left behind.

use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-conflict",
    summary: "The changelog holds conflict markers",
    explanation: "\
`<<<<<<<`, `=======` and `>>>>>>>` are git's marks for two versions of a text that someone has to make one. In code \
blocks they are examples and left alone.

Source: git-merge, 'How conflicts are presented'.",
    level: Level::Error,
    about: About::Text,
    group: Group::Text,
    fix: None,
    bad: &[Example {
        title: "a merge that was not finished",
        files: &[(
            "CHANGELOG.md",
            "# Changelog\n\n## [1.1.0] - 2026-01-05\n\n### Fixed\n\n<<<<<<< HEAD\n- One.\n=======\n- Two.\n>>>>>>> topic\n",
        )],
        tag: None,
    }],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = &facts.changelog else { return };
    for conflict in &found.changelog.conflicts {
        let finding = findings.add(found.at(conflict.opening), "a merge conflict was left in the changelog");
        for other in &conflict.others {
            finding.related(found.at(*other), "this marker belongs to it");
        }
        finding.help("keep what both sides say, and remove the markers");
    }
}
