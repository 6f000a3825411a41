//! hatchling: `[tool.hatch.version]`, or `[version]` in hatch.toml.

use crate::failure::Failure;
use crate::finding::Location;

use super::pattern::{Pattern, Search};
use super::pyproject::Pyproject;
use super::survey::Survey;
use super::toml_text::{Document, Node};
use super::{Origin, Unresolved, package_json, pattern};

/// Finds the version of a project whose version is dynamic; `at` is where it says so.
pub(super) fn declare(survey: &mut Survey<'_, '_>, pyproject: &Pyproject<'_>, at: Location) -> Result<Origin, Failure> {
    // hatch.toml wins over pyproject.toml, setting by setting.
    if let Some(source) = survey.read("hatch.toml")? {
        let text = String::from_utf8_lossy(survey.bytes(source)).into_owned();
        if let Ok(document) = Document::parse(&text)
            && let Some(version) = document.get(&["version"])
        {
            return from_settings(survey, version, |node| Location { source, span: node.span() });
        }
    }
    if let Some(version) = pyproject.document.get(&["tool", "hatch", "version"]) {
        return from_settings(survey, version, |node| pyproject.at(node.span()));
    }
    if pyproject.document.has(&["tool", "hatch", "metadata", "hooks"]) {
        let reason = "a metadata hook of hatchling sets it".to_owned();
        return Ok(Origin::Unresolved(Unresolved { at, reason }));
    }
    let reason = "it is dynamic, but there is no `[tool.hatch.version]`".to_owned();
    Ok(Origin::Missing(Unresolved { at, reason }))
}

fn from_settings(
    survey: &mut Survey<'_, '_>,
    version: Node<'_>,
    place: impl Fn(Node<'_>) -> Location,
) -> Result<Origin, Failure> {
    let here = |key: &str| place(version.get(&[key]).unwrap_or(version));
    let string = |key: &str| version.get(&[key]).and_then(Node::string).filter(|text| !text.is_empty());
    let unresolved = |at: Location, reason: String| Ok(Origin::Unresolved(Unresolved { at, reason }));
    match string("source").unwrap_or("regex") {
        "regex" | "regex_commit" => {
            let Some(path) = string("path") else {
                let reason = "`[tool.hatch.version]` names no `path`".to_owned();
                return Ok(Origin::Missing(Unresolved { at: here("path"), reason }));
            };
            let pattern = match string("pattern") {
                Some(pattern) => Pattern::new(pattern, &["version"]),
                None => Pattern::hatchling(),
            };
            pattern::declare(survey, &Search { reader: "hatchling", path, setting: here("path"), pattern })
        }
        "nodejs" => package_json::declare_authority(survey, string("path").unwrap_or("package.json"), here("source")),
        "vcs" | "versioningit" | "uv-dynamic-versioning" | "scm" | "git" | "dunamai" => Ok(Origin::Tag),
        "env" => {
            let variable = string("variable").unwrap_or_default();
            unresolved(here("variable"), format!("it comes from the environment variable `{variable}`"))
        }
        "code" => {
            let path = string("path").unwrap_or_default();
            unresolved(here("path"), format!("hatchling runs `{path}` for it"))
        }
        other => unresolved(here("source"), format!("the plugin `{other}` of hatchling provides it")),
    }
}
