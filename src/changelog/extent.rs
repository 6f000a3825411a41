//! How far the entries of a section say that its release goes: does it break, or add?

use std::borrow::Cow;
use std::collections::HashSet;

use super::{BlockKind, Content, Section};
use crate::finding::Span;

/// What a change asks of the version under Semantic Versioning, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// Something new, or something that is to go: a minor release.
    Feature,
    /// Something that worked no longer does: a major release.
    Breaking,
}

/// An entry that says how far it goes: by its category, or by a mark of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatedChange {
    pub extent: Extent,
    /// The entry; where there is no list, the paragraph.
    pub span: Span,
}

/// What is said instead of a change.
const NOTHING: [&str; 6] = ["", "n/a", "na", "no", "none", "nothing"];

/// What a break is called, in lower case and with spaces for hyphens; the longer before those that begin it.
const BREAKS: [&str; 15] = [
    "breaking api changes",
    "breaking api change",
    "breaking changes",
    "breaking change",
    "breaking",
    "backwards incompatible changes",
    "backwards incompatible change",
    "backwards incompatible",
    "backward incompatible changes",
    "backward incompatible",
    "backwards incompatible api changes",
    "backward incompatible api changes",
    "incompatible changes",
    "incompatible change",
    "incompatible",
];

/// Words that turn what follows them into its opposite.
const NEGATIONS: [&str; 6] = ["not", "no", "non", "never", "without", "any"];

/// How many bytes beside a mark are looked at: marks stand alone.
const NEAR: usize = 80;

/// The entries of `section` that break something or add something, in the order of the text; `text` is the changelog's.
pub fn stated_changes(section: &Section, text: &str) -> Vec<StatedChange> {
    let mut found = Vec::new();
    read(&section.summary, None, text, &mut found);
    for category in &section.categories {
        read(&category.content, extent_of(&category.name), text, &mut found);
    }
    found
}

/// What the name of a category says of all that stands under it.
fn extent_of(category: &str) -> Option<Extent> {
    match words(category).as_str() {
        "removed" | "removals" | "removal" | "removed features" => Some(Extent::Breaking),
        "added" | "deprecated" | "deprecations" | "features" | "new features" | "new" => Some(Extent::Feature),
        // At least that.
        "deprecations and removals" | "deprecated and removed" => Some(Extent::Feature),
        name => {
            // "Changed (breaking)", "API-breaking changes"
            let before = BREAKS.iter().find_map(|label| name.strip_suffix(label));
            before.filter(|before| ["", "changed ", "changes ", "api "].contains(before)).map(|_| Extent::Breaking)
        }
    }
}

/// Whether an entry or a paragraph says that there is nothing to say: "None in this release", "No breaking changes".
fn says_nothing(text: &str) -> bool {
    let text = words(text);
    let text = ["there are ", "there were "].iter().find_map(|start| text.strip_prefix(start)).unwrap_or(&text);
    let ends = [" in this release", " in this version", " this time", " for now", " so far", " yet"];
    let text = ends.iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text);
    let empty = ["removed", "was removed", "deprecated", "added", "new", "breaking", "to report"];
    let kinds = ["changes", "removals", "deprecations", "additions", "features", "new features"];
    NOTHING.contains(&text)
        || text.strip_prefix("nothing ").is_some_and(|rest| empty.contains(&rest))
        || text.strip_prefix("no ").is_some_and(|rest| kinds.contains(&rest) || BREAKS.contains(&rest))
}

