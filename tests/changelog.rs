//! Changelogs of every shape: nothing panics, every span is right, every repair repairs and loses nothing.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use relgate::changelog::{self, Changelog};
use relgate::date::Date;
use relgate::files::Files;
use relgate::finding::{Edit, Finding, Location, Safety, Span};
use relgate::project::{self, Facts, Package, Past, Release};
use relgate::repository::Snapshot;
use relgate::rules::{self, RULES};
use relgate::version::Version;

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
    "## \u{e9}t\u{e9} \u{1f980}",
    "### Added",
    "### added",
    "### Fixed",
    "### Bug Fixes",
    "###Removed",
    "#### Security",
    "**Changed**",
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

fn facts(bytes: &[u8]) -> Facts {
    let project = b"[project]\nname = \"demo\"\nversion = \"1.3.0\"\n".to_vec();
    let files = [("pyproject.toml".to_owned(), project), ("CHANGELOG.md".to_owned(), bytes.to_vec())];
    let today = Date::new(2026, 11, 22).unwrap();
    let mut facts = project::read(Files::new(&Snapshot::memory(files)), &Package::default(), today).unwrap();
    let source = facts.sources.add("refs/tags/v1.3.0", b"v1.3.0".to_vec());
    let at = Location { source, span: Span::new(1, 6) };
    let version = Version::parse("1.3.0");
    facts.release = Some(Release {
        tag: "v1.3.0".to_owned(),
        at,
        version,
        fault: None,
        dates: vec![today],
        moved_from: None,
        past: Past::default(),
    });
    facts
}

/// Edits of one source, applied together; `None` where they overlap.
fn apply(bytes: &[u8], edits: &[Edit]) -> Option<Vec<u8>> {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.at.span);
    let mut result = Vec::new();
    let mut at = 0;
    for edit in edits {
        if edit.at.span.start < at {
            return None;
        }
        result.extend_from_slice(&bytes[at..edit.at.span.start]);
        result.extend_from_slice(edit.text.as_bytes());
        at = edit.at.span.end;
    }
    result.extend_from_slice(&bytes[at..]);
    Some(result)
}

fn entries(bytes: &[u8]) -> BTreeMap<String, usize> {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.trim_start_matches('\u{feff}').split(['\n', '\r']).map(str::trim);
    let mut found = BTreeMap::new();
    for line in lines.filter(|line| line.starts_with("- ") || line.starts_with("* ")) {
        *found.entry(line.to_owned()).or_insert(0) += 1;
    }
    found
}

fn spans(changelog: &Changelog) -> Vec<Span> {
    let mut spans = Vec::new();
    for section in &changelog.sections {
        spans.extend([section.heading.span, section.heading.text, section.body]);
        spans.extend(section.version.as_ref().map(|version| version.span));
        spans.extend(section.version.as_ref().map(|version| version.prefix));
        spans.extend(section.date.as_ref().map(|date| date.span));
        spans.extend(section.yanked.map(|yanked| yanked.span));
        spans.extend(section.flaw.as_ref().map(|flaw| flaw.span));
        for category in &section.categories {
            spans.extend([category.heading.span, category.heading.text, category.body]);
        }
        for content in section.contents() {
            spans.extend(content.entries.iter().map(|entry| entry.span));
            spans.extend(content.blocks.iter().map(|block| block.span));
        }
    }
    for definition in &changelog.definitions {
        spans.extend([definition.span, definition.label, definition.destination]);
    }
    for conflict in &changelog.conflicts {
        spans.push(conflict.opening);
        spans.extend(&conflict.others);
    }
    spans.extend(changelog.unclosed.map(|unclosed| unclosed.span));
    spans.extend(changelog.titles.iter().map(|title| title.span));
    spans
}

