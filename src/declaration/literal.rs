//! `__version__` and its relatives in the import packages of a project.

use std::rc::Rc;

use crate::failure::Failure;
use crate::finding::{Location, SourceId};
use crate::version::Version;

use super::import_package::ImportPackages;
use super::python::{Bound, Module, Value};
use super::survey::{Survey, looks_like_a_version, within};
use super::tag_derived::TagPlugin;
use super::{Kind, Role, Unresolved};

/// How many modules a re-exported name is followed through.
const LONGEST_CHAIN: usize = 4;

/// Declares what the modules of the import packages bind to `__version__`; where none of them binds it, to `VERSION`
/// and `version` in modules that are named after versions.
pub(super) fn declare(
    survey: &mut Survey<'_, '_>,
    packages: &ImportPackages,
    plugin: Option<&TagPlugin>,
) -> Result<(), Failure> {
    let mut files = packages.modules.clone();
    for folder in &packages.folders {
        let entries = survey.entries(folder)?;
        let names = entries.iter().map(|entry| &entry.name).filter(|name| speaks_of_versions(name));
        files.extend(names.map(|name| within(folder, name)));
        files.push(within(folder, "version/__init__.py"));
    }
    let mut stated = false;
    let mut further = Vec::new();
    for file in &files {
        let Some(source) = survey.read(file)? else { continue };
        if !mentions_version(survey.bytes(source)) {
            continue;
        }
        let Some((source, module)) = survey.module(file)? else { continue };
        survey.note_fault(source, &module);
        stated |= declare_name(survey, (file, source, &module), plugin, "__version__")?;
        if named_after_versions(file) {
            further.push((file, source, module));
        }
    }
    if !stated {
        for (file, source, module) in further {
            let _ = declare_name(survey, (file, source, &module), plugin, "VERSION")?
                || declare_name(survey, (file, source, &module), plugin, "version")?;
        }
    }
    Ok(())
}

/// Whether a file of a package may hold its version, by its name.
fn speaks_of_versions(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let Some(stem) = lower.strip_suffix(".py") else { return false };
    stem.starts_with("__init__")
        || ["version", "about", "meta", "pkginfo", "__info__", "release"].iter().any(|word| stem.contains(word))
}

fn named_after_versions(path: &str) -> bool {
    let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".py").trim_matches('_');
    matches!(stem, "version" | "about") || path.ends_with("/version/__init__.py")
}

/// Most modules of a package say nothing of versions, and need not be parsed.
fn mentions_version(bytes: &[u8]) -> bool {
    bytes.windows(6).any(|window| window.eq_ignore_ascii_case(b"ersion"))
}

/// Declares what `name` of a module is bound to at import. Answers whether that is a version.
fn declare_name(
    survey: &mut Survey<'_, '_>,
    (path, source, module): (&str, SourceId, &Rc<Module>),
    plugin: Option<&TagPlugin>,
    name: &str,
) -> Result<bool, Failure> {
    let Some(found) = resolve(survey, path, source, module, name)? else {
        note_doubt(survey, source, module, name);
        return Ok(false);
    };
    let text = found.value.version_text();
    let version = Version::parse(&text);
    // A sequence may hold more than a version.
    let stated = match found.value {
        Value::Tuple(_) => version.is_some(),
        _ => looks_like_a_version(&text),
    };
    let generated = plugin.is_some_and(|plugin| {
        plugin.writes(survey.path_of(found.at.source)) || version.as_ref().is_none_or(Version::is_placeholder)
    });
    if stated && !generated {
        survey.declare(Kind::Python, Role::Primary, found.at, &text);
    }
    Ok(stated)
}

/// Where the build back end reads an assignment that need not be the last to be made, importing the module may give
/// another version than the one that is built.
fn note_doubt(survey: &mut Survey<'_, '_>, source: SourceId, module: &Module, name: &str) {
    let declarations = &survey.declared.declarations;
    let built = declarations.iter().find(|one| {
        one.role == Role::Authority
            && one.at.source == source
            && module.assignments.iter().any(|assigned| assigned.name == name && assigned.at.contains(one.at.span))
    });
    if let Some(at) = built.map(|one| one.at) {
        let reason = format!("`{name}` is assigned in more than one way, and which counts cannot be known");
        survey.declared.unresolved.push(Unresolved { at, reason });
    }
}

/// A value and the place that states it.
#[derive(Clone, Debug)]
pub(super) struct Resolved {
    pub(super) value: Value,
    pub(super) at: Location,
}

/// What `name` of a module is bound to when it has been imported, followed through imports from neighbouring modules.
pub(super) fn resolve(
    survey: &mut Survey<'_, '_>,
    path: &str,
    source: SourceId,
    module: &Rc<Module>,
    name: &str,
) -> Result<Option<Resolved>, Failure> {
    let (mut path, mut source, mut module, mut name) = (path.to_owned(), source, Rc::clone(module), name.to_owned());
    for _ in 0..LONGEST_CHAIN {
        let (target, imported) = match module.bound(&name) {
            Some(Bound::Value(value, span)) => {
                return Ok(Some(Resolved { value: value.clone(), at: Location { source, span: *span } }));
            }
            Some(Bound::Import { level, module: from, name }) => {
                let Some(target) = imported_from(&path, *level, from) else { return Ok(None) };
                (target, name.clone())
            }
            Some(Bound::Unknown(_)) | None => return Ok(None),
        };
        let mut next = None;
        for candidate in [format!("{target}.py"), within(&target, "__init__.py")] {
            if let Some((source, module)) = survey.module(&candidate)? {
                next = Some((candidate, source, module));
                break;
            }
        }
        let Some(next) = next else { return Ok(None) };
        (path, source, module) = next;
        name = imported;
    }
    Ok(None)
}

/// The path, without `.py`, of the module that a `from` in the module at `path` names. An absolute import is followed
/// where it names the top package that the module itself is in.
fn imported_from(path: &str, level: u32, module: &str) -> Option<String> {
    let mut folders: Vec<&str> = path.split('/').collect();
    folders.pop();
    let tail = module.split('.').filter(|part| !part.is_empty());
    if level == 0 {
        let top = module.split('.').next()?;
        let depth = folders.iter().position(|folder| *folder == top)?;
        folders.truncate(depth);
    } else {
        for _ in 1..level {
            folders.pop()?;
        }
    }
    folders.extend(tail);
    Some(folders.join("/"))
}
