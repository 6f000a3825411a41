//! A release whose section has the date of another day.

use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::{AGREEING, About, Example, Group, PYPROJECT, Rule};

pub(super) const RULE: Rule = Rule {
    id: "release-date",
    summary: "The section's date is not the day of the release",
    explanation: "\
The date in the changelog is the day of the release: that of the tag, or of the commit that it marks. A difference of \
more than a day is a section that was dated when it was begun, or last year's number in January. A day is left for time \
zones.

Source: Keep a Changelog: the date of each release is shown.",
    level: Level::Warn,
    about: About::Release,
    group: Group::Release,
    fix: None,
    bad: &[Example {
        title: "a week too early",
        files: &[PYPROJECT, ("CHANGELOG.md", "# Changelog\n\n## [1.1.0] - 2026-11-15\n\n### Added\n\n- A thing.\n")],
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
    let Some((text, date)) = section.date.as_ref().and_then(|text| Some((text, text.date?))) else { return };
    let distance = release.dates.iter().map(|day| (date.day_number() - day.day_number()).abs()).min();
    let Some(nearest) = release.dates.first() else { return };
    if distance.is_some_and(|days| days > 1) {
        let message = format!("the section says `{date}`, but the release was made on `{nearest}`");
        let finding = findings.add(found.at(text.span), message);
        finding.related(release.at, "the release is made here");
        finding.help("write the day of the release");
    }
}
