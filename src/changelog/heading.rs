//! What a heading says: which version, which day, and how far it is from `[version] - date`.

use std::ops::Range;

use super::day;
use super::naming::{Found, find_version};
use super::{DateText, Flaw, FlawKind, Kind, Link, VersionText, Yanked};
use crate::date::Date;
use crate::finding::Span;
use crate::version::Version;

/// A text without its marks that remembers where each byte stood.
#[derive(Debug, Default)]
pub(super) struct Plain {
    pub(super) text: String,
    pieces: Vec<Piece>,
    pub(super) links: Vec<PlainLink>,
}

/// Bytes of the plain text that stand together in the source.
#[derive(Debug)]
struct Piece {
    plain: usize,
    source: Span,
    /// Whether both are the same bytes; an entity is not.
    same: bool,
}

/// A link in a heading.
#[derive(Debug)]
pub(super) struct PlainLink {
    /// Of the source, brackets and destination included.
    pub(super) span: Span,
    /// Of the source: what the brackets hold.
    pub(super) text: Span,
    pub(super) link: Link,
}

impl Plain {
    pub(super) fn push(&mut self, text: &str, source: Span, whole: &str) {
        if self.pieces.is_empty() {
            // Most headings are of one piece.
            self.pieces.reserve_exact(1);
        }
        self.pieces.push(Piece { plain: self.text.len(), source, same: whole.get(source.range()) == Some(text) });
        self.text.push_str(text);
    }

    /// A text that has no marks.
    pub(super) fn of(whole: &str, source: Span) -> Self {
        let mut plain = Self::default();
        plain.push(&whole[source.range()], source, whole);
        plain
    }

    /// Where the bytes of a non-empty range stand in the source.
    fn source(&self, range: &Range<usize>) -> Span {
        let start = self.place(range.start, false);
        let end = self.place(range.end.saturating_sub(1).max(range.start), true);
        Span::new(start, end.max(start))
    }

    /// Where the byte at `at` begins, or ends.
    fn place(&self, at: usize, end: bool) -> usize {
        let index = self.pieces.partition_point(|piece| piece.plain <= at).saturating_sub(1);
        match self.pieces.get(index) {
            None => 0,
            Some(piece) if piece.same => {
                piece.source.start + (at - piece.plain).min(piece.source.end - piece.source.start) + usize::from(end)
            }
            Some(piece) if end => piece.source.end,
            Some(piece) => piece.source.start,
        }
    }
}

/// What one heading says.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub(super) kind: Kind,
    pub(super) version: Option<VersionText>,
    pub(super) date: Option<DateText>,
    pub(super) yanked: Option<Yanked>,
    pub(super) link: Link,
    pub(super) flaw: Option<Flaw>,
    /// Whether the words say "unreleased" rather than something like "next".
    pub(super) is_literal: bool,
}

impl Reading {
    /// What a heading says that names no section.
    pub(super) fn other(source: Span) -> Self {
        Self {
            kind: Kind::Other,
            version: None,
            date: None,
            yanked: None,
            link: Link::None,
            flaw: Some(Flaw { kind: FlawKind::Unknown, span: source, repair: None }),
            is_literal: false,
        }
    }

    /// Makes it that of a text that begins `bytes` later.
    pub(super) fn shift(&mut self, bytes: usize) {
        let shift = |span: &mut Span| *span = span.shifted(bytes);
        if let Some(version) = &mut self.version {
            shift(&mut version.span);
            shift(&mut version.prefix);
        }
        if let Some(date) = &mut self.date {
            shift(&mut date.span);
        }
        if let Some(yanked) = &mut self.yanked {
            shift(&mut yanked.span);
        }
        match &mut self.link {
            Link::None => {}
            Link::Inline { span, .. } => shift(span),
            Link::Reference { label, .. } => shift(label),
        }
        if let Some(flaw) = &mut self.flaw {
            shift(&mut flaw.span);
        }
    }
}

/// Words that mean Unreleased where they are all that a heading says.
const UPCOMING: [&str; 23] = [
    "next",
    "next release",
    "next version",
    "upcoming",
    "upcoming release",
    "upcoming version",
    "head",
    "main",
    "master",
    "develop",
    "dev",
    "wip",
    "in development",
    "development",
    "latest",
    "tbd",
    "to be released",
    "not yet released",
    "current",
    "in progress",
    "pending",
    "development version",
    "future release",
];