/// What stands under one heading. `extent` is what the heading says of it.
fn read(content: &Content, extent: Option<Extent>, text: &str, found: &mut Vec<StatedChange>) {
    let slice = |span: Span| text.get(span.range()).unwrap_or_default();
    let first = found.len();
    let mut entries = content.entries.iter().filter(|entry| !entry.is_placeholder).peekable();
    let mut blocks = content.blocks.iter().peekable();
    // What the line above the entries says of them: a heading below the category, or a paragraph that is a mark alone.
    let mut above = extent;
    loop {
        let block = match (blocks.peek(), entries.peek()) {
            (Some(block), Some(entry)) if block.span.start < entry.span.start => blocks.next(),
            (Some(_), None) => blocks.next(),
            _ => None,
        };
        let (span, stated) = match (block, entries.next_if(|_| block.is_none())) {
            (Some(block), _) => {
                let told = slice(block.span);
                let leads = matches!(block.kind, BlockKind::Heading | BlockKind::Paragraph);
                if leads {
                    above = if BREAKS.contains(&words(told).as_str()) { Some(Extent::Breaking) } else { extent };
                }
                let marked = block.kind == BlockKind::Paragraph && above == extent && is_marked(told);
                (block.span, marked.then_some(Extent::Breaking))
            }
            (None, Some(entry)) => {
                let above = above.filter(|_| !says_nothing(slice(entry.span)));
                (entry.span, above.max(is_marked(slice(entry.span)).then_some(Extent::Breaking)))
            }
            (None, None) => break,
        };
        found.extend(stated.map(|extent| StatedChange { extent, span }));
    }
    // A category may be a paragraph instead of a list.
    let said = || content.blocks.iter().find(|block| block.kind == BlockKind::Paragraph);
    if found.len() == first
        && content.entries.is_empty()
        && let (Some(extent), Some(block)) = (extent, said())
        && !says_nothing(slice(block.span))
    {
        found.push(StatedChange { extent, span: block.span });
    }
}

/// The words of a short text in lower case, one space between them; emoji, their names and marks left out.
fn words(text: &str) -> String {
    let bare = text.split(':').enumerate().filter(|(at, part)| at % 2 == 0 || !is_emoji_name(part));
    let bare: Vec<&str> = bare.map(|(_, part)| part).collect();
    let bare = bare.join(" ").to_lowercase();
    let words: Vec<&str> =
        bare.split(|c: char| !c.is_alphanumeric() && c != '/').filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Whether `:name:` is an emoji.
fn is_emoji_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a change says of itself that it breaks something: `**BREAKING**`, `[breaking]`, `Breaking change:`, `feat!:` ...
fn is_marked(entry: &str) -> bool {
    let text = without_code(entry);
    if text.lines().any(begins_with_sign) {
        return true;
    }
    let folded = text.to_ascii_lowercase().replace('-', " ");
    let found = ["breaking", "backward", "incompatible"].iter().flat_map(|sign| folded.match_indices(sign));
    found.into_iter().any(|(at, _)| {
        let label = BREAKS.iter().find(|label| folded[at..].starts_with(**label));
        label.is_some_and(|label| is_mark(&text, at, at + label.len()))
    })
}

/// Whether a line begins with the emoji of a breaking change, or with the `!` of a conventional commit.
fn begins_with_sign(line: &str) -> bool {
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || "-*+_[(#>~`".contains(c));
        if rest.starts_with(":boom:") || rest.starts_with('\u{1f4a5}') {
            return true;
        }
        let emoji =
            rest.strip_prefix(':').and_then(|name| name.split_once(':')).filter(|(name, _)| is_emoji_name(name));
        match (emoji, rest.chars().next()) {
            (Some((_, after)), _) => rest = after,
            (None, Some(c)) if !c.is_ascii() && !c.is_alphanumeric() => rest = &rest[c.len_utf8()..],
            _ => break,
        }
    }
    let kind = rest.bytes().take_while(u8::is_ascii_lowercase).count();
    let after = &rest[kind..];
    let after = match after.strip_prefix('(').and_then(|scope| scope.split_once(')')) {
        Some((_, after)) => after,
        None => after,
    };
    kind > 0 && after.starts_with("!:")
}

/// Whether the words at `start..end` of `text` are set apart as a mark, and do not merely occur.
fn is_mark(text: &str, start: usize, end: usize) -> bool {
    let before = last_bytes(&text[..start], NEAR);
    let after = first_bytes(&text[end..], NEAR);
    let joined = |c: char| c.is_alphanumeric();
    let bare = before.trim_end_matches(['-', '_']);
    if bare.len() < before.len() && bare.ends_with(joined) && !before.ends_with("__")
        || before.ends_with(joined)
        || after.starts_with(joined)
    {
        return false;
    }
    let last_word = before.rsplit(|c: char| !c.is_alphanumeric() && c != '\'').find(|word| !word.is_empty());
    let last_word = last_word.unwrap_or_default().to_lowercase();
    if NEGATIONS.contains(&last_word.as_str()) || last_word.ends_with("n't") {
        return false;
    }
    if NOTHING[1..].contains(&words(after.lines().next().unwrap_or_default()).as_str()) {
        return false;
    }
    let tail = after.trim_start_matches([':', '!']);
    let encloses = |open: &str, close: &str| before.ends_with(open) && tail.starts_with(close);
    if encloses("[", "]") || encloses("(", ")") || encloses("**", "**") || encloses("__", "__") {
        return true;
    }
    let shouts = !text[start..end].contains(|c: char| c.is_ascii_lowercase());
    let line = before.rsplit('\n').next().unwrap_or_default();
    let first = (before.len() < NEAR || before.contains('\n')) && is_bare(line);
    let named = after.strip_prefix(" (").and_then(|group| group.split_once(')')).map_or(after, |(_, after)| after);
    let says = named.strip_prefix([':', '!']);
    let apart = says.is_some() || named.is_empty() || named.starts_with(['*', '_', ']', ')', '\n', '\r']);
    let apart = apart || [" - ", " \u{2013}", " \u{2014}", "\u{2014}"].iter().any(|dash| named.starts_with(dash));
    first && (apart || shouts) || shouts && says.is_some()
}

