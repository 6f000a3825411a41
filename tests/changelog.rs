//! Changelogs of every shape: nothing panics, every span is right, every repair repairs and loses nothing.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;

#[path = "properties/changelog.rs"]
mod properties;

use properties::{check_pieces, check_repairs, check_spans, facts};
use proptest::prelude::*;
use relgate::changelog;
use relgate::finding::{Finding, Safety, Span};
use relgate::fix::{self, MOST_ROUNDS};
use relgate::project::Facts;
use relgate::rules::{self, RULES, Rule};

/// Lines of which changelogs, and what goes wrong with them, are made.
const LINES: &[&str] = &[
    "# Changelog",
    "# Release Notes",
    "Keep a Changelog, https://keepachangelog.com/en/1.1.0/",
    "## [Unreleased]",
    "## Unreleased",
    "## [1.3.0] - Unreleased",
    "## [Next]",
    "## [1.2.0] - 2026-03-01",
    "## [1.1.0] - 2026-02-01 ##",
    "## [1.1.0] - 01/02/2026",
    "## [v1.1.0] - 2026-02-01",
    "## 1.0.1 / 2026-01-15",
    "## [1.0.0](https://github.com/a/b/compare/v0.9.0...v1.0.0) - 2026-01-01",
    "## [0.9.0] - January 5, 2025 (yanked)",
    "## [0.9.0] \u{2014} 2025-01-05",
    "## Version 0.8.0 (2024-02-30)",
    "## [0.7.0]",
    "##[0.6.0] - 2024-01-01",
    "### [0.5.0] - 2023-01-01",
    "0.4.0 - 2022-01-01\n------------------",
    "0.3.9 - 2021-12-01\n===",
    "[^1]: A note.\n\n    - More[^2]",
    "- Entry[^1]",
    "## \u{e9}t\u{e9} \u{1f980}",
    "### Added",
    "### added",
    "### Fixed",
    "### Bug Fixes",
    "### Deprecations",
    "###Removed",
    "#### Security",
    "**Changed**",
    "**Fixed**\n\nText",
    "- An entry",
    "- An entry",
    "* Another entry \u{1f980}\n  that goes on",
    "- `code` and\n\n  ```\n  ## [9.9.9]\n  ```",
    "- None",
    "A paragraph.",
    "<!-- a comment -->",
    "<!-- open",
    "```",
    "~~~\n## [8.8.8]\n~~~",
    "> ## [7.7.7]",
    "<<<<<<< HEAD",
    "=======",
    ">>>>>>> topic",
    "---",
    "[Unreleased]: https://github.com/a/b/compare/v1.0.0...HEAD",
    "[1.2.0]: https://github.com/a/b/compare/v1.1.0...v1.2.0",
    "[1.1.0]: https://github.com/a/b/compare/v1.0.0...v1.1.0",
    "[1.1.0]: <https://github.com/a/b/releases/tag/v1.1.0> \"title\"",
    "[0.3.0]: https://gitlab.com/a/b/-/compare/v0.2.0...v0.3.0",
    "[label]:\n  https://example.org",
    "\u{a0}",
    "",
    "",
    "",
];

fn text() -> impl Strategy<Value = Vec<u8>> {
    let lines = prop::collection::vec(prop::sample::select(LINES), 0..40);
    (lines, 0..4_usize, any::<bool>()).prop_map(|(lines, end, mark)| {
        let end = ["\n", "\n", "\r\n", "\r"][end];
        let mut text = String::from(if mark { "\u{feff}" } else { "" });
        for line in lines {
            text.push_str(&line.replace('\n', end));
            text.push_str(end);
            if line.starts_with('#') {
                text.push_str(end);
            }
        }
        text.into_bytes()
    })
}

/// The rules about the text.
fn text_rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().filter(|rule| rule.id.starts_with("changelog-"))
}

/// How many findings each rule about the text has.
fn counts(facts: &Facts) -> BTreeMap<&'static str, usize> {
    text_rules().map(|rule| (rule.id, rules::findings(rule, facts).len())).collect()
}

