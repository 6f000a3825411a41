//! Findings for people: the place, the line itself with the span underlined, the second place, the help.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Title, Renderer, Snippet};
use owo_colors::{OwoColorize, Style};

use crate::Exit;
use crate::declaration::{Declaration, Origin, Role};
use crate::failure::Failure;
use crate::finding::{Finding, Level, Location, Source, SourceId, Sources};
use crate::position::{Lines, Position};
use crate::project::Facts;
use crate::render::json::level_name;
use crate::render::visible::{one_line, visible};
use crate::report::{Judgement, Report, SnapshotName};
use crate::rules::{self, Example, Rule};
use crate::verdict::Verdict;

/// Lines between two places of one file that are shown in one piece.
const NEAR: usize = 40;

/// Findings about one subject that are shown to people; nobody reads more.
const MOST_SHOWN: usize = 100;

/// Lines of one place that are shown; a longer span is cut.
const TALLEST: usize = 5;

/// `relgate check`: every finding, and one line that says what was judged.
pub fn check(report: &Report, color: bool, output: &mut Vec<u8>) {
    findings(report, color, output);
    match report.fixed {
        0 => {}
        1 => line(output, "repaired 1 finding"),
        n => line(output, &format!("repaired {n} findings")),
    }
    for judgement in &report.judgements {
        line(output, &summary(judgement, color));
    }
}

/// A hook: nothing at all when all is well.
pub fn hook(report: &Report, color: bool, output: &mut Vec<u8>) {
    findings(report, color, output);
    for judgement in report.judgements.iter().filter(|judgement| judgement.blocks()) {
        line(output, &summary(judgement, color));
    }
}

/// Lines that name paths and settings of the repository.
pub fn lines(lines: &[String], output: &mut Vec<u8>) {
    for text in lines {
        line(output, &one_line(text));
    }
}

pub(super) fn line(output: &mut Vec<u8>, text: &str) {
    output.extend_from_slice(text.as_bytes());
    output.push(b'\n');
}

pub(super) fn paint(text: &str, style: Style, color: bool) -> String {
    if color { text.style(style).to_string() } else { text.to_owned() }
}

fn findings(report: &Report, color: bool, output: &mut Vec<u8>) {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    for judgement in &report.judgements {
        // What blocks is shown first where not all can be.
        let (blocking, other): (Vec<_>, Vec<_>) = judgement.verdicts.iter().partition(|verdict| verdict.blocks);
        let crowded = judgement.verdicts.len() > MOST_SHOWN;
        let told: Vec<&Verdict> =
            if crowded { blocking.into_iter().chain(other).collect() } else { judgement.verdicts.iter().collect() };
        for verdict in told.into_iter().take(MOST_SHOWN) {
            line(output, &renderer.render(&[finding(verdict, &judgement.facts.sources)]));
            output.push(b'\n');
        }
        if crowded {
            let more = judgement.verdicts.len() - MOST_SHOWN;
            line(output, &format!("... and {more} more findings; `relgate check --format json` tells them all"));
        }
    }
}

fn finding(verdict: &Verdict, sources: &Sources) -> Group<'static> {
    let Finding { rule, at, message, related, help, .. } = &verdict.finding;
    let level = if verdict.level == Level::Error { Title::ERROR } else { Title::WARNING };
    let mut group = Group::with_title(level.primary_title(one_line(message)).id(*rule));
    let mut places = vec![Place { at: *at, label: String::new(), kind: AnnotationKind::Primary }];
    places.extend(related.iter().map(|related| Place {
        at: related.at,
        label: one_line(&related.message),
        kind: AnnotationKind::Context,
    }));
    for snippet in snippets(places, sources) {
        group = group.element(snippet);
    }
    if verdict.old {
        group = group.element(Title::NOTE.message("this is not new: the base has it, too"));
    }
    if let Some(help) = help {
        group = group.element(Title::HELP.message(one_line(help)));
    }
    group
}

/// A span to be underlined.
struct Place {
    at: Location,
    label: String,
    kind: AnnotationKind,
}

