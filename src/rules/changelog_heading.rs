//! A heading that is neither a release nor Unreleased in the agreed form.

use std::collections::BTreeSet;

use crate::changelog::{BlockKind, CATEGORIES, Flaw, FlawKind, Heading, Kind, Markup, Section};
use crate::date::Date;
use crate::finding::{Edit, Findings, Level, Safety, Span};
use crate::project::{Facts, ProjectChangelog};
use crate::version::Version;

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-heading",
    summary: "A heading of the changelog is not `## [version] - date`",
    explanation: "\
Readers and tools find a release by its heading: `## [1.1.0] - 2026-01-05`, or `## [Unreleased]` (Keep a Changelog). \
Anything else at the place of a release is lost on them: another separator, words before or after, a heading of \
another level, `##[1.1.0]` without the space that makes it a heading.

A heading without brackets is complete in everything but its link: `changelog-link-missing` speaks of that. A missing \
or wrong date is a matter of `changelog-date`, the mark of a withdrawn release one of `changelog-yanked`.",
    level: Level::Error,
    about: About::Text,
    group: Group::Text,
    fix: Some(Safety::Safe),
    bad: &[
        Example {
            title: "a slash before the date",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\nKeep a Changelog\n\n## 1.1.0 / 2026-01-05\n\n### Fixed\n\n- One.\n",
            )],
            tag: None,
        },
        Example {
            title: "no space after the marks",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\nKeep a Changelog\n\n##[1.1.0] - 2026-01-05\n\n### Fixed\n\n- One.\n",
            )],
            tag: None,
        },
        Example {
            title: "a category at the level of releases",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\nKeep a Changelog\n\n## [1.1.0] - 2026-01-05\n\n## Fixed\n\n- One.\n",
            )],
            tag: None,
        },
    ],
    good: &[AGREEING],
    check,
};

/// The longest line that is looked at for a heading that is none, in bytes.
const LONGEST_HEADING: usize = 80;

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog().filter(|found| found.changelog.markup == Markup::Markdown) else {
        return;
    };
    let sections = &found.changelog.sections;
    let level = usual_level(sections);
    let first = sections.iter().position(|section| section.kind != Kind::Other).unwrap_or(sections.len());
    // What stands before the first release introduces the text.
    for section in &sections[first..] {
        if !section.heading.spaced {
            let repair = section.flaw.as_ref().and_then(|flaw| flaw.repair.as_deref());
            unspaced(found, &section.heading, repair, findings);
        } else if section.kind != Kind::Other && section.heading.level != level {
            wrong_level(facts, found, section, level, findings);
        } else if let Some(flaw) = &section.flaw {
            flawed(facts, found, section, flaw, findings);
        } else if section.kind == Kind::Other {
            unknown(facts, found, &section.heading, findings);
        }
        for category in section.categories.iter().filter(|category| !category.heading.spaced) {
            unspaced(found, &category.heading, None, findings);
        }
    }
    lost(facts, found, level, findings);
}

/// Releases that Markdown takes for text, and that no other section is about.
fn lost(facts: &Facts, found: &ProjectChangelog, level: usize, findings: &mut Findings) {
    let sections = &found.changelog.sections;
    let bytes = &facts.sources.get(found.source).bytes;
    let mut known: Option<BTreeSet<&Version>> = None;
    for block in sections.iter().flat_map(Section::contents).flat_map(|content| &content.blocks) {
        let lost = match block.kind {
            BlockKind::Paragraph => unmarked(bytes, block.span),
            BlockKind::Html => swallowed(bytes, block.span),
            _ => None,
        };
        let Some((span, version)) = lost else { continue };
        if !known.get_or_insert_with(|| sections.iter().filter_map(Section::named_version).collect()).contains(&version)
        {
            let message = format!("this is no heading: Markdown takes the release `{version}` for text");
            findings.add(found.at(span), message).help(match block.kind {
                BlockKind::Html => "put an empty line above it: HTML goes on up to the next one".to_owned(),
                _ => format!("begin the line with `{} `", "#".repeat(level)),
            });
        }
    }
}

/// A paragraph that says what the heading of a release does, and nothing else.
fn unmarked(bytes: &[u8], paragraph: Span) -> Option<(Span, Version)> {
    let text = std::str::from_utf8(bytes.get(paragraph.range())?).ok()?;
    Some((paragraph, release_in(text)?))
}

/// The heading of a release directly below the end of an element, which is still HTML.
fn swallowed(bytes: &[u8], html: Span) -> Option<(Span, Version)> {
    let text = std::str::from_utf8(bytes.get(html.range())?).ok()?;
    let (mut at, mut is_below_end) = (html.start, false);
    for line in text.split_inclusive(['\n', '\r']) {
        let content = line.trim();
        let version = if is_below_end && content.starts_with('#') { release_in(content) } else { None };
        if let Some(version) = version {
            let start = at + line.len() - line.trim_start().len();
            return Some((Span::new(start, start + content.len()), version));
        }
        is_below_end = (content.starts_with("</") && content.ends_with('>')) || (is_below_end && content.is_empty());
        at += line.len();
    }
    None
}

