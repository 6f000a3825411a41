//! Where a Python project states its version, found without executing anything of it.

mod authority;
mod bump;
mod cargo;
mod citation;
mod classifiers;
mod flit;
mod hatch;
mod import_package;
mod ini;
mod json_text;
mod literal;
mod lockfile;
mod meson;
mod package_json;
mod pattern;
mod pdm;
mod pyproject;
mod python;
mod scikit_build;
mod setup_cfg;
mod setup_py;
mod setuptools;
mod source_text;
mod sphinx;
mod survey;
mod tag_derived;
mod toml_text;
mod workspace;

use crate::failure::Failure;
use crate::files::Files;
use crate::finding::Location;
use crate::version::Version;

use authority::Descriptions;
use pyproject::Pyproject;
use setup_cfg::SetupCfg;
use setup_py::SetupPy;
use survey::Survey;

pub use pattern::Place;
pub use workspace::{members, name};

/// One place that states the package's version.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// The bytes of the version text, without quotes; of the whole expression where several pieces make the version.
    pub at: Location,
    pub kind: Kind,
    /// The bytes at `at`.
    pub text: String,
    /// `None` where what is stated is no version.
    pub version: Option<Version>,
    pub role: Role,
    /// Whether the place may leave out the end of the version: `1.2` for 1.2.3.
    pub abbreviates: bool,
}

/// What kind of place a declaration is. [`Kind::name`] is part of the output's contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    ProjectVersion,
    PoetryVersion,
    Python,
    SetupCfg,
    SetupPy,
    Cargo,
    VersionFile,
    Lockfile,
    Citation,
    PackageJson,
    BumpConfig,
    Pattern,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::ProjectVersion => "project.version",
            Self::PoetryVersion => "poetry.version",
            Self::Python => "python",
            Self::SetupCfg => "setup.cfg",
            Self::SetupPy => "setup.py",
            Self::Cargo => "cargo",
            Self::VersionFile => "version-file",
            Self::Lockfile => "lockfile",
            Self::Citation => "citation",
            Self::PackageJson => "package.json",
            Self::BumpConfig => "bump-config",
            Self::Pattern => "pattern",
        }
    }
}

/// What it means when a declaration disagrees with the others; the weightiest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The version that the build back end puts into the metadata.
    Authority,
    /// A version that users see beside it: `__version__` and friends.
    Primary,
    /// A copy for other readers: CITATION.cff, a bump tool's settings, documentation.
    Secondary,
    /// The project's own entry in a lock file.
    Lock,
}

impl Role {
    /// Part of the output's contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Lock => "lock",
        }
    }
}

/// Who decides which version is built.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Origin {
    /// There is no Python project here: nothing is built.
    #[default]
    NoProject,
    /// The declarations with [`Role::Authority`] do.
    Declared,
    /// A tag does (setuptools-scm, hatch-vcs ...): generated files and placeholders are no declarations.
    Tag,
    /// Code, the environment or a plugin does: nothing that could be read.
    Unresolved(Unresolved),
    /// Nothing does, and the build would fail or fall back: where the version ought to stand.
    Missing(Unresolved),
}

impl Origin {
    /// Part of the output's contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoProject => "none",
            Self::Declared => "declared",
            Self::Tag => "tag",
            Self::Unresolved(_) => "unresolved",
            Self::Missing(_) => "missing",
        }
    }

    /// Why the version cannot be read, as half a sentence.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Unresolved(unresolved) | Self::Missing(unresolved) => Some(&unresolved.reason),
            Self::NoProject | Self::Declared | Self::Tag => None,
        }
    }
}

/// A place that decides the version in a way that cannot be read, or ought to and does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    pub at: Location,
    /// Why, as half a sentence: "the version comes from the environment variable `X`".
    pub reason: String,
}

/// All that the files of one package say about its version.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// The distribution's name as its metadata writes it.
    pub name: Option<String>,
    pub origin: Origin,
    pub declarations: Vec<Declaration>,
    /// Settings with which the build back end refuses to build.
    pub refused: Vec<Unresolved>,
    /// Further places that could not be read, beside the origin.
    pub unresolved: Vec<Unresolved>,
    /// Files that do not parse: the place and what is wrong with it.
    pub broken: Vec<Unresolved>,
    /// How mature the project calls itself, by its classifiers.
    pub status: Vec<DevelopmentStatus>,
}

/// A classifier `Development Status :: STAGE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevelopmentStatus {
    pub at: Location,
    /// `3 - Alpha`
    pub stage: String,
}

/// Reads what the project in `folder` (`""`: the top of the repository) declares, also at the further `places` that its
/// settings name.
///
/// # Errors
/// Where a file cannot be read, or pyproject.toml is not TOML: nothing can be judged then.
pub fn discover(files: &mut Files<'_>, folder: &str, places: &[Place]) -> Result<Declared, Failure> {
    let mut survey = Survey::new(files, folder);
    let text = pyproject::text(&mut survey)?;
    let pyproject = match &text {
        Some((source, text)) => Some(Pyproject { source: *source, document: pyproject::parse(&survey, text)? }),
        None => None,
    };
    project(&mut survey, pyproject.as_ref())?;
    for place in places {
        place.declare(&mut survey)?;
    }
    Ok(survey.declared)
}

/// Declares what a Python project states, if there is one.
fn project(survey: &mut Survey<'_, '_>, pyproject: Option<&Pyproject<'_>>) -> Result<(), Failure> {
    let setup_cfg = SetupCfg::read(survey)?;
    let setup_py = SetupPy::read(survey)?;
    let described = Descriptions::of(pyproject, setup_cfg.as_ref(), setup_py.as_ref());
    let Some(descriptions) = described else { return Ok(()) };
    survey.declared.name = descriptions.name();
    let plugin = descriptions.declare(survey)?;
    survey.declared.status = classifiers::development_status(survey, pyproject, setup_cfg.as_ref(), setup_py.as_ref());
    let packages = import_package::find(survey, pyproject, setup_cfg.as_ref())?;
    literal::declare(survey, &packages, plugin.as_ref())?;
    if let Some(name) = survey.declared.name.clone() {
        lockfile::declare_uv(survey, &name)?;
    }
    citation::declare(survey)?;
    sphinx::declare(survey)?;
    package_json::declare_copies(survey)?;
    // Where the tag decides, what such a tool believes is of no account.
    if survey.declared.origin != Origin::Tag {
        bump::declare(survey, pyproject, setup_cfg.as_ref())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
