//! Whole lines of a text, for repairs that move or remove them.

use super::Heading;
use crate::finding::Span;

/// The lines that a span touches, with their line ends and the blank lines after them.
pub fn lines(bytes: &[u8], span: Span) -> Span {
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let start = bytes[..span.start].iter().rposition(is_end).map_or(first_line(bytes).min(span.start), |at| at + 1);
    let mut end = next_line(bytes, span.end);
    while end < bytes.len() {
        let next = next_line(bytes, end);
        if !bytes[end..next].iter().all(u8::is_ascii_whitespace) {
            break;
        }
        end = next;
    }
    Span::new(start, end)
}

/// The edits that move the lines of `span` to before the line of `target`, which lies outside of them.
pub fn move_lines(bytes: &[u8], span: Span, target: usize, line_end: &str) -> Vec<(Span, String)> {
    let moved = lines(bytes, span);
    let mut text = String::from_utf8_lossy(&bytes[span.start.max(moved.start)..span.end]).into_owned();
    text.push_str(line_end);
    text.push_str(line_end);
    let target = lines(bytes, Span::at(target)).start;
    vec![(Span::at(target), text), (moved, String::new())]
}

/// A heading of the same kind and level as `model`, which stands in `bytes`.
pub fn heading_like(model: &Heading, bytes: &[u8], name: &str, line_end: &str) -> String {
    let text = |span: Span| String::from_utf8_lossy(bytes.get(span.range()).unwrap_or_default()).into_owned();
    let (before, after) = (Span::new(model.span.start, model.text.start), Span::new(model.text.end, model.span.end));
    match text(after).trim_end().chars().next_back().filter(|_| model.underlined) {
        Some(mark) => {
            let line: String = std::iter::repeat_n(mark, name.chars().count()).collect();
            let over = if text(before).trim().is_empty() { String::new() } else { format!("{line}{line_end}") };
            format!("{over}{name}{line_end}{line}")
        }
        None if model.spaced => format!("{}{name}{}", text(before), text(after)),
        None => format!("{} {name}{}", text(before), text(after)),
    }
}

/// Where the first line begins: behind a byte-order mark.
fn first_line(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 }
}

/// Where the line after the one at `at` begins.
fn next_line(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    match rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
        Some(end) if rest[end] == b'\r' && rest.get(end + 1) == Some(&b'\n') => at + end + 2,
        Some(end) => at + end + 1,
        None => bytes.len(),
    }
}
