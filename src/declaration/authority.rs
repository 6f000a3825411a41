//! Which place decides the version that is built.

use crate::failure::Failure;
use crate::finding::{Location, Span};
use crate::version::Version;

use super::pyproject::Pyproject;
use super::setup_cfg::{self, SetupCfg};
use super::setup_py::{self, SetupPy};
use super::setuptools::Setup;
use super::survey::Survey;
use super::tag_derived::TagPlugin;
use super::toml_text::Node;
use super::{Kind, Origin, Role, Unresolved, cargo, flit, hatch, meson, pdm, scikit_build};

/// The files that describe a project.
pub(super) struct Descriptions<'p> {
    pyproject: Option<&'p Pyproject<'p>>,
    setup_cfg: Option<&'p SetupCfg>,
    setup_py: Option<&'p SetupPy>,
    /// Where a version ought to stand that stands nowhere.
    place: Location,
}

/// The build back ends whose ways of finding a version are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Backend {
    Setuptools,
    Hatchling,
    Flit,
    Poetry,
    Pdm,
    Uv,
    Maturin,
    ScikitBuild,
    Meson,
    Other,
}

impl<'p> Descriptions<'p> {
    /// `None` where no file describes a Python project.
    pub(super) fn of(
        pyproject: Option<&'p Pyproject<'p>>,
        setup_cfg: Option<&'p SetupCfg>,
        setup_py: Option<&'p SetupPy>,
    ) -> Option<Self> {
        let pyproject = pyproject.filter(|pyproject| {
            setup_py.is_some() || setup_cfg.is_some_and(SetupCfg::describes_a_project) || describes_a_project(pyproject)
        });
        let setup_cfg =
            setup_cfg.filter(|setup_cfg| setup_py.is_some() || pyproject.is_some() || setup_cfg.describes_a_project());
        let by_pyproject = pyproject.map(|pyproject| {
            let place = pyproject.dynamic().map(|item| item.span());
            pyproject.at(place.or_else(|| pyproject.document.header(&["project"])).unwrap_or(Span::at(0)))
        });
        let setup = setup_py.map(|one| one.source).or(setup_cfg.map(|one| one.source));
        let place = by_pyproject.or(setup.map(|source| Location { source, span: Span::at(0) }))?;
        Some(Self { pyproject, setup_cfg, setup_py, place })
    }

    pub(super) fn name(&self) -> Option<String> {
        let by_pyproject = self.pyproject.and_then(Pyproject::name).map(str::to_owned);
        by_pyproject.or_else(|| self.setup_cfg?.name()).or_else(|| self.setup_py?.name())
    }

    /// Declares the version that is built, and every other static one beside it.
    pub(super) fn declare(&self, survey: &mut Survey<'_, '_>) -> Result<Option<TagPlugin>, Failure> {
        let (origin, plugin) = self.origin(survey)?;
        survey.declared.origin = origin;
        if survey.declared.origin != Origin::Tag {
            self.declare_beside(survey);
        }
        Ok(plugin)
    }

    fn origin(&self, survey: &mut Survey<'_, '_>) -> Result<(Origin, Option<TagPlugin>), Failure> {
        let plugin = TagPlugin::find(self.pyproject, self.setup_cfg);
        let Some(pyproject) = self.pyproject else {
            return self.by_setuptools(survey, plugin);
        };
        if let Some(plugin) = TagPlugin::of_poetry(pyproject) {
            return Ok((Origin::Tag, Some(plugin)));
        }
        let backend = backend(pyproject);
        if declare_static(survey, pyproject, backend) {
            return Ok((Origin::Declared, None));
        }
        let has_project = pyproject.document.has(&["project"]);
        if !has_project && backend == Backend::Setuptools {
            return self.by_setuptools(survey, plugin);
        }
        let in_module = pyproject.document.has(&["tool", "flit", "metadata"]) && backend == Backend::Flit;
        let in_table = pyproject.document.get(&["project", "version"]).is_some_and(|version| version.is_table());
        let in_cargo = backend == Backend::Maturin && !has_project;
        if let Some(version) = pyproject.document.get(&["project", "version"]).filter(|_| !in_table) {
            let at = pyproject.at(version.span());
            return Ok((missing(at, "`version` under `[project]` is not a string"), None));
        }
        if pyproject.dynamic().is_none() && !in_module && !in_table && !in_cargo {
            let reason = match backend {
                Backend::Maturin => "maturin asks Cargo.toml only where `version` is listed under `dynamic`",
                _ => "it is neither stated nor listed under `dynamic`",
            };
            return Ok((missing(self.place, reason), None));
        }
        if backend == Backend::Setuptools {
            return self.by_setuptools(survey, plugin);
        }
        let origin = self.by_backend(survey, pyproject, backend, plugin.is_some())?;
        let plugin = (origin == Origin::Tag).then(|| plugin.unwrap_or_else(|| TagPlugin::assumed(Some(pyproject))));
        Ok((origin, plugin))
    }

