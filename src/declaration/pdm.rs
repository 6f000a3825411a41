//! pdm-backend: `[tool.pdm.version]`, and the table that its predecessor read in `[project]`.

use crate::failure::Failure;
use crate::finding::Location;

use super::pattern::{Pattern, Search};
use super::pyproject::Pyproject;
use super::survey::Survey;
use super::toml_text::Node;
use super::{Origin, Unresolved, pattern};

/// Finds the version of a project that states none; `at` is where it says that it is dynamic.
pub(super) fn declare(survey: &mut Survey<'_, '_>, pyproject: &Pyproject<'_>, at: Location) -> Result<Origin, Failure> {
    // pdm-pep517 read `version = { from = "..." }`, `{ source = "file", path = "..." }` and `{ use_scm = true }`.
    let predecessor = pyproject.document.get(&["project", "version"]).filter(|node| node.is_table());
    let settings = pyproject.document.get(&["tool", "pdm", "version"]).or(predecessor);
    let Some(settings) = settings.filter(|settings| settings.entries().next().is_some()) else {
        let reason = "it is dynamic, but there is no `[tool.pdm.version]`: pdm-backend builds `0.0.0`".to_owned();
        return Ok(Origin::Missing(Unresolved { at, reason }));
    };
    let here = |key: &str| pyproject.at(settings.get(&[key]).unwrap_or(settings).span());
    let string = |key: &str| settings.get(&[key]).and_then(Node::string).filter(|text| !text.is_empty());
    let path = string("path").or(string("from"));
    let by_tag = settings.get(&["use_scm"]).and_then(Node::boolean) == Some(true);
    match (string("source"), path) {
        (Some("scm"), _) => Ok(Origin::Tag),
        (Some("call"), _) => {
            let getter = string("getter").unwrap_or_default();
            let reason = format!("pdm-backend calls `{getter}` for it");
            Ok(Origin::Unresolved(Unresolved { at: here("getter"), reason }))
        }
        (Some("file") | None, Some(path)) => {
            let pattern = match string("pattern") {
                Some(pattern) => Pattern::new(pattern, &["1"]),
                None => Pattern::pdm_backend(),
            };
            let setting = here(if string("path").is_some() { "path" } else { "from" });
            pattern::declare(survey, &Search { reader: "pdm-backend", path, setting, pattern })
        }
        (None, None) if by_tag => Ok(Origin::Tag),
        (source, _) => {
            let reason = match source {
                Some(source) => format!("pdm-backend cannot read it from the source `{source}`"),
                None => "`[tool.pdm.version]` names no `source`".to_owned(),
            };
            Ok(Origin::Missing(Unresolved { at: here("source"), reason }))
        }
    }
}
