//! A patch release that breaks.

use crate::changelog::Extent;
use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::bump::Kind;
use super::{About, Example, Group, PYPROJECT, Rule, stability};

pub(super) const RULE: Rule = Rule {
    id: "breaking-in-patch",
    summary: "A patch release breaks what worked",
    explanation: "\
A patch is what people install without reading about it. Where its changelog has entries under Removed, or entries that are
marked as breaking, the release has to be a major one; see `breaking-in-minor` for what counts as a mark and which projects
are asked.

Source: Semantic Versioning 2.0.0, items 4, 6 and 8.",
    level: Level::Error,
    about: About::Release,
    group: Group::Stability,
    fix: None,
    bad: &[Example {
        title: "removed in a patch",
        files: &[
            ("relgate.toml", "scheme = \"semver\"\n"),
            ("CHANGELOG.md", "# Changelog\n\n## 1.0.1 - 2026-11-22\n\n### Removed\n\n- `AuthMiddleware`.\n"),
        ],
        tag: Some("v1.0.1 after v1.0.0"),
    }],
    good: &[
        Example {
            title: "a patch that repairs",
            files: &[
                ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.0.1\"\n"),
                ("relgate.toml", "scheme = \"semver\"\n"),
                ("CHANGELOG.md", "# Changelog\n\n## 1.0.1 - 2026-11-22\n\n### Fixed\n\n- Unbreak the build.\n"),
            ],
            tag: Some("v1.0.1 after v1.0.0"),
        },
        Example {
            title: "a project that is stable from 2.0 on, as its settings say",
            files: &[
                PYPROJECT,
                ("relgate.toml", "scheme = \"semver\"\nstable-from = \"2.0.0\"\n"),
                ("CHANGELOG.md", "# Changelog\n\n## 1.1.0 - 2026-11-22\n\n### Removed\n\n- `AuthMiddleware`.\n"),
            ],
            tag: Some("v1.1.0 after v1.0.9"),
        },
    ],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some((bump, told)) = stability::exceeding(facts, Kind::Patch, Extent::Breaking) else { return };
    let (to, from) = (&bump.to, &bump.from);
    let finding = findings
        .add(told.first, format!("`{to}` breaks what worked, and is only a patch after `{from}`{}", told.and_more));
    finding.related(bump.at, "the release is made here");
    finding.help(format!("release it as `{}`; what breaks nobody belongs under another heading", bump.next_major()));
}
