//! Each format, read back as its consumers read it: it tells exactly the findings that there are.

use std::collections::BTreeSet;

use clap::ValueEnum;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use relgate::cli::Format;
use relgate::failure::Failure;
use relgate::render;
use relgate::render::terminal::Terminal;
use relgate::report::Report;
use roxmltree::Document;
use serde_json::Value;

use super::output::check_text;

/// How many findings of one judgement are told to people.
const MOST_SHOWN: usize = 100;

pub fn check_report(report: &Report) {
    let all: usize = report.judgements.iter().map(|judgement| judgement.verdicts.len()).sum();
    let shown = report.judgements.iter().map(|judgement| judgement.verdicts.len().min(MOST_SHOWN)).sum();
    for format in Format::value_variants() {
        let text = told(|output| render::check(report, *format, Terminal::NONE, output), *format);
        let (found, expected) = match format {
            Format::Human => (starts(&text, &["error[", "warning["]), shown),
            Format::Concise => (text.lines().filter(|line| line.contains("]: ") || is_concise(line)).count(), all),
            Format::Json => (json(&text, report), all),
            Format::Jsonl => (text.lines().map(parsed).filter(|line| line["rule"].is_string()).count(), all),
            Format::Sarif => (sarif(&text), all),
            Format::Github => (commands(&text).len(), all),
            Format::Gitlab => (gitlab(&text), all),
            Format::Junit => (junit(&text), all),
            Format::Rdjson => (parsed(&text)["diagnostics"].as_array().expect("an array").len(), all),
            Format::Markdown => (rows(&text), shown),
        };
        assert_eq!(found, expected, "{format:?} tells another number of findings than there are:\n{text}");
    }
}

pub fn check_failure(failure: &Failure) {
    for format in Format::value_variants() {
        let text = told(|output| render::unjudged(failure, *format, output), *format);
        match format {
            Format::Sarif => assert_eq!(sarif(&text), 0),
            Format::Github => assert_eq!(commands(&text).len(), 1),
            Format::Junit => assert_eq!(junit(&text), 0),
            Format::Markdown => assert_eq!(rows(&text), 0),
            _ => assert_eq!(text, ""),
        }
    }
}

/// What a log gets, in which nothing but the annotations is a command.
fn told(render: impl Fn(&mut Vec<u8>), format: Format) -> String {
    let mut output = Vec::new();
    render(&mut output);
    check_text(&output);
    if format != Format::Github {
        let before = output.clone();
        render::visible::disarm(&mut output);
        assert!(output == before || matches!(format, Format::Human | Format::Concise), "{format:?} escapes by itself");
    }
    let text = String::from_utf8(output).expect("what is printed is UTF-8");
    for line in text.lines() {
        let begins = line.starts_with("::") || runner_command(line).is_some();
        assert!(!begins || format == Format::Github, "{format:?} gives a command: {line:?}");
        assert!(!line.contains("##[") && !line.contains("##vso["), "{format:?} gives a command: {line:?}");
    }
    text
}

fn starts(text: &str, words: &[&str]) -> usize {
    text.lines().filter(|line| words.iter().any(|word| line.starts_with(word))).count()
}

/// `path:line:column: severity[rule] message`; a path may hold anything but a line end.
fn is_concise(line: &str) -> bool {
    [": error[", ": warning["].iter().any(|mark| {
        line.match_indices(mark).any(|(at, _)| {
            let mut numbers = line[..at].rsplit(':').take(2);
            numbers.all(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
        })
    })
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}"))
}

fn array<'v>(value: &'v Value, name: &str) -> &'v Vec<Value> {
    value[name].as_array().unwrap_or_else(|| panic!("{name} is an array: {value}"))
}

fn json(text: &str, report: &Report) -> usize {
    let document = parsed(text);
    let subjects = array(&document, "subjects");
    assert_eq!(subjects.len(), report.judgements.len());
    for (subject, judgement) in subjects.iter().zip(&report.judgements) {
        for (finding, verdict) in array(subject, "findings").iter().zip(&judgement.verdicts) {
            assert_eq!(finding["message"], verdict.finding.message.as_str(), "JSON gives the text itself");
        }
    }
    subjects.iter().map(|subject| array(subject, "findings").len()).sum()
}

fn sarif(text: &str) -> usize {
    let document = parsed(text);
    let run = &document["runs"][0];
    let rules = array(&run["tool"]["driver"], "rules");
    for result in array(run, "results") {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("a small number");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().expect("a string");
        assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte)), "{uri:?}");
        assert!(place["region"]["startLine"].as_u64() >= Some(1), "{place}");
        assert!(result["partialFingerprints"]["primaryLocationLineHash"].is_string(), "{result}");
    }
    array(run, "results").len()
}

fn gitlab(text: &str) -> usize {
    let document = parsed(text);
    let issues = document.as_array().expect("an array");
    let names: BTreeSet<&str> = issues.iter().filter_map(|issue| issue["fingerprint"].as_str()).collect();
    assert_eq!(names.len(), issues.len(), "a fingerprint is of one finding");
    issues.len()
}

/// Cases that fail or are skipped.
fn junit(text: &str) -> usize {
    let document = Document::parse(text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
    let cases: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testcase")).collect();
    let with = |name: &str| cases.iter().filter(|case| case.children().any(|node| node.has_tag_name(name))).count();
    let root = document.root_element();
    let said = |name: &str| root.attribute(name).and_then(|number| number.parse().ok());
    assert_eq!(said("tests"), Some(cases.len()));
    assert_eq!(said("failures"), Some(with("failure")));
    assert_eq!(said("errors"), Some(with("error")));
    let names: BTreeSet<_> = cases.iter().map(|case| (case.attribute("classname"), case.attribute("name"))).collect();
    let suites = document.descendants().filter(|node| node.has_tag_name("testsuite")).count();
    assert!(names.len() == cases.len() || suites > 1, "a name is of one case");
    with("failure") + with("skipped")
}

/// A command and its data, as the runner of GitHub Actions takes a line apart.
fn runner_command(line: &str) -> Option<(&str, String)> {
    let (head, data) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let is_known = ["error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "set-env", "set-output"];
    if !is_known.contains(&name) {
        return None;
    }
    for property in properties.split(',').filter(|property| !property.is_empty()) {
        let (key, _) = property.split_once('=').expect("a property has a value");
        assert!(["file", "line", "endLine", "col", "endColumn", "title"].contains(&key), "{line:?}");
    }
    let unescaped = data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    Some((name, unescaped))
}

fn commands(text: &str) -> Vec<(&str, String)> {
    let found: Vec<_> = text.lines().filter_map(runner_command).collect();
    assert!(found.iter().all(|(name, _)| ["error", "warning"].contains(name)), "{found:?}");
    found
}

/// Rows of tables. Whatever the repository holds, there is no picture, no HTML of its own, and no link but to relgate's pages.
fn rows(text: &str) -> usize {
    let mut rows = 0;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::End(TagEnd::TableRow) => rows += 1,
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert!(dest_url.starts_with("https://github.com/relgate/relgate/blob/"), "{dest_url}");
            }
            Event::Start(Tag::Image { .. } | Tag::HtmlBlock) => panic!("a picture or HTML:\n{text}"),
            Event::InlineHtml(html) => assert!(["<br>", "<code>", "</code>"].contains(&&*html), "{html}"),
            _ => {}
        }
    }
    rows
}
