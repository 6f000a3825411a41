//! The values that the settings of a repository, or of one of its packages, can have.

use toml::de::DeValue;

use super::reader::{Reader, Value};
use crate::project::{ChangelogPolicy, ChecklistPolicy, Place, Scheme};
use crate::tag::TagTemplate;
use crate::version::Version;

/// What a checklist can say where it is a table.
pub const CHECKLIST_KEYS: [&str; 2] = ["headings", "path"];

/// What a place of `versions` can say.
pub const PLACE_KEYS: [&str; 3] = ["path", "pattern", "regex"];

impl Reader<'_> {
    pub(super) fn tag(&mut self, value: &Value<'_>) -> Option<TagTemplate> {
        let text = self.string(value, "tag")?;
        match TagTemplate::parse(text) {
            Ok(template) => Some(template),
            Err(reason) => {
                self.mistake(value, reason);
                None
            }
        }
    }

    pub(super) fn scheme(&mut self, value: &Value<'_>) -> Option<Scheme> {
        let known = ["semver", "pep440", "calver"];
        match self.string(value, "scheme")? {
            "semver" => Some(Scheme::SemVer),
            "pep440" => Some(Scheme::Pep440),
            "calver" => Some(Scheme::CalVer),
            other => {
                self.unknown(value.span().start, "scheme", other, &known);
                None
            }
        }
    }

    pub(super) fn changelog(&mut self, value: &Value<'_>) -> Option<ChangelogPolicy> {
        match value.get_ref() {
            DeValue::Boolean(false) => Some(ChangelogPolicy::None),
            DeValue::String(path) => Some(ChangelogPolicy::At(path.to_string())),
            _ => {
                self.mistake(value, "`changelog` is a path, or `false` where the project keeps none".to_owned());
                None
            }
        }
    }

    pub(super) fn commit_message(&mut self, value: &Value<'_>) -> Option<String> {
        let text = self.string(value, "commit-message")?;
        if text.matches("{version}").count() != 1 || text.contains('\n') {
            self.mistake(value, "`commit-message` is one line with `{version}` in it, once".to_owned());
        }
        Some(text.to_owned())
    }

    /// Further places that state the version.
    pub(super) fn versions(&mut self, value: &Value<'_>) -> Vec<Place> {
        let Some(array) = value.get_ref().as_array() else {
            self.mistake(value, format!("`versions` is an array of tables, not {}", value.get_ref().type_str()));
            return Vec::new();
        };
        array.iter().filter_map(|item| self.version_place(item)).collect()
    }

    pub(super) fn version_place(&mut self, item: &Value<'_>) -> Option<Place> {
        let Some(table) = item.get_ref().as_table() else {
            self.mistake(item, format!("a place of `versions` is a table, not {}", item.get_ref().type_str()));
            return None;
        };
        let (mut path, mut pattern, mut regex) = (None, None, false);
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "path" => path = self.string(value, "path"),
                "pattern" => pattern = self.string(value, "pattern"),
                "regex" => regex = self.boolean(value, "regex").unwrap_or_default(),
                other => self.unknown(key.span().start, "setting of a place", other, &PLACE_KEYS),
            }
        }
        let (Some(path), Some(pattern)) = (path, pattern) else {
            self.mistake(item, "a place of `versions` has a `path` and a `pattern`".to_owned());
            return None;
        };
        Place::new(path, pattern, regex).map_err(|reason| self.mistake(item, reason)).ok()
    }

    pub(super) fn branches(&mut self, value: &Value<'_>) -> Vec<String> {
        let Some(branches) = self.strings(value, "branches") else { return Vec::new() };
        if branches.is_empty() {
            self.mistake(value, "`branches` names at least one branch".to_owned());
        }
        if let Some(branch) = branches.iter().find(|branch| !may_name_branch(branch)) {
            self.mistake(value, format!("git allows no branch of the name `{branch}`"));
        }
        branches
    }

    pub(super) fn stable_from(&mut self, value: &Value<'_>) -> Option<Version> {
        let text = self.string(value, "stable-from")?;
        let version = Version::parse(text);
        if version.is_none() {
            self.mistake(value, format!("`stable-from` is a version, not `{text}`"));
        }
        version
    }

    pub(super) fn checklist(&mut self, value: &Value<'_>) -> Option<ChecklistPolicy> {
        if let Some(path) = value.get_ref().as_str() {
            return Some(ChecklistPolicy { path: path.to_owned(), headings: Vec::new() });
        }
        let Some(table) = value.get_ref().as_table() else {
            let found = value.get_ref().type_str();
            self.mistake(value, format!("`checklist` is a path, or a table of `path` and `headings`, not {found}"));
            return None;
        };
        let (mut path, mut headings) = (None, Vec::new());
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "path" => path = self.string(value, "path").map(str::to_owned),
                "headings" => headings = self.strings(value, "headings").unwrap_or_default(),
                other => self.unknown(key.span().start, "setting of a checklist", other, &CHECKLIST_KEYS),
            }
        }
        if path.is_none() {
            self.mistake(value, "a `checklist` has a `path`".to_owned());
        }
        path.map(|path| ChecklistPolicy { path, headings })
    }
}

/// Whether a branch can be called so, `*` standing for anything.
fn may_name_branch(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(['-', '/'])
        && !name.contains(|c: char| c.is_control() || " ~^:?[\\".contains(c))
}
