//! reviewdog's Diagnostic Format: columns count the bytes of UTF-8, from 1.

use serde::Serialize;

use crate::finding::{Finding, Fix, Location, Safety};
use crate::render::json::{severity, write};
use crate::render::place::{Places, Point, in_a_file, shown};
use crate::render::visible::one_line;
use crate::report::{Judgement, Report};
use crate::rules;
use crate::verdict::Verdict;

#[derive(Serialize)]
struct Document<'a> {
    source: Source,
    diagnostics: Vec<Diagnostic<'a>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    message: String,
    location: Place<'a>,
    severity: String,
    code: Code<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
    url: String,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Suggestion<'a> {
    range: Range,
    text: &'a str,
}

#[derive(Serialize)]
struct Related<'a> {
    message: String,
    location: Place<'a>,
}

/// The whole report.
pub fn check(report: &Report, output: &mut Vec<u8>) {
    let source = Source { name: env!("CARGO_PKG_NAME"), url: env!("CARGO_PKG_REPOSITORY") };
    let mut diagnostics = Vec::new();
    for judgement in &report.judgements {
        let places = Places::of(&judgement.facts.sources);
        diagnostics.extend(judgement.verdicts.iter().map(|verdict| diagnostic(judgement, verdict, &places)));
    }
    write(&Document { source, diagnostics }, output);
}

fn diagnostic<'a>(judgement: &'a Judgement, verdict: &'a Verdict, places: &Places<'a>) -> Diagnostic<'a> {
    let Finding { rule, message, related, help, fix, .. } = &verdict.finding;
    let at = shown(judgement, &verdict.finding);
    let lines = [Some(message), help.as_ref()].into_iter().flatten().map(|line| one_line(line));
    Diagnostic {
        message: lines.collect::<Vec<_>>().join("\n"),
        location: place(at, places),
        severity: severity(verdict.level).to_uppercase(),
        code: Code { value: rule, url: rules::page(rule) },
        suggestions: fix.iter().filter_map(|fix| suggestion(fix, at, places)).collect(),
        related_locations: related
            .iter()
            .map(|related| Related {
                message: one_line(&related.message),
                location: place(in_a_file(judgement, related.at), places),
            })
            .collect(),
    }
}

/// Suggestions are taken one by one, so only a repair of one place can be one.
fn suggestion<'a>(fix: &'a Fix, at: Location, places: &Places<'a>) -> Option<Suggestion<'a>> {
    match fix.edits.as_slice() {
        [edit] if edit.at.source == at.source && fix.safety == Safety::Safe => {
            Some(Suggestion { range: range(edit.at, places), text: &edit.text })
        }
        _ => None,
    }
}

fn place<'a>(at: Location, places: &Places<'a>) -> Place<'a> {
    Place { path: places.path(at), range: range(at, places) }
}

fn range(at: Location, places: &Places<'_>) -> Range {
    let place = places.place(at);
    let position = |point: Point| Position { line: point.line, column: places.byte_column(at.source, point) };
    Range { start: position(place.start), end: position(place.end) }
}
