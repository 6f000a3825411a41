//! A version's link that no heading uses.

use std::collections::{BTreeSet, HashSet};

use crate::changelog::{Definition, Kind, Markup, Section, TagName, lines};
use crate::finding::{Edit, Findings, Level, Safety};
use crate::project::{Facts, ProjectChangelog};
use crate::version::Version;

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-link-unused",
    summary: "A version's link is defined and there is no such version",
    explanation: "\
A definition whose label is a version that no heading and no text uses is left from a section that was renamed or \
removed. Labels that are no versions are left alone, and so is Unreleased, whose section comes and goes.",
    level: Level::Warn,
    about: About::Text,
    group: Group::Text,
    fix: Some(Safety::Safe),
    bad: &[Example {
        title: "a version without a section",
        files: &[(
            "CHANGELOG.md",
            "# Changelog\n\nKeep a Changelog\n\n## [1.0.0] - 2026-01-05\n\n### Fixed\n\n- One.\n\n[1.0.0]: https://example.org/1.0.0\n[0.9.0]: https://example.org/0.9.0\n",
        )],
        tag: None,
    }],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog().filter(|found| found.changelog.markup == Markup::Markdown) else {
        return;
    };
    let bytes = &facts.sources.get(found.source).bytes;
    let mut known = None;
    for definition in found.changelog.definitions.iter().filter(|definition| !definition.is_used) {
        let Some(version) = version_of(definition) else { continue };
        let (versions, brackets) = known.get_or_insert_with(|| (versions(found), in_brackets(bytes)));
        // Brackets in code, or in a heading that is none, may be meant to be the link.
        if versions.contains(&version) || brackets.contains(&*definition.key) {
            continue;
        }
        let label = facts.changelog_text(found, definition.label);
        let edit = Edit { at: found.at(lines(bytes, definition.span)), text: String::new() };
        findings.add(found.at(definition.span), format!("`[{label}]` is defined and nothing uses it")).fix(
            "remove the definition",
            Safety::Safe,
            vec![edit],
        );
    }
}

/// The version that a label is. Unreleased may wait for its section to be written again.
fn version_of(definition: &Definition) -> Option<Version> {
    let name = TagName::parse(&definition.key).filter(|name| matches!(name.prefix.as_str(), "" | "v"))?;
    (name.version.release_len() > 1).then_some(name.version)
}

/// The versions that have a section.
fn versions(found: &ProjectChangelog) -> BTreeSet<&Version> {
    let sections = found.changelog.sections.iter().filter(|section| section.kind != Kind::Other);
    sections.filter_map(Section::named_version).collect()
}

/// What stands in brackets and is no label of a definition, in lower case.
fn in_brackets(bytes: &[u8]) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut opened = None;
    for (at, byte) in bytes.iter().enumerate() {
        match (byte, opened) {
            (b'[', _) => opened = Some(at + 1),
            (b'\n' | b'\r', _) => opened = None,
            (b']', Some(start)) => {
                if bytes.get(at + 1) != Some(&b':') {
                    found.insert(String::from_utf8_lossy(&bytes[start..at]).to_lowercase());
                }
                opened = None;
            }
            _ => {}
        }
    }
    found
}
