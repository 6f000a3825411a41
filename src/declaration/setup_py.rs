//! setup.py: what its call of `setup()` says in so many words.

use std::rc::Rc;

use crate::failure::Failure;
use crate::finding::{Location, SourceId, Span};

use super::python::{Keyword, Module, SetupCall, Value};
use super::survey::Survey;

/// A project's setup.py.
#[derive(Debug)]
pub(super) struct SetupPy {
    pub(super) source: SourceId,
    module: Rc<Module>,
    /// The text of the version's expression, where there is one.
    version_text: String,
    imports_versioneer: bool,
}

/// What setup.py says about the version.
#[derive(Debug)]
pub(super) enum Stated {
    Literal(String, Location),
    /// It is computed, here.
    Computed(Location),
    /// A tag gives it, through a plugin.
    Tag,
    /// Nothing.
    Nothing(Location),
}

/// Keywords with which a plugin of setuptools takes the version from the tag.
const PLUGINS: &[&str] =
    &["use_scm_version", "version_config", "setuptools_git_versioning", "pbr", "vcversioner", "use_vcs_version"];

/// Words in the version's expression that ask a tag.
const ASKERS: &[&str] = &["versioneer", "setuptools_scm", "versioningit", "dunamai", "miniver", "vcversioner"];

impl SetupPy {
    pub(super) fn read(survey: &mut Survey<'_, '_>) -> Result<Option<Self>, Failure> {
        let Some((source, module)) = survey.module("setup.py")? else { return Ok(None) };
        survey.note_fault(source, &module);
        let bytes = survey.bytes(source);
        let version = Self::call_of(&module).and_then(|call| keyword(call, "version"));
        let text = version.and_then(|version| bytes.get(version.at.range())).unwrap_or_default();
        let version_text = String::from_utf8_lossy(text).into_owned();
        let imports_versioneer = module.bound("versioneer").is_some();
        Ok(Some(Self { source, module, version_text, imports_versioneer }))
    }

    /// The first call that names a version, else the first.
    fn call_of(module: &Module) -> Option<&SetupCall> {
        let calls = &module.setup_calls;
        calls.iter().find(|call| keyword(call, "version").is_some()).or(calls.first())
    }

    fn call(&self) -> Option<&SetupCall> {
        Self::call_of(&self.module)
    }

    pub(super) fn name(&self) -> Option<String> {
        match &keyword(self.call()?, "name")?.value {
            Some(Value::Text(name)) => Some(name.clone()),
            _ => None,
        }
    }

    /// Where the list of classifiers stands.
    pub(super) fn classifiers(&self) -> Option<Location> {
        Some(Location { source: self.source, span: keyword(self.call()?, "classifiers")?.at })
    }

    pub(super) fn version(&self) -> Stated {
        let here = |span: Span| Location { source: self.source, span };
        let Some(call) = self.call() else { return Stated::Computed(here(Span::at(0))) };
        if PLUGINS.iter().any(|plugin| keyword(call, plugin).is_some()) {
            return Stated::Tag;
        }
        match keyword(call, "version") {
            Some(Keyword { value: Some(value @ (Value::Text(_) | Value::Number(_))), at, .. }) => {
                Stated::Literal(value.version_text(), here(*at))
            }
            Some(Keyword { at, .. }) => {
                let asks = ASKERS.iter().any(|asker| self.version_text.contains(asker));
                if asks { Stated::Tag } else { Stated::Computed(here(*at)) }
            }
            None if self.imports_versioneer => Stated::Tag,
            None if call.open || keyword(call, "use_incremental").is_some() => Stated::Computed(here(call.at)),
            None => Stated::Nothing(here(call.at)),
        }
    }

    /// The folder that `package_dir={"": FOLDER}` or `find_packages("FOLDER")` puts the packages in cannot be known from
    /// here; whether it names packages can.
    pub(super) fn names_packages(&self) -> bool {
        self.call().is_some_and(|call| ["packages", "py_modules"].iter().any(|name| keyword(call, name).is_some()))
    }
}

fn keyword<'c>(call: &'c SetupCall, name: &str) -> Option<&'c Keyword> {
    call.keywords.iter().find(|keyword| keyword.name == name)
}
