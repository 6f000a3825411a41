//! Findings for people: the place, the line itself with the span underlined, the second place, the help.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level as Title, Renderer, Snippet};
use owo_colors::{OwoColorize, Style};

use crate::Exit;
use crate::declaration::{Declaration, Origin, Role};
use crate::failure::Failure;
use crate::finding::{Finding, Level, Location, SourceId, Sources};
use crate::position::Position;
use crate::project::Facts;
use crate::render::json::{level_name, severity};
use crate::render::place::Places;
use crate::render::terminal::Terminal;
use crate::render::visible::{one_line, visible};
use crate::report::{Judgement, Report, SnapshotName};
use crate::rules::{self, Example, Rule};
use crate::verdict::Verdict;

/// Lines between two places of one file that are shown in one piece.
const NEAR: usize = 40;

/// Bytes between them, likewise.
const CLOSE: usize = 10_000;

/// Bytes of a line before and behind a place that are looked at; the terminal's width decides what is shown of them.
const AROUND: usize = 1_000;

/// Findings about one subject that are shown to people; nobody reads more.
pub(super) const MOST_SHOWN: usize = 100;

/// Lines of one place that are shown; a longer span is cut.
const TALLEST: usize = 5;

/// `relgate check`: every finding, and one line that says what was judged.
pub fn check(report: &Report, terminal: Terminal, output: &mut Vec<u8>) {
    findings(report, terminal, output);
    outcome(report, terminal, output);
}

/// What was repaired and judged, a line each; nothing where only findings were asked for.
pub(super) fn outcome(report: &Report, terminal: Terminal, output: &mut Vec<u8>) {
    if terminal.quiet {
        return;
    }
    match report.fixed {
        0 => {}
        1 => line(output, "repaired 1 finding"),
        n => line(output, &format!("repaired {n} findings")),
    }
    for judgement in &report.judgements {
        line(output, &summary(judgement, terminal.color));
    }
}

