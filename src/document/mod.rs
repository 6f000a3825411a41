//! What a project writes down about its releases beside the changelog: which versions are supported, and what has to be
//! done before one is made. Markdown, as GitHub reads it.

mod checklist;
mod support;
mod versions;

use crate::failure::Failure;
use crate::files::{Files, join};
use crate::finding::SourceId;

pub use checklist::{Checklist, Item};
pub use support::{Line, Standing, SupportTable};

/// Where the table of supported versions usually stands.
const SUPPORT_PATHS: [&str; 6] =
    ["SECURITY.md", ".github/SECURITY.md", "docs/SECURITY.md", "security.md", "docs/security.md", "docs/release.md"];

/// The largest document that is read, in bytes.
const LARGEST: usize = 4 << 20;

/// A document that the settings ask for, or that is where it usually is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Found<T> {
    /// Nobody asks for one, and there is none.
    #[default]
    None,
    /// The settings name this file, and it is not there or holds nothing of the kind.
    Missing(String),
    At(SourceId, T),
}

/// The table of supported versions: in the file that the settings name, else where it usually is; for a package in its
/// `folder` first.
///
/// # Errors
/// Where a file cannot be read.
pub fn support_table(files: &mut Files<'_>, folder: &str, named: Option<&str>) -> Result<Found<SupportTable>, Failure> {
    let usual = SUPPORT_PATHS.as_slice();
    for path in named.as_ref().map_or(usual, std::slice::from_ref) {
        for (source, text) in texts(files, folder, path)? {
            if let Some(table) = support::read(&text, is_about_security(path) || named.is_some()) {
                return Ok(Found::At(source, table));
            }
        }
    }
    Ok(named.map_or(Found::None, |path| Found::Missing(path.to_owned())))
}

fn is_about_security(path: &str) -> bool {
    path.to_ascii_lowercase().ends_with("security.md")
}

/// The items of the checklist at `path`, all of them or those under the `headings`.
///
/// # Errors
/// Where the file cannot be read.
pub fn checklist(
    files: &mut Files<'_>,
    folder: &str,
    path: &str,
    headings: &[String],
) -> Result<Found<Checklist>, Failure> {
    let first = texts(files, folder, path)?.into_iter().next();
    Ok(match first {
        Some((source, text)) => Found::At(source, checklist::read(&text, headings)),
        None => Found::Missing(path.to_owned()),
    })
}

/// The texts at `path`: in the package's folder, and at the top of the repository.
fn texts(files: &mut Files<'_>, folder: &str, path: &str) -> Result<Vec<(SourceId, String)>, Failure> {
    let mut texts = Vec::new();
    let homes: &[&str] = if folder.is_empty() { &[""] } else { &[folder, ""] };
    for home in homes {
        let path = join(home, path);
        let Some(source) = files.read(&path)? else { continue };
        let bytes = files.bytes(source);
        if bytes.len() > LARGEST {
            let message = format!("`{path}` is too large to be read: {} bytes, at most {LARGEST}", bytes.len());
            return Err(Failure::new(message).help("keep what concerns releases in a file of its own"));
        }
        texts.push((source, text(bytes)));
    }
    Ok(texts)
}

/// The bytes as text of the same length: what is no text is put as `?`, a byte-order mark as spaces.
fn text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let bare = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.push_str(&" ".repeat(bytes.len() - bare.len()));
    for chunk in bare.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

/// The words of a text in lower case, one space between them.
fn words(text: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_keeps_its_place() {
        assert_eq!(text(b"\xef\xbb\xbf# a\xff\xc3b\n"), "   # a??b\n");
        assert_eq!(text("é".as_bytes()), "é");
    }
}
