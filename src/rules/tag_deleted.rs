use crate::finding::{Findings, Level};
use crate::project::Facts;
use crate::rules::{About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "tag-deleted",
    summary: "The tag of a release is deleted",
    explanation: "\
What was published stays published: the index keeps the files, and users keep what they installed. Without its tag nobody
can tell any more what the release was made from. A release that should not be used is yanked, on the index and in the
changelog.

A tag that names no release, or not as this project names them, may be deleted.

Source: PEP 592; Keep a Changelog, 'Yanked releases'.",
    level: Level::Error,
    about: About::Release,
    group: Group::Tags,
    fix: None,
    bad: &[Example { title: "a release tag is deleted", files: &[], tag: Some(":v1.2.0") }],
    good: &[Example { title: "nothing is deleted", files: &[("README.md", "# pkg\n")], tag: None }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(deleted) = &facts.deleted else { return };
    findings
        .add(deleted.at, format!("release tag `{}` would be deleted", deleted.tag))
        .help("yank the release instead; a project that deletes its tags says so: `rules.tag-deleted = \"off\"`");
}
