//! A release of a project without a changelog.

use crate::finding::{Findings, Level};
use crate::project::{ChangelogPolicy, Facts};

use super::{AGREEING, About, Example, Group, PYPROJECT, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-missing",
    summary: "A release is made and there is no changelog",
    explanation: "\
Whoever upgrades needs to know what a release changes. relgate looks for a file named CHANGELOG, CHANGES, HISTORY, \
RELEASE_NOTES or NEWS, as Markdown, reStructuredText or plain text, beside pyproject.toml, at the top of the repository \
and in the folders of the documentation.

Where the project keeps none, `changelog = false` in the settings says so; where it has another name, \
`changelog = \"path\"` does.

Source: Keep a Changelog.",
    level: Level::Error,
    about: About::Release,
    group: Group::Release,
    fix: None,
    bad: &[Example { title: "there is no changelog", files: &[PYPROJECT], tag: Some("v1.1.0") }],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(release) = &facts.release else { return };
    if facts.changelog.is_some() || release.version.is_none() {
        return;
    }
    let message = match &facts.policy.changelog {
        ChangelogPolicy::None => return,
        ChangelogPolicy::At(path) => format!("`{}` has no changelog: there is no file `{path}`", release.tag),
        ChangelogPolicy::Find => format!("`{}` has no changelog: expected `CHANGELOG.md`", release.tag),
    };
    findings.add(release.at, message).help(
        "write `CHANGELOG.md` with a section for this version; or, where the project keeps none, \
         set `changelog = false` under `[tool.relgate]`",
    );
}
