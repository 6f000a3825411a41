//! The settings of tools that bump versions: the version that each believes to be current, and the places that it would
//! change.

use regex::Regex;

use crate::failure::Failure;
use crate::finding::{Location, SourceId, Span};
use crate::version::Version;

use super::ini::Ini;
use super::pyproject::Pyproject;
use super::setup_cfg::SetupCfg;
use super::survey::Survey;
use super::toml_text::{Document, Node};
use super::{Kind, Role};

/// How many matches in one file are looked at.
const MOST_MATCHES: usize = 64;

/// Tables that hold a current version: the file, the table, the key.
const TABLES: &[(&str, &[&str], &str)] = &[
    ("pyproject.toml", &["tool", "bumpversion"], "current_version"),
    (".bumpversion.toml", &["tool", "bumpversion"], "current_version"),
    ("pyproject.toml", &["tool", "bumpver"], "current_version"),
    ("bumpver.toml", &["bumpver"], "current_version"),
    ("pyproject.toml", &["tool", "tbump", "version"], "current"),
    ("tbump.toml", &["version"], "current"),
    ("pyproject.toml", &["tool", "commitizen"], "version"),
    (".cz.toml", &["tool", "commitizen"], "version"),
    ("cz.toml", &["tool", "commitizen"], "version"),
];

/// Declares the current version of each tool's settings and the places that those settings list.
pub(super) fn declare(
    survey: &mut Survey<'_, '_>,
    pyproject: Option<&Pyproject<'_>>,
    setup_cfg: Option<&SetupCfg>,
) -> Result<(), Failure> {
    let mut places = Vec::new();
    if let Some(pyproject) = pyproject {
        in_tables(survey, "pyproject.toml", pyproject.source, &pyproject.document, &mut places);
    }
    for path in [".bumpversion.toml", "bumpver.toml", "tbump.toml", ".cz.toml", "cz.toml"] {
        if let Some(source) = survey.read(path)?
            && let Ok(text) = std::str::from_utf8(survey.bytes(source)).map(str::to_owned)
            && let Ok(document) = Document::parse(&text)
        {
            in_tables(survey, path, source, &document, &mut places);
        }
    }
    if let Some(setup_cfg) = setup_cfg {
        in_ini(survey, setup_cfg.source, &setup_cfg.ini, &mut places);
    }
    if let Some(source) = survey.read(".bumpversion.cfg")? {
        let ini = std::str::from_utf8(survey.bytes(source)).map(Ini::parse).unwrap_or_default();
        in_ini(survey, source, &ini, &mut places);
    }
    for place in places {
        place.declare(survey)?;
    }
    Ok(())
}

fn in_tables(
    survey: &mut Survey<'_, '_>,
    path: &str,
    source: SourceId,
    document: &Document<'_>,
    places: &mut Vec<Place>,
) {
    for (_, table, key) in TABLES.iter().filter(|(file, _, _)| *file == path) {
        let Some(table) = document.get(table) else { continue };
        // With another provider commitizen does not look at its own setting.
        let elsewhere =
            table.get(&["version_provider"]).and_then(Node::string).is_some_and(|name| name != "commitizen");
        if let Some(version) = table.get(&[key]).filter(|_| !elsewhere)
            && let Some(text) = version.string()
        {
            survey.declare_copy(Kind::BumpConfig, Location { source, span: version.inner_span() }, text, false);
        }
    }
    let top: &[&str] = if path == "pyproject.toml" { &["tool"] } else { &[] };
    let bumped = document.get(&["tool", "bumpversion", "files"]);
    for file in bumped.into_iter().flat_map(Node::items) {
        let search = file.get(&["search"]).and_then(Node::string).unwrap_or_default();
        places.extend(Place::of(file.get(&["filename"]).and_then(Node::string), search, "{current_version}"));
    }
    let tbump: Vec<&str> = if top.is_empty() { vec!["file"] } else { vec!["tool", "tbump", "file"] };
    for file in document.get(&tbump).into_iter().flat_map(Node::items) {
        let search = file.get(&["search"]).and_then(Node::string).unwrap_or_default();
        places.extend(Place::of(file.get(&["src"]).and_then(Node::string), search, "{current_version}"));
    }
    let bumpver: Vec<&str> = [top, &["bumpver", "file_patterns"]].concat();
    for (file, patterns) in document.get(&bumpver).into_iter().flat_map(Node::entries) {
        for pattern in patterns.strings() {
            places.extend(Place::of(Some(file), pattern, "{version}"));
            places.extend(Place::of(Some(file), pattern, "{pep440_version}"));
        }
    }
    for file in document.get(&["tool", "commitizen", "version_files"]).into_iter().flat_map(Node::strings) {
        if let Some((file, line)) = file.split_once(':') {
            places.extend(Place::of_line(file, line));
        }
    }
    for variable in document.get(&["tool", "semantic_release", "version_variables"]).into_iter().flat_map(Node::strings)
    {
        if let Some((file, name)) = variable.split_once(':') {
            let name = name.split(':').next().unwrap_or(name);
            places.extend(Place::of(Some(file), &format!("{name} = \"{{version}}\""), "{version}"));
        }
    }
}