/// Whether what stands before a mark in its line is only a bullet, a number, emphasis or an emoji.
fn is_bare(line: &str) -> bool {
    let line = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit() || "-*+.)".contains(c));
    words(line).is_empty()
}

fn last_bytes(text: &str, count: usize) -> &str {
    let mut start = text.len().saturating_sub(count);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}

fn first_bytes(text: &str, count: usize) -> &str {
    let mut end = text.len().min(count);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The text with nothing but a backtick in the place of code, and without comments.
fn without_code(text: &str) -> Cow<'_, str> {
    if !text.contains(['`', '<']) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut unclosed = HashSet::new();
    let mut commented = true;
    let mut rest = text;
    while let Some(at) = rest.find(['`', '<']) {
        kept.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('`') {
            let length = rest.bytes().take_while(|byte| *byte == b'`').count();
            kept.push('`');
            let inside = &rest[length..];
            let closed = if unclosed.contains(&length) { None } else { closing(inside, length) };
            if closed.is_none() {
                unclosed.insert(length);
            }
            rest = closed.unwrap_or(inside);
        } else {
            let comment = if commented { rest.strip_prefix("<!--") } else { None };
            let closed = comment.and_then(|inside| inside.split_once("-->"));
            commented &= comment.is_none() || closed.is_some();
            if closed.is_none() {
                kept.push('<');
            }
            rest = closed.map_or(&rest[1..], |(_, after)| after);
        }
    }
    kept.push_str(rest);
    Cow::Owned(kept)
}

