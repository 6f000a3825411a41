//! What a Markdown parser sees in a text, or in a piece of one: headings, entries, other blocks, definitions.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use pulldown_cmark::{
    BrokenLink, BrokenLinkCallback, CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, OffsetIter, Options, Parser,
    Tag, TagEnd,
};

use super::definition;
use super::heading::{self, Plain, PlainLink, trimmed};
use super::markdown::is_placeholder;
use super::outline::{Part, PartKind};
use super::{BlockKind, Definition, Footnote, Heading, Link, Unclosed};
use crate::finding::Span;

/// How long a part usually is, in bytes.
pub(super) const USUAL_PART: usize = 64;

/// One reading of a text.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) parts: Vec<Part>,
    /// Of none it is said yet whether it is used.
    pub(super) definitions: Vec<Definition>,
    /// Those that stand inside of something: the parser tells only the first of a label.
    pub(super) contained: Vec<Definition>,
    pub(super) footnotes: Vec<Footnote>,
    /// Code and HTML, in the order of the text: nothing in it is structure.
    pub(super) opaque: Vec<Span>,
    pub(super) unclosed: Option<Unclosed>,
    /// The labels that links use, as [`Definition::key`] has them.
    pub(super) used: Vec<Rc<str>>,
    /// The first definition of each label; empty where that is still to be found out.
    pub(super) labels: HashMap<Rc<str>, usize>,
}

/// What the reading of a piece of a text depends on beside the piece itself, and what the others learn from it.
#[derive(Debug, Default)]
pub(super) struct Labels {
    /// The labels that the piece defines, as [`Definition::key`] has them.
    pub(super) defined: Vec<Rc<str>>,
    /// Those that it does not define: each with what was answered to whether another piece does.
    pub(super) asked: Vec<(Rc<str>, bool)>,
}

/// How a piece of a text is told from the text that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// By the end of the text.
    End,
    /// By a heading.
    Heading,
    /// By a link reference definition.
    Definition,
}

/// Why a piece of a text cannot be read alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Something goes on over its end.
    GoesOn,
    /// It has labels that are compared in a way that only the whole text shows.
    Unclear,
}

impl Document {
    /// The reading of a whole text; `name` is the package's.
    pub(super) fn of(text: &str, name: Option<&str>) -> Self {
        let mut nothing = |_: BrokenLink<'_>| None::<(CowStr<'_>, CowStr<'_>)>;
        let events = Parser::new_with_broken_link_callback(text, Options::ENABLE_FOOTNOTES, Some(&mut nothing));
        let events = events.into_offset_iter();
        let known = definition_spans(&events);
        let mut reader = Reader { text, name, document: Self::default() };
        reader.read(events, text.len());
        reader.finish(known, text.len()).settled()
    }

    /// Puts the definitions that stand inside of something among the others, as far as they are the first of their label.
    pub(super) fn settled(mut self) -> Self {
        if !self.contained.is_empty() {
            let mut first: HashMap<Rc<str>, usize> = HashMap::new();
            for Definition { key, span, .. } in self.definitions.iter().chain(&self.contained) {
                let start = first.entry(key.clone()).or_insert(span.start);
                *start = span.start.min(*start);
            }
            self.contained.retain(|definition| first.get(&definition.key) == Some(&definition.span.start));
            self.definitions.append(&mut self.contained);
        }
        if !self.definitions.is_sorted_by_key(|definition| definition.span.start) {
            self.definitions.sort_by_key(|definition| definition.span.start);
        }
        self.definitions.dedup_by_key(|definition| definition.span.start);
        if self.labels.len() < self.definitions.len() {
            self.labels = first_of_labels(&self.definitions);
        }
        self
    }

