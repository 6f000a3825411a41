use crate::finding::{Findings, Level};
use crate::project::Facts;
use crate::rules::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "tag-duplicate",
    summary: "Two tags name the same version",
    explanation: "\
`v1.2.0` and `1.2.0` are one version to Python and two tags to git: tools that derive the version from tags take either,
compare links lead to both, and the second can hold other files than the one that was published.

Source: PEP 440, by which both are equal.",
    level: Level::Error,
    about: About::Release,
    group: Group::Tags,
    fix: None,
    bad: &[Example {
        title: "with and without `v`",
        files: &[("pyproject.toml", "[project]\nname = \"pkg\"\nversion = \"1.2.0\"\n")],
        tag: Some("v1.2.0 beside 1.2.0"),
    }],
    good: &[Example { title: "every version has one tag", tag: Some("v1.1.0 after v1.0.0"), ..AGREEING }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(release) = &facts.release else { return };
    let Some(twin) = &release.past.twin else { return };
    findings
        .add(release.at, format!("tag `{twin}` names the same version as `{}`", release.tag))
        .help("keep the one that is named as the others are");
}
