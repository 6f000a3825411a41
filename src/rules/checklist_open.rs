//! A release whose checklist is not done.

use crate::document::{Found, Item};
use crate::finding::{Findings, Level, Location, Span};
use crate::project::Facts;

use super::{About, Example, Group, PYPROJECT, Rule};

pub(super) const RULE: Rule = Rule {
    id: "checklist-open",
    summary: "Items of the release checklist are not ticked",
    explanation: "\
The setting `checklist` names a Markdown file with a task list (`- [ ]`, `- [x]`), or a table of its `path` and the
`headings` under which the list stands; headings below these belong to them. With this setting the rule is on, and no tag is
made before every item is ticked. A list that is not there, or has no item, is not done either.",
    level: Level::Off,
    about: About::Release,
    group: Group::Process,
    fix: None,
    bad: &[
        Example {
            title: "one item is left",
            files: &[
                PYPROJECT,
                ("relgate.toml", "checklist = \"RELEASE.md\"\n"),
                ("RELEASE.md", "# Release\n\n- [x] Tests pass\n- [ ] Documentation is built\n"),
            ],
            tag: Some("v1.1.0"),
        },
        Example {
            title: "the heading is not there",
            files: &[
                PYPROJECT,
                ("relgate.toml", "checklist = { path = \"RELEASE.md\", headings = [\"Before\"] }\n"),
                ("RELEASE.md", "# Release\n\n- [x] Tests pass\n"),
            ],
            tag: Some("v1.1.0"),
        },
        Example {
            title: "nor is the file",
            files: &[PYPROJECT, ("relgate.toml", "checklist = \"RELEASE.md\"\n")],
            tag: Some("v1.1.0"),
        },
    ],
    good: &[Example {
        title: "all that has to be done before the tag is done",
        files: &[
            PYPROJECT,
            ("CHANGELOG.md", "# Changelog\n\n## 1.1.0 - 2026-11-22\n\n- A thing.\n"),
            ("relgate.toml", "checklist = { path = \"RELEASE.md\", headings = [\"Before the tag\"] }\n"),
            ("RELEASE.md", "# Release\n\n## Before the tag\n\n- [x] Tests pass\n\n## After it\n\n- [ ] Announce\n"),
        ],
        tag: Some("v1.1.0"),
    }],
    check,
};

/// How many open items the message names, and how many places are shown.
const NAMED: usize = 3;
const SHOWN: usize = 5;

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(release) = &facts.release else { return };
    let (source, list) = match &facts.documents.checklist {
        Found::None => return,
        Found::Missing(path) => {
            findings
                .add(release.at, format!("the release checklist `{path}` is not there"))
                .help("write it, or put the setting `checklist` right");
            return;
        }
        Found::At(source, list) => (*source, list),
    };
    let at = |span| Location { source, span };
    for heading in &list.missing {
        findings
            .add(at(Span::at(0)), format!("the release checklist has no heading `{heading}`"))
            .help("put the heading or the setting `checklist` right");
    }
    let Some((first, others)) = list.open.split_first() else {
        if list.count == 0 && list.missing.is_empty() {
            findings
                .add(at(Span::at(0)), "the release checklist has no item")
                .help("write items as `- [ ] what to do`");
        }
        return;
    };
    let finding = findings.add(at(first.span), message(&list.open, list.count));
    for item in others.iter().take(SHOWN - 1) {
        finding.related(at(item.span), "open, too");
    }
    finding.related(release.at, "the release is made here");
    finding.help("do what is left and tick it: `- [x]`");
}

fn message(open: &[Item], count: usize) -> String {
    let names: Vec<String> = open.iter().take(NAMED).map(|item| format!("`{}`", item.text)).collect();
    let more = match open.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let are = if open.len() == 1 { "is" } else { "are" };
    format!("{} of {count} items of the release checklist {are} open: {}{more}", open.len(), names.join(", "))
}
