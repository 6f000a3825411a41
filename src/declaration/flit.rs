//! flit_core: the module's own `__version__`.

use std::rc::Rc;

use crate::failure::Failure;
use crate::finding::{Location, SourceId};
use crate::repository::EntryKind;

use super::literal::{Resolved, resolve};
use super::pyproject::Pyproject;
use super::python::{Module, Value};
use super::survey::{Survey, within};
use super::{Kind, Origin, Role, Unresolved};

/// Files of a package that flit reads, the weightiest last.
const VERSION_FILES: &[&str] = &["__version__.py", "_version.py", "version.py", "__init__.py"];

/// Finds the version of a project that states none; `at` is where it says that it is dynamic.
pub(super) fn declare(survey: &mut Survey<'_, '_>, pyproject: &Pyproject<'_>, at: Location) -> Result<Origin, Failure> {
    let missing = |reason: String| Ok(Origin::Missing(Unresolved { at, reason }));
    let document = &pyproject.document;
    let name = document
        .string(&["tool", "flit", "module", "name"])
        .or_else(|| document.string(&["tool", "flit", "metadata", "module"]))
        .or_else(|| document.string(&["project", "name"]))
        .unwrap_or_default()
        .replace('-', "_");
    let candidates = candidates(survey, &name.replace('.', "/"))?;
    let files = match candidates.as_slice() {
        [] => return missing(format!("flit finds no module `{name}`")),
        [Candidate::Module(path)] => vec![path.clone()],
        [Candidate::Package(folder)] => VERSION_FILES.iter().map(|file| within(folder, file)).collect(),
        _ => return missing(format!("flit finds several modules `{name}` and refuses to choose")),
    };
    let mut found = None;
    let mut last = None;
    for path in files {
        let Some((source, module)) = survey.module(&path)? else { continue };
        survey.refuse_fault(source, &module, "flit");
        found = plain_assignment(source, &module).or(found);
        last = Some((path, source, module));
    }
    let Some((path, source, module)) = last else { return missing(format!("flit finds no module `{name}`")) };
    // Without a plain string flit imports the module.
    let found = match found {
        Some(found) => Some(found),
        None => resolve(survey, &path, source, &module, "__version__")?,
    };
    match found {
        Some(Resolved { value: Value::Text(text), at }) => {
            survey.declare(Kind::Python, Role::Authority, at, &text);
            Ok(Origin::Declared)
        }
        _ if module.bound("__version__").is_none() && !module.answers_for_any_name() => {
            missing(format!("flit reads `__version__` of `{path}`, which has none"))
        }
        _ => {
            let reason = format!("flit imports `{path}` for it");
            Ok(Origin::Unresolved(Unresolved { at, reason }))
        }
    }
}

/// The first plain string that is assigned to `__version__` in the module itself.
fn plain_assignment(source: SourceId, module: &Rc<Module>) -> Option<Resolved> {
    let plain = module.assignments.iter().find(|one| one.top && one.literal && one.name == "__version__")?;
    let value = plain.value.clone().filter(|value| !matches!(value, Value::Tuple(_)))?;
    Some(Resolved { value, at: Location { source, span: plain.at } })
}

enum Candidate {
    Package(String),
    Module(String),
}

/// Everything that flit could take for the module.
fn candidates(survey: &Survey<'_, '_>, name: &str) -> Result<Vec<Candidate>, Failure> {
    let mut found = Vec::new();
    if name.is_empty() {
        return Ok(found);
    }
    let (folder, stem) = name.rsplit_once('/').unwrap_or(("", name));
    for root in ["", "src"] {
        let parent = within(root, folder);
        for entry in survey.entries(&parent)?.iter() {
            if entry.name == stem && entry.kind == EntryKind::Folder {
                found.push(Candidate::Package(within(&parent, stem)));
            } else if entry.name.strip_suffix(".py") == Some(stem) && entry.kind == EntryKind::File {
                found.push(Candidate::Module(within(&parent, &entry.name)));
            }
        }
    }
    Ok(found)
}
