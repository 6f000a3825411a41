//! Projects whose version comes from the tag.

use super::pyproject::{Pyproject, normalised};
use super::setup_cfg::SetupCfg;
use super::toml_text::Node;

/// A plugin that takes the version from the tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TagPlugin {
    /// Files that it writes or rewrites, as the settings name them.
    written: Vec<String>,
    /// Whether it also puts the version into the project's Python files when it builds.
    substitutes: bool,
}

/// Distributions that do it for setuptools, flit and others, by their normalised names.
const PLUGINS: &[&str] = &[
    "setuptools-scm",
    "vcs-versioning",
    "versioningit",
    "versioneer",
    "dunamai",
    "hatch-vcs",
    "flit-scm",
    "setuptools-git-versioning",
    "setuptools-dynamic-versioning",
    "uv-dynamic-versioning",
    "poetry-dynamic-versioning",
    "pbr",
    "vcversioner",
    "setuptools-vcs-version",
    "setuptools-git-version",
    "setuptools-gitver",
    "miniver",
    "better-setuptools-git-version",
    "git-versioner",
    "setuptools-version-command",
];

/// Files that such plugins usually write.
const USUAL: &[&str] = &["_version.py", "version.py", "__version__.py", "_version_info.py"];

impl TagPlugin {
    /// Finds the plugin that gives a project its version in place of what its back end would read.
    pub(super) fn find(pyproject: Option<&Pyproject<'_>>, setup_cfg: Option<&SetupCfg>) -> Option<Self> {
        let versioneer = setup_cfg.is_some_and(|setup_cfg| setup_cfg.ini.has_section("versioneer"));
        let Some(pyproject) = pyproject else {
            return versioneer.then(|| Self::assumed(None));
        };
        let tables = [
            ["tool", "setuptools_scm"],
            ["tool", "setuptools-git-versioning"],
            ["tool", "versioningit"],
            ["tool", "versioneer"],
            ["tool", "vcs-versioning"],
        ];
        let required = pyproject.requires().iter().any(|name| PLUGINS.contains(&name.as_str()));
        let backend = pyproject.backend().unwrap_or_default().split([':', '.']).next().map(normalised);
        let by_backend = backend.is_some_and(|backend| PLUGINS.contains(&backend.as_str()));
        let set = tables.iter().any(|path| pyproject.document.has(path));
        (set || required || by_backend || versioneer).then(|| Self::assumed(Some(pyproject)))
    }

    /// poetry-dynamic-versioning, which also rewrites what is stated statically.
    pub(super) fn of_poetry(pyproject: &Pyproject<'_>) -> Option<Self> {
        let settings = pyproject.document.get(&["tool", "poetry-dynamic-versioning"])?;
        let enabled = settings.get(&["enable"]).and_then(Node::boolean);
        let required = || {
            pyproject.requires().iter().any(|name| name == "poetry-dynamic-versioning")
                && settings.entries().next().is_some()
        };
        (enabled == Some(true) || enabled.is_none() && required())
            .then_some(Self { written: Vec::new(), substitutes: true })
    }

    /// The plugin that there has to be where the settings of a back end say that the version comes from the tag.
    pub(super) fn assumed(pyproject: Option<&Pyproject<'_>>) -> Self {
        let settings: &[&[&str]] = &[
            &["tool", "setuptools_scm", "write_to"],
            &["tool", "setuptools_scm", "version_file"],
            &["tool", "vcs-versioning", "version_file"],
            &["tool", "versioneer", "versionfile_source"],
            &["tool", "versioningit", "write", "file"],
            &["tool", "hatch", "build", "hooks", "vcs", "version-file"],
            &["tool", "hatch", "build", "hooks", "versioningit-onbuild", "build-file"],
            &["tool", "pdm", "version", "write_to"],
        ];
        let document = pyproject.map(|pyproject| &pyproject.document);
        let written = settings.iter().filter_map(|path| document?.string(path)).map(str::to_owned);
        Self { written: written.collect(), substitutes: false }
    }

    /// Whether it writes the file at `path`, or may: such files are usually called so.
    pub(super) fn writes(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.substitutes || USUAL.contains(&name) || self.is_set_to_write(path)
    }

    /// Whether the settings say that it writes the file at `path`.
    pub(super) fn is_set_to_write(&self, path: &str) -> bool {
        self.written.iter().any(|written| path.ends_with(written.as_str()))
    }
}
