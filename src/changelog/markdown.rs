//! Markdown into the parts of a changelog.

use std::borrow::Cow;
use std::collections::HashSet;
use std::rc::Rc;

use pulldown_cmark::{BrokenLink, Event, LinkType, Options, Parser, Tag};

use super::blocks::Document;
use super::definition;
use super::heading::{self, Plain, trimmed};
use super::outline::{self, Part, PartKind};
use super::pieces::{self, Pieces};
use super::text::blank;
use super::{BlockKind, CATEGORIES, Changelog, Conflict, Heading, Kind, Link};
use crate::finding::Span;

/// How often something that is never closed is read as if it had not been opened.
const REPAIRS: usize = 4;

pub(super) fn read(mut text: Cow<'_, str>, name: Option<&str>, known: &mut Pieces, changelog: &mut Changelog) {
    let mut document = pieces::read(&text, name, known);
    for _ in 0..REPAIRS {
        let Some(unclosed) = document.unclosed else { break };
        changelog.unclosed.get_or_insert(unclosed);
        let end = next_structure(&text, unclosed.span.end, name);
        blank(text.to_mut(), Span::new(unclosed.span.start, end));
        document = pieces::read(&text, name, known);
    }
    state(document, &text, name, changelog);
}

/// What the parts of a text say.
pub(super) fn state(document: Document, text: &str, name: Option<&str>, changelog: &mut Changelog) {
    let Document { mut parts, definitions, footnotes, opaque, used, labels, .. } = document;
    let lines = Lines::read(text, &opaque, name);
    for part in &mut parts {
        if let PartKind::Heading(read) = &part.kind
            && read.0.underlined
            && lines.conflicts.iter().any(|conflict| conflict.others.iter().any(|other| part.span.contains(*other)))
        {
            part.kind = PartKind::Block(BlockKind::Paragraph);
        }
    }
    outline::insert(&mut parts, lines.headings);
    // White space that CommonMark does not know as such is a paragraph to it.
    parts.retain(|part| part.span.start < part.span.end);
    changelog.conflicts = lines.conflicts;
    changelog.footnotes = footnotes;
    changelog.labels = labels;
    changelog.definitions = definitions;
    outline::build(parts, text, changelog);
    use_definitions(changelog, &used);
}

/// Headings use definitions too, those that a parser does not see as links included.
fn use_definitions(changelog: &mut Changelog, used: &[Rc<str>]) {
    let Changelog { definitions, labels, sections, .. } = changelog;
    let mut linked = Vec::with_capacity(sections.len());
    for section in sections {
        if let Link::Reference { key, .. } = &section.link
            && let Some(index) = labels.get(key)
        {
            section.definition = Some(*index);
            definitions[*index].is_used = true;
            linked.push(key);
        }
    }
    // The parser has seen most of these, in the same order.
    let mut linked = linked.into_iter().peekable();
    for key in used {
        if linked.next_if(|linked| Rc::ptr_eq(linked, key)).is_none()
            && let Some(index) = labels.get(key)
        {
            definitions[*index].is_used = true;
        }
    }
    if labels.len() < definitions.len() {
        for index in 0..definitions.len() {
            let first = labels.get(&definitions[index].key).copied().unwrap_or(index);
            definitions[index].is_used = definitions[first].is_used;
        }
    }
}

/// The labels, as [`Definition::key`] has them, that links and images of a text use and that it does not define, of those
/// that are known elsewhere.
pub(super) fn undefined_labels(text: &str, is_known: impl Fn(&str) -> bool) -> HashSet<Rc<str>> {
    let mut known = |link: BrokenLink<'_>| is_known(&definition::key(&link.reference)).then(|| ("-".into(), "".into()));
    let mut labels = HashSet::new();
    for event in Parser::new_with_broken_link_callback(text, Options::empty(), Some(&mut known)) {
        if let Event::Start(Tag::Link { link_type, id, .. } | Tag::Image { link_type, id, .. }) = event
            && matches!(link_type, LinkType::ReferenceUnknown | LinkType::CollapsedUnknown | LinkType::ShortcutUnknown)
        {
            labels.insert(definition::key(&id));
        }
    }
    labels
}

/// The labels, as [`Footnote::key`] has them, of the footnotes that a text refers to and has, and where it does.
pub(super) fn footnote_references(text: &str) -> Vec<(Rc<str>, usize)> {
    let events = Parser::new_ext(text, Options::ENABLE_FOOTNOTES).into_offset_iter();
    let references = events.filter_map(|(event, range)| match event {
        Event::FootnoteReference(label) => Some((definition::key(&label), range.start)),
        _ => None,
    });
    references.collect()
}

