//! A release whose changes still stand under Unreleased.

use crate::changelog::Section;
use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::release_undocumented::undocumented;
use super::{AGREEING, About, Example, PYPROJECT, Rule};

pub(super) const RULE: Rule = Rule {
    id: "release-not-promoted",
    summary: "the changes of this release still stand under Unreleased",
    explanation: "\
At release time the entries under Unreleased move into a section of the version, with its date (Keep a Changelog). The \
tag names a version that has no such section, while Unreleased, or a section of that version that is still marked as \
unreleased, holds entries: the release was tagged before the changelog was written.

Pre-releases may leave their changes under Unreleased.",
    level: Level::Error,
    about: About::Release,
    bad: &[Example {
        title: "the entries were not moved",
        files: &[
            PYPROJECT,
            (
                "CHANGELOG.md",
                "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [1.0.0] - 2026-01-05\n\n### Added\n\n- The first thing.\n",
            ),
        ],
        tag: Some("v1.1.0"),
    }],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some((found, version)) = undocumented(facts) else { return };
    let Some(release) = &facts.release else { return };
    let changelog = &found.changelog;
    let own = changelog.section_of(version).filter(|section| section.waits());
    let Some(waiting) = own.or_else(|| changelog.sections.iter().find(|section| section.waits())) else { return };
    let message = format!("`{version}` has no section of its own, and its changes still stand under Unreleased");
    let finding = findings.add(release.at, message);
    finding.related(found.at(waiting.heading.span), "what is listed here was not promoted");
    if let Some(newest) = changelog.releases().find(|section| Section::is_release(section)) {
        finding.related(found.at(newest.heading.span), "the newest section is this one");
    }
    finding.help(format!("name the section `## [{version}] - YYYY-MM-DD`, commit, and tag that commit"));
}
