//! A version that cannot be known without running something.

use crate::declaration::{Origin, Unresolved};
use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::tag_version_mismatch::stands_in;
use super::version_mismatch::weighty;
use super::{About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "version-unresolved",
    summary: "A place that decides or states the version cannot be read without running it",
    explanation: "\
relgate runs nothing of the repository. A version that setup.py computes, that a plugin provides or that comes from the \
environment is not known to it, and is not compared with the tag: what is built may be another version than the tag says.

The same is said of a Python file that holds the version and does not parse: what stands after the fault is not read.",
    level: Level::Warn,
    about: About::Release,
    group: Group::Versions,
    fix: None,
    bad: &[
        Example {
            title: "setup.py computes the version",
            files: &[(
                "setup.py",
                "from setuptools import setup\nns = {}\nexec(open(\"demo/version.py\").read(), ns)\nsetup(name=\"demo\", version=ns[\"__version__\"])\n",
            )],
            tag: None,
        },
        Example {
            title: "the version comes from the environment",
            files: &[(
                "pyproject.toml",
                "[project]\nname = \"demo\"\ndynamic = [\"version\"]\n[tool.hatch.version]\nsource = \"env\"\nvariable = \"V\"\n[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n",
            )],
            tag: None,
        },
        Example {
            title: "a version that the build is to write",
            files: &[("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"0.0.0\"\n")],
            tag: Some("v1.2.3"),
        },
        Example {
            title: "a module with a syntax error",
            files: &[
                ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.2.3\"\n"),
                ("demo/__init__.py", "__version__ = \"1.2.3\"\ndef f(:\n"),
            ],
            tag: None,
        },
    ],
    good: &[
        Example {
            title: "setup.py states the version",
            files: &[("setup.py", "from setuptools import setup\nV = \"1.2.3\"\nsetup(name=\"demo\", version=V)\n")],
            tag: None,
        },
        Example {
            title: "the tag is the version",
            files: &[(
                "pyproject.toml",
                "[project]\nname = \"demo\"\ndynamic = [\"version\"]\n[tool.setuptools_scm]\n[build-system]\nrequires = [\"setuptools\", \"setuptools-scm\"]\nbuild-backend = \"setuptools.build_meta\"\n",
            )],
            tag: None,
        },
    ],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    if let Origin::Unresolved(place) = &facts.declared.origin {
        say(findings, place);
    }
    for place in &facts.declared.unresolved {
        say(findings, place);
    }
    if let Some(expected) = facts.release.as_ref().and_then(|release| release.version.as_ref())
        && let Some(first) = weighty(facts).next()
        && weighty(facts).all(stands_in)
        && !expected.is_zero()
    {
        let finding = findings.add(first.at, format!("`{}` stands in for the version that will be built", first.text));
        finding.help("see that the build writes the tag's version here");
    }
    for place in &facts.declared.broken {
        let path = &facts.sources.get(place.at.source).path;
        findings.add(place.at, format!("`{path}` does not parse as Python: {}", place.reason));
    }
}

fn say(findings: &mut Findings, place: &Unresolved) {
    let finding = findings.add(place.at, format!("the version cannot be known here: {}", place.reason));
    finding.help("compare it with the tag yourself, or state it where it can be read");
}
