//! What holds for any changelog: every span lies in the text, every repair repairs, and no entry is lost.

use std::collections::BTreeMap;

use relgate::changelog::{self, Changelog};
use relgate::date::Date;
use relgate::files::Files;
use relgate::finding::{Edit, Finding, Location, Safety, Span};
use relgate::project::{self, Facts, Package, Past, Release};
use relgate::repository::Snapshot;
use relgate::rules::{self, RULES};
use relgate::version::Version;

/// The facts of a project whose changelog is `bytes`, when version 1.3.0 is released.
pub fn facts(bytes: &[u8]) -> Facts {
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
        kind: Default::default(),
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

pub fn check_spans(path: &str, bytes: &[u8]) {
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

/// A long text is read in pieces; one that mentions a footnote, as a whole. At the end of the text that makes no other
/// difference.
pub fn check_pieces(bytes: &[u8]) {
    const LONG: usize = 40_000;
    if bytes.len() < 8 {
        return;
    }
    let mut text = Vec::new();
    while text.len() < LONG {
        text.extend_from_slice(bytes);
        text.extend_from_slice(b"\n\n");
    }
    let said = |end: &[u8]| {
        let found = changelog::parse("CHANGELOG.md", &[&text, end].concat(), Some("demo"));
        let Changelog { titles, sections, definitions, conflicts, unclosed, .. } = found;
        format!("{titles:?}\n{sections:#?}\n{definitions:#?}\n{conflicts:?}\n{unclosed:?}")
    };
    let (in_pieces, as_a_whole) = (said(b"[.\n"), said(b"[^\n"));
    assert_eq!(in_pieces, as_a_whole, "{}", String::from_utf8_lossy(bytes));
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

pub fn check_repairs(bytes: &[u8]) {
    // There is no text to repair: the snapshot holds the address of one.
    if bytes.starts_with(b"version https://git-lfs.github.com/spec/") {
        return;
    }
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
                // What is not UTF-8 reads otherwise when it is.
                let kept = match rule.id {
                    "changelog-encoding" => has.values().sum::<usize>() >= had.values().sum(),
                    _ => had.iter().all(|(entry, count)| has.get(entry) >= Some(count)),
                };
                assert!(kept, "an entry is lost: {}", show());
            }
            if !bytes.contains(&b'\r') {
                assert!(!repaired.contains(&b'\r'), "another line end: {}", show());
            }
        }
    }
}
