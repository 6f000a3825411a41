//! Markdown into the parts of a changelog. The only file that knows the Markdown parser.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use pulldown_cmark::{
    BrokenLink, CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, OffsetIter, Options, Parser, Tag, TagEnd,
};

use super::definition;
use super::heading::{self, Plain, PlainLink, trimmed};
use super::outline::{self, Part, PartKind};
use super::text::blank;
use super::{BlockKind, CATEGORIES, Changelog, Conflict, Definition, Entry, Footnote, Heading, Kind, Link, Unclosed};
use crate::finding::Span;

/// How often something that is never closed is read as if it had not been opened.
const REPAIRS: usize = 4;

pub(super) fn read(mut text: Cow<'_, str>, name: Option<&str>, changelog: &mut Changelog) {
    let mut document = Document::read(&text);
    for _ in 0..REPAIRS {
        let Some(unclosed) = document.unclosed else { break };
        changelog.unclosed.get_or_insert(unclosed);
        let end = next_structure(&text, unclosed.span.end, name);
        blank(text.to_mut(), Span::new(unclosed.span.start, end));
        document = Document::read(&text);
    }
    let Document { mut parts, definitions, footnotes, opaque, .. } = document;
    let lines = Lines::read(&text, &opaque, name);
    for part in &mut parts {
        if let PartKind::Heading(read) = &part.kind
            && let (heading, _) = &**read
            && heading.underlined
            && lines.conflicts.iter().any(|conflict| conflict.others.iter().any(|other| heading.span.contains(*other)))
        {
            part.kind = PartKind::Block(BlockKind::Paragraph);
        }
    }
    outline::insert(&mut parts, lines.headings);
    // White space that CommonMark does not know as such is a paragraph to it.
    parts.retain(|part| part.span.start < part.span.end);
    changelog.conflicts = lines.conflicts;
    changelog.footnotes = footnotes;
    for (index, definition) in definitions.iter().enumerate() {
        changelog.labels.entry(definition.key.clone()).or_insert(index);
    }
    changelog.definitions = definitions;
    outline::build(parts, &text, name, changelog);
}