/// The text once everything that is as safe as `least` is repaired, as `--fix` repairs it.
fn repaired(bytes: &[u8], least: Safety) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..MOST_ROUNDS {
        let facts = facts(&bytes);
        let all: Vec<Finding> = text_rules().flat_map(|rule| rules::findings(rule, &facts)).collect();
        let fixes = all.iter().filter_map(|finding| finding.fix.as_ref()).filter(|fix| fix.safety >= least);
        match fix::apply(fixes, &facts.sources).0.remove("CHANGELOG.md") {
            Some(text) => bytes = text,
            None => break,
        }
    }
    bytes
}

fn check_that_repairs_bring_nothing_up(bytes: &[u8]) {
    let before = counts(&facts(bytes));
    for least in [Safety::Safe, Safety::Unsafe] {
        let text = repaired(bytes, least);
        for (rule, count) in counts(&facts(&text)) {
            let show = || format!("{}\n---\n{}", String::from_utf8_lossy(bytes), String::from_utf8_lossy(&text));
            // Where the first name of a section is linked, those of the others are expected to be.
            // A heading put at the level of releases makes those of its level count, too.
            let shown = least == Safety::Unsafe && rule == "changelog-duplicate" && before["changelog-heading"] > 0;
            assert!(count <= before[rule] || rule == "changelog-link-missing" || shown, "{rule}: {}", show());
        }
    }
}

/// Kind, version and date of each section, and how many entries it has.
fn outline(path: &str, bytes: &[u8]) -> Vec<String> {
    let found = changelog::parse(path, bytes, Some("demo"));
    let at = |span: Span| String::from_utf8_lossy(&bytes[span.range()]).into_owned();
    found
        .sections
        .iter()
        .map(|section| {
            let version = section.version.as_ref().map_or(String::new(), |version| at(version.span));
            let date = section.date.as_ref().and_then(|text| text.date).map_or(String::new(), |date| date.to_string());
            let entries: usize = section.contents().map(|content| content.entries.len()).sum();
            let categories: Vec<&str> = section.categories.iter().map(|category| category.name.as_str()).collect();
            format!("{:?} {version} {date} {entries} {}", section.kind, categories.join(","))
        })
        .collect()
}

#[test]
fn a_repair_does_not_lead_to_other_findings() {
    for text in [
        // A name that is put right is judged as it was.
        "## [1.0.0] - 2026-01-05\n\n### Bug Fixes\n\nText.\n",
        "## [1.0.0] - 2026-01-05\n\n**Fixed**\n\nText.\n\n- One.\n",
        // A space that cannot be seen is no text.
        "## [Unreleased]\n\n### Added\n\n\u{a0}\n##[0.6.0] - 2024-01-01\n\n- One.\n",
        // The release below is no release before.
        "## 0.4.0 - 2022-01-01\n\n- One.\n\n## [1.0.0](https://example.org/compare/v0.9.0...v1.0.0) - 2026-01-01\n\n- Two.\n\n\
         [Unreleased]: https://example.org/compare/v1.0.0...HEAD\n",
        "## [v1.1.0] - 2026-02-01\n\n- One.\n\n## [1.2.0] - 2026-03-01\n\n- Two.\n\n\
         [1.1.0]: https://example.org/compare/v1.0.0...v1.1.0\n",
        // Two sections of one name need one definition.
        "## 0.9.0 - 2025-01-05\n\n- One.\n\n## 0.9.0 - 2025-01-05\n\n- Two.\n\n## [0.8.0] - 2025-01-01\n\n- Three.\n\n\
         [0.8.0]: https://example.org/compare/v0.7.0...v0.8.0\n",
    ] {
        check_that_repairs_bring_nothing_up(format!("# Changelog\n\nKeep a Changelog\n\n{text}").as_bytes());
    }
    // A merge that is left in the first line is seen behind a byte-order mark.
    check_that_repairs_bring_nothing_up("\u{feff}<<<<<<< HEAD\nKeep a Changelog\n".as_bytes());
}

