//! One line for each finding, as compilers and linters write it, and one that says what was judged.

use crate::render::human;
use crate::render::place::Places;
use crate::render::terminal::Terminal;
use crate::render::visible::one_line;
use crate::report::Report;

/// `path:line:column: severity[rule] message`.
pub fn check(report: &Report, terminal: Terminal, output: &mut Vec<u8>) {
    for judgement in &report.judgements {
        let places = Places::of(&judgement.facts.sources);
        for verdict in &judgement.verdicts {
            let finding = &verdict.finding;
            let start = places.place(finding.at).start;
            let old = if verdict.old { " (not new)" } else { "" };
            let severity = human::painted_level(verdict.level, terminal.color);
            let (path, message) = (one_line(places.path(finding.at)), one_line(&finding.message));
            let line = format!("{path}:{}:{}: {severity}[{}] {message}{old}\n", start.line, start.column, finding.rule);
            output.extend_from_slice(line.as_bytes());
        }
    }
    human::outcome(report, terminal, output);
}