    /// The reading of `text` up to `end`, where the line begins that tells the piece from what follows; the text ends with
    /// that line. `is_defined` answers whether another piece of the text defines a label.
    ///
    /// # Errors
    /// Where a piece that ends there cannot be read alone.
    pub(super) fn of_piece(
        text: &str,
        end: usize,
        ending: Ending,
        name: Option<&str>,
        is_defined: &dyn Fn(&str) -> bool,
    ) -> Result<(Self, Labels), Refusal> {
        let asked = RefCell::new(Some(Vec::new()));
        let mut answer = |link: BrokenLink<'_>| {
            if !may_be_ascii(&link.reference) {
                return None;
            }
            let Some(key) = plain_key(&link.reference) else {
                asked.replace(None);
                return None;
            };
            let is_defined = is_defined(&key);
            if let Some(asked) = &mut *asked.borrow_mut() {
                asked.push((key, is_defined));
            }
            is_defined.then(|| (CowStr::from(""), CowStr::from("")))
        };
        let events = Parser::new_with_broken_link_callback(text, Options::ENABLE_FOOTNOTES, Some(&mut answer));
        let events = events.into_offset_iter();
        let known = definition_spans(&events);
        let labels = events.reference_definitions().iter();
        let defined: Option<Vec<Rc<str>>> =
            labels.filter(|(_, definition)| definition.span.start < end).map(|(label, _)| plain_key(label)).collect();
        // Growing costs as much as reading.
        let parts = Vec::with_capacity(end / USUAL_PART);
        let mut reader = Reader { text, name, document: Self { parts, ..Self::default() } };
        let next = reader.read(events, end);
        let is_apart = match ending {
            Ending::End => next.is_none(),
            Ending::Heading => next == Some(Next { at: end, is_heading: true }),
            Ending::Definition => next.is_none() && known.iter().any(|span| span.start == end),
        };
        let last = reader.document.parts.iter().map(|part| part.span.end).max();
        if !is_apart || last.is_some_and(|last| last > end) {
            return Err(Refusal::GoesOn);
        }
        let (Some(defined), Some(asked)) = (defined, asked.into_inner()) else { return Err(Refusal::Unclear) };
        let known = known.into_iter().filter(|span| span.start < end).collect();
        Ok((reader.finish(known, end), Labels { defined, asked }))
    }
}

/// Where the first definition of each label stands among all.
pub(super) fn first_of_labels(definitions: &[Definition]) -> HashMap<Rc<str>, usize> {
    let mut labels = HashMap::with_capacity(definitions.len());
    for (index, definition) in definitions.iter().enumerate() {
        labels.entry(Rc::clone(&definition.key)).or_insert(index);
    }
    labels
}

/// The key of a label, where the ways to compare labels do not differ.
fn plain_key(label: &str) -> Option<Rc<str>> {
    let is_plain = |byte: u8| byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t' | b'\n');
    (label.bytes().all(is_plain) && label.trim().len() == label.len()).then(|| definition::key(label))
}

/// Whether a label may be the same as one of ASCII alone when case is folded.
fn may_be_ascii(label: &str) -> bool {
    let folds_to_ascii = |c: char| matches!(c, 'ß' | 'ẞ' | 'ſ' | '\u{212a}' | '\u{fb00}'..='\u{fb06}');
    label.chars().all(|c| c.is_ascii() || folds_to_ascii(c))
}

fn definition_spans<'a, F: BrokenLinkCallback<'a>>(events: &OffsetIter<'a, F>) -> Vec<Span> {
    events.reference_definitions().iter().map(|(_, definition)| definition.span.clone().into()).collect()
}

/// The first block that is not read.
#[derive(PartialEq, Eq)]
struct Next {
    at: usize,
    is_heading: bool,
}

struct Reader<'t> {
    text: &'t str,
    name: Option<&'t str>,
    document: Document,
}

