//! A table in Markdown, for the summary of a job or a comment on a request.
//!
//! What stands in the repository is code and nothing else: no link, no image, no mention, no HTML.

use crate::failure::Failure;
use crate::finding::Level;
use crate::render::human::{self, MOST_SHOWN};
use crate::render::place::Places;
use crate::render::visible::{disarmed, one_line};
use crate::report::Report;
use crate::rules;
use crate::verdict::Verdict;

/// Characters of one cell; a summary may have a megabyte in all.
const MOST_LETTERS: usize = 1000;

/// What was judged, and the findings as a table.
pub fn check(report: &Report, output: &mut Vec<u8>) {
    let mut text = String::from("### relgate\n\n");
    for judgement in &report.judgements {
        text += &format!("{}\n\n", prose(&human::summary(judgement, false)));
        if judgement.verdicts.is_empty() {
            continue;
        }
        text += "| | where | what |\n|---|---|---|\n";
        let places = Places::of(&judgement.facts.sources);
        let (blocking, other): (Vec<_>, Vec<_>) = judgement.verdicts.iter().partition(|verdict| verdict.blocks);
        for verdict in blocking.into_iter().chain(other).take(MOST_SHOWN) {
            text += &row(verdict, &places);
        }
        let more = judgement.verdicts.len().saturating_sub(MOST_SHOWN);
        text += &if more > 0 { format!("\n... and {more} more findings\n\n") } else { "\n".to_owned() };
    }
    output.extend_from_slice(text.as_bytes());
}

/// That nothing could be judged.
pub fn unjudged(failure: &Failure, output: &mut Vec<u8>) {
    let lines = std::iter::once(failure.message.as_str()).chain(failure.help.iter().flat_map(|help| help.lines()));
    let lines: Vec<String> = lines.map(prose).collect();
    let text = format!("### relgate\n\ncould not judge: {}\n\n", lines.join("<br>"));
    output.extend_from_slice(text.as_bytes());
}

fn row(verdict: &Verdict, places: &Places<'_>) -> String {
    let finding = &verdict.finding;
    let start = places.place(finding.at).start;
    let sign = match verdict.level {
        _ if verdict.blocks => "\u{274c} error",
        Level::Error => "error, not new",
        _ => "\u{26a0}\u{fe0f} warning",
    };
    let place = code(&format!("{}:{}:{}", places.path(finding.at), start.line, start.column));
    let rule = format!("[`{}`]({})", finding.rule, rules::page(finding.rule));
    let help = finding.help.as_ref().map_or_else(String::new, |help| format!("<br>help: {}", prose(help)));
    format!("| {sign}<br>{rule} | {place} | {}{help} |\n", prose(&finding.message))
}

/// A sentence of relgate's own, in which values stand between backticks. A value may hold backticks, too: what is then taken
/// for relgate's own words is code as soon as it has a character that could mean something.
fn prose(text: &str) -> String {
    let text = shortened(text);
    let pieces = text.split('`').enumerate().filter(|(_, piece)| !piece.is_empty());
    pieces.map(|(at, piece)| if at % 2 == 0 && is_plain(piece) { piece.to_owned() } else { code(piece) }).collect()
}

/// Whether nothing in it means anything in Markdown, nor to a forge that looks for addresses and names.
fn is_plain(piece: &str) -> bool {
    let plain = |c: char| {
        c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | ';' | ':' | '\'' | '?' | '(' | ')' | '-' | '=' | '/')
    };
    piece.chars().all(plain) && !piece.contains("::") && !piece.contains("//") && !piece.contains("www.")
}

/// Any text as code.
fn code(text: &str) -> String {
    let text = shortened(text);
    if !text.contains(['`', '|', '\\']) && !text.trim().is_empty() && disarmed(&text) == text {
        return format!("`{text}`");
    }
    let letter = |c: char| if c.is_ascii_punctuation() { format!("&#{};", u32::from(c)) } else { c.to_string() };
    format!("<code>{}</code>", text.chars().map(letter).collect::<String>())
}

fn shortened(text: &str) -> String {
    let text = one_line(text);
    match text.char_indices().nth(MOST_LETTERS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
