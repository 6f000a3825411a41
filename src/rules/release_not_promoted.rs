//! A release whose changes still stand under Unreleased.

use crate::changelog::{History, Link, Markup, Section, Shown, shown};
use crate::finding::{Edit, Findings, Level, Safety, Span};
use crate::project::{Facts, ProjectChangelog, Release};

use super::release_undocumented::undocumented;
use super::{AGREEING, About, Example, Group, PYPROJECT, Rule};

pub(super) const RULE: Rule = Rule {
    id: "release-not-promoted",
    summary: "The changes of this release still stand under Unreleased",
    explanation: "\
At release time the entries under Unreleased move into a section of the version, with its date (Keep a Changelog). The \
tag names a version that has no such section, while Unreleased, or a section of that version that is still marked as \
unreleased, holds entries: the release was tagged before the changelog was written.

Pre-releases may leave their changes under Unreleased.",
    level: Level::Error,
    about: About::Release,
    group: Group::Release,
    fix: Some(Safety::Safe),
    bad: &[Example {
        title: "the entries were not moved",
        files: &[
            PYPROJECT,
            (
                "CHANGELOG.md",
                "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [1.0.0] - 2026-01-05\n\n### Added\n\n- The first thing.\n",
            ),
        ],
        tag: Some("v1.1.0"),
    }],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some((found, version)) = undocumented(facts) else { return };
    let Some(release) = &facts.release else { return };
    let changelog = &found.changelog;
    let own = changelog.section_of(version).filter(|section| section.waits());
    let Some(waiting) = own.or_else(|| changelog.sections.iter().find(|section| section.waits())) else { return };
    let message = format!("`{version}` has no section of its own, and its changes still stand under Unreleased");
    let finding = findings.add(release.at, message);
    finding.related(found.at(waiting.heading.span), "what is listed here was not promoted");
    if let Some(newest) = changelog.releases().find(|section| Section::is_release(section)) {
        finding.related(found.at(newest.heading.span), "the newest section is this one");
    }
    finding.help(format!("name the section `## [{version}] - YYYY-MM-DD`, commit, and tag that commit"));
    if found.changelog.markup == Markup::Markdown && found.changelog.keeps_format() {
        let promotion = Promotion { facts, found, release, waiting };
        let edits = promotion.edits().into_iter().map(|(span, text)| Edit { at: found.at(span), text }).collect();
        finding.fix(format!("make it the section of `{version}`"), Safety::Safe, edits);
    }
}

/// A section of waiting entries that becomes that of a release.
struct Promotion<'f> {
    facts: &'f Facts,
    found: &'f ProjectChangelog,
    release: &'f Release,
    waiting: &'f Section,
}

impl Promotion<'_> {
    fn edits(&self) -> Vec<(Span, String)> {
        let version = self.facts.sources.text_at(self.release.at);
        let newest = self.found.changelog.releases().next().and_then(|section| section.version.as_ref());
        let prefix = if newest.is_some_and(|text| text.prefix.start < text.prefix.end) { "v" } else { "" };
        let label = format!("{prefix}{version}");
        let address = self.address();
        let name = match (&self.waiting.link, &address) {
            (Link::None, _) => label.clone(),
            (Link::Inline { .. }, Some(address)) => format!("[{label}]({address})"),
            _ => format!("[{label}]"),
        };
        let heading = &self.waiting.heading;
        let today = self.facts.today;
        if self.waiting.version.is_some() {
            return vec![(heading.text, format!("{name} - {today}"))];
        }
        let end = self.found.changelog.line_end;
        let marks = "#".repeat(heading.level);
        let mut edits = vec![(Span::at(heading.span.end), format!("{end}{end}{marks} {name} - {today}"))];
        if let Some(address) = address {
            edits.extend(self.links(&label, &address));
        }
        edits
    }

    /// Where the new tag is compared with the one before.
    fn address(&self) -> Option<String> {
        let changelog = &self.found.changelog;
        let bytes = &self.facts.sources.get(self.found.source).bytes;
        let example = changelog.example(bytes)?;
        let index = changelog.sections.iter().position(|section| std::ptr::eq(section, self.waiting))?;
        let tag = &self.release.tag;
        match History::of(changelog).predecessor(changelog, index) {
            Some(before) => {
                let before = changelog.tag_of(bytes, &changelog.sections[before], &example.tag)?;
                Some(example.compare(before, tag.clone()))
            }
            None => example.tag_page(tag),
        }
    }

    /// Unreleased is compared with the new tag, and the new section is linked as the waiting one was.
    fn links(&self, label: &str, address: &str) -> Vec<(Span, String)> {
        let changelog = &self.found.changelog;
        let mut edits = Vec::new();
        let Some(span) = changelog.address(self.waiting) else { return edits };
        if let Some(Shown::Changes { from, .. }) = shown(&self.facts.changelog_text(self.found, span)) {
            edits.push((Span::new(span.start + from.start, span.start + from.end), self.release.tag.clone()));
        }
        if let Link::Reference { key, .. } = &self.waiting.link
            && let Some(definition) = changelog.definition(key)
            && changelog.definition(&label.to_lowercase()).is_none()
        {
            let line = format!("{}[{label}]: {address}", changelog.line_end);
            edits.push((Span::at(definition.span.end), line));
        }
        edits
    }
}
