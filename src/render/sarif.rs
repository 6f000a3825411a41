//! SARIF 2.1.0, with what GitHub's code scanning asks for beyond it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::finding::{Edit, Finding, Fix, Level, Location, Safety, SourceId};
use crate::render::fingerprint::{Fingerprints, line_hashes};
use crate::render::json::{severity, write};
use crate::render::place::{Places, in_a_file, is_ref, shown};
use crate::render::visible::one_line;
use crate::report::{Judgement, Report};
use crate::rules::{self, RULES, Rule};
use crate::verdict::Verdict;

const TOOL: &str = env!("CARGO_PKG_NAME");

/// The whole report. A run without findings is a document, too: it closes the alerts of the runs before.
pub fn check(report: &Report, output: &mut Vec<u8>) {
    let mut fingerprints = Fingerprints::default();
    let results: Vec<Value> =
        report.judgements.iter().flat_map(|judgement| results(judgement, &mut fingerprints)).collect();
    let told = report.judgements.iter().filter_map(|judgement| judgement.no_release.as_ref());
    let notifications: Vec<Value> = told.map(|reason| notification("note", reason)).collect();
    let invocation = json!({
        "executionSuccessful": true,
        "exitCode": i32::from(report.blocks()),
        "toolExecutionNotifications": notifications,
    });
    log(package(report), &invocation, results, output);
}

/// That nothing could be judged. It has no results because there are none, which `executionSuccessful` tells from all being
/// well.
pub fn unjudged(failure: &Failure, output: &mut Vec<u8>) {
    let text = format!("{}\n{}", failure.message, failure.help.as_deref().unwrap_or_default());
    let invocation = json!({
        "executionSuccessful": false,
        "exitCode": 2,
        "toolExecutionNotifications": [notification("error", text.trim_end())],
    });
    log(None, &invocation, Vec::new(), output);
}

fn log(package: Option<&str>, invocation: &Value, results: Vec<Value>, output: &mut Vec<u8>) {
    let rules: Vec<Value> = RULES.iter().map(|rule| metadata(rule)).collect();
    // Runs of one category replace one another, and those of the packages of one repository must not.
    let category = package.map_or_else(|| format!("{TOOL}/"), |package| format!("{TOOL}/{}/", one_line(package)));
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": TOOL,
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            }},
            "automationDetails": {"id": category},
            "invocations": [invocation],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    write(&document, output);
}

/// The package, where only one was judged.
fn package(report: &Report) -> Option<&str> {
    match report.judgements.as_slice() {
        [judgement] => judgement.facts.declared.name.as_deref().filter(|name| !name.is_empty()),
        _ => None,
    }
}

fn notification(level: &str, text: &str) -> Value {
    json!({"level": level, "message": {"text": lines([text])}})
}

fn metadata(rule: &Rule) -> Value {
    let page = rules::page(rule.id);
    let explanation = rule.explanation.trim();
    let first = explanation.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let configuration = match rule.level {
        Level::Off => json!({"enabled": false}),
        level => json!({"level": severity(level)}),
    };
    json!({
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": first},
        "help": {"text": explanation, "markdown": format!("{explanation}\n\n[More, with examples]({page})")},
        "helpUri": page,
        "defaultConfiguration": configuration,
        "properties": {
            "tags": [rule.group.name()],
            "precision": "very-high",
            "problem.severity": if rule.level == Level::Error { "error" } else { "warning" },
        },
    })
}

fn results(judgement: &Judgement, fingerprints: &mut Fingerprints) -> Vec<Value> {
    let places = Places::of(&judgement.facts.sources);
    let hashes = hashes(judgement, &places);
    judgement
        .verdicts
        .iter()
        .map(|verdict| {
            let mut prints = json!({"relgate/v1": fingerprints.next(judgement, &verdict.finding)});
            let at = shown(judgement, &verdict.finding);
            if let Some(hash) = hashes.get(&(at.source, places.place(at).start.line)) {
                prints["primaryLocationLineHash"] = json!(hash);
            }
            result(judgement, verdict, prints, &places)
        })
        .collect()
}

