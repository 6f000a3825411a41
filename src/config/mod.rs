//! The project's settings: `[tool.relgate]` in pyproject.toml, or relgate.toml.

mod ignores;
mod reader;
mod values;

use std::collections::BTreeMap;

use toml::de::DeTable;

use crate::failure::Failure;
use crate::files::Files;
use crate::finding::{Level, SourceId};
use crate::position::Position;
use crate::project::{Ignores, Package, Policy};
use crate::tag::TagTemplate;

use reader::{Reader, Value};

pub use ignores::IGNORE_KEYS;
pub use values::{CHECKLIST_KEYS, PLACE_KEYS};

/// What the project asks for; everything has a default that fits a project which asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How release tags are named; `None`: as the history shows.
    pub tag: Option<TagTemplate>,
    pub policy: Policy,
    /// Levels that differ from the rules' own.
    pub levels: BTreeMap<String, Level>,
    /// The packages of the repository, where the settings list them.
    pub packages: Vec<Package>,
    /// Whether a tag that names no release may not be made.
    pub only_release_tags: bool,
    /// The findings that are excused, and the file that says so; `None` where there are none.
    pub ignores: Option<Ignores>,
}

/// The settings that the repository and each of its packages can have.
pub const SHARED_KEYS: [&str; 10] = [
    "branches",
    "categories",
    "changelog",
    "checklist",
    "commit-message",
    "scheme",
    "stable-from",
    "support-table",
    "tag",
    "versions",
];

/// The settings that only the repository can have.
pub const REPOSITORY_KEYS: [&str; 4] = ["ignore", "only-release-tags", "package", "rules"];

/// The settings that only a package can have.
pub const PACKAGE_KEYS: [&str; 2] = ["name", "path"];

/// Reads the settings from the same snapshot that is judged. `rules` are the ids that settings may name.
///
/// # Errors
/// All mistakes at once, each with its place: not TOML, unknown keys, wrong types, both files.
pub fn read(files: &mut Files<'_>, rules: &[&str]) -> Result<Settings, Failure> {
    read_with_place(files, rules).map(|(settings, _)| settings)
}

/// Reads the settings as [`read`] does; with them where they stand (`path:line:column`), if there are any.
///
/// # Errors
/// As [`read`].
pub fn read_with_place(files: &mut Files<'_>, rules: &[&str]) -> Result<(Settings, Option<String>), Failure> {
    let own = files.read("relgate.toml")?;
    let shared = files.read("pyproject.toml")?;
    let mut settings = Settings::default();
    let mut seen = Vec::new();
    for (source, keys) in [(own, &[][..]), (shared, &["tool", "relgate"][..])] {
        let Some(source) = source else { continue };
        if let Some(offset) = read_source(files, source, keys, rules, &mut settings)? {
            seen.push((source, offset));
        }
    }
    match seen[..] {
        [_, (second, offset)] => {
            Err(Failure::new(format!("{}: there are settings in relgate.toml, too", place(files, second, offset)))
                .help("keep them in one of the two files"))
        }
        [(source, offset)] => Ok((settings, Some(place(files, source, offset)))),
        _ => Ok((settings, None)),
    }
}

/// Reads settings that do not come from the repository: a file like relgate.toml, named `path`.
///
/// # Errors
/// As [`read`]; where the file is not there, too.
pub fn read_policy(files: &mut Files<'_>, path: &str, rules: &[&str]) -> Result<Settings, Failure> {
    let source = files.read(path)?.ok_or_else(|| Failure::new(format!("there is no policy file {path}")))?;
    let mut settings = Settings::default();
    read_source(files, source, &[], rules, &mut settings)?;
    Ok(settings)
}

