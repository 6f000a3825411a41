//! pyproject.toml: the project's name, its static version, and who builds it.

use crate::failure::Failure;
use crate::finding::{Location, SourceId, Span};
use crate::position::Position;

use super::survey::Survey;
use super::toml_text::{Document, Node};

/// The largest pyproject.toml that is read, in bytes.
const LARGEST_FILE: usize = 4 << 20;

/// A project's pyproject.toml.
#[derive(Debug)]
pub(super) struct Pyproject<'a> {
    pub(super) source: SourceId,
    pub(super) document: Document<'a>,
}

impl Pyproject<'_> {
    /// The distribution's name as the metadata writes it.
    pub(super) fn name(&self) -> Option<&str> {
        let document = &self.document;
        document
            .string(&["project", "name"])
            .or_else(|| document.string(&["tool", "poetry", "name"]))
            .or_else(|| document.string(&["tool", "flit", "metadata", "dist-name"]))
            .or_else(|| document.string(&["tool", "flit", "metadata", "module"]))
    }

    /// `[build-system] build-backend`.
    pub(super) fn backend(&self) -> Option<&str> {
        self.document.string(&["build-system", "build-backend"])
    }

    /// The names of what the build needs, normalised.
    pub(super) fn requires(&self) -> Vec<String> {
        let requires = self.document.get(&["build-system", "requires"]);
        requires.into_iter().flat_map(Node::strings).map(requirement_name).collect()
    }

    /// The item `"version"` of `[project] dynamic`.
    pub(super) fn dynamic(&self) -> Option<Node<'_>> {
        self.document.get(&["project", "dynamic"])?.items().find(|item| item.string() == Some("version"))
    }

    pub(super) fn at(&self, span: Span) -> Location {
        Location { source: self.source, span }
    }
}

/// The name that a PEP 508 requirement begins with, normalised.
fn requirement_name(requirement: &str) -> String {
    let requirement = requirement.trim_start();
    let end = requirement
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(requirement.len());
    normalised(&requirement[..end])
}

/// A distribution's name as PyPA's name normalization writes it.
pub(super) fn normalised(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            other => normal.extend(other.to_lowercase()),
        }
    }
    normal
}

/// The bytes of pyproject.toml as text.
///
/// # Errors
/// Where it cannot be read or is not UTF-8.
pub(super) fn text(survey: &mut Survey<'_, '_>) -> Result<Option<(SourceId, String)>, Failure> {
    let Some(source) = survey.read("pyproject.toml")? else { return Ok(None) };
    let bytes = survey.bytes(source);
    let path = survey.path_of(source);
    if bytes.len() > LARGEST_FILE {
        let message =
            format!("{path} has {} bytes; relgate reads no settings of more than {LARGEST_FILE}", bytes.len());
        return Err(Failure::new(message));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Some((source, text.to_owned()))),
        Err(error) => {
            let Position { line, column } = Position::of(bytes, error.valid_up_to());
            Err(Failure::new(format!("{path}:{line}:{column}: not UTF-8, which TOML has to be")))
        }
    }
}

/// Reads the text of pyproject.toml.
///
/// # Errors
/// Where it is not TOML.
pub(super) fn parse<'t>(survey: &Survey<'_, '_>, text: &'t str) -> Result<Document<'t>, Failure> {
    Document::parse(text).map_err(|fault| {
        let path = survey.path("pyproject.toml").unwrap_or_default();
        let Position { line, column } = Position::of(text.as_bytes(), fault.offset);
        Failure::new(format!("{path}:{line}:{column}: {}", fault.message))
    })
}
