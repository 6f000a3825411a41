//! setuptools: `attr:` and `file:` in pyproject.toml and setup.cfg, read as setuptools reads them.

use crate::failure::Failure;
use crate::finding::{Location, Span};

use super::literal::{Resolved, resolve};
use super::pyproject::Pyproject;
use super::setup_cfg::{self, SetupCfg};
use super::setup_py::{self, SetupPy};
use super::survey::{Survey, within};
use super::tag_derived::TagPlugin;
use super::toml_text::Node;
use super::{Kind, Origin, Role, Unresolved};

/// The files that describe a project to setuptools.
pub(super) struct Setup<'p> {
    pub(super) pyproject: Option<&'p Pyproject<'p>>,
    pub(super) setup_cfg: Option<&'p SetupCfg>,
    pub(super) setup_py: Option<&'p SetupPy>,
    pub(super) tag_plugin: Option<TagPlugin>,
}

impl Setup<'_> {
    /// Finds the version of a project that pyproject.toml states none for; `at` is where it ought to stand.
    pub(super) fn declare(&self, survey: &mut Survey<'_, '_>, at: Location) -> Result<Origin, Failure> {
        let dynamic = self.pyproject.and_then(|pyproject| {
            Some((pyproject, pyproject.document.get(&["tool", "setuptools", "dynamic", "version"])?))
        });
        if let Some((pyproject, version)) = dynamic {
            return self.dynamic(survey, version, pyproject);
        }
        // What setup() is given wins over setup.cfg.
        let from_setup_py = self.setup_py.map(SetupPy::version);
        match from_setup_py {
            Some(setup_py::Stated::Literal(text, at)) => {
                survey.declare(Kind::SetupPy, Role::Authority, at, &text);
                return Ok(Origin::Declared);
            }
            Some(setup_py::Stated::Tag) => return Ok(Origin::Tag),
            Some(setup_py::Stated::Computed(at)) if self.setup_cfg_version().is_none() => {
                return Ok(match self.tag_plugin {
                    Some(_) => Origin::Tag,
                    None => Origin::Unresolved(Unresolved { at, reason: "setup.py computes it".to_owned() }),
                });
            }
            _ => {}
        }
        if let Some((stated, at)) = self.setup_cfg_version() {
            return self.setup_cfg(survey, stated, at);
        }
        if self.tag_plugin.is_some() {
            return Ok(Origin::Tag);
        }
        let at = match from_setup_py {
            Some(setup_py::Stated::Nothing(call)) => call,
            _ => at,
        };
        let reason = "setuptools finds none in pyproject.toml, setup.cfg or setup.py, and builds `0.0.0`".to_owned();
        Ok(Origin::Missing(Unresolved { at, reason }))
    }

    fn setup_cfg_version(&self) -> Option<(setup_cfg::Stated, Location)> {
        self.setup_cfg.and_then(SetupCfg::version)
    }

    fn dynamic(
        &self,
        survey: &mut Survey<'_, '_>,
        version: Node<'_>,
        pyproject: &Pyproject<'_>,
    ) -> Result<Origin, Failure> {
        let attribute = version.get(&["attr"]);
        let files = version.get(&["file"]);
        if let Some((node, attribute)) = attribute.and_then(|node| Some((node, node.string()?))) {
            return self.attribute(survey, attribute, pyproject.at(node.inner_span()));
        }
        if let Some(files) = files {
            let paths: Vec<String> = files.strings().map(str::to_owned).collect();
            return read_files(survey, &paths, pyproject.at(files.span()));
        }
        let reason = "`version` under `[tool.setuptools.dynamic]` has neither `attr` nor `file`".to_owned();
        Ok(Origin::Missing(Unresolved { at: pyproject.at(version.span()), reason }))
    }

    fn setup_cfg(
        &self,
        survey: &mut Survey<'_, '_>,
        stated: setup_cfg::Stated,
        at: Location,
    ) -> Result<Origin, Failure> {
        match stated {
            setup_cfg::Stated::Literal(text) => {
                survey.declare(Kind::SetupCfg, Role::Authority, at, &text);
                Ok(Origin::Declared)
            }
            setup_cfg::Stated::Attribute(attribute) => self.attribute(survey, &attribute, at),
            setup_cfg::Stated::Files(paths) => read_files(survey, &paths, at),
        }
    }

    /// `package.module.NAME`: the first assignment of a literal in the module itself, else what importing it gives.
    fn attribute(&self, survey: &mut Survey<'_, '_>, attribute: &str, at: Location) -> Result<Origin, Failure> {
        let attribute = attribute.trim();
        if attribute.starts_with("versioneer.") || attribute.starts_with("setuptools_scm.") {
            return Ok(Origin::Tag);
        }
        let (module_name, name) = attribute.rsplit_once('.').unwrap_or(("__init__", attribute));
        let unresolved = |reason: String| Ok(Origin::Unresolved(Unresolved { at, reason }));
        let mut found = None;
        for path in self.module_paths(survey, module_name)? {
            if let Some((source, module)) = survey.module(&path)? {
                found = Some((path, source, module));
                break;
            }
        }
        let Some((path, source, module)) = found else {
            return match self.tag_plugin {
                Some(_) => Ok(Origin::Tag),
                None => unresolved(format!("setuptools reads `{attribute}`, and no module `{module_name}` is here")),
            };
        };
        survey.refuse_fault(source, &module, "setuptools");
        let first = module.assignments.iter().find(|one| one.top && one.name == name);
        let literal = first.filter(|one| one.literal);
        let resolved = match literal.and_then(|one| Some((one, one.value.clone()?))) {
            Some((one, value)) => Some(Resolved { value, at: Location { source, span: one.at } }),
            None => resolve(survey, &path, source, &module, name)?,
        };
        match resolved {
            // A generated file that found its way into the repository.
            Some(_) if self.tag_plugin.as_ref().is_some_and(|plugin| plugin.is_set_to_write(&path)) => Ok(Origin::Tag),
            Some(resolved) => {
                let text = resolved.value.version_text();
                if text.trim() != text {
                    survey.refuse(resolved.at, "setuptools takes no white space round the version");
                }
                survey.declare(Kind::Python, Role::Authority, resolved.at, &text);
                Ok(Origin::Declared)
            }
            None if self.tag_plugin.is_some() => Ok(Origin::Tag),
            None if module.bound(name).is_none() && module.fault.is_none() && !module.answers_for_any_name() => {
                let reason = format!("setuptools reads `{name}` of `{path}`, which has none");
                Ok(Origin::Missing(Unresolved { at, reason }))
            }
            None => unresolved(format!("setuptools imports `{path}` for it")),
        }
    }

    /// Where a module may stand, the likeliest first.
    fn module_paths(&self, survey: &Survey<'_, '_>, module: &str) -> Result<Vec<String>, Failure> {
        let parts: Vec<&str> = module.split('.').collect();
        let mut starts = Vec::new();
        let mapping = self.package_dir();
        for length in (1..=parts.len()).rev() {
            let name = parts[..length].join(".");
            starts.extend(
                mapping
                    .iter()
                    .filter(|(package, _)| *package == name)
                    .map(|(_, folder)| within(folder, &parts[length..].join("/"))),
            );
        }
        let mut roots: Vec<String> =
            mapping.into_iter().filter(|(package, _)| package.is_empty()).map(|(_, folder)| folder).collect();
        roots.extend(self.find_where());
        if !self.names_packages() && !survey.entries("src")?.is_empty() {
            roots.push("src".to_owned());
        }
        roots.extend([String::new(), "src".to_owned()]);
        starts.extend(roots.iter().map(|root| within(root, &parts.join("/"))));
        let files = starts.iter().map(|start| start.trim_end_matches('/'));
        Ok(files.flat_map(|start| [format!("{start}.py"), within(start, "__init__.py")]).collect())
    }

    /// Package names and their folders, as set.
    fn package_dir(&self) -> Vec<(String, String)> {
        let set = self.pyproject.and_then(|one| one.document.get(&["tool", "setuptools", "package-dir"]));
        let set = set.into_iter().flat_map(Node::entries);
        let mut mapping: Vec<(String, String)> = set
            .filter_map(|(name, folder)| Some((name.to_owned(), folder.string()?.trim_end_matches('/').to_owned())))
            .collect();
        mapping.extend(self.setup_cfg.map(SetupCfg::package_dir).unwrap_or_default());
        mapping
    }

    fn find_where(&self) -> Vec<String> {
        let set = self.pyproject.and_then(|one| one.document.get(&["tool", "setuptools", "packages", "find", "where"]));
        let mut folders: Vec<String> = set.into_iter().flat_map(Node::strings).map(str::to_owned).collect();
        folders.extend(self.setup_cfg.and_then(SetupCfg::find_where));
        folders
    }

    fn names_packages(&self) -> bool {
        let settings = [["tool", "setuptools", "packages"], ["tool", "setuptools", "py-modules"]];
        self.pyproject.is_some_and(|one| settings.iter().any(|path| one.document.has(path)))
            || self.setup_cfg.is_some_and(SetupCfg::names_packages)
            || self.setup_py.is_some_and(SetupPy::names_packages)
    }
}

/// `file:`: the files' texts, joined by line breaks, are the version.
fn read_files(survey: &mut Survey<'_, '_>, paths: &[String], at: Location) -> Result<Origin, Failure> {
    let missing = |reason: String| Ok(Origin::Missing(Unresolved { at, reason }));
    let mut stated = Vec::new();
    for path in paths {
        let Some(source) = survey.read(path)? else { continue };
        let Ok(text) = std::str::from_utf8(survey.bytes(source)) else {
            return missing(format!("setuptools reads `{path}` as UTF-8, and it is not UTF-8"));
        };
        let trimmed = text.trim();
        if !trimmed.is_empty() {
            let start = text.len() - text.trim_start().len();
            stated.push((Location { source, span: Span::new(start, start + trimmed.len()) }, trimmed.to_owned()));
        }
    }
    match stated.as_slice() {
        [] => missing(format!("setuptools reads it from {}, which states none", paths.join(", "))),
        [(place, text)] => {
            survey.declare(Kind::VersionFile, Role::Authority, *place, text);
            Ok(Origin::Declared)
        }
        _ => Ok(Origin::Unresolved(Unresolved { at, reason: "setuptools joins several files for it".to_owned() })),
    }
}