/// A changelog of two releases, in which some text is another.
fn with(changes: &[(&str, &str)]) -> Vec<u8> {
    let text = "# Changelog\n\nhttps://keepachangelog.com/en/1.1.0/\n\n## [Unreleased]\n\n## [1.1.0] - 2026-02-05\n\n\
                ### Added\n\n- One.\n\n## [1.0.0] - 2026-01-05\n\n### Fixed\n\n- Two.\n\n\
                [Unreleased]: https://github.com/a/b/compare/v1.1.0...HEAD\n\
                [1.1.0]: https://github.com/a/b/compare/v1.0.0...v1.1.0\n\
                [1.0.0]: https://github.com/a/b/releases/tag/v1.0.0\n";
    let changed = changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    changed.into_bytes()
}

/// The rules that have findings.
fn fired(bytes: &[u8]) -> Vec<&'static str> {
    counts(&facts(bytes)).into_iter().filter_map(|(rule, count)| (count > 0).then_some(rule)).collect()
}

#[test]
fn what_looks_wrong_and_is_right_has_no_findings() {
    const LINK: &str = "[1.1.0]: https://github.com/a/b/compare/v1.0.0...v1.1.0\n";
    let all: [&[(&str, &str)]; 21] = [
        &[],
        // A commit, not version 8a12345; a branch, not a tag; two lines that are released on one day.
        &[("releases/tag/v1.0.0", "compare/8a12345...v1.0.0")],
        &[("v1.1.0...HEAD", "v1.1.0...release/1.2")],
        &[
            ("## [1.0.0]", "## [1.0.1] - 2026-02-05\n\n### Fixed\n\n- Three.\n\n## [1.0.0]"),
            ("[1.0.0]: ", "[1.0.1]: https://github.com/a/b/compare/v1.0.0...v1.0.1\n[1.0.0]: "),
        ],
        // Markdown shows one space for many.
        &[("[1.1.0] - ", "[1.1.0]  -\t")],
        &[("## [1.1.0]", "## [1.1.0][]")],
        // Formatters escape what is no link.
        &[("[Unreleased]", "\\[Unreleased\\]"), ("[1.1.0]", "\\[1.1.0\\]"), ("[1.0.0]", "\\[1.0.0\\]")],
        &[("2026-02-05", "2026-02-05 \\[YANKED\\]")],
        // A version may look like a date.
        &[("1.1.0]", "2026.02.05]"), ("v1.1.0", "v2026.02.05")],
        &[("[1.1.0]", "[v2026.02.05]"), ("[1.0.0]", "[v1.0.0]"), ("v1.1.0", "v2026.02.05")],
        &[("# Changelog\n", "<h1 align=\"center\">Changelog</h1>\n")],
        &[("/en/1.1.0/", "/fr/1.1.0/"), ("Added", "Ajout\u{e9}")],
        // The tag of a pre-release may leave out what makes it one.
        &[
            (LINK, ""),
            ("[1.1.0]", "[1.1b0]"),
            ("[1.0.0]: ", "[1.1b0]: https://github.com/a/b/releases/tag/v1.1.0\n[1.0.0]: "),
        ],
        // The branch for 1.1 began before.
        &[
            ("## [1.0.0]", "## [1.0.1] - 2026-02-06\n\n### Fixed\n\n- Three.\n\n## [1.0.0]"),
            ("[1.0.0]: ", "[1.0.1]: https://github.com/a/b/compare/v1.0.0...v1.0.1\n[1.0.0]: "),
        ],
        &[("## [1.1.0]", "##\t[1.1.0]")],
        // A post-release changes nothing of what is released.
        &[
            ("## [1.0.0]", "## [1.0.0.post1] - 2026-01-06\n\n### Fixed\n\n- Three.\n\n## [1.0.0]"),
            ("[1.0.0]: ", "[1.0.0.post1]: https://github.com/a/b/compare/v1.0.0...v1.0.0.post1\n[1.0.0]: "),
        ],
        &[(
            "- One.",
            "- One.\n\n<div>\n## [0.9.0] - 2026-01-01\n</div>\n\n[1.0.0] - 2026-01-05\n\n    </p>\n    ## 0.8 - 2026-01-01",
        )],
        &[("- One.", "- One.\n#1.1.0 is no heading, nor is #[label]")],
        &[("[1.0.0]: ", "[R]: "), ("## [1.0.0]", "## [1.0.0][r]")],
        &[("## [1.1.0] - 2026-02-05", "## [1.1.0] - 2026-02-05 ##")],
        &[("[1.0.0]: https", "> [1.0.0]:\n>   https")],
    ];
    for changes in all {
        let text = with(changes);
        assert!(fired(&text).is_empty(), "{:?}\n{}", fired(&text), String::from_utf8_lossy(&text));
    }
}