/// Reads the table at `keys` of one file; the byte where its key stands, or `None` where there is no such table.
fn read_source(
    files: &Files<'_>,
    source: SourceId,
    keys: &[&str],
    rules: &[&str],
    settings: &mut Settings,
) -> Result<Option<usize>, Failure> {
    if source_lacks_settings(files, source, keys) {
        return Ok(None);
    }
    let mut found = Reader::new(rules);
    let document = DeTable::parse(utf8(files, source)?).map_err(|error| not_toml(files, source, &error))?;
    let table = descend(document.get_ref(), keys);
    if let Some((table, _)) = table {
        found.table(table, settings);
        let list = table.get("ignore").map(|value| found.ignores(value)).unwrap_or_default();
        if !list.is_empty() {
            let (path, bytes) = (files.path(source).to_owned(), files.bytes(source).to_vec());
            settings.ignores = Some(Ignores { path, bytes, list });
        }
    }
    found.close(files, source)?;
    Ok(table.map(|(_, offset)| offset))
}

/// Most projects have no settings: they need no parser to say so.
fn source_lacks_settings(files: &Files<'_>, source: SourceId, keys: &[&str]) -> bool {
    keys.last().is_some_and(|key| !contains(files.bytes(source), key.as_bytes()))
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

fn utf8<'f>(files: &'f Files<'_>, source: SourceId) -> Result<&'f str, Failure> {
    std::str::from_utf8(files.bytes(source))
        .map_err(|error| Failure::new(format!("{}: not UTF-8", place(files, source, error.valid_up_to()))))
}

fn not_toml(files: &Files<'_>, source: SourceId, error: &toml::de::Error) -> Failure {
    let offset = error.span().map_or(0, |span| span.start);
    let reason = error.message().lines().next().unwrap_or_default().to_owned();
    Failure::new(format!("{}: not TOML: {reason}", place(files, source, offset)))
}

fn place(files: &Files<'_>, source: SourceId, offset: usize) -> String {
    let Position { line, column } = Position::of(files.bytes(source), offset);
    format!("{}:{line}:{column}", files.path(source))
}

/// The table at `keys` below `table`, and the byte where its key stands.
fn descend<'t, 'd>(table: &'t DeTable<'d>, keys: &[&str]) -> Option<(&'t DeTable<'d>, usize)> {
    let mut table = table;
    let mut offset = 0;
    for key in keys {
        let (name, value) = table.get_key_value(*key)?;
        offset = name.span().start;
        table = value.get_ref().as_table()?;
    }
    Some((table, offset))
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>, settings: &mut Settings) {
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "rules" => self.levels(value, &mut settings.levels),
                "only-release-tags" => {
                    settings.only_release_tags = self.boolean(value, "only-release-tags").unwrap_or_default();
                }
                "ignore" | "package" => {}
                name => {
                    if !self.shared(name, value, &mut settings.tag, &mut settings.policy) {
                        self.unknown(key.span().start, "setting", name, &[&SHARED_KEYS[..], &REPOSITORY_KEYS].concat());
                    }
                }
            }
        }
        // What holds for all packages has to be known by now.
        if let Some(value) = table.get("package") {
            self.packages(value, settings);
        }
    }

    /// The settings that the repository and each of its packages can have; answers whether `name` is one.
    fn shared(&mut self, name: &str, value: &Value<'_>, tag: &mut Option<TagTemplate>, policy: &mut Policy) -> bool {
        match name {
            "tag" => *tag = self.tag(value),
            "scheme" => policy.scheme = self.scheme(value),
            "changelog" => {
                if let Some(changelog) = self.changelog(value) {
                    policy.changelog = changelog;
                }
            }
            "categories" => {
                if let Some(categories) = self.strings(value, "categories") {
                    policy.categories = categories;
                }
            }
            "versions" => policy.versions = self.versions(value),
            "commit-message" => policy.commit_message = self.commit_message(value),
            "branches" => policy.branches = self.branches(value),
            "stable-from" => policy.stable_from = self.stable_from(value),
            "support-table" => policy.support_table = self.string(value, name).map(str::to_owned),
            "checklist" => policy.checklist = self.checklist(value),
            _ => return false,
        }
        true
    }

    fn packages(&mut self, value: &Value<'_>, settings: &mut Settings) {
        let Some(array) = value.get_ref().as_array() else {
            self.mistake(value, format!("`package` is an array of tables, not {}", value.get_ref().type_str()));
            return;
        };
        for item in array.iter() {
            let Some(table) = item.get_ref().as_table() else {
                self.mistake(item, format!("a `package` is a table, not {}", item.get_ref().type_str()));
                continue;
            };
            let (mut tag, mut policy) = (settings.tag.clone(), settings.policy.clone());
            let (mut name, mut path) = (None, None);
            for (key, value) in table {
                match key.get_ref().as_ref() {
                    "name" => name = self.string(value, "name").map(str::to_owned),
                    "path" => path = self.string(value, "path").map(|path| path.trim_matches('/').to_owned()),
                    other => {
                        if !self.shared(other, value, &mut tag, &mut policy) {
                            let known = [&SHARED_KEYS[..], &PACKAGE_KEYS].concat();
                            self.unknown(key.span().start, "setting of a package", other, &known);
                        }
                    }
                }
            }
            let Some(folder) = path else {
                self.mistake(item, "a `package` has a `path`".to_owned());
                continue;
            };
            let folder = if folder == "." { String::new() } else { folder };
            settings.packages.push(Package { name, folder, tag, policy });
        }
    }

    fn levels(&mut self, value: &Value<'_>, levels: &mut BTreeMap<String, Level>) {
        let Some(table) = value.get_ref().as_table() else {
            self.mistake(value, format!("`rules` is a table, not {}", value.get_ref().type_str()));
            return;
        };
        for (rule, level) in table {
            let name = rule.get_ref().as_ref();
            if !self.rules.contains(&name) {
                self.unknown(rule.span().start, "rule", name, self.rules);
            }
            let known = ["error", "warn", "off"];
            let level = match self.string(level, name) {
                Some("error") => Level::Error,
                Some("warn") => Level::Warn,
                Some("off") => Level::Off,
                Some(other) => {
                    self.unknown(level.span().start, "level", other, &known);
                    continue;
                }
                None => continue,
            };
            levels.insert(name.to_owned(), level);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{ChangelogPolicy, ChecklistPolicy, Scheme};
    use crate::repository::Snapshot;
    use crate::version::Version;

    fn settings(files: &[(&str, &str)]) -> Result<Settings, String> {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
        let snapshot = Snapshot::memory(files);
        read(&mut Files::new(&snapshot), &["tag-name", "version-mismatch"])
            .map_err(|failure| [failure.message, failure.help.unwrap_or_default()].join("\n").trim().to_owned())
    }

    #[test]
    fn no_settings_are_the_defaults() {
        let found = settings(&[("pyproject.toml", "[project]\nname = 'x'\n")]).unwrap();
        assert_eq!(found.tag, None);
        assert_eq!(found.policy.categories.len(), 6);
        assert!(settings(&[]).unwrap().levels.is_empty());
    }

    #[test]
    fn both_files_can_hold_settings() {
        let text =
            "tag = 'v{version}'\nscheme = 'semver'\nchangelog = false\ncategories = ['A']\nrules.tag-name = 'off'\n";
        for files in [("relgate.toml", text.to_owned()), ("pyproject.toml", format!("[tool.relgate]\n{text}"))] {
            let found = settings(&[(files.0, &files.1)]).unwrap();
            assert_eq!(found.tag, TagTemplate::parse("v{version}").ok());
            assert_eq!(found.policy.scheme, Some(Scheme::SemVer));
            assert_eq!(found.policy.changelog, ChangelogPolicy::None);
            assert_eq!(found.policy.categories, ["A"]);
            assert_eq!(found.levels.get("tag-name"), Some(&Level::Off));
        }
    }

    #[test]
    fn further_places_of_the_version_are_a_path_and_a_pattern() {
        let text = "versions = [{ path = 'a', pattern = 'v {version}' }, { path = 'b', pattern = '^{version}$', regex = true }]";
        let versions = settings(&[("relgate.toml", text)]).unwrap().policy.versions;
        assert_eq!(
            versions.iter().map(|place| (&*place.path, place.regex)).collect::<Vec<_>>(),
            [("a", false), ("b", true)]
        );
        for (text, mistake) in [
            ("versions = 'a'", "`versions` is an array of tables"),
            ("versions = [{ path = 'a' }]", "has a `path` and a `pattern`"),
            ("versions = [{ path = 'a', pattern = 'x' }]", "has no `{version}`"),
            ("versions = [{ path = 'a', patern = '{version}' }]", "did you mean `pattern`?"),
            ("versions = [{ path = 'a', pattern = '({version}', regex = true }]", "is no regular expression"),
        ] {
            let failure = settings(&[("relgate.toml", text)]).unwrap_err();
            assert!(failure.contains(mistake), "{text}: {failure}");
        }
    }

    #[test]
    fn the_policy_of_releases_can_be_asked_for() {
        let text = "branches = ['main', 'release/*']\nstable-from = '2.0'\nsupport-table = 'docs/release.md'\n\
                    checklist = { path = 'docs/release.md', headings = ['Before'] }\nonly-release-tags = true\n\
                    [[package]]\npath = 'a'\nchecklist = 'LIST.md'\n";
        let found = settings(&[("relgate.toml", text)]).unwrap();
        assert_eq!(found.policy.branches, ["main", "release/*"]);
        assert_eq!(found.policy.stable_from, Version::parse("2.0"));
        assert_eq!(found.policy.support_table.as_deref(), Some("docs/release.md"));
        let checklist = |path: &str, headings: &[&str]| {
            let headings = headings.iter().map(|heading| (*heading).to_owned()).collect();
            Some(ChecklistPolicy { path: path.to_owned(), headings })
        };
        assert_eq!(found.policy.checklist, checklist("docs/release.md", &["Before"]));
        assert!(found.only_release_tags);
        assert_eq!(found.packages[0].policy.checklist, checklist("LIST.md", &[]));
        assert_eq!(found.packages[0].policy.branches, ["main", "release/*"]);
        for (text, mistake) in [
            ("branches = []", "1:12: `branches` names at least one branch"),
            ("branches = ['a b']", "1:12: git allows no branch of the name `a b`"),
            ("stable-from = 'soon'", "1:15: `stable-from` is a version, not `soon`"),
            ("support-table = 1", "1:17: `support-table` is a string, not integer"),
            ("checklist = 1", "1:13: `checklist` is a path, or a table"),
            ("checklist = { headings = [] }", "1:13: a `checklist` has a `path`"),
            ("checklist = { path = 'a', heading = [] }", "1:27: there is no setting of a checklist `heading`; did you"),
            ("only-release-tags = 'yes'", "1:21: `only-release-tags` is `true` or `false`, not string"),
            ("[[package]]\npath = 'a'\nonly-release-tags = true", "3:1: there is no setting of a package"),
        ] {
            let failure = settings(&[("relgate.toml", text)]).unwrap_err();
            assert!(failure.contains(mistake), "{text}: {failure}");
        }
    }

    #[test]
    fn every_mistake_is_said_with_its_place() {
        let text = "[tool.relgate]\ntagg = 'v{version}'\nscheme = 'semvr'\ncategories = 'x'\n\n[tool.relgate.rules]\n\
                    tag-nam = 'error'\nversion-mismatch = 'of'\n";
        assert_eq!(
            settings(&[("pyproject.toml", text)]).unwrap_err(),
            "pyproject.toml:2:1: there is no setting `tagg`; did you mean `tag`?\n\
             pyproject.toml:3:10: there is no scheme `semvr`; did you mean `semver`?\n\
             pyproject.toml:4:14: `categories` is an array of strings, not string\n\
             pyproject.toml:7:1: there is no rule `tag-nam`; did you mean `tag-name`?\n\
             pyproject.toml:8:20: there is no level `of`; did you mean `off`?"
        );
    }

    #[test]
    fn settings_in_both_files_or_in_none_that_parses_are_an_error() {
        let both = [("relgate.toml", "tag = 'v{version}'"), ("pyproject.toml", "[tool.relgate]\n")];
        assert_eq!(
            settings(&both).unwrap_err(),
            "pyproject.toml:1:7: there are settings in relgate.toml, too\nkeep them in one of the two files"
        );
        assert!(settings(&[("relgate.toml", "tag = ")]).unwrap_err().starts_with("relgate.toml:1:7: not TOML: "));
    }
}
