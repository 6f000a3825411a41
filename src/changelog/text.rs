//! From bytes to a text of the same length that the parsers can read without further thought.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::BadEncoding;
use crate::finding::Span;

/// A text in which every byte keeps its place: what is no text is blanked, never removed.
pub(super) struct Prepared<'a> {
    /// UTF-8, line ends `\n`, byte-order mark and front matter blanked.
    pub(super) text: Cow<'a, str>,
    pub(super) bad_encoding: Option<BadEncoding>,
    pub(super) front_matter: Option<Span>,
    pub(super) line_end: &'static str,
}

pub(super) fn prepare(bytes: &[u8]) -> Prepared<'_> {
    if let Some(prepared) = utf16(bytes) {
        return prepared;
    }
    let (mut text, bad_encoding) = match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(_) => {
            let (text, bad) = replace_bad(bytes);
            (Cow::Owned(text), Some(bad))
        }
    };
    let line_end = usual_line_end(bytes);
    if memchr::memchr(b'\r', bytes).is_some() {
        // A line end of two bytes becomes a trailing space and one byte, which Markdown and reStructuredText ignore.
        text = Cow::Owned(text.replace("\r\n", " \n").replace('\r', "\n"));
    }
    if text.starts_with('\u{feff}') {
        text.to_mut().replace_range(..3, "   ");
    }
    let front_matter = front_matter(&text);
    if let Some(span) = front_matter {
        blank(text.to_mut(), span);
    }
    Prepared { text, bad_encoding, front_matter, line_end }
}

/// Overwrites a span with spaces, line ends aside.
pub(super) fn blank(text: &mut String, span: Span) {
    let blanks: String = text[span.range()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    text.replace_range(span.range(), &blanks);
}

fn usual_line_end(bytes: &[u8]) -> &'static str {
    if memchr::memchr(b'\r', bytes).is_none() {
        return "\n";
    }
    let (mut feeds, mut pairs, mut returns, mut before) = (0_usize, 0_usize, 0_usize, 0);
    for &byte in bytes {
        if byte == b'\n' {
            if before == b'\r' {
                pairs += 1;
                returns -= 1;
            } else {
                feeds += 1;
            }
        } else if byte == b'\r' {
            returns += 1;
        }
        before = byte;
    }
    if pairs > feeds && pairs >= returns {
        "\r\n"
    } else if returns > feeds {
        "\r"
    } else {
        "\n"
    }
}

/// Metadata that site generators read: `---` or `+++`, lines, the same mark again.
fn front_matter(text: &str) -> Option<Span> {
    let start = if text.starts_with("   ") { 3 } else { 0 };
    let mark = text.get(start..start + 3).filter(|mark| matches!(*mark, "---" | "+++"))?;
    let mut at = start;
    for (index, line) in text[start..].split_inclusive('\n').enumerate() {
        let content = line.trim_end();
        match index {
            0 if content != mark => return None,
            // A thematic break is followed by anything; metadata by a key.
            1 if !is_key(content) => return None,
            _ => {}
        }
        at += line.len();
        if index > 0 && (content == mark || (mark == "---" && content == "...")) {
            return Some(Span::new(start, at));
        }
    }
    None
}

fn is_key(line: &str) -> bool {
    line.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '"' | '\'')) && line.contains([':', '='])
}

/// The text with one `?` for each byte that is not UTF-8.
fn replace_bad(bytes: &[u8]) -> (String, BadEncoding) {
    let mut text = String::with_capacity(bytes.len());
    let mut repairs = Vec::new();
    let mut is_uniform = true;
    for chunk in bytes.utf8_chunks() {
        is_uniform &= chunk.valid().is_ascii();
        text.push_str(chunk.valid());
        let invalid = chunk.invalid();
        if !invalid.is_empty() {
            let span = Span::new(text.len(), text.len() + invalid.len());
            repairs.push((span, WINDOWS_1252.decode_without_bom_handling(invalid).0.into_owned()));
            text.extend(std::iter::repeat_n('?', invalid.len()));
        }
    }
    let first = repairs.first().map_or(Span::at(0), |(span, _)| *span);
    (text, BadEncoding { first, repairs, is_uniform, is_utf16: false })
}

/// A text that says of itself that it is UTF-16: nothing of it can be judged at its place.
fn utf16(bytes: &[u8]) -> Option<Prepared<'static>> {
    let encoding = match bytes {
        [0xff, 0xfe, ..] => UTF_16LE,
        [0xfe, 0xff, ..] => UTF_16BE,
        _ => return None,
    };
    let (text, malformed) = encoding.decode_without_bom_handling(&bytes[2..]);
    let repairs = vec![(Span::new(0, bytes.len()), text.into_owned())];
    let bad = BadEncoding { first: Span::new(0, 2), repairs, is_uniform: !malformed, is_utf16: true };
    Some(Prepared { text: Cow::Borrowed(""), bad_encoding: Some(bad), front_matter: None, line_end: "\n" })
}