/// Reads a heading whose text, marks included, is `source` of `whole`.
pub(super) fn read(plain: &Plain, source: Span, whole: &str, name: Option<&str>) -> Reading {
    let text = plain.text.as_str();
    let found = find_version(text, name);
    let unreleased = unreleased(text, found.as_ref());
    if let Some(place) = &unreleased
        && found.is_none()
    {
        return read_unreleased(plain, source, whole, place);
    }
    let Some(found) = found else {
        return Reading::other(source);
    };
    let version = VersionText {
        span: plain.source(&found.version),
        prefix: if found.prefix.is_empty() {
            Span::at(plain.source(&found.version).start)
        } else {
            plain.source(&found.prefix)
        },
        version: Version::parse(&text[found.version.clone()]),
    };
    let yanked = find_yanked(plain, &found.version, source, whole);
    let date = find_date(plain, &found, yanked.map(|yanked| yanked.span), whole);
    let name = Name::of(Span::new(version.prefix.start, version.span.end), plain, whole);
    let (kind, flaw) = if unreleased.is_some() {
        (Kind::Unreleased, None)
    } else {
        (Kind::Release, flaw(&name, date.as_ref(), yanked, source, whole))
    };
    let date = date.filter(|_| kind == Kind::Release);
    Reading { kind, version: Some(version), date, yanked, link: name.link, flaw, is_literal: true }
}

/// Where the text says that there is no release yet, and whether it does so in that very word.
struct UnreleasedWord {
    range: Range<usize>,
    is_literal: bool,
}

fn unreleased(text: &str, version: Option<&Found>) -> Option<UnreleasedWord> {
    let says_released = memchr::memchr2_iter(b'r', b'R', text.as_bytes())
        .any(|at| text.as_bytes()[at..].get(..8).is_some_and(|part| part.eq_ignore_ascii_case(b"released")));
    if version.is_some() && !says_released {
        return None;
    }
    let lower = if says_released { text.to_ascii_lowercase() } else { String::new() };
    for word in ["unreleased", "un-released", "not yet released", "not released yet"] {
        if says_released && let Some(start) = lower.find(word) {
            let end = start + word.len();
            let inside =
                lower[..start].ends_with(char::is_alphanumeric) || lower[end..].starts_with(char::is_alphanumeric);
            if !inside {
                return Some(UnreleasedWord { range: start..end, is_literal: true });
            }
        }
    }
    if version.is_some() {
        return None;
    }
    let from_first = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let start = text.len() - from_first.len();
    let words = from_first.trim_end_matches(|c: char| !c.is_alphanumeric());
    let is_upcoming = UPCOMING.iter().any(|known| known.eq_ignore_ascii_case(words));
    is_upcoming.then(|| UnreleasedWord { range: start..start + words.len(), is_literal: false })
}

fn read_unreleased(plain: &Plain, source: Span, whole: &str, place: &UnreleasedWord) -> Reading {
    let word = plain.source(&place.range);
    let name = Name::of(word, plain, whole);
    let says = &whole[word.range()];
    let (lead, rest) = (
        Span::new(source.start, name.span.start.max(source.start)),
        Span::new(name.span.end.min(source.end), source.end),
    );
    let flaw = if !says.eq_ignore_ascii_case("unreleased") {
        let repair =
            if lead.start == lead.end && rest.start == rest.end { Some("[Unreleased]".to_owned()) } else { None };
        Some(Flaw { kind: FlawKind::Alias, span: source, repair })
    } else if !whole[lead.range()].is_empty() {
        Some(Flaw { kind: FlawKind::Lead, span: source, repair: None })
    } else if !is_day_to_come(without_attributes(&whole[rest.range()])) {
        Some(Flaw { kind: FlawKind::Trailing, span: trimmed(rest, whole), repair: None })
    } else {
        None
    };
    Reading {
        kind: Kind::Unreleased,
        version: None,
        date: None,
        yanked: None,
        link: name.link,
        flaw,
        is_literal: place.is_literal,
    }
}

/// Whether a text says nothing, or that the day is not known yet.
fn is_day_to_come(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| c != '?' && !c.is_alphanumeric());
    bare.is_empty() || day::find_placeholder(bare) == Some(0..bare.len())
}

/// The name of a section with its brackets and its link.
struct Name {
    span: Span,
    link: Link,
    /// Whether brackets or link hold more than the name.
    holds_more: bool,
}

