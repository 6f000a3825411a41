//! A version's link that no heading uses.

use crate::changelog::{Definition, Kind, Markup, TagName, lines};
use crate::finding::{Edit, Findings, Level, Safety};
use crate::project::{Facts, ProjectChangelog};

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-link-unused",
    summary: "A version's link is defined and there is no such version",
    explanation: "\
A definition whose label is a version that no heading and no text uses is left from a section that was renamed or \
removed. Labels that are no versions are left alone, and so is Unreleased, whose section comes and goes.",
    level: Level::Warn,
    about: About::Text,
    group: Group::Text,
    fix: Some(Safety::Safe),
    bad: &[Example {
        title: "a version without a section",
        files: &[(
            "CHANGELOG.md",
            "# Changelog\n\nKeep a Changelog\n\n## [1.0.0] - 2026-01-05\n\n### Fixed\n\n- One.\n\n[1.0.0]: https://example.org/1.0.0\n[0.9.0]: https://example.org/0.9.0\n",
        )],
        tag: None,
    }],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog().filter(|found| found.changelog.markup == Markup::Markdown) else {
        return;
    };
    let bytes = &facts.sources.get(found.source).bytes;
    for definition in found.changelog.definitions.iter().filter(|definition| !definition.is_used) {
        if has_no_section(found, definition) {
            let label = facts.changelog_text(found, definition.label);
            let edit = Edit { at: found.at(lines(bytes, definition.span)), text: String::new() };
            findings.add(found.at(definition.span), format!("`[{label}]` is defined and nothing uses it")).fix(
                "remove the definition",
                Safety::Safe,
                vec![edit],
            );
        }
    }
}

/// Whether a label is a version that has no section. Unreleased may wait for its section to be written again.
fn has_no_section(found: &ProjectChangelog, definition: &Definition) -> bool {
    let changelog = &found.changelog;
    let version = TagName::parse(&definition.key).filter(|name| matches!(name.prefix.as_str(), "" | "v"));
    version.is_some_and(|name| {
        name.version.release_len() > 1
            && !changelog
                .sections
                .iter()
                .any(|section| section.kind != Kind::Other && section.named_version() == Some(&name.version))
    })
}