impl<'t> Reader<'t> {
    /// Reads all blocks before `end`; answers which is the next.
    fn read<F: BrokenLinkCallback<'t>>(&mut self, mut events: OffsetIter<'t, F>, end: usize) -> Option<Next> {
        let mut gap = 0;
        let mut next = None;
        while let Some((event, range)) = events.next() {
            if range.start >= end && end < self.text.len() {
                let is_heading = matches!(event, Event::Start(Tag::Heading { .. }));
                next = Some(Next { at: range.start, is_heading });
                break;
            }
            self.definitions(gap.min(range.start), range.start);
            gap = self.block(&event, range, &mut events).max(gap);
        }
        self.definitions(gap.min(end), end);
        next
    }

    fn definitions(&mut self, start: usize, end: usize) {
        definition::scan(self.text, Span::new(start, end), &mut self.document.definitions);
    }

    /// `known` are the definitions that the parser knows of, wherever they stand.
    fn finish(mut self, known: Vec<Span>, end: usize) -> Document {
        let found = &self.document.definitions;
        let is_found = |span: &Span| found.binary_search_by_key(&span.start, |known| known.span.start).is_ok();
        let others: Vec<Span> = known.into_iter().filter(|span| span.start < end && !is_found(span)).collect();
        let others = others.into_iter().filter_map(|span| definition::at(self.text, span));
        self.document.contained = others.collect();
        self.document
    }

    /// Takes one block at the top, with everything inside it; answers where it ends. The parser lets lists and quotes run
    /// on over the definitions that follow them: they end with the last that they hold.
    fn block<F: BrokenLinkCallback<'t>>(
        &mut self,
        event: &Event<'t>,
        range: Range<usize>,
        events: &mut OffsetIter<'t, F>,
    ) -> usize {
        let text = self.text;
        let end = range.end;
        let span = trimmed(range.into(), text);
        let kind = match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let plain = self.inline(events);
                let part = self.heading(*level, span, &plain);
                self.document.parts.push(part);
                return end;
            }
            Event::Start(Tag::List(_)) => None,
            Event::Start(Tag::CodeBlock(kind)) => {
                if matches!(kind, CodeBlockKind::Fenced(_))
                    && !is_fence_closed(&text[span.range()])
                    && is_last(span, text)
                {
                    self.document.unclosed = Some(Unclosed { span: first_line(span, text), is_comment: false });
                }
                self.document.opaque.push(span);
                Some(BlockKind::Code)
            }
            Event::Start(Tag::HtmlBlock) => {
                self.document.opaque.push(span);
                let source = &text[span.range()];
                if source.starts_with("<!--") && !source.contains("-->") {
                    self.document.unclosed =
                        Some(Unclosed { span: Span::new(span.start, span.start + 4), is_comment: true });
                }
                let is_comment =
                    source.starts_with("<!--") && source.find("-->").is_some_and(|at| at + 3 == source.len());
                Some(if is_comment { BlockKind::Comment } else { BlockKind::Html })
            }
            Event::Start(Tag::BlockQuote(_)) => Some(BlockKind::Quote),
            Event::Start(Tag::FootnoteDefinition(_)) => Some(BlockKind::Footnote),
            Event::Rule => {
                self.document.parts.push(Part::new(span, PartKind::Block(BlockKind::Rule)));
                return end;
            }
            _ => Some(BlockKind::Paragraph),
        };
        let is_container =
            matches!(event, Event::Start(Tag::List(_) | Tag::BlockQuote(_) | Tag::FootnoteDefinition(_)));
        let at = self.document.parts.len();
        let held = if matches!(event, Event::Start(_)) { self.inside(span.start, kind.is_none(), events) } else { end };
        let end = if is_container { held } else { end };
        if let Some(kind) = kind {
            let span = if is_container { Span::new(span.start, end.max(span.start)) } else { span };
            if let Event::Start(Tag::FootnoteDefinition(label)) = event {
                self.document.footnotes.push(Footnote { key: definition::key(label), span: trimmed(span, text) });
            }
            self.document.parts.insert(at, Part::new(span, PartKind::Block(kind)));
        }
        end
    }

    /// Goes through what stands inside a block: the items of a list, code, links. Answers where the last of it ends.
    fn inside<F: BrokenLinkCallback<'t>>(
        &mut self,
        start: usize,
        is_list: bool,
        events: &mut OffsetIter<'t, F>,
    ) -> usize {
        let text = self.text;
        let (mut depth, mut end, mut item) = (1_usize, start, start);
        for (event, range) in events.by_ref() {
            match event {
                Event::Start(tag) => {
                    match &tag {
                        Tag::Item => {
                            item = if depth == 1 { range.start } else { item };
                            end = end.max(range.start + bullet(&text[range]));
                        }
                        Tag::CodeBlock(_) | Tag::HtmlBlock => self.document.opaque.push(range.into()),
                        Tag::Link { link_type, id, .. } | Tag::Image { link_type, id, .. } => {
                            self.note_use(*link_type, id);
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
                        let kind = PartKind::Entry { is_placeholder: is_placeholder(&text[span.range()]) };
                        self.document.parts.push(Part::new(span, kind));
                    }
                    if depth == 0 {
                        return end;
                    }
                }
                leaf => {
                    end = end.max(range.end);
                    if matches!(leaf, Event::Code(_) | Event::InlineHtml(_)) && text[range.clone()].contains('\n') {
                        self.document.opaque.push(range.into());
                    }
                }
            }
        }
        end
    }

    fn note_use(&mut self, kind: LinkType, id: &CowStr<'_>) {
        if is_reference(kind) {
            self.document.used.push(definition::key(id));
        }
    }

    fn heading(&self, level: HeadingLevel, span: Span, plain: &Plain) -> Part {
        let text = self.text;
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
        let content = trimmed(content, text);
        let heading = Heading { span, text: content, level: level as usize, spaced: true, underlined };
        let reading = heading::read(plain, content, text, self.name);
        Part::heading(heading, reading)
    }

    /// The text of a heading up to its end.
    fn inline<F: BrokenLinkCallback<'t>>(&mut self, events: &mut OffsetIter<'t, F>) -> Plain {
        let text = self.text;
        let mut plain = Plain::default();
        let mut images = 0_usize;
        for (event, range) in events.by_ref() {
            let span: Span = range.into();
            match event {
                Event::Start(Tag::Image { link_type, id, .. }) => {
                    self.note_use(link_type, &id);
                    images += 1;
                }
                Event::End(TagEnd::Image) => images -= 1,
                Event::Start(Tag::Link { link_type, dest_url, id, .. }) if images == 0 => {
                    let link = plain_link(link_type, &dest_url, &id, span, text);
                    if let Link::Reference { key, .. } = &link.link {
                        self.document.used.push(Rc::clone(key));
                    }
                    plain.links.push(link);
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
}

/// Whether a link names a definition, be it one of another piece.
fn is_reference(kind: LinkType) -> bool {
    use LinkType::{Collapsed, CollapsedUnknown, Reference, ReferenceUnknown, Shortcut, ShortcutUnknown};
    matches!(kind, Reference | Collapsed | Shortcut | ReferenceUnknown | CollapsedUnknown | ShortcutUnknown)
}

/// How long the marker is that an item begins with.
fn bullet(item: &str) -> usize {
    item.find(char::is_whitespace).unwrap_or(item.len())
}

fn plain_link(kind: LinkType, destination: &str, id: &str, span: Span, text: &str) -> PlainLink {
    let source = &text[span.range()];
    let inner_end = closing_bracket(source).unwrap_or(source.len());
    let inner = Span::new(span.start + 1.min(inner_end), span.start + inner_end);
    let link = match kind {
        LinkType::Reference | LinkType::ReferenceUnknown => {
            let label = source[inner_end..].find('[').map_or(inner, |at| {
                let start = span.start + inner_end + at + 1;
                Span::new(start, span.end.saturating_sub(1).max(start))
            });
            Link::Reference { label, key: definition::key(id) }
        }
        kind if is_reference(kind) => Link::Reference { label: inner, key: definition::key(id) },
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