#[test]
fn entries_are_the_same_whatever_the_white_space_between_their_words() {
    for (other, is_same) in [
        ("- One  two.", true),
        ("* One\n  two.", true),
        ("- One\u{a0}two.", true),
        ("- \u{2003}One two.", true),
        ("- Onetwo.", false),
        ("- One two. \u{e9}", false),
    ] {
        let text = with(&[("- One.", &format!("- One two.\n{other}"))]);
        assert_eq!(fired(&text).contains(&"changelog-entry-duplicate"), is_same, "{other:?}");
    }
    let text = with(&[("- One.", "- Onetwo.\n- One two.\n- One two.")]);
    assert_eq!(fired(&text), ["changelog-entry-duplicate"]);
    // As many that begin and end alike, of which two are the same.
    for count in 0..9 {
        let alike: String = (0..count).map(|number| format!("- One {number} two.\n")).collect();
        let text = with(&[("- One.", &format!("- One\n  and two.\n{alike}- One and two."))]);
        assert_eq!(fired(&text), ["changelog-entry-duplicate"], "{count}");
    }
    for count in 2..9 {
        let text = with(&[("- One.", &"- One and two.\n".repeat(count))]);
        assert_eq!(counts(&facts(&text))["changelog-entry-duplicate"], count - 1);
    }
}

#[test]
fn a_branch_is_no_wrong_link_where_dates_are_missing() {
    let undated = with(&[
        (" - 2026-02-05", ""),
        ("## [1.0.0]", "## [1.0.1]\n\n### Fixed\n\n- Three.\n\n## [1.0.0]"),
        ("[1.0.0]: ", "[1.0.1]: https://github.com/a/b/compare/v1.0.0...v1.0.1\n[1.0.0]: "),
    ]);
    assert_eq!(fired(&undated), ["changelog-date"]);
    let of_one_line = String::from_utf8(undated).unwrap().replace("1.1.0", "1.0.2");
    assert_eq!(fired(of_one_line.as_bytes()), ["changelog-date", "changelog-link-wrong"]);
}

#[test]
fn what_holds_the_place_of_an_entry_is_none() {
    for (item, is_entry) in [
        ("- None", false),
        ("- N/A.", false),
        ("* *Nothing changed yet.*", false),
        ("- <!-- todo -->", false),
        ("- Nothing changed yet but this", true),
        ("- None of the files is read twice", true),
    ] {
        let text = format!("1.1.0 (unreleased)\n------------------\n\n{item}\n");
        for path in ["CHANGES.rst", "CHANGES.md"] {
            let found = changelog::parse(path, text.as_bytes(), None);
            assert_eq!(
                (found.sections[0].has_entries(), found.sections[0].waits()),
                (is_entry, is_entry),
                "{item} {path}"
            );
        }
    }
}

#[test]
fn a_promoted_section_is_linked_as_the_waiting_one_was() {
    let text = "# Changelog\n\nKeep a Changelog\n\n## [Unreleased](https://x.org/compare/v1.2.0...HEAD)\n\n### Fixed\n\n\
                - One.\n\n## [1.2.0](https://x.org/compare/v1.1.0...v1.2.0) - 2026-01-05\n\n### Fixed\n\n- Two.\n";
    let rule = RULES.iter().find(|rule| rule.id == "release-not-promoted").unwrap();
    let facts = facts(text.as_bytes());
    let found = rules::findings(rule, &facts);
    let applied = fix::apply(found.iter().filter_map(|one| one.fix.as_ref()), &facts.sources).0.remove("CHANGELOG.md");
    let expected = text.replace(
        "v1.2.0...HEAD)\n",
        "v1.3.0...HEAD)\n\n## [1.3.0](https://x.org/compare/v1.2.0...v1.3.0) - 2026-11-22\n",
    );
    assert_eq!(String::from_utf8(applied.unwrap()).unwrap(), expected);
}

