//! A minor release that breaks.

use crate::changelog::Extent;
use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::bump::Kind;
use super::{About, Example, Group, PYPROJECT, Rule, stability};

pub(super) const RULE: Rule = Rule {
    id: "breaking-in-minor",
    summary: "A minor release breaks what worked",
    explanation: "\
Whoever depends on `>=1.2,<2` takes 1.3.0 without a look. Where the changelog of a minor release has entries under Removed,
or entries that are marked as breaking (`**BREAKING**`, `[breaking]`, `Breaking change:`, `feat!:`, a heading of that name),
the release has to be a major one. A pre-release counts as the release that it leads to.

Asked only of projects that say they follow Semantic Versioning: in the changelog, or with the setting `scheme`. Before 1.0
anything may change; the setting `stable-from` names another version. What stands under Removed and breaks nobody, such as a
file of no use, belongs under Changed.

Source: Semantic Versioning 2.0.0, items 4, 7 and 8.",
    level: Level::Error,
    about: About::Release,
    group: Group::Stability,
    fix: None,
    bad: &[
        Example {
            title: "removed in a minor release",
            files: &[
                PYPROJECT,
                (
                    "CHANGELOG.md",
                    "# Changelog\n\nThis project adheres to [Semantic Versioning](https://semver.org).\n\n\
                     ## [1.1.0] - 2026-11-22\n\n### Removed\n\n- `getheaders()`.\n",
                ),
            ],
            tag: Some("v1.1.0 after v1.0.5"),
        },
        Example {
            title: "a pre-release counts as its final release",
            files: &[
                ("relgate.toml", "scheme = \"semver\"\n"),
                ("CHANGELOG.md", "# Changelog\n\n## 1.1.0rc1 - 2026-11-22\n\n### Changed\n\n- **BREAKING** `run` takes a path.\n"),
            ],
            tag: Some("v1.1.0rc1 after v1.0.5"),
        },
        Example {
            title: "no tag tells what came before, the changelog does",
            files: &[
                ("relgate.toml", "scheme = \"semver\"\n"),
                (
                    "CHANGELOG.md",
                    "# Changelog\n\n## 1.1.0 - 2026-11-22\n\n### Breaking changes\n\n- No Python 3.8.\n\n\
                     ## 1.0.0 - 2026-01-05\n\n- The first.\n",
                ),
            ],
            tag: Some("v1.1.0"),
        },
    ],
    good: &[
        Example {
            title: "a major release may",
            files: &[
                ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"2.0.0\"\n"),
                ("relgate.toml", "scheme = \"semver\"\n"),
                ("CHANGELOG.md", "# Changelog\n\n## 2.0.0 - 2026-11-22\n\n### Removed\n\n- `getheaders()`.\n"),
            ],
            tag: Some("v2.0.0 after v1.4.0"),
        },
        Example {
            title: "before 1.0 anything may change",
            files: &[
                ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"0.5.0\"\n"),
                ("relgate.toml", "scheme = \"semver\"\n"),
                ("CHANGELOG.md", "# Changelog\n\n## 0.5.0 - 2026-11-22\n\n### Removed\n\n- `getheaders()`.\n"),
            ],
            tag: Some("v0.5.0 after v0.4.0"),
        },
        Example {
            title: "an entry that only speaks of breaking",
            files: &[
                PYPROJECT,
                ("relgate.toml", "scheme = \"semver\"\n"),
                (
                    "CHANGELOG.md",
                    "# Changelog\n\n## 1.1.0 - 2026-11-22\n\n### Changed\n\n- Line breaking is faster (not breaking).\n",
                ),
            ],
            tag: Some("v1.1.0 after v1.0.0"),
        },
        Example {
            title: "a project that counts years",
            files: &[
                ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"2026.11.0\"\n"),
                ("relgate.toml", "scheme = \"calver\"\n"),
                ("CHANGELOG.md", "# Changelog\n\n## 2026.11.0 - 2026-11-22\n\n### Removed\n\n- `getheaders()`.\n"),
            ],
            tag: Some("v2026.11.0 after v2026.10.0"),
        },
    ],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some((bump, told)) = stability::exceeding(facts, Kind::Minor, Extent::Breaking) else { return };
    let (to, from) = (&bump.to, &bump.from);
    let finding = findings.add(
        told.first,
        format!("`{to}` breaks what worked, and is only a minor release after `{from}`{}", told.and_more),
    );
    finding.related(bump.at, "the release is made here");
    finding.help(format!("release it as `{}`; what breaks nobody belongs under another heading", bump.next_major()));
}
