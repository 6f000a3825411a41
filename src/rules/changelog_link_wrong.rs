//! A link that shows the changes of something else than its section.

use std::cell::OnceCell;
use std::ops::Range;

use crate::changelog::{History, Kind, Markup, Section, Shown, TagName, shown};
use crate::finding::{Edit, Findings, Level, Safety, Span};
use crate::project::{Facts, ProjectChangelog};
use crate::version::Version;

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-link-wrong",
    summary: "A version's link compares the wrong tags",
    explanation: "\
A version's link shows what changed since the version before: `compare/v1.0.0...v1.1.0`, and for Unreleased \
`compare/v1.1.0...HEAD` (Keep a Changelog 2.0.0; the versions before show it). After a release the link of Unreleased is \
easily forgotten, and a copied line keeps its old tags.

Tags are compared by version, with any prefix, on GitHub, GitLab, Gitea, Forgejo and Bitbucket. The version before may \
be the last one of its day, the last final one, the one before its post-releases, or one that this changelog does not \
list. Addresses that name no tags are left alone.",
    level: Level::Error,
    about: About::Text,
    group: Group::Text,
    fix: Some(Safety::Safe),
    bad: &[
        Example {
            title: "Unreleased compares with an older release",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\nKeep a Changelog\n\n## [Unreleased]\n\n## [1.1.0] - 2026-02-05\n\n### Fixed\n\n- One.\n\n## [1.0.0] - 2026-01-05\n\n### Fixed\n\n- Two.\n\n[Unreleased]: https://github.com/demo/demo/compare/v1.0.0...HEAD\n",
            )],
            tag: None,
        },
        Example {
            title: "the line was copied",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\nKeep a Changelog\n\n## [1.1.0] - 2026-02-05\n\n### Fixed\n\n- One.\n\n## [1.0.0] - 2026-01-05\n\n### Fixed\n\n- Two.\n\n[1.1.0]: https://github.com/demo/demo/releases/tag/v1.0.0\n",
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
    let history = OnceCell::new();
    for (index, section) in found.changelog.sections.iter().enumerate() {
        if section.kind == Kind::Other || (section.is_release() && section.named_version().is_none()) {
            continue;
        }
        let Some(span) = found.changelog.address(section) else { continue };
        let address = facts.changelog_text(found, span);
        let judged = Judged { facts, found, history: &history, index, section, span, address: &address };
        match shown(&address) {
            Some(Shown::Changes { from, to }) => judged.changes(from, to, findings),
            Some(Shown::Tag(tag)) => judged.tag(tag, findings),
            None => {}
        }
    }
}

/// One link and the section that it belongs to.
struct Judged<'f> {
    facts: &'f Facts,
    found: &'f ProjectChangelog,
    /// Most links need none.
    history: &'f OnceCell<History>,
    index: usize,
    section: &'f Section,
    span: Span,
    address: &'f str,
}

