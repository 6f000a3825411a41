//! reStructuredText and plain text into the parts of a changelog: headings by their adornment, entries by their bullets.

use std::collections::HashSet;

use super::heading::{self, Plain};
use super::markdown::is_placeholder;
use super::outline::{self, Part, PartKind};
use super::{BlockKind, Changelog, Conflict, Heading, Kind};
use crate::finding::Span;

/// The characters that docutils takes for adornments.
const ADORNMENTS: &str = "=-`:'\"~^_*+#<>.";

/// Headings without any adornment, as a style of their own.
const BARE: (char, bool) = (' ', false);

/// In bytes: a line that names a version and a day and nothing else is shorter.
const LONGEST_BARE: usize = 80;

pub(super) fn read(text: &str, name: Option<&str>, changelog: &mut Changelog) {
    let lines = lines(text);
    let mut reader = Reader { text, lines: &lines, name, styles: Vec::new(), parts: Vec::new(), conflicts: Vec::new() };
    reader.read();
    let Reader { parts, conflicts, .. } = reader;
    changelog.conflicts = conflicts;
    outline::build(parts, text, changelog);
}

/// Every line without its end and without white space at its end.
fn lines(text: &str) -> Vec<Span> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let span = Span::new(at, at + line.trim_end().len());
            at += line.len();
            span
        })
        .collect()
}

struct Reader<'a> {
    text: &'a str,
    lines: &'a [Span],
    name: Option<&'a str>,
    /// Adornments in the order in which they first appear: their place is the level. An overline makes another one.
    styles: Vec<(char, bool)>,
    parts: Vec<Part>,
    conflicts: Vec<Conflict>,
}

