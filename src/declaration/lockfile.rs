//! The project's own entry in uv.lock and Cargo.lock.
//!
//! Both are written by machines, package by package, and may be large: each `[[package]]` is looked at as text, and only
//! the project's own is read as TOML.

use crate::failure::Failure;
use crate::finding::{Location, Span};

use super::pyproject::normalised;
use super::survey::{Survey, within};
use super::toml_text::{Document, Node};
use super::{Kind, Role};

const HEADER: &str = "[[package]]";

/// Declares the project's entry in uv.lock: beside pyproject.toml, or above it in a workspace.
pub(super) fn declare_uv(survey: &mut Survey<'_, '_>, name: &str) -> Result<(), Failure> {
    let ours = normalised(name);
    for path in ["uv.lock", "../uv.lock", "../../uv.lock", "../../../uv.lock"] {
        let Some(source) = survey.read(path)? else { continue };
        let folder = survey.path("").unwrap_or_default();
        let Ok(text) = std::str::from_utf8(survey.bytes(source)) else { return Ok(()) };
        let top = survey.path_of(source).trim_end_matches("uv.lock").trim_end_matches('/');
        let member = folder[top.len().min(folder.len())..].trim_matches('/');
        let found = own_version(text, &ours, |package| {
            let local = |key: &str| package.get(&["source", key]).and_then(Node::string);
            let place = local("editable").or(local("virtual")).or(local("directory"));
            package.string(&["name"]).is_some_and(|name| normalised(name) == ours)
                && place.is_some_and(|place| place.trim_matches(['.', '/']) == member || place == member)
        });
        if let Some((span, value)) = found {
            survey.declare(Kind::Lockfile, Role::Lock, Location { source, span }, &value);
        }
        return Ok(());
    }
    Ok(())
}

/// Declares the entry of the crate `name` in the first Cargo.lock of these folders. A package of the workspace has no
/// `source`.
pub(super) fn declare_cargo(survey: &mut Survey<'_, '_>, name: &str, folders: &[String]) -> Result<(), Failure> {
    for folder in folders {
        let Some(source) = survey.read(&within(folder, "Cargo.lock"))? else { continue };
        let Ok(text) = std::str::from_utf8(survey.bytes(source)) else { return Ok(()) };
        let own = |package: &Document<'_>| package.string(&["name"]) == Some(name) && !package.has(&["source"]);
        if let Some((span, value)) = own_version(text, name, own) {
            survey.declare(Kind::Lockfile, Role::Lock, Location { source, span }, &value);
        }
        return Ok(());
    }
    Ok(())
}

/// The version of the first package `name` that `own` accepts, and its bytes.
fn own_version(text: &str, name: &str, own: impl Fn(&Document<'_>) -> bool) -> Option<(Span, String)> {
    for (start, package) in packages(text) {
        if !package.contains(name) {
            continue;
        }
        let Ok(document) = Document::parse(package) else { continue };
        if own(&document)
            && let Some(version) = document.get(&["version"])
            && let Some(value) = version.string()
        {
            return Some((version.inner_span().shifted(start), value.to_owned()));
        }
    }
    None
}

/// The head of each package: what stands between its header and the next one, and the offset where that begins.
fn packages(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let header = at + text.get(at..)?.find(HEADER)?;
            at = header + HEADER.len();
            if header > 0 && text.as_bytes()[header - 1] != b'\n' {
                continue;
            }
            let rest = &text[at..];
            let end = rest.find("\n[").map_or(rest.len(), |end| end + 1);
            return Some((at, &rest[..end]));
        }
    })
}
