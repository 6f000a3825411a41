//! The table that says which versions are supported.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::versions::{self, Covers};
use super::words;
use crate::date::Date;
use crate::finding::Span;
use crate::version::Version;

/// The tables with a column of versions and one or more that say how long they are looked after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportTable {
    /// The heading of the column of versions, in the first of them.
    pub head: Span,
    /// The lines of each.
    tables: Vec<Vec<Line>>,
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The versions, as they are written.
    pub span: Span,
    covers: Vec<Covers>,
    /// `None` where the line does not say.
    supported: Option<bool>,
    /// The last day of support.
    ends: Option<Date>,
}

/// What the table says of one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing<'t> {
    /// It is supported, or the table does not say that it is not.
    Known,
    Ended(&'t Line),
    /// No line is about it.
    Missing,
}

impl SupportTable {
    /// What the tables say of `version` on a day: it is enough that one of them knows it.
    pub fn standing(&self, version: &Version, day: Date) -> Standing<'_> {
        let said = self.tables.iter().map(|lines| standing(lines, version, day));
        said.min_by_key(|said| match said {
            Standing::Known => 0,
            Standing::Ended(_) => 1,
            Standing::Missing => 2,
        })
        .unwrap_or(Standing::Missing)
    }
}

/// What the lines of one table say.
fn standing<'t>(lines: &'t [Line], version: &Version, day: Date) -> Standing<'t> {
    let about = |covers: &dyn Fn(&Covers) -> bool| -> Vec<&Line> {
        lines.iter().filter(|line| line.covers.iter().any(covers)).collect()
    };
    let ended = |lines: &[&'_ Line]| lines.iter().all(|line| line.is_over(day));
    let numbered = about(&|covers| covers.holds(version));
    if let Some(first) = numbered.first() {
        let first = lines.iter().find(|line| line.span == first.span);
        return first.filter(|_| ended(&numbered)).map_or(Standing::Known, Standing::Ended);
    }
    let unclear = about(&|covers| *covers == Covers::Unclear || covers.is_beside(version));
    let latest = about(&|covers| *covers == Covers::Latest);
    if !unclear.is_empty() || !latest.is_empty() && !ended(&latest) {
        return Standing::Known;
    }
    let is_old = lines.iter().flat_map(|line| &line.covers).any(|covers| covers.begins_after(version));
    match lines.iter().find(|line| line.covers.contains(&Covers::Others)) {
        Some(others) if !others.is_over(day) => Standing::Known,
        Some(others) if is_old => Standing::Ended(others),
        _ => Standing::Missing,
    }
}

impl Line {
    fn is_over(&self, day: Date) -> bool {
        self.supported == Some(false) || self.ends.is_some_and(|last| last < day)
    }
}

/// A cell's text, code included, and its bytes.
type Cell = (String, Span);

/// The tables of supported versions. Where the file `is_about_support`, a column named Status will do.
pub(super) fn read(text: &str, is_about_support: bool) -> Option<SupportTable> {
    let mut row: Vec<Cell> = Vec::new();
    let mut head: Vec<Cell> = Vec::new();
    let mut lines: Option<Reader> = None;
    let mut found: Option<SupportTable> = None;
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::TableHead | Tag::TableRow) => row.clear(),
            Event::Start(Tag::TableCell) => row.push((String::new(), range.into())),
            Event::Text(part) | Event::Code(part) => {
                if let Some((cell, _)) = row.last_mut() {
                    cell.push_str(&part);
                }
            }
            Event::SoftBreak | Event::HardBreak | Event::InlineHtml(_) => {
                if let Some((cell, _)) = row.last_mut() {
                    cell.push(',');
                }
            }
            Event::End(TagEnd::TableHead) => {
                head = std::mem::take(&mut row);
                lines = Reader::of(&head, is_about_support);
            }
            Event::End(TagEnd::TableRow) => {
                if let Some(reader) = &mut lines {
                    reader.line(&row);
                }
            }
            Event::End(TagEnd::Table) => {
                row.clear();
                if let Some((column, lines)) = lines.take().and_then(Reader::end) {
                    let first = || SupportTable { head: head[column].1, tables: Vec::new() };
                    found.get_or_insert_with(first).tables.push(lines);
                }
            }
            _ => {}
        }
    }
    found
}

