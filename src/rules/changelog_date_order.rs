//! A release dated before the one that it follows.

use crate::changelog::Section;
use crate::date::Date;
use crate::finding::{Findings, Level};
use crate::project::{Facts, ProjectChangelog};
use crate::version::Version;

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-date-order",
    summary: "A release is dated before the one that it follows",
    explanation: "\
A version that comes after another one was released after it. Where the dates say otherwise one of them is wrong, \
often by the year.

A release is compared with the one before it in its own line (1.2.x), and with the first release of the line before, \
of the same major version: fixes for older lines may come later than newer lines.

Source: Keep a Changelog: the newest release comes first, and the date of each is shown.",
    level: Level::Warn,
    about: About::Text,
    group: Group::Text,
    fix: None,
    bad: &[Example {
        title: "the year was not turned",
        files: &[(
            "CHANGELOG.md",
            "# Changelog\n\nKeep a Changelog\n\n## [1.1.0] - 2025-01-15\n\n### Fixed\n\n- One.\n\n## [1.0.0] - 2025-12-20\n\n### Fixed\n\n- Two.\n",
        )],
        tag: None,
    }],
    good: &[AGREEING],
    check,
};

struct Dated<'f> {
    version: &'f Version,
    date: Date,
    section: &'f Section,
}

impl Dated<'_> {
    fn line(&self) -> (u64, u64) {
        (self.version.release_number(0), self.version.release_number(1))
    }
}

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog() else { return };
    let mut dated: Vec<Dated<'_>> = found
        .changelog
        .releases()
        .filter_map(|section| {
            let date = section.date.as_ref()?.date?;
            Some(Dated { version: section.named_version()?, date, section })
        })
        .collect();
    dated.sort_by(|a, b| a.version.cmp(b.version));
    // The first release of the line before, and of the line that is gone through.
    let (mut before, mut opening): (Option<&Dated<'_>>, Option<&Dated<'_>>) = (None, None);
    for (index, one) in dated.iter().enumerate() {
        let previous = index.checked_sub(1).map(|index| &dated[index]);
        let same_line = previous.filter(|previous| previous.line() == one.line() && previous.version != one.version);
        if same_line.is_none() && previous.is_none_or(|previous| previous.line() != one.line()) {
            before = opening.replace(one);
        }
        let older_line = before.filter(|before| before.line().0 == one.line().0 && !one.version.is_prerelease());
        if let Some(earlier) = same_line.into_iter().chain(older_line).find(|earlier| earlier.date > one.date) {
            report(found, one, earlier, findings);
        }
    }
}

fn report(found: &ProjectChangelog, one: &Dated<'_>, earlier: &Dated<'_>, findings: &mut Findings) {
    let span = |dated: &Dated<'_>| dated.section.date.as_ref().map_or(dated.section.heading.text, |date| date.span);
    let message = format!("`{}` is dated before `{}`, which it follows", one.version, earlier.version);
    let finding = findings.add(found.at(span(one)), message);
    finding.related(found.at(span(earlier)), format!("`{}` came first", earlier.version));
    finding.help("mend the date that is wrong");
}
