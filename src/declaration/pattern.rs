//! Versions that a regular expression finds in a file: what hatchling, pdm-backend and scikit-build-core look for by
//! themselves, and what settings ask for.

use regex::{Captures, Regex, RegexBuilder};

use crate::failure::Failure;
use crate::finding::{Location, SourceId, Span};

use super::survey::Survey;
use super::{Kind, Origin, Role, Unresolved};

/// A pattern, and which of its groups holds the version.
#[derive(Debug)]
pub(super) struct Pattern {
    regex: Regex,
    groups: Vec<String>,
}

/// What a pattern found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) span: Span,
    pub(super) value: String,
}

impl Pattern {
    /// What hatchling looks for where no pattern is set. Its back reference to the opening quote is written out.
    pub(super) fn hatchling() -> Option<Self> {
        let regex = r#"(?i)^(?:__version__|VERSION) *= *(?:"v?(?P<double>.+?)"|'v?(?P<single>.+?)')"#;
        Self::new(regex, &["double", "single"])
    }

    /// What scikit-build-core looks for where no pattern is set.
    pub(super) fn scikit_build_core() -> Option<Self> {
        let regex = r#"(?i)^(?:__version__|VERSION)(?: ?: ?str)? *= *(?:"v?(?P<double>.+?)"|'v?(?P<single>.+?)')"#;
        Self::new(regex, &["double", "single"])
    }

    /// What pdm-backend looks for where no pattern is set.
    pub(super) fn pdm_backend() -> Option<Self> {
        Self::new(r#"^(?:__version__|VERSION)\s*=\s*["'](?P<version>.+?)["']\s*(?:#.*)?$"#, &["version"])
    }

    /// A pattern in Python's syntax whose first group of these names, or numbers, holds the version. `None` where this
    /// crate's linear matcher has no such pattern: look-around, back references, or no such group.
    pub(super) fn new(pattern: &str, groups: &[&str]) -> Option<Self> {
        // Python opens files with universal newlines: a carriage return ends a line too.
        let pattern = pattern.replace("\\Z", "\\z");
        let regex = RegexBuilder::new(&pattern).multi_line(true).crlf(true).build().ok()?;
        let known = |group: &&str| {
            regex.capture_names().flatten().any(|name| name == *group)
                || group.parse::<usize>().is_ok_and(|index| index < regex.captures_len())
        };
        let groups: Vec<String> = groups.iter().filter(|group| known(group)).map(|group| (*group).to_owned()).collect();
        (!groups.is_empty()).then_some(Self { regex, groups })
    }

    /// The first match, as `re.search` finds it.
    pub(super) fn find(&self, text: &str) -> Option<Found> {
        let captures = self.regex.captures(text)?;
        let group = self.groups.iter().find_map(|group| named(&captures, group))?;
        Some(Found { span: Span::from(group.range()), value: group.as_str().to_owned() })
    }
}

fn named<'t>(captures: &Captures<'t>, group: &str) -> Option<regex::Match<'t>> {
    match group.parse() {
        Ok(index) => captures.get(index),
        Err(_) => captures.name(group),
    }
}

/// A place of a version that the settings name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// As the project calls it.
    pub path: String,
    /// Text with `{version}` in it, or a regular expression where `regex` says so.
    pub pattern: String,
    pub regex: bool,
}

impl Place {
    /// The version of `pattern`, in a regular expression.
    const HOLE: &str = "{version}";

    /// # Errors
    /// Where the pattern does not say where the version stands, or is no regular expression.
    pub fn new(path: &str, pattern: &str, regex: bool) -> Result<Self, String> {
        let place = Self { path: path.to_owned(), pattern: pattern.to_owned(), regex };
        if place.compiled().is_some() {
            return Ok(place);
        }
        Err(if pattern.contains(Self::HOLE) || pattern.contains("(?P<version>") {
            format!("`{pattern}` is no regular expression of the kind that is matched in linear time")
        } else {
            format!("`{pattern}` has no `{}` where the version stands", Self::HOLE)
        })
    }

    fn compiled(&self) -> Option<Pattern> {
        let version = r"(?P<version>v?\d[0-9A-Za-z.!+_-]*)";
        let pattern = if self.regex {
            self.pattern.replacen(Self::HOLE, version, 1)
        } else {
            let (before, after) = self.pattern.split_once(Self::HOLE)?;
            format!("{}{version}{}", regex::escape(before), regex::escape(after))
        };
        Pattern::new(&pattern, &["version"])
    }

    /// Declares what the place states.
    ///
    /// # Errors
    /// Where the file is not there: the settings are wrong then.
    pub(super) fn declare(&self, survey: &mut Survey<'_, '_>) -> Result<(), Failure> {
        let Self { path, pattern, .. } = self;
        let Some(source) = survey.read(path)? else {
            let failure = Failure::new(format!("the settings name `{path}` under `versions`, and it is not there"));
            return Err(failure.help("correct the path, or take it out"));
        };
        let found = std::str::from_utf8(survey.bytes(source)).ok().and_then(|text| self.compiled()?.find(text));
        match found {
            Some(Found { span, value }) => {
                survey.declare(Kind::Pattern, Role::Secondary, Location { source, span }, &value);
            }
            None => {
                let at = Location { source, span: Span::at(0) };
                let reason = format!("`{pattern}` of the settings is not found in `{path}`");
                survey.declared.unresolved.push(Unresolved { at, reason });
            }
        }
        Ok(())
    }
}

