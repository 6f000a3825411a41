//! A release without a section in the changelog.

use crate::changelog::{Changelog, Kind, Section};
use crate::finding::{Findings, Level};
use crate::project::{Facts, ProjectChangelog};
use crate::version::Version;

use super::{AGREEING, About, Example, Group, PYPROJECT, Rule};

pub(super) const RULE: Rule = Rule {
    id: "release-undocumented",
    summary: "The changelog has no section for the version that is released",
    explanation: "\
\"There should be an entry for every single version\" (Keep a Changelog). The tag names a version for which the tagged \
changelog has no section, and nothing waits under Unreleased that could become one.

The section may have any form in which a heading can name a version; `1.1` and `1.1.0` are equal, as PEP 440 says. \
A pre-release may be covered by the section of the final version, or by entries under Unreleased. A changelog without \
any section is left alone: it only points elsewhere.",
    level: Level::Error,
    about: About::Release,
    group: Group::Release,
    fix: None,
    bad: &[
        Example {
            title: "the newest section is that of the release before",
            files: &[
                PYPROJECT,
                (
                    "CHANGELOG.md",
                    "# Changelog\n\n## [Unreleased]\n\n## [1.0.0] - 2026-01-05\n\n### Added\n\n- A thing.\n",
                ),
            ],
            tag: Some("v1.1.0"),
        },
        Example {
            title: "there is no section at all",
            files: &[
                PYPROJECT,
                ("CHANGELOG.md", "# Changelog\n\nThe format is that of Keep a Changelog.\n\nSections are to come.\n"),
            ],
            tag: Some("v1.1.0"),
        },
    ],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some((found, version)) = undocumented(facts) else { return };
    let Some(release) = &facts.release else { return };
    if found.changelog.sections.iter().any(Section::waits) {
        return;
    }
    let path = &facts.sources.get(found.source).path;
    let finding = findings.add(release.at, format!("`{path}` has no section for `{version}`"));
    if let Some(newest) = found.changelog.releases().next() {
        finding.related(found.at(newest.heading.span), "the newest section is this one");
    }
    finding.help(format!("write `## [{version}] - YYYY-MM-DD` with what changed, commit, and tag that commit"));
}

/// The changelog and the version, where a release is judged whose version has no section and ought to have one.
pub(super) fn undocumented(facts: &Facts) -> Option<(&ProjectChangelog, &Version)> {
    let version = facts.release.as_ref()?.version.as_ref()?;
    let found = facts.changelog.as_ref()?;
    let changelog = &found.changelog;
    let has_sections = changelog.sections.iter().any(|section| section.kind != Kind::Other);
    // A text without sections may say where the changelog really is; with nothing but a title it says nothing.
    let is_changelog = has_sections || changelog.claims_format || has_only_titles(facts, found);
    (is_changelog && !is_documented(changelog, version)).then_some((found, version))
}

fn has_only_titles(facts: &Facts, found: &ProjectChangelog) -> bool {
    let bytes = &facts.sources.get(found.source).bytes;
    let mut at = 0;
    let mut between = found.changelog.titles.iter().map(|title| {
        let gap = &bytes[at..title.span.start.max(at)];
        at = title.span.end;
        gap
    });
    let is_blank =
        |text: &[u8]| text.trim_ascii().strip_prefix(b"\xef\xbb\xbf").unwrap_or(text.trim_ascii()).is_empty();
    between.all(is_blank) && is_blank(&bytes[at..])
}

fn is_documented(changelog: &Changelog, version: &Version) -> bool {
    let released = |version: &Version| changelog.section_of(version).is_some_and(Section::is_release);
    if released(version) {
        return true;
    }
    let waits = || changelog.sections.iter().any(Section::waits);
    version.is_prerelease() && (released(&version.final_release()) || waits())
}