impl<'a> Reader<'a> {
    fn line(&self, index: usize) -> &'a str {
        self.lines.get(index).map_or("", |span| &self.text[span.range()])
    }

    fn read(&mut self) {
        let mut index = 0;
        while index < self.lines.len() {
            index = self
                .heading(index)
                .or_else(|| self.markdown_heading(index))
                .or_else(|| self.bare_heading(index))
                .unwrap_or_else(|| self.content(index));
        }
    }

    /// A line with an adornment below it, and perhaps the same above it; answers which line comes after.
    fn heading(&mut self, index: usize) -> Option<usize> {
        let over = adornment(self.line(index)).filter(|_| {
            !self.line(index + 1).is_empty() && self.line(index + 2) == self.line(index) && self.line(index).len() > 1
        });
        let at = if over.is_some() { index + 1 } else { index };
        let title = self.line(at);
        let below = self.line(at + 1);
        let mark = adornment(below)?;
        let indented = title.starts_with([' ', '\t']) && over.is_none();
        let width = title.trim().chars().count();
        // docutils wants an adornment as long as the title, and accepts a shorter one of four characters with a warning.
        let long_enough = below.len() >= width.min(4);
        if title.is_empty() || indented || !long_enough || adornment(title).is_some() || below.len() < 2 {
            return None;
        }
        let level = self.level((mark, over.is_some()));
        let start = self.lines[index].start;
        let span = Span::new(start, self.lines[at + 1].end);
        let text_span = heading::trimmed(self.lines[at], self.text);
        self.push_heading(span, text_span, level, true);
        Some(at + 2)
    }

    /// How deep the headings of a style stand, from 1 on.
    fn level(&mut self, style: (char, bool)) -> usize {
        let known = self.styles.iter().position(|known| *known == style).unwrap_or_else(|| {
            self.styles.push(style);
            self.styles.len() - 1
        });
        (known + 1).min(6)
    }

    /// Plain text often has headings as Markdown does.
    fn markdown_heading(&mut self, index: usize) -> Option<usize> {
        let line = self.line(index);
        let level = line.len() - line.trim_start_matches('#').len();
        if !(1..=6).contains(&level) || !line[level..].starts_with(' ') {
            return None;
        }
        let span = self.lines[index];
        let text_span = heading::trimmed(Span::new(span.start + level, span.end), self.text);
        if text_span.start == text_span.end {
            return None;
        }
        self.push_heading(span, text_span, level, false);
        Some(index + 1)
    }

    /// Older plain text has nothing but the version, and perhaps the date, in a line of its own, with entries below it.
    fn bare_heading(&mut self, index: usize) -> Option<usize> {
        let (span, line, below) = (self.lines[index], self.line(index), self.line(index + 1));
        let is_indented = |line: &str| line.starts_with([' ', '\t']);
        let above = index.checked_sub(1).map_or("", |above| self.line(above));
        let stands_alone = above.is_empty() || adornment(above).is_some();
        if !stands_alone || line.len() > LONGEST_BARE || is_indented(line) || is_bullet(line) {
            return None;
        }
        let reading = heading::read(&plain(self.text, span), span, self.text, self.name);
        let is_form = reading.flaw.as_ref().is_none_or(|flaw| flaw.repair.is_some());
        let dated = reading.date.as_ref().zip(reading.version.as_ref());
        let is_first = dated.is_none_or(|(date, version)| version.span.start < date.span.start);
        let has_entries = |line: &str| is_indented(line) || is_bullet(line);
        let next = if below.is_empty() { self.line(index + 2) } else { below };
        let is_followed = has_entries(next) || (reading.date.is_some() && below.is_empty());
        if reading.kind != Kind::Release || !is_form || !is_first || !is_followed {
            return None;
        }
        let level = self.level(BARE);
        self.push_heading(span, span, level, false);
        Some(index + 1)
    }

    fn push_heading(&mut self, span: Span, text_span: Span, level: usize, underlined: bool) {
        let reading = heading::read(&plain(self.text, text_span), text_span, self.text, self.name);
        let heading = Heading { span, text: text_span, level, spaced: true, underlined };
        self.parts.push(Part::heading(heading, reading));
    }

    /// Anything else; answers which line comes after.
    fn content(&mut self, index: usize) -> usize {
        // Spaces at the very top may be a byte-order mark, behind which lines begin.
        let span = if index == 0 { heading::trimmed(self.lines[0], self.text) } else { self.lines[index] };
        let line = &self.text[span.range()];
        if line.is_empty() {
            return index + 1;
        }
        if line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ") {
            let opens = line.starts_with('<') || self.conflicts.is_empty();
            match self.conflicts.last_mut() {
                Some(conflict) if !opens => conflict.others.push(span),
                _ => self.conflicts.push(Conflict { opening: span, others: Vec::new() }),
            }
            return index + 1;
        }
        let next = if adornment(line).is_some() { index + 1 } else { self.end_of_block(index) };
        let whole = Span::new(span.start, self.lines[next - 1].end.max(span.end));
        let kind = if is_bullet(line) {
            PartKind::Entry { is_placeholder: is_placeholder(&self.text[whole.range()]) }
        } else if is_explicit(line) {
            PartKind::Block(if target_name(line).is_some() || line == ".." || is_comment(line) {
                BlockKind::Comment
            } else {
                BlockKind::Code
            })
        } else if adornment(line).is_some() {
            PartKind::Block(BlockKind::Rule)
        } else {
            PartKind::Block(BlockKind::Paragraph)
        };
        self.parts.push(Part::new(whole, kind));
        next
    }

    /// A bullet and a directive go on with every indented line, a paragraph until the next blank line, bullet or heading.
    fn end_of_block(&self, index: usize) -> usize {
        let first = self.line(index);
        let hangs = is_bullet(first) || is_explicit(first);
        let mut next = index + 1;
        let mut end = next;
        while next < self.lines.len() {
            let line = self.line(next);
            let indented = line.starts_with([' ', '\t']);
            if line.is_empty() {
                if !hangs {
                    break;
                }
            } else if hangs && indented {
                end = next + 1;
            } else if hangs
                || is_bullet(line)
                || adornment(self.line(next + 1)).is_some()
                || line.starts_with("# ")
                || line.starts_with("## ")
            {
                break;
            } else {
                end = next + 1;
            }
            next += 1;
        }
        end
    }
}

/// The character that a whole line repeats.
fn adornment(line: &str) -> Option<char> {
    let first = line.chars().next().filter(|c| ADORNMENTS.contains(*c))?;
    (line.len() >= 2 && line.chars().all(|c| c == first)).then_some(first)
}

