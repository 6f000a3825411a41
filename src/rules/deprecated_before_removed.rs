//! What is removed without having been deprecated.

use std::collections::HashSet;

use crate::changelog::{Category, Section};
use crate::finding::{Findings, Level};
use crate::project::{Facts, ProjectChangelog};

use super::{About, Example, Group, PYPROJECT, Rule, bump};

pub(super) const RULE: Rule = Rule {
    id: "deprecated-before-removed",
    summary: "Something is removed that no earlier release deprecated",
    explanation: "\
A deprecation gives users a release in which the old way still works and says that it will go. Each entry under Removed has
to name something that an entry of an earlier release called deprecated: in code (`` `old_name` ``), or in a word of its own
where neither has code. Before 1.0, or what the setting `stable-from` names, nothing is asked.",
    level: Level::Off,
    about: About::Release,
    group: Group::Stability,
    fix: None,
    bad: &[
        Example {
            title: "removed out of the blue",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\n## 2.0.0 - 2026-11-22\n\n### Removed\n\n- `Client.fetch()`\n\n\
                 ## 1.1.0 - 2026-01-05\n\n### Deprecated\n\n- `Client.send()`\n",
            )],
            tag: Some("v2.0.0"),
        },
        Example {
            title: "deprecated and removed at once",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\n## 2.0.0 - 2026-11-22\n\n### Deprecated\n\n- `Client.fetch()`\n\n\
                 ### Removed\n\n- `Client.fetch()`\n",
            )],
            tag: Some("v2.0.0"),
        },
        Example {
            title: "something else was deprecated",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\n## 2.0.0 - 2026-11-22\n\n### Removed\n\n- Reading of configuration files\n\n\
                 ## 1.1.0 - 2026-01-05\n\n### Deprecated\n\n- The graphical interface\n",
            )],
            tag: Some("v2.0.0"),
        },
    ],
    good: &[Example {
        title: "deprecated first",
        files: &[
            PYPROJECT,
            (
                "CHANGELOG.md",
                "# Changelog\n\n## 1.1.0 - 2026-11-22\n\n### Removed\n\n- `Client.fetch()`\n\n\
                 ## 1.0.0 - 2026-01-05\n\n### Deprecated\n\n- `fetch` of `Client`, in favour of `send`\n",
            ),
        ],
        tag: Some("v1.1.0"),
    }],
    check,
};

/// Words that say nothing of what is removed.
const COMMON: [&str; 22] = [
    "removed",
    "remove",
    "removes",
    "deprecated",
    "deprecate",
    "support",
    "longer",
    "from",
    "with",
    "that",
    "this",
    "were",
    "been",
    "will",
    "have",
    "which",
    "method",
    "function",
    "option",
    "argument",
    "favour",
    "favor",
];

fn check(facts: &Facts, findings: &mut Findings) {
    let Some((found, section)) = facts.released_section() else { return };
    let Some(version) = section.named_version().filter(|version| bump::is_stable(facts, version)) else { return };
    let removed = section.categories.iter().filter(|category| category.name.eq_ignore_ascii_case("removed"));
    let mut removed =
        removed.flat_map(|category| &category.content.entries).filter(|entry| !entry.is_placeholder).peekable();
    if removed.peek().is_none() {
        return;
    }
    let mut deprecated = HashSet::new();
    for earlier in found.changelog.releases().filter(|other| other.named_version().is_some_and(|other| other < version))
    {
        deprecations(facts, found, earlier, &mut deprecated);
    }
    for entry in removed {
        if subjects(&facts.changelog_text(found, entry.span)).is_disjoint(&deprecated) {
            let finding = findings.add(found.at(entry.span), "no earlier release deprecated what is removed here");
            finding.help("deprecate it in a release before; where one did, name it there as it is named here");
        }
    }
}

/// What the entries of a section call deprecated.
fn deprecations(facts: &Facts, found: &ProjectChangelog, section: &Section, names: &mut HashSet<String>) {
    let is_deprecation = |category: &Category| category.name.to_lowercase().starts_with("deprecat");
    let contents = section.categories.iter().map(|category| (is_deprecation(category), &category.content));
    for (all, content) in contents.chain([(false, &section.summary)]) {
        for entry in &content.entries {
            let text = facts.changelog_text(found, entry.span);
            if all || text.to_lowercase().contains("deprecat") {
                names.extend(spoken_of(&text));
            }
        }
    }
}

/// What an entry speaks of: the words of its code; without code its longer words.
fn spoken_of(entry: &str) -> HashSet<String> {
    let code: HashSet<String> = code(entry).flat_map(words).collect();
    if code.is_empty() { long_words(entry) } else { code }
}

/// What an entry is about: of `Client.fetch(url)` the last name; without code its longer words.
fn subjects(entry: &str) -> HashSet<String> {
    let callee = |code: &str| code.split(['(', '[', '=', ' ']).find_map(|part| words(part).last().cloned());
    let code: HashSet<String> = code(entry).filter_map(callee).collect();
    if code.is_empty() { long_words(entry) } else { code }
}

fn code(entry: &str) -> impl Iterator<Item = &str> {
    entry.split('`').skip(1).step_by(2)
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').map(|word| word.trim_matches('-'));
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

fn long_words(text: &str) -> HashSet<String> {
    words(text).into_iter().filter(|word| word.chars().count() > 3 && !COMMON.contains(&word.as_str())).collect()
}
