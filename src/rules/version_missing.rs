//! A project whose build would find no version.

use crate::declaration::Origin;
use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::{About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "version-missing",
    summary: "The project states no version, and its build would fail or make one up",
    explanation: "\
Every distribution has a version. Where pyproject.toml neither states one nor says where the build back end finds it, \
the build fails, or falls back to `0.0.0` without a word.

Source: core metadata, `Version`; pyproject.toml specification, `version`.",
    level: Level::Error,
    about: About::Release,
    group: Group::Versions,
    fix: None,
    bad: &[Example {
        title: "neither static nor dynamic",
        files: &[(
            "pyproject.toml",
            "[project]\nname = \"demo\"\n\n[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n",
        )],
        tag: None,
    }],
    good: &[
        Example {
            title: "a static version",
            files: &[("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.2.3\"\n")],
            tag: None,
        },
        Example {
            title: "settings of tools alone are no project",
            files: &[("pyproject.toml", "[tool.ruff]\ntarget-version = \"py311\"\n")],
            tag: None,
        },
    ],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    if let Origin::Missing(place) = &facts.declared.origin {
        let finding = findings.add(place.at, format!("the project has no version: {}", place.reason));
        finding.help("state it as `version` under `[project]`, or tell the build back end where it stands");
    }
}