/// Places as pieces of their files: near ones of one file together, the first place first.
fn snippets(places: Vec<Place>, sources: &Sources) -> Vec<Snippet<'static, annotate_snippets::Annotation<'static>>> {
    let mut pieces: Vec<(SourceId, Lines, Range<usize>, Vec<Place>)> = Vec::new();
    for place in places {
        let source = sources.get(place.at.source);
        let lines = Lines::of(&source.bytes);
        let first = lines.position(&source.bytes, place.at.span.start).line;
        let last = lines.position(&source.bytes, place.at.span.end).line.min(first + TALLEST - 1);
        let near = |piece: &(SourceId, Lines, Range<usize>, Vec<Place>)| {
            piece.0 == place.at.source && first <= piece.2.end + NEAR && piece.2.start <= last + NEAR
        };
        match pieces.iter_mut().find(|piece| near(piece)) {
            Some((_, _, shown, members)) => {
                *shown = shown.start.min(first)..shown.end.max(last);
                members.push(place);
            }
            None => pieces.push((place.at.source, lines, first..last, vec![place])),
        }
    }
    pieces.into_iter().map(|(id, lines, shown, places)| snippet(sources.get(id), &lines, &shown, places)).collect()
}

/// `shown` are 1-based lines, the last one included.
fn snippet(
    source: &Source,
    lines: &Lines,
    shown: &Range<usize>,
    places: Vec<Place>,
) -> Snippet<'static, annotate_snippets::Annotation<'static>> {
    let window = lines.range(&source.bytes, shown.start, shown.end);
    let inside = |offset: usize| offset.clamp(window.start, window.end) - window.start;
    let spans: Vec<Range<usize>> =
        places.iter().map(|place| inside(place.at.span.start)..inside(place.at.span.end)).collect();
    let (text, spans) = visible(&source.bytes[window.clone()], &spans);
    let annotations = places.into_iter().zip(spans).map(|(place, span)| {
        // A span that ends with its line would be drawn on into the next one.
        let end = span.start + text[span.clone()].trim_end_matches('\n').len();
        let annotation = place.kind.span(span.start..end);
        if place.label.is_empty() { annotation } else { annotation.label(place.label) }
    });
    let annotations: Vec<_> = annotations.collect();
    Snippet::source(text).path(one_line(&source.path)).line_start(shown.start).fold(true).annotations(annotations)
}

/// One line: what was judged, and the outcome.
fn summary(judgement: &Judgement, color: bool) -> String {
    let subject = subject(judgement);
    if let Some(reason) = &judgement.no_release {
        return format!(
            "{}: {}, so there is nothing to judge",
            paint("ok", Style::new().green(), color),
            one_line(reason)
        );
    }
    let count = |level| judgement.verdicts.iter().filter(|verdict| verdict.level == level).count();
    let mut parts = Vec::new();
    for (level, one, many) in [(Level::Error, "error", "errors"), (Level::Warn, "warning", "warnings")] {
        match count(level) {
            0 => {}
            1 => parts.push(format!("1 {one}")),
            n => parts.push(format!("{n} {many}")),
        }
    }
    let mut text = if judgement.blocks() {
        format!("{}: {subject}: ", paint("refused", Style::new().red().bold(), color))
    } else {
        format!("{}: {subject}: ", paint("ok", Style::new().green().bold(), color))
    };
    if parts.is_empty() {
        text += &agreement(judgement)
    } else {
        text += &parts.join(", ")
    }
    match judgement.old {
        0 => {}
        1 => text += " (1 old finding not shown, see --all)",
        n => text += &format!(" ({n} old findings not shown, see --all)"),
    }
    text
}

fn subject(judgement: &Judgement) -> String {
    let moment = match &judgement.snapshot {
        SnapshotName::WorkTree => "the work tree".to_owned(),
        SnapshotName::Index => "the index".to_owned(),
        SnapshotName::Tree(revision) => format!("commit {}", revision.get(..10).unwrap_or(revision)),
        SnapshotName::Nothing => "its deletion".to_owned(),
    };
    if let Some(deleted) = &judgement.facts.deleted {
        return format!("the deletion of {}", one_line(&deleted.tag));
    }
    match &judgement.facts.release {
        Some(release) => format!("{} on {moment}", one_line(&release.tag)),
        None => moment,
    }
}

