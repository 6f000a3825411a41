//! Reads values of TOML and collects what is wrong with them.

use toml::Spanned;
use toml::de::DeValue;

use super::place;
use crate::failure::{Failure, nearest};
use crate::files::Files;
use crate::finding::SourceId;

/// Collects what is wrong: byte offset and message.
pub(super) struct Reader<'a> {
    mistakes: Vec<(usize, String)>,
    /// The ids that settings may name.
    pub(super) rules: &'a [&'a str],
}

pub(super) type Value<'d> = Spanned<DeValue<'d>>;

impl<'a> Reader<'a> {
    pub(super) fn new(rules: &'a [&'a str]) -> Self {
        Self { mistakes: Vec::new(), rules }
    }

    /// Answers with all mistakes of one file, in the order of the text.
    pub(super) fn close(self, files: &Files<'_>, source: SourceId) -> Result<(), Failure> {
        let mut mistakes = self.mistakes;
        mistakes.sort();
        let mut lines =
            mistakes.iter().map(|(offset, message)| format!("{}: {message}", place(files, source, *offset)));
        let Some(first) = lines.next() else { return Ok(()) };
        let rest: Vec<String> = lines.collect();
        let failure = Failure::new(first);
        Err(if rest.is_empty() { failure } else { failure.help(rest.join("\n")) })
    }

    pub(super) fn mistake(&mut self, value: &Value<'_>, message: String) {
        self.mistakes.push((value.span().start, message));
    }

    pub(super) fn unknown(&mut self, offset: usize, what: &str, name: &str, known: &[&str]) {
        let mut message = format!("there is no {what} `{name}`");
        if let Some(nearest) = nearest(name, known) {
            message += &format!("; did you mean `{nearest}`?");
        }
        self.mistakes.push((offset, message));
    }

    pub(super) fn string<'v>(&mut self, value: &'v Value<'_>, name: &str) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.mistake(value, format!("`{name}` is a string, not {}", value.get_ref().type_str()));
        }
        text
    }

    pub(super) fn strings(&mut self, value: &Value<'_>, name: &str) -> Option<Vec<String>> {
        let Some(array) = value.get_ref().as_array() else {
            self.mistake(value, format!("`{name}` is an array of strings, not {}", value.get_ref().type_str()));
            return None;
        };
        array.iter().map(|item| self.string(item, name).map(str::to_owned)).collect()
    }

    pub(super) fn boolean(&mut self, value: &Value<'_>, name: &str) -> Option<bool> {
        let found = value.get_ref().as_bool();
        if found.is_none() {
            self.mistake(value, format!("`{name}` is `true` or `false`, not {}", value.get_ref().type_str()));
        }
        found
    }
}
