//! How a run is told. Renderers decide nothing; what they print of a repository goes through [`visible`] first.

pub mod audit;
pub mod catalogue;
pub mod concise;
pub mod diff;
pub mod fingerprint;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod init;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod notes;
pub mod place;
pub mod rdjson;
pub mod sarif;
pub mod terminal;
pub mod visible;

use crate::cli::Format;
use crate::failure::Failure;
use crate::report::Report;
use terminal::Terminal;
use visible::{disarmed, one_line};

/// Tells a report in one of the formats.
pub fn check(report: &Report, format: Format, terminal: Terminal, output: &mut Vec<u8>) {
    match format {
        Format::Human => human::check(report, terminal, output),
        Format::Concise => concise::check(report, terminal, output),
        Format::Json => json::check(report, output),
        Format::Jsonl => json::lines(report, output),
        Format::Sarif => sarif::check(report, output),
        Format::Github => github::check(report, terminal, output),
        Format::Gitlab => gitlab::check(report, output),
        Format::Junit => junit::check(report, output),
        Format::Rdjson => rdjson::check(report, output),
        Format::Markdown => markdown::check(report, output),
    }
}

/// Tells that nothing could be judged, in the formats that have a way to say so. The others stay empty, which is no document.
pub fn unjudged(failure: &Failure, format: Format, output: &mut Vec<u8>) {
    match format {
        Format::Sarif => sarif::unjudged(failure, output),
        Format::Github => github::unjudged(failure, output),
        Format::Junit => junit::unjudged(failure, output),
        Format::Markdown => markdown::unjudged(failure, output),
        Format::Human | Format::Concise | Format::Json | Format::Jsonl | Format::Gitlab | Format::Rdjson => {}
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
    disarmed(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_at_most_four_lines() {
        let told = failure(&Failure::new("a\x1b[31m").help("b\nc\nd\ne"));
        assert_eq!(told, "relgate: a␛[31m\n  b\n  c\n  d\n");
    }
}