/// What follows the next run of exactly `length` backticks.
fn closing(text: &str, length: usize) -> Option<&str> {
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        at += found;
        let run = text[at..].bytes().take_while(|byte| *byte == b'`').count();
        at += run;
        if run == length {
            return Some(&text[at..]);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changelog::parse;

    #[test]
    fn a_break_is_marked_in_many_ways() {
        for entry in [
            "- **BREAKING**: `run` takes a path",
            "- **BREAKING:** `run` takes a path",
            "- **Breaking** `run` takes a path",
            "- **Breaking change:** x",
            "- **[BREAKING]** x",
            "- [breaking] x",
            "- x (breaking)",
            "- x [BREAKING CHANGE]",
            "- Breaking: x",
            "- Breaking change: x",
            "- Breaking (types): x",
            "- Breaking - x",
            "- BREAKING CHANGE: x",
            "- BREAKING-CHANGE: x",
            "- BREAKING x is gone",
            "- x\n\n  BREAKING CHANGE: y",
            "- x\n  - **BREAKING** y",
            "- \u{26a0}\u{fe0f} **BREAKING** x",
            "- \u{26a0}\u{fe0f} Breaking: x",
            "- :warning: Breaking: x",
            "- :boom: x",
            "- \u{1f4a5} x",
            "- \u{1f389} \u{1f4a5} x",
            "- \u{2728} feat!: x",
            "- A lone ` in the text, **Breaking:** x",
            "- A lone <!-- in the text, **Breaking:** x",
            "- :sparkles: :boom: x",
            "- feat!: x",
            "- feat(api)!: x",
            "- **refactor!:** x",
            "- Backwards incompatible: x",
            "- **Backward-incompatible** x",
            "- Backwards-incompatible change: x",
            "1. Breaking: x",
            "- **Incompatible:** x",
            "- [incompatible] x",
            "- `x`: **breaking** y",
        ] {
            assert!(is_marked(entry), "{entry}");
        }
    }

    #[test]
    fn what_only_speaks_of_breaking_is_no_mark() {
        for entry in [
            "- Breaking up the module",
            "- Line breaking is right in Thai",
            "- line_breaking_mode is `(breaking)`",
            "- Not breaking: x",
            "- x (not breaking)",
            "- x (non-breaking)",
            "- **Non-breaking** x",
            "- This is no **breaking change**",
            "- It isn't **breaking**",
            "- Unbreak the build",
            "- Breaking changes are found by the new command",
            "- Find entries marked `**BREAKING**` or `feat!:`",
            "- x <!-- **BREAKING** -->",
            "- Breaking changes: none",
            "- **Breaking:** none",
            "- Use a non-breaking space",
            "- Wow!: x",
            "- x (not backwards incompatible)",
            "- Incompatible versions are told apart",
            "- It is **not incompatible**",
            "- ``` `BREAKING:` ```",
        ] {
            assert!(!is_marked(entry), "{entry}");
        }
    }

    fn stated(text: &str) -> Vec<(Extent, String)> {
        let text = format!("# Changelog\n\n## [1.1.0] - 2026-01-05\n\n{text}");
        let changelog = parse("CHANGELOG.md", text.as_bytes(), None);
        let stated = stated_changes(&changelog.sections[0], &text);
        stated.into_iter().map(|change| (change.extent, text[change.span.range()].to_owned())).collect()
    }

    #[test]
    fn categories_and_headings_say_it_of_all_that_is_below_them() {
        let breaking = |entry: &str| (Extent::Breaking, entry.to_owned());
        let feature = |entry: &str| (Extent::Feature, entry.to_owned());
        for (text, expected) in [
            ("### Removed\n\n- a\n- b\n", vec![breaking("- a"), breaking("- b")]),
            ("### Removed\n\n- None\n", vec![]),
            ("### Removed\n\nNothing.\n", vec![]),
            ("### Removed\n\nThe old way.\n", vec![breaking("The old way.")]),
            ("### Added\n\n- a\n\n### Deprecated\n\n- b\n", vec![feature("- a"), feature("- b")]),
            ("### Added\n\n- **BREAKING** a\n- b\n", vec![breaking("- **BREAKING** a"), feature("- b")]),
            ("### Changed\n\n- a\n\n### Fixed\n\n- b\n", vec![]),
            ("### :boom: Breaking Changes\n\n- a\n", vec![breaking("- a")]),
            ("### \u{26a0} BREAKING CHANGES\n\n* **api:** a\n", vec![breaking("* **api:** a")]),
            ("### Backwards-incompatible changes\n\n- a\n", vec![breaking("- a")]),
            ("### Changed\n\n#### Breaking\n\n- a\n\n#### Other\n\n- b\n", vec![breaking("- a")]),
            ("### Changed\n\n**Breaking changes:**\n\n- a\n\nOthers:\n\n- b\n", vec![breaking("- a")]),
            ("### Changed\n\n**BREAKING:** a is gone.\n\n- b\n", vec![breaking("**BREAKING:** a is gone.")]),
            ("### No breaking changes\n\n- a\n", vec![]),
            ("### Changed (breaking)\n\n- a\n", vec![breaking("- a")]),
            ("### Changed (non-breaking)\n\n- a\n", vec![]),
            ("### Line breaking\n\n- a\n", vec![]),
            ("### API-breaking changes\n\n- a\n", vec![breaking("- a")]),
            ("### Incompatible changes\n\n- a\n", vec![breaking("- a")]),
            ("### Deprecations and Removals\n\n- a\n", vec![feature("- a")]),
            ("### Breaking changes\n\n- No breaking changes.\n", vec![]),
            ("### Breaking changes\n\nThere are no breaking changes in this release.\n", vec![]),
            ("### Removed\n\n- None in this release\n", vec![]),
            ("### Removed\n\nNothing removed.\n", vec![]),
            ("### Removed\n\n- None of the old keys is read\n", vec![breaking("- None of the old keys is read")]),
            ("### Breaking changes\n\n- no\n", vec![]),
            ("### Changed\n\n#### Breaking\n\nNone\n", vec![]),
        ] {
            assert_eq!(stated(text), expected, "{text}");
        }
    }

    #[test]
    fn a_long_text_costs_its_length() {
        for piece in ["breaking ", "`", "``` `", "<!--", "backward ", "**breaking", ":a:", "(", "-"] {
            let text = piece.repeat(50_000);
            let start = std::time::Instant::now();
            is_marked(&text);
            assert!(start.elapsed().as_secs() < 10, "{piece}");
        }
    }
}
