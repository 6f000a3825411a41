//! How an audit is told: a row for each release, written down as soon as it is judged, and what they add up to.

pub mod html;
pub mod human;
pub mod json;

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::audit::Judged;
use crate::date::Date;
use crate::declaration::Origin;
use crate::failure::Failure;
use crate::finding::{Finding, Location, Sources};
use crate::position::Position;
use crate::project::Facts;
use crate::report::{Judgement, Report};
use crate::tag::normalized_name;
use crate::verdict::Verdict;

/// Findings about one release that are kept to be shown to people; nobody reads more.
const MOST_SHOWN: usize = 50;

/// Characters of a text that are kept; a heading may be as long as its file.
const LONGEST: usize = 400;

/// Versions of one release that are kept.
const MOST_VERSIONS: usize = 4;

/// One tag of the history.
#[derive(Debug)]
pub struct Row {
    pub tag: String,
    /// The day on which the tag was made, or its commit where it says none.
    pub date: Option<Date>,
    pub answer: Answer,
}

/// What is said of one tag.
#[derive(Debug)]
pub enum Answer {
    Judged(Box<Release>),
    /// It could not be judged.
    Failed(Failure),
    /// It is no release: why, as a whole sentence without its full stop.
    Other(String),
}

/// What is said of one release.
#[derive(Debug, Default)]
pub struct Release {
    /// The packages that it releases, where they have names.
    pub packages: Vec<String>,
    /// The versions that its files declare, each once.
    pub versions: Vec<String>,
    /// What its changelog has of it: a date, or why there is none.
    pub changelog: String,
    /// Those that block first; [`MOST_SHOWN`] at most.
    pub findings: Vec<Told>,
    /// Every rule that has something to say, and how many findings.
    pub rules: BTreeMap<(Severity, &'static str), usize>,
    /// How many findings the release before has, too.
    pub old: usize,
    /// Everything about it, as `relgate check` has it: where the output is JSON.
    pub subjects: Vec<Box<RawValue>>,
}

/// How bad a finding is, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Blocks,
    Warns,
}

/// A finding in words.
#[derive(Debug)]
pub struct Told {
    pub rule: &'static str,
    pub severity: Severity,
    pub message: String,
    /// `path:line:column`
    pub place: String,
    /// Further places, and what is said of them.
    pub related: Vec<(String, String)>,
    pub help: Option<String>,
}

/// How a release stands, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    Clean,
    Warned,
    Wrong,
    Failed,
}

impl Standing {
    /// Part of the output's contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Warned => "warned",
            Self::Wrong => "wrong",
            Self::Failed => "failed",
        }
    }
}

impl Row {
    /// Writes down what is said of a tag. `in_full`: for a program, with everything that `relgate check` says.
    pub fn of(tag: &str, judged: Judged, in_full: bool) -> Self {
        let answer = match judged.report {
            Ok(Some(report)) => match report.judgements.iter().find_map(|judgement| judgement.no_release.clone()) {
                Some(reason) => Answer::Other(reason),
                None => Answer::Judged(Box::new(Release::of(&report, in_full))),
            },
            Ok(None) => Answer::Other(format!("`{tag}` does not name a release")),
            Err(failure) => Answer::Failed(failure),
        };
        Self { tag: tag.to_owned(), date: judged.date, answer }
    }

    /// `None` for what is no release.
    pub fn standing(&self) -> Option<Standing> {
        Some(match &self.answer {
            Answer::Other(_) => return None,
            Answer::Failed(_) => Standing::Failed,
            Answer::Judged(release) => match release.rules.keys().next() {
                None => Standing::Clean,
                Some((Severity::Warns, _)) => Standing::Warned,
                Some((Severity::Blocks, _)) => Standing::Wrong,
            },
        })
    }
}

impl Release {
    fn of(report: &Report, in_full: bool) -> Self {
        let mut release = Self::default();
        for judgement in &report.judgements {
            let facts = &judgement.facts;
            release.packages.extend(facts.declared.name.clone());
            versions(facts, &mut release.versions);
            release.changelog = section(facts);
            release.old += judgement.old;
            for verdict in &judgement.verdicts {
                *release.rules.entry((severity(verdict), verdict.finding.rule)).or_default() += 1;
            }
            if in_full {
                release.subjects.extend(crate::render::json::raw_subject(judgement));
            }
        }
        let verdicts = || {
            report
                .judgements
                .iter()
                .flat_map(|judgement| judgement.verdicts.iter().map(move |verdict| (judgement, verdict)))
        };
        let blocking = verdicts().filter(|(_, verdict)| verdict.blocks);
        let other = verdicts().filter(|(_, verdict)| !verdict.blocks);
        let shown = blocking.chain(other).take(if in_full { 0 } else { MOST_SHOWN });
        release.findings = shown.map(|(judgement, verdict)| told(judgement, verdict)).collect();
        release
    }

    /// Findings that were not kept.
    pub fn more(&self) -> usize {
        self.rules.values().sum::<usize>() - self.findings.len()
    }
}

fn severity(verdict: &Verdict) -> Severity {
    if verdict.blocks { Severity::Blocks } else { Severity::Warns }
}