impl Name {
    fn of(name: Span, plain: &Plain, whole: &str) -> Self {
        if let Some(link) = plain.links.iter().find(|link| link.span.contains(name)) {
            let mut span = link.span;
            // The parser leaves out the empty label of `[1.0.0][]`.
            if matches!(link.link, Link::Reference { .. }) && whole[span.end..].starts_with("[]") {
                span.end += 2;
            }
            return Self { span, link: link.link.clone(), holds_more: link.text != name };
        }
        // Formatters escape brackets that are no link: readers see the same.
        if whole[..name.start].ends_with("\\[") && whole[name.end..].starts_with("\\]") {
            return Self { span: Span::new(name.start - 2, name.end + 2), link: Link::None, holds_more: false };
        }
        let opens = whole[..name.start].ends_with('[') && !whole[..name.start].ends_with("\\[");
        if opens && whole[name.end..].starts_with(']') {
            let key = super::definition::key(&whole[name.range()]);
            let mut span = Span::new(name.start - 1, name.end + 1);
            if whole[span.end..].starts_with("[]") {
                span.end += 2;
            }
            return Self { span, link: Link::Reference { label: name, key }, holds_more: false };
        }
        Self { span: name, link: Link::None, holds_more: false }
    }
}

/// The mark of a withdrawn release, brackets included.
fn find_yanked(plain: &Plain, version: &Range<usize>, source: Span, whole: &str) -> Option<Yanked> {
    if !plain.text.contains(['y', 'Y']) {
        return None;
    }
    let lower = plain.text.to_ascii_lowercase();
    let at = lower.match_indices("yanked").map(|(at, _)| at).find(|&at| {
        let free = |c: char| !c.is_alphanumeric();
        (at >= version.end || at < version.start)
            && lower[..at].chars().next_back().is_none_or(free)
            && lower[at + 6..].chars().next().is_none_or(free)
    })?;
    let mut span = plain.source(&(at..at + 6));
    let is_mark = |byte: &u8| matches!(byte, b'[' | b']' | b'(' | b')' | b'*' | b'_' | b'`' | b'\\');
    let bytes = whole.as_bytes();
    while span.start > source.start && is_mark(&bytes[span.start - 1]) && span.start > plain.source(version).end + 1 {
        span.start -= 1;
    }
    while span.end < source.end && is_mark(&bytes[span.end]) {
        span.end += 1;
    }
    let ends = without_attributes(&whole[span.end..source.end]).is_empty();
    let before = whole[source.start..span.start].trim_end();
    let stands_apart = span.start > source.start + before.len() && !before.ends_with('-');
    let is_written_so = matches!(&whole[span.range()], "[YANKED]" | "\\[YANKED\\]");
    Some(Yanked { span, is_canonical: ends && stands_apart && is_written_so })
}

/// The date after the version, or before it; else the text after ` - `, which stands in the place of a date.
fn find_date(plain: &Plain, found: &Found, yanked: Option<Span>, whole: &str) -> Option<DateText> {
    let text = plain.text.as_str();
    let after = &text[found.version.end..];
    let shifted = |range: Range<usize>| range.start + found.version.end..range.end + found.version.end;
    let day = day::find(after)
        .map(|day| (shifted(day.range), day.date))
        .or_else(|| day::find(&text[..found.prefix.start]).map(|day| (day.range, day.date)))
        .or_else(|| day::find_placeholder(after).map(|range| (shifted(range), None)));
    if let Some((range, date)) = day {
        let span = plain.source(&range);
        let is_iso = Date::parse(&whole[span.range()]).is_some();
        return Some(DateText { span, date, is_iso, is_below: false });
    }
    let start = after.strip_prefix(']').unwrap_or(after).strip_prefix(" - ").map(|rest| text.len() - rest.len())?;
    let end = start + without_attributes(&text[start..]).len();
    if text[start..end].trim().is_empty() {
        return None;
    }
    let mut span = trimmed(plain.source(&(start..end)), whole);
    if let Some(yanked) = yanked
        && yanked.end > span.start
    {
        span = trimmed(Span::new(span.start, yanked.start.max(span.start)), whole);
    }
    (span.start < span.end).then_some(DateText { span, date: None, is_iso: false, is_below: false })
}

