//! What a rule says, and where: the vocabulary that every other module shares.
//!
//! Depends on nothing else of this crate.

use std::ops::Range;
use std::sync::Arc;

/// A byte range into the bytes of one [`Source`]: `start` inclusive, `end` exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "a span runs forwards: {start}..{end}");
        Self { start, end }
    }

    /// An empty span: a place between two bytes.
    pub fn at(offset: usize) -> Self {
        Self::new(offset, offset)
    }

    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The same span in a text that begins `bytes` later.
    pub fn shifted(self, bytes: usize) -> Self {
        Self::new(self.start + bytes, self.end + bytes)
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A value together with the bytes that state it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

impl<T> Spanned<T> {
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// Which of the [`Sources`] a span points into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(usize);

impl SourceId {
    /// Its place in the order in which the sources were read, counted from 0.
    pub fn index(self) -> usize {
        self.0
    }
}

/// A place: which source, which bytes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    pub source: SourceId,
    pub span: Span,
}

/// The very bytes that were judged, under the name that the user knows.
#[derive(Clone, Debug)]
pub struct Source {
    /// A path from the top of the repository with `/` between its parts, or the full name of a ref (`refs/tags/v1.0`),
    /// whose bytes are then the ref's short name.
    pub path: String,
    /// Shared: a changelog is long, and many ask for it.
    pub bytes: Arc<Vec<u8>>,
}

/// All that was read for one subject, each file once.
#[derive(Clone, Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    pub fn add(&mut self, path: impl Into<String>, bytes: impl Into<Arc<Vec<u8>>>) -> SourceId {
        self.0.push(Source { path: path.into(), bytes: bytes.into() });
        SourceId(self.0.len() - 1)
    }

    pub fn get(&self, id: SourceId) -> &Source {
        &self.0[id.0]
    }

    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.0.iter().enumerate().map(|(index, source)| (SourceId(index), source))
    }

    /// The bytes at a place.
    pub fn bytes_at(&self, at: Location) -> &[u8] {
        &self.get(at.source).bytes[at.span.range()]
    }

    /// The text at a place; bytes that are not UTF-8 are replaced.
    pub fn text_at(&self, at: Location) -> String {
        String::from_utf8_lossy(self.bytes_at(at)).into_owned()
    }
}

/// How a rule is taken: `Off` is never run, `Warn` is shown, `Error` blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Off,
    Warn,
    Error,
}

/// A second place that a finding needs to be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    pub at: Location,
    pub message: String,
}

/// Whether a repair keeps the meaning of the text (`Safe`), or asks to be looked at (`Unsafe`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safety {
    Unsafe,
    Safe,
}

/// Replaces the bytes of a place: an empty span inserts, an empty text deletes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    pub at: Location,
    pub text: String,
}

/// A repair that removes its finding; its edits are applied together or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    pub title: String,
    pub safety: Safety,
    pub edits: Vec<Edit>,
}

/// What a rule says about a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The id of the rule, in kebab-case.
    pub rule: &'static str,
    pub at: Location,
    /// Lower case, no full stop; values in backticks.
    pub message: String,
    pub related: Vec<Related>,
    /// How to put it right.
    pub help: Option<String>,
    pub fix: Option<Fix>,
    /// What makes it the same as another of its rule where the text differs each time: the name of a habit.
    pub habit: Option<&'static str>,
    /// Whether it only says that something could not be found out: it is shown and never blocks.
    pub is_doubt: bool,
}

impl Finding {
    pub fn related(&mut self, at: Location, message: impl Into<String>) -> &mut Self {
        self.related.push(Related { at, message: message.into() });
        self
    }

    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    pub fn fix(&mut self, title: impl Into<String>, safety: Safety, edits: Vec<Edit>) -> &mut Self {
        self.fix = Some(Fix { title: title.into(), safety, edits });
        self
    }
}

/// How many findings of one rule are kept: a text that has more is not read one by one, and must not fill the memory.
pub const MOST_FINDINGS: usize = 2_000;

/// Collects what one rule finds.
#[derive(Debug)]
pub struct Findings {
    rule: &'static str,
    /// One more than [`MOST_FINDINGS`] at most; the last place is written over again and again.
    found: Vec<Finding>,
}

impl Findings {
    pub fn of(rule: &'static str) -> Self {
        Self { rule, found: Vec::new() }
    }

    /// Adds a finding; what it needs beside place and message is added to the answer.
    pub fn add(&mut self, at: Location, message: impl Into<String>) -> &mut Finding {
        self.found.truncate(MOST_FINDINGS);
        let index = self.found.len();
        self.found.push(Finding {
            rule: self.rule,
            at,
            message: message.into(),
            related: Vec::new(),
            help: None,
            fix: None,
            habit: None,
            is_doubt: false,
        });
        &mut self.found[index]
    }

    pub fn into_vec(self) -> Vec<Finding> {
        self.found
    }
}
