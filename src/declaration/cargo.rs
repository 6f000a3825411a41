//! maturin: Cargo.toml, and the entry of its package in Cargo.lock.

use crate::failure::Failure;
use crate::finding::{Location, SourceId};

use super::pyproject::Pyproject;
use super::survey::{Survey, within};
use super::toml_text::{Document, Fault};
use super::{Kind, Origin, Role, Unresolved, lockfile};

/// How many folders are gone up to find a workspace.
const HIGHEST_WORKSPACE: usize = 8;

/// Finds the version of a project that states none; `at` is where it says that it is dynamic.
pub(super) fn declare(survey: &mut Survey<'_, '_>, pyproject: &Pyproject<'_>, at: Location) -> Result<Origin, Failure> {
    let set = pyproject.document.string(&["tool", "maturin", "manifest-path"]);
    let candidates = set.map_or(vec!["Cargo.toml", "rust/Cargo.toml", "native/Cargo.toml"], |path| vec![path]);
    for path in candidates {
        if let Some(source) = survey.read(path)? {
            return from_manifest(survey, path, source, at);
        }
    }
    let reason = "maturin reads it from Cargo.toml, which is not there".to_owned();
    Ok(Origin::Missing(Unresolved { at, reason }))
}

fn from_manifest(survey: &mut Survey<'_, '_>, path: &str, source: SourceId, at: Location) -> Result<Origin, Failure> {
    let Some(text) = text(survey, source) else {
        return Ok(Origin::Missing(Unresolved { at, reason: format!("`{path}` is not UTF-8") }));
    };
    let document = match Document::parse(&text) {
        Ok(document) => document,
        Err(fault) => return Ok(broken(source, fault)),
    };
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let Some(version) = document.get(&["package", "version"]) else {
        let reason = format!("maturin reads it from `{path}`, which states none");
        return Ok(Origin::Missing(Unresolved { at, reason }));
    };
    let mut root = folder.clone();
    if let Some(value) = version.string() {
        survey.declare(Kind::Cargo, Role::Authority, Location { source, span: version.inner_span() }, value);
    } else {
        let named = document.string(&["package", "workspace"]).map(|workspace| within(&folder, workspace));
        let Some((inherited, place, workspace)) = workspace_version(survey, &folder, named)? else {
            let place = Location { source, span: version.span() };
            let reason = "no workspace states the version that Cargo.toml inherits".to_owned();
            return Ok(Origin::Missing(Unresolved { at: place, reason }));
        };
        survey.declare(Kind::Cargo, Role::Authority, place, &inherited);
        root = workspace;
    }
    if let Some(name) = document.string(&["package", "name"]) {
        lockfile::declare_cargo(survey, name, &[folder, root])?;
    }
    Ok(Origin::Declared)
}

/// `[workspace.package] version` in the named folder, or in the nearest one that has it, from `folder` upwards: the
/// text, its place, and the folder.
fn workspace_version(
    survey: &mut Survey<'_, '_>,
    folder: &str,
    named: Option<String>,
) -> Result<Option<(String, Location, String)>, Failure> {
    let steps = if named.is_some() { 1 } else { HIGHEST_WORKSPACE };
    let mut folder = named.unwrap_or_else(|| folder.to_owned());
    for _ in 0..steps {
        if let Some(source) = survey.read(&within(&folder, "Cargo.toml"))?
            && let Some(text) = text(survey, source)
            && let Ok(document) = Document::parse(&text)
            && let Some(version) = document.get(&["workspace", "package", "version"])
            && let Some(value) = version.string()
        {
            let at = Location { source, span: version.inner_span() };
            return Ok(Some((value.to_owned(), at, folder)));
        }
        folder = within(&folder, "..");
    }
    Ok(None)
}

fn text(survey: &Survey<'_, '_>, source: SourceId) -> Option<String> {
    std::str::from_utf8(survey.bytes(source)).ok().map(str::to_owned)
}

fn broken(source: SourceId, fault: Fault) -> Origin {
    let at = Location { source, span: crate::finding::Span::at(fault.offset) };
    Origin::Missing(Unresolved { at, reason: format!("Cargo.toml is not TOML: {}", fault.message) })
}