fn is_bullet(line: &str) -> bool {
    let line = line.trim_start();
    let marked = line.strip_prefix(['-', '*', '+', '\u{2022}']).or_else(|| line.strip_prefix("#.")).or_else(|| {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() < line.len() { rest.strip_prefix(['.', ')']) } else { None }
    });
    marked.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// A directive, a target, a comment.
fn is_explicit(line: &str) -> bool {
    line == ".." || line.starts_with(".. ")
}

fn is_comment(line: &str) -> bool {
    !line.contains("::") && !line.starts_with(".. [") && !line.starts_with(".. |")
}

/// What a text may refer to, by the names that [`references`] gives them: targets of links, footnotes, substitutions.
pub(super) fn targets(text: &str) -> Vec<(String, Span)> {
    let lines = lines(text);
    let mut found: Vec<(String, Span)> = Vec::new();
    let mut is_open = false;
    for span in lines {
        let line = &text[span.range()];
        let name = target_name(line);
        match found.last_mut() {
            Some((_, open)) if is_open && line.starts_with([' ', '\t']) => *open = Span::new(open.start, span.end),
            _ => is_open = name.is_some() || (is_open && line.is_empty()),
        }
        found.extend(name.map(|name| (name, span)));
    }
    found
}

/// The name of the target that begins in this line: `.. _name:`, `.. [1]`, `.. |name|`.
fn target_name(line: &str) -> Option<String> {
    let rest = line.strip_prefix(".. ")?.trim_start();
    if let Some(rest) = rest.strip_prefix("_`") {
        return rest.split_once("`:").map(|(name, _)| folded(name));
    }
    if let Some(rest) = rest.strip_prefix('_') {
        let end = rest.find(": ").or_else(|| rest.ends_with(':').then(|| rest.len() - 1))?;
        return Some(folded(&rest[..end].replace('\\', "")));
    }
    let (open, close) = if rest.starts_with('[') { ('[', ']') } else { ('|', '|') };
    let name = rest.strip_prefix(open)?.split_once(close)?.0;
    Some(format!("{open}{}{close}", folded(name)))
}

/// A name as docutils compares it.
fn folded(name: &str) -> String {
    name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// How far back the beginning of a reference is looked for, in bytes.
const LONGEST_REFERENCE: usize = 1_000;

/// The names of what a text refers to: `` `name`_ ``, `name_`, `[1]_`, `|name|`.
pub(super) fn references(text: &str) -> HashSet<String> {
    let mut names = HashSet::new();
    for (at, _) in text.match_indices('_') {
        let runs_on = text[at + 1..].starts_with(|c: char| c.is_alphanumeric());
        let start =
            (at.saturating_sub(LONGEST_REFERENCE)..=at).find(|start| text.is_char_boundary(*start)).unwrap_or(at);
        let before = &text[start..at];
        let name = match before.chars().next_back() {
            _ if runs_on => None,
            Some('`') => before[..before.len() - 1].rsplit_once('`').map(|(_, inner)| embedded(inner)),
            Some(']') => before.rsplit_once('[').map(|(_, inner)| format!("[{}", folded(inner))),
            _ => {
                let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '+');
                let word = before.trim_end_matches(is_part).len();
                Some(folded(&before[word..]))
            }
        };
        names.extend(name);
    }
    for line in text.lines() {
        names.extend(line.split('|').skip(1).map(|name| format!("|{}|", folded(name))));
    }
    names
}

/// The name in what backquotes hold: of `text <name_>` the name, else the text.
fn embedded(inner: &str) -> String {
    let name = inner.strip_suffix("_>").and_then(|inner| inner.rsplit_once('<')).map_or(inner, |(_, name)| name);
    folded(name)
}

/// The text of a heading without the marks of inline markup: `` `1.0 <url>`_ `` says `1.0`.
fn plain(text: &str, span: Span) -> Plain {
    let mut plain = Plain::default();
    let source = &text[span.range()];
    let mut start = span.start;
    let mut in_target = false;
    for (offset, c) in source.char_indices() {
        let at = span.start + offset;
        let opens_target = c == '<' && source[..offset].contains('`');
        let is_mark = matches!(c, '`' | '*' | '|' | '\\');
        if in_target || is_mark || opens_target {
            if !in_target && start < at {
                plain.push(&text[start..at], Span::new(start, at), text);
            }
            in_target = (in_target || opens_target) && c != '>';
            start = at + c.len_utf8();
        }
    }
    if !in_target && start < span.end {
        plain.push(&text[start..span.end], Span::new(start, span.end), text);
    }
    plain
}
