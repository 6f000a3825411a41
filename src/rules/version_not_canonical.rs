//! A version in another spelling than the one that tools write.

use crate::declaration::Kind;
use crate::finding::{Edit, Findings, Level, Safety};
use crate::project::Facts;
use crate::version::Version;

use super::version_mismatch::weighty;
use super::{About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "version-not-canonical",
    summary: "The version is not spelt as PEP 440 normalises it",
    explanation: "\
`1.0.0-rc.1`, `1.0.0.RC1` and `v1.0.0rc1` are all read as `1.0.0rc1`, which is what tools write into metadata and file \
names. One spelling everywhere can be searched for.

Off by default: every spelling is legal, and calendar versions such as `2026.01.05` are often kept so on purpose. \
Cargo.toml and package.json are not looked at, for their versions are SemVer's.

Source: PEP 440, 'Normalization'.",
    level: Level::Off,
    about: About::Release,
    group: Group::Versions,
    fix: Some(Safety::Safe),
    bad: &[Example {
        title: "SemVer's spelling of a release candidate",
        files: &[("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.0.0-rc.1\"\n")],
        tag: None,
    }],
    good: &[Example {
        title: "the canonical spelling",
        files: &[("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.0.0rc1\"\n")],
        tag: None,
    }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let other_worlds = [Kind::Cargo, Kind::PackageJson];
    for one in weighty(facts).filter(|one| !other_worlds.contains(&one.kind)) {
        let Some(version) = &one.version else { continue };
        let canonical = version.to_string();
        // What is put together from pieces stands nowhere as it is spelt.
        let written = one.text.trim();
        if written == canonical || Version::parse(written).as_ref() != Some(version) {
            continue;
        }
        let finding = findings.add(one.at, format!("`{written}` is the version `{canonical}` in another spelling"));
        finding.help(format!("write `{canonical}`"));
        let edit = Edit { at: one.at, text: canonical.clone() };
        finding.fix(format!("write `{canonical}`"), Safety::Safe, vec![edit]);
    }
}
