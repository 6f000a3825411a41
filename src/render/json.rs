//! Format 1 of the JSON output: a contract. Fields are added, never changed or removed.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::finding::{Edit, Finding, Fix, Level, Safety};
use crate::notes::Notes;
use crate::project::Facts;
use crate::render::place::{Place, Places, Point};
use crate::render::visible::{Marks, is_harmless};
use crate::report::{Judgement, Report, SnapshotName};
use crate::verdict::Verdict;

#[derive(Serialize)]
struct Document<'a> {
    format: u8,
    tool: Tool,
    subjects: Vec<Subject<'a>>,
    summary: Summary,
}

/// What every document begins with.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Format {
    format: u8,
    tool: Tool,
}

impl Format {
    pub(super) const ONE: Self = Self { format: 1, tool: TOOL };
}

#[derive(Clone, Copy, Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

const TOOL: Tool = Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };

#[derive(Serialize)]
struct Subject<'a> {
    event: &'a str,
    snapshot: Snapshot<'a>,
    package: Option<&'a str>,
    release: Option<Release<'a>>,
    declarations: Vec<Declaration<'a>>,
    changelog: Option<Changelog<'a>>,
    findings: Vec<JsonFinding<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_release: Option<&'a str>,
    old: usize,
    ignored: usize,
}

#[derive(Serialize)]
struct Snapshot<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<&'a str>,
}

#[derive(Serialize)]
struct Release<'a> {
    tag: &'a str,
    version: Option<String>,
    prerelease: bool,
}

#[derive(Serialize)]
struct Declaration<'a> {
    path: &'a str,
    kind: &'static str,
    version: Option<String>,
    text: &'a str,
    role: &'static str,
    #[serde(flatten)]
    place: Place,
}

#[derive(Serialize)]
struct Changelog<'a> {
    path: &'a str,
    section: Option<Section>,
}

#[derive(Serialize)]
struct Section {
    version: Option<String>,
    date: Option<String>,
    yanked: bool,
    start: Point,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    rule: &'static str,
    severity: &'static str,
    blocks: bool,
    old: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    ignored: Option<&'a str>,
    message: &'a str,
    path: &'a str,
    #[serde(flatten)]
    place: Place,
    related: Vec<Related<'a>>,
    help: Option<&'a str>,
    fix: Option<JsonFix<'a>>,
}

#[derive(Serialize)]
struct Related<'a> {
    path: &'a str,
    #[serde(flatten)]
    place: Place,
    message: &'a str,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    title: &'a str,
    safety: &'static str,
    edits: Vec<JsonEdit<'a>>,
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    path: &'a str,
    #[serde(flatten)]
    place: Place,
    text: &'a str,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    blocked: bool,
    #[serde(skip_serializing_if = "is_zero")]
    fixed: usize,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// The whole report as one document.
pub fn check(report: &Report, output: &mut Vec<u8>) {
    let count = |level| report.verdicts().filter(|verdict| verdict.level == level).count();
    write(
        &Document {
            format: 1,
            tool: TOOL,
            subjects: report.judgements.iter().map(subject).collect(),
            summary: Summary {
                errors: count(Level::Error),
                warnings: count(Level::Warn),
                blocked: report.blocks(),
                fixed: report.fixed,
            },
        },
        output,
    );
}

/// One finding with all that it is about.
#[derive(Serialize)]
struct Line<'a> {
    format: u8,
    event: &'a str,
    snapshot: Snapshot<'a>,
    package: Option<&'a str>,
    release: Option<Release<'a>>,
    #[serde(flatten)]
    finding: JsonFinding<'a>,
}

/// A line for each finding.
pub fn lines(report: &Report, output: &mut Vec<u8>) {
    for judgement in &report.judgements {
        let places = Places::of(&judgement.facts.sources);
        for verdict in &judgement.verdicts {
            let line = Line {
                format: 1,
                event: judgement.event,
                snapshot: snapshot(judgement),
                package: judgement.facts.declared.name.as_deref(),
                release: release(judgement),
                finding: finding(verdict, &places),
            };
            // As in `write`: none of these types fails.
            escaped(&serde_json::to_string(&line).unwrap_or_default(), output);
        }
    }
}

pub(super) fn write(document: &impl Serialize, output: &mut Vec<u8>) {
    // This fails only where a type cannot be JSON, which none of these is.
    escaped(&serde_json::to_string_pretty(document).unwrap_or_default(), output);
}

/// What could speak to a terminal, or would be a command in the log of a CI service, stands in a string, where an escape
/// means the same.
fn escaped(text: &str, output: &mut Vec<u8>) {
    let (mut marks, mut units) = (Marks::default(), [0; 2]);
    for c in text.chars() {
        if !marks.opens(c) && (c == '\n' || is_harmless(c)) {
            output.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            for unit in c.encode_utf16(&mut units) {
                output.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
            }
        }
    }
    output.push(b'\n');
}

fn subject(judgement: &Judgement) -> Subject<'_> {
    let facts = &judgement.facts;
    let places = Places::of(&facts.sources);
    Subject {
        event: judgement.event,
        snapshot: snapshot(judgement),
        package: facts.declared.name.as_deref(),
        release: release(judgement),
        declarations: declarations(facts, &places),
        changelog: changelog(judgement, &places),
        findings: judgement.verdicts.iter().map(|verdict| finding(verdict, &places)).collect(),
        no_release: judgement.no_release.as_deref(),
        old: judgement.old,
        ignored: judgement.ignored,
    }
}

