//! The names of tags: which of them are releases, and of which version.

use std::collections::BTreeMap;

use crate::version::Version;

/// How the project names its release tags: `v{version}`, `{name}-v{version}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TagTemplate {
    text: String,
}

/// What the name of a tag says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A release. `start` is the byte of the tag's name where the version begins.
    Release { version: Version, start: usize },
    /// It looks like a release and cannot be one.
    Faulty { fault: TagFault, start: usize },
    /// Not a release: left alone.
    Other,
}

/// Why a tag that looks like a release does not name one properly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagFault {
    /// What follows the prefix is no PEP 440 version.
    NoVersion,
    /// All other release tags begin with `expected`.
    OtherPrefix { expected: String },
    /// It names no release, where the settings allow no other tags.
    NoRelease,
    /// `1.0-1`: post-release 1 for PEP 440, a pre-release for SemVer.
    Ambiguous,
}

/// Words that may stand before the version where the settings do not say. All begin with a letter that
/// [`may_be_release`] looks for.
const USUAL_WORDS: [&str; 8] = ["releases", "release", "rel", "version", "ver", "v", "r", ""];

/// What may stand between such a word and the version.
const WORD_JOINTS: [&str; 8] = ["-v", "_v", "/v", ".v", "-", "_", "/", "."];

/// What may stand between a package's name and the version where the settings do not say.
const USUAL_JOINTS: [&str; 9] = ["-v", "-", "_v", "_", "/v", "/", "@v", "@", "=="];

impl TagTemplate {
    /// # Errors
    /// Why `text` is no template, as half a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.matches("{version}").count() != 1 {
            return Err("a tag template has `{version}` in it, once".to_owned());
        }
        let rest = text.replacen("{version}", "", 1).replacen("{name}", "", 1);
        if rest.contains(['{', '}']) {
            return Err("a tag template knows `{version}` and, once, `{name}`".to_owned());
        }
        if text.find("{name}") > text.find("{version}") {
            return Err("in a tag template `{name}` stands before `{version}`".to_owned());
        }
        if rest.contains(|c: char| c.is_control() || " ~^:?*[\\".contains(c)) || text.starts_with('-') {
            return Err("git allows no such name for a tag".to_owned());
        }
        Ok(Self { text: text.to_owned() })
    }

    /// The name of the tag that releases `version`.
    pub fn print(&self, name: Option<&str>, version: &str) -> String {
        let (before, after) = self.text.split_once("{version}").unwrap_or_default();
        format!("{}{version}{after}", before.replacen("{name}", name.unwrap_or_default(), 1))
    }

    /// Where in `tag` the version stands, whether it is one or not.
    fn version_part(&self, tag: &str, name: Option<&str>) -> Option<std::ops::Range<usize>> {
        let (before, after) = self.text.split_once("{version}")?;
        let start = match before.split_once("{name}") {
            Some((start, joint)) => {
                strip_name(tag.strip_prefix(start)?, name?, joint).map(|rest| tag.len() - rest.len())?
            }
            None => tag.strip_prefix(before).map(|rest| tag.len() - rest.len())?,
        };
        let version = tag[start..].strip_suffix(after)?;
        Some(start..start + version.len())
    }

    /// Whether `tag` begins with all that stands before the version, and before the package's name.
    fn may_begin(&self, tag: &str, name: Option<&str>) -> bool {
        let before = self.text.split_once("{version}").map_or("", |(before, _)| before);
        match before.split_once("{name}") {
            Some((start, _)) => {
                tag.strip_prefix(start).is_some_and(|rest| name.is_some_and(|name| begins_with_name(rest, name)))
            }
            None => tag.starts_with(before),
        }
    }

    fn read(&self, tag: &str, name: Option<&str>) -> Reading {
        match self.version_part(tag, name) {
            Some(part) => read_version(tag, part),
            None => match read_usual(tag, name) {
                Reading::Release { start, .. } => {
                    Reading::Faulty { fault: TagFault::OtherPrefix { expected: self.text.clone() }, start }
                }
                other => other,
            },
        }
    }
}

/// How a repository names its releases: what stands before the version, and in how many tags.
#[derive(Clone, Debug, Default)]
pub struct Habit {
    prefixes: BTreeMap<String, usize>,
}

impl Habit {
    /// Counts what stands before the version in a release tag.
    pub fn count(&mut self, prefix: &str) {
        match self.prefixes.get_mut(prefix) {
            Some(count) => *count += 1,
            None => drop(self.prefixes.insert(prefix.to_owned(), 1)),
        }
    }

