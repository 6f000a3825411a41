//! A release that the table of supported versions does not know, or calls over.

use crate::document::{Found, Standing};
use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::{About, Example, Group, PYPROJECT, Rule};

pub(super) const RULE: Rule = Rule {
    id: "support-table",
    summary: "The table of supported versions does not know the released line, or calls it ended",
    explanation: "\
Who finds a hole reads in SECURITY.md whether their version gets a repair. A release of a line that this table calls ended
contradicts it; the first release of a new line that is missing from it leaves users without an answer. Read are Markdown
tables with a column of versions and one of support, in SECURITY.md, docs/release.md or the file that the setting
`support-table` names. A pre-release of a line that is to come need not be listed yet.",
    level: Level::Warn,
    about: About::Release,
    group: Group::Security,
    fix: None,
    bad: &[
        Example {
            title: "the line is not supported any more",
            files: &[
                PYPROJECT,
                ("SECURITY.md", "| Version | Supported |\n|---|---|\n| 2.x | :white_check_mark: |\n| < 2.0 | :x: |\n"),
            ],
            tag: Some("v1.1.0"),
        },
        Example {
            title: "a new line that the table lacks",
            files: &[PYPROJECT, ("SECURITY.md", "| Version | Supported |\n|---|---|\n| v1.0.x | Yes |\n| v0.9.x | No |\n")],
            tag: Some("v1.1.0"),
        },
        Example {
            title: "the settings name a file without a table",
            files: &[PYPROJECT, ("relgate.toml", "support-table = \"SUPPORT.md\"\n")],
            tag: Some("v1.1.0"),
        },
    ],
    good: &[
        Example {
            title: "the line is listed",
            files: &[
                PYPROJECT,
                ("CHANGELOG.md", "# Changelog\n\n## 1.1.0 - 2026-11-22\n\n- A thing.\n"),
                ("SECURITY.md", "| Version | Supported |\n|---|---|\n| v1.1.x | Yes |\n| v1.0.x | Security only |\n"),
            ],
            tag: Some("v1.1.0"),
        },
        Example {
            title: "a pre-release of a line to come",
            files: &[
                ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"2.0.0rc1\"\n"),
                ("CHANGELOG.md", "# Changelog\n\n## 2.0.0rc1 - 2026-11-22\n\n- A thing.\n"),
                ("SECURITY.md", "| Version | Supported |\n|---|---|\n| 1.x | Yes |\n"),
            ],
            tag: Some("v2.0.0rc1"),
        },
        Example {
            title: "a table that cannot be understood says nothing",
            files: &[
                PYPROJECT,
                ("CHANGELOG.md", "# Changelog\n\n## 1.1.0 - 2026-11-22\n\n- A thing.\n"),
                ("SECURITY.md", "| Version | Supported |\n|---|---|\n| 2.x | Yes |\n| what the fair showed | No |\n"),
            ],
            tag: Some("v1.1.0"),
        },
    ],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(release) = facts.release.as_ref().filter(|release| release.fault.is_none()) else { return };
    let Some(version) = &release.version else { return };
    let (source, table) = match &facts.documents.support {
        Found::None => return,
        Found::Missing(path) => {
            findings
                .add(release.at, format!("`{path}` has no table of supported versions, which the settings ask for"))
                .help("write one with the columns Version and Supported, or take the setting `support-table` away");
            return;
        }
        Found::At(source, table) => (*source, table),
    };
    let day = release.dates.first().copied().unwrap_or(facts.today);
    let at = |span| crate::finding::Location { source, span };
    let finding = match table.standing(version, day) {
        Standing::Ended(line) => {
            let finding =
                findings.add(at(line.span), format!("`{version}` belongs to a line that is no longer supported"));
            finding.help("release from a supported line, or say here that this one is supported");
            finding
        }
        Standing::Missing if !version.is_prerelease() => {
            let finding = findings.add(at(table.head), format!("no line of this table is about `{version}`"));
            finding.help("add a line for it: for how long will it get repairs?");
            finding
        }
        Standing::Missing | Standing::Known => return,
    };
    finding.related(release.at, "the release is made here");
}
