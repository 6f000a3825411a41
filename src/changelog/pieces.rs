//! A long text is read in pieces, and each of them once: changelogs that are read one after the other share nearly all.
//!
//! A piece ends where a heading or a link reference definition stands at the top of the text, which the parser itself must
//! confirm: nothing goes on over such a line. What links need to know of the rest is which labels it defines; a piece is
//! read again where the answer turns out to be another one. Whatever is in doubt is read as a whole.

use std::collections::HashMap;
use std::rc::Rc;

use super::blocks::{Document, Ending, Labels, Refusal, USUAL_PART, first_of_labels};
use super::definition;
use super::{Definition, Footnote, Unclosed};
use crate::finding::Span;

/// A shorter text is read at once, in bytes.
const SHORTEST_TEXT: usize = 4 << 10;

/// How long the pieces of a text are that are not kept, in bytes: what is needed to read one stays near the processor.
const USUAL_LENGTH: usize = 8 << 10;

/// How many definitions, one to a line, are not left to the parser.
const SHORTEST_RUN: usize = 8;

/// How much text is kept, in bytes, and in how many pieces.
const MOST_KEPT: (usize, usize) = (4 << 20, 1 << 14);

#[derive(Debug)]
struct Piece {
    document: Document,
    labels: Labels,
}

/// The pieces of the texts that were read before.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    kept: HashMap<Box<str>, Rc<Piece>>,
    /// The package's, with which headings were read.
    name: Option<String>,
    /// In bytes.
    length: usize,
    /// Whether more texts like this one are to be expected.
    pub(super) is_keeping: bool,
}

impl Pieces {
    fn forget_others(&mut self, name: Option<&str>) {
        if self.name.as_deref() != name || self.length > MOST_KEPT.0 || self.kept.len() > MOST_KEPT.1 {
            *self = Self { name: name.map(str::to_owned), is_keeping: self.is_keeping, ..Self::default() };
        }
    }

    fn keep(&mut self, text: &str, piece: &Rc<Piece>) {
        if self.kept.insert(text.into(), Rc::clone(piece)).is_none() {
            self.length += text.len();
        }
    }
}

/// The reading of a whole text; `name` is the package's.
pub(super) fn read(text: &str, name: Option<&str>, known: &mut Pieces) -> Document {
    let in_pieces = if may_be_cut(text) { Cutter::new(text, name, known).and_then(Cutter::read) } else { None };
    in_pieces.unwrap_or_else(|| Document::of(text, name))
}

/// Whether nothing in a text is known to lead from one of its blocks to another, labels of links aside.
fn may_be_cut(text: &str) -> bool {
    let declares =
        |at: usize| matches!(text.as_bytes().get(at + 1), Some(b'!' | b'?')) && !text[at..].starts_with("<!--");
    text.len() >= SHORTEST_TEXT
        && memchr::memmem::find(text.as_bytes(), b"[^").is_none()
        && !memchr::memchr_iter(b'<', text.as_bytes()).any(declares)
}

/// A place where a text may be cut.
#[derive(Clone, Copy)]
struct Cut {
    at: usize,
    /// Where the line ends that begins here.
    line_end: usize,
    ending: Ending,
    /// Where the text after the cut begins: behind the definitions that begin here.
    next: usize,
}

/// All places where a text may be cut, the end last, and the definitions between them.
fn cuts(text: &str) -> (Vec<Cut>, Vec<Definition>) {
    let (mut cuts, mut definitions) = (Vec::new(), Vec::new());
    let (mut at, mut after_blank) = (0, true);
    // What looks like code is not tried; the parser decides.
    let mut fence = None;
    while at < text.len() {
        let line_end = line_end(text, at);
        let line = &text[at..line_end];
        let mark = ["```", "~~~"].into_iter().find(|mark| line.starts_with(mark));
        if fence.is_some() || mark.is_some() {
            fence = if mark == fence { None } else { fence.or(mark) };
        } else if at > 0 && (line.starts_with("## ") || line.starts_with("# ")) {
            cuts.push(Cut { at, line_end, ending: Ending::Heading, next: at });
        } else if after_blank && line.starts_with('[') {
            let before = definitions.len();
            let run = Run::read(text, at, &mut definitions);
            if run.is_apart && definitions.len() - before >= SHORTEST_RUN {
                cuts.push(Cut { at, line_end, ending: Ending::Definition, next: run.end });
            } else {
                definitions.truncate(before);
            }
            if run.end > at {
                (at, after_blank) = (run.end, run.ends_blank);
                continue;
            }
        }
        (at, after_blank) = (line_end, is_blank(line));
    }
    cuts.push(Cut { at: text.len(), line_end: text.len(), ending: Ending::End, next: text.len() });
    (cuts, definitions)
}