/// A file in which a build back end looks for the version, and how.
pub(super) struct Search<'p> {
    /// The back end's name, for messages.
    pub(super) reader: &'static str,
    pub(super) path: &'p str,
    /// The place that names the file.
    pub(super) setting: Location,
    /// `None` where the pattern cannot be followed.
    pub(super) pattern: Option<Pattern>,
}

/// Declares the version that a build back end finds in a file; all of them read it as UTF-8.
pub(super) fn declare(survey: &mut Survey<'_, '_>, search: &Search<'_>) -> Result<Origin, Failure> {
    let Search { reader, path, setting, pattern } = search;
    let missing = |reason: String| Ok(Origin::Missing(Unresolved { at: *setting, reason }));
    let Some(source) = survey.read(path)? else {
        return missing(format!("{reader} reads it from `{path}`, which is not there"));
    };
    let Some(pattern) = pattern else {
        let reason = format!("the pattern with which {reader} reads `{path}` cannot be followed here");
        return Ok(Origin::Unresolved(Unresolved { at: *setting, reason }));
    };
    let Ok(text) = std::str::from_utf8(survey.bytes(source)) else {
        return missing(format!("{reader} reads `{path}` as UTF-8, and it is not UTF-8"));
    };
    let Some(found) = pattern.find(text) else {
        let marked = text.starts_with('\u{feff}');
        let because = if marked { ", which begins with a byte order mark" } else { "" };
        return missing(format!("{reader} finds none in `{path}`{because}"));
    };
    let whole = text.trim().trim_start_matches('v') == found.value.trim();
    let kind = kind(survey, path, source, found.span, whole)?;
    survey.declare(kind, Role::Authority, Location { source, span: found.span }, &found.value);
    Ok(Origin::Declared)
}

/// A match inside an assignment of a Python file is that assignment.
fn kind(survey: &mut Survey<'_, '_>, path: &str, source: SourceId, span: Span, whole: bool) -> Result<Kind, Failure> {
    if !path.ends_with(".py") {
        return Ok(if whole { Kind::VersionFile } else { Kind::Pattern });
    }
    let assigned = match survey.module(path)? {
        Some((id, module)) if id == source => module.assignments.iter().any(|one| one.at.contains(span)),
        _ => false,
    };
    Ok(if assigned { Kind::Python } else { Kind::Pattern })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: Option<Pattern>, text: &str) -> Option<String> {
        let found = pattern.unwrap().find(text)?;
        assert_eq!(&text[found.span.range()], found.value);
        Some(found.value)
    }

    #[test]
    fn hatchling_finds_what_its_own_expression_finds() {
        for (text, version) in [
            ("__version__ = \"1.2.3\"", Some("1.2.3")),
            ("__VERSION__='v1.2.3'\r\n", Some("1.2.3")),
            ("x = 1\rVERSION = '1.2.3'", Some("1.2.3")),
            ("\"\"\"\n__version__ = '0.0.1' in a text\n\"\"\"\n__version__ = '1'", Some("0.0.1")),
            ("__version__ = \"it's\"", Some("it's")),
            ("__version__ = '1.2.3\"", None),
            ("__version__: str = '1.2.3'", None),
            (" __version__ = '1.2.3'", None),
            ("\u{feff}__version__ = '1.2.3'", None),
            ("# __version__ = '1.2.3'", None),
            ("__version__\t= '1.2.3'", None),
            ("__version__ = ''", None),
        ] {
            assert_eq!(found(Pattern::hatchling(), text).as_deref(), version, "{text:?}");
        }
    }

    #[test]
    fn the_others_find_what_their_own_expressions_find() {
        for (text, pdm, scikit) in [
            ("VERSION='1.2.3'  # keep", Some("1.2.3"), Some("1.2.3")),
            ("__version__: str = '1.2.3'", None, Some("1.2.3")),
            ("version = '1.2.3'", None, Some("1.2.3")),
            ("__version__ = 'v1.2.3'", Some("v1.2.3"), Some("1.2.3")),
            ("__version__ = '1' + '2'\n", Some("1' + '2"), Some("1")),
        ] {
            assert_eq!(found(Pattern::pdm_backend(), text).as_deref(), pdm, "{text:?}");
            assert_eq!(found(Pattern::scikit_build_core(), text).as_deref(), scikit, "{text:?}");
        }
    }

    #[test]
    fn a_pattern_of_the_settings_keeps_to_its_group() {
        assert_eq!(
            found(Pattern::new("BUILD = 'b(?P<version>[^']+)'", &["version"]), "BUILD = 'b1.2'").unwrap(),
            "1.2"
        );
        assert_eq!(found(Pattern::new("a(b)(c)", &["1"]), "abc").unwrap(), "b");
        assert!(Pattern::new("no group", &["version"]).is_none());
        for (pattern, regex) in [("no hole", false), ("(?P<version>1)", false), ("(?=x){version}", true), ("(", true)] {
            assert!(Place::new("x", pattern, regex).is_err(), "{pattern}");
        }
        let found = |place: Result<Place, String>, text: &str| found(place.unwrap().compiled(), text);
        assert_eq!(
            found(Place::new("x", "LABEL v=\"{version}\" (x)", false), "LABEL v=\"1.2rc1\" (x)").unwrap(),
            "1.2rc1"
        );
        assert_eq!(found(Place::new("x", "^v: *{version}$", true), "a\nv:   1.2\n").unwrap(), "1.2");
        assert!(Pattern::new("(?<=x)(?P<version>1)", &["version"]).is_none());
        assert!(Pattern::new("([\"'])(?P<version>1)\\1", &["version"]).is_none());
    }
}
