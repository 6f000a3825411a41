//! setup.cfg: `[metadata] version` and where the packages stand.

use crate::failure::Failure;
use crate::finding::{Location, SourceId};

use super::ini::{Ini, Setting};
use super::survey::Survey;

/// A project's setup.cfg.
#[derive(Debug)]
pub(super) struct SetupCfg {
    pub(super) source: SourceId,
    pub(super) ini: Ini,
}

/// What `[metadata] version` says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stated {
    Literal(String),
    /// `attr: package.module.NAME`
    Attribute(String),
    /// `file: VERSION`
    Files(Vec<String>),
}

impl SetupCfg {
    pub(super) fn read(survey: &mut Survey<'_, '_>) -> Result<Option<Self>, Failure> {
        let Some(source) = survey.read("setup.cfg")? else { return Ok(None) };
        let ini = std::str::from_utf8(survey.bytes(source)).map(Ini::parse).unwrap_or_default();
        Ok(Some(Self { source, ini }))
    }

    /// Whether it describes a distribution, and not only settings of tools.
    pub(super) fn describes_a_project(&self) -> bool {
        ["name", "version"].iter().any(|option| self.metadata(option).is_some())
    }

    pub(super) fn name(&self) -> Option<String> {
        self.metadata("name").map(Setting::value)
    }

    pub(super) fn version(&self) -> Option<(Stated, Location)> {
        let setting = self.metadata("version")?;
        let value = setting.value();
        let stated = if let Some(attribute) = value.strip_prefix("attr:") {
            Stated::Attribute(attribute.trim().to_owned())
        } else if let Some(files) = value.strip_prefix("file:") {
            Stated::Files(files.split(',').map(|file| file.trim().to_owned()).collect())
        } else {
            Stated::Literal(value)
        };
        Some((stated, Location { source: self.source, span: setting.span() }))
    }

    /// `[options] package_dir`: names and folders.
    pub(super) fn package_dir(&self) -> Vec<(String, String)> {
        let Some(setting) = self.ini.get("options", "package_dir").or(self.ini.get("options", "package-dir")) else {
            return Vec::new();
        };
        // Entries stand on lines of their own, or on one line with commas.
        let value = setting.value();
        let entries = if value.contains('\n') { value.split('\n') } else { value.split(',') };
        entries
            .filter_map(|entry| entry.split_once('='))
            .map(|(name, folder)| (name.trim().to_owned(), folder.trim().to_owned()))
            .collect()
    }

    /// `[options.packages.find] where`.
    pub(super) fn find_where(&self) -> Option<String> {
        self.ini.get("options.packages.find", "where").map(Setting::value)
    }

    /// Whether `[options]` names packages or modules, so that nothing is looked for.
    pub(super) fn names_packages(&self) -> bool {
        ["packages", "py_modules"].iter().any(|option| self.ini.get("options", option).is_some())
    }

    /// The packages and modules that `[options]` names one by one.
    pub(super) fn listed_packages(&self) -> Vec<String> {
        let settings = ["packages", "py_modules"].iter().filter_map(|option| self.ini.get("options", option));
        let values: Vec<String> = settings.map(Setting::value).collect();
        let names = values.iter().flat_map(|value| value.split(['\n', ',']));
        names.map(str::trim).filter(|name| !name.is_empty() && !name.contains(':')).map(str::to_owned).collect()
    }

    fn metadata(&self, option: &str) -> Option<&Setting> {
        self.ini.get("metadata", option).filter(|setting| !setting.value().is_empty())
    }
}