/// What a column tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Version,
    /// Whether the line is supported.
    Status,
    /// Until when.
    End,
    Other,
}

struct Reader {
    columns: Vec<Column>,
    lines: Vec<Line>,
}

impl Reader {
    /// `None` where the table is about something else.
    fn of(head: &[Cell], is_about_support: bool) -> Option<Self> {
        let names: Vec<String> = head.iter().map(|(name, _)| words(name)).collect();
        let has = |name: &str, parts: &[&str]| parts.iter().any(|part| name.contains(part));
        let tells = |name: &String| has(name, &["support", "maint", "security", "eol", "end of", "lifecycle"]);
        let named = |name: &str| {
            let versions = name
                .split(' ')
                .any(|word| ["version", "versions", "release", "releases", "branch", "series", "line"].contains(&word));
            versions && !has(name, &["python", "date", "fixed", "affected", "patched", "introduced"])
        };
        let version = names.iter().position(|name| named(name))?;
        let others = || names.iter().enumerate().filter(|(at, _)| *at != version).map(|(_, name)| name);
        if !(others().any(tells) || is_about_support && others().any(|name| name.contains("status"))) {
            return None;
        }
        let column = |(at, name): (usize, &String)| match () {
            () if at == version => Column::Version,
            () if has(name, &["eol", "end of", "until", "ends"]) => Column::End,
            () if tells(name) || name.contains("status") => Column::Status,
            () => Column::Other,
        };
        Some(Self { columns: names.iter().enumerate().map(column).collect(), lines: Vec::new() })
    }

    fn line(&mut self, row: &[Cell]) {
        let mut line = Line { span: Span::at(0), covers: Vec::new(), supported: None, ends: None };
        for (column, (cell, span)) in self.columns.iter().zip(row) {
            match column {
                Column::Version => {
                    line.covers = versions::read(cell);
                    line.span = *span;
                }
                Column::Status => {
                    // Supported for anything at all is supported.
                    line.supported = line.supported.max(status(cell));
                    let has_end = ["until", "till", "eol", "end"].iter().any(|word| cell.to_lowercase().contains(word));
                    line.ends = line.ends.or(date(cell).filter(|_| has_end));
                }
                Column::End => line.ends = line.ends.or(date(cell)),
                Column::Other => {}
            }
        }
        if !line.covers.is_empty() {
            self.lines.push(line);
        }
    }

    /// The column of the versions and the lines, where any of them names a version.
    fn end(self) -> Option<(usize, Vec<Line>)> {
        let column = self.columns.iter().position(|column| *column == Column::Version)?;
        let named = self.lines.iter().flat_map(|line| &line.covers).any(|covers| *covers != Covers::Unclear);
        named.then_some((column, self.lines))
    }
}

