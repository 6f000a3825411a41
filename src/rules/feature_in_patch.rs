//! A patch release that adds.

use crate::changelog::Extent;
use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::bump::Kind;
use super::{About, Example, Group, Rule, stability};

pub(super) const RULE: Rule = Rule {
    id: "feature-in-patch",
    summary: "A patch release adds or deprecates something",
    explanation: "\
Who asks for `>=1.2` to have a feature gets 1.2.0, which lacks what 1.2.1 added. Entries under Added and Deprecated make a
release a minor one. Asked of the projects that `breaking-in-minor` is asked of.

Source: Semantic Versioning 2.0.0, items 6 and 7.",
    level: Level::Warn,
    about: About::Release,
    group: Group::Stability,
    fix: None,
    bad: &[Example {
        title: "added in a patch",
        files: &[
            ("relgate.toml", "scheme = \"semver\"\n"),
            ("CHANGELOG.md", "# Changelog\n\n## 1.0.1 - 2026-11-22\n\n### Added\n\n- `connect(timeout)`.\n"),
        ],
        tag: Some("v1.0.1 after v1.0.0"),
    }],
    good: &[Example {
        title: "a patch of a project that promises nothing yet",
        files: &[
            ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"0.4.1\"\n"),
            ("relgate.toml", "scheme = \"semver\"\n"),
            ("CHANGELOG.md", "# Changelog\n\n## 0.4.1 - 2026-11-22\n\n### Added\n\n- `connect(timeout)`.\n"),
        ],
        tag: Some("v0.4.1 after v0.4.0"),
    }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some((bump, told)) = stability::exceeding(facts, Kind::Patch, Extent::Feature) else { return };
    let (to, from) = (&bump.to, &bump.from);
    let finding = findings
        .add(told.first, format!("`{to}` adds or deprecates, and is only a patch after `{from}`{}", told.and_more));
    finding.related(bump.at, "the release is made here");
    finding.help(format!("release it as `{}`", bump.next_minor()));
}
