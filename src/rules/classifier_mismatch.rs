//! A stable version that calls itself unfinished.

use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::{About, Example, Group, PYPROJECT, Rule, bump};

pub(super) const RULE: Rule = Rule {
    id: "classifier-mismatch",
    summary: "A stable version is classified as unfinished",
    explanation: "\
`Development Status :: 3 - Alpha` tells an index and its readers not to rely on a project; the version 1.1.0 tells them that
they can. One of the two was forgotten. Said of final versions from 1.0 on (or what the setting `stable-from` names), not of
those that are dates, where the stage is Planning, Pre-Alpha, Alpha or Beta.",
    level: Level::Warn,
    about: About::Release,
    group: Group::Process,
    fix: None,
    bad: &[
        Example {
            title: "1.1.0 is no alpha",
            files: &[(
                "pyproject.toml",
                "[project]\nname = \"demo\"\nversion = \"1.1.0\"\nclassifiers = [\"Development Status :: 3 - Alpha\"]\n",
            )],
            tag: Some("v1.1.0"),
        },
        Example {
            title: "as Poetry has it",
            files: &[(
                "pyproject.toml",
                "[tool.poetry]\nname = \"demo\"\nversion = \"1.1.0\"\nclassifiers = [\"Development Status :: 3 - Alpha\"]\n",
            )],
            tag: Some("v1.1.0"),
        },
        Example {
            title: "as setuptools has it in setup.cfg",
            files: &[(
                "setup.cfg",
                "[metadata]\nname = demo\nversion = 1.1.0\nclassifiers =\n    Development Status :: 1 - Planning\n",
            )],
            tag: Some("v1.1.0"),
        },
        Example {
            title: "as setuptools has it in setup.py",
            files: &[(
                "setup.py",
                "from setuptools import setup\nsetup(name='demo', version='1.1.0', classifiers=[\n    # 'Development Status :: 5 - Production/Stable',\n    'Development Status :: 2 - Pre-Alpha',\n])\n",
            )],
            tag: Some("v1.1.0"),
        },
    ],
    good: &[
        Example {
            title: "an alpha of 1.1.0 may be one",
            files: &[
                (
                    "pyproject.toml",
                    "[project]\nname = \"demo\"\nversion = \"1.1.0a1\"\nclassifiers = [\"Development Status :: 3 - Alpha\"]\n",
                ),
                ("CHANGELOG.md", "# Changelog\n\n## 1.1.0a1 - 2026-11-22\n\n- A thing.\n"),
            ],
            tag: Some("v1.1.0a1"),
        },
        Example {
            title: "before 1.0 a project may be an alpha",
            files: &[
                (
                    "setup.cfg",
                    "[metadata]\nname = demo\nversion = 0.4.0\nclassifiers =\n    Development Status :: 3 - Alpha\n",
                ),
                ("CHANGELOG.md", "# Changelog\n\n## 0.4.0 - 2026-11-22\n\n- A thing.\n"),
            ],
            tag: Some("v0.4.0"),
        },
        Example { title: "no classifier, no word", files: &[PYPROJECT], tag: None },
    ],
    check,
};

/// The stages that no stable version is in.
const UNFINISHED: [&str; 4] = ["1 - Planning", "2 - Pre-Alpha", "3 - Alpha", "4 - Beta"];

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(release) = facts.release.as_ref().filter(|release| release.fault.is_none()) else { return };
    let Some(version) = release.version.as_ref().filter(|version| !version.is_prerelease()) else { return };
    // Who names two stages means neither.
    let [status] = &facts.declared.status[..] else { return };
    let stable = bump::is_stable(facts, version) && !bump::counts_years(facts, version);
    if stable && UNFINISHED.contains(&status.stage.as_str()) {
        let finding = findings.add(status.at, format!("`{version}` is classified as `{}`", status.stage));
        finding.related(release.at, "the release is made here");
        finding.help("put `Development Status :: 5 - Production/Stable` there, or what fits");
    }
}