/// An entry that only holds the place of one.
pub(super) fn is_placeholder(item: &str) -> bool {
    let marker = item.trim_start_matches(|c: char| c.is_ascii_digit());
    let text = marker.strip_prefix(['-', '*', '+', '.', ')', '#']).unwrap_or(marker).trim();
    let text = if text.starts_with("<!--") && text.ends_with("-->") { "" } else { text };
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
    // The last one is what zest.releaser begins a section with.
    let nothing = [
        "",
        "n/a",
        "na",
        "none",
        "nothing",
        "nothing yet",
        "tbd",
        "todo",
        "tba",
        "no changes",
        "no changes yet",
        "nothing changed yet",
    ];
    bare.len() < 20 && nothing.iter().any(|word| bare.eq_ignore_ascii_case(word))
}

/// Where, after something that is never closed, the changelog plainly goes on.
fn next_structure(text: &str, from: usize, name: Option<&str>) -> usize {
    let mut at = from;
    for line in text[from..].split_inclusive('\n') {
        let content = line.trim_end();
        let marks = content.len() - content.trim_start_matches('#').len();
        let heading = content[marks..].trim();
        let goes_on = match marks {
            0 => definition::at(text, Span::new(at, at + content.len())).is_some(),
            2.. if CATEGORIES.iter().any(|category| category.eq_ignore_ascii_case(heading)) => true,
            2.. => {
                let span = trimmed(Span::new(at + marks, at + content.len()), text);
                heading::read(&Plain::of(text, span), span, text, name).kind != Kind::Other
            }
            _ => false,
        };
        if goes_on && at > from {
            return at;
        }
        at += line.len();
    }
    text.len()
}

/// What is only seen line by line: conflict markers, and headings that CommonMark takes for text.
#[derive(Default)]
struct Lines {
    conflicts: Vec<Conflict>,
    headings: Vec<Part>,
}

impl Lines {
    fn read(text: &str, opaque: &[Span], name: Option<&str>) -> Self {
        let mut lines = Self::default();
        let mut open = false;
        let mut opaque = opaque.iter().peekable();
        let mut at = 0;
        let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1);
        let rest = (!text.is_empty() && !text.ends_with('\n')).then_some(text.len());
        for end in ends.chain(rest) {
            let (start, line) = (at, &text[at..end]);
            at = end;
            if !matches!(line.as_bytes()[0], b'#' | b' ' | b'<' | b'=' | b'>' | b'|') {
                continue;
            }
            while opaque.peek().is_some_and(|span| span.end <= start) {
                opaque.next();
            }
            if opaque.peek().is_some_and(|span| span.start <= start) {
                continue;
            }
            let span = Span::new(start, start + line.trim_end().len());
            // Spaces at the very top may be a byte-order mark, behind which lines begin.
            let marker = if start == 0 { trimmed(span, text) } else { span };
            open = lines.conflict(marker, &text[marker.range()], open);
            if let Some(part) = lookalike(text, span, name) {
                lines.headings.push(part);
            }
        }
        lines
    }

    /// Takes a conflict marker; answers whether a conflict is open after this line.
    fn conflict(&mut self, span: Span, line: &str, open: bool) -> bool {
        let is = |mark: &str| line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        if is("<<<<<<<") {
            self.conflicts.push(Conflict { opening: span, others: Vec::new() });
            return true;
        }
        let closes = is(">>>>>>>") && line.len() > 7;
        if open && (closes || line == "=======" || is("|||||||")) {
            if let Some(conflict) = self.conflicts.last_mut() {
                conflict.others.push(span);
            }
            return !closes;
        }
        if closes {
            self.conflicts.push(Conflict { opening: span, others: Vec::new() });
        }
        open
    }
}

/// `##[1.0.0]` or `###Fixed`: a heading but for the space after the marks.
fn lookalike(text: &str, span: Span, name: Option<&str>) -> Option<Part> {
    let line = &text[span.range()];
    let indent = line.len() - line.trim_start_matches(' ').len();
    let rest = &line[indent..];
    let level = rest.len() - rest.trim_start_matches('#').len();
    let content = rest[level..].trim();
    if indent > 3 || !(1..=6).contains(&level) || rest[level..].starts_with([' ', '\t']) || content.is_empty() {
        return None;
    }
    let source = trimmed(Span::new(span.start + indent + level, span.end), text);
    let plain = Plain::of(text, source);
    let reading = heading::read(&plain, source, text, name);
    // Behind a single mark stands the number of an issue or a word to be found by, too.
    let is_section = reading.is_literal && reading.kind != Kind::Other && (level > 1 || content.starts_with('['));
    if level == 1 && !is_section {
        return None;
    }
    if !is_section && !CATEGORIES.iter().any(|category| category.eq_ignore_ascii_case(content)) {
        return None;
    }
    let span = Span::new(span.start + indent, span.end);
    let heading = Heading { span, text: source, level, spaced: false, underlined: false };
    Some(Part::heading(heading, reading))
}
