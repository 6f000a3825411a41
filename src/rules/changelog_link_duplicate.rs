//! A label that is defined twice.

use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-link-duplicate",
    summary: "A link is defined twice",
    explanation: "\
CommonMark takes the first definition of a label and ignores the others: the second one is dead text, often the very \
one that was meant.",
    level: Level::Error,
    about: About::Text,
    group: Group::Text,
    fix: None,
    bad: &[Example {
        title: "two addresses for one version",
        files: &[(
            "CHANGELOG.md",
            "# Changelog\n\nKeep a Changelog\n\n## [1.0.0] - 2026-01-05\n\n### Fixed\n\n- One.\n\n[1.0.0]: https://example.org/a\n[1.0.0]: https://example.org/b\n",
        )],
        tag: None,
    }],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog() else { return };
    for definition in found.changelog.repeated_definitions() {
        let Some(first) = found.changelog.definition(&definition.key) else { continue };
        let label = facts.changelog_text(found, definition.label);
        let finding = findings.add(found.at(definition.span), format!("`[{label}]` is defined already"));
        finding.related(found.at(first.span), "this definition is the one that counts");
        finding.help("remove the one that is wrong");
    }
}
