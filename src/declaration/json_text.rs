//! The top level of a JSON object, with the bytes of its strings.

use crate::finding::{Span, Spanned};

/// The members of a JSON object that are strings or plain values, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Members(Vec<(String, Value)>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    /// The text between the quotes, as written: no version has an escape in it.
    Text(Spanned<String>),
    True,
    Other,
}

impl Members {
    /// Reads as far as the text is JSON; a member after the first error is not there.
    pub(super) fn parse(text: &str) -> Self {
        let mut members = Self::default();
        let mut reader = Reader { text, at: 0 };
        reader.skip("\u{feff}");
        if reader.byte() == Some(b'{') {
            reader.at += 1;
            while let Some((key, value)) = reader.member() {
                members.0.push((key, value));
                if reader.byte() != Some(b',') {
                    break;
                }
                reader.at += 1;
            }
        }
        members
    }

    pub(super) fn string(&self, name: &str) -> Option<&Spanned<String>> {
        // Of two members with one name every reader takes the last.
        match self.0.iter().rev().find(|(key, _)| key == name) {
            Some((_, Value::Text(text))) => Some(text),
            _ => None,
        }
    }

    pub(super) fn is_true(&self, name: &str) -> bool {
        self.0.iter().rev().find(|(key, _)| key == name).is_some_and(|(_, value)| *value == Value::True)
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, prefix: &str) {
        if self.rest().starts_with(prefix) {
            self.at += prefix.len();
        }
    }

    /// The next byte that is no white space.
    fn byte(&mut self) -> Option<u8> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
        self.rest().bytes().next()
    }

    fn member(&mut self) -> Option<(String, Value)> {
        let key = self.string()?;
        if self.byte()? != b':' {
            return None;
        }
        self.at += 1;
        let value = match self.byte()? {
            b'"' => Value::Text(self.string()?),
            b'{' | b'[' => {
                self.nested()?;
                Value::Other
            }
            _ => {
                let rest = self.rest();
                let end = rest.find([',', '}', ']', '\n', ' ', '\t', '\r', '"']).unwrap_or(rest.len());
                let value = if &rest[..end] == "true" { Value::True } else { Value::Other };
                self.at += end;
                value
            }
        };
        self.byte();
        Some((key.value, value))
    }

    fn string(&mut self) -> Option<Spanned<String>> {
        if self.byte()? != b'"' {
            return None;
        }
        let start = self.at + 1;
        let mut escaped = false;
        for (offset, byte) in self.text.as_bytes().get(start..)?.iter().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    let span = Span::new(start, start + offset);
                    self.at = start + offset + 1;
                    return Some(Spanned::new(self.text.get(span.range())?.to_owned(), span));
                }
                _ => {}
            }
        }
        None
    }

    /// Goes past an object or an array.
    fn nested(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.byte()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {
                    let rest = self.rest();
                    let end = rest.find(['"', '{', '[', '}', ']']).unwrap_or(rest.len());
                    self.at += end.max(1);
                    continue;
                }
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_members_of_the_object_itself_are_seen() {
        let text = "{\"a\": {\"version\": \"9\", \"b\": [1, \"]\"]},\n \"version\" : \"1.2.3\", \"private\": true}";
        let members = Members::parse(text);
        let version = members.string("version").unwrap();
        assert_eq!((version.value.as_str(), &text[version.span.range()]), ("1.2.3", "1.2.3"));
        assert!(members.is_true("private"));
        assert!(members.string("b").is_none());
    }

    #[test]
    fn what_is_no_json_has_no_members() {
        for text in
            ["", "[]", "{", "{\"version\"", "{\"version\":", "{\"version\": \"1", "\"version\"", "{\"a\": [[[", "é"]
        {
            assert!(Members::parse(text).string("version").is_none(), "{text}");
        }
    }

    #[test]
    fn a_deep_nest_is_passed_without_recursion() {
        let text = format!("{{\"a\": {}{}, \"version\": \"1\"}}", "[".repeat(200_000), "]".repeat(200_000));
        assert!(Members::parse(&text).string("version").is_some());
    }
}