#[test]
fn what_is_wrong_is_repaired_and_nothing_beside_it() {
    let heading = "## [1.1.0] - 2026-02-05";
    for (wrong, rule, least) in [
        ("# [1.1.0] - 2026-02-05", "changelog-heading", Safety::Unsafe),
        ("#[1.1.0] - 2026-02-05", "changelog-heading", Safety::Unsafe),
        ("##[1.1.0] - 2026-02-05", "changelog-heading", Safety::Safe),
        ("##\u{a0}[1.1.0] - 2026-02-05", "changelog-heading", Safety::Safe),
        ("## [1.1.0]\u{a0}- 2026-02-05", "changelog-heading", Safety::Safe),
        ("## \\[1.1.0\\] - 2026-02-05", "changelog-link-missing", Safety::Safe),
    ] {
        let text = with(&[(heading, wrong)]);
        assert_eq!(fired(&text), [rule], "{wrong}");
        assert_eq!(
            String::from_utf8(repaired(&text, least)).unwrap(),
            String::from_utf8(with(&[])).unwrap(),
            "{wrong}"
        );
    }
    for lost in [
        "[1.1.0] - 2026-02-05",
        "**[1.1.0] - 2026-02-05**",
        "####### [1.1.0] - 2026-02-05",
        "</details>\n## [1.1.0] - 2026-02-05",
    ] {
        assert_eq!(
            fired(&with(&[(heading, lost), ("v1.1.0...HEAD", "v1.0.0...HEAD")])),
            ["changelog-heading"],
            "{lost}"
        );
    }
    let stale = with(&[("v1.1.0...HEAD", "v1.0.0...v1.1.0")]);
    assert_eq!(repaired(&stale, Safety::Safe), with(&[]));
    let yanked = |mark: &str| with(&[(heading, &format!("{heading}{mark}"))]);
    assert_eq!(fired(&yanked(" - [YANKED]")), ["changelog-yanked"]);
    assert_eq!(repaired(&yanked(" - [YANKED]"), Safety::Safe), yanked(" [YANKED]"));
}

#[test]
fn the_level_of_an_underlined_release_is_repaired() {
    let others = "# Changelog\n\nKeep a Changelog\n\n## 1.2.0 - 2026-03-01\n\n- a\n\n## 1.1.0 - 2026-02-01\n\n- b\n\n";
    let with = |heading: &str, marks: &str| format!("{others}{heading}\n\n- c\n").replace("## ", marks);
    for (heading, marks, expected) in [
        ("1.0.0 - 2026-01-01\n=====", "## ", "1.0.0 - 2026-01-01\n-----"),
        ("1.0.0 - 2026-01-01\r\n=", "## ", "1.0.0 - 2026-01-01\r\n---"),
        ("1.0.0 - 2026-01-01\n-----", "### ", "## 1.0.0 - 2026-01-01"),
    ] {
        let repaired = repaired(with(heading, marks).as_bytes(), Safety::Unsafe);
        assert_eq!(String::from_utf8(repaired).unwrap(), with(expected, marks));
    }
}

#[test]
fn line_ends_and_marks_change_nothing() {
    let text =
        "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- One\n  more\n- Two\n\n1.0.0 - 2026-01-05\n---\n\n* Three\n";
    let expected = ["Unreleased   2 Added", "Release 1.0.0 2026-01-05 1 "];
    for end in ["\n", "\r\n", "\r"] {
        for mark in ["", "\u{feff}"] {
            let text = format!("{mark}{}", text.replace('\n', end));
            assert_eq!(outline("CHANGELOG.md", text.as_bytes()), expected, "{end:?} {mark:?}");
        }
    }
}