/// One judgement, for a document that is put together from many.
pub(super) fn raw_subject(judgement: &Judgement) -> Option<Box<RawValue>> {
    serde_json::value::to_raw_value(&subject(judgement)).ok()
}

fn snapshot(judgement: &Judgement) -> Snapshot<'_> {
    let (kind, revision) = match &judgement.snapshot {
        SnapshotName::WorkTree => ("worktree", None),
        SnapshotName::Index => ("index", None),
        SnapshotName::Tree(revision) => ("tree", Some(revision.as_str())),
        SnapshotName::Nothing => ("none", None),
    };
    Snapshot { kind, revision }
}

fn release(judgement: &Judgement) -> Option<Release<'_>> {
    judgement.facts.release.as_ref().map(|release| Release {
        tag: &release.tag,
        version: release.version.as_ref().map(ToString::to_string),
        prerelease: release.version.as_ref().is_some_and(crate::version::Version::is_prerelease),
    })
}

fn declarations<'a>(facts: &'a Facts, places: &Places<'a>) -> Vec<Declaration<'a>> {
    let declared = facts.declared.declarations.iter();
    declared
        .map(|declaration| Declaration {
            path: places.path(declaration.at),
            kind: declaration.kind.name(),
            version: declaration.version.as_ref().map(ToString::to_string),
            text: &declaration.text,
            role: declaration.role.name(),
            place: places.place(declaration.at),
        })
        .collect()
}

fn finding<'a>(verdict: &'a Verdict, places: &Places<'a>) -> JsonFinding<'a> {
    let Finding { rule, at, message, related, help, fix, .. } = &verdict.finding;
    JsonFinding {
        rule,
        severity: severity(verdict.level),
        blocks: verdict.blocks,
        old: verdict.old,
        ignored: verdict.ignored.as_deref(),
        message,
        path: places.path(*at),
        place: places.place(*at),
        related: related
            .iter()
            .map(|related| Related {
                path: places.path(related.at),
                place: places.place(related.at),
                message: &related.message,
            })
            .collect(),
        help: help.as_deref(),
        fix: fix.as_ref().map(|fix| json_fix(fix, places)),
    }
}

fn json_fix<'a>(fix: &'a Fix, places: &Places<'a>) -> JsonFix<'a> {
    let edit = |edit: &'a Edit| JsonEdit { path: places.path(edit.at), place: places.place(edit.at), text: &edit.text };
    JsonFix { title: &fix.title, safety: safety_name(fix.safety), edits: fix.edits.iter().map(edit).collect() }
}

pub(super) fn safety_name(safety: Safety) -> &'static str {
    match safety {
        Safety::Safe => "safe",
        Safety::Unsafe => "unsafe",
    }
}

pub(super) fn severity(level: Level) -> &'static str {
    if level == Level::Error { "error" } else { "warning" }
}

fn changelog<'a>(judgement: &'a Judgement, places: &Places<'a>) -> Option<Changelog<'a>> {
    let facts = &judgement.facts;
    let found = facts.changelog.as_ref()?;
    let released = facts.release.as_ref().and_then(|release| release.version.as_ref());
    let section =
        released.and_then(|version| found.changelog.section_of(version)).filter(|section| section.is_release());
    Some(Changelog {
        path: &facts.sources.get(found.source).path,
        section: section.map(|section| Section {
            version: section.named_version().map(ToString::to_string),
            date: section.date.as_ref().and_then(|text| text.date).map(|date| date.to_string()),
            yanked: section.yanked.is_some(),
            start: places.point(found.source, section.heading.span.start),
        }),
    })
}

#[derive(Serialize)]
struct JsonNotes<'a> {
    version: Option<String>,
    date: Option<String>,
    prerelease: Option<bool>,
    yanked: bool,
    path: &'a str,
    notes: std::borrow::Cow<'a, str>,
}

/// The notes of one release.
pub fn notes(notes: &Notes, output: &mut Vec<u8>) {
    write(
        &JsonNotes {
            version: notes.version.as_ref().map(ToString::to_string),
            date: notes.date.map(|date| date.to_string()),
            prerelease: notes.prerelease(),
            yanked: notes.yanked,
            path: &notes.path,
            notes: String::from_utf8_lossy(&notes.text),
        },
        output,
    );
}

/// A level as settings spell it.
pub fn level_name(level: Level) -> &'static str {
    match level {
        Level::Off => "off",
        Level::Warn => "warn",
        Level::Error => "error",
    }
}

#[derive(Serialize)]
struct Versions<'a> {
    format: u8,
    tool: Tool,
    packages: Vec<JsonPackage<'a>>,
}

#[derive(Serialize)]
struct JsonPackage<'a> {
    package: Option<&'a str>,
    /// The version that is built, where a file states it.
    version: Option<String>,
    /// Who decides it: `declared`, `tag`, `unresolved`, `missing` or `none`.
    origin: &'static str,
    reason: Option<&'a str>,
    declarations: Vec<Declaration<'a>>,
}

/// Every place that states a version, package by package.
pub fn versions(packages: &[Facts], output: &mut Vec<u8>) {
    let rows = packages.iter().map(|facts| JsonPackage {
        package: facts.declared.name.as_deref(),
        version: facts.version().map(ToString::to_string),
        origin: facts.declared.origin.name(),
        reason: facts.declared.origin.reason(),
        declarations: declarations(facts, &Places::of(&facts.sources)),
    });
    write(&Versions { format: 1, tool: TOOL, packages: rows.collect() }, output);
}
