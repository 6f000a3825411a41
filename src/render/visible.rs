//! The one sink through which bytes of a repository reach a terminal or a log.
//!
//! Control characters become pictures of themselves, characters that reorder or hide text become U+FFFD, and so do bytes
//! that are not UTF-8: nothing that is printed can move the cursor, forge a line or speak to a terminal.
//!
//! What CI services read from a log as commands is disarmed as well: `::name::` at the beginning of a line (GitHub), and
//! `##[`, `##vso[`, `##teamcity[` anywhere (Azure, older GitHub, TeamCity). Formats with an escape of their own for these
//! characters use it; plain text gets characters that look alike.

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

/// Whether a character belongs into a text of several lines that others will render: it neither controls anything nor turns
/// text around. Joiners of letters and pictures do.
pub fn is_text(c: char) -> bool {
    let turns = matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    matches!(c, '\n' | '\t') || !(c.is_control() || turns)
}

/// Whether a character can be printed as it is.
pub fn is_harmless(c: char) -> bool {
    harmless(c) == c
}

/// What stands in plain text for the colon and the bracket that would make a command of it.
const COLON: char = '\u{2236}';
const BRACKET: char = '\u{27e6}';

/// Plain text in which a CI service finds no command. Lines that relgate coloured itself are seen through their colours.
pub fn disarmed(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mut marks = Marks::default();
        let start = command_start(line);
        for (at, c) in line.char_indices() {
            let opens = marks.opens(c);
            output.push(match c {
                ':' if start == Some(at) => COLON,
                '[' if opens => BRACKET,
                c => c,
            });
        }
    }
    output
}

/// [`disarmed`], for what is about to be written.
pub fn disarm(output: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(output);
    if text.contains("::") || text.contains("##") {
        *output = disarmed(&text).into_bytes();
    }
}

/// Lines of harmless text: what is said of the command line.
pub fn lines(text: &str) -> String {
    disarmed(
        &text
            .split_inclusive('\n')
            .map(|line| match line.strip_suffix('\n') {
                Some(line) => one_line(line) + "\n",
                None => one_line(line),
            })
            .collect::<String>(),
    )
}

/// Where a line has `::` that nothing but blanks and colours stand before. With a third colon, as in the margin of a
/// picture, it can be no command's name.
pub fn command_start(line: &str) -> Option<usize> {
    let mut rest = line;
    loop {
        rest = rest.trim_start();
        // The end of a colour: ESC [ ... m
        match rest.strip_prefix("\x1b[").and_then(|code| code.split_once('m')) {
            Some((code, after)) if code.bytes().all(|byte| byte.is_ascii_digit() || byte == b';') => rest = after,
            _ => break,
        }
    }
    let start = line.len() - rest.len();
    (rest.starts_with("::") && (start == 0 || !rest.starts_with(":::"))).then_some(start)
}

/// Watches for the bracket after `##` and a name, letter by letter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Marks {
    /// How many `#` were seen; with two of them a name may follow.
    seen: u8,
}

impl Marks {
    /// Whether this character opens a command.
    pub fn opens(&mut self, c: char) -> bool {
        let opens = c == '[' && self.seen == 2;
        self.seen = match c {
            '#' => (self.seen + 1).min(2),
            c if self.seen == 2 && c.is_ascii_alphanumeric() => 2,
            _ => 0,
        };
        opens
    }
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

    #[test]
    fn what_is_read_as_a_command_is_disarmed() {
        for (text, expected) in [
            ("::add-mask::x\n  ::b::\na::b\n", "\u{2236}:add-mask::x\n  \u{2236}:b::\na::b\n"),
            ("\x1b[1;31m ::a::", "\x1b[1;31m \u{2236}:a::"),
            ("\u{3000}::a::", "\u{3000}\u{2236}:a::"),
            ("x ##[group] ###vso[a] #[b] ##[", "x ##\u{27e6}group] ###vso\u{27e6}a] #[b] ##\u{27e6}"),
            ("## [0.1.0] ##teamcity[x] ##a-b[", "## [0.1.0] ##teamcity\u{27e6}x] ##a-b["),
            (":\n: :", ":\n: :"),
            ("  ::: a:1\n:::b::", "  ::: a:1\n\u{2236}::b::"),
        ] {
            assert_eq!(disarmed(text), expected);
        }
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
