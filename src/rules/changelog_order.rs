//! A release above one that it ought to stand below.

use crate::changelog::{Section, move_lines};
use crate::finding::{Edit, Findings, Level, Safety, Span};
use crate::project::Facts;
use crate::version::Version;

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-order",
    summary: "Releases are out of order, by version and by date",
    explanation: "\
\"The latest version comes first\" (Keep a Changelog). A section stands below one of a lower version. Versions are \
compared as PEP 440 does: 1.1.0rc1, then 1.1.0rc10, then 1.1.0.

A backport, made for an older line after a release of a newer one, may stand in either place: where the dates are in \
order, the versions need not be.",
    level: Level::Error,
    about: About::Text,
    group: Group::Text,
    fix: Some(Safety::Unsafe),
    bad: &[Example {
        title: "a higher version below a lower one",
        files: &[(
            "CHANGELOG.md",
            "# Changelog\n\nKeep a Changelog\n\n## [1.0.0] - 2026-01-05\n\n### Fixed\n\n- One.\n\n## [1.1.0] - 2026-02-05\n\n### Fixed\n\n- Two.\n",
        )],
        tag: None,
    }],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog() else { return };
    let releases: Vec<&Section> =
        found.changelog.releases().filter(|section| section.named_version().is_some()).collect();
    for pair in releases.windows(2) {
        let (above, below) = (pair[0], pair[1]);
        let (Some(lower), Some(higher)) = (above.named_version(), below.named_version()) else { continue };
        let day = |section: &Section| section.date.as_ref().and_then(|date| date.date);
        let by_date = day(above).zip(day(below)).is_some_and(|(above, below)| above > below);
        if lower < higher && !(by_date && is_backport(lower, higher)) {
            let message = format!("`{higher}` stands below `{lower}`, expected the latest first");
            let finding = findings.add(found.at(below.heading.text), message);
            finding.related(found.at(above.heading.text), "this is the lower version");
            finding.help("move one of the sections, or mend the version or the date that is wrong");
            let target = releases.iter().find(|one| one.named_version().is_some_and(|version| version < higher));
            if let Some(target) = target.filter(|_| below.heading.spaced) {
                let bytes = &facts.sources.get(found.source).bytes;
                let whole = Span::new(below.heading.span.start, below.body.end);
                let edits = move_lines(bytes, whole, target.heading.span.start, found.changelog.line_end)
                    .into_iter()
                    .map(|(span, text)| Edit { at: found.at(span), text })
                    .collect();
                finding.fix(format!("move it above `{lower}`"), Safety::Unsafe, edits);
            }
        }
    }
}

/// Whether the lower version belongs to another line than the higher one: another first or second number.
fn is_backport(lower: &Version, higher: &Version) -> bool {
    (0..2).any(|index| lower.release_number(index) != higher.release_number(index))
}
