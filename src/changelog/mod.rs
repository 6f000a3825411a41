//! Changelogs as facts: sections, changes and links, each with the bytes that state it.

/// One changelog.
#[derive(Clone, Debug, Default)]
pub struct Changelog {}

/// The text of a changelog as facts. Never fails: what is no changelog has no sections.
pub fn parse(_bytes: &[u8]) -> Changelog {
    Changelog::default()
}