#[test]
fn nothing_in_code_comments_quotes_and_items_is_structure() {
    for inside in [
        "```\n## [9.9.9] - 2026-01-01\n```",
        "~~~~\n```\n## [9.9.9] - 2026-01-01\n~~~~",
        "    ## [9.9.9] - 2026-01-01",
        "<!--\n## [9.9.9] - 2026-01-01\n-->",
        "> ## [9.9.9] - 2026-01-01",
        "- entry\n\n  ## [9.9.9] - 2026-01-01",
        "<details>\n## [9.9.9] - 2026-01-01\n</details>",
        "`code\n##[9.9.9]\ncode`",
    ] {
        let text = format!("# Changelog\n\n## [1.0.0] - 2026-01-05\n\n{inside}\n\n## [0.9.0] - 2026-01-01\n");
        let found = outline("CHANGELOG.md", text.as_bytes());
        assert_eq!(found.len(), 2, "{inside}: {found:?}");
    }
}

#[test]
fn what_only_looks_like_a_heading_is_read_as_meant() {
    let text =
        "# Changelog\n\n## [Unreleased]\n\n- One\n##[1.0.0] - 2026-01-05\n\n###Fixed\n\n- Two\n#123 is no heading\n";
    assert_eq!(outline("CHANGELOG.md", text.as_bytes()), ["Unreleased   1 ", "Release 1.0.0 2026-01-05 1 Fixed"]);
}

#[test]
fn what_is_not_closed_swallows_nothing() {
    for (open, is_comment) in [("```\ncode", false), ("~~~~ sh\n# code\n~~~", false), ("<!-- words", true)] {
        let text =
            format!("# Changelog\n\n## [1.1.0] - 2026-02-05\n\n{open}\n\n## [1.0.0] - 2026-01-05\n\n[1.0.0]: a\n");
        let found = changelog::parse("CHANGELOG.md", text.as_bytes(), None);
        let unclosed = found.unclosed.unwrap();
        assert_eq!((unclosed.is_comment, unclosed.span.start), (is_comment, 38), "{open}");
        assert_eq!((found.sections.len(), found.definitions.len(), found.titles.len()), (2, 1, 1), "{open}");
    }
}

#[test]
fn every_definition_is_found() {
    let text = b"[a]: one\n[A]: <two> 'title'\n[b]:\n  three\n\n- item\n\n[c  d]: four\n[c d]: five\n\ntext\n[no]: definition\n\n> [q]: six\n";
    let found = changelog::parse("CHANGELOG.md", text, None);
    let at = |span: Span| std::str::from_utf8(&text[span.range()]).unwrap();
    let all: Vec<_> = found.definitions.iter().map(|one| (&*one.key, at(one.destination))).collect();
    assert_eq!(all, [("a", "one"), ("a", "two"), ("b", "three"), ("c d", "four"), ("c d", "five"), ("q", "six")]);
}

