//! Dates as headings write them.

use std::ops::Range;

use crate::date::Date;

/// A date in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Day {
    /// Bytes of the text.
    pub(super) range: Range<usize>,
    /// `None` where the calendar has no such day, or it cannot be told which day is meant.
    pub(super) date: Option<Date>,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// What stands in the place of a date that is not known yet, beside `YYYY-MM-DD` and the like.
const PLACEHOLDERS: [&str; 5] = ["tbd", "tba", "???", "today", "date"];

/// The first date in `text`.
pub(super) fn find(text: &str) -> Option<Day> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let before = at.checked_sub(1).map(|index| bytes[index]);
        if bytes[at].is_ascii_digit() {
            let starts = !before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
            if starts && let Some(day) = numeric(bytes, at).or_else(|| day_first(text, at)) {
                return Some(day);
            }
            at += digits(bytes, at).1;
        } else if bytes[at].is_ascii_alphabetic() {
            if !before.is_some_and(|byte| byte.is_ascii_alphanumeric())
                && let Some(day) = month_first(text, at)
            {
                return Some(day);
            }
            at += bytes[at..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        } else {
            at += 1;
        }
    }
    None
}

/// The date that `text` begins with.
pub(super) fn at_start(text: &str) -> Option<Day> {
    match text.as_bytes().first()? {
        b'0'..=b'9' => numeric(text.as_bytes(), 0).or_else(|| day_first(text, 0)),
        b'a'..=b'z' | b'A'..=b'Z' => month_first(text, 0),
        _ => None,
    }
}

/// Where `text` has a word that holds the place of a date: `TBD`, `YYYY-MM-DD`, `2026-xx-xx`.
pub(super) fn find_placeholder(text: &str) -> Option<Range<usize>> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '?' | '-' | '/' | '.');
    let mut at = 0;
    for piece in text.split_inclusive(|c: char| !is_word(c)) {
        let word = piece.trim_end_matches(|c: char| !is_word(c));
        if PLACEHOLDERS.iter().any(|known| word.eq_ignore_ascii_case(known)) || is_pattern(word) {
            return Some(at..at + word.len());
        }
        at += piece.len();
    }
    None
}

/// Four places, two and two, in which letters or question marks stand for some of the numbers.
fn is_pattern(word: &str) -> bool {
    let bytes = word.as_bytes();
    let holds = |byte: &u8| byte.is_ascii_digit() || b"yYmMdDxX?".contains(byte);
    bytes.len() == 10
        && matches!(bytes[4], b'-' | b'/' | b'.')
        && bytes[7] == bytes[4]
        && bytes.iter().enumerate().all(|(at, byte)| at == 4 || at == 7 || holds(byte))
        && bytes.iter().any(|byte| !byte.is_ascii_digit() && *byte != bytes[4])
}

/// The number at `at`, at most four digits of it, and how many digits stand there.
fn digits(bytes: &[u8], at: usize) -> (u16, usize) {
    let length = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let value = bytes[at..at + length.min(4)].iter().fold(0, |value, byte| value * 10 + u16::from(byte - b'0'));
    (value, length)
}

fn is_year(value: u16) -> bool {
    (1900..2100).contains(&value)
}

fn date(year: u16, month: u16, day: u16) -> Option<Date> {
    Date::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

/// `2024-01-15`, `2024/1/15`, `2024.01.15`, `20240115`, `15.01.2024`, `15/01/2024`, and `2024-01`, which is no day.
fn numeric(bytes: &[u8], start: usize) -> Option<Day> {
    let (first, length) = digits(bytes, start);
    let mut at = start + length;
    if length == 8 && is_year(first) {
        let (month, day) = (two(bytes, start + 4), two(bytes, start + 6));
        return date(first, month, day).map(|date| Day { range: start..at, date: Some(date) });
    }
    let separator = *bytes.get(at).filter(|byte| matches!(byte, b'-' | b'/' | b'.'))?;
    let (second, second_length) = digits(bytes, at + 1);
    if !(1..=2).contains(&second_length) {
        return None;
    }
    at += 1 + second_length;
    let third = (bytes.get(at) == Some(&separator)).then(|| digits(bytes, at + 1)).filter(|(_, length)| *length > 0);
    let Some((third, third_length)) = third else {
        // A month is no day; but `2024.1` is rather a version.
        let month = length == 4 && is_year(first) && separator == b'-' && second_length == 2;
        return month.then_some(Day { range: start..at, date: None });
    };
    at += 1 + third_length;
    let runs_on = bytes.get(at).is_some_and(u8::is_ascii_alphanumeric)
        || (bytes.get(at) == Some(&separator) && bytes.get(at + 1).is_some_and(u8::is_ascii_digit));
    if runs_on {
        return None;
    }
    let range = start..at;
    match (length, second_length, third_length) {
        (4, 2, 2) if separator == b'-' => Some(Day { range, date: date(first, second, third) }),
        // With points and single digits it is rather a version: `2024.1.5`.
        (4, 2, 2) | (4, _, 1..=2) if is_year(first) && (separator != b'.' || second_length + third_length == 4) => {
            Some(Day { range, date: date(first, second, third) })
        }
        (1..=2, _, 4) if is_year(third) => {
            Some(Day { range, date: day_or_month_first(first, second, third, separator) })
        }
        _ => None,
    }
}

fn two(bytes: &[u8], at: usize) -> u16 {
    u16::from(bytes[at] - b'0') * 10 + u16::from(bytes[at + 1] - b'0')
}

/// With points the day comes first; with slashes either, so it is known only where the other reading is no date.
fn day_or_month_first(first: u16, second: u16, year: u16, separator: u8) -> Option<Date> {
    let day_first = date(year, second, first);
    if separator == b'.' {
        return day_first;
    }
    let month_first = date(year, first, second);
    match (day_first, month_first) {
        (Some(one), Some(other)) => (one == other).then_some(one),
        (one, other) => one.or(other),
    }
}

/// The month whose name stands at `at`, in full or as its first three letters, and where the name ends.
fn month(text: &str, at: usize) -> Option<(u16, usize)> {
    let length = text.as_bytes()[at..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = &text[at..at + length];
    let is = |name: &str| word.eq_ignore_ascii_case(name);
    let index = MONTHS.iter().position(|name| is(name) || is(&name[..3]) || (*name == "september" && is("sept")))?;
    let point = usize::from(text.as_bytes().get(at + length) == Some(&b'.'));
    Some((u16::try_from(index + 1).ok()?, at + length + point))
}

/// Where the text goes on after white space, commas and hyphens; `None` where there are none.
fn skip(bytes: &[u8], at: usize) -> Option<usize> {
    let count = bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b',' | b'-')).count();
    (count > 0).then_some(at + count)
}

