//! A group of changes that has another name than the agreed ones.

use crate::changelog::{Block, BlockKind, CATEGORIES, Category, Content, Kind, Section};
use crate::finding::{Edit, Findings, Level, Location, Safety, Span};
use crate::project::{Facts, ProjectChangelog};

use super::changelog_heading::usual_level;
use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-category",
    summary: "A category of changes is none of the agreed ones",
    explanation: "\
\"The same types of changes should be grouped\": Added, Changed, Deprecated, Removed, Fixed, Security (Keep a Changelog). \
With other names, or the same in other letters, readers and tools cannot find what is new, broken or dangerous.

`categories` in the settings allows others. A line in bold in place of a heading is no category.",
    level: Level::Error,
    about: About::Text,
    group: Group::Text,
    fix: Some(Safety::Safe),
    bad: &[
        Example {
            title: "another name",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\nKeep a Changelog\n\n## [1.1.0] - 2026-01-05\n\n### Bug Fixes\n\n- One.\n",
            )],
            tag: None,
        },
        Example {
            title: "bold in place of a heading",
            files: &[("CHANGELOG.md", "# Changelog\n\nKeep a Changelog\n\n## [1.1.0] - 2026-01-05\n\n**Fixed**\n\n- One.\n")],
            tag: None,
        },
        Example {
            title: "a small letter",
            files: &[("CHANGELOG.md", "# Changelog\n\nKeep a Changelog\n\n## [1.1.0] - 2026-01-05\n\n### fixed\n\n- One.\n")],
            tag: None,
        },
    ],
    good: &[AGREEING],
    check,
};

/// What other conventions call the same kinds of changes, in lower case.
const ALIASES: [(&str, &str); 32] = [
    ("bug fix", "Fixed"),
    ("bug fixes", "Fixed"),
    ("bugfix", "Fixed"),
    ("bugfixes", "Fixed"),
    ("bugs fixed", "Fixed"),
    ("fix", "Fixed"),
    ("fixes", "Fixed"),
    ("add", "Added"),
    ("adds", "Added"),
    ("addition", "Added"),
    ("additions", "Added"),
    ("feature", "Added"),
    ("features", "Added"),
    ("new", "Added"),
    ("new feature", "Added"),
    ("new features", "Added"),
    ("breaking", "Changed"),
    ("breaking change", "Changed"),
    ("breaking changes", "Changed"),
    ("change", "Changed"),
    ("changes", "Changed"),
    ("improved", "Changed"),
    ("improvement", "Changed"),
    ("improvements", "Changed"),
    ("updated", "Changed"),
    ("deprecate", "Deprecated"),
    ("deprecation", "Deprecated"),
    ("deprecations", "Deprecated"),
    ("remove", "Removed"),
    ("removals", "Removed"),
    ("security fixes", "Security"),
    ("vulnerabilities", "Security"),
];

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog() else { return };
    let level = usual_level(&found.changelog.sections) + 1;
    for section in found.changelog.sections.iter().filter(|section| section.kind != Kind::Other) {
        for category in &section.categories {
            named(facts, found, category, findings);
        }
        leveled(facts, found, section, level, findings);
        for content in section.contents() {
            in_bold(facts, found, content, level, findings);
        }
    }
}

/// The allowed name that is meant, and whether only letters, marks and punctuation differ.
pub(super) fn meant<'f>(facts: &'f Facts, name: &str) -> Option<(&'f str, bool)> {
    let allowed = &facts.policy.categories;
    let bare = bare_category(name);
    let is_same = |allowed: &&String| allowed.eq_ignore_ascii_case(&bare) || allowed.to_lowercase() == bare;
    if let Some(same) = allowed.iter().find(is_same) {
        return Some((same, true));
    }
    let known = alias(&bare)?;
    allowed.iter().find(|allowed| *allowed == known).map(|same| (same.as_str(), false))
}