/// The version in a text that is `[version] - date`, whatever marks stand around it.
fn release_in(text: &str) -> Option<Version> {
    if text.len() > LONGEST_HEADING {
        return None;
    }
    let bare = text.trim_matches(|c: char| matches!(c, '#' | '*' | '_') || c.is_whitespace());
    let name = bare.strip_prefix('[').unwrap_or(bare);
    let (version, length) = Version::parse_prefix(name.strip_prefix('v').unwrap_or(name))?;
    let after = &name[length + usize::from(name.starts_with('v'))..];
    let date = after.strip_prefix(']').unwrap_or(after).strip_prefix(" - ")?;
    Date::parse(date.trim()).map(|_| version)
}

/// The level at which this file has its releases: the most frequent, and the second where there is no such.
pub(super) fn usual_level(sections: &[Section]) -> usize {
    let count = |level: usize| {
        let named = sections.iter().filter(|section| section.kind != Kind::Other);
        named.filter(|section| section.heading.level == level).count()
    };
    (1..=6).max_by_key(|level| (count(*level), *level == 2)).unwrap_or(2)
}

/// `repair` is the heading's text put right, where more is wrong with it.
fn unspaced(found: &ProjectChangelog, heading: &Heading, repair: Option<&str>, findings: &mut Findings) {
    let marks = "#".repeat(heading.level);
    let gap = Span::new(heading.span.start + heading.level, heading.text.start);
    let mut edits = vec![Edit { at: found.at(gap), text: " ".to_owned() }];
    edits.extend(repair.map(|repair| Edit { at: found.at(heading.text), text: repair.to_owned() }));
    findings
        .add(found.at(heading.span), format!("this is no heading: expected a space after `{marks}`"))
        .help("without it Markdown takes the line for text, and the section is lost")
        .fix("put a space after the marks", Safety::Safe, edits);
}

fn wrong_level(facts: &Facts, found: &ProjectChangelog, section: &Section, level: usize, findings: &mut Findings) {
    let heading = &section.heading;
    let marks = Span::new(heading.span.start, heading.span.start + heading.level);
    let at = if heading.underlined { heading.text } else { marks };
    let message =
        format!("a release stands at level {}, expected level {level}: `{}`", heading.level, "#".repeat(level));
    let finding = findings.add(found.at(at), message);
    finding.help("at this level it belongs to the section above");
    if section.flaw.is_some() {
        return;
    }
    let (span, text) = match level {
        _ if !heading.underlined => (marks, "#".repeat(level)),
        1 | 2 => underlined(facts, found, heading, level),
        _ => (heading.span, format!("{} {}", "#".repeat(level), facts.changelog_text(found, heading.text))),
    };
    // Marks make a heading of one line only.
    if level < 3 || !facts.changelog_text(found, heading.text).contains(['\n', '\r']) {
        let edit = Edit { at: found.at(span), text };
        finding.fix("set the level of releases", Safety::Unsafe, vec![edit]);
    }
}

/// The line below a heading, and what it has to be at that level.
fn underlined(facts: &Facts, found: &ProjectChangelog, heading: &Heading, level: usize) -> (Span, String) {
    let below = facts.changelog_text(found, Span::new(heading.text.end, heading.span.end));
    let length = below.len() - below.trim_end_matches(['=', '-']).len();
    let mark = if level == 1 { "=" } else { "-" };
    (Span::new(heading.span.end - length, heading.span.end), mark.repeat(length.max(3)))
}

fn flawed(facts: &Facts, found: &ProjectChangelog, section: &Section, flaw: &Flaw, findings: &mut Findings) {
    let wrong = facts.changelog_text(found, flaw.span);
    let (message, help) = match flaw.kind {
        FlawKind::Unknown => return unknown(facts, found, &section.heading, findings),
        FlawKind::Alias => (format!("`{wrong}` is no name for changes to come, expected `[Unreleased]`"), None),
        FlawKind::Lead if section.kind == Kind::Unreleased => {
            (format!("`{wrong}` says more than its name, expected `[Unreleased]`"), None)
        }
        FlawKind::Lead => ("the heading begins with something else than the version".to_owned(), None),
        FlawKind::Separator if wrong.trim() == "-" => {
            ("the `-` between version and date has no plain space on each side, expected ` - `".to_owned(), None)
        }
        FlawKind::Separator => (format!("`{}` stands between version and date, expected ` - `", wrong.trim()), None),
        FlawKind::Trailing => {
            let help = "the line below the heading may say it, or the summary of the release";
            (format!("`{wrong}` stands after the heading's last part"), Some(help))
        }
        FlawKind::Brackets => ("the brackets hold more than the version".to_owned(), None),
    };
    let finding = findings.add(found.at(flaw.span), message);
    finding.help(help.unwrap_or("write `## [version] - YYYY-MM-DD`, or `## [Unreleased]`"));
    if let Some(repair) = &flaw.repair {
        let edit = Edit { at: found.at(section.heading.text), text: repair.clone() };
        finding.fix("rewrite the heading", Safety::Safe, vec![edit]);
    }
}

fn unknown(facts: &Facts, found: &ProjectChangelog, heading: &Heading, findings: &mut Findings) {
    let text = facts.changelog_text(found, heading.text);
    let finding = findings.add(found.at(heading.text), format!("`{text}` is neither a version nor `[Unreleased]`"));
    if CATEGORIES.iter().any(|category| category.eq_ignore_ascii_case(text.trim_end_matches(':'))) {
        finding.help(format!("categories stand one level below: `### {text}`"));
    } else {
        finding.help("only releases stand at this level; put what belongs to all of them above the first");
    }
}