    /// The same habit without one tag of that prefix: the tag that is judged does not speak for itself.
    pub fn without(&self, prefix: &str) -> Self {
        let mut rest = self.clone();
        if let Some(count) = rest.prefixes.get_mut(prefix) {
            *count -= 1;
        }
        rest
    }

    /// Forgets the tags whose prefix is not one of those that `keep` takes.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.prefixes.retain(|prefix, _| keep(prefix));
    }

    /// What stands before the version in every release tag, where there are two of them at least.
    fn agreed(&self) -> Option<&str> {
        let mut used = self.prefixes.iter().filter(|(_, count)| **count > 0);
        match (used.next(), used.next()) {
            (Some((only, 2..)), None) => Some(only),
            _ => None,
        }
    }
}

/// Reads the name of a tag. `name` is the package's; without a template the `habit` of the other tags shows how this
/// project names its releases.
pub fn read(tag: &str, template: Option<&TagTemplate>, name: Option<&str>, habit: &Habit) -> Reading {
    if let Some(template) = template {
        return template.read(tag, name);
    }
    let reading = read_usual(tag, name);
    let Reading::Release { start, .. } = reading else { return reading };
    match habit.agreed() {
        Some(expected) if expected != &tag[..start] => {
            Reading::Faulty { fault: TagFault::OtherPrefix { expected: format!("{expected}{{version}}") }, start }
        }
        _ => reading,
    }
}

/// Whether a tag is named after the package `name`: `name-v1.0`, or as a template with `{name}` has it.
pub fn names(tag: &str, template: Option<&TagTemplate>, name: &str) -> bool {
    match template {
        Some(template) if template.text.contains("{name}") => template.version_part(tag, Some(name)).is_some(),
        _ => USUAL_JOINTS.iter().any(|joint| strip_name(tag, name, joint).is_some_and(begins_like_version)),
    }
}

/// Whether a tag may be a release of this project: `false` is certain, `true` is not. Costs next to nothing, for there may be
/// a hundred thousand tags that are none.
pub fn may_be_release(tag: &str, template: Option<&TagTemplate>, name: Option<&str>) -> bool {
    let usual = tag.starts_with(|c: char| matches!(c, '0'..='9' | 'v' | 'V' | 'r' | 'R'));
    let may = usual
        || name.is_some_and(|name| begins_with_name(tag, name))
        || template.is_some_and(|template| template.may_begin(tag, name));
    may && tag.bytes().any(|byte| byte.is_ascii_digit())
}

/// Reads a tag as most projects write them: a version, perhaps after `v`, `release-` or the package's name.
pub fn read_usual(tag: &str, name: Option<&str>) -> Reading {
    if let Some(name) = name {
        for joint in USUAL_JOINTS {
            if let Some(rest) = strip_name(tag, name, joint).filter(|rest| begins_like_version(rest)) {
                return read_version(tag, tag.len() - rest.len()..tag.len());
            }
        }
    }
    match usual_prefix(tag) {
        Some(prefix) => read_version(tag, prefix..tag.len()),
        None => Reading::Other,
    }
}

/// How many bytes stand before what begins like a version: `v`, `release-`, `rel_v`; nothing but a word and what joins it.
fn usual_prefix(tag: &str) -> Option<usize> {
    let digit = tag.bytes().position(|byte| byte.is_ascii_digit())?;
    let prefix = &tag[..digit];
    let ends_with = |end: &str| {
        digit.checked_sub(end.len()).filter(|at| prefix.as_bytes()[*at..].eq_ignore_ascii_case(end.as_bytes()))
    };
    let word = WORD_JOINTS.iter().find_map(|joint| ends_with(joint).filter(|at| *at > 0)).unwrap_or(digit);
    USUAL_WORDS.iter().any(|usual| prefix.as_bytes()[..word].eq_ignore_ascii_case(usual.as_bytes())).then_some(digit)
}

fn begins_like_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

fn read_version(tag: &str, part: std::ops::Range<usize>) -> Reading {
    let (text, start) = (&tag[part.clone()], part.start);
    match Version::parse(text) {
        Some(version) if version.has_implicit_post() => Reading::Faulty { fault: TagFault::Ambiguous, start },
        Some(version) => Reading::Release { version, start },
        None if looks_like_version(text) => Reading::Faulty { fault: TagFault::NoVersion, start },
        None => Reading::Other,
    }
}