impl Judged<'_> {
    fn history(&self) -> &History {
        self.history.get_or_init(|| History::of(&self.found.changelog))
    }

    /// Whether two tags are, letter by letter, those of the release below the section and of its own.
    fn are_neighbours(&self, older: &str, newer: &str) -> bool {
        let below = self.found.changelog.sections.get(self.index + 1);
        let Some(below) = below.filter(|below| below.is_release() && self.section.is_release()) else { return false };
        let is_tag_of = |section: &Section, tag: &str| {
            let Some(version) = section.version.as_ref().filter(|text| text.version.is_some()) else { return false };
            let text = self.facts.sources.bytes_at(self.found.at(version.span));
            let is_usual = text.contains(&b'.') && text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
            is_usual && tag.strip_prefix('v').unwrap_or(tag).as_bytes() == text
        };
        is_tag_of(self.section, newer) && is_tag_of(below, older)
    }

    fn changes(&self, from: Range<usize>, to: Range<usize>, findings: &mut Findings) {
        if self.are_neighbours(&self.address[from.clone()], &self.address[to.clone()]) {
            return;
        }
        let newer = TagName::parse(&self.address[to.clone()]);
        let older = TagName::parse(&self.address[from.clone()]);
        let to_is_right = match (&newer, self.section.kind) {
            (Some(newer), _) if self.section.named_version().is_some() => self.is_own(&newer.version),
            (Some(newer), _) => self.is_branch(newer, older.as_ref()),
            (None, Kind::Release) => &self.address[to.clone()] != "HEAD",
            (None, _) => true,
        };
        if !to_is_right {
            self.report(&to, older.as_ref().or(newer.as_ref()), Some(self.section), findings);
        } else if let Some(older) = &older {
            let mut accepted = self.history().predecessors(&self.found.changelog, self.index);
            let is_older = |index: usize| self.found.changelog.sections[index].named_version() == Some(&older.version);
            if accepted.any(is_older) {
                return;
            }
            let accepted: Vec<usize> = self.history().predecessors(&self.found.changelog, self.index).collect();
            if !self.is_accepted(&older.version, &accepted) {
                let best = self.history().predecessor(&self.found.changelog, self.index);
                let best = best.map(|index| &self.found.changelog.sections[index]);
                self.report(&from, Some(older), best, findings);
            }
        }
    }

    /// Whether a tag of that version is the section's. The tag of a pre-release may be written without the mark, where
    /// that is the version of no other section.
    fn is_own(&self, version: &Version) -> bool {
        self.section.named_version().is_some_and(|own| {
            let is_bare = || {
                let bare = own.final_release();
                own.is_prerelease() && (bare == *version || bare.abbreviates(version))
            };
            own == version || (is_bare() && !self.history().knows(&self.found.changelog, version))
        })
    }

    /// Whether Unreleased may end at what looks like a tag: `release/1.2`.
    fn is_branch(&self, name: &TagName, other: Option<&TagName>) -> bool {
        let is_like =
            |other: &TagName| other.prefix == name.prefix && other.version.release_len() == name.version.release_len();
        !other.is_some_and(is_like) && !self.history().knows(&self.found.changelog, &name.version)
    }

    /// Whether the next line may have begun at `version`, before the last release of its line: without dates, or
    /// on the same day, nobody knows.
    fn may_have_branched(&self, version: &Version, accepted: &[usize]) -> bool {
        let same_line =
            |other: &Version| (0..2).all(|index| version.release_number(index) == other.release_number(index));
        let day = |section: &Section| section.date.as_ref().and_then(|text| text.date);
        let is_later = |index: &usize| {
            let other = &self.found.changelog.sections[*index];
            let is_before = day(self.section).zip(day(other)).is_some_and(|(own, other)| other < own);
            !is_before && other.named_version().is_some_and(|other| version < other && same_line(other))
        };
        self.section.named_version().is_some_and(|own| version < own && !same_line(own))
            && accepted.iter().any(is_later)
    }

    /// A version that the changelog does not list may well be the one before, unless it is too old or too new for that.
    fn is_accepted(&self, version: &Version, accepted: &[usize]) -> bool {
        let changelog = &self.found.changelog;
        let named = || accepted.iter().filter_map(|index| changelog.sections[*index].named_version());
        if self.may_have_branched(version, accepted) {
            return true;
        }
        let own = self.section.named_version();
        let too_new = own.is_some_and(|own| version >= own);
        let mut before = named().filter(|known| own.is_none_or(|own| *known < own)).peekable();
        let too_old = before.peek().is_some() && before.all(|known| version < known);
        !(too_new || too_old || self.history().knows(changelog, version))
    }

    fn tag(&self, tag: Range<usize>, findings: &mut Findings) {
        let Some(name) = TagName::parse(&self.address[tag.clone()]) else { return };
        if self.section.is_release() && !self.is_own(&name.version) {
            self.report(&tag, Some(&name), Some(self.section), findings);
        }
    }

    /// Says which tag is wrong, and what it ought to be: the tag of `expected`, built like `example`.
    fn report(
        &self,
        part: &Range<usize>,
        example: Option<&TagName>,
        expected: Option<&Section>,
        findings: &mut Findings,
    ) {
        let bytes = &self.facts.sources.get(self.found.source).bytes;
        let wrong = &self.address[part.clone()];
        let section = expected.filter(|section| section.is_release());
        let right = match (section, example) {
            (Some(section), Some(example)) => self.tag_for(bytes, section, example),
            (None, _) if expected.is_some() => Some("HEAD".to_owned()),
            _ => None,
        };
        let name = self.facts.changelog_text(self.found, self.section.heading.text);
        let message = match &right {
            Some(right) => format!("the link names `{wrong}`, expected `{right}`"),
            None => format!("the link names `{wrong}`, which does not fit the section"),
        };
        let finding = findings.add(self.found.at(self.span), message);
        finding.related(self.found.at(self.section.heading.text), format!("it is the link of `{name}`"));
        match right.filter(|right| right != wrong) {
            Some(right) => {
                let at = self.found.at(Span::new(self.span.start + part.start, self.span.start + part.end));
                finding.fix("name the right tag", Safety::Safe, vec![Edit { at, text: right }]);
            }
            None => {
                finding.help("compare the version before with this one");
            }
        }
    }

    /// The tag of the section itself cannot be learned from the link that is wrong.
    fn tag_for(&self, bytes: &[u8], section: &Section, example: &TagName) -> Option<String> {
        if section.heading.span == self.section.heading.span {
            let version = section.version.as_ref()?;
            return Some(format!("{}{}", example.prefix, self.facts.changelog_text(self.found, version.span)));
        }
        self.found.changelog.tag_of(bytes, section, example)
    }
}
