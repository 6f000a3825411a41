//! A version that no index accepts.

use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::version_mismatch::weighty;
use super::{About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "version-invalid",
    summary: "What is stated as the version is no PEP 440 version",
    explanation: "\
Build back ends and package indexes refuse a version that does not follow the version specifiers specification (PEP \
440): an epoch, numbers, and optional pre-release, post-release and development parts. SemVer's `1.0.0-rc.1` is read as \
`1.0.0rc1`; `1.0.0-SNAPSHOT`, `1.2.x` and `1.0.0-nightly.20240101` are nothing.

pyproject.toml that both states a version and lists it under `dynamic` is refused as well.

A local version (`1.0.0+abc`) is a version, but no index accepts it: as a release it is refused as well.",
    level: Level::Error,
    about: About::Release,
    group: Group::Versions,
    fix: None,
    bad: &[
        Example {
            title: "a suffix of another world",
            files: &[("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.2.3-SNAPSHOT\"\n")],
            tag: None,
        },
        Example {
            title: "static and dynamic at once",
            files: &[("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.2.3\"\ndynamic = [\"version\"]\n")],
            tag: None,
        },
        Example {
            title: "a version with a wildcard",
            files: &[
                ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.2.0\"\n"),
                ("demo/__init__.py", "__version__ = \"1.2.x\"\n"),
            ],
            tag: None,
        },
    ],
    good: &[Example {
        title: "every spelling that PEP 440 reads",
        files: &[
            ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.2.3-rc.1\"\n"),
            ("demo/__init__.py", "__version__ = \"v1.2.3.RC1\"\n"),
        ],
        tag: None,
    }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    for place in &facts.declared.refused {
        findings.add(place.at, format!("this project is not built: {}", place.reason));
    }
    for one in weighty(facts) {
        match &one.version {
            None => {
                let text = if one.text.is_empty() { "an empty text".to_owned() } else { format!("`{}`", one.text) };
                let finding = findings.add(one.at, format!("{text} is no PEP 440 version"));
                finding
                    .help("write numbers with dots, then `a1`, `b1`, `rc1`, `.post1` or `.dev1` where one is needed");
            }
            Some(version) if version.is_local() && facts.release.is_some() => {
                let finding = findings.add(one.at, format!("`{version}` is a local version, which no index accepts"));
                finding.help("leave out the `+` and what follows it");
            }
            Some(_) => {}
        }
    }
}
