//! meson-python: the `version` of `project()` in meson.build.

use crate::failure::Failure;
use crate::finding::{Location, Span};

use super::survey::Survey;
use super::{Kind, Origin, Role, Unresolved};

/// Finds the version of a project whose version is dynamic; `at` is where it says so.
pub(super) fn declare(survey: &mut Survey<'_, '_>, at: Location) -> Result<Origin, Failure> {
    let missing = |reason: &str| Ok(Origin::Missing(Unresolved { at, reason: reason.to_owned() }));
    let Some(source) = survey.read("meson.build")? else {
        return missing("meson-python reads it from meson.build, which is not there");
    };
    let Ok(text) = std::str::from_utf8(survey.bytes(source)) else {
        return missing("meson.build is not UTF-8");
    };
    match project_version(text) {
        Stated::Text(span) => {
            let value = text[span.range()].to_owned();
            survey.declare(Kind::Pattern, Role::Authority, Location { source, span }, &value);
            Ok(Origin::Declared)
        }
        Stated::Computed(offset) => {
            let at = Location { source, span: Span::at(offset) };
            Ok(Origin::Unresolved(Unresolved { at, reason: "meson.build computes it".to_owned() }))
        }
        Stated::Nothing => missing("`project()` in meson.build states none"),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Stated {
    Text(Span),
    /// At this byte offset.
    Computed(usize),
    Nothing,
}

/// The keyword `version` of the first statement, which is `project(...)` in every meson.build.
fn project_version(text: &str) -> Stated {
    let mut tokens = Tokens { text, at: 0 };
    let mut depth = 0_usize;
    let mut key = None;
    while let Some((start, token)) = tokens.next() {
        match token {
            Token::Open if depth == 0 && key != Some("project") => return Stated::Nothing,
            Token::Open => depth += 1,
            Token::Close if depth <= 1 => return Stated::Nothing,
            Token::Close => depth -= 1,
            Token::Word(word) => key = Some(word),
            Token::Colon if depth == 1 && key == Some("version") => {
                let value = tokens.next();
                let ends = matches!(tokens.next(), None | Some((_, Token::Comma | Token::Close)));
                return match value {
                    Some((_, Token::Text(span))) if ends => Stated::Text(span),
                    Some((start, _)) => Stated::Computed(start),
                    None => Stated::Computed(start),
                };
            }
            Token::Text(_) | Token::Comma | Token::Colon | Token::Other => {}
        }
    }
    Stated::Nothing
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    /// The bytes between the quotes of a string without escapes.
    Text(Span),
    Open,
    Close,
    Comma,
    Colon,
    Other,
}

/// Reads meson's language as far as words, strings, comments and brackets go.
struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Iterator for Tokens<'t> {
    type Item = (usize, Token<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = &self.text[self.at..];
            let first = rest.chars().next()?;
            let start = self.at;
            let (length, token) = match first {
                '#' => {
                    self.at += rest.find('\n').unwrap_or(rest.len());
                    continue;
                }
                c if c.is_whitespace() || c == '\u{feff}' => {
                    self.at += c.len_utf8();
                    continue;
                }
                '\'' => {
                    let quote = if rest.starts_with("'''") { "'''" } else { "'" };
                    let inner = &rest[quote.len()..];
                    let end = closing(inner, quote);
                    let span = Span::new(start + quote.len(), start + quote.len() + end);
                    let escaped = quote.len() == 1 && inner[..end].contains('\\');
                    let token = if escaped { Token::Other } else { Token::Text(span) };
                    ((quote.len() + end + quote.len()).min(rest.len()), token)
                }
                '(' | '[' | '{' => (1, Token::Open),
                ')' | ']' | '}' => (1, Token::Close),
                ',' => (1, Token::Comma),
                ':' => (1, Token::Colon),
                c if c.is_ascii_alphabetic() || c == '_' => {
                    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
                    let length = rest.find(word).unwrap_or(rest.len());
                    (length, Token::Word(&rest[..length]))
                }
                c => (c.len_utf8(), Token::Other),
            };
            self.at += length;
            return Some((start, token));
        }
    }
}

/// Where the string ends whose text follows: at its closing quote, or at the end of the file.
fn closing(inner: &str, quote: &str) -> usize {
    if quote.len() > 1 {
        return inner.find(quote).unwrap_or(inner.len());
    }
    let mut escaped = false;
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'\'' => return at,
            _ => {}
        }
    }
    inner.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_keyword_of_project_is_read() {
        for (text, version) in [
            ("project('demo', version: '1.2.3', meson_version: '>=0.63')", Some("1.2.3")),
            ("# version: '9'\nproject(\n  'demo', 'c', # version: '8'\n  version : '''1.2.3''',\n)", Some("1.2.3")),
            ("project('x', default_options: ['version: 9'], version: '1')", Some("1")),
            ("project('x', meson_version: '>=1')\nx(version: '2')", None),
            ("project('x', version: files('VERSION'))", None),
            ("project('x', version: '1' + '2')", None),
            ("project('it\\'s', version: '1')", Some("1")),
            ("", None),
            ("project(", None),
            ("project('", None),
        ] {
            let found = match project_version(text) {
                Stated::Text(span) => Some(&text[span.range()]),
                _ => None,
            };
            assert_eq!(found, version, "{text}");
        }
    }
}