/// Two numbers with a dot between them at the start. The name of a series, `3.x`, is none.
fn looks_like_version(text: &str) -> bool {
    let Some((first, rest)) = text.split_once('.') else { return false };
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let lower = text.to_ascii_lowercase();
    number(first) && rest.starts_with(|c: char| c.is_ascii_digit()) && !lower.ends_with(".x") && !lower.ends_with(".*")
}

/// What follows `name` and `joint` in `tag`; names are compared as the packaging specifications normalise them.
fn strip_name<'t>(tag: &'t str, name: &str, joint: &str) -> Option<&'t str> {
    if !begins_with_name(tag, name) {
        return None;
    }
    tag.match_indices(joint)
        .find(|(at, _)| *at > 0 && normalized(&tag[..*at]).eq(normalized(name)))
        .map(|(at, joint)| &tag[at + joint.len()..])
}

fn begins_with_name(tag: &str, name: &str) -> bool {
    let mut letters = normalized(tag);
    normalized(name).all(|letter| letters.next() == Some(letter))
}

/// A distribution's name in the form in which two of them are compared: lower case, runs of `-`, `_` and `.` as one `-`.
pub fn normalized_name(name: &str) -> String {
    normalized(name).collect()
}

fn normalized(name: &str) -> impl Iterator<Item = char> + '_ {
    let mut joins = false;
    let letters = name.chars().filter_map(move |c| {
        let joined = std::mem::replace(&mut joins, matches!(c, '-' | '_' | '.'));
        if joins { (!joined).then_some('-') } else { Some(c) }
    });
    letters.flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual(tag: &str) -> String {
        shown(&read_usual(tag, Some("My_Package")))
    }

    fn habit(tags: &[&str]) -> Habit {
        let mut habit = Habit::default();
        for tag in tags {
            if let Reading::Release { start, .. } = read_usual(tag, None) {
                habit.count(&tag[..start]);
            }
        }
        habit
    }

    fn shown(reading: &Reading) -> String {
        match reading {
            Reading::Release { version, start } => format!("{version} at {start}"),
            Reading::Faulty { fault: TagFault::NoVersion, .. } => "no version".to_owned(),
            Reading::Faulty { fault: TagFault::NoRelease, .. } => "no release".to_owned(),
            Reading::Faulty { fault: TagFault::Ambiguous, .. } => "ambiguous".to_owned(),
            Reading::Faulty { fault: TagFault::OtherPrefix { expected }, .. } => format!("expected {expected}"),
            Reading::Other => "other".to_owned(),
        }
    }

    #[test]
    fn tags_are_read_as_most_projects_write_them() {
        for (tag, expected) in [
            ("v1.2.0", "1.2.0 at 1"),
            ("1.2.0", "1.2.0 at 0"),
            ("v.1.2", "1.2 at 2"),
            ("V1.2", "1.2 at 1"),
            ("release-1.2.0", "1.2.0 at 8"),
            ("Release_v1.2.0", "1.2.0 at 9"),
            ("releases/v1.2.0", "1.2.0 at 10"),
            ("rel1.2", "1.2 at 3"),
            ("rel_1.2", "1.2 at 4"),
            ("r1.2", "1.2 at 1"),
            ("v-1.2", "1.2 at 2"),
            ("version.1.2", "1.2 at 8"),
            ("my_package_1.2", "1.2 at 11"),
            ("vv1.2", "other"),
            ("-1.2", "other"),
            ("relevant-1.2", "other"),
            ("release-candidate-1.2", "other"),
            ("re\u{301}l1.2", "other"),
            ("v1.2.0-rc.1", "1.2.0rc1 at 1"),
            ("my-package-v1.2", "1.2 at 12"),
            ("my.package@1.2", "1.2 at 11"),
            ("My_Package/1.2", "1.2 at 11"),
            ("v1.2.0-1", "ambiguous"),
            ("v1.2-docs", "no version"),
            ("v1.2.0bis", "no version"),
            ("2.6.8-final", "no version"),
            ("1x.5bis", "other"),
            ("3.x", "other"),
            ("3.1.x", "other"),
            ("stable", "other"),
            ("other-v1.2", "other"),
            ("v", "other"),
            ("vienna", "other"),
            ("2024-01-02", "other"),
            ("", "other"),
            ("é1.2", "other"),
        ] {
            assert_eq!(usual(tag), expected, "{tag}");
        }
    }

    #[test]
    fn a_template_decides_what_is_a_release() {
        let template = TagTemplate::parse("v{version}").unwrap();
        let read = |tag| shown(&read(tag, Some(&template), None, &habit(&["1.0", "1.1", "1.2"])));
        assert_eq!(read("v1.2"), "1.2 at 1");
        assert_eq!(read("1.2"), "expected v{version}");
        assert_eq!(read("v1.2bis"), "no version");
        assert_eq!(read("nightly"), "other");
        let template = TagTemplate::parse("release-{version}").unwrap();
        assert_eq!(shown(&template.read("release-1.2", None)), "1.2 at 8");
        let template = TagTemplate::parse("{name}/v{version}-final").unwrap();
        assert_eq!(shown(&template.read("my_pkg/v1.2-final", Some("My.Pkg"))), "1.2 at 8");
        assert_eq!(template.print(Some("pkg"), "1.0"), "pkg/v1.0-final");
        assert_eq!(template.print(Some("{version}"), "1.0"), "{version}/v1.0-final");
    }

    #[test]
    fn without_a_template_the_history_shows_the_prefix() {
        let read = |tag, others: &[&str]| shown(&read(tag, None, None, &habit(others)));
        assert_eq!(read("1.2", &["v1.0", "v1.1", "stable"]), "expected v{version}");
        assert_eq!(read("v1.2", &["v1.0", "v1.1"]), "1.2 at 1");
        assert_eq!(read("1.2", &["v1.0", "1.1"]), "1.2 at 0");
        assert_eq!(read("1.2", &["v1.0"]), "1.2 at 0");
        assert_eq!(read("1.2", &[]), "1.2 at 0");
        // The tag that is judged does not speak for itself.
        let rest = habit(&["v1.0", "v1.1", "1.2"]).without("");
        assert_eq!(shown(&super::read("1.2", None, None, &rest)), "expected v{version}");
        let rest = habit(&["v1.0", "v1.1", "1.2"]).without("v");
        assert_eq!(shown(&super::read("v1.1", None, None, &rest)), "1.1 at 1");
    }

    proptest::proptest! {
        #[test]
        fn no_release_is_passed_over(
            tag in "(ver(sion)?[-_]?|[Rr]eleases?[-_/.]?|rel_|[vVrR]\\.?|my[-_.]{0,3}pkg|MY\\.pkg|x/)?(-v|-|_v|/|@|==)?v?[0-9][0-9.]{0,3}(rc1|-1|-docs|x)?"
        ) {
            for template in [None, Some("{version}"), Some("x/v{version}"), Some("{name}-{version}"), Some("x/{name}{version}")] {
                let template = template.map(|text| TagTemplate::parse(text).unwrap());
                let reading = read(&tag, template.as_ref(), Some("My_Pkg"), &Habit::default());
                let may_be = may_be_release(&tag, template.as_ref(), Some("My_Pkg"));
                proptest::prop_assert!(may_be || reading == Reading::Other, "{tag}: {reading:?}");
            }
        }
    }

    #[test]
    fn what_can_be_no_release_costs_nothing_more() {
        for tag in ["build-000123", "stable", "my", "nightly-2024.1", "version-", "vienna", "", "x/1.0"] {
            assert!(!may_be_release(tag, None, Some("My_Pkg")), "{tag}");
        }
    }

    #[test]
    fn a_template_has_one_version() {
        for text in [
            "{version}-{name}",
            "v",
            "{version}{version}",
            "{version}{x}",
            "{name}{name}{version}",
            "v {version}",
            "-{version}",
        ] {
            assert!(TagTemplate::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_tag_is_named_after_its_package() {
        let (plain, named) =
            (TagTemplate::parse("v{version}").unwrap(), TagTemplate::parse("{name}/v{version}").unwrap());
        for (tag, template, expected) in [
            ("my-pkg-1.0", None, true),
            ("My.Pkg@v1.0", None, true),
            ("my__pkg/1.0", None, true),
            ("my-pkg-docs", None, false),
            ("my-pkg", None, false),
            ("other-1.0", None, false),
            ("my-pkg-1.0", Some(&plain), true),
            ("my-pkg-1.0", Some(&named), false),
            ("my-pkg/v1.0", Some(&named), true),
        ] {
            assert_eq!(names(tag, template, "my_pkg"), expected, "{tag} {template:?}");
        }
        assert_eq!(normalized_name("My-_.Pkg-x"), "my-pkg-x");
        assert!(!names("@1.0", None, ""), "a package without a name has no tags");
    }
}