/// What stands for support, and what for its end.
const MARKS: [(&str, bool); 56] = [
    ("\u{2705}", true),
    ("\u{2714}", true),
    ("\u{2713}", true),
    ("\u{2611}", true),
    ("\u{1f7e2}", true),
    ("\u{1f7e1}", true),
    ("\u{1f7e0}", true),
    ("\u{26a0}", true),
    (":white_check_mark:", true),
    (":heavy_check_mark:", true),
    (":ballot_box_with_check:", true),
    (":green_circle:", true),
    (":yellow_circle:", true),
    (":warning:", true),
    ("yes", true),
    ("supported", true),
    ("active", true),
    ("current", true),
    ("maintained", true),
    ("maintenance", true),
    ("stable", true),
    ("lts", true),
    ("security", true),
    ("fixes", true),
    ("bugfix", true),
    ("full", true),
    ("partial", true),
    ("limited", true),
    ("latest", true),
    ("critical", true),
    ("planned", true),
    ("preview", true),
    ("development", true),
    ("best effort", true),
    ("\u{274c}", false),
    ("\u{274e}", false),
    ("\u{2716}", false),
    ("\u{2717}", false),
    ("\u{2718}", false),
    ("\u{1f534}", false),
    ("\u{26d4}", false),
    ("\u{1f6ab}", false),
    (":x:", false),
    (":red_circle:", false),
    (":no_entry:", false),
    (":no_entry_sign:", false),
    (":negative_squared_cross_mark:", false),
    (":heavy_multiplication_x:", false),
    ("no", false),
    ("none", false),
    ("not", false),
    ("unsupported", false),
    ("unmaintained", false),
    ("end of life", false),
    ("eol", false),
    ("discontinued", false),
];

/// Whether a cell says that its line is supported: by the first mark that it holds. `None` where it holds none.
fn status(cell: &str) -> Option<bool> {
    let cell = cell.to_lowercase().replace('-', " ");
    let found = |(mark, supported): &(&str, bool)| {
        let is_word = mark.starts_with(|c: char| c.is_ascii_alphabetic());
        let alone = |at: &usize| {
            let joined = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            !is_word || !joined(cell[..*at].chars().next_back()) && !joined(cell[at + mark.len()..].chars().next())
        };
        let at = cell.match_indices(mark).map(|(at, _)| at).find(alone);
        at.map(|at| (at, *supported))
    };
    // "No new features, security fixes only"
    let said = MARKS.iter().filter_map(found).min();
    match said {
        Some((at, false)) if cell[at..].starts_with("no ") && cell.contains("fixes") => Some(true),
        said => said.map(|(_, supported)| supported),
    }
}

