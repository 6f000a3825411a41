//! How a run is told. Renderers decide nothing; what they print of a repository goes through [`visible`] first.

pub mod audit;
pub mod catalogue;
pub mod diff;
pub mod human;
pub mod json;
pub mod notes;
pub mod visible;

use std::ffi::OsString;

use crate::cli::Color;
use crate::failure::Failure;
use visible::one_line;

/// Whether to use colours: the flag, then NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE, then whether it is a terminal.
pub fn color(asked: Color, terminal: bool, variable: impl Fn(&str) -> Option<OsString>) -> bool {
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

/// A failure as standard error shows it: one line, and what to do on the lines below.
pub fn failure(failure: &Failure) -> String {
    let mut text = format!("relgate: {}\n", one_line(&failure.message));
    // Four lines are what a hook's output has room for.
    let help: Vec<&str> = failure.help.as_deref().unwrap_or_default().lines().collect();
    for line in help.iter().take(3) {
        text += &format!("  {}\n", one_line(line));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_beats_the_environment_and_that_the_terminal() {
        let env = |pairs: &'static [(&str, &str)]| {
            move |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(*value))
        };
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
    fn a_failure_is_at_most_four_lines() {
        let told = failure(&Failure::new("a\x1b[31m").help("b\nc\nd\ne"));
        assert_eq!(told, "relgate: a␛[31m\n  b\n  c\n  d\n");
    }
}
