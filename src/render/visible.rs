//! The one sink through which bytes of a repository reach a terminal or a log.
//!
//! Control characters become pictures of themselves, characters that reorder or hide text become U+FFFD, and so do bytes
//! that are not UTF-8: nothing that is printed can move the cursor, forge a line or speak to a terminal.

use std::ops::Range;

/// `bytes` as harmless text; line ends stay, a carriage return before one goes. Each of `spans` is moved to the place that
/// its bytes have in the answer, rounded outwards to whole characters.
pub fn visible(bytes: &[u8], spans: &[Range<usize>]) -> (String, Vec<Range<usize>>) {
    let mut text = String::with_capacity(bytes.len());
    // For every byte of the input, and its end: where it is in the output.
    let mut moved = vec![0; bytes.len() + 1];
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            let ends_line = c == '\r' && bytes.get(at + 1) == Some(&b'\n');
            moved[at..at + c.len_utf8()].fill(text.len());
            at += c.len_utf8();
            match c {
                '\n' | '\t' => text.push(c),
                '\r' if ends_line => {}
                c => text.push(harmless(c)),
            }
        }
        moved[at..at + chunk.invalid().len()].fill(text.len());
        at += chunk.invalid().len();
        if !chunk.invalid().is_empty() {
            text.push('\u{FFFD}');
        }
    }
    moved[at] = text.len();
    let place = |offset: usize| moved[offset.min(bytes.len())];
    let spans = spans.iter().map(|span| place(span.start)..ceil(&text, place(span.end)).max(place(span.start)));
    let spans = spans.collect();
    (text, spans)
}

fn ceil(text: &str, at: usize) -> usize {
    (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// One line of harmless text: line ends and tabs become pictures, too.
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\t') { picture(c) } else { harmless(c) }).collect()
}

/// Whether a character can be printed as it is.
pub fn is_harmless(c: char) -> bool {
    harmless(c) == c
}

fn harmless(c: char) -> char {
    match c {
        '\0'..='\x1f' | '\x7f' => picture(c),
        // C1 controls, line and paragraph separators, what changes direction, and what is not seen.
        '\u{80}'..='\u{9f}'
        | '\u{061c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => '\u{FFFD}',
        c => c,
    }
}

fn picture(c: char) -> char {
    match c {
        '\x7f' => '\u{2421}',
        c => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{FFFD}'),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spans_follow_their_bytes() {
        let (text, spans) = visible(b"a\x1bb\xffc\r\nd\re\xc2\x9b", &[1..2, 3..4, 4..6, 7..8, 0..12]);
        assert_eq!(text, "a␛b\u{FFFD}c\nd␍e\u{FFFD}");
        let shown: Vec<&str> = spans.iter().map(|span| &text[span.clone()]).collect();
        assert_eq!(shown, ["␛", "\u{FFFD}", "c", "d", text.as_str()]);
    }

    proptest! {
        #[test]
        fn nothing_that_moves_a_cursor_is_left(
            bytes in proptest::collection::vec(any::<u8>(), 0..80), start in 0_usize..90, length in 0_usize..90,
        ) {
            let span = start..start + length;
            let (text, spans) = visible(&bytes, std::slice::from_ref(&span));
            prop_assert!(text.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
            let hides = text.contains(['\u{202e}', '\u{2066}', '\u{200f}']);
            prop_assert!(!hides);
            prop_assert!(text.get(spans[0].clone()).is_some());
            let line = one_line(&text);
            prop_assert!(!line.contains(char::is_control));
        }
    }
}
