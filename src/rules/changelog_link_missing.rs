//! A section whose name is not linked.

use std::collections::HashSet;

use crate::changelog::{Changelog, Example as LinkExample, History, Kind, Link, Markup, Section};
use crate::finding::{Edit, Findings, Level, Safety, Span};
use crate::project::{Facts, ProjectChangelog};

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-link-missing",
    summary: "The name of a section is not linked",
    explanation: "\
\"Versions and sections should be linkable\" (Keep a Changelog): `[1.1.0]` in a heading needs `[1.1.0]: address` at the \
end of the file, or readers see the brackets. A name without brackets is reported where other sections are linked.

The repair writes the definition after the example of the others.",
    level: Level::Warn,
    about: About::Text,
    group: Group::Text,
    fix: Some(Safety::Safe),
    bad: &[
        Example {
            title: "brackets that lead nowhere",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\nKeep a Changelog\n\n## [1.1.0] - 2026-01-05\n\n### Fixed\n\n- One.\n",
            )],
            tag: None,
        },
        Example {
            title: "one of two is linked",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\nKeep a Changelog\n\n## 1.1.0 - 2026-02-05\n\n### Fixed\n\n- One.\n\n## [1.0.0] - 2026-01-05\n\n### Fixed\n\n- Two.\n\n[1.0.0]: https://github.com/demo/demo/releases/tag/v1.0.0\n",
            )],
            tag: None,
        },
        Example {
            title: "the definition of the new release was forgotten",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\nKeep a Changelog\n\n## [1.2.0] - 2026-03-05\n\n### Fixed\n\n- One.\n\n## [1.1.0] - 2026-02-05\n\n### Fixed\n\n- Two.\n\n## [1.0.0] - 2026-01-05\n\n### Fixed\n\n- Three.\n\n[1.1.0]: https://github.com/demo/demo/compare/v1.0.0...v1.1.0\n[1.0.0]: https://github.com/demo/demo/releases/tag/v1.0.0\n",
            )],
            tag: None,
        },
    ],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog().filter(|found| found.changelog.markup == Markup::Markdown) else {
        return;
    };
    let changelog = &found.changelog;
    let some_linked = changelog.sections.iter().any(|section| changelog.address(section).is_some());
    let mut repair = None;
    let mut repaired = HashSet::new();
    for (index, section) in changelog.sections.iter().enumerate() {
        if section.kind == Kind::Other || changelog.address(section).is_some() {
            continue;
        }
        let name = match (&section.link, &section.version) {
            (Link::Reference { label, .. }, _) => *label,
            _ if !some_linked || (section.kind == Kind::Unreleased && section.version.is_some()) => continue,
            (_, Some(version)) => Span::new(version.prefix.start, version.span.end),
            (_, None) => unescaped(section.heading.text, &facts.sources.get(found.source).bytes),
        };
        let text = facts.changelog_text(found, name);
        let message = match &section.link {
            Link::Reference { .. } => format!("`[{text}]` leads nowhere: nothing defines it"),
            _ => format!("`{text}` is not linked, others are"),
        };
        let finding = findings.add(found.at(name), message);
        finding.help(format!("add `[{text}]: address` at the end of the file"));
        // Of two sections of one name the first brings the definition.
        if repaired.insert(text.to_lowercase())
            && let Some(edits) = repair.get_or_insert_with(|| Repair::of(facts, found)).edits(index, name, &text)
        {
            let edits = edits.into_iter().map(|(span, text)| Edit { at: found.at(span), text }).collect();
            finding.fix("link it as the others", Safety::Safe, edits);
        }
    }
}

/// What brackets hold that are escaped.
fn unescaped(text: Span, bytes: &[u8]) -> Span {
    let inner = bytes[text.range()].strip_prefix(b"\\[").and_then(|rest| rest.strip_suffix(b"\\]"));
    inner.map_or(text, |inner| Span::new(text.start + 2, text.start + 2 + inner.len()))
}

/// What is needed to link a section as the others are.
struct Repair<'f> {
    changelog: &'f Changelog,
    bytes: &'f [u8],
    history: History,
    example: Option<LinkExample>,
    /// For each section where its definition belongs: before that of the next one that has one, or behind that of the one
    /// above; and whether it is before.
    places: Vec<Option<(usize, bool)>>,
}

impl<'f> Repair<'f> {
    fn of(facts: &'f Facts, found: &'f ProjectChangelog) -> Self {
        let changelog = &found.changelog;
        let bytes = &facts.sources.get(found.source).bytes;
        let defined = |section: &Section| match &section.link {
            Link::Reference { key, .. } => changelog.definition(key).map(|definition| definition.span),
            _ => None,
        };
        let mut places = vec![None; changelog.sections.len()];
        let mut nearest = changelog.definitions.last().map(|last| (last.span.end, false));
        for (index, section) in changelog.sections.iter().enumerate() {
            nearest = defined(section).map(|span| (span.end, false)).or(nearest);
            places[index] = nearest;
        }
        nearest = None;
        for (index, section) in changelog.sections.iter().enumerate().rev() {
            nearest = defined(section).map(|span| (span.start, true)).or(nearest);
            places[index] = nearest.or(places[index]);
        }
        Self { changelog, bytes, history: History::of(changelog), example: changelog.example(bytes), places }
    }

    /// Brackets around the name where they are missing, and the definition where there is none.
    fn edits(&self, index: usize, name: Span, text: &str) -> Option<Vec<(Span, String)>> {
        let section = &self.changelog.sections[index];
        let lower = text.to_lowercase();
        let other_spelling = lower.strip_prefix('v').map_or_else(|| format!("v{lower}"), str::to_owned);
        if self.changelog.definition(&other_spelling).is_some() {
            // Heading or definition has to be spelt as the other, and which is not known here.
            return None;
        }
        let mut edits = Vec::new();
        if section.link == Link::None {
            if section.flaw.is_some() {
                return None;
            }
            let is_escaped = self.bytes[..name.start].ends_with(b"\\[");
            let gap = 2 * usize::from(is_escaped);
            edits.push((Span::new(name.start - gap, name.start), "[".to_owned()));
            edits.push((Span::new(name.end, name.end + gap), "]".to_owned()));
            if self.changelog.definition(&text.to_lowercase()).is_some() {
                return Some(edits);
            }
        }
        let address = self.changelog.expected_address(self.bytes, self.example.as_ref()?, &self.history, index)?;
        let (at, before) = self.places[index]?;
        let end = self.changelog.line_end;
        let line = format!("[{text}]: {address}");
        edits.push((Span::at(at), if before { format!("{line}{end}") } else { format!("{end}{line}") }));
        Some(edits)
    }
}
