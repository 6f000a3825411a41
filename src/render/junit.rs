//! JUnit's XML, in the form that Jenkins describes and GitLab reads: a suite for each package, a case for each finding.
//!
//! What does not block is a skipped case, so that a report fails where the run does. Cases are named by rule and file, not by
//! line: services tell by the name which failures are new.

use std::collections::HashMap;

use crate::failure::Failure;
use crate::render::json::severity;
use crate::render::place::Places;
use crate::render::visible::{Marks, one_line};
use crate::report::{Judgement, Report};
use crate::rules;
use crate::verdict::Verdict;

const TOOL: &str = env!("CARGO_PKG_NAME");

/// The whole report.
pub fn check(report: &Report, output: &mut Vec<u8>) {
    let suites: Vec<String> = report.judgements.iter().map(suite).collect();
    let cases: usize = report.judgements.iter().map(|judgement| judgement.verdicts.len().max(1)).sum();
    let failures = report.verdicts().filter(|verdict| verdict.blocks).count();
    document(cases, failures, 0, &suites.concat(), output);
}

/// That nothing could be judged.
pub fn unjudged(failure: &Failure, output: &mut Vec<u8>) {
    let text = failure.help.as_deref().unwrap_or_default();
    let case = format!(
        "    <testcase name=\"judging\" classname=\"{TOOL}\">\n      <error type=\"failure\" message=\"{}\">{}</error>\n    \
         </testcase>\n",
        escaped(&failure.message),
        text.lines().map(escaped).collect::<Vec<_>>().join("\n"),
    );
    let suite = format!(
        "  <testsuite name=\"{TOOL}\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n{case}  </testsuite>\n"
    );
    document(1, 0, 1, &suite, output);
}

fn document(tests: usize, failures: usize, errors: usize, suites: &str, output: &mut Vec<u8>) {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"{TOOL}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">\n{suites}</testsuites>\n"
    );
    output.extend_from_slice(text.as_bytes());
}

fn suite(judgement: &Judgement) -> String {
    let places = Places::of(&judgement.facts.sources);
    let package = judgement.facts.declared.name.as_deref().filter(|name| !name.is_empty());
    let class = escaped(&package.map_or_else(|| TOOL.to_owned(), |package| format!("{TOOL}.{package}")));
    let mut seen = HashMap::new();
    let mut cases = String::new();
    for verdict in &judgement.verdicts {
        let rule_and_path = format!("{} {}", verdict.finding.rule, places.path(verdict.finding.at));
        let count = seen.entry(rule_and_path.clone()).or_insert(0);
        *count += 1;
        let name = if *count == 1 { rule_and_path } else { format!("{rule_and_path} ({count})") };
        cases += &case(&name, &class, verdict, &places);
    }
    let failures = judgement.verdicts.iter().filter(|verdict| verdict.blocks).count();
    let mut tests = judgement.verdicts.len();
    let skipped = tests - failures;
    if tests == 0 {
        // Some services take a report without cases for a broken one.
        cases = format!("    <testcase name=\"nothing found\" classname=\"{class}\"/>\n");
        tests = 1;
    }
    format!(
        "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">\n{cases}  \
         </testsuite>\n",
        escaped(package.unwrap_or(TOOL)),
    )
}

fn case(name: &str, class: &str, verdict: &Verdict, places: &Places<'_>) -> String {
    let finding = &verdict.finding;
    let start = places.place(finding.at).start;
    let mut text = vec![
        format!("{}:{}:{}: {}", places.path(finding.at), start.line, start.column, finding.message),
        format!("see {}", rules::page(finding.rule)),
    ];
    text.splice(1..1, finding.help.iter().map(|help| format!("help: {help}")));
    let element = if verdict.blocks { "failure" } else { "skipped" };
    format!(
        "    <testcase name=\"{}\" classname=\"{class}\">\n      <{element} type=\"{}\" message=\"{}: {}\">{}</{element}>\n    \
         </testcase>\n",
        escaped(name),
        finding.rule,
        severity(verdict.level),
        escaped(&finding.message),
        text.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("\n"),
    )
}

/// One line of text as an attribute or an element takes it. XML has no way at all to write some characters.
fn escaped(text: &str) -> String {
    let (mut marks, mut colon) = (Marks::default(), false);
    let mut output = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        let opens = marks.opens(c);
        match c {
            '&' => output += "&amp;",
            '<' => output += "&lt;",
            '>' => output += "&gt;",
            '"' => output += "&quot;",
            // What a CI service would take for a command.
            '[' if opens => output += "&#91;",
            ':' if colon => output += "&#58;",
            '\u{fffe}' | '\u{ffff}' => output.push(char::REPLACEMENT_CHARACTER),
            c => output.push(c),
        }
        colon = c == ':';
    }
    output
}
