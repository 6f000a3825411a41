//! A release tag whose version is not the one that the tagged files state.

use crate::declaration::Declaration;
use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::version_mismatch::weighty;
use super::{About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "tag-version-mismatch",
    summary: "The tag and a place that states the version disagree",
    explanation: "\
The tag says which release this is; the files in its tree say what is built and what users see. Where they disagree the \
index gets another version than the tag promises, or refuses the upload because it has that version already.

The tag's version is compared with every declaration in the tagged tree as PEP 440 compares: tag `v1.0.0-rc.1` and \
`version = \"1.0rc1\"` are equal.

Where all that is stated is `0.0.0`, the version is written when the release is built, and `version-unresolved` says so.",
    level: Level::Error,
    about: About::Release,
    group: Group::Tags,
    fix: None,
    bad: &[
        Example {
            title: "the version was not bumped",
            files: &[
                ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"0.1.1\"\n"),
                ("CHANGELOG.md", CHANGELOG),
            ],
            tag: Some("v1.1.0"),
        },
        Example {
            title: "one of two places was bumped",
            files: &[
                ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"0.1.1\"\n"),
                ("src/demo/version.py", "__version__: str = \"1.1.0\"\n"),
                ("src/demo/__init__.py", "from .version import __version__\n"),
                ("CHANGELOG.md", CHANGELOG),
            ],
            tag: Some("v1.1.0"),
        },
    ],
    good: &[Example {
        title: "everything says the same",
        files: &[
            ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.1.0\"\n"),
            ("src/demo/__init__.py", "__version__ = \"1.1\"\n"),
            ("CHANGELOG.md", CHANGELOG),
        ],
        tag: Some("v1.1.0"),
    }],
    check,
};

const CHANGELOG: &str = "\
# Changelog

All notable changes to this project will be documented in this file.

The format is based on [Keep a Changelog](https://keepachangelog.com/en/1.1.0/),
and this project adheres to [Semantic Versioning](https://semver.org/spec/v2.0.0.html).

## [Unreleased]

## [1.1.0] - 2026-11-22

### Added

- A thing.

## [1.0.0] - 2026-01-05

### Added

- The first thing.

[Unreleased]: https://github.com/demo/demo/compare/v1.1.0...HEAD
[1.1.0]: https://github.com/demo/demo/compare/v1.0.0...v1.1.0
[1.0.0]: https://github.com/demo/demo/releases/tag/v1.0.0
";

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(release) = &facts.release else { return };
    let Some(expected) = &release.version else { return };
    let stated: Vec<&Declaration> = weighty(facts).filter(|one| one.version.is_some()).collect();
    if stated.iter().all(|one| stands_in(one)) {
        return;
    }
    let (agreeing, wrong): (Vec<&Declaration>, Vec<&Declaration>) =
        stated.into_iter().partition(|one| one.version.as_ref() == Some(expected));
    for one in wrong {
        let Some(version) = &one.version else { continue };
        let finding = findings.add(one.at, format!("this says `{version}`, but the tag is `{}`", release.tag));
        finding.related(release.at, format!("the tag says `{expected}`"));
        for other in &agreeing {
            finding.related(other.at, format!("this says `{expected}` too"));
        }
        finding
            .help(format!("write `{expected}` here, commit, and tag that commit; or choose the tag for `{version}`"));
    }
}

/// Whether a declaration only keeps the place of a version that is written when the release is built. Where nothing else
/// is stated there is nothing to hold to the tag.
pub(super) fn stands_in(one: &Declaration) -> bool {
    one.version.as_ref().is_some_and(|version| version.is_zero())
}
