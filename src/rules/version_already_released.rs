use crate::finding::{Findings, Level};
use crate::project::Facts;
use crate::rules::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "version-already-released",
    summary: "The version is already released, by the same tag on another commit",
    explanation: "\
An index takes each version once. What is judged is not the commit that the tag leads to, so it would be a second release
of the same version: the upload fails, or mirrors disagree about what the version is.

Source: PyPI's help, 'file name reuse'.",
    level: Level::Error,
    about: About::Release,
    group: Group::Versions,
    fix: None,
    bad: &[Example {
        title: "the tag is there, and leads elsewhere",
        files: &[("pyproject.toml", "[project]\nname = \"pkg\"\nversion = \"1.2.0\"\n")],
        tag: Some("v1.2.0 on 1111111111111111111111111111111111111111"),
    }],
    good: &[Example { title: "the version is new", tag: Some("v1.1.0 after v1.0.0"), ..AGREEING }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(release) = &facts.release else { return };
    // A tag that is being moved is `tag-moved`.
    let (Some(there), Some(version), None) = (&release.past.released_on, &release.version, &release.moved_from) else {
        return;
    };
    let there = there.get(..10).unwrap_or(there);
    findings
        .add(release.at, format!("`{version}` is already released: tag `{}` leads to commit {there}", release.tag))
        .help("release the next version");
}
