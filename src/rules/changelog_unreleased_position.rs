//! Changes to come that stand below a release.

use crate::changelog::{Kind, Section, move_lines};
use crate::finding::{Edit, Findings, Level, Safety, Span};
use crate::project::Facts;

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-unreleased-position",
    summary: "Unreleased does not stand above the releases",
    explanation: "\
\"Keep an Unreleased section at the top\" (Keep a Changelog). Below a release it is not found by whoever adds an entry \
or makes the next release.",
    level: Level::Error,
    about: About::Text,
    group: Group::Text,
    fix: Some(Safety::Unsafe),
    bad: &[Example {
        title: "Unreleased below a release",
        files: &[(
            "CHANGELOG.md",
            "# Changelog\n\nKeep a Changelog\n\n## [1.1.0] - 2026-01-05\n\n### Fixed\n\n- One.\n\n## [Unreleased]\n\n### Fixed\n\n- Two.\n",
        )],
        tag: None,
    }],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog() else { return };
    let changelog = &found.changelog;
    let is_unreleased = |section: &Section| section.kind == Kind::Unreleased && section.version.is_none();
    let Some(at) = changelog.sections.iter().position(is_unreleased) else { return };
    let Some(release) = changelog.sections[..at].iter().find(|section| section.is_release()) else { return };
    let section = &changelog.sections[at];
    let bytes = &facts.sources.get(found.source).bytes;
    let whole = Span::new(section.heading.span.start, section.body.end);
    let edits = move_lines(bytes, whole, release.heading.span.start, changelog.line_end)
        .into_iter()
        .map(|(span, text)| Edit { at: found.at(span), text })
        .collect();
    let finding =
        findings.add(found.at(section.heading.text), "Unreleased stands below a release, expected at the top");
    finding.related(found.at(release.heading.text), "it belongs above this");
    finding.fix("move it to the top", Safety::Unsafe, edits);
}