/// The first day, written `YYYY-MM-DD`, that a cell names.
fn date(cell: &str) -> Option<Date> {
    cell.split(|c: char| !c.is_ascii_digit() && c != '-').find_map(Date::parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(table: &str, version: &str) -> &'static str {
        let table = read(table, true).unwrap();
        match table.standing(&Version::parse(version).unwrap(), Date::new(2026, 11, 22).unwrap()) {
            Standing::Known => "known",
            Standing::Ended(_) => "ended",
            Standing::Missing => "missing",
        }
    }

    #[test]
    fn the_usual_tables_are_understood() {
        let github = "| Version | Supported |\n| --- | --- |\n| 5.1.x | :white_check_mark: |\n| 5.0.x | :x: |\n\
                      | 4.0.x | :white_check_mark: |\n| < 4.0 | :x: |\n";
        for (version, expected) in [
            ("5.1.7", "known"),
            ("5.0.9", "ended"),
            ("4.0.1", "known"),
            ("0.3", "ended"),
            ("5.2.0", "missing"),
            ("6.0", "missing"),
        ] {
            assert_eq!(standing(github, version), expected, "{version}");
        }
        let life = "| Version | Status | Support | End of Life |\n|---|---|---|---|\n| v1.0.x | Current | Full | TBD |\n\
                    | v0.2.x | Deprecated | Security only | v1.1.0 |\n| v0.1.x | Deprecated | None, end-of-life | v1.0.0 |\n";
        for (version, expected) in [("1.0.3", "known"), ("0.2.9", "known"), ("0.1.5", "ended"), ("1.1.0", "missing")] {
            assert_eq!(standing(life, version), expected, "{version}");
        }
        let ranges = "| Version | Supported |\n|-|-|\n| >= 2 | Yes |\n| 1.0 - 1.4 | No |\n| 1.5, 1.6 | \u{2705} |\n| **1.7+** (LTS) | \u{274c} |\n";
        for (version, expected) in
            [("2.9.1", "known"), ("1.4.8", "ended"), ("1.6.2", "known"), ("1.8", "ended"), ("0.9", "missing")]
        {
            assert_eq!(standing(ranges, version), expected, "{version}");
        }
        let words = "| Release | Supported? |\n|-|-|\n| latest | yes |\n| 1.0.x | no |\n| older | no |\n";
        for (version, expected) in [("3.0", "known"), ("1.0.4", "ended"), ("1.1", "known")] {
            assert_eq!(standing(words, version), expected, "{version}");
        }
        let others = "| Version | Supported |\n|-|-|\n| 2.x | yes |\n| all others | no |\n";
        for (version, expected) in [("2.4", "known"), ("1.0.4", "ended"), ("3.0", "missing")] {
            assert_eq!(standing(others, version), expected, "{version}");
        }
        let dated = "| Version | Supported until |\n|-|-|\n| 2.x | 2027-01-01 |\n| 1.x | 2025-12-31 |\n";
        for (version, expected) in [("2.4", "known"), ("1.9", "ended")] {
            assert_eq!(standing(dated, version), expected, "{version}");
        }
        let exact = "| Version | Supported |\n|-|-|\n| 1.2.3 | yes |\n| < 1.2.3 | no |\n";
        for (version, expected) in [("1.2.3", "known"), ("1.2.4", "known"), ("1.2.2", "ended"), ("1.3.0", "missing")] {
            assert_eq!(standing(exact, version), expected, "{version}");
        }
    }

    #[test]
    fn one_of_several_tables_is_enough() {
        let tables = "| Version | Supported |\n|---|---|\n| 2.x | Yes |\n| latest | No |\n\nBefore that:\n\n\
                      | Version | Supported until |\n|---|---|\n| 1.1.x | 2099-01-01 |\n| 1.0.x | 2020-01-01 |\n";
        for (version, expected) in [("2.1.0", "known"), ("1.1.0", "known"), ("1.0.0", "ended"), ("0.9.0", "missing")] {
            assert_eq!(standing(tables, version), expected, "{version}");
        }
    }

    #[test]
    fn what_is_not_understood_says_nothing() {
        let unclear = "| Version | Supported |\n|-|-|\n| 1.x | yes |\n| the one from the fair | no |\n";
        assert_eq!(standing(unclear, "7.0"), "known");
        let both = "| Version | Supported |\n|-|-|\n| 2.x | yes |\n| < 2.3 | no |\n";
        assert_eq!(standing(both, "2.2.1"), "known");
    }

    #[test]
    fn other_tables_are_left_alone() {
        for table in [
            "| Version | Target Date | Status | Focus |\n|-|-|-|-|\n| v1.0.0 | March 2024 | Released | API |\n",
            "| Python version | Supported |\n|-|-|\n| 3.12 | yes |\n",
            "| CVE | Affected versions | Security |\n|-|-|-|\n| CVE-2026-1234 | 1.x | high |\n",
            "| Contact | Mail |\n|-|-|\n| A | a@example.org |\n",
            "no table at all",
            "| Version | Supported |\n|-|-|\n",
        ] {
            assert_eq!(read(table, false), None, "{table}");
        }
    }

    #[test]
    fn cells_say_yes_or_no() {
        for (cell, expected) in [
            ("Yes", Some(true)),
            ("No", Some(false)),
            ("Not supported", Some(false)),
            ("Unsupported", Some(false)),
            ("Security fixes only", Some(true)),
            ("No new features, security fixes only", Some(true)),
            ("Active (EOL 2030-01-01)", Some(true)),
            ("End-of-life", Some(false)),
            ("\u{2714}\u{fe0f}", Some(true)),
            (":x:", Some(false)),
            ("Deprecated", None),
            ("TBD", None),
            ("Notable", None),
            ("", None),
        ] {
            assert_eq!(status(cell), expected, "{cell}");
        }
    }
}
