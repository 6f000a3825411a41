//! Link reference definitions, duplicates included, which a Markdown parser drops.

use std::rc::Rc;

use super::Definition;
use super::heading::trimmed;
use crate::finding::Span;

/// A label as CommonMark compares it: case folded, white space reduced.
pub(super) fn key(label: &str) -> Rc<str> {
    if label.bytes().all(|byte| byte.is_ascii_graphic()) {
        let mut key: Rc<str> = label.into();
        if let Some(key) = Rc::get_mut(&mut key) {
            key.make_ascii_lowercase();
        }
        return key;
    }
    let mut key = String::with_capacity(label.len());
    for word in label.split_whitespace() {
        if !key.is_empty() {
            key.push(' ');
        }
        if word.is_ascii() {
            key.extend(word.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
        } else {
            key.push_str(&word.to_lowercase());
        }
    }
    key.into()
}

/// All definitions that stand in a part of the text that holds nothing else.
pub(super) fn scan(text: &str, part: Span, into: &mut Vec<Definition>) {
    let mut at = part.start;
    while at < part.end {
        if text.as_bytes()[at] == b'\n' {
            at += 1;
            continue;
        }
        let rest = &text[at..part.end];
        let line = rest.find('\n').map_or(rest.len(), |end| end + 1);
        match definition(text, at, part.end) {
            Some(definition) => {
                at = definition.span.end;
                into.push(definition);
                at += text[at..part.end].find('\n').map_or(part.end - at, |end| end + 1);
            }
            None => at += line,
        }
    }
}

/// The definition that a whole span is, as a Markdown parser found it.
pub(super) fn at(text: &str, span: Span) -> Option<Definition> {
    if !text[span.range()].contains('\n') {
        return definition(text, span.start, span.end);
    }
    let source = without_quote_marks(&text[span.range()]);
    let found = definition(&source, 0, source.len())?;
    Some(found.shifted(span.start))
}

impl Definition {
    /// The same in a text that begins `bytes` later.
    pub(super) fn shifted(self, bytes: usize) -> Self {
        Self {
            span: self.span.shifted(bytes),
            label: self.label.shifted(bytes),
            destination: self.destination.shifted(bytes),
            ..self
        }
    }
}

/// The text of a definition with spaces for the marks of the quotes that it stands in.
pub(super) fn without_quote_marks(source: &str) -> String {
    let mut at_start = false;
    let plain = source.chars().map(|c| {
        at_start = c == '\n' || (at_start && matches!(c, ' ' | '\t' | '>'));
        if at_start && c == '>' { ' ' } else { c }
    });
    plain.collect()
}

/// Whether a byte may mean something else in a label or a destination than itself.
fn is_special(byte: u8) -> bool {
    let is_mark = (byte == b'\\') | (byte == b'[') | (byte == b'<') | (byte == b'&');
    is_mark | (byte == b'(') | (byte == b')') | (byte <= b' ') | (byte >= 0x7f)
}

/// A definition that is a line of its own, without a title and without anything that could be read in two ways.
pub(super) fn plain(text: &str, start: usize, limit: usize) -> Option<Definition> {
    let bytes = &text.as_bytes()[start..limit];
    let line_end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let blanks = bytes[..line_end].iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let line = &bytes[..line_end - blanks];
    let label_end = line.iter().position(|byte| *byte == b']')?;
    let (label, rest) = line.split_at(label_end);
    let (label, destination) = (label.strip_prefix(b"[")?, rest.strip_prefix(b"]: ")?);
    // Without a way out of the loop many bytes are looked at in one step.
    let is_plain = |part: &[u8]| !part.is_empty() && !part.iter().fold(false, |found, byte| found | is_special(*byte));
    let next = bytes[line_end..].strip_prefix(b"\n").unwrap_or_default();
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
    let may_be_title = next.iter().find(|byte| !is_blank(byte)).is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'('));
    if may_be_title {
        return None;
    }
    if label.first() == Some(&b'^') || label.len() > 200 || !is_plain(label) || !is_plain(destination) {
        return None;
    }
    let at = |from: usize, length: usize| Span::new(start + from, start + from + length);
    let label = at(1, label.len());
    let destination = at(label_end + 3, destination.len());
    let key = key(&text[label.range()]);
    Some(Definition { span: at(0, line.len()), label, key, destination, is_used: false })
}

