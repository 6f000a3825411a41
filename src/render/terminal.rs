//! What the terminal can do that an answer is for, if it is one.

use std::ffi::OsString;

use crate::cli::Color;

/// As wide as lines are where no terminal says how wide it is.
const COLUMNS: usize = 140;

/// Narrower than this nothing can be shown; a terminal wraps its lines itself.
const NARROWEST: usize = 40;

/// How an answer for people may look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    pub color: bool,
    /// Whether the id of a rule leads to its page.
    pub hyperlinks: bool,
    /// Lines of source that are longer are cut.
    pub columns: usize,
    /// Whether nothing but findings is told.
    pub quiet: bool,
}

impl Terminal {
    /// No terminal at all: a pipe or a file.
    pub const NONE: Self = Self { color: false, hyperlinks: false, columns: COLUMNS, quiet: false };

    /// `columns` is the width of the terminal, `None` where there is none; 0 where it does not say. `links` is whether its
    /// kind can show hyperlinks. The environment is asked through `variable`.
    pub fn of(asked: Color, columns: Option<usize>, links: bool, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let color = color(asked, columns.is_some(), &variable);
        let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        let fit = columns.is_some() && !set("CI") || set("FORCE_HYPERLINK");
        let said = variable("COLUMNS").and_then(|value| value.to_str()?.parse().ok());
        let columns = columns.map(|measured| said.unwrap_or(measured)).filter(|columns| *columns > 0);
        Self {
            color,
            hyperlinks: color && fit && links,
            columns: columns.map_or(COLUMNS, |columns| columns.max(NARROWEST)),
            quiet: false,
        }
    }
}

/// Whether to use colours: the flag, then NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE, then whether it is a terminal.
fn color(asked: Color, terminal: bool, variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let on = |name: &str| set(name) && variable(name).is_some_and(|value| value != "0");
    match asked {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR") => false,
        Color::Auto if on("FORCE_COLOR") || on("CLICOLOR_FORCE") => true,
        Color::Auto => terminal && variable("TERM").is_none_or(|term| term != "dumb"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<OsString> {
        move |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(*value))
    }

    #[test]
    fn the_flag_beats_the_environment_and_that_the_terminal() {
        assert!(color(Color::Auto, true, env(&[])));
        assert!(!color(Color::Auto, false, env(&[])));
        assert!(!color(Color::Auto, true, env(&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")])));
        assert!(color(Color::Auto, true, env(&[("NO_COLOR", "")])));
        assert!(color(Color::Auto, false, env(&[("FORCE_COLOR", "1")])));
        assert!(!color(Color::Auto, false, env(&[("CLICOLOR_FORCE", "0")])));
        assert!(!color(Color::Auto, true, env(&[("TERM", "dumb")])));
        assert!(color(Color::Always, false, env(&[("NO_COLOR", "1")])));
        assert!(!color(Color::Never, true, env(&[("FORCE_COLOR", "1")])));
    }

    #[test]
    fn links_are_for_terminals_that_have_them_and_show_colours() {
        let links = |columns, able, env: &'static [(&str, &str)]| {
            Terminal::of(Color::Auto, columns, able, self::env(env)).hyperlinks
        };
        assert!(links(Some(80), true, &[]));
        assert!(!links(Some(80), false, &[]));
        assert!(!links(None, true, &[]));
        assert!(!links(Some(80), true, &[("CI", "true")]));
        assert!(!links(Some(80), true, &[("NO_COLOR", "1")]));
        assert!(links(None, true, &[("FORCE_HYPERLINK", "1"), ("FORCE_COLOR", "1")]));
    }

    #[test]
    fn only_a_terminal_has_a_width() {
        let columns =
            |columns, env: &'static [(&str, &str)]| Terminal::of(Color::Auto, columns, false, self::env(env)).columns;
        assert_eq!(columns(Some(80), &[]), 80);
        assert_eq!(columns(Some(80), &[("COLUMNS", "100")]), 100);
        assert_eq!(columns(Some(80), &[("COLUMNS", "wide")]), 80);
        assert_eq!(columns(Some(0), &[]), COLUMNS);
        assert_eq!(columns(Some(3), &[]), NARROWEST);
        assert_eq!(columns(None, &[("COLUMNS", "60")]), COLUMNS);
    }
}
