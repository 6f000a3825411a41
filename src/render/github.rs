//! Annotations of GitHub Actions: each finding is a command to the runner, escaped as the runner unescapes it.

use crate::failure::Failure;
use crate::finding::Level;
use crate::render::human;
use crate::render::json::severity;
use crate::render::place::{Places, is_ref};
use crate::render::terminal::Terminal;
use crate::render::visible::{disarmed, one_line};
use crate::report::Report;
use crate::verdict::Verdict;

/// How many errors, and how many warnings, GitHub shows of one step.
const MOST_ANNOTATED: usize = 10;

/// The errors, the warnings, and what was judged. All are told, since what GitHub does not annotate stands in the log.
pub fn check(report: &Report, terminal: Terminal, output: &mut Vec<u8>) {
    for level in [Level::Error, Level::Warn] {
        for judgement in &report.judgements {
            let places = Places::of(&judgement.facts.sources);
            // What blocks comes first, where not all can be shown.
            let (blocking, other): (Vec<_>, Vec<_>) = judgement.verdicts.iter().partition(|verdict| verdict.blocks);
            for verdict in blocking.into_iter().chain(other).filter(|verdict| verdict.level == level) {
                annotate(verdict, &places, output);
            }
        }
    }
    let mut told = Vec::new();
    human::outcome(report, Terminal { quiet: terminal.quiet, ..Terminal::NONE }, &mut told);
    let count = |level| report.verdicts().filter(|verdict| verdict.level == level).count();
    if count(Level::Error).max(count(Level::Warn)) > MOST_ANNOTATED {
        let more = format!(
            "GitHub annotates {MOST_ANNOTATED} errors and {MOST_ANNOTATED} warnings of a step; all are told above\n"
        );
        told.extend_from_slice(more.as_bytes());
    }
    output.extend_from_slice(disarmed(&String::from_utf8_lossy(&told)).as_bytes());
}

/// That nothing could be judged.
pub fn unjudged(failure: &Failure, output: &mut Vec<u8>) {
    let text = [Some(failure.message.as_str()), failure.help.as_deref()];
    command("error", &[("title", "relgate could not judge")], &text.into_iter().flatten().collect::<Vec<_>>(), output);
}

fn annotate(verdict: &Verdict, places: &Places<'_>, output: &mut Vec<u8>) {
    let finding = &verdict.finding;
    let path = places.path(finding.at);
    let (start, end) = (places.place(finding.at).start, places.place(finding.at).end);
    let mut properties = Vec::new();
    let numbers = [start.line, end.line, start.column, end.column].map(|number| number.to_string());
    if !is_ref(path) {
        properties.extend([("file", path), ("line", &numbers[0]), ("endLine", &numbers[1])]);
        // The runner drops columns that span lines, and says so.
        if start.line == end.line {
            properties.extend([("col", numbers[2].as_str()), ("endColumn", &numbers[3])]);
        }
    }
    properties.push(("title", finding.rule));
    let text = [Some(finding.message.as_str()), finding.help.as_deref()];
    command(severity(verdict.level), &properties, &text.into_iter().flatten().collect::<Vec<_>>(), output);
}

/// One command: `::name property=value,...::lines`.
fn command(name: &str, properties: &[(&str, &str)], lines: &[&str], output: &mut Vec<u8>) {
    let plain = |text: &str| disarmed(&one_line(text));
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let value = |text: &str| data(&plain(text)).replace(':', "%3A").replace(',', "%2C");
    let properties: Vec<String> = properties.iter().map(|(key, text)| format!("{key}={}", value(text))).collect();
    let lines: Vec<String> = lines.iter().map(|line| plain(line)).collect();
    let command = format!("::{name} {}::{}\n", properties.join(","), data(&lines.join("\n")));
    output.extend_from_slice(command.as_bytes());
}
