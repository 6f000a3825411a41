use crate::finding::{Findings, Level};
use crate::project::Facts;
use crate::rules::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "tag-moved",
    summary: "A release tag that is already there is made to lead elsewhere",
    explanation: "\
A release is what its tag led to when it was published. The index never takes another file for the same version, mirrors
and lock files keep the first one, and no clone that has the tag follows it: from then on one name means two releases.
Release the next version instead.

Floating tags (`v1`, `v1.2` beside `v1.2.3`) are made to be moved, and may be.

Source: git-tag, 'On Re-tagging'; Semantic Versioning 2.0.0, item 3.",
    level: Level::Error,
    about: About::Release,
    group: Group::Tags,
    fix: None,
    bad: &[Example {
        title: "the tag is there, and is pushed by force",
        files: &[("pyproject.toml", "[project]\nname = \"pkg\"\nversion = \"1.2.0\"\n")],
        tag: Some("+v1.2.0"),
    }],
    good: &[Example { title: "the next version is released", tag: Some("v1.1.0 after v1.0.0"), ..AGREEING }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(release) = &facts.release else { return };
    let Some(from) = &release.moved_from else { return };
    let from = from.get(..10).unwrap_or(from);
    findings
        .add(release.at, format!("release tag `{}` is there already, at {from}, and would be moved", release.tag))
        .help("release the next version instead; a tag that nobody can have seen may be deleted and made anew");
}