#[test]
fn releases_stand_at_the_level_that_the_text_uses() {
    for (text, expected) in [
        ("# 1.1.0\n## Added\n- x\n# 1.0.0\n", vec!["Release 1.1.0  1 Added", "Release 1.0.0  0 "]),
        (
            "# Notes\n## Version 1.1\n### 1.1.1\n- x\n### 1.1.0\n",
            vec!["Other   0 ", "Release 1.1.1  1 ", "Release 1.1.0  0 "],
        ),
        ("---\ntitle: Changelog\n---\n## 1.0.0\n\nReleased 2026-01-05\n", vec!["Release 1.0.0 2026-01-05 0 "]),
        ("## Unreleased\n- x\n", vec!["Unreleased   1 "]),
    ] {
        assert_eq!(outline("CHANGELOG.md", text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn restructured_text_and_plain_text_have_sections() {
    let text = "=========\nChangelog\n=========\n\n.. comment\n\n1.1.0 (2026-02-05)\n==================\n\nAdded\n-----\n\n- One\n  more\n\n  and more\n* Two\n\n`1.0.0 <https://example.org>`_ - 2026-01-05\n===========================================\n\n::\n\n    2.0.0\n    =====\n";
    let expected = ["Release 1.1.0 2026-02-05 2 Added", "Release 1.0.0 2026-01-05 0 "];
    for path in ["CHANGES.rst", "docs/HISTORY", "NEWS.txt"] {
        assert_eq!(outline(path, text.as_bytes()), expected, "{path}");
        let found = changelog::parse(path, text.as_bytes(), None);
        let entries = found.sections[0].contents().flat_map(|content| &content.entries);
        let entries: Vec<&str> = entries.map(|entry| &text[entry.span.range()]).collect();
        assert_eq!(entries, ["- One\n  more\n\n  and more", "* Two"], "{path}");
    }
}

#[test]
fn plain_text_names_its_releases_in_lines_of_their_own() {
    let text = "\nFor all changes, see:\n\n* https://example.org/\n\n6.0.3 (2026-02-05)\n\n* One\n\n\
                -----\nVersion 6.0.2, 2026-01-05\n* Two\n* Three\n\n6.0.1\n  Four\n\n6.0 (2025-01-05)\n----------------\n\n* Five\n";
    let expected = [
        "Release 6.0.3 2026-02-05 1 ",
        "Release 6.0.2 2026-01-05 2 ",
        "Release 6.0.1  0 ",
        "Release 6.0 2025-01-05 1 ",
    ];
    for path in ["CHANGES", "CHANGES.rst", "NEWS.txt"] {
        assert_eq!(outline(path, text.as_bytes()), expected, "{path}");
    }
    let text = "1.1.0\n=====\n\nNeeds\n1.0.9 (2026-01-05)\nof it.\n\n1.0.8 is needed, too.\n\n    1.0.7 (2026-01-05)\n\n- 1.0.6\n\n1.0.5\n\nMore.\n\nJan 5, 2026: 1.0.4\n\n- Two\n";
    assert_eq!(outline("CHANGES.rst", text.as_bytes()), ["Release 1.1.0  2 "]);
}

#[test]
fn each_conflict_is_one_in_every_markup() {
    let text = "1.1.0\n=====\n\n<<<<<<< HEAD\n- One\n=======\n- Two\n>>>>>>> topic\n\n<<<<<<< HEAD\n- Three\n=======\n- Four\n>>>>>>> topic\n";
    for path in ["CHANGES.rst", "CHANGELOG.md"] {
        assert_eq!(changelog::parse(path, text.as_bytes(), None).conflicts.len(), 2, "{path}");
    }
}

#[test]
fn front_matter_ends_as_it_begins_or_as_yaml_does() {
    for (text, is_metadata) in [
        ("---\ntitle: x\n---\n", true),
        ("---\ntitle: x\n...\n", true),
        ("+++\ntitle = 1\n+++\n", true),
        ("+++\ntitle = 1\n...\n", false),
        ("---\ntitle: x\n+++\n", false),
        ("---\n\ntitle: x\n---\n", false),
    ] {
        assert_eq!(
            changelog::parse("CHANGELOG.md", text.as_bytes(), None).front_matter.is_some(),
            is_metadata,
            "{text}"
        );
    }
}

#[test]
fn bytes_that_are_no_text_are_named_and_repaired() {
    let latin = b"# Changelog\n\nBy Ren\xe9 and Zo\xeb.\n";
    let bad = changelog::parse("CHANGELOG.md", latin, None).bad_encoding.unwrap();
    assert_eq!((bad.first, bad.is_uniform, bad.repairs.len()), (Span::new(19, 20), true, 2));
    assert_eq!(bad.repairs[0].1, "\u{e9}");
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let wide: Vec<u8> = "\u{feff}# Changelog".encode_utf16().flat_map(bytes).collect();
        let bad = changelog::parse("CHANGELOG.md", &wide, None).bad_encoding.unwrap();
        assert_eq!(bad.repairs, [(Span::new(0, wide.len()), "# Changelog".to_owned())]);
    }
}

/// How long a text of that many repetitions takes, rules included.
fn seconds(piece: &str, times: usize) -> f64 {
    let text = format!("# Changelog\n\nKeep a Changelog\n\n{}", piece.repeat(times));
    let began = std::time::Instant::now();
    let facts = facts(text.as_bytes());
    for rule in RULES.iter().filter(|rule| rule.id.starts_with("changelog-")) {
        rules::findings(rule, &facts);
    }
    began.elapsed().as_secs_f64()
}

#[test]
fn time_grows_with_the_text_and_no_faster() {
    for piece in [
        "## [1.0.0] - 2026-01-05\n\n### Fixed\n\n- One.\n\n",
        "##[1.0.0]\n",
        "## [1.0.0]\n[1.0.0]: https://example.org/compare/v0.1...v1.0\n",
        "## [Unreleased]\n",
        "### Added\n",
        "- x\n",
        "```\n\n",
        "<!--\n",
        "<<<<<<< x\n",
        "> ",
        "- ",
        "[",
        "[a](",
        "*a_ ",
        "[a]: b (\n",
        "[^a]: ",
        "[^a]: [^b]\n\n",
        "## version version ",
        "## 2026-01-05 ",
        "## 1-1-1-1-1-1",
        "a\n=\n",
        "\\",
        "## [1.0.0] yanked [",
    ] {
        let (few, many) = (1_000, 8_000);
        // Once more where the machine was busy with something else.
        let grows = || seconds(piece, many) / seconds(piece, few).max(0.002);
        assert!((0..4).any(|_| grows() < 30.0), "{piece:?} takes {} s for {many}", seconds(piece, many));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check_spans("CHANGELOG.md", &bytes);
        check_spans("CHANGELOG.rst", &bytes);
    }

    #[test]
    fn every_span_lies_in_the_text(bytes in text()) {
        check_spans("CHANGELOG.md", &bytes);
        check_spans("CHANGELOG.rst", &bytes);
    }

    #[test]
    fn a_long_text_says_in_pieces_what_it_says_as_a_whole(bytes in text()) {
        check_pieces(&bytes);
    }

    #[test]
    fn every_repair_repairs_and_loses_nothing(bytes in text()) {
        check_repairs(&bytes);
    }

    #[test]
    fn repairs_bring_nothing_up(bytes in text()) {
        check_that_repairs_bring_nothing_up(&bytes);
    }
}

#[test]
fn what_stands_in_a_category_is_more_than_marks() {
    for (body, stands) in [
        ("- One.\n", true),
        ("One.\n", true),
        ("    code\n", true),
        ("> Quoted.\n", true),
        ("", false),
        ("<!-- Nothing yet. -->\n", false),
        ("***\n", false),
        ("#### Below\n", false),
        ("[label]: https://example.org\n", false),
    ] {
        let text = format!("# Changelog\n\n## [1.1.0] - 2026-01-05\n\n### Fixed\n\n{body}\n## [1.0.0] - 2026-01-04\n");
        let found = changelog::parse("CHANGELOG.md", text.as_bytes(), None);
        assert_eq!(found.sections[0].categories[0].has_content(), stands, "{body:?}");
    }
}

#[test]
fn the_shape_of_most_sections_says_that_the_format_is_kept() {
    const FIXED: &str = "### Fixed\n\n- One.\n\n";
    for (text, kept) in [
        (format!("## 1.1.0 - 2026-01-05\n\n{FIXED}"), true),
        (format!("## 1.1.0\n\n{FIXED}"), false),
        (format!("### 1.1.0 - 2026-01-05\n\n#{FIXED}"), false),
        (format!("## 1.1.0 - 2026-01-05\n\n{FIXED}## 1.0.0\n\n{FIXED}"), false),
        (format!("## 1.1.0 - 2026-01-05\n\n{FIXED}## 1.0.0\n\n## 0.9.0 - 2026-01-03\n"), true),
        (format!("## 1.1.0 - 2026-01-05\n\n{FIXED}### Fun\n\n- Two.\n\n"), false),
        (format!("## 1.1.0 - 2026-01-05\n\n{FIXED}### Fun\n\n- Two.\n\n### Games\n\n- Three.\n"), false),
        ("## 1.1.0 - 2026-01-05\n\n- One.\n".to_owned(), false),
    ] {
        let found = changelog::parse("CHANGELOG.md", text.as_bytes(), None);
        assert_eq!(found.keeps_format(), kept, "{text}");
    }
}