/// A hook: nothing at all when all is well.
pub fn hook(report: &Report, terminal: Terminal, output: &mut Vec<u8>) {
    findings(report, terminal, output);
    for judgement in report.judgements.iter().filter(|judgement| judgement.blocks()) {
        line(output, &summary(judgement, terminal.color));
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

/// A level's own word, in its colour.
pub(super) fn painted_level(level: Level, color: bool) -> String {
    let style = if level == Level::Error { Style::new().red().bold() } else { Style::new().yellow().bold() };
    paint(severity(level), style, color)
}

fn findings(report: &Report, terminal: Terminal, output: &mut Vec<u8>) {
    let renderer = if terminal.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(terminal.columns).hyperlink(terminal.hyperlinks);
    for judgement in &report.judgements {
        let places = Places::of(&judgement.facts.sources);
        // What blocks is shown first where not all can be.
        let (blocking, other): (Vec<_>, Vec<_>) = judgement.verdicts.iter().partition(|verdict| verdict.blocks);
        let crowded = judgement.verdicts.len() > MOST_SHOWN;
        let told: Vec<&Verdict> =
            if crowded { blocking.into_iter().chain(other).collect() } else { judgement.verdicts.iter().collect() };
        for verdict in told.into_iter().take(MOST_SHOWN) {
            line(output, &finding(verdict, &judgement.facts.sources, &places, &renderer));
            output.push(b'\n');
        }
        if crowded {
            let more = judgement.verdicts.len() - MOST_SHOWN;
            line(output, &format!("... and {more} more findings; `relgate check --format json` tells them all"));
        }
    }
}

fn finding(verdict: &Verdict, sources: &Sources, lines: &Places<'_>, renderer: &Renderer) -> String {
    let Finding { rule, at, message, related, help, .. } = &verdict.finding;
    let level = if verdict.level == Level::Error { Title::ERROR } else { Title::WARNING };
    let title = level.primary_title(one_line(message)).id(*rule).id_url(rules::page(rule));
    let mut places = vec![Place { at: *at, label: String::new(), kind: AnnotationKind::Primary }];
    places.extend(related.iter().map(|related| Place {
        at: related.at,
        label: one_line(&related.message),
        kind: AnnotationKind::Context,
    }));
    let pieces = pieces(places, lines);
    let cuts: Vec<Cut> = pieces.iter().flat_map(|piece| piece.cuts(sources, lines)).collect();
    let snippets = pieces.into_iter().map(|piece| piece.shown(sources, lines));
    let mut group = Group::with_title(title).elements(snippets);
    if verdict.old {
        group = group.element(Title::NOTE.message("this is not new: the base has it, too"));
    }
    if let Some(reason) = &verdict.ignored {
        group = group.element(Title::NOTE.message(format!("settings ignore this: {}", one_line(reason))));
    }
    if let Some(help) = help {
        group = group.element(Title::HELP.message(one_line(help)));
    }
    with_true_columns(renderer.render(&[group]), &cuts)
}

/// A span to be underlined.
struct Place {
    at: Location,
    label: String,
    kind: AnnotationKind,
}

/// Places of one file that are shown together, with the lines between them.
struct Piece {
    source: SourceId,
    /// 1-based lines, the last one included.
    lines: Range<usize>,
    /// Bytes from the first place to the end of the last; of a long place, its beginning.
    span: Range<usize>,
    places: Vec<Place>,
}

/// The first place comes first.
fn pieces(places: Vec<Place>, lines: &Places<'_>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for place in places {
        let (source, span) = (place.at.source, place.at.span);
        let first = lines.lines(source).line(span.start);
        let last = lines.lines(source).line(span.end).min(first + TALLEST - 1);
        let span = span.start..span.end.min(span.start + AROUND);
        let near = |piece: &&mut Piece| {
            piece.source == source
                && (first <= piece.lines.end + NEAR && piece.lines.start <= last + NEAR)
                && (span.start <= piece.span.end + CLOSE && piece.span.start <= span.end + CLOSE)
        };
        match pieces.iter_mut().find(near) {
            Some(piece) => {
                piece.lines = piece.lines.start.min(first)..piece.lines.end.max(last);
                piece.span = piece.span.start.min(span.start)..piece.span.end.max(span.end);
                piece.places.push(place);
            }
            None => pieces.push(Piece { source, lines: first..last, span, places: vec![place] }),
        }
    }
    pieces
}

impl Piece {
    /// The bytes that are shown: whole lines, but for what is far from every place.
    fn window(&self, bytes: &[u8], lines: &Places<'_>) -> Range<usize> {
        let whole = lines.lines(self.source).range(bytes, self.lines.start, self.lines.end);
        // What is no UTF-8 may have the place itself where no character begins.
        let start = boundary(bytes, whole.start.max(self.span.start.saturating_sub(AROUND))).min(self.span.start);
        start..boundary(bytes, whole.end.min(self.span.end + AROUND)).max(start)
    }

    fn shown(self, sources: &Sources, lines: &Places<'_>) -> Snippet<'static, Annotation<'static>> {
        let source = sources.get(self.source);
        let window = self.window(&source.bytes, lines);
        let inside = |offset: usize| offset.clamp(window.start, window.end) - window.start;
        let spans: Vec<Range<usize>> =
            self.places.iter().map(|place| inside(place.at.span.start)..inside(place.at.span.end)).collect();
        let (text, spans) = visible(&source.bytes[window.clone()], &spans);
        let annotations: Vec<Annotation<'_>> =
            self.places.into_iter().zip(spans).map(|(place, span)| place.annotation(&text, span)).collect();
        Snippet::source(text)
            .path(one_line(&source.path))
            .line_start(self.lines.start)
            .fold(true)
            .annotations(annotations)
    }

    /// The columns that are counted from the cut, where the beginning of the first line is left out.
    fn cuts(&self, sources: &Sources, lines: &Places<'_>) -> Vec<Cut> {
        let source = sources.get(self.source);
        let start = self.window(&source.bytes, lines).start;
        let left_out = lines.point(self.source, start);
        if left_out.column == 1 {
            return Vec::new();
        }
        let points = self.places.iter().map(|place| lines.point(self.source, place.at.span.start));
        let first = points.filter(|point| point.line == left_out.line);
        let place = |column| format!("{}:{}:{column}", one_line(&source.path), left_out.line);
        first.map(|at| Cut { shown: place(at.column + 1 - left_out.column), meant: place(at.column) }).collect()
    }
}

/// A place as it is counted in a window, and as it is.
struct Cut {
    shown: String,
    meant: String,
}

/// Corrects the headings of windows into long lines. The title, which is the first line, is none.
fn with_true_columns(text: String, cuts: &[Cut]) -> String {
    if cuts.is_empty() {
        return text;
    }
    let corrected = text.split('\n').enumerate().map(|(index, line)| {
        let bare = line.strip_suffix("\x1b[0m").unwrap_or(line);
        let ends = |cut: &&Cut| bare.strip_suffix(cut.shown.as_str()).is_some_and(|head| head.ends_with([' ', 'm']));
        match cuts.iter().find(ends).filter(|_| index > 0) {
            Some(cut) => format!("{}{}{}", &bare[..bare.len() - cut.shown.len()], cut.meant, &line[bare.len()..]),
            None => line.to_owned(),
        }
    });
    corrected.collect::<Vec<_>>().join("\n")
}

impl Place {
    fn annotation(self, text: &str, span: Range<usize>) -> Annotation<'static> {
        // A span that ends with its line would be drawn on into the next one.
        let end = span.start + text[span.clone()].trim_end_matches('\n').len();
        let annotation = self.kind.span(span.start..end);
        if self.label.is_empty() { annotation } else { annotation.label(self.label) }
    }
}

/// The next offset at which a character of UTF-8 may begin.
fn boundary(bytes: &[u8], offset: usize) -> usize {
    let inside = bytes[offset..].iter().take(3).take_while(|byte| **byte & 0xc0 == 0x80);
    offset + inside.count()
}

/// One line: what was judged, and the outcome.
pub(super) fn summary(judgement: &Judgement, color: bool) -> String {
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
    let kinds = [(judgement.old, "old"), (judgement.ignored, "ignored")];
    let left: Vec<String> =
        kinds.into_iter().filter(|(count, _)| *count > 0).map(|(count, kind)| format!("{count} {kind}")).collect();
    if !left.is_empty() {
        let findings = if judgement.old + judgement.ignored == 1 { "finding" } else { "findings" };
        text += &format!(" ({} {findings} not shown, see --all)", left.join(" and "));
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
        Some(found) => {
            let path = one_line(&facts.sources.get(found.source).path);
            // Not a fault: it may say where the changes are told. But that there is a section was not seen.
            let is_empty = found.changelog.sections.is_empty();
            format!(", changelog {path}{}", if is_empty { " (which has no sections)" } else { "" })
        }
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
