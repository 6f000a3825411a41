//! A release without a date that can be read.

use crate::changelog::{DateText, Section};
use crate::finding::{Edit, Findings, Level, Safety};
use crate::project::{Facts, ProjectChangelog};

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-date",
    summary: "The date of a release is missing, or not YYYY-MM-DD",
    explanation: "\
\"The release date of each version is displayed\", as `YYYY-MM-DD`, which no region reads in another way and which \
sorts (Keep a Changelog, ISO 8601). The date has to be a day of the calendar.

A date in another form is rewritten where it can only mean one day; `01/03/2024` means two.",
    level: Level::Error,
    about: About::Text,
    group: Group::Text,
    fix: Some(Safety::Safe),
    bad: &[
        Example {
            title: "a day that does not exist",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\nKeep a Changelog\n\n## [1.1.0] - 2026-02-30\n\n### Fixed\n\n- One.\n",
            )],
            tag: None,
        },
        Example {
            title: "another form",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\nKeep a Changelog\n\n## [1.1.0] - January 5, 2026\n\n### Fixed\n\n- One.\n",
            )],
            tag: None,
        },
        Example {
            title: "no date",
            files: &[("CHANGELOG.md", "# Changelog\n\nKeep a Changelog\n\n## [1.1.0]\n\n### Fixed\n\n- One.\n")],
            tag: None,
        },
    ],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog() else { return };
    let releases: Vec<&Section> = found.changelog.releases().collect();
    for (index, section) in releases.iter().enumerate() {
        let older = releases.get(index + 1);
        match section.date.as_ref().filter(|date| !date.is_below) {
            None => {
                let is_habit = older.is_some_and(|older| older.date.is_none());
                missing(found, section, is_habit, findings);
            }
            Some(date) if !date.is_iso => {
                let own_form = |date: &DateText| !date.is_iso && date.date.is_some();
                let is_habit = own_form(date) && older.and_then(|older| older.date.as_ref()).is_some_and(own_form);
                malformed(facts, found, date, is_habit, findings);
            }
            Some(_) => {}
        }
    }
}

/// A project that gives no release a date does not do so anew with each: the same holds for a form of its own.
fn missing(found: &ProjectChangelog, section: &Section, is_habit: bool, findings: &mut Findings) {
    let at = found.at(section.heading.text);
    let finding = findings.add(at, "the release has no date in its heading, expected ` - YYYY-MM-DD`");
    finding.habit = is_habit.then_some("no date");
    match &section.date {
        Some(below) => finding.related(found.at(below.span), "this one stands below the heading"),
        None => finding.help("write the day of the release behind the version"),
    };
}

fn malformed(facts: &Facts, found: &ProjectChangelog, date: &DateText, is_habit: bool, findings: &mut Findings) {
    let text = facts.changelog_text(found, date.span);
    let at = found.at(date.span);
    match date.date {
        Some(day) => {
            let edit = Edit { at, text: day.to_string() };
            let message = format!("`{text}` is not written `YYYY-MM-DD`, expected `{day}`");
            let finding = findings.add(at, message).fix("rewrite the date", Safety::Safe, vec![edit]);
            finding.habit = is_habit.then_some("another form");
        }
        None if is_iso_shape(&text) => {
            findings.add(at, format!("`{text}` is no day of the calendar")).help("write the day of the release");
        }
        None => {
            findings
                .add(at, format!("`{text}` is no date, expected `YYYY-MM-DD`"))
                .help("write the day of the release");
        }
    }
}

fn is_iso_shape(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() })
}
