//! GitLab's Code Quality report: an array of findings, empty where there are none.

use serde::Serialize;

use crate::finding::Level;
use crate::render::fingerprint::Fingerprints;
use crate::render::json::write;
use crate::render::place::{Places, shown};
use crate::render::visible::one_line;
use crate::report::Report;
use crate::verdict::Verdict;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Place<'a>,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// The whole report.
pub fn check(report: &Report, output: &mut Vec<u8>) {
    let mut fingerprints = Fingerprints::default();
    let mut issues = Vec::new();
    for judgement in &report.judgements {
        let places = Places::of(&judgement.facts.sources);
        for verdict in &judgement.verdicts {
            let finding = &verdict.finding;
            let at = shown(judgement, finding);
            let place = places.place(at);
            issues.push(Issue {
                // GitLab does not show the name of the check.
                description: format!("{}: {}", finding.rule, one_line(&finding.message)),
                check_name: finding.rule,
                fingerprint: fingerprints.next(judgement, finding),
                severity: severity(verdict),
                location: Place {
                    path: places.path(at),
                    lines: Lines { begin: place.start.line, end: place.end.line },
                },
            });
        }
    }
    write(&issues, output);
}

fn severity(verdict: &Verdict) -> &'static str {
    match verdict.level {
        _ if verdict.blocks => "blocker",
        Level::Error => "major",
        _ => "minor",
    }
}