fn check_spans(path: &str, bytes: &[u8]) {
    let found = changelog::parse(path, bytes, Some("demo"));
    let text = std::str::from_utf8(bytes).ok();
    for span in spans(&found) {
        assert!(span.start <= span.end && span.end <= bytes.len(), "{span:?} lies outside of {:?}", text);
        if let Some(text) = text {
            assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end), "{span:?} cuts {text:?}");
        }
    }
    let starts = found.sections.iter().map(|section| section.heading.span.start);
    assert!(starts.is_sorted(), "sections are in the order of the text");
    assert!(found.sections.windows(2).all(|pair| pair[0].body.end <= pair[1].heading.span.start));
    assert!(found.definitions.is_sorted_by_key(|definition| definition.span.start));
}

/// What is found of one rule.
fn found(facts: &Facts, id: &str) -> Vec<Finding> {
    rules::findings(rules::find(id).unwrap(), facts)
}

/// Whether one repair after the other comes to an end.
fn settles(bytes: &[u8], id: &str) -> bool {
    let mut bytes = bytes.to_vec();
    for _ in 0..200 {
        let Some(fix) = found(&facts(&bytes), id).into_iter().find_map(|finding| finding.fix) else { return true };
        bytes = apply(&bytes, &fix.edits).unwrap();
    }
    false
}

fn check_repairs(bytes: &[u8]) {
    let before = facts(bytes);
    let source = before.changelog.as_ref().unwrap().source;
    for rule in RULES.iter().filter(|rule| rule.id.starts_with("changelog-") || rule.id.starts_with("release-")) {
        let all = found(&before, rule.id);
        for finding in &all {
            let Some(fix) = &finding.fix else { continue };
            assert!(fix.edits.iter().all(|edit| edit.at.source == source), "{} edits the changelog", rule.id);
            let show = || format!("{}\n{finding:#?}\n{}", rule.id, String::from_utf8_lossy(bytes));
            let repaired = apply(bytes, &fix.edits).unwrap_or_else(|| panic!("edits overlap: {}", show()));
            let left = found(&facts(&repaired), rule.id);
            let unrepaired = || format!("{}\n---\n{}", show(), String::from_utf8_lossy(&repaired));
            // One repair may bring up what was hidden, or leave two other sections in disorder; that has an end.
            let same = |found: &[Finding]| found.iter().filter(|other| other.message == finding.message).count();
            let is_gone = same(&left) < same(&all) || rule.id == "changelog-order";
            assert!(is_gone, "nothing is repaired: {}", unrepaired());
            assert!(left.len() < all.len() || settles(&repaired, rule.id), "it never ends: {}", unrepaired());
            if fix.safety == Safety::Safe {
                let (had, has) = (entries(bytes), entries(&repaired));
                assert!(had.iter().all(|(entry, count)| has.get(entry) >= Some(count)), "an entry is lost: {}", show());
            }
            if !bytes.contains(&b'\r') {
                assert!(!repaired.contains(&b'\r'), "another line end: {}", show());
            }
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
    let all: Vec<_> = found.definitions.iter().map(|one| (one.key.as_str(), at(one.destination))).collect();
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
    }
}

#[test]
fn bytes_that_are_no_text_are_named_and_repaired() {
    let latin = b"# Changelog\n\nBy Ren\xe9 and Zo\xeb.\n";
    let bad = changelog::parse("CHANGELOG.md", latin, None).bad_encoding.unwrap();
    assert_eq!((bad.first, bad.is_uniform, bad.repairs.len()), (Span::new(19, 20), true, 2));
    assert_eq!(bad.repairs[0].1, "\u{e9}");
    let wide: Vec<u8> = "\u{feff}# Changelog".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bad = changelog::parse("CHANGELOG.md", &wide, None).bad_encoding.unwrap();
    assert_eq!(bad.repairs, [(Span::new(0, wide.len()), "# Changelog".to_owned())]);
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
    fn every_repair_repairs_and_loses_nothing(bytes in text()) {
        check_repairs(&bytes);
    }
}
