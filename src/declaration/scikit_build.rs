//! scikit-build-core: `[tool.scikit-build.metadata.version]`.

use crate::failure::Failure;
use crate::finding::Location;

use super::pattern::{Pattern, Search};
use super::pyproject::Pyproject;
use super::survey::Survey;
use super::toml_text::Node;
use super::{Origin, Unresolved, pattern};

/// Finds the version of a project whose version is dynamic; `at` is where it says so.
pub(super) fn declare(survey: &mut Survey<'_, '_>, pyproject: &Pyproject<'_>, at: Location) -> Result<Origin, Failure> {
    let Some(settings) = pyproject.document.get(&["tool", "scikit-build", "metadata", "version"]) else {
        let reason = "it is dynamic, but there is no `[tool.scikit-build.metadata.version]`".to_owned();
        return Ok(Origin::Missing(Unresolved { at, reason }));
    };
    let here = |key: &str| pyproject.at(settings.get(&[key]).unwrap_or(settings).span());
    let string = |key: &str| settings.get(&[key]).and_then(Node::string);
    let provider = string("provider").unwrap_or_default();
    if provider == "scikit_build_core.metadata.setuptools_scm" {
        return Ok(Origin::Tag);
    }
    if provider != "scikit_build_core.metadata.regex" {
        let reason = format!("the provider `{provider}` computes it");
        return Ok(Origin::Unresolved(Unresolved { at: here("provider"), reason }));
    }
    let Some(path) = string("input") else {
        let reason = "`[tool.scikit-build.metadata.version]` names no `input`".to_owned();
        return Ok(Origin::Missing(Unresolved { at: here("input"), reason }));
    };
    // What is built of several groups, or has parts removed, stands nowhere as it is built.
    let plain = string("result").is_none_or(|result| result == "{value}") && settings.get(&["remove"]).is_none();
    let pattern = match string("regex") {
        _ if !plain => None,
        Some(regex) => Pattern::new(regex, &["value"]),
        None => Pattern::scikit_build_core(),
    };
    pattern::declare(survey, &Search { reader: "scikit-build-core", path, setting: here("input"), pattern })
}
