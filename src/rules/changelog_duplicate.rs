//! A version, or Unreleased, that has two sections.

use crate::changelog::{Kind, Section};
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
    let is_named = |section: &&Section| match section.kind {
        Kind::Unreleased => section.named_version().is_none(),
        Kind::Release => section.named_version().is_some(),
        Kind::Other => false,
    };
    let mut sections: Vec<&Section> = found.changelog.sections.iter().filter(is_named).collect();
    // They most often stand in order, which a stable sort sees at once, and which keeps the first in front.
    sections.sort_by_key(|section| section.named_version());
    let same = sections.chunk_by(|a, b| a.named_version() == b.named_version());
    let mut pairs: Vec<(&Section, &Section)> =
        same.flat_map(|same| same[1..].iter().map(|section| (same[0], *section))).collect();
    pairs.sort_by_key(|(_, section)| section.heading.span.start);
    for (first, section) in pairs {
        let name = section.named_version().map_or_else(|| "Unreleased".to_owned(), ToString::to_string);
        let finding = findings.add(found.at(section.heading.text), format!("`{name}` has a section already"));
        finding.related(found.at(first.heading.text), "the first one is this");
        finding.help("move its entries into the first section, or name the version that they belong to");
    }
}
