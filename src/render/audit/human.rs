//! An audit for people at a terminal: a line for each release, then the totals.

use owo_colors::Style;

use super::{Answer, Overview, Row, Severity, Standing, Total};
use crate::render::human::{line, paint};
use crate::render::visible::one_line;

/// Characters of a column; what is longer is cut.
const WIDEST: usize = 30;

/// The table, the totals by rule, and one sentence.
pub fn audit(overview: &Overview, color: bool, output: &mut Vec<u8>) {
    table(overview, color, output);
    totals(overview, color, output);
    let style = match overview.worst() {
        Some(Standing::Wrong | Standing::Failed) => Style::new().red().bold(),
        None | Some(Standing::Clean | Standing::Warned) => Style::new().green().bold(),
    };
    let others = match overview.others.len() {
        0 => String::new(),
        1 => " (1 tag is no release)".to_owned(),
        n => format!(" ({n} tags are no releases)"),
    };
    let (word, project) = (paint("audit", style, color), one_line(&overview.project));
    line(output, &format!("{word}: {project}: {}{others}", overview.sentence()));
}

/// A line for each release.
pub(in crate::render) fn table(overview: &Overview, color: bool, output: &mut Vec<u8>) {
    if overview.rows.is_empty() {
        return;
    }
    let bold = Style::new().bold();
    let header = ["TAG", "DATE", "VERSIONS", "CHANGELOG"].map(str::to_owned);
    let rows: Vec<[String; 4]> = std::iter::once(header).chain(overview.rows.iter().map(cells)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2), width(3)];
    let said = std::iter::once(paint("WHAT WAS WRONG", bold, color));
    let said = said.chain(overview.rows.iter().map(|row| what(row, color)));
    for (index, (row, said)) in rows.iter().zip(said).enumerate() {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        let text = cells.join("  ");
        let text = if index == 0 { paint(&text, bold, color) } else { text };
        line(output, format!("{text}  {said}").trim_end());
    }
}

fn cells(row: &Row) -> [String; 4] {
    let date = row.date.map_or_else(|| "-".to_owned(), |date| date.to_string());
    let (versions, changelog) = match &row.answer {
        Answer::Judged(release) => (release.versions.join(", "), release.changelog.clone()),
        _ => (String::new(), String::new()),
    };
    let versions = if versions.is_empty() { "-".to_owned() } else { versions };
    let changelog = if changelog.is_empty() { "-".to_owned() } else { changelog };
    [cut(&row.tag), date, cut(&versions), cut(&changelog)]
}

fn cut(text: &str) -> String {
    let text = one_line(text);
    match text.char_indices().nth(WIDEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The rules that found something, warnings in brackets; empty where there was nothing.
pub(super) fn what(row: &Row, color: bool) -> String {
    match &row.answer {
        Answer::Judged(release) => {
            let rules = release.rules.iter().map(|((severity, rule), count)| {
                let times = if *count > 1 { format!(" x{count}") } else { String::new() };
                match severity {
                    Severity::Blocks => format!("{}{times}", paint(rule, Style::new().red(), color)),
                    Severity::Warns => format!("({}{times})", paint(rule, Style::new().yellow(), color)),
                }
            });
            rules.collect::<Vec<_>>().join(", ")
        }
        Answer::Failed(failure) => {
            format!("{} {}", paint("could not be judged:", Style::new().magenta(), color), one_line(&failure.message))
        }
        Answer::Other(_) => String::new(),
    }
}

fn totals(overview: &Overview, color: bool, output: &mut Vec<u8>) {
    let width = overview.totals.iter().map(|total| total.rule.len()).max().unwrap_or(0);
    if width == 0 {
        return;
    }
    line(output, "");
    for Total { rule, severity, releases, .. } in &overview.totals {
        let (word, style) = match severity {
            Severity::Blocks => ("error  ", Style::new().red()),
            Severity::Warns => ("warning", Style::new().yellow()),
        };
        let unit = if *releases == 1 { "release" } else { "releases" };
        line(output, &format!("{releases:5} {unit:8}  {}  {rule}", paint(word, style, color)));
    }
    line(output, "");
}
