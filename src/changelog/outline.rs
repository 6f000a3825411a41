//! From the parts of a text to titles, sections and categories.

use std::rc::Rc;

use super::day;
use super::heading::{self, Reading};
use super::{Block, BlockKind, Category, Changelog, Content, DateText, Entry, Heading, Kind, Section};
use crate::date::Date;
use crate::finding::Span;
use crate::version::Version;

/// Something at the top of a text.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) kind: PartKind,
    pub(super) span: Span,
    /// Where the piece of the text begins in which a heading was read.
    base: usize,
}

#[derive(Clone, Debug)]
pub(super) enum PartKind {
    /// Its spans are ranges of the piece: many texts share it. What names no section is not kept.
    Heading(Rc<(Heading, Option<Box<Reading>>)>),
    Entry {
        is_placeholder: bool,
    },
    Block(BlockKind),
}

impl Part {
    pub(super) fn new(span: Span, kind: PartKind) -> Self {
        Self { kind, span, base: 0 }
    }

    pub(super) fn heading(heading: Heading, reading: Reading) -> Self {
        let named = (reading.kind != Kind::Other).then(|| Box::new(reading));
        Self::new(heading.span, PartKind::Heading(Rc::new((heading, named))))
    }

    /// The same in a text that begins `bytes` later.
    pub(super) fn shifted(self, bytes: usize) -> Self {
        Self { span: self.span.shifted(bytes), base: self.base + bytes, ..self }
    }
}

/// Puts headings between the parts of a text, which they shorten or replace.
pub(super) fn insert(parts: &mut Vec<Part>, headings: Vec<Part>) {
    if headings.is_empty() {
        return;
    }
    let mut starts = headings.iter().map(|part| part.span.start).peekable();
    for part in parts.iter_mut() {
        while starts.peek().is_some_and(|start| *start < part.span.start) {
            starts.next();
        }
        if let Some(&start) = starts.peek()
            && start < part.span.end
        {
            part.span.end = start;
            // Several lines and what underlines them: without the last of them it is no heading.
            if matches!(part.kind, PartKind::Heading(..)) {
                part.kind = PartKind::Block(BlockKind::Paragraph);
            }
        }
    }
    parts.extend(headings);
    parts.sort_by_key(|part| part.span.start);
}

/// What a heading turns out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Title,
    Section,
    Below,
}

pub(super) fn build(parts: Vec<Part>, text: &str, changelog: &mut Changelog) {
    let roles = roles(&parts);
    changelog.sections.reserve_exact(roles.iter().filter(|(role, _)| *role == Role::Section).count());
    let mut roles = roles.into_iter();
    let mut builder = Builder { text, changelog, current: None };
    for Part { kind, span, base } in parts {
        match kind {
            PartKind::Heading(read) => {
                if let Some((role, kind)) = roles.next() {
                    builder.heading(read, base, role, kind);
                }
            }
            PartKind::Entry { is_placeholder } => {
                builder.entry(Entry { span: heading::trimmed(span, text), is_placeholder });
            }
            PartKind::Block(kind) => builder.block(Block { kind, span: heading::trimmed(span, text) }),
        }
    }
    builder.close(text.len());
    let first = changelog.sections.first().map_or(text.len(), |section| section.heading.span.start);
    let preamble = letters(&text[..first]);
    changelog.claims_format = preamble.contains("keepachangelog");
    changelog.claims_semver = claims_semver(&preamble);
    changelog.is_translated = is_translated(&text[..first]);
}

/// What stands shortly before the name of a scheme that a project does not follow, in letters alone.
const DENIALS: [&str; 9] =
    ["doesnot", "doesnt", "donot", "dont", "nolonger", "notfollow", "notadhere", "insteadof", "ratherthan"];

/// Whether it is said that versions follow Semantic Versioning, and not that they do not; of the letters alone.
fn claims_semver(preamble: &str) -> bool {
    let near = |from: usize| preamble.floor_char_boundary(from.saturating_sub(24));
    let mentions = ["semanticversioning", "semverorg"].iter().flat_map(|name| preamble.match_indices(name));
    let mut mentions: Vec<(usize, &str)> = mentions.collect();
    mentions.sort_unstable();
    // The address that follows a name belongs to it.
    let mut denied = 0;
    mentions.into_iter().any(|(at, name)| {
        if DENIALS.iter().any(|denial| preamble[near(at)..at].contains(denial)) {
            denied = at + name.len() + 24;
        }
        at >= denied
    })
}