/// Lines each of which is a definition or blank.
struct Run {
    end: usize,
    ends_blank: bool,
    /// Whether nothing else begins before they end.
    is_apart: bool,
}

impl Run {
    fn read(text: &str, start: usize, definitions: &mut Vec<Definition>) -> Self {
        let (mut end, mut ends_blank) = (start, true);
        while end < text.len() {
            let line_end = line_end(text, end);
            if is_blank(&text[end..line_end]) {
                ends_blank = true;
            } else if let Some(definition) = definition::plain(text, end, text.len()) {
                ends_blank = false;
                definitions.push(definition);
            } else {
                break;
            }
            end = line_end;
        }
        let rest = &text[end..];
        Self { end, ends_blank, is_apart: ends_blank || rest.is_empty() || rest.starts_with('#') }
    }
}

fn line_end(text: &str, from: usize) -> usize {
    memchr::memchr(b'\n', &text.as_bytes()[from..]).map_or(text.len(), |at| from + at + 1)
}

fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n'))
}

/// What the pieces of a text say together.
#[derive(Default)]
struct Whole {
    document: Document,
    /// The labels that pieces define.
    defined: Vec<Rc<str>>,
    /// The labels that pieces use as if they were none.
    unknown: Vec<Rc<str>>,
}

struct Cutter<'a> {
    text: &'a str,
    name: Option<&'a str>,
    known: &'a mut Pieces,
    cuts: Vec<Cut>,
    /// What stands between the pieces.
    definitions: Vec<Definition>,
}

impl<'a> Cutter<'a> {
    /// `None` where there is nowhere to cut.
    fn new(text: &'a str, name: Option<&'a str>, known: &'a mut Pieces) -> Option<Self> {
        let (cuts, definitions) = cuts(text);
        known.forget_others(name);
        (cuts.len() > 1).then_some(Self { text, name, known, cuts, definitions })
    }

    fn read(mut self) -> Option<Document> {
        let mut labels = first_of_labels(&self.definitions);
        let mut whole = self.whole(&labels)?;
        let others: Vec<Rc<str>> = whole.defined.iter().filter(|label| !labels.contains_key(*label)).cloned().collect();
        if others.is_empty() {
            whole.document.labels = labels;
        } else {
            labels.extend(others.into_iter().map(|label| (label, usize::MAX)));
            if whole.unknown.iter().any(|label| labels.contains_key(label)) {
                whole = self.whole(&labels)?;
            }
        }
        if !whole.document.definitions.is_empty() || !whole.document.contained.is_empty() {
            whole.document.labels.clear();
        }
        whole.document.definitions.append(&mut self.definitions);
        Some(whole.document.settled())
    }

    /// The pieces as they are read where the rest of the text defines `labels`; `None` where that is in doubt.
    fn whole(&mut self, labels: &HashMap<Rc<str>, usize>) -> Option<Whole> {
        let usual = if self.known.is_keeping { 0 } else { USUAL_LENGTH };
        let mut whole = Whole::default();
        whole.document.parts.reserve(self.text.len() / USUAL_PART);
        let (mut start, mut least) = (0, usual);
        for index in 0..self.cuts.len() {
            let cut = self.cuts[index];
            if cut.ending == Ending::Heading && cut.at - start < least {
                continue;
            }
            match self.piece(start, cut, labels) {
                Ok(piece) => {
                    whole.append(&piece, start);
                    (start, least) = (cut.next, usual);
                }
                Err(Refusal::GoesOn) if cut.ending == Ending::Heading => least = 2 * (cut.at - start),
                Err(_) => return None,
            }
        }
        Some(whole)
    }

    fn piece(&mut self, start: usize, cut: Cut, labels: &HashMap<Rc<str>, usize>) -> Result<Rc<Piece>, Refusal> {
        let text = &self.text[start..cut.at];
        let is_kept = self.known.is_keeping && cut.ending != Ending::End;
        if is_kept && let Some(known) = self.known.kept.get(text).filter(|known| known.labels.agree_with(labels)) {
            return Ok(Rc::clone(known));
        }
        let with_next = &self.text[start..cut.line_end];
        let is_defined = |label: &str| labels.contains_key(label);
        let (document, labels) = Document::of_piece(with_next, text.len(), cut.ending, self.name, &is_defined)?;
        let piece = Rc::new(Piece { document, labels });
        if is_kept {
            self.known.keep(text, &piece);
        }
        Ok(piece)
    }
}

