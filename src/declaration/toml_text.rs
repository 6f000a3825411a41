//! TOML together with the bytes of each value: the only place that reads TOML for declarations.

use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};

use crate::finding::Span;

/// A text that is TOML.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    text: &'a str,
    root: DeTable<'a>,
}

/// Why a text is not TOML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Byte offset of what is wrong.
    pub(crate) offset: usize,
    pub(crate) message: String,
}

/// One value of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'d> {
    text: &'d str,
    value: &'d Spanned<DeValue<'d>>,
}

impl<'a> Document<'a> {
    /// Reads a whole document; a byte order mark is allowed.
    ///
    /// # Errors
    /// With the first fault where the text is not TOML.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Fault> {
        let (root, errors) = DeTable::parse_recoverable(text);
        // A recovered tree may hold values that nobody wrote: it is never used where there are errors.
        match errors.into_iter().min_by_key(|error| error.span().map_or(usize::MAX, |span| span.start)) {
            None => Ok(Self { text, root: root.into_inner() }),
            Some(error) => Err(Fault {
                offset: error.span().map_or(0, |span| span.start.min(text.len())),
                message: error.message().replace('\n', ", "),
            }),
        }
    }

    /// The value under a path of keys, however the tables on the way are written.
    pub(crate) fn get(&self, path: &[&str]) -> Option<Node<'_>> {
        let (first, rest) = path.split_first()?;
        let value = self.root.get(*first)?;
        Node { text: self.text, value }.get(rest)
    }

    pub(crate) fn string(&self, path: &[&str]) -> Option<&str> {
        self.get(path)?.string()
    }

    /// The bytes of the key that opens a table or names a value: `project` of `[project]`.
    pub(crate) fn header(&self, path: &[&str]) -> Option<Span> {
        let (last, before) = path.split_last()?;
        let table = if before.is_empty() { &self.root } else { self.get(before)?.value.get_ref().as_table()? };
        let (key, _) = table.get_key_value(*last)?;
        Some(Span::new(key.span().start.min(self.text.len()), key.span().end.min(self.text.len())))
    }

    pub(crate) fn has(&self, path: &[&str]) -> bool {
        self.get(path).is_some()
    }
}

impl<'d> Node<'d> {
    /// The value under a path of keys from here; the node itself for an empty path.
    pub(crate) fn get(self, path: &[&str]) -> Option<Node<'d>> {
        path.iter().try_fold(self, |node, key| {
            let value = node.value.get_ref().as_table()?.get(*key)?;
            Some(Node { text: node.text, value })
        })
    }

    pub(crate) fn string(self) -> Option<&'d str> {
        self.value.get_ref().as_str()
    }

    pub(crate) fn boolean(self) -> Option<bool> {
        self.value.get_ref().as_bool()
    }

    pub(crate) fn is_table(self) -> bool {
        self.value.get_ref().is_table()
    }

    /// The items of an array; nothing where it is none.
    pub(crate) fn items(self) -> impl Iterator<Item = Node<'d>> {
        let items = self.value.get_ref().as_array().into_iter().flatten();
        items.map(move |value| Node { text: self.text, value })
    }

    /// The strings of an array, or the string itself where it is one.
    pub(crate) fn strings(self) -> impl Iterator<Item = &'d str> {
        self.string().into_iter().chain(self.items().filter_map(Node::string))
    }

    /// The keys and values of a table, in the order of their keys.
    pub(crate) fn entries(self) -> impl Iterator<Item = (&'d str, Node<'d>)> {
        let entries = self.value.get_ref().as_table().into_iter().flatten();
        entries.map(move |(key, value)| (key.get_ref().as_ref(), Node { text: self.text, value }))
    }

    /// The bytes of the value as written, quotes included.
    pub(crate) fn span(self) -> Span {
        let span = self.value.span();
        Span::new(span.start.min(self.text.len()), span.end.clamp(span.start, self.text.len()))
    }

    /// The bytes of a string without its quotes, and without the line breaks and white space round it that a multi-line
    /// string lets fall; the bytes of any other value.
    pub(crate) fn inner_span(self) -> Span {
        let whole = self.span();
        let Some(raw) = self.text.get(whole.range()) else { return whole };
        let quotes = ["\"\"\"", "'''", "\"", "'"];
        let Some(quote) = quotes.iter().find(|quote| raw.starts_with(**quote) && raw.len() >= 2 * quote.len()) else {
            return whole;
        };
        let inner = &raw[quote.len()..raw.len() - quote.len()];
        let start = whole.start + quote.len();
        match self.string().and_then(|value| inner.find(value).map(|at| (at, value.len()))) {
            Some((at, length)) => Span::new(start + at, start + at + length),
            None => Span::new(start, start + inner.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inner(text: &str, path: &[&str]) -> (String, String) {
        let document = Document::parse(text).unwrap();
        let node = document.get(path).unwrap();
        (node.string().unwrap_or_default().to_owned(), text[node.inner_span().range()].to_owned())
    }

    #[test]
    fn a_version_is_found_however_its_tables_are_written() {
        for text in [
            "[project]\nversion = \"1.2.3\"\n",
            "\u{feff}[project]\r\n'version' = '1.2.3' # \"9\"\r\n",
            "project.version = \"1.2.3\"",
            "project = { name = 'x', version = '1.2.3' }",
            "[\"project\"]\n\"version\" = \"\"\"\\\n   1.2.3\"\"\"",
            "[project]\nversion = '''\n1.2.3'''",
            "[ project ]\n\"vers\\u0069on\" = '''1.2.3'''",
        ] {
            assert_eq!(inner(text, &["project", "version"]), ("1.2.3".into(), "1.2.3".into()), "{text}");
        }
    }

    #[test]
    fn an_escaped_text_keeps_the_span_between_its_quotes() {
        assert_eq!(inner("v = \"1\\u002e2\"", &["v"]), ("1.2".into(), "1\\u002e2".into()));
    }

    #[test]
    fn what_is_no_toml_has_a_place_and_a_reason() {
        for (text, offset) in [("[project]\nversion = 1.2.3\n", 20), ("a = \"x\nb = 1\n", 6), ("a = 1\na = 2\n", 6)] {
            let fault = Document::parse(text).unwrap_err();
            assert!(!fault.message.is_empty(), "{text}");
            assert!(fault.offset >= offset && fault.offset <= text.len(), "{text}: {fault:?}");
        }
    }
}