/// Letters and digits alone, in lower case: names are found however they are set apart.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn is_translated(preamble: &str) -> bool {
    let after = preamble.split_once("keepachangelog.com/").map_or("en", |(_, after)| after);
    after.starts_with(|c: char| c.is_ascii_lowercase()) && !after.starts_with("en")
}

/// Which headings are sections. Releases stand at the levels at which this text has most of them: a series title above its
/// releases is none, nor is the name of a version deep inside a section.
fn roles(parts: &[Part]) -> Vec<(Role, Kind)> {
    let headings = parts.iter().filter_map(|part| match &part.kind {
        PartKind::Heading(read) => Some((read.0.level, read.1.as_deref())),
        _ => None,
    });
    let headings: Vec<(usize, Option<&Reading>)> = headings.collect();
    let mut counts = [0_usize; 7];
    for (level, reading) in &headings {
        counts[*level] += usize::from(reading.is_some_and(|reading| reading.kind == Kind::Release));
    }
    let all: usize = counts.iter().sum();
    let top = (1..7).find(|level| counts[*level] > 0 && counts[*level] * 20 >= all);
    let takes = |level: usize| counts[level] > 0 && (Some(level) == top || counts[level] * 20 >= all * 3);
    let is_accepted = |level: usize, reading: &Reading| match reading.kind {
        // In the very form of a release, a heading is one at any level. Tools that write reStructuredText have changed
        // their adornments over time: a date makes a release of what stands above the usual level.
        Kind::Release => {
            let is_above = top.is_some_and(|top| level < top);
            let is_dated = reading.date.as_ref().is_some_and(|date| date.is_iso);
            takes(level) || (is_dated && (is_above || reading.flaw.is_none()))
        }
        Kind::Unreleased => level <= top.unwrap_or(2) || (reading.is_literal && level <= top.unwrap_or(2) + 1),
        Kind::Other => true,
    };
    let kind = |(level, reading): &(usize, Option<&Reading>)| {
        reading.filter(|reading| is_accepted(*level, reading)).map_or(Kind::Other, |reading| reading.kind)
    };
    let mut kinds: Vec<Kind> = headings.iter().map(kind).collect();
    drop_series(&headings, &mut kinds);
    let section = top.unwrap_or(2);
    let mut seen_title = false;
    let role = |(kind, (level, _)): (Kind, (usize, Option<&Reading>))| {
        let role = match kind {
            Kind::Other if level == 1 && (section > 1 || !seen_title) => {
                seen_title = true;
                Role::Title
            }
            Kind::Other if level > section => Role::Below,
            _ => Role::Section,
        };
        (role, kind)
    };
    kinds.into_iter().zip(headings).map(role).collect()
}

/// `## Version 1.5` directly above `### Version 1.5.2` is the title of a series.
fn drop_series(headings: &[(usize, Option<&Reading>)], kinds: &mut [Kind]) {
    let releases: Vec<usize> = (0..kinds.len()).filter(|index| kinds[*index] == Kind::Release).collect();
    for pair in releases.windows(2) {
        let ((above, named), (below, followed)) = (headings[pair[0]], headings[pair[1]]);
        if below > above
            && let (Some(above), Some(below)) = (version(named), version(followed))
            && above.abbreviates(below)
        {
            kinds[pair[0]] = Kind::Other;
        }
    }
}

fn version(reading: Option<&Reading>) -> Option<&Version> {
    reading?.version.as_ref()?.version.as_ref()
}

struct Builder<'a> {
    text: &'a str,
    changelog: &'a mut Changelog,
    current: Option<Section>,
}

