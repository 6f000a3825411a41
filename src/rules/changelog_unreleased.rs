//! A section for changes to come that has gone.

use crate::changelog::{Changelog, History, Link, Section, heading_like, lines};
use crate::finding::{Edit, Findings, Level, Safety, Span};
use crate::project::{Facts, ProjectChangelog};

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-unreleased",
    summary: "The changelog has lost its Unreleased section",
    explanation: "\
\"Keep an Unreleased section at the top\" (Keep a Changelog), and open a fresh one at each release. Without it the next \
change is written under the release that is out, or nowhere.

Where the changelog had none before, that is the project's way, and nothing is said: before this commit, at the release \
before a tag, in `--base`. `relgate check` compares the work tree with `HEAD`.",
    level: Level::Warn,
    about: About::Release,
    group: Group::Text,
    fix: Some(Safety::Safe),
    bad: &[
        Example {
            title: "it became the section of the release",
            files: &[
                (
                    "HEAD:CHANGELOG.md",
                    "# Changelog\n\nKeep a Changelog\n\n## [Unreleased]\n\n### Fixed\n\n- One.\n\n[Unreleased]: https://example.org/a/b/commits/main\n",
                ),
                ("CHANGELOG.md", "# Changelog\n\nKeep a Changelog\n\n## 1.0.0 - 2026-01-05\n\n### Fixed\n\n- One.\n"),
            ],
            tag: None,
        },
    ],
    good: &[
        AGREEING,
        Example {
            title: "there never was one",
            files: &[
                (
                    "HEAD:CHANGELOG.md",
                    "# Changelog\n\nKeep a Changelog\n\n## 1.0.0 - 2026-01-05\n\n### Fixed\n\n- One.\n",
                ),
                (
                    "CHANGELOG.md",
                    "# Changelog\n\nKeep a Changelog\n\n## 1.0.1 - 2026-01-06\n\n### Fixed\n\n- Two.\n\n## 1.0.0 - 2026-01-05\n\n### Fixed\n\n- One.\n",
                ),
            ],
            tag: None,
        },
        Example {
            title: "the next version has a section that is marked as unreleased",
            files: &[
                ("HEAD:CHANGELOG.md", "# Changelog\n\nKeep a Changelog\n\n## Unreleased\n\n### Fixed\n\n- One.\n"),
                (
                    "CHANGELOG.md",
                    "# Changelog\n\nKeep a Changelog\n\n## 1.1.0 - Unreleased\n\n## 1.0.0 - 2026-01-05\n\n### Fixed\n\n- One.\n",
                ),
            ],
            tag: None,
        },
    ],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog() else { return };
    let had_one = facts.before.as_ref().is_some_and(|before| before.had_unreleased);
    if !had_one || found.changelog.unreleased().is_some() {
        return;
    }
    let Some(newest) = found.changelog.releases().next() else { return };
    let finding = findings.add(found.at(newest.heading.text), "the Unreleased section above this release is gone");
    finding.help("open a new one for the changes to come");
    let edits =
        opened(facts, found, newest).into_iter().map(|(span, text)| Edit { at: found.at(span), text }).collect();
    finding.fix("open a new Unreleased section", Safety::Safe, edits);
}

/// An empty section in the style of the newest one, which it stands above, and linked as that is.
fn opened(facts: &Facts, found: &ProjectChangelog, newest: &Section) -> Vec<(Span, String)> {
    let changelog = &found.changelog;
    let bytes = &facts.sources.get(found.source).bytes;
    let end = changelog.line_end;
    let before = |place: usize, text: String| (Span::at(lines(bytes, Span::at(place)).start), text);
    let mut edits = Vec::new();
    let name = match (&newest.link, address(changelog, bytes)) {
        (Link::Reference { .. }, _) if changelog.definition("unreleased").is_some() => "[Unreleased]".to_owned(),
        (Link::Reference { key, .. }, Some(address)) if let Some(next) = changelog.definition(key) => {
            edits.push(before(next.span.start, format!("[Unreleased]: {address}{end}")));
            "[Unreleased]".to_owned()
        }
        (Link::Inline { .. }, Some(address)) => format!("[Unreleased]({address})"),
        _ => "Unreleased".to_owned(),
    };
    let heading = heading_like(&newest.heading, bytes, &name, end);
    edits.push(before(newest.heading.span.start, format!("{heading}{end}{end}")));
    edits
}

/// What compares the newest release with the changes to come.
fn address(changelog: &Changelog, bytes: &[u8]) -> Option<String> {
    let example = changelog.example(bytes)?;
    let newest = History::of(changelog).newest()?;
    let tag = changelog.tag_of(bytes, &changelog.sections[newest], &example.tag)?;
    Some(example.compare(tag, "HEAD".to_owned()))
}