/// The labels, as [`Definition::key`] has them, that links and images of a text use and that it does not define, of those
/// that are known elsewhere.
pub(super) fn undefined_labels(text: &str, is_known: impl Fn(&str) -> bool) -> HashSet<String> {
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
pub(super) fn footnote_references(text: &str) -> Vec<(String, usize)> {
    let events = Parser::new_ext(text, Options::ENABLE_FOOTNOTES).into_offset_iter();
    let references = events.filter_map(|(event, range)| match event {
        Event::FootnoteReference(label) => Some((definition::key(&label), range.start)),
        _ => None,
    });
    references.collect()
}

/// One reading of a whole text.
#[derive(Default)]
struct Document {
    parts: Vec<Part>,
    definitions: Vec<Definition>,
    footnotes: Vec<Footnote>,
    /// Code and HTML, in the order of the text: nothing in it is structure.
    opaque: Vec<Span>,
    unclosed: Option<Unclosed>,
}

impl Document {
    fn read(text: &str) -> Self {
        let mut events = Parser::new_ext(text, Options::ENABLE_FOOTNOTES).into_offset_iter();
        let known: Vec<Span> =
            events.reference_definitions().iter().map(|(_, definition)| definition.span.clone().into()).collect();
        let mut document = Self::default();
        let mut used = HashSet::new();
        let mut gap = 0;
        let mut found = Vec::new();
        while let Some((event, range)) = events.next() {
            definition::scan(text, Span::new(gap.min(range.start), range.start), &mut found);
            gap = document.block(&event, range, &mut events, text, &mut used).max(gap);
        }
        definition::scan(text, Span::new(gap.min(text.len()), text.len()), &mut found);
        let is_found = |span: &Span| found.binary_search_by_key(&span.start, |known| known.span.start).is_ok();
        let others: Vec<Span> = known.into_iter().filter(|span| !is_found(span)).collect();
        found.extend(others.into_iter().filter_map(|span| definition::at(text, span)));
        found.sort_by_key(|definition| definition.span.start);
        found.dedup_by_key(|definition| definition.span.start);
        for definition in &mut found {
            definition.is_used = used.contains(&definition.key);
        }
        document.definitions = found;
        document
    }

    /// Takes one block at the top, with everything inside it; answers where it ends. The parser lets lists and quotes run
    /// on over the definitions that follow them: they end with the last that they hold.
    fn block<'a>(
        &mut self,
        event: &Event<'a>,
        range: Range<usize>,
        events: &mut OffsetIter<'a>,
        text: &str,
        used: &mut HashSet<String>,
    ) -> usize {
        let end = range.end;
        let span = trimmed(range.into(), text);
        let kind = match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let plain = inline(events, text, used);
                self.parts.push(heading_part(*level, span, plain, text));
                return end;
            }
            Event::Start(Tag::List(_)) => None,
            Event::Start(Tag::CodeBlock(kind)) => {
                if matches!(kind, CodeBlockKind::Fenced(_))
                    && !is_fence_closed(&text[span.range()])
                    && is_last(span, text)
                {
                    self.unclosed = Some(Unclosed { span: first_line(span, text), is_comment: false });
                }
                self.opaque.push(span);
                Some(BlockKind::Code)
            }
            Event::Start(Tag::HtmlBlock) => {
                self.opaque.push(span);
                let source = &text[span.range()];
                if source.starts_with("<!--") && !source.contains("-->") {
                    self.unclosed = Some(Unclosed { span: Span::new(span.start, span.start + 4), is_comment: true });
                }
                let is_comment =
                    source.starts_with("<!--") && source.find("-->").is_some_and(|at| at + 3 == source.len());
                Some(if is_comment { BlockKind::Comment } else { BlockKind::Html })
            }
            Event::Start(Tag::BlockQuote(_)) => Some(BlockKind::Quote),
            Event::Start(Tag::FootnoteDefinition(_)) => Some(BlockKind::Footnote),
            Event::Rule => {
                self.parts.push(Part { kind: PartKind::Block(BlockKind::Rule), span });
                return end;
            }
            _ => Some(BlockKind::Paragraph),
        };
        let is_container =
            matches!(event, Event::Start(Tag::List(_) | Tag::BlockQuote(_) | Tag::FootnoteDefinition(_)));
        let at = self.parts.len();
        let held = if matches!(event, Event::Start(_)) {
            self.inside(span.start, kind.is_none(), events, text, used)
        } else {
            end
        };
        let end = if is_container { held } else { end };
        if let Some(kind) = kind {
            let span = if is_container { Span::new(span.start, end.max(span.start)) } else { span };
            if let Event::Start(Tag::FootnoteDefinition(label)) = event {
                self.footnotes.push(Footnote { key: definition::key(label), span: trimmed(span, text) });
            }
            self.parts.insert(at, Part { kind: PartKind::Block(kind), span });
        }
        end
    }

    /// Goes through what stands inside a block: the items of a list, code, links. Answers where the last of it ends.
    fn inside(
        &mut self,
        start: usize,
        is_list: bool,
        events: &mut OffsetIter<'_>,
        text: &str,
        used: &mut HashSet<String>,
    ) -> usize {
        let (mut depth, mut end, mut item) = (1_usize, start, start);
        for (event, range) in events.by_ref() {
            match event {
                Event::Start(tag) => {
                    match &tag {
                        Tag::Item => {
                            item = if depth == 1 { range.start } else { item };
                            end = end.max(range.start + bullet(&text[range]));
                        }
                        Tag::CodeBlock(_) | Tag::HtmlBlock => self.opaque.push(range.into()),
                        Tag::Link { link_type, id, .. } | Tag::Image { link_type, id, .. } => {
                            note_use(*link_type, id, used);
                        }
                        _ => {}
                    }
                    depth += 1;
                }
                Event::End(tag) => {
                    depth -= 1;
                    if !matches!(
                        tag,
                        TagEnd::Item | TagEnd::List(_) | TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition
                    ) {
                        end = end.max(range.end);
                    }
                    if depth == 1 && is_list && tag == TagEnd::Item {
                        let span = trimmed(Span::new(item, end), text);
                        let entry = Entry { span, is_placeholder: is_placeholder(&text[span.range()]) };
                        self.parts.push(Part { kind: PartKind::Entry(entry), span });
                    }
                    if depth == 0 {
                        return end;
                    }
                }
                leaf => {
                    end = end.max(range.end);
                    if matches!(leaf, Event::Code(_) | Event::InlineHtml(_)) && text[range.clone()].contains('\n') {
                        self.opaque.push(range.into());
                    }
                }
            }
        }
        end
    }
}

/// How long the marker is that an item begins with.
fn bullet(item: &str) -> usize {
    item.find(char::is_whitespace).unwrap_or(item.len())
}

