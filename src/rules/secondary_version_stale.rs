//! A copy of the version that was left behind.

use crate::declaration::{Declaration, Kind, Role};
use crate::finding::{Edit, Findings, Level, Location, Safety};
use crate::project::Facts;
use crate::version::Version;

use super::version_mismatch::weighty;
use super::{About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "secondary-version-stale",
    summary: "A copy of the version, for other readers, was left behind",
    explanation: "\
CITATION.cff, codemeta.json, package.json, Sphinx's conf.py and the settings of bump tools repeat the version. None of \
them is built into the package; all of them are read: by people who cite the release, by those who read its manual, by the \
tool that makes the next one.

Sphinx's `version` may be the short form: `1.2` is right for 1.2.3. Between releases a citation names the last release: \
it is not compared with a development or pre-release version unless that very release is judged.

Source: Citation File Format 1.2.0, `version`; Sphinx, 'Project information'.",
    level: Level::Warn,
    about: About::Release,
    group: Group::Versions,
    fix: Some(Safety::Safe),
    bad: &[
        Example {
            title: "a citation of the last release",
            files: &[
                ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.2.3\"\n"),
                ("CITATION.cff", "cff-version: 1.2.0\ntitle: demo\nversion: 1.2.2\n"),
            ],
            tag: None,
        },
        Example {
            title: "settings of a bump tool",
            files: &[(
                "pyproject.toml",
                "[project]\nname = \"demo\"\nversion = \"1.2.3\"\n[tool.commitizen]\nversion = \"1.2.2\"\n",
            )],
            tag: None,
        },
    ],
    good: &[Example {
        title: "everything was brought along",
        files: &[
            ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.2.3\"\n[tool.bumpversion]\ncurrent_version = \"1.2.3\"\n"),
            ("CITATION.cff", "cff-version: 1.2.0\nversion: \"1.2.3\"\nreferences:\n  - version: 1.0\n"),
            ("docs/conf.py", "needs_sphinx = \"4.0\"\nrelease = \"1.2.3\"\nversion = \"1.2\"\n"),
        ],
        tag: None,
    }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some((expected, at, released)) = reference(facts) else { return };
    let copies = facts.declared.declarations.iter().filter(|one| one.role == Role::Secondary);
    for one in copies {
        let between_releases = one.kind == Kind::Citation && expected.is_prerelease() && !released;
        if between_releases || fits(one, expected) {
            continue;
        }
        let path = &facts.sources.get(one.at.source).path;
        let finding = findings.add(one.at, format!("`{path}` says `{}`, but the version is `{expected}`", one.text));
        finding.related(at, format!("the version is `{expected}`"));
        let right = respelt(one, expected);
        finding.help(format!("write `{}` here", right.clone().unwrap_or_else(|| expected.to_string())));
        if let Some(text) = right {
            finding.fix(format!("write `{text}`"), Safety::Safe, vec![Edit { at: one.at, text }]);
        }
    }
}

/// The version that copies have to repeat, its place, and whether a release of it is judged.
fn reference(facts: &Facts) -> Option<(&Version, Location, bool)> {
    if let Some(release) = &facts.release
        && let Some(version) = &release.version
    {
        return Some((version, release.at, true));
    }
    let stated: Vec<&Declaration> = weighty(facts).collect();
    let authority = stated.iter().find(|one| one.role == Role::Authority).or(stated.first())?;
    Some((authority.version.as_ref()?, authority.at, false))
}

fn fits(copy: &Declaration, expected: &Version) -> bool {
    copy.version.as_ref().is_some_and(|version| version == expected || copy.abbreviates && shortens(version, expected))
}

/// Whether a copy is the short form of a version: `1.2` of `1.2.3rc1`.
fn shortens(short: &Version, version: &Version) -> bool {
    short.abbreviates(version) || short.same_release(version) && !short.is_prerelease() && !short.is_post()
}

/// `expected` in the spelling of the copy: with its `v`, and as short as it was. `None` where that is not certain.
fn respelt(copy: &Declaration, expected: &Version) -> Option<String> {
    // What is put together from pieces stands nowhere as it reads.
    let version = copy.version.as_ref().filter(|version| Version::parse(&copy.text).as_ref() == Some(version))?;
    let plain = !expected.is_prerelease() && !expected.is_post() && expected.release_len() == 3;
    if copy.kind == Kind::PackageJson && !plain {
        return None;
    }
    if copy.abbreviates && version.release_len() < expected.release_len() {
        let numbers = (0..version.release_len()).map(|index| expected.release_number(index).to_string());
        return Some(numbers.collect::<Vec<_>>().join("."));
    }
    let prefix = if copy.text.starts_with('v') { "v" } else { "" };
    Some(format!("{prefix}{expected}"))
}