/// The name of a category without marks, punctuation and capital letters.
pub fn bare_category(name: &str) -> String {
    name.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// Which of the agreed categories is meant by a bare name.
pub fn usual_category(bare: &str) -> Option<&'static str> {
    CATEGORIES.into_iter().find(|usual| usual.eq_ignore_ascii_case(bare)).or_else(|| alias(bare))
}

fn alias(bare: &str) -> Option<&'static str> {
    ALIASES.iter().find(|(alias, _)| *alias == bare).map(|(_, usual)| *usual)
}

fn named(facts: &Facts, found: &ProjectChangelog, category: &Category, findings: &mut Findings) {
    let name = &category.name;
    if facts.policy.categories.iter().any(|allowed| allowed == name) {
        return;
    }
    let at = found.at(category.heading.text);
    match meant(facts, name) {
        Some((meant, same)) => {
            let safety = if same { Safety::Safe } else { Safety::Unsafe };
            let edit = Edit { at, text: meant.to_owned() };
            findings.add(at, format!("`{name}` is no category, expected `{meant}`")).fix(
                format!("rename it to `{meant}`"),
                safety,
                vec![edit],
            );
        }
        // A translation has its own names, unless the settings say which.
        None if found.changelog.is_translated && facts.policy.categories == CATEGORIES => {}
        None => {
            let allowed: Vec<String> = facts.policy.categories.iter().map(|name| format!("`{name}`")).collect();
            findings
                .add(at, format!("`{name}` is no category"))
                .help(format!("expected {}; `categories` in the settings allows others", allowed.join(", ")));
        }
    }
}

/// A category two levels below the releases is in no outline of the text. `level` is the one below.
fn leveled(facts: &Facts, found: &ProjectChangelog, section: &Section, level: usize, findings: &mut Findings) {
    for category in &section.categories {
        let heading = &category.heading;
        let is_deep = heading.level > level.max(section.heading.level + 1) && !heading.underlined && heading.spaced;
        if is_deep && facts.policy.categories.contains(&category.name) {
            let at = found.at(Span::new(heading.span.start, heading.span.start + heading.level));
            let edit = Edit { at, text: "#".repeat(level) };
            findings.add(at, format!("a category stands at level {}, expected level {level}", heading.level)).fix(
                "set the level of categories",
                Safety::Unsafe,
                vec![edit],
            );
        }
    }
}

/// A paragraph that is only the name of a category.
fn in_bold(facts: &Facts, found: &ProjectChangelog, content: &Content, level: usize, findings: &mut Findings) {
    let short = |block: &&Block| block.kind == BlockKind::Paragraph && block.span.end - block.span.start < 40;
    for block in content.blocks.iter().filter(short) {
        let at: Location = found.at(block.span);
        let text = facts.sources.text_at(at);
        let is_marked = text.ends_with(':') || text.starts_with(['*', '_']);
        let bare = text.trim_matches(|c: char| matches!(c, '*' | '_' | ':' | ' '));
        if !is_marked || bare.contains('\n') {
            continue;
        }
        if let Some((meant, true)) = meant(facts, bare) {
            let marks = "#".repeat(level);
            let finding = findings.add(at, format!("`{text}` is no heading, expected `{marks} {meant}`"));
            finding.help("only a heading is a category");
            if is_above_entry(block, content) {
                let edit = Edit { at, text: format!("{marks} {meant}") };
                finding.fix("make it a heading", Safety::Unsafe, vec![edit]);
            }
        }
    }
}

/// Whether the next thing is an entry: other text would be no content for a category.
fn is_above_entry(block: &Block, content: &Content) -> bool {
    let after = |start: &usize| *start >= block.span.end;
    let entry = content.entries.iter().map(|entry| entry.span.start).find(after);
    let other = content.blocks.iter().map(|block| block.span.start).find(after);
    entry.is_some_and(|entry| other.is_none_or(|other| entry < other))
}