/// GitHub's own hashes of the lines on which findings stand.
fn hashes(judgement: &Judgement, places: &Places<'_>) -> HashMap<(SourceId, usize), String> {
    let mut wanted: BTreeMap<SourceId, BTreeSet<usize>> = BTreeMap::new();
    for verdict in &judgement.verdicts {
        let at = shown(judgement, &verdict.finding);
        wanted.entry(at.source).or_default().insert(places.place(at).start.line);
    }
    let told = wanted.iter().flat_map(|(source, lines)| {
        let hashes = line_hashes(&judgement.facts.sources.get(*source).bytes, lines);
        hashes.into_iter().map(|(line, hash)| ((*source, line), hash))
    });
    told.collect()
}

fn result(judgement: &Judgement, verdict: &Verdict, fingerprints: Value, places: &Places<'_>) -> Value {
    let Finding { rule, at, message, related, help, fix, .. } = &verdict.finding;
    let related: Vec<Value> = related
        .iter()
        .enumerate()
        .map(|(id, related)| {
            let mut location = location(in_a_file(judgement, related.at), related.at, places);
            location["id"] = json!(id);
            location["message"] = json!({"text": lines([related.message.as_str()])});
            location
        })
        .collect();
    let suppressions = if verdict.old {
        json!([{"kind": "external", "status": "accepted", "justification": "the base has the same finding"}])
    } else {
        json!([])
    };
    let mut result = json!({
        "ruleId": rule,
        "ruleIndex": RULES.iter().position(|known| known.id == *rule),
        "level": severity(verdict.level),
        "message": {"text": lines(std::iter::once(message.as_str()).chain(help.as_deref()))},
        "locations": [location(shown(judgement, &verdict.finding), *at, places)],
        "relatedLocations": related,
        "partialFingerprints": fingerprints,
        "suppressions": suppressions,
    });
    if let Some(fix) = fix {
        result["fixes"] = json!([repair(fix, places)]);
    }
    result
}

/// GitHub drops what has no place in a file, so a tag's finding is `shown` in one; the tag is named beside it.
fn location(shown: Location, at: Location, places: &Places<'_>) -> Value {
    let mut location = json!({"physicalLocation": {
        "artifactLocation": artifact(places.path(shown)),
        "region": region(shown, places),
    }});
    let path = places.path(at);
    if is_ref(path) {
        let name = path.strip_prefix("refs/tags/").unwrap_or(path);
        location["logicalLocations"] = json!([{"name": name, "fullyQualifiedName": path, "kind": "tag"}]);
    }
    location
}

fn artifact(path: &str) -> Value {
    json!({"uri": uri(path), "uriBaseId": "%SRCROOT%"})
}

fn region(at: Location, places: &Places<'_>) -> Value {
    let place = places.place(at);
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    })
}

fn repair(fix: &Fix, places: &Places<'_>) -> Value {
    let mut files: BTreeMap<SourceId, Vec<&Edit>> = BTreeMap::new();
    for edit in &fix.edits {
        files.entry(edit.at.source).or_default().push(edit);
    }
    let changes: Vec<Value> = files
        .values()
        .map(|edits| {
            let replace = |edit: &&Edit| {
                json!({"deletedRegion": region(edit.at, places), "insertedContent": {"text": edit.text}})
            };
            json!({
                "artifactLocation": artifact(places.path(edits[0].at)),
                "replacements": edits.iter().map(replace).collect::<Vec<_>>(),
            })
        })
        .collect();
    let look = if fix.safety == Safety::Safe { "" } else { " (to be looked at)" };
    json!({"description": {"text": lines([format!("{}{look}", fix.title).as_str()])}, "artifactChanges": changes})
}

/// Text of a message, in which `[name](place)` would be a link.
fn lines<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let lines: Vec<String> = texts.into_iter().flat_map(str::lines).map(one_line).collect();
    lines.join("\n").replace("](", "]\\(")
}

/// A path from the top of the repository as a relative URI.
fn uri(path: &str) -> String {
    let letter = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    path.bytes().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_addresses() {
        assert_eq!(uri("docs/ä b:c.md"), "docs/%C3%A4%20b%3Ac.md");
        assert_eq!(uri("100%[1].md"), "100%25%5B1%5D.md");
    }
}
