//! A section that says something else than it did when its version was released.

use crate::changelog::{Section, Statement, beside, statements};
use crate::finding::{Findings, Level};
use crate::project::{Facts, ProjectChangelog, Published};

use super::{AGREEING, About, Example, Group, Rule};

/// How many entries are named of those that came in, and of those that went.
const NAMED: usize = 3;

/// How much of an entry is shown, in characters.
const LONGEST: usize = 60;

pub(super) const RULE: Rule = Rule {
    id: "released-section-changed",
    summary: "The section of a release is not what it was when it was tagged",
    explanation: "\
Who reads the notes of a release reads what was in it. A rebase or a merge over a release moves entries into the section \
that is out by now, without a conflict; they then document a release that does not have them.

A section is compared with that of the same version in the tree of its own tag: entries and paragraphs by their words, \
whatever their order, category, marks and line breaks. Headings, dates and links of headings may be put right at any \
time. An entry whose words are corrected went, and another came in.

Looked at are the sections that differ from those of the last commit, in a hook; from those of the release before, for a \
tag; from those of `--base`; five of them at most. `relgate check` looks at the newest release that has a tag, too. A \
version without a tag, or whose tag has no section for it, is left alone, and so is a remark above a withdrawn release.",
    level: Level::Warn,
    about: About::Release,
    group: Group::Release,
    fix: None,
    bad: &[Example {
        title: "an entry came in after the release",
        files: &[
            ("v1.0.0:CHANGELOG.md", "# Changelog\n\n## [1.0.0] - 2026-01-05\n\n### Fixed\n\n- One.\n"),
            ("CHANGELOG.md", "# Changelog\n\n## [1.0.0] - 2026-01-05\n\n### Fixed\n\n- One.\n- Two.\n"),
        ],
        tag: None,
    }],
    good: &[
        AGREEING,
        Example {
            title: "heading and layout were put right",
            files: &[
                ("v1.0.0:CHANGELOG.md", "# Changelog\n\n## 1.0.0 / 2026-01-04\n\n### fixed\n\n* One\n  thing\n"),
                ("CHANGELOG.md", "# Changelog\n\n## 1.0.0 - 2026-01-05\n\n### Fixed\n\n- One thing.\n"),
            ],
            tag: None,
        },
        Example {
            title: "the release was withdrawn",
            files: &[
                ("v1.0.0:CHANGELOG.md", "# Changelog\n\n## 1.0.0 - 2026-01-05\n\n### Fixed\n\n- One.\n"),
                (
                    "CHANGELOG.md",
                    "# Changelog\n\n## 1.0.0 - 2026-01-05 [YANKED]\n\nIt lost data.\n\n### Fixed\n\n- One.\n",
                ),
            ],
            tag: None,
        },
    ],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let (Some(found), Some(before)) = (&facts.changelog, &facts.before) else { return };
    for published in &before.published {
        let Some(section) = found.changelog.section_of(&published.version) else { continue };
        let now = statements(section, &facts.sources.get(found.source).bytes);
        let (came, went) = (beside(&now, &published.statements), beside(&published.statements, &now));
        if went.is_empty() && came.iter().all(|came| is_remark(section, came)) {
            continue;
        }
        tell(found, section, published, (&came, &went), findings);
    }
}

/// Whether something is said above the entries of a release that was withdrawn.
fn is_remark(section: &Section, statement: &Statement) -> bool {
    section.yanked.is_some() && section.summary.blocks.iter().any(|block| block.span == statement.span)
}

fn tell(
    found: &ProjectChangelog,
    section: &Section,
    published: &Published,
    (came, went): (&[&Statement], &[&Statement]),
    findings: &mut Findings,
) {
    let tag = &published.tag;
    let changes: Vec<String> = [("came in", came), ("went", went)]
        .into_iter()
        .filter(|(_, statements)| !statements.is_empty())
        .map(|(what, statements)| format!("{} {what}", named(statements)))
        .collect();
    let message = format!("this section is not what `{tag}` has: {}", changes.join(", "));
    let finding = findings.add(found.at(section.heading.text), message);
    for statement in came.iter().take(NAMED) {
        finding.related(found.at(statement.span), format!("`{tag}` does not have this"));
    }
    finding.help(format!("move what is new to the section of its release; `git show {tag}` has the old text"));
}

/// The first of these, shortened, and how many more there are.
fn named(statements: &[&Statement]) -> String {
    let names = statements.iter().take(NAMED).map(|statement| format!("`{}`", shortened(&statement.text)));
    let mut text = names.collect::<Vec<_>>().join(", ");
    if statements.len() > NAMED {
        text += &format!(" and {} more", statements.len() - NAMED);
    }
    text
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
