use crate::finding::{Findings, Level, Location};
use crate::project::Facts;
use crate::rules::{About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "prerelease-flag",
    summary: "The workflow gives the release on GitHub a fixed pre-release flag that is wrong for this version",
    explanation: "\
A workflow that makes the release on GitHub can say that it is a pre-release: `prerelease: true`, or `gh release create
--prerelease`. Where that is fixed, 1.2.0rc1 is offered to everybody as the latest release, or 1.2.0 is hidden from those
who ask for it. Only flags that are certain to be used for this tag are judged; a flag that nobody set is not.

Let the tag decide: `relgate notes --github-output` answers with `prerelease`.

Source: PEP 440, pre-releases; GitHub's documentation, \"About releases\".",
    level: Level::Warn,
    about: About::Release,
    group: Group::Process,
    fix: None,
    bad: &[Example {
        title: "a final release that is marked as a pre-release",
        files: &[super::PYPROJECT, (".github/workflows/release.yml", FIXED)],
        tag: Some("v1.1.0"),
    }],
    good: &[
        Example {
            title: "the same for a pre-release",
            files: &[
                CANDIDATE,
                (".github/workflows/release.yml", FIXED),
            ],
            tag: Some("v1.1.0rc1"),
        },
        Example {
            title: "a step for each kind of release",
            files: &[
                CANDIDATE,
                (
                    ".github/workflows/release.yml",
                    "\
on:
  push:
    tags: ['v*']
jobs:
  release:
    steps:
      - if: contains(github.ref_name, 'rc')
        run: gh release create \"$GITHUB_REF_NAME\" --prerelease
      - if: ${{ !contains(github.ref_name, 'rc') }}
        run: gh release create \"$GITHUB_REF_NAME\" --prerelease=false
",
                ),
            ],
            tag: Some("v1.1.0rc1"),
        },
    ],
    check,
};

const CANDIDATE: (&str, &str) =
    ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.1.0rc1\"\n\n[tool.relgate]\nchangelog = false\n");

const FIXED: &str = "\
on:
  push:
    tags: ['v*']
jobs:
  release:
    steps:
      - uses: softprops/action-gh-release@v2
        with:
          prerelease: true
";

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(release) = &facts.release else { return };
    let Some(version) = release.version.as_ref().filter(|_| release.fault.is_none()) else { return };
    for workflow in &facts.workflows {
        for (marked, span) in workflow.release_flags(&release.tag) {
            if marked == version.is_prerelease() {
                continue;
            }
            let message = if marked {
                format!("`{version}` is a final release, and this marks it on GitHub as a pre-release")
            } else {
                format!("`{version}` is a pre-release, and this offers it on GitHub as the latest release")
            };
            findings
                .add(Location { source: workflow.source, span }, message)
                .help("let the tag decide: `relgate notes --github-output` answers with `prerelease`");
        }
    }
}