    /// Asks a back end other than setuptools for a dynamic version.
    fn by_backend(
        &self,
        survey: &mut Survey<'_, '_>,
        pyproject: &Pyproject<'_>,
        backend: Backend,
        plugin: bool,
    ) -> Result<Origin, Failure> {
        let at = self.place;
        Ok(match backend {
            Backend::Hatchling => hatch::declare(survey, pyproject, at)?,
            Backend::Pdm => pdm::declare(survey, pyproject, at)?,
            Backend::ScikitBuild => scikit_build::declare(survey, pyproject, at)?,
            Backend::Maturin => cargo::declare(survey, pyproject, at)?,
            Backend::Meson => meson::declare(survey, at)?,
            Backend::Flit if !plugin => flit::declare(survey, pyproject, at)?,
            _ if plugin => Origin::Tag,
            Backend::Uv => missing(at, "uv_build takes no dynamic version"),
            Backend::Poetry => missing(at, "poetry-core reads it from `[tool.poetry]`, which states none"),
            Backend::Flit | Backend::Setuptools | Backend::Other => {
                let name = pyproject.backend().unwrap_or_default();
                Origin::Unresolved(Unresolved { at, reason: format!("the build back end `{name}` provides it") })
            }
        })
    }

    fn by_setuptools(
        &self,
        survey: &mut Survey<'_, '_>,
        plugin: Option<TagPlugin>,
    ) -> Result<(Origin, Option<TagPlugin>), Failure> {
        let setup = Setup {
            pyproject: self.pyproject,
            setup_cfg: self.setup_cfg,
            setup_py: self.setup_py,
            tag_plugin: plugin.clone(),
        };
        let origin = setup.declare(survey, self.place)?;
        let plugin = (origin == Origin::Tag).then(|| plugin.unwrap_or_else(|| TagPlugin::assumed(self.pyproject)));
        Ok((origin, plugin))
    }

    /// Static versions that the back end does not read, and people do.
    fn declare_beside(&self, survey: &mut Survey<'_, '_>) {
        if let Some(pyproject) = self.pyproject
            && let Some(version) = pyproject.document.get(&["tool", "poetry", "version"])
            && let Some(text) = version.string()
        {
            survey.declare(Kind::PoetryVersion, Role::Primary, pyproject.at(version.inner_span()), text);
        }
        if let Some((setup_cfg::Stated::Literal(text), at)) = self.setup_cfg.and_then(SetupCfg::version) {
            survey.declare(Kind::SetupCfg, Role::Primary, at, &text);
        }
        if let Some(setup_py::Stated::Literal(text, at)) = self.setup_py.map(SetupPy::version) {
            survey.declare(Kind::SetupPy, Role::Primary, at, &text);
        }
    }
}

/// Whether pyproject.toml describes a distribution, and not only settings of tools.
fn describes_a_project(pyproject: &Pyproject<'_>) -> bool {
    let document = &pyproject.document;
    let packaged = document.get(&["tool", "poetry", "package-mode"]).and_then(Node::boolean);
    // The root of a workspace is often a project in name only.
    let built = document.get(&["tool", "uv", "package"]).and_then(Node::boolean);
    let stated = document.string(&["project", "version"]).and_then(Version::parse);
    if built == Some(false) && stated.is_some_and(|version| version.is_zero()) {
        return false;
    }
    document.has(&["project"])
        || document.has(&["tool", "flit", "metadata"])
        || document.has(&["tool", "poetry", "version"])
        || document.has(&["tool", "poetry", "name"]) && packaged != Some(false)
}

/// Declares the static version of pyproject.toml, if it has one that counts.
fn declare_static(survey: &mut Survey<'_, '_>, pyproject: &Pyproject<'_>, backend: Backend) -> bool {
    let stated = |path: &[&str]| {
        let node = pyproject.document.get(path)?;
        Some((pyproject.at(node.inner_span()), node.string()?.to_owned()))
    };
    if let Some((at, text)) = stated(&["project", "version"]) {
        survey.declare(Kind::ProjectVersion, Role::Authority, at, &text);
        if let Some(item) = pyproject.dynamic() {
            survey.refuse(pyproject.at(item.span()), "`version` is both stated and listed under `dynamic`");
        }
        return true;
    }
    let by_poetry = backend == Backend::Poetry || !pyproject.document.has(&["project"]);
    if let Some((at, text)) = stated(&["tool", "poetry", "version"]).filter(|_| by_poetry) {
        survey.declare(Kind::PoetryVersion, Role::Authority, at, &text);
        return true;
    }
    false
}

fn missing(at: Location, reason: &str) -> Origin {
    Origin::Missing(Unresolved { at, reason: reason.to_owned() })
}

/// The back end that builds the project; without any, setuptools does.
fn backend(pyproject: &Pyproject<'_>) -> Backend {
    // Before there was `[project]` only flit read this table, under whatever loader.
    if pyproject.document.has(&["tool", "flit", "metadata"]) && !pyproject.document.has(&["project"]) {
        return Backend::Flit;
    }
    let Some(name) = pyproject.backend() else {
        let requires = pyproject.requires();
        let poetry = pyproject.document.has(&["tool", "poetry", "version"]) && requires.is_empty();
        return if poetry { Backend::Poetry } else { Backend::Setuptools };
    };
    let module = name.split([':', '.']).next().unwrap_or(name);
    match module {
        "setuptools" | "pbr" | "jupyter_packaging" => Backend::Setuptools,
        "hatchling" => Backend::Hatchling,
        "flit_core" | "flit" | "flit_scm" => Backend::Flit,
        "poetry" | "poetry_dynamic_versioning" => Backend::Poetry,
        "pdm" | "pdm_pep517" => Backend::Pdm,
        "uv_build" | "uv" => Backend::Uv,
        "maturin" => Backend::Maturin,
        "scikit_build_core" => Backend::ScikitBuild,
        "mesonpy" => Backend::Meson,
        _ if pyproject.document.has(&["build-system", "backend-path"]) && !pyproject.document.has(&["project"]) => {
            Backend::Setuptools
        }
        _ => Backend::Other,
    }
}
