//! A release tag without a tag object.

use crate::finding::{Findings, Level};
use crate::project::{Facts, TagKind};

use super::{About, Example, Group, PYPROJECT, Rule};

pub(super) const RULE: Rule = Rule {
    id: "tag-lightweight",
    summary: "The release tag is a lightweight one",
    explanation: "\
An annotated tag says who released and when, can be signed, and is what `git describe` and `git push --follow-tags` look
for; a lightweight one is a name alone. A tag that is not made yet is not asked. Neither is any in GitHub Actions, whose
checkout has long made a lightweight tag of the one that it builds.

Source: git-tag, which calls annotated tags those meant for release.",
    level: Level::Off,
    about: About::Release,
    group: Group::Tags,
    fix: None,
    bad: &[Example { title: "`git tag` without `-a`", files: &[PYPROJECT], tag: Some("v1.1.0 as lightweight") }],
    good: &[Example {
        title: "an annotated tag",
        files: &[PYPROJECT, ("CHANGELOG.md", "# Changelog\n\n## 1.1.0 - 2026-11-22\n\n- A thing.\n")],
        tag: Some("v1.1.0 as annotated"),
    }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(release) = &facts.release else { return };
    if release.kind == TagKind::Lightweight {
        let tag = &release.tag;
        findings
            .add(release.at, format!("`{tag}` is a lightweight tag"))
            .help(format!("make it anew, as long as nobody has it: git tag -f -a {tag} {tag}"));
    }
}