/// Where the text goes on after `st`, `nd`, `rd` or `th`.
fn skip_ordinal(bytes: &[u8], at: usize) -> usize {
    let ordinal = bytes
        .get(at..at + 2)
        .is_some_and(|end| [b"st", b"nd", b"rd", b"th"].iter().any(|known| end.eq_ignore_ascii_case(*known)));
    if ordinal { at + 2 } else { at }
}

fn year(bytes: &[u8], at: usize) -> Option<(u16, usize)> {
    let (year, length) = digits(bytes, at);
    (length == 4 && is_year(year)).then_some((year, at + 4))
}

/// `15 January 2024`, `15th of Jan. 2024`, `15-Jan-2024`
fn day_first(text: &str, start: usize) -> Option<Day> {
    let bytes = text.as_bytes();
    let (day, length) = digits(bytes, start);
    if length > 2 {
        return None;
    }
    let mut at = skip(bytes, skip_ordinal(bytes, start + length))?;
    if bytes.get(at..at + 3).is_some_and(|word| word.eq_ignore_ascii_case(b"of ")) {
        at += 3;
    }
    let (month, at) = month(text, at)?;
    let (year, end) = year(bytes, skip(bytes, at)?)?;
    Some(Day { range: start..end, date: date(year, month, day) })
}

/// `January 15, 2024`, `Jan 15th 2024`, and `January 2024`, which is no day.
fn month_first(text: &str, start: usize) -> Option<Day> {
    let bytes = text.as_bytes();
    let (month, at) = month(text, start)?;
    let at = skip(bytes, at)?;
    if let Some((_, end)) = year(bytes, at) {
        return Some(Day { range: start..end, date: None });
    }
    let (day, length) = digits(bytes, at);
    if !(1..=2).contains(&length) {
        return None;
    }
    let (year, end) = year(bytes, skip(bytes, skip_ordinal(bytes, at + length))?)?;
    Some(Day { range: start..end, date: date(year, month, day) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_found_in_every_usual_form() {
        for (text, raw, date) in [
            ("- 2024-01-15", "2024-01-15", "2024-01-15"),
            ("(2024-1-5)", "2024-1-5", "2024-01-05"),
            ("2024/01/15", "2024/01/15", "2024-01-15"),
            ("2024.01.15", "2024.01.15", "2024-01-15"),
            ("20240115", "20240115", "2024-01-15"),
            ("15.1.2024", "15.1.2024", "2024-01-15"),
            ("15/01/2024", "15/01/2024", "2024-01-15"),
            ("01/15/2024", "01/15/2024", "2024-01-15"),
            ("02/02/2024", "02/02/2024", "2024-02-02"),
            ("(January 15, 2024)", "January 15, 2024", "2024-01-15"),
            ("Sept. 1st 2024", "Sept. 1st 2024", "2024-09-01"),
            ("on 15th of May, 2024 at", "15th of May, 2024", "2024-05-15"),
            ("15-Jan-2024", "15-Jan-2024", "2024-01-15"),
            ("May be 3 May 2024", "3 May 2024", "2024-05-03"),
        ] {
            let day = find(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((&text[day.range], day.date.unwrap().to_string().as_str()), (raw, date), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_or_two_days_has_no_date() {
        for text in ["2024-02-30", "01/03/2024", "2024-13-01", "January 2024", "2024-03", "31 April 2024", "2024-3-99"]
        {
            assert_eq!(find(text), Some(Day { range: 0..text.len(), date: None }), "{text}");
        }
        for text in
            ["1.2.3", "2024.1.5", "2024.1", "2024", "may", "1-2-3", "123456", "v2024-01-15", "2024-01-151", "1/2"]
        {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn placeholders_are_whole_words() {
        assert_eq!(find_placeholder("- TBD"), Some(2..5));
        assert_eq!(find_placeholder("(YYYY-MM-DD)"), Some(1..11));
        assert_eq!(find_placeholder("- 2026-xx-xx"), Some(2..12));
        assert_eq!(find_placeholder("???"), Some(0..3));
        for text in ["updates", "2026-01-05", "1.2.0", "added mmdd"] {
            assert_eq!(find_placeholder(text), None, "{text}");
        }
    }
}
