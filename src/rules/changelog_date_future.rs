//! A release dated after today.

use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-date-future",
    summary: "A release is dated after today",
    explanation: "\
A date in the future is a plan or a slip of the pen. Tomorrow is allowed: somewhere it is tomorrow already.

Source: Keep a Changelog: the date of each release is shown.",
    level: Level::Warn,
    about: About::Text,
    group: Group::Text,
    fix: None,
    bad: &[Example {
        title: "a day that nobody has seen",
        files: &[(
            "CHANGELOG.md",
            "# Changelog\n\nKeep a Changelog\n\n## [1.1.0] - 2999-01-05\n\n### Fixed\n\n- One.\n",
        )],
        tag: None,
    }],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog() else { return };
    for text in found.changelog.releases().filter_map(|section| section.date.as_ref()) {
        if let Some(date) = text.date
            && date.day_number() > facts.today.day_number() + 1
        {
            let message = format!("`{date}` is in the future, today is `{}`", facts.today);
            findings.add(found.at(text.span), message).help("write the day of the release");
        }
    }
}
