//! Calendar dates as changelogs write them: `YYYY-MM-DD` and nothing else.

use std::fmt;

/// A day of the proleptic Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// `None` where the calendar has no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if is_leap(year) => 29,
            2 => 28,
            _ => return None,
        };
        (1..=days).contains(&day).then_some(Self { year, month, day })
    }

    pub fn year(self) -> u16 {
        self.year
    }

    /// Exactly ten ASCII characters, `YYYY-MM-DD`, that name a day of the calendar.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let shape = bytes.len() == 10
            && bytes.iter().enumerate().all(|(at, b)| if at == 4 || at == 7 { *b == b'-' } else { b.is_ascii_digit() });
        if !shape {
            return None;
        }
        Self::new(text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?)
    }

    /// The day on which a moment falls, `seconds` after 1970-01-01T00:00:00Z as a clock shows it that is `offset` minutes
    /// ahead of UTC.
    pub fn from_unix(seconds: i64, offset: i32) -> Option<Self> {
        let days = seconds.checked_add(i64::from(offset) * 60)?.div_euclid(86_400);
        // Howard Hinnant's civil_from_days: eras of 400 years, years that begin in March.
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self::new(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }

    /// Days since 1970-01-01, negative before it: the difference of two is the distance of the days.
    pub fn day_number(self) -> i64 {
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let march_month = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * march_month + 2) / 5 + i64::from(self.day) - 1;
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_days_in_the_one_form_are_dates() {
        for good in ["2024-02-29", "2000-02-29", "1999-12-31", "0001-01-01"] {
            assert_eq!(Date::parse(good).unwrap().to_string(), good);
        }
        for bad in [
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-01-00",
            "2024-04-31",
            "2024-1-02",
            "20240102",
        ] {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
        for bad in ["2024-01-02 ", "+024-01-02", "2024/01/02", "２024-01-0", ""] {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_day_of_four_centuries_has_the_next_number() {
        let mut expected = Date::parse("1800-01-01").unwrap().day_number();
        for year in 1800..2200 {
            for month in 1..=12 {
                for day in 1..=31 {
                    if let Some(date) = Date::new(year, month, day) {
                        assert_eq!(date.day_number(), expected, "{date}");
                        assert_eq!(Date::from_unix(expected * 86_400, 0), Some(date));
                        expected += 1;
                    }
                }
            }
        }
        assert_eq!(Date::parse("1970-01-01").unwrap().day_number(), 0);
    }

    #[test]
    fn a_zone_can_move_a_moment_to_another_day() {
        let late = 86_400 - 60;
        assert_eq!(Date::from_unix(late, 0).unwrap().to_string(), "1970-01-01");
        assert_eq!(Date::from_unix(late, 60).unwrap().to_string(), "1970-01-02");
        assert_eq!(Date::from_unix(60, -60).unwrap().to_string(), "1969-12-31");
        for moment in [i64::MAX, i64::MIN] {
            assert_eq!((Date::from_unix(moment, 60), Date::from_unix(moment, -60)), (None, None));
        }
    }
}
