//! Where findings are, as people and programs count it.

use std::cell::OnceCell;

use serde::Serialize;

use crate::finding::{Finding, Location, SourceId, Sources, Span};
use crate::position::Lines;
use crate::report::Judgement;

/// How many bytes of a line are counted at most to tell a column; in a longer one the count goes on from a mark.
const STEP: usize = 4096;

/// From the first byte to the one after the last.
#[derive(Clone, Copy, Serialize)]
pub struct Place {
    pub start: Point,
    pub end: Point,
}

/// Line and column are 1-based, the column counts Unicode scalar values; the offset counts bytes from 0.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Point {
    pub line: usize,
    pub column: usize,
    pub offset: usize,
}

/// The places of one subject's sources, each of which is read for its lines once.
pub struct Places<'a> {
    sources: &'a Sources,
    texts: Vec<Text>,
}

#[derive(Default)]
struct Text {
    lines: OnceCell<Lines>,
    /// Bytes and characters before each mark; a mark stands every [`STEP`] bytes.
    marks: OnceCell<Vec<(usize, usize)>>,
}

impl<'a> Places<'a> {
    pub fn of(sources: &'a Sources) -> Self {
        Self { sources, texts: sources.iter().map(|_| Text::default()).collect() }
    }

    pub fn path(&self, at: Location) -> &'a str {
        &self.sources.get(at.source).path
    }

    pub fn place(&self, at: Location) -> Place {
        let point = |offset| self.point(at.source, offset);
        Place { start: point(at.span.start), end: point(at.span.end) }
    }

    pub fn point(&self, source: SourceId, offset: usize) -> Point {
        let bytes = &self.sources.get(source).bytes;
        let offset = offset.min(bytes.len());
        let line = self.lines(source).line(offset);
        let start = self.lines(source).range(bytes, line, line).start;
        let before = if offset - start <= STEP {
            characters(&bytes[start..offset])
        } else {
            self.characters_before(source, offset) - self.characters_before(source, start)
        };
        Point { line, column: before + 1, offset }
    }

    /// The column of a point as UTF-8 counts it: 1-based, in bytes.
    pub fn byte_column(&self, source: SourceId, point: Point) -> usize {
        let bytes = &self.sources.get(source).bytes;
        point.offset - self.lines(source).range(bytes, point.line, point.line).start + 1
    }

    pub fn lines(&self, source: SourceId) -> &Lines {
        self.texts[source.index()].lines.get_or_init(|| Lines::of(&self.sources.get(source).bytes))
    }

    fn characters_before(&self, source: SourceId, offset: usize) -> usize {
        let bytes = &self.sources.get(source).bytes;
        let marks = self.texts[source.index()].marks.get_or_init(|| marks(bytes));
        let (at, before) = marks[marks.partition_point(|(at, _)| *at <= offset) - 1];
        before + characters(&bytes[at..offset])
    }
}

/// The first mark is the beginning of the text; each stands between two characters.
fn marks(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut marks = vec![(0, 0)];
    let (mut at, mut before, mut next) = (0, 0, STEP);
    let mut go_on = |length: usize| {
        at += length;
        before += 1;
        if at >= next {
            marks.push((at, before));
            next = at + STEP;
        }
    };
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|c| go_on(c.len_utf8()));
        if !chunk.invalid().is_empty() {
            go_on(chunk.invalid().len());
        }
    }
    marks
}

fn characters(bytes: &[u8]) -> usize {
    bytes.utf8_chunks().map(|chunk| chunk.valid().chars().count() + usize::from(!chunk.invalid().is_empty())).sum()
}

/// Where a finding is shown by what knows only files. A tag is in none: then the first file that the finding points to
/// stands for it, or what [`in_a_file`] says.
pub fn shown(judgement: &Judgement, finding: &Finding) -> Location {
    let is_file = |at: &Location| !is_ref(&judgement.facts.sources.get(at.source).path);
    let places = std::iter::once(finding.at).chain(finding.related.iter().map(|related| related.at));
    places.into_iter().find(is_file).unwrap_or_else(|| in_a_file(judgement, finding.at))
}

/// A place in a file: of a tag, the version that is built, since that is what the tag releases; else the changelog, else the
/// first file that was read.
pub fn in_a_file(judgement: &Judgement, at: Location) -> Location {
    let facts = &judgement.facts;
    let is_file = |at: &Location| !is_ref(&facts.sources.get(at.source).path);
    let declared = facts.declared.declarations.iter().map(|declaration| declaration.at);
    let changelog = facts.changelog.iter().map(|found| found.source);
    let files = changelog.chain(facts.sources.iter().map(|(source, _)| source));
    let files = files.map(|source| Location { source, span: Span::at(0) });
    std::iter::once(at).chain(declared).chain(files).find(is_file).unwrap_or(at)
}

/// Whether a source is the name of a ref, and no file.
pub fn is_ref(path: &str) -> bool {
    path.starts_with("refs/")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::position::Position;

    proptest! {
        #[test]
        fn long_lines_are_counted_as_short_ones(
            pieces in proptest::collection::vec((0_usize..5, 1_usize..5000), 1..6), share in 0.0..1.0_f64,
        ) {
            let kinds: [&[u8]; 5] = [b"a", "é".as_bytes(), "漢".as_bytes(), b"\xff", b"x\n"];
            let bytes: Vec<u8> = pieces.iter().flat_map(|(kind, count)| kinds[*kind].repeat(*count)).collect();
            let offset = (bytes.len() as f64 * share) as usize;
            let mut sources = Sources::default();
            let source = sources.add("a", bytes.clone());
            let places = Places::of(&sources);
            let start = places.place(Location { source, span: Span::at(offset) }).start;
            let expected = Position::of(&bytes, offset);
            prop_assert_eq!((start.line, start.column), (expected.line, expected.column));
        }
    }
}
