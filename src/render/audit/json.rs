//! An audit for programs. Part of format 1: fields are added, never changed or removed.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Answer, Overview, Row, Severity, Standing};
use crate::render::json::{Format, write};

#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    format: Format,
    project: &'a str,
    today: String,
    /// The oldest first.
    releases: Vec<Release<'a>>,
    /// Tags that are no releases.
    others: Vec<Other<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
pub(in crate::render) struct Release<'a> {
    tag: &'a str,
    date: Option<String>,
    standing: &'static str,
    /// As `relgate check --tag` has them.
    subjects: &'a [Box<RawValue>],
    failure: Option<Failure<'a>>,
}

#[derive(Serialize)]
struct Other<'a> {
    tag: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct Failure<'a> {
    message: &'a str,
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct Summary {
    releases: usize,
    clean: usize,
    warned: usize,
    wrong: usize,
    failed: usize,
    others: usize,
    rules: Vec<Total>,
}

#[derive(Serialize)]
struct Total {
    rule: &'static str,
    severity: &'static str,
    releases: usize,
    findings: usize,
}

/// The whole audit as one document, each release's subjects on lines of their own.
pub fn audit(overview: &Overview, output: &mut Vec<u8>) {
    let total = |total: &super::Total| Total {
        rule: total.rule,
        severity: if total.severity == Severity::Blocks { "error" } else { "warning" },
        releases: total.releases,
        findings: total.findings,
    };
    let summary = Summary {
        releases: overview.rows.len(),
        clean: overview.count(Standing::Clean),
        warned: overview.count(Standing::Warned),
        wrong: overview.count(Standing::Wrong),
        failed: overview.count(Standing::Failed),
        others: overview.others.len(),
        rules: overview.totals.iter().map(total).collect(),
    };
    let document = Document {
        format: Format::ONE,
        project: &overview.project,
        today: overview.today.to_string(),
        releases: overview.rows.iter().filter_map(Release::of).collect(),
        others: overview.others.iter().filter_map(other).collect(),
        summary,
    };
    write(&document, output);
}

impl<'a> Release<'a> {
    /// `None` for what is no release.
    pub(in crate::render) fn of(row: &'a Row) -> Option<Self> {
        let (subjects, failure) = match &row.answer {
            Answer::Judged(release) => (&release.subjects[..], None),
            Answer::Failed(failure) => (&[][..], Some(failure)),
            Answer::Other(_) => return None,
        };
        Some(Self {
            tag: &row.tag,
            date: row.date.map(|date| date.to_string()),
            standing: row.standing()?.name(),
            subjects,
            failure: failure.map(|failure| Failure { message: &failure.message, help: failure.help.as_deref() }),
        })
    }
}

fn other(row: &Row) -> Option<Other<'_>> {
    match &row.answer {
        Answer::Other(reason) => Some(Other { tag: &row.tag, reason }),
        Answer::Judged(_) | Answer::Failed(_) => None,
    }
}