fn note_use(kind: LinkType, id: &CowStr<'_>, used: &mut HashSet<String>) {
    if matches!(kind, LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut) {
        used.insert(definition::key(id));
    }
}

fn heading_part(level: HeadingLevel, span: Span, plain: Plain, text: &str) -> Part {
    let source = &text[span.range()];
    let underlined = !source.starts_with('#');
    let content = if underlined {
        Span::new(span.start, span.start + source.rfind('\n').unwrap_or(source.len()))
    } else {
        let marks = source.len() - source.trim_start_matches('#').len();
        // A closing sequence of marks counts only after white space.
        let open = source.trim_end_matches('#');
        let closed = if open.ends_with([' ', '\t']) || open.len() <= marks { open.len() } else { source.len() };
        Span::new(span.start + marks, span.start + closed.max(marks))
    };
    let heading = Heading { span, text: trimmed(content, text), level: level as usize, spaced: true, underlined };
    Part { span, kind: PartKind::Heading(Box::new((heading, plain))) }
}

/// The text of a heading up to its end.
fn inline(events: &mut OffsetIter<'_>, text: &str, used: &mut HashSet<String>) -> Plain {
    let mut plain = Plain::default();
    let mut images = 0_usize;
    for (event, range) in events.by_ref() {
        let span: Span = range.into();
        match event {
            Event::Start(Tag::Image { link_type, id, .. }) => {
                note_use(link_type, &id, used);
                images += 1;
            }
            Event::End(TagEnd::Image) => images -= 1,
            Event::Start(Tag::Link { link_type, dest_url, id, .. }) if images == 0 => {
                note_use(link_type, &id, used);
                plain.links.push(plain_link(link_type, &dest_url, &id, span, text));
            }
            Event::End(TagEnd::Heading(_) | TagEnd::Paragraph) => break,
            Event::Text(content) if images == 0 => plain.push(&content, span, text),
            Event::Code(content) if images == 0 => {
                let ticks = text[span.range()].bytes().take_while(|byte| *byte == b'`').count();
                let inner = Span::new(span.start + ticks, (span.end - ticks).max(span.start + ticks));
                plain.push(&content, trimmed(inner, text), text);
            }
            Event::SoftBreak | Event::HardBreak => plain.push(" ", span, text),
            _ => {}
        }
    }
    plain
}

fn plain_link(kind: LinkType, destination: &str, id: &str, span: Span, text: &str) -> PlainLink {
    let source = &text[span.range()];
    let inner_end = closing_bracket(source).unwrap_or(source.len());
    let inner = Span::new(span.start + 1.min(inner_end), span.start + inner_end);
    let link = match kind {
        LinkType::Reference => {
            let label = source[inner_end..].find('[').map_or(inner, |at| {
                let start = span.start + inner_end + at + 1;
                Span::new(start, span.end.saturating_sub(1).max(start))
            });
            Link::Reference { label, key: definition::key(id) }
        }
        LinkType::Collapsed | LinkType::Shortcut => Link::Reference { label: inner, key: definition::key(id) },
        _ => {
            let after = source[inner_end..].find('(').map_or(span.end, |at| span.start + inner_end + at + 1);
            let start = text[after..span.end].find(destination).map_or(after, |at| after + at);
            let end = (start + destination.len()).min(span.end);
            let end = if text.is_char_boundary(end) { end } else { span.end };
            Link::Inline { destination: destination.to_owned(), span: Span::new(start.min(end), end) }
        }
    };
    PlainLink { span, text: inner, link }
}

/// Where the bracket closes that a text begins with.
fn closing_bracket(source: &str) -> Option<usize> {
    let (mut depth, mut escaped) = (0_usize, false);
    for (at, byte) in source.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'[' => depth += 1,
            b']' if depth == 1 => return Some(at),
            b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
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

fn is_last(span: Span, text: &str) -> bool {
    text[span.end..].trim().is_empty()
}

fn first_line(span: Span, text: &str) -> Span {
    let line = &text[span.range()];
    trimmed(Span::new(span.start, span.start + line.find('\n').unwrap_or(line.len())), text)
}

/// Whether the last line of a fenced block closes it.
fn is_fence_closed(block: &str) -> bool {
    let Some(mark) = block.chars().next() else { return true };
    let opening = block.len() - block.trim_start_matches(mark).len();
    let Some((_, last)) = block.rsplit_once('\n') else { return false };
    let last = last.trim();
    last.len() >= opening && last.chars().all(|c| c == mark)
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
    Some(Part { span, kind: PartKind::Heading(Box::new((heading, plain))) })
}
