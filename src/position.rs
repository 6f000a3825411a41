//! Lines and columns, as people count them. Only what prints uses them.

/// A place in a text: line and column are 1-based, the column counts Unicode scalar values (bytes that are no UTF-8 count
/// as their replacement characters).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl Position {
    /// The place of byte `offset`; an offset beyond the end is taken for the end. Reads all that stands before it: who
    /// asks for many places of one text takes [`Lines`].
    pub fn of(bytes: &[u8], offset: usize) -> Self {
        Lines::of(&bytes[..offset.min(bytes.len())]).position(bytes, offset)
    }
}

/// Where the lines of a text begin.
#[derive(Clone, Debug)]
pub struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    pub fn of(bytes: &[u8]) -> Self {
        let ends = memchr::memchr_iter(b'\n', bytes);
        Self { starts: std::iter::once(0).chain(ends.map(|at| at + 1)).collect() }
    }

    /// The place of byte `offset` in the same `bytes`; an offset beyond the end is taken for the end.
    pub fn position(&self, bytes: &[u8], offset: usize) -> Position {
        let offset = offset.min(bytes.len());
        let line = self.line(offset);
        let before = &bytes[self.starts[line - 1]..offset];
        Position { line, column: String::from_utf8_lossy(before).chars().count() + 1 }
    }

    /// The 1-based line of byte `offset`.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// The bytes of the 1-based lines `first` to `last`, line ends included, as a range.
    pub fn range(&self, bytes: &[u8], first: usize, last: usize) -> std::ops::Range<usize> {
        let start = self.starts.get(first - 1).copied().unwrap_or(bytes.len());
        start..self.starts.get(last).copied().unwrap_or(bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "a\nbé漢x\r\n".as_bytes();
        assert_eq!(Position::of(text, 0), Position { line: 1, column: 1 });
        assert_eq!(Position::of(text, 2), Position { line: 2, column: 1 });
        assert_eq!(Position::of(text, 8), Position { line: 2, column: 4 });
        assert_eq!(Position::of(text, 99), Position { line: 3, column: 1 });
        assert_eq!(Position::of(b"\xff\xffx", 2), Position { line: 1, column: 3 });
    }
}
