use crate::finding::{Findings, Level};
use crate::project::Facts;
use crate::rules::{AGREEING, About, Example, Group, Rule};
use crate::tag::TagFault;

pub(super) const RULE: Rule = Rule {
    id: "tag-ambiguous",
    summary: "A tag means a post-release to Python and a pre-release to everyone else",
    explanation: "\
PEP 440 reads `1.2.0-1` as post-release 1 of 1.2.0, which comes after it. SemVer reads a pre-release, which comes before
it. Such a tag is never right for both: write `1.2.0.post1`, or `1.2.0rc1`.

Source: PEP 440, post-release spelling; Semantic Versioning 2.0.0, item 9.",
    level: Level::Error,
    about: About::Release,
    group: Group::Tags,
    fix: None,
    bad: &[Example {
        title: "a bare number after a hyphen",
        files: &[("pyproject.toml", "[project]\nname = \"pkg\"\nversion = \"1.2.0.post1\"\n")],
        tag: Some("1.2.0-1"),
    }],
    good: &[Example { title: "a version that is spelt in one way only", tag: Some("v1.1.0 after v1.0.0"), ..AGREEING }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(release) = facts.release.as_ref().filter(|release| release.fault == Some(TagFault::Ambiguous)) else {
        return;
    };
    let text = facts.sources.text_at(release.at);
    let version = release.version.as_ref().map(ToString::to_string).unwrap_or_default();
    let candidate = text.rsplit_once('-').map(|(release, number)| format!("{release}rc{number}")).unwrap_or_default();
    findings
        .add(release.at, format!("`{text}` is a post-release to Python and a pre-release to SemVer"))
        .help(format!("say which: `{version}` or `{candidate}`"));
}