fn in_ini(survey: &mut Survey<'_, '_>, source: SourceId, ini: &Ini, places: &mut Vec<Place>) {
    for section in ["bumpversion", "bumpver"] {
        if let Some(setting) = ini.get(section, "current_version") {
            let value = setting.value();
            let text = value.trim_matches('"');
            let quote = usize::from(text.len() + 2 == value.len());
            let span = setting.span();
            let span = Span::new(span.start + quote, span.end - quote);
            survey.declare_copy(Kind::BumpConfig, Location { source, span }, text, false);
        }
    }
    for section in ini.sections().filter(|section| section.starts_with("bumpversion:file:")) {
        let search = ini.get(section, "search").map(|setting| setting.value()).unwrap_or_default();
        places.extend(Place::of(section.strip_prefix("bumpversion:file:"), &search, "{current_version}"));
    }
}

/// A place that a bump tool's settings list: a file, and the pattern of what stands round the version in it.
struct Place {
    path: String,
    pattern: Regex,
}

/// What a bump tool takes for a version, in a regular expression.
const VERSION: &str = r"(v?\d+\.[0-9A-Za-z.!+_-]*[0-9A-Za-z])";

impl Place {
    /// `None` where the version alone is looked for, which could be any number of the file, or where the search is more
    /// than text.
    fn of(path: Option<&str>, search: &str, hole: &str) -> Option<Self> {
        let (before, after) = search.split_once(hole)?;
        let telling = before.chars().chain(after.chars()).filter(|c| c.is_alphabetic()).count() >= 3;
        let plain = !before.contains(['{', '\\', '\n']) && !after.contains(['{', '\\', '\n']);
        let before = regex::escape(before.trim_start_matches('^'));
        let after = regex::escape(after.trim_end_matches('$'));
        let pattern = Regex::new(&format!("{before}{VERSION}{after}")).ok()?;
        (telling && plain).then_some(Self { path: path?.to_owned(), pattern })
    }

    /// Any version on a line that a regular expression matches.
    fn of_line(path: &str, line: &str) -> Option<Self> {
        let line = line.trim_start_matches('^').trim_end_matches('$');
        let pattern = Regex::new(&format!("(?m)^.*?(?:{line}).*?{VERSION}")).ok()?;
        Some(Self { path: path.to_owned(), pattern })
    }

    fn declare(&self, survey: &mut Survey<'_, '_>) -> Result<(), Failure> {
        let Some(source) = survey.read(&self.path)? else { return Ok(()) };
        let Ok(text) = std::str::from_utf8(survey.bytes(source)) else { return Ok(()) };
        let matches = self.pattern.captures_iter(text).filter_map(|captures| captures.iter().last().flatten());
        let matches: Vec<regex::Match<'_>> = matches.take(MOST_MATCHES).collect();
        // The tool changes the matches that hold the current version. Where none does and there are several, who knows
        // which was meant.
        let known = |text: &str| {
            let version = Version::parse(text);
            survey.declared.declarations.iter().any(|one| one.role <= Role::Primary && one.version == version)
        };
        let current = matches.iter().find(|found| known(found.as_str()));
        let only = matches.first().filter(|_| matches.len() == 1);
        if let Some(found) = current.or(only) {
            let (span, value) = (Span::from(found.range()), found.as_str().to_owned());
            survey.declare_copy(Kind::Pattern, Location { source, span }, &value, false);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_by_what_stands_round_it() {
        let found = |place: Option<Place>, text: &str| {
            let captures = place?.pattern.captures(text)?.iter().last().flatten()?.as_str().to_owned();
            Some(captures)
        };
        let of = |search: &str, text: &str| found(Place::of(Some("x"), search, "{v}"), text);
        assert_eq!(of("version = \"{v}\"", "version = \"1.2.3\"").as_deref(), Some("1.2.3"));
        assert_eq!(of("^release v{v}.", "release v1.2.3.").as_deref(), Some("1.2.3"));
        assert_eq!(of("{v}", "1.2.3"), None);
        assert_eq!(of("Unreleased", "1.2.3"), None);
        assert_eq!(of("version {v} of {other}", "version 1.2 of {other}"), None);
        let line = |line: &str, text: &str| found(Place::of_line("x", line), text);
        assert_eq!(line("__version__", "a = '1.1'\n__version__ = '1.2.3'").as_deref(), Some("1.2.3"));
        assert_eq!(line("(", "("), None);
    }
}
