//! A release whose section says nothing.

use crate::changelog::Kind;
use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::{AGREEING, About, Example, Group, PYPROJECT, Rule};

pub(super) const RULE: Rule = Rule {
    id: "release-empty",
    summary: "The section of the version that is released is empty",
    explanation: "\
A section without a single change documents nothing. A summary alone will do, and so will the mark of a withdrawn \
release.

Source: Keep a Changelog: there is an entry for every single version.",
    level: Level::Error,
    about: About::Release,
    group: Group::Release,
    fix: None,
    bad: &[Example {
        title: "headings and nothing else",
        files: &[
            PYPROJECT,
            (
                "CHANGELOG.md",
                "# Changelog\n\n## [1.1.0] - 2026-11-22\n\n### Added\n\n## [1.0.0] - 2026-01-05\n\n### Added\n\n- A thing.\n",
            ),
        ],
        tag: Some("v1.1.0"),
    }],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let (Some(found), Some(release)) = (&facts.changelog, &facts.release) else { return };
    let Some(section) = release.version.as_ref().and_then(|version| found.changelog.section_of(version)) else {
        return;
    };
    // In files of their own style a section may go on under the next heading of the same level.
    let goes_on = found
        .changelog
        .sections
        .iter()
        .any(|other| other.kind == Kind::Other && other.heading.span.start == section.end);
    if section.is_release() && !section.has_content() && section.yanked.is_none() && !goes_on {
        let message = format!("the section of `{}` says nothing", release.tag);
        let finding = findings.add(found.at(section.heading.text), message);
        finding.related(release.at, "the release is made here");
        finding.help("list what the release changes");
    }
}
