//! The findings that settings excuse.

use toml::de::DeTable;

use super::reader::{Reader, Value};
use crate::date::Date;
use crate::finding::{Span, Spanned};
use crate::project::{Ignore, PathPattern};
use crate::version::Version;

/// What an `ignore` can say.
pub const IGNORE_KEYS: [&str; 5] = ["expires", "path", "reason", "rule", "version"];

/// The rule about ignores that have had their time: it cannot be put off itself.
const NOT_EXCUSED: &str = "expired-ignore";

impl Reader<'_> {
    pub(super) fn ignores(&mut self, value: &Value<'_>) -> Vec<Ignore> {
        let Some(array) = value.get_ref().as_array() else {
            self.mistake(value, format!("`ignore` is an array of tables, not {}", value.get_ref().type_str()));
            return Vec::new();
        };
        array.iter().filter_map(|item| self.ignore(item)).collect()
    }

    fn ignore(&mut self, item: &Value<'_>) -> Option<Ignore> {
        let Some(table) = item.get_ref().as_table() else {
            self.mistake(item, format!("an `ignore` is a table, not {}", item.get_ref().type_str()));
            return None;
        };
        for key in table.keys().filter(|key| !IGNORE_KEYS.contains(&key.get_ref().as_ref())) {
            self.unknown(key.span().start, "setting of an ignore", key.get_ref(), &IGNORE_KEYS);
        }
        let rule = table.get("rule").map(|value| self.ignored_rule(value));
        let reason = table.get("reason").map(|value| self.reason(value));
        if rule.is_none() || reason.is_none() {
            self.mistake(item, "an `ignore` has a `rule` and a `reason`".to_owned());
        }
        let path = self.ignored_path(table);
        let version = table.get("version").and_then(|value| {
            let text = self.string(value, "version")?;
            let version = Version::parse(text);
            if version.is_none() {
                self.mistake(value, format!("`version` is a version, not `{text}`"));
            }
            version
        });
        let expires = table.get("expires").and_then(|value| self.day(value));
        Some(Ignore { rule: rule??, path, version, reason: reason??, expires })
    }

    fn ignored_rule(&mut self, value: &Value<'_>) -> Option<Spanned<String>> {
        let rule = self.string(value, "rule")?;
        if !self.rules.contains(&rule) {
            self.unknown(value.span().start, "rule", rule, self.rules);
        } else if rule == NOT_EXCUSED {
            self.mistake(value, format!("`{NOT_EXCUSED}` cannot be ignored: remove what has expired"));
        }
        Some(Spanned::new(rule.to_owned(), Span::from(value.span())))
    }

    fn reason(&mut self, value: &Value<'_>) -> Option<String> {
        let reason = self.string(value, "reason")?;
        if reason.trim().is_empty() {
            self.mistake(value, "`reason` says why".to_owned());
        }
        Some(reason.to_owned())
    }

    fn ignored_path(&mut self, table: &DeTable<'_>) -> Option<PathPattern> {
        let value = table.get("path")?;
        let text = self.string(value, "path")?;
        PathPattern::parse(text).map_err(|reason| self.mistake(value, format!("`{text}` {reason}"))).ok()
    }

    /// A day, as a text or as TOML's own.
    fn day(&mut self, value: &Value<'_>) -> Option<Spanned<Date>> {
        let found = value.get_ref();
        let text = found.as_str().map(str::to_owned).or_else(|| found.as_datetime().map(ToString::to_string));
        let day = text.and_then(|text| Date::parse(&text));
        if day.is_none() {
            self.mistake(value, "`expires` is a day, as 2027-01-31".to_owned());
        }
        day.map(|day| Spanned::new(day, Span::from(value.span())))
    }
}
