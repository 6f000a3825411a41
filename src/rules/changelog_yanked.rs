//! The mark of a withdrawn release, not written as agreed.

use crate::finding::{Edit, Findings, Level, Safety};
use crate::project::Facts;

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-yanked",
    summary: "The mark of a withdrawn release is not `[YANKED]` at the end of its heading",
    explanation: "\
A release that had to be withdrawn is marked `## [0.0.5] - 2014-12-13 [YANKED]`, \"loud for a reason\", in brackets so \
that programs can find it (Keep a Changelog).",
    level: Level::Error,
    about: About::Text,
    group: Group::Text,
    fix: Some(Safety::Safe),
    bad: &[Example {
        title: "in other brackets",
        files: &[(
            "CHANGELOG.md",
            "# Changelog\n\nKeep a Changelog\n\n## [1.1.0] - 2026-01-05 (yanked)\n\n### Fixed\n\n- One.\n",
        )],
        tag: None,
    }],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog() else { return };
    for section in found.changelog.releases() {
        let Some(yanked) = section.yanked.filter(|yanked| !yanked.is_canonical) else { continue };
        let at = found.at(yanked.span);
        let text = facts.sources.text_at(at);
        let heading = facts.changelog_text(found, section.heading.text);
        let finding = findings.add(at, format!("`{text}` is not the agreed mark, expected `[YANKED]` at the end"));
        let start = section.heading.text.start;
        let (before, after) = (heading.get(..yanked.span.start - start), heading.get(yanked.span.end - start..));
        if let (Some(before), Some(after)) = (before, after)
            && !after.ends_with('}')
            && section.version.as_ref().is_some_and(|version| !yanked.span.contains(version.span))
        {
            let text = format!("{} [YANKED]", joined(before, after));
            let edit = Edit { at: found.at(section.heading.text), text };
            finding.fix("rewrite the mark", Safety::Safe, vec![edit]);
        }
    }
}

/// What is left of a heading without its mark.
fn joined(before: &str, after: &str) -> String {
    let separators: &[char] = &['-', '\u{2013}', '\u{2014}', ',', ':', ' '];
    let before = before.trim_end_matches(separators);
    let after = after.trim_end_matches(separators);
    if after.is_empty() {
        before.to_owned()
    } else {
        format!("{before}{}{after}", if after.starts_with(' ') { "" } else { " " })
    }
}
