//! The table of rules as JSON: additions only, as in [`super::json`].

use serde::Serialize;

use crate::rules::{self, About, Example, Rule};

use super::json::{level_name, safety_name, write};

#[derive(Serialize)]
struct JsonRule<'a> {
    id: &'a str,
    summary: &'a str,
    /// Markdown.
    explanation: &'a str,
    /// `error`, `warn` or `off`, where settings say nothing.
    level: &'static str,
    group: &'static str,
    /// `release`: a finding always blocks. `text`: only where the base does not have it already.
    about: &'static str,
    /// The safest repair on offer: `safe`, `unsafe` or none.
    fix: Option<&'static str>,
    page: String,
    bad: Vec<JsonExample<'a>>,
    good: Vec<JsonExample<'a>>,
}

#[derive(Serialize)]
struct JsonExample<'a> {
    title: &'a str,
    files: Vec<JsonFile<'a>>,
    /// What is done with git in it, if anything.
    command: Option<String>,
}

#[derive(Serialize)]
struct JsonFile<'a> {
    path: &'a str,
    text: &'a str,
}

/// All that is known of each rule.
pub fn json(rules: &[&Rule], output: &mut Vec<u8>) {
    let rows = rules.iter().map(|rule| JsonRule {
        id: rule.id,
        summary: rule.summary,
        explanation: rule.explanation,
        level: level_name(rule.level),
        group: rule.group.name(),
        about: match rule.about {
            About::Release => "release",
            About::Text => "text",
        },
        fix: rule.fix.map(safety_name),
        page: rules::page(rule.id),
        bad: examples(rule.bad),
        good: examples(rule.good),
    });
    write(&rows.collect::<Vec<_>>(), output);
}

fn examples<'a>(examples: &[Example]) -> Vec<JsonExample<'a>> {
    let row = |example: &Example| JsonExample {
        title: example.title,
        files: example.files.iter().map(|&(path, text)| JsonFile { path, text }).collect(),
        command: example.command(),
    };
    examples.iter().map(row).collect()
}