impl Builder<'_> {
    fn heading(&mut self, read: Rc<(Heading, Option<Box<Reading>>)>, base: usize, role: Role, kind: Kind) {
        let heading = Heading { span: read.0.span.shifted(base), text: read.0.text.shifted(base), ..read.0 };
        let read_in = read.0.text;
        match role {
            Role::Title => {
                self.close(heading.span.start);
                self.changelog.titles.push(heading);
            }
            Role::Section => {
                self.close(heading.span.start);
                let named = match Rc::try_unwrap(read) {
                    Ok((_, named)) => named.map(|named| *named),
                    Err(shared) => shared.1.as_deref().cloned(),
                };
                let mut reading = named.unwrap_or_else(|| Reading::other(read_in));
                reading.shift(base);
                self.current = Some(section(heading, Reading { kind, ..reading }));
            }
            Role::Below => self.below(heading),
        }
    }

    /// A heading inside a section: a category, or something below one.
    fn below(&mut self, heading: Heading) {
        let Some(section) = &mut self.current else { return };
        section.body.end = heading.span.end;
        let first = section.categories.first().map(|category| category.heading.level);
        let is_category =
            heading.level == section.heading.level + 1 || first.is_none_or(|first| heading.level <= first);
        if is_category {
            let name = self.text[heading.text.range()].to_owned();
            let body = Span::at(heading.span.end);
            if section.categories.is_empty() {
                // Few sections have more.
                section.categories.reserve_exact(2);
            }
            section.categories.push(Category { heading, name, body, content: Content::default() });
        } else {
            let block = Block { kind: BlockKind::Heading, span: heading.span };
            content(section, heading.span.end).blocks.push(block);
        }
    }

    fn entry(&mut self, entry: Entry) {
        if let Some(section) = &mut self.current {
            section.body.end = entry.span.end;
            content(section, entry.span.end).entries.push(entry);
        }
    }

    fn block(&mut self, block: Block) {
        let Some(section) = &mut self.current else { return };
        let is_first = section.body.start == section.body.end;
        if block.kind.is_between() {
            last_content(section).blocks.push(block);
            return;
        }
        section.body.end = block.span.end;
        if is_first && section.date.is_none() && section.is_release() && block.kind == BlockKind::Paragraph {
            section.date = date_below(block.span, self.text);
        }
        content(section, block.span.end).blocks.push(block);
    }

    fn close(&mut self, end: usize) {
        if let Some(mut section) = self.current.take() {
            section.end = end;
            self.changelog.sections.push(section);
        }
    }
}

fn section(heading: Heading, reading: Reading) -> Section {
    let body = Span::at(heading.span.end);
    let Reading { kind, version, date, yanked, link, flaw, .. } = reading;
    let (version, date, yanked) = if kind == Kind::Other { (None, None, None) } else { (version, date, yanked) };
    let summary = Content::default();
    Section {
        heading,
        kind,
        version,
        date,
        yanked,
        link,
        definition: None,
        flaw,
        body,
        end: body.end,
        summary,
        categories: Vec::new(),
    }
}

/// What a section's next block belongs to, which ends at `end`.
fn content(section: &mut Section, end: usize) -> &mut Content {
    if let Some(category) = section.categories.last_mut() {
        category.body.end = end;
    }
    last_content(section)
}

fn last_content(section: &mut Section) -> &mut Content {
    section.categories.last_mut().map_or(&mut section.summary, |category| &mut category.content)
}

/// The date in the first line below a heading: `Released 2024-01-15`, `*January 15, 2024*`.
pub(super) fn date_below(paragraph: Span, text: &str) -> Option<DateText> {
    let line = text[paragraph.range()].lines().next().unwrap_or_default();
    if line.len() >= 90 {
        return None;
    }
    let day = day::find(line)?;
    let said = |text: &str| text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let (before, after) = (said(&line[..day.range.start]), said(&line[day.range.end..]));
    let words = ["", "release", "released", "released on", "release date", "date", "published", "published on", "on"];
    if !words.contains(&before.as_str()) || (before.is_empty() && !after.is_empty()) {
        return None;
    }
    let span = Span::new(paragraph.start + day.range.start, paragraph.start + day.range.end);
    let is_iso = Date::parse(&text[span.range()]).is_some();
    Some(DateText { span, date: day.date, is_iso, is_below: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_says_that_it_follows_semantic_versioning_or_that_it_does_not() {
        let link = "[Semantic Versioning](https://semver.org/spec/v2.0.0.html)";
        for (said, expected) in [
            (format!("This project adheres to {link}."), true),
            ("Versions are those of SemVer (https://semver.org).".to_owned(), true),
            (format!("This project follows {link}, but private names do not count."), true),
            (format!("This project does not follow {link}."), false),
            (format!("This project doesn't strictly adhere to {link}."), false),
            (format!("We count years instead of using {link}."), false),
            (format!("Until 2.0 we did not care.\n\nSince then the project adheres to {link}."), true),
            (
                format!(
                    "This project does not follow {link}. Whoever needs that may pin versions. From 2.0 on it adheres to {link}."
                ),
                true,
            ),
            ("A list of what changed.".to_owned(), false),
        ] {
            assert_eq!(claims_semver(&letters(&said)), expected, "{said}");
        }
    }

    #[test]
    fn a_long_denial_costs_its_length() {
        let text = "doesnotfollowsemanticversioning".repeat(50_000);
        let start = std::time::Instant::now();
        assert!(!claims_semver(&text));
        assert!(start.elapsed().as_secs() < 10);
    }
}
