//! A security patch that brings other changes along.

use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::bump::Kind;
use super::{About, Example, Group, Rule, bump};

pub(super) const RULE: Rule = Rule {
    id: "security-not-minimal",
    summary: "A security patch holds more than Security and Fixed",
    explanation: "\
A release that closes a hole has to be taken by everybody at once, and is taken the sooner the less else it changes. Where a
patch release has entries under Security, it may have others under Fixed alone.",
    level: Level::Off,
    about: About::Release,
    group: Group::Security,
    fix: None,
    bad: &[Example {
        title: "a feature beside a security fix",
        files: &[(
            "CHANGELOG.md",
            "# Changelog\n\n## 1.0.1 - 2026-11-22\n\n### Added\n\n- A thing.\n\n### Security\n\n- Closed CVE-2026-12345.\n",
        )],
        tag: Some("v1.0.1 after v1.0.0"),
    }],
    good: &[
        Example {
            title: "nothing but repairs",
            files: &[
                ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.0.1\"\n"),
                (
                    "CHANGELOG.md",
                    "# Changelog\n\n## 1.0.1 - 2026-11-22\n\n### Fixed\n\n- A leak.\n\n### Security\n\n- Closed CVE-2026-12345.\n",
                ),
            ],
            tag: Some("v1.0.1 after v1.0.0"),
        },
        Example {
            title: "a minor release is no security patch",
            files: &[
                ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.1.0\"\n"),
                (
                    "CHANGELOG.md",
                    "# Changelog\n\n## 1.1.0 - 2026-11-22\n\n### Added\n\n- A thing.\n\n### Security\n\n- Closed CVE-2026-12345.\n",
                ),
            ],
            tag: Some("v1.1.0 after v1.0.0"),
        },
    ],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some((found, section)) = facts.released_section() else { return };
    let filled = |name: &str| {
        section.categories.iter().find(|category| category.name.eq_ignore_ascii_case(name) && category.has_content())
    };
    let Some(security) = filled("security") else { return };
    if bump::bump(facts).is_none_or(|bump| bump.kind != Kind::Patch) {
        return;
    }
    for category in section.categories.iter().filter(|category| category.has_content()) {
        if ["security", "fixed"].iter().all(|name| !category.name.eq_ignore_ascii_case(name)) {
            let message = format!("a security patch holds more than it needs: `{}`", category.name);
            let finding = findings.add(found.at(category.heading.text), message);
            finding.related(found.at(security.heading.text), "the security fix is here");
            finding.help("release the security fix alone, and the rest after it");
        }
    }
}
