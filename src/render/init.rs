//! What the history suggests, and what shows it.

use owo_colors::Style;
use serde::Serialize;

use super::audit::{Overview, human::table, json::Release};
use super::human::{line, paint};
use super::json::{Format, write};
use super::visible::one_line;
use crate::init::{Line, Plan};

/// Evidence, settings, and the newest releases under these settings.
pub fn human(plan: &Plan, overview: &Overview, written: bool, color: bool, output: &mut Vec<u8>) {
    let bold = |text: &str| paint(text, Style::new().bold(), color);
    let releases = if plan.releases == 1 { "1 release".to_owned() } else { format!("{} releases", plan.releases) };
    line(output, &format!("{}: {releases}\n", bold(&one_line(&overview.project))));
    let width = plan.found.iter().map(|found| found.about.len()).max().unwrap_or(0);
    for found in &plan.found {
        line(output, &format!("  {:width$}  {}", found.about, one_line(&found.text)));
    }
    if !plan.found.is_empty() {
        line(output, "");
    }
    settings(plan, written, color, output);
    if !overview.rows.is_empty() {
        let under = if plan.lines.is_empty() { "" } else { " under these settings" };
        line(output, &bold(&format!("\nthe newest releases{under}")));
        table(overview, color, output);
    }
}

fn settings(plan: &Plan, written: bool, color: bool, output: &mut Vec<u8>) {
    let bold = |text: &str| paint(text, Style::new().bold(), color);
    match &plan.present {
        _ if plan.lines.is_empty() => {
            line(output, &bold("no settings are needed: what relgate does by itself fits"));
        }
        Some(place) if plan.open().next().is_none() => {
            line(output, &bold(&format!("the settings at {} say all that the history shows", one_line(place))));
        }
        Some(place) => {
            line(output, &bold(&format!("the settings at {} do not say what the history shows", one_line(place))));
        }
        None if written => line(output, &bold(&format!("written to {}", plan.path))),
        None => {
            line(output, &bold(&format!("settings that fit; `relgate init --write` puts them into {}", plan.path)));
        }
    }
    for setting in &plan.lines {
        explained(setting, color, output);
    }
}

fn explained(setting: &Line, color: bool, output: &mut Vec<u8>) {
    let mut value = setting.value.lines();
    let first = format!("{} = {}", setting.key.name(), value.next().unwrap_or_default());
    line(output, &format!("  {}", paint(&one_line(&first), Style::new().cyan(), color)));
    for more in value {
        line(output, &format!("  {}", paint(&one_line(more), Style::new().cyan(), color)));
    }
    let settled = if setting.settled { " (the settings say so)" } else { "" };
    line(output, &format!("      {}{settled}", one_line(&setting.evidence)));
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    format: Format,
    project: &'a str,
    /// How many releases were read.
    count: usize,
    evidence: Vec<Found<'a>>,
    settings: Vec<Setting<'a>>,
    /// Where there are settings already.
    present: Option<&'a str>,
    path: &'a str,
    /// What would be appended to that file.
    text: &'a str,
    written: bool,
    /// The newest, under these settings.
    releases: Vec<Release<'a>>,
}

#[derive(Serialize)]
struct Found<'a> {
    about: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct Setting<'a> {
    key: String,
    /// As TOML has it.
    value: &'a str,
    evidence: &'a str,
    settled: bool,
}

/// The same for programs.
pub fn json(plan: &Plan, overview: &Overview, written: bool, output: &mut Vec<u8>) {
    let settings = plan.lines.iter().map(|line| Setting {
        key: line.key.name(),
        value: &line.value,
        evidence: &line.evidence,
        settled: line.settled,
    });
    let document = Document {
        format: Format::ONE,
        project: &overview.project,
        count: plan.releases,
        evidence: plan.found.iter().map(|found| Found { about: found.about, text: &found.text }).collect(),
        settings: settings.collect(),
        present: plan.present.as_deref(),
        path: plan.path,
        text: &plan.addition,
        written,
        releases: overview.rows.iter().filter_map(Release::of).collect(),
    };
    write(&document, output);
}
