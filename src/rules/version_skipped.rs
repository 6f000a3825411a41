use crate::finding::{Findings, Level};
use crate::project::{Facts, Scheme};
use crate::rules::{AGREEING, About, Example, Group, Rule, bump};
use crate::version::Version;

pub(super) const RULE: Rule = Rule {
    id: "version-skipped",
    summary: "The version leaves out the one that would come next",
    explanation: "\
Under Semantic Versioning the release after 1.2.3 is 1.2.4, 1.3.0 or 2.0.0, or a pre-release of one of them. Anything else
is most often a slip of the finger, and cannot be taken back. Asked only of projects that say they follow Semantic
Versioning: in the changelog, or with the setting `scheme`; not of versions that are dates.

Source: Semantic Versioning 2.0.0, items 6 to 8.",
    level: Level::Warn,
    about: About::Release,
    group: Group::Versions,
    fix: None,
    bad: &[
        Example {
            title: "from 1.2.3 to 1.2.5",
            files: &[(
                "pyproject.toml",
                "[project]\nname = \"demo\"\nversion = \"1.2.5\"\n\n[tool.relgate]\nscheme = \"semver\"\n",
            )],
            tag: Some("v1.2.5 after v1.2.3"),
        },
        Example {
            title: "a new minor version does not begin with a patch",
            files: &[(
                "pyproject.toml",
                "[project]\nname = \"demo\"\nversion = \"1.3.1\"\n\n[tool.relgate]\nscheme = \"semver\"\n",
            )],
            tag: Some("v1.3.1 after v1.2.3"),
        },
    ],
    good: &[
        Example { title: "from 1.0.0 to 1.1.0", tag: Some("v1.1.0 after v1.0.0"), ..AGREEING },
        Example {
            title: "the next year",
            files: &[
                ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"2026.11.4\"\n"),
                (
                    "CHANGELOG.md",
                    "# Changelog\n\nThis project adheres to [Semantic Versioning](https://semver.org).\n\n\
                     ## 2026.11.4 - 2026-11-22\n\n- A thing.\n",
                ),
            ],
            tag: Some("v2026.11.4 after v2025.12.0"),
        },
        Example {
            title: "the changelog has the one between, which has no tag",
            files: &[
                ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.2.5\"\n"),
                ("relgate.toml", "scheme = \"semver\"\n"),
                (
                    "CHANGELOG.md",
                    "# Changelog\n\n## 1.2.5 - 2026-11-22\n\n- A thing.\n\n## 1.2.4 - 2026-11-21 [YANKED]\n\n- A thing.\n",
                ),
            ],
            tag: Some("v1.2.5 after v1.2.3"),
        },
    ],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(release) = &facts.release else { return };
    let (Some(version), Some((tag, before))) = (&release.version, &release.past.ancestor) else { return };
    let claims = facts.changelog.as_ref().is_some_and(|found| found.changelog.claims_semver);
    let follows = facts.policy.scheme.map_or(claims, |scheme| scheme == Scheme::SemVer);
    if !follows || version <= before || may_follow(version, before) || bump::counts_years(facts, version) {
        return;
    }
    // What was released without a tag was not left out.
    let sections = facts.changelog.iter().flat_map(|found| found.changelog.releases());
    let mut documented = sections.filter_map(|section| section.named_version()).filter(|other| *other < version);
    if documented.any(|other| other > before && may_follow(version, other)) {
        return;
    }
    let number = |index| before.release_number(index);
    let (major, minor, patch) = (number(0), number(1), number(2));
    let next = [
        format!("{major}.{minor}.{}", patch.saturating_add(1)),
        format!("{major}.{}.0", minor.saturating_add(1)),
        format!("{}.0.0", major.saturating_add(1)),
    ];
    findings
        .add(release.at, format!("after `{before}` (tag `{tag}`) comes `{}`, not `{version}`", next.join("`, `")))
        .help("a version that was left out on purpose needs no answer");
}

/// Whether `version`, a greater one, is the next patch, minor or major release, or a pre-release or post-release of the
/// same or of one of them.
fn may_follow(version: &Version, before: &Version) -> bool {
    let number = |version: &Version, index| version.release_number(index);
    let next = |index| number(version, index) == number(before, index).saturating_add(1);
    let same = |index| number(version, index) == number(before, index);
    let zero = |index| number(version, index) == 0;
    version.same_release(before)
        || same(0) && same(1) && next(2)
        || same(0) && next(1) && zero(2)
        || next(0) && zero(1) && zero(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_next_versions_follow() {
        let follows = |version: &str, before: &str| {
            may_follow(&Version::parse(version).unwrap(), &Version::parse(before).unwrap())
        };
        for (version, before) in [
            ("1.2.4", "1.2.3"),
            ("1.3.0", "1.2.3"),
            ("1.3", "1.2.3"),
            ("2.0.0", "1.2.3"),
            ("1.3.0rc1", "1.2.3"),
            ("1.3.0rc2", "1.3.0rc1"),
            ("1.3.0", "1.3.0rc2"),
            ("1.2.3.post1", "1.2.3"),
        ] {
            assert!(follows(version, before), "{version} after {before}");
        }
        for (version, before) in
            [("1.2.5", "1.2.3"), ("1.3.1", "1.2.3"), ("2.1.0", "1.2.3"), ("3.0.0", "1.2.3"), ("1.4.0rc1", "1.2.3")]
        {
            assert!(!follows(version, before), "{version} after {before}");
        }
    }
}
