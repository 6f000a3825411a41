//! A tag for a version that was withdrawn.

use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::{About, Example, Group, PYPROJECT, Rule};

pub(super) const RULE: Rule = Rule {
    id: "tag-yanked",
    summary: "The version that is released is marked as withdrawn",
    explanation: "\
`[YANKED]` in the changelog says that a version was taken back for good reason. Releasing it, or releasing it again, is a
mistake, and an index refuses its files a second time anyway. What is to be released is a new version.

Source: Keep a Changelog 1.1.0, on yanked releases.",
    level: Level::Error,
    about: About::Release,
    group: Group::Tags,
    fix: None,
    bad: &[Example {
        title: "withdrawn, and about to be released",
        files: &[
            PYPROJECT,
            ("CHANGELOG.md", "# Changelog\n\n## [1.1.0] - 2026-11-22 [YANKED]\n\n### Fixed\n\n- A thing.\n"),
        ],
        tag: Some("v1.1.0"),
    }],
    good: &[Example {
        title: "another version was withdrawn",
        files: &[
            PYPROJECT,
            (
                "CHANGELOG.md",
                "# Changelog\n\n## 1.1.0 - 2026-11-22\n\n- A thing.\n\n## 1.0.0 - 2026-01-05 [YANKED]\n\n- The first thing.\n",
            ),
        ],
        tag: Some("v1.1.0"),
    }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let (Some((found, section)), Some(release)) = (facts.released_section(), &facts.release) else { return };
    let Some(yanked) = &section.yanked else { return };
    let finding =
        findings.add(found.at(yanked.span), format!("`{}` releases a version that was withdrawn", release.tag));
    finding.related(release.at, "the release is made here");
    finding.help("release the next version; what was withdrawn stays so");
}
