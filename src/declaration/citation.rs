//! CITATION.cff and conda recipes: the scalars at the outermost level of a YAML file.
//!
//! Two scalars do not need a YAML parser: at the outermost level a mapping's keys stand in the first column, and every
//! line of a nested or multi-line value is indented. (The maintained YAML crates give no byte spans of scalars.)

use regex::Regex;

use crate::failure::Failure;
use crate::finding::{Location, Span};

use super::Kind;
use super::survey::Survey;

/// Where conda recipes stand.
const RECIPES: &[&str] = &[
    "recipe/meta.yaml",
    "recipe/recipe.yaml",
    "conda/meta.yaml",
    "conda-recipe/meta.yaml",
    "conda.recipe/meta.yaml",
    ".conda/meta.yaml",
    "meta.yaml",
];

/// Declares the versions of CITATION.cff and of a conda recipe.
pub(super) fn declare(survey: &mut Survey<'_, '_>) -> Result<(), Failure> {
    if let Some(source) = survey.read("CITATION.cff")?
        && let Ok(text) = std::str::from_utf8(survey.bytes(source))
        && let Some(span) = scalar(text, "version")
    {
        let value = text[span.range()].to_owned();
        survey.declare_copy(Kind::Citation, Location { source, span }, &value, false);
    }
    for path in RECIPES {
        if let Some(source) = survey.read(path)?
            && let Ok(text) = std::str::from_utf8(survey.bytes(source))
            && let Some(span) = recipe_version(text)
        {
            let value = text[span.range()].to_owned();
            survey.declare_copy(Kind::Pattern, Location { source, span }, &value, false);
            break;
        }
    }
    Ok(())
}

/// The bytes, without quotes, of the plain or quoted scalar that `key` has at the outermost level.
fn scalar(text: &str, key: &str) -> Option<Span> {
    let mut found = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let line = line.trim_end();
        // What follows the end of the first document is another one.
        if line == "..." {
            break;
        }
        let bare = line.trim_start_matches('\u{feff}');
        let name = [key.to_owned(), format!("\"{key}\""), format!("'{key}'")];
        let rest = name.iter().find_map(|name| bare.strip_prefix(name.as_str())?.trim_start().strip_prefix(':'));
        if let Some(rest) = rest.filter(|rest| rest.starts_with([' ', '\t'])) {
            let value = rest.trim_start();
            let offset = at + line.len() - value.len();
            found = found.or(scalar_in(value).map(|span| span.shifted(offset)));
        }
    }
    found
}

/// The scalar that a line's value is, a comment after it left out.
fn scalar_in(value: &str) -> Option<Span> {
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote) {
            return rest.find(quote).map(|end| Span::new(1, 1 + end));
        }
    }
    let plain = value.find(" #").map_or(value, |comment| &value[..comment]).trim_end();
    (!plain.is_empty() && !plain.starts_with(['|', '>', '&', '*', '!', '{', '[', '#']))
        .then(|| Span::new(0, plain.len()))
}

/// `{% set version = "1.2.3" %}` of a recipe that describes this source, not a released archive: an archive's recipe is
/// brought along after the release, when its checksum is known.
fn recipe_version(text: &str) -> Option<Span> {
    if text.contains("sha256") || text.contains("md5:") {
        return None;
    }
    let set = Regex::new(r#"(?m)^\s*\{%-?\s*set\s+version\s*=\s*["']([^"']+)["']"#).ok()?;
    set.captures(text)?.get(1).map(|group| Span::from(group.range()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_outermost_key_is_read() {
        for (text, version) in [
            ("cff-version: 1.2.0\nversion: 1.2.3 # now\n", Some("1.2.3")),
            ("version: \"1.2.3\"\r\nreferences:\n  - version: 1\n", Some("1.2.3")),
            ("\u{feff}version : '1.2'\n", Some("1.2")),
            ("\"version\": 1.2.3", Some("1.2.3")),
            ("abstract: |\n  version: 9\nversion:\t2", Some("2")),
            ("references:\n- version: 1\n  x: 2\n", None),
            ("version:1.2.3\n", None),
            ("version:\n  1.2.3\n", None),
            ("versions: 1\n", None),
            ("...\nversion: 1\n", None),
        ] {
            assert_eq!(scalar(text, "version").map(|span| &text[span.range()]), version, "{text:?}");
        }
    }
}