/// What keeps a heading from reading `[version] - date [YANKED]`, missing parts aside.
fn flaw(name: &Name, date: Option<&DateText>, yanked: Option<Yanked>, source: Span, whole: &str) -> Option<Flaw> {
    let end = source.start + without_attributes(&whole[source.range()]).len();
    let mut parts = Vec::with_capacity(3);
    parts.push(name.span);
    parts.extend(date.map(|date| date.span).filter(|date| !name.span.contains(*date)));
    parts.extend(yanked.map(|yanked| yanked.span).filter(|yanked| !name.span.contains(*yanked)));
    parts.sort();
    let mut at = source.start;
    let mut gaps = Vec::with_capacity(parts.len() + 1);
    for part in &parts {
        gaps.push(Span::new(at.min(part.start), part.start));
        at = part.end.max(at);
    }
    gaps.push(Span::new(at.min(end), end.max(at)));
    let text = |span: Span| &whole[span.range()];
    let mark = yanked.map(|yanked| yanked.span);
    let wrong = if name.holds_more {
        Some((FlawKind::Brackets, name.span))
    } else if date.is_some_and(|date| date.span.start < name.span.start) || !text(gaps[0]).is_empty() {
        Some((FlawKind::Lead, if text(gaps[0]).is_empty() { source } else { gaps[0] }))
    } else {
        parts
            .windows(2)
            .zip(&gaps[1..])
            .find_map(|(pair, gap)| {
                // How the mark is written is the matter of another rule.
                let expected = if mark == Some(pair[1]) || mark == Some(pair[0]) {
                    text(*gap).trim().trim_matches('-').is_empty()
                } else {
                    joins(text(*gap))
                };
                (!expected).then_some((FlawKind::Separator, *gap))
            })
            .or_else(|| {
                let last = *gaps.last()?;
                let rest = trimmed(last, whole);
                (rest.start < rest.end).then_some((FlawKind::Trailing, rest))
            })
    };
    let (kind, span) = wrong?;
    let lossless = gaps.iter().all(|gap| says_nothing(text(*gap)));
    let repair = (lossless && !name.holds_more).then(|| {
        let mut repair = text(name.span).to_owned();
        for (join, part) in [(" - ", date.map(|date| date.span)), (" ", mark)] {
            if let Some(part) = part {
                repair.push_str(join);
                repair.push_str(text(part));
            }
        }
        repair.push_str(&whole[end..source.end]);
        repair
    });
    Some(Flaw { kind, span, repair })
}

/// Whether a text is ` - `, in which Markdown takes any number of spaces for one.
fn joins(text: &str) -> bool {
    let bare = text.trim_matches([' ', '\t']);
    bare == "-" && text.starts_with([' ', '\t']) && text.ends_with([' ', '\t'])
}

/// Whether a text is only white space, punctuation, and words that a heading may do without.
fn says_nothing(text: &str) -> bool {
    let words = text.trim_matches(|c: char| !c.is_alphanumeric());
    words.is_empty()
        || ["version", "release", "released", "released on", "on", "ver", "date"]
            .iter()
            .any(|word| words.eq_ignore_ascii_case(word))
}

/// A heading's text without `{#id .class}` at its end, which is not shown, and without closing marks before it.
fn without_attributes(text: &str) -> &str {
    let text = text.trim_end();
    let Some(at) = text.rfind('{').filter(|_| text.ends_with('}')) else { return text };
    let shown = text[..at].trim_end();
    let open = shown.trim_end_matches('#');
    if open.ends_with(' ') { open.trim_end() } else { shown }
}