/// `[label]: destination "title"`, destination and title each on the same line or the next one.
fn definition(text: &str, start: usize, limit: usize) -> Option<Definition> {
    if let Some(plain) = plain(text, start, limit) {
        return Some(plain);
    }
    let part = &text[start..limit];
    let opening = part.len() - part.trim_start_matches(' ').len();
    if opening > 3 || !part[opening..].starts_with('[') || part[opening..].starts_with("[^") {
        return None;
    }
    let label_start = start + opening + 1;
    let label_end = label_start + closing_bracket(&text[label_start..limit])?;
    let label = trimmed(Span::new(label_start, label_end), text);
    if label.start == label.end || !text[label_end..limit].starts_with("]:") {
        return None;
    }
    let rest_start = skip_to_next_line(text, label_end + 2, limit)?;
    let (destination, after) = destination(text, rest_start, limit)?;
    let line_end = after + text[after..limit].find('\n').unwrap_or(limit - after);
    let end = title_end(text, after, limit).unwrap_or(after + text[after..line_end].trim_end().len());
    let key = key(&text[label.range()]);
    Some(Definition { span: Span::new(start + opening, end), label, key, destination, is_used: false })
}

/// Where the first bracket that is not escaped closes; a label has at most 999 characters and no bracket inside.
fn closing_bracket(text: &str) -> Option<usize> {
    let (mut escaped, mut left) = (false, 1000_u32);
    for (at, byte) in text.bytes().enumerate() {
        if left == 0 {
            return None;
        }
        // Of a character only the first byte counts.
        left -= u32::from(byte & 0xC0 != 0x80);
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b']' => return Some(at),
            b'[' => return None,
            _ => {}
        }
    }
    None
}

/// The first character that is not white space, on this line or the next.
fn skip_to_next_line(text: &str, at: usize, limit: usize) -> Option<usize> {
    let rest = &text[at..limit];
    let spaces = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let mut next = at + spaces;
    if text[next..limit].starts_with('\n') {
        let rest = &text[next + 1..limit];
        next += 1 + (rest.len() - rest.trim_start_matches([' ', '\t']).len());
    }
    (next < limit && !text[next..].starts_with('\n')).then_some(next)
}

/// The destination without angle brackets, and where the text goes on.
fn destination(text: &str, start: usize, limit: usize) -> Option<(Span, usize)> {
    let rest = &text[start..limit];
    if let Some(inner) = rest.strip_prefix('<') {
        let length = inner.find(['>', '\n', '<']).filter(|at| inner[*at..].starts_with('>'))?;
        return Some((Span::new(start + 1, start + 1 + length), start + length + 2));
    }
    let length = rest.bytes().position(|byte| byte == b' ' || byte.is_ascii_control()).unwrap_or(rest.len());
    (length > 0).then_some((Span::new(start, start + length), start + length))
}

/// Where the title ends, if one follows on this line or the next, up to the next blank line.
fn title_end(text: &str, at: usize, limit: usize) -> Option<usize> {
    let start = skip_to_next_line(text, at, limit).filter(|start| *start > at)?;
    let close = match text.as_bytes()[start] {
        quote @ (b'"' | b'\'') => quote,
        b'(' => b')',
        _ => return None,
    };
    let mut line_is_blank = false;
    for (index, byte) in text.as_bytes()[start + 1..limit].iter().enumerate() {
        match byte {
            b'\n' if line_is_blank => return None,
            b'\n' => line_is_blank = true,
            b' ' | b'\t' => {}
            _ if *byte == close => {
                let end = start + 2 + index;
                let rest = &text[end..limit];
                let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
                return line.trim().is_empty().then_some(end);
            }
            _ => line_is_blank = false,
        }
    }
    None
}
