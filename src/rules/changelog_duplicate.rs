//! A version, or Unreleased, that has two sections.

use std::collections::BTreeMap;

use crate::changelog::Kind;
use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-duplicate",
    summary: "Two sections of the changelog are about the same version",
    explanation: "\
One version, one section: with two of them readers and release notes see half of the changes. It happens when a branch \
is merged after a release, or when Unreleased is added again without a look below. `1.1` and `1.1.0` are the same version, \
as PEP 440 says.",
    level: Level::Error,
    about: About::Text,
    group: Group::Text,
    fix: None,
    bad: &[
        Example {
            title: "a version twice",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\nKeep a Changelog\n\n## [1.1.0] - 2026-01-05\n\n### Fixed\n\n- One.\n\n## [1.1] - 2026-01-05\n\n### Fixed\n\n- Two.\n",
            )],
            tag: None,
        },
        Example {
            title: "Unreleased twice",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\nKeep a Changelog\n\n## [Unreleased]\n\n## [1.0.0] - 2026-01-05\n\n### Fixed\n\n- One.\n\n## [Unreleased]\n",
            )],
            tag: None,
        },
    ],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog() else { return };
    let mut unreleased = None;
    let mut versions = BTreeMap::new();
    for section in &found.changelog.sections {
        let (first, name) = match (section.kind, section.named_version()) {
            (Kind::Unreleased, None) => (*unreleased.get_or_insert(section), "Unreleased".to_owned()),
            (Kind::Release, Some(version)) => (*versions.entry(version).or_insert(section), version.to_string()),
            _ => continue,
        };
        if !std::ptr::eq(first, section) {
            let finding = findings.add(found.at(section.heading.text), format!("`{name}` has a section already"));
            finding.related(found.at(first.heading.text), "the first one is this");
            finding.help("move its entries into the first section, or name the version that they belong to");
        }
    }
}