/// What agrees, when all is well.
fn agreement(judgement: &Judgement) -> String {
    let facts = &judgement.facts;
    let declared = facts.declared.declarations.iter().find_map(|declaration| declaration.version.as_ref());
    let version = facts.release.as_ref().and_then(|release| release.version.as_ref()).or(declared);
    let places = match facts.declared.declarations.len() {
        0 => "no file states a version".to_owned(),
        1 => "1 file states it".to_owned(),
        n => format!("{n} places state it"),
    };
    let version = version.map_or_else(String::new, |version| format!("version {version}, "));
    let changelog = match &facts.changelog {
        Some(changelog) => format!(", changelog {}", one_line(&facts.sources.get(changelog.source).path)),
        None => String::new(),
    };
    format!("{version}{places}{changelog}")
}

/// The table of rules, a line each.
pub fn rules(rules: &[&Rule], color: bool, output: &mut Vec<u8>) -> Exit {
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    for rule in rules {
        let id = paint(&format!("{:width$}", rule.id), Style::new().bold(), color);
        line(output, &format!("{id}  {:5}  {}", level_name(rule.level), rule.summary));
    }
    Exit::Clean
}

/// All about one rule.
pub fn explain(rule: &Rule, color: bool, output: &mut Vec<u8>) -> Exit {
    line(output, &format!("{} ({})\n", paint(rule.id, Style::new().bold(), color), level_name(rule.level)));
    line(output, &format!("{}.\n\n{}", rule.summary, rule.explanation.trim()));
    for (heading, examples) in [("Wrong", rule.bad), ("Right", rule.good)] {
        for example in examples {
            line(output, &format!("\n{}: {}", paint(heading, Style::new().bold(), color), example.title));
            show(example, output);
        }
    }
    line(output, &format!("\n{}", rules::page(rule.id)));
    Exit::Clean
}

fn show(example: &Example, output: &mut Vec<u8>) {
    if let Some(command) = example.command() {
        line(output, &format!("\n    $ {command}"));
    }
    for (path, text) in example.files {
        line(output, &format!("\n    {path}"));
        for text in text.lines() {
            line(output, format!("    | {}", one_line(text)).trim_end());
        }
    }
}

/// Every place that states a version, package by package, and who decides.
pub fn versions(packages: &[Facts], color: bool, output: &mut Vec<u8>) {
    for facts in packages {
        let name = one_line(facts.declared.name.as_deref().unwrap_or("(no name)"));
        let decided = match (&facts.declared.origin, facts.version()) {
            (Origin::Tag, _) => "the tag is the version".to_owned(),
            (Origin::NoProject, _) => "no Python project: nothing is built".to_owned(),
            (origin, version) => match (version, origin.reason()) {
                (_, Some(reason)) => format!("not known: {}", one_line(reason)),
                (Some(version), None) => version.to_string(),
                (None, None) => "not known".to_owned(),
            },
        };
        line(output, &format!("{} {decided}", paint(&name, Style::new().bold(), color)));
        let rows: Vec<(String, String, &str)> =
            facts.declared.declarations.iter().map(|one| row(one, &facts.sources)).collect();
        let widest = |column: fn(&(String, String, &str)) -> usize| rows.iter().map(column).max().unwrap_or(0);
        let (place, text) = (widest(|row| row.0.chars().count()), widest(|row| row.1.chars().count()));
        for (at, stated, role) in &rows {
            line(output, &format!("  {at:place$}  {stated:text$}  {role}"));
        }
    }
}

fn row<'d>(declaration: &'d Declaration, sources: &Sources) -> (String, String, &'d str) {
    let source = sources.get(declaration.at.source);
    let Position { line, column } = Position::of(&source.bytes, declaration.at.span.start);
    let role = match declaration.role {
        Role::Authority => "is built",
        Role::Primary => "is seen by users",
        Role::Secondary => "is a copy",
        Role::Lock => "is locked",
    };
    (one_line(&format!("{}:{line}:{column}", source.path)), one_line(&declaration.text), role)
}

/// The version that is built, a line for each package.
///
/// # Errors
/// Where no file states it.
pub fn short_versions(packages: &[Facts], output: &mut Vec<u8>) -> Result<(), Failure> {
    for facts in packages {
        let version = facts.version().filter(|_| facts.declared.origin != Origin::Tag);
        let name = facts.declared.name.as_deref().unwrap_or("this project");
        let reason = facts.declared.origin.reason().unwrap_or("the tag is the version");
        let version = version.ok_or_else(|| Failure::new(format!("no file states the version of {name}: {reason}")))?;
        line(output, &version.to_string());
    }
    Ok(())
}