impl Labels {
    fn agree_with(&self, labels: &HashMap<Rc<str>, usize>) -> bool {
        self.asked.iter().all(|(label, is_defined)| labels.contains_key(label) == *is_defined)
    }
}

impl Whole {
    /// Adds the reading of a piece that begins at `start`.
    fn append(&mut self, piece: &Piece, start: usize) {
        let Document { parts, definitions, contained, footnotes, opaque, unclosed, used, labels: _ } = &piece.document;
        let shifted = |span: Span| span.shifted(start);
        let whole = &mut self.document;
        whole.parts.extend(parts.iter().map(|part| part.clone().shifted(start)));
        whole.definitions.extend(definitions.iter().map(|definition| definition.clone().shifted(start)));
        whole.contained.extend(contained.iter().map(|definition| definition.clone().shifted(start)));
        whole.footnotes.extend(footnotes.iter().map(|note| Footnote { span: shifted(note.span), ..note.clone() }));
        whole.opaque.extend(opaque.iter().copied().map(shifted));
        let unclosed = unclosed.map(|unclosed| Unclosed { span: shifted(unclosed.span), ..unclosed });
        whole.unclosed = unclosed.or(whole.unclosed);
        whole.used.extend_from_slice(used);
        self.defined.extend_from_slice(&piece.labels.defined);
        let unknown = piece.labels.asked.iter().filter(|(_, is_defined)| !is_defined);
        self.unknown.extend(unknown.map(|(label, _)| Rc::clone(label)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Changelog, markdown};
    use super::*;

    const DEFINITIONS: &str = "[1.0.0]: https://example.org/1\n[a]: https://example.org/a\n[b]: https://example.org/b\n\
        [c]: https://example.org/c\n[d]: https://example.org/d\n[e]: https://example.org/e\n\
        [1.1.0]: https://example.org/2\n[1.2.0]: https://example.org/3";

    /// Lines that begin, end and lead on what a text is made of.
    const LINES: &[&str] = &[
        "",
        "",
        "",
        " ",
        "\t",
        "# Changelog",
        "## [1.0.0] - 2026-01-05",
        "## [1.1.0] - 2026-02-05",
        "## [Unreleased]",
        "## 1.2.0 [YANKED]",
        "## [f]",
        "##",
        "## ",
        "   ## [a]",
        "##[1.0.0]",
        "### Added",
        "- An entry with a [link][a].",
        "- An entry with [d] and `code`.",
        "  - nested",
        "  that goes on",
        "1. one",
        "    code",
        "\t- deep",
        "```",
        "  ```",
        "~~~~",
        "> quoted",
        "> - in a quote",
        "> ```",
        "<!-- a comment -->",
        "<!-- begun",
        "ended -->",
        "<div>",
        "</div>",
        "<script>",
        "</script>",
        "<a",
        "href=\"x\">",
        "[1.0.0]: https://example.org/1",
        "[F]: https://example.org/f",
        "[f]:",
        "https://example.org/f",
        "\"title\"",
        "[g]: https://example.org/g 'title",
        "goes on'",
        "- [h]: https://example.org/h",
        "> [i]: https://example.org/i",
        "[b]: <https://example.org>",
        "See [f], [G] and [h][i].",
        "![image][a] [b][] [c](d)",
        "[a",
        "b]",
        "[\u{212a}] [Gr\u{f6}\u{df}e] [ stra\u{df}e] [k]",
        "[k]: https://example.org/k",
        "[straSSe]: https://example.org/s",
        "`begun",
        "ended`",
        "*begun",
        "ended*",
        "=====",
        "-----",
        "***",
        "\\",
        "&amp; \\[a\\]",
        DEFINITIONS,
    ];

    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(LINES), 1..30).prop_map(|lines| lines.join("\n"))
    }

    fn said(document: Document, text: &str) -> String {
        let (opaque, unclosed) = (document.opaque.clone(), document.unclosed);
        let mut changelog = Changelog::default();
        markdown::state(document, text, Some("demo"), &mut changelog);
        let Changelog { titles, sections, definitions, conflicts, .. } = changelog;
        format!("{titles:?}\n{sections:#?}\n{definitions:#?}\n{conflicts:?}\n{opaque:?}\n{unclosed:?}")
    }

