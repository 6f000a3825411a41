use crate::finding::{Findings, Level};
use crate::project::{Facts, Scheme};
use crate::rules::{About, Example, Group, Rule};
use crate::tag::TagFault;
use crate::version::Version;

pub(super) const RULE: Rule = Rule {
    id: "tag-name",
    summary: "A tag that looks like a release names no version, or is not named as this project names its releases",
    explanation: "\
A release tag is found by its name: by the workflow that publishes, by tools that derive the version from it, by people.
The name has to be the project's template (setting `tag`; without it what the other tags show, else `v{version}`) around a
version as PEP 440 writes it.

Tags that do not look like a release, and floating ones (`v1`, `v1.2` beside `v1.2.3`), are left alone, unless the setting
`only-release-tags` is true.

Source: PEP 440, appendix B.",
    level: Level::Error,
    about: About::Release,
    group: Group::Tags,
    fix: None,
    bad: &[Example {
        title: "`1.2.0bis` is no version that an index accepts",
        files: &[("pyproject.toml", "[project]\nname = \"pkg\"\nversion = \"1.2.0\"\n")],
        tag: Some("v1.2.0bis"),
    }],
    good: &[Example {
        title: "a tag that is not about a release",
        files: &[("pyproject.toml", "[project]\nname = \"pkg\"\nversion = \"1.2.0\"\n")],
        tag: None,
    }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(release) = &facts.release else { return };
    match &release.fault {
        Some(TagFault::NoVersion) => {
            findings
                .add(release.at, format!("`{}` is not a version", facts.sources.text_at(release.at)))
                .help("a version is numbers with dots, then perhaps a1, b1, rc1, .post1 or .dev1: v1.2.0, v1.2.0rc1");
        }
        Some(TagFault::OtherPrefix { expected }) => {
            let version = release.version.as_ref().map(ToString::to_string).unwrap_or_default();
            let right = expected.replace("{version}", &version);
            findings
                .add(release.at, format!("release tags of this project are named `{expected}`"))
                .help(format!("name it `{right}`; a project that changes its names says so with the setting `tag`"));
        }
        None if facts.policy.scheme == Some(Scheme::SemVer) => {
            let text = facts.sources.text_at(release.at);
            if !Version::is_semver(&text) {
                findings
                    .add(release.at, format!("`{text}` is not MAJOR.MINOR.PATCH, which the setting `scheme` asks for"))
                    .help("write all three numbers, and a pre-release as rc1 or -rc.1");
            }
        }
        Some(TagFault::NoRelease) => {
            findings
                .add(release.at, format!("`{}` names no release, and the settings allow no other tags", release.tag))
                .help("name it as releases are named, or take the setting `only-release-tags` away");
        }
        Some(TagFault::Ambiguous) | None => {}
    }
}
