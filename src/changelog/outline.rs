//! From the parts of a text to titles, sections and categories.

use super::day;
use super::heading::{self, Plain, Reading};
use super::{
    Block, BlockKind, Category, Changelog, Content, DateText, Definition, Entry, Heading, Kind, Link, Section,
};
use crate::date::Date;
use crate::finding::Span;

/// Something at the top of a text.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) kind: PartKind,
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) enum PartKind {
    Heading(Box<(Heading, Plain)>),
    Entry(Entry),
    Block(BlockKind),
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
            match &mut part.kind {
                PartKind::Entry(entry) => entry.span.end = start,
                // Several lines and what underlines them: without the last of them it is no heading.
                PartKind::Heading(..) => part.kind = PartKind::Block(BlockKind::Paragraph),
                PartKind::Block(_) => {}
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

pub(super) fn build(parts: Vec<Part>, text: &str, name: Option<&str>, changelog: &mut Changelog) {
    let headings = || {
        parts.iter().filter_map(|part| match &part.kind {
            PartKind::Heading(read) => Some(&**read),
            _ => None,
        })
    };
    let levels: Vec<usize> = headings().map(|(heading, _)| heading.level).collect();
    let mut readings = Vec::with_capacity(levels.len());
    readings.extend(headings().map(|(heading, plain)| heading::read(plain, heading.text, text, name)));
    let roles = roles(&levels, &mut readings);
    changelog.sections.reserve_exact(roles.iter().filter(|role| **role == Role::Section).count());
    let mut builder = Builder { text, changelog, current: None };
    let mut known = readings.into_iter().zip(roles);
    for part in parts {
        match part.kind {
            PartKind::Heading(read) => {
                if let Some((reading, role)) = known.next() {
                    builder.heading(read.0, reading, role);
                }
            }
            PartKind::Entry(entry) => builder.entry(Entry { span: heading::trimmed(entry.span, text), ..entry }),
            PartKind::Block(kind) => builder.block(Block { kind, span: heading::trimmed(part.span, text) }),
        }
    }
    builder.close(text.len());
    let first = changelog.sections.first().map_or(text.len(), |section| section.heading.span.start);
    let preamble = letters(&text[..first]);
    changelog.claims_format = preamble.contains("keepachangelog");
    changelog.claims_semver = claims_semver(&preamble);
    changelog.is_translated = is_translated(&text[..first]);
    use_definitions(changelog);
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

/// Headings use definitions too, those that a parser does not see as links included.
fn use_definitions(changelog: &mut Changelog) {
    let mut used: Vec<&str> = Vec::new();
    for section in &changelog.sections {
        if let Link::Reference { key, .. } = &section.link {
            used.push(key);
        }
    }
    used.sort_unstable();
    for definition in &mut changelog.definitions {
        let Definition { key, is_used, .. } = definition;
        *is_used |= used.binary_search(&key.as_str()).is_ok();
    }
}

/// Which headings are sections. Releases stand at the levels at which this text has most of them: a series title above its
/// releases is none, nor is the name of a version deep inside a section.
fn roles(levels: &[usize], readings: &mut [Reading]) -> Vec<Role> {
    let mut counts = [0_usize; 7];
    for (level, reading) in levels.iter().zip(readings.iter()) {
        if reading.kind == Kind::Release {
            counts[*level] += 1;
        }
    }
    let all: usize = counts.iter().sum();
    let top = (1..7).find(|level| counts[*level] > 0 && counts[*level] * 20 >= all);
    let takes = |level: usize| counts[level] > 0 && (Some(level) == top || counts[level] * 20 >= all * 3);
    for (level, reading) in levels.iter().zip(readings.iter_mut()) {
        let accepted = match reading.kind {
            // In the very form of a release, a heading is one at any level. Tools that write reStructuredText have changed
            // their adornments over time: a date makes a release of what stands above the usual level.
            Kind::Release => {
                let is_above = top.is_some_and(|top| *level < top);
                let is_dated = reading.date.as_ref().is_some_and(|date| date.is_iso);
                takes(*level) || (is_dated && (is_above || reading.flaw.is_none()))
            }
            Kind::Unreleased => *level <= top.unwrap_or(2) || (reading.is_literal && *level <= top.unwrap_or(2) + 1),
            Kind::Other => true,
        };
        if !accepted {
            reading.kind = Kind::Other;
        }
    }
    drop_series(levels, readings);
    let section = top.unwrap_or(2);
    let mut seen_title = false;
    levels
        .iter()
        .zip(readings.iter())
        .map(|(level, reading)| match reading.kind {
            Kind::Other if *level == 1 && (section > 1 || !seen_title) => {
                seen_title = true;
                Role::Title
            }
            Kind::Other if *level > section => Role::Below,
            _ => Role::Section,
        })
        .collect()
}

/// `## Version 1.5` directly above `### Version 1.5.2` is the title of a series.
fn drop_series(levels: &[usize], readings: &mut [Reading]) {
    let releases: Vec<usize> = (0..readings.len()).filter(|index| readings[*index].kind == Kind::Release).collect();
    let version =
        |readings: &[Reading], index: usize| readings[index].version.as_ref().and_then(|text| text.version.clone());
    let mut series = Vec::new();
    for pair in releases.windows(2) {
        if levels[pair[1]] > levels[pair[0]]
            && let (Some(above), Some(below)) = (version(readings, pair[0]), version(readings, pair[1]))
            && above.abbreviates(&below)
        {
            series.push(pair[0]);
        }
    }
    for index in series {
        readings[index].kind = Kind::Other;
    }
}

struct Builder<'a> {
    text: &'a str,
    changelog: &'a mut Changelog,
    current: Option<Section>,
}

impl Builder<'_> {
    fn heading(&mut self, heading: Heading, reading: Reading, role: Role) {
        match role {
            Role::Title => {
                self.close(heading.span.start);
                self.changelog.titles.push(heading);
            }
            Role::Section => {
                self.close(heading.span.start);
                self.current = Some(section(heading, reading));
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
    Section { heading, kind, version, date, yanked, link, flaw, body, end: body.end, summary, categories: Vec::new() }
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
