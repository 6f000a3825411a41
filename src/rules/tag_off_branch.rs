//! A release tag on a commit that is on no branch that releases are made from.

use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::{About, Example, Group, PYPROJECT, Rule};

pub(super) const RULE: Rule = Rule {
    id: "tag-off-branch",
    summary: "The tagged commit is on none of the branches that releases are made from",
    explanation: "\
A tag can be put on any commit: on one that was never reviewed, or that a rebase has replaced. The setting `branches` names
the branches that releases are made from (`*` stands for anything: `release/*`), and the tagged commit has to be one of
theirs. Branches of a remote count as well as those here, and those that are pushed together with the tag. Without the
setting nothing is asked: maintenance and release branches have any name.",
    level: Level::Error,
    about: About::Release,
    group: Group::Tags,
    fix: None,
    bad: &[Example {
        title: "the commit was left behind",
        files: &[PYPROJECT, ("relgate.toml", "branches = [\"main\"]\n")],
        tag: Some("v1.1.0 off main"),
    }],
    good: &[Example {
        title: "tagged on the branch",
        files: &[
            PYPROJECT,
            ("relgate.toml", "branches = [\"main\", \"release/*\"]\n"),
            ("CHANGELOG.md", "# Changelog\n\n## 1.1.0 - 2026-11-22\n\n- A thing.\n"),
        ],
        tag: Some("v1.1.0"),
    }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(release) = facts.release.as_ref().filter(|release| release.past.is_off_branch) else { return };
    let branches = facts.policy.branches.join("`, `");
    findings
        .add(release.at, format!("the commit of `{}` is not on `{branches}`", release.tag))
        .help("merge it first, and tag what the branch then has");
}
