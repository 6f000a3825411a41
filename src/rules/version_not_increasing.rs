use crate::finding::{Findings, Level};
use crate::project::Facts;
use crate::rules::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "version-not-increasing",
    summary: "The version is not greater than that of the release that comes before it in the history",
    explanation: "\
Installers take the greatest version, not the newest: a release with a lower number than the one it builds on reaches
nobody. What counts is the nearest release among the commits before this one, so a maintenance branch may go on below the
newest version. For a final release only final ones count.

Source: PEP 440, order of versions; Semantic Versioning 2.0.0, item 11.",
    level: Level::Error,
    about: About::Release,
    group: Group::Versions,
    fix: None,
    bad: &[Example {
        title: "1.2.0 is built on 1.3.0",
        files: &[("pyproject.toml", "[project]\nname = \"pkg\"\nversion = \"1.2.0\"\n")],
        tag: Some("v1.2.0 after v1.3.0"),
    }],
    good: &[Example { title: "a greater version than the one before", tag: Some("v1.1.0 after v1.0.0"), ..AGREEING }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(release) = &facts.release else { return };
    let (Some(version), Some((tag, before))) = (&release.version, &release.past.ancestor) else { return };
    // The same version once more is `tag-duplicate`.
    if version < before {
        findings
            .add(
                release.at,
                format!("`{version}` is not greater than `{before}`, which tag `{tag}` released before it"),
            )
            .help(format!("choose a version above `{before}`"));
    }
}
