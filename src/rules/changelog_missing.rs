//! A release of a project without a changelog.

use crate::finding::{Findings, Level};
use crate::project::{ChangelogPolicy, Facts};

use super::{AGREEING, About, Example, Group, PYPROJECT, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-missing",
    summary: "A release is made and there is no changelog",
    explanation: "\
Whoever upgrades needs to know what a release changes. relgate looks for a file named CHANGELOG, CHANGES, HISTORY, \
VERSION_HISTORY, RELEASE_NOTES, NEWS, RELEASES or WHATS_NEW, as Markdown, reStructuredText or plain text, beside \
pyproject.toml, at the top of the repository and in the folders of the documentation.

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
    let (expected, help) = match &facts.policy.changelog {
        ChangelogPolicy::None => return,
        ChangelogPolicy::At(path) => (
            format!("there is no file `{path}`"),
            format!("write `{path}` with a section for this version, or correct the setting `changelog`"),
        ),
        ChangelogPolicy::Find => (
            "expected `CHANGELOG.md`".to_owned(),
            "write `CHANGELOG.md` with a section for this version; or set `changelog` under `[tool.relgate]`: to the path \
             of another file, or to `false` where the project keeps none"
                .to_owned(),
        ),
    };
    findings.add(release.at, format!("`{}` has no changelog: {expected}", release.tag)).help(help);
}