fn told(judgement: &Judgement, verdict: &Verdict) -> Told {
    let Finding { rule, at, message, related, help, .. } = &verdict.finding;
    let sources = &judgement.facts.sources;
    Told {
        rule,
        severity: severity(verdict),
        message: shortened(message),
        place: place(sources, *at),
        related: related.iter().map(|related| (place(sources, related.at), shortened(&related.message))).collect(),
        help: help.as_deref().map(shortened),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn place(sources: &Sources, at: Location) -> String {
    let source = sources.get(at.source);
    if source.path.starts_with("refs/") {
        // The name of the tag itself, which is one line.
        return source.path.clone();
    }
    let Position { line, column } = Position::of(&source.bytes, at.span.start);
    format!("{}:{line}:{column}", source.path)
}

/// What the files say the version is, each version once.
fn versions(facts: &Facts, known: &mut Vec<String>) {
    let declarations = match &facts.declared.origin {
        Origin::Tag => &[][..],
        _ => &facts.declared.declarations[..],
    };
    for declaration in declarations {
        let version = declaration.version.as_ref().map_or_else(|| shortened(&declaration.text), ToString::to_string);
        if known.len() < MOST_VERSIONS && !known.contains(&version) {
            known.push(version);
        }
    }
    if declarations.is_empty() && known.is_empty() {
        known.push(if facts.declared.origin == Origin::Tag { "the tag's" } else { "none" }.to_owned());
    }
}

/// What the changelog has of the release.
fn section(facts: &Facts) -> String {
    let Some(found) = &facts.changelog else { return "none".to_owned() };
    let version = facts.release.as_ref().and_then(|release| release.version.as_ref());
    let Some(section) = version.and_then(|version| found.changelog.section_of(version)) else {
        return "no section".to_owned();
    };
    if !section.is_release() {
        return "unreleased".to_owned();
    }
    let date = section.date.as_ref().map(|text| match text.date {
        Some(date) => date.to_string(),
        None => shortened(&facts.changelog_text(found, text.span)),
    });
    let date = date.unwrap_or_else(|| "no date".to_owned());
    if section.yanked.is_some() { format!("{date}, yanked") } else { date }
}

/// What an audit has found.
#[derive(Debug)]
pub struct Overview {
    /// The name of the project.
    pub project: String,
    pub today: Date,
    /// The releases and what could not be judged, the oldest first.
    pub rows: Vec<Row>,
    /// Tags that are no releases.
    pub others: Vec<Row>,
    pub totals: Vec<Total>,
}

/// What one rule has found in all releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    pub rule: &'static str,
    pub severity: Severity,
    pub releases: usize,
    pub findings: usize,
}

impl Overview {
    /// `fallback` is the project's name where its releases do not agree on one.
    pub fn of(rows: Vec<Row>, fallback: &str, today: Date) -> Self {
        let (mut rows, others): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.standing().is_some());
        // Stable: releases of one day stay in the order of their versions.
        rows.sort_by_key(|row| (row.date.is_none(), row.date));
        let project = common_name(&rows).unwrap_or(fallback).to_owned();
        let totals = totals(&rows);
        Self { project, today, rows, others, totals }
    }

    pub fn count(&self, standing: Standing) -> usize {
        self.rows.iter().filter(|row| row.standing() == Some(standing)).count()
    }

    /// How the worst release stands; `None` where there is no release.
    pub fn worst(&self) -> Option<Standing> {
        self.rows.iter().filter_map(Row::standing).max()
    }

    /// The whole audit in a sentence without a full stop.
    pub fn sentence(&self) -> String {
        let releases = |n| if n == 1 { "1 release".to_owned() } else { format!("{n} releases") };
        let judged = self.rows.len() - self.count(Standing::Failed);
        let mut sentence = match (judged, self.count(Standing::Wrong)) {
            (0, _) => "no release could be judged".to_owned(),
            (1, 1) => "the only release shipped something wrong".to_owned(),
            (1, 0) => "the only release shipped nothing wrong".to_owned(),
            (all, 0) => format!("none of {} shipped anything wrong", releases(all)),
            (all, wrong) => format!("{wrong} of {} shipped something wrong", releases(all)),
        };
        if self.rows.is_empty() {
            "there is no release to judge".clone_into(&mut sentence);
        }
        match self.count(Standing::Warned) {
            0 => {}
            warned => sentence += &format!(", {warned} more {} warnings", if warned == 1 { "has" } else { "have" }),
        }
        match self.count(Standing::Failed) {
            0 => {}
            failed if judged > 0 => sentence += &format!(", {failed} could not be judged"),
            _ => {}
        }
        sentence
    }
}

/// The name that most releases have, in its newest spelling.
fn common_name(rows: &[Row]) -> Option<&str> {
    let names = rows.iter().rev().filter_map(|row| match &row.answer {
        Answer::Judged(release) => release.packages.first().map(String::as_str),
        Answer::Failed(_) | Answer::Other(_) => None,
    });
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for name in names {
        match counts.iter_mut().find(|(known, _)| normalized_name(known) == normalized_name(name)) {
            Some((_, count)) => *count += 1,
            None => counts.push((name, 1)),
        }
    }
    counts.into_iter().find(|(_, count)| count * 2 > rows.len()).map(|(name, _)| name)
}

/// The worst and most frequent first.
fn totals(rows: &[Row]) -> Vec<Total> {
    let mut totals: BTreeMap<(Severity, &'static str), (usize, usize)> = BTreeMap::new();
    for row in rows {
        let Answer::Judged(release) = &row.answer else { continue };
        for (rule, findings) in &release.rules {
            let total = totals.entry(*rule).or_default();
            *total = (total.0 + 1, total.1 + findings);
        }
    }
    let mut totals: Vec<Total> = totals
        .into_iter()
        .map(|((severity, rule), (releases, findings))| Total { rule, severity, releases, findings })
        .collect();
    totals.sort_by_key(|total| (total.severity, std::cmp::Reverse(total.releases)));
    totals
}