/// A span without the white space at its ends.
pub(super) fn trimmed(span: Span, whole: &str) -> Span {
    let text = &whole[span.range()];
    let start = span.start + (text.len() - text.trim_start().len());
    Span::new(start, start + text.trim().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kind, version, date and flaw of a heading in a package named `demo-pkg`.
    fn said(heading: &str) -> (Kind, String, String, Option<(FlawKind, Option<String>)>) {
        let source = Span::new(0, heading.len());
        let reading = read(&Plain::of(heading, source), source, heading, Some("demo-pkg"));
        let version = reading.version.map_or(String::new(), |text| heading[text.span.range()].to_owned());
        let date = reading.date.map_or(String::new(), |text| text.date.map_or("?".to_owned(), |date| date.to_string()));
        (reading.kind, version, date, reading.flaw.map(|flaw| (flaw.kind, flaw.repair)))
    }

    #[test]
    fn the_agreed_forms_have_no_flaw() {
        for heading in [
            "[1.1.0] - 2026-01-05",
            "1.1.0 - 2026-01-05",
            "[v1.1.0] - 2026-01-05",
            "[1.1.0] - 2026-01-05 [YANKED]",
            "[1.1.0] - 2026-01-05 {#v110}",
            "[1.1.0] - 2026-01-05 ## {: #v1.1.0 }",
            "[1.1.0]",
            "[1.1.0] - TBD",
            "[2026.1] - 2026-01-05",
        ] {
            let (kind, version, _, flaw) = said(heading);
            assert_eq!((kind, version.is_empty(), flaw), (Kind::Release, false, None), "{heading}");
        }
        for heading in
            ["[Unreleased]", "Unreleased", "[unreleased]", "[Unreleased] - YYYY-MM-DD", "[1.2.0] - Unreleased"]
        {
            let (kind, _, date, flaw) = said(heading);
            assert_eq!((kind, date.as_str(), flaw), (Kind::Unreleased, "", None), "{heading}");
        }
    }

    #[test]
    fn a_release_is_seen_in_every_form() {
        for (heading, version, date) in [
            ("Version 1.1.0 (2026-01-05)", "1.1.0", "2026-01-05"),
            ("v1.1.0(2026-01-05)", "1.1.0", "2026-01-05"),
            ("Release v1.1.0: January 5, 2026", "1.1.0", "2026-01-05"),
            ("demo_pkg 1.1.0 (5 January 2026)", "1.1.0", "2026-01-05"),
            ("[demo-pkg-v1.1.0] - 2026-01-05", "1.1.0", "2026-01-05"),
            ("2026-01-05: demo-pkg 1.1.0", "1.1.0", "2026-01-05"),
            ("[2026-01-05] Version 1.1.0", "1.1.0", "2026-01-05"),
            ("[v1.1.0 - A Name](https://example.org) - [2026-01-05]", "1.1.0", "2026-01-05"),
            ("[0.7.2 - 2022-12-28]", "0.7.2", "2022-12-28"),
            ("\\[6.2.0\\] - 2026-01-05", "6.2.0", "2026-01-05"),
            ("Version 1.42.0/0.63b0 (2026-01-05)", "1.42.0", "2026-01-05"),
            ("1.12.0rc2-0.32b0 - 2026-01-05", "1.12.0rc2", "2026-01-05"),
            ("What's new in 1.1", "1.1", ""),
            ("What\u{2019}s new in 1.1", "1.1", ""),
            ("v16 (2024-01-01)", "16", "2024-01-01"),
            ("25", "25", ""),
            ("\u{1f680} 1.1.0 - 2026-02-30", "1.1.0", "?"),
            (":tada: v1.1.0", "1.1.0", ""),
            ("[2026.01.05] - 2026-01-06", "2026.01.05", "2026-01-06"),
            ("2026.01.05", "2026.01.05", ""),
            ("2026.01.05 - 1.1.0", "1.1.0", "2026-01-05"),
            ("1.1.0.post1, 05.01.2026", "1.1.0.post1", "2026-01-05"),
        ] {
            let (kind, found, day, _) = said(heading);
            assert_eq!((kind, found.as_str(), day.as_str()), (Kind::Release, version, date), "{heading}");
        }
    }

    #[test]
    fn other_headings_name_no_release() {
        for heading in [
            "Added",
            "Old history",
            "Python 3.8 support",
            "2024",
            "Migrating to 2.0",
            "7 wonders",
            "",
            "[label]",
            "demoxpkg 1.1.0",
            "demo-pkgs 1.1.0",
            "1st",
            "v",
        ] {
            assert_eq!(said(heading).0, Kind::Other, "{heading}");
        }
        for heading in ["Next release", "1.2.0 (unreleased)", "[Upcoming]", "Not yet released"] {
            assert_eq!(said(heading).0, Kind::Unreleased, "{heading}");
        }
    }

    #[test]
    fn a_flaw_is_named_and_repaired_where_nothing_is_lost() {
        for (heading, kind, repair) in [
            ("1.1.0 / 2026-01-05", FlawKind::Separator, Some("1.1.0 - 2026-01-05")),
            ("[1.1.0] \u{2014} 2026-01-05", FlawKind::Separator, Some("[1.1.0] - 2026-01-05")),
            ("[1.1.0] (2026-01-05)", FlawKind::Separator, Some("[1.1.0] - 2026-01-05")),
            ("Version 1.1.0 - 2026-01-05", FlawKind::Lead, Some("1.1.0 - 2026-01-05")),
            ("demo-pkg 1.1.0 - 2026-01-05", FlawKind::Lead, None),
            ("2026-01-05 - 1.1.0", FlawKind::Lead, Some("1.1.0 - 2026-01-05")),
            ("[1.1.0] - 2026-01-05 - A Name", FlawKind::Trailing, None),
            ("[Next]", FlawKind::Alias, Some("[Unreleased]")),
            ("[Unreleased] changes", FlawKind::Trailing, None),
        ] {
            let (_, _, _, flaw) = said(heading);
            assert_eq!(flaw, Some((kind, repair.map(str::to_owned))), "{heading}");
        }
    }
}
