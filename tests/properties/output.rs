//! What is printed: nothing of it moves the cursor or hides text, and what is for programs can be read by them.

use relgate::failure::Failure;
use relgate::render;
use relgate::render::terminal::Terminal;
use relgate::report::Report;

use super::formats;

/// Tells the report in every format.
pub fn check_report(report: &Report) {
    formats::check_report(report);
    let mut output = Vec::new();
    render::human::hook(report, Terminal::NONE, &mut output);
    check_text(&output);
}

pub fn check_failure(failure: &Failure) {
    check_text(render::failure(failure).as_bytes());
    formats::check_failure(failure);
}

/// No control character but line ends, nothing that turns or hides text.
pub fn check_text(output: &[u8]) {
    let text = std::str::from_utf8(output).expect("what is printed is UTF-8");
    let harmful = |c: char| {
        let hides = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        hides || (c.is_control() && c != '\n')
    };
    assert!(!text.contains(harmful), "{text:?}");
}