    fn in_pieces(text: &str, known: &mut Pieces) -> Option<Document> {
        known.is_keeping = true;
        Cutter::new(text, Some("demo"), known).and_then(Cutter::read)
    }

    fn releases(count: usize) -> String {
        let section = |number| format!("## [1.{number}.0] - 2026-01-05\n\n### Added\n\n- Entry {number}.\n\n");
        let link = |number| format!("[1.{number}.0]: https://example.org/compare/v1.{number}.0\n");
        let numbers = || (0..count).rev();
        format!(
            "# Changelog\n\n{}{}",
            numbers().map(section).collect::<String>(),
            numbers().map(link).collect::<String>()
        )
    }

    #[test]
    fn only_long_texts_without_anything_that_reaches_beyond_its_block_are_cut() {
        let long = releases(100);
        assert!(may_be_cut(&long) && may_be_cut(&format!("{long}<b> <!-- a comment -->\n")));
        for reaching in ["[^1]", "<?xml?>", "<!DOCTYPE html>", "<![CDATA["] {
            assert!(!may_be_cut(&format!("{long}{reaching}\n")), "{reaching}");
        }
        assert!(!may_be_cut(&releases(10)));
    }

    #[test]
    fn what_looks_like_code_is_not_cut() {
        let ends = |text: &str| cuts(text).0.iter().map(|cut| cut.at).collect::<Vec<_>>();
        assert_eq!(ends("a\n## b\n# c\n"), [2, 7, 11]);
        assert_eq!(ends("```\n## b\n~~~\n```\n# c\n"), [17, 21]);
        assert_eq!(ends("a\n\n~~~\n## b\n"), [12]);
    }

    #[test]
    fn what_is_kept_is_of_one_package_and_has_an_end() {
        let mut known = Pieces::default();
        in_pieces(&releases(50), &mut known).unwrap();
        let first = |known: &Pieces| Rc::as_ptr(&known.kept["# Changelog\n\n"]);
        let before = first(&known);
        let is_kept = |known: &mut Pieces| {
            in_pieces(&releases(50), known).unwrap();
            first(known) == before
        };
        assert_eq!(known.length, releases(50).find("[1.49.0]:").unwrap());
        assert!(is_kept(&mut known));
        known.length = MOST_KEPT.0;
        assert!(is_kept(&mut known));
        // As long as the old one is held, the new one has another address.
        let _held = known.kept["# Changelog\n\n"].clone();
        known.length = MOST_KEPT.0 + 1;
        assert!(!is_kept(&mut known));
        assert!(known.length < MOST_KEPT.0);
        Cutter::new(&releases(50), Some("other"), &mut known).and_then(Cutter::read).unwrap();
        assert_eq!((known.kept.len(), known.name.as_deref()), (51, Some("other")));
    }

    #[test]
    fn what_two_texts_share_is_read_once() {
        let mut known = Pieces::default();
        let before = in_pieces(&releases(50), &mut known).unwrap();
        assert_eq!((before.parts.len(), before.definitions.len()), (151, 50));
        // The title and the sections.
        assert_eq!(known.kept.len(), 51);
        let after = in_pieces(&releases(51), &mut known).unwrap();
        assert_eq!((after.parts.len(), after.definitions.len()), (154, 51));
        assert_eq!(known.kept.len(), 52);
    }

    #[test]
    fn nothing_is_cut_inside_of_something() {
        for (opening, closing) in [("```", "```"), ("<!--", "-->"), ("<script>", "</script>"), ("~~~~ x", "~~~~")] {
            let text = format!("{}{opening}\n## [0.1.0]\n\n{DEFINITIONS}\n\n{closing}\n", releases(50));
            let read =
                |known: &mut Pieces| in_pieces(&text, known).unwrap_or_else(|| Document::of(&text, Some("demo")));
            let document = read(&mut Pieces::default());
            assert_eq!((document.parts.len(), document.definitions.len()), (152, 50), "{opening}");
            let text = format!("# Changelog\n\n{opening}\n## [0.1.0]\n\n{closing}\n\n{}", releases(50));
            let document = in_pieces(&text, &mut Pieces::default()).unwrap();
            assert_eq!(document.parts.len(), 153, "{opening}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_text_in_pieces_says_what_it_says_as_a_whole(texts in prop::collection::vec(text(), 1..4)) {
            let mut known = Pieces::default();
            for text in texts.iter().chain(&texts) {
                if let Some(document) = in_pieces(text, &mut known) {
                    prop_assert_eq!(said(document, text), said(Document::of(text, Some("demo")), text));
                }
            }
        }
    }
}
