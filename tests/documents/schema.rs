//! The JSON schema of the settings, for editors: made here, and held to what the program reads.

use std::collections::BTreeSet;
use std::process::Command;

use relgate::config::{self, CHECKLIST_KEYS, IGNORE_KEYS, PACKAGE_KEYS, PLACE_KEYS, REPOSITORY_KEYS, SHARED_KEYS};
use relgate::files::Files;
use relgate::finding::Level;
use relgate::repository::Snapshot;
use relgate::rules::{self, RULES};
use serde_json::{Map, Value, json};

use crate::support::run;
use crate::{generated, read, venv};

/// Where the schema is found by editors.
const ADDRESS: &str = "https://raw.githubusercontent.com/relgate/relgate/main/docs/relgate.schema.json";

fn object(properties: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// What the repository and each of its packages can have.
fn shared() -> Value {
    let place = object(
        json!({
            "path": { "type": "string", "description": "The file, from the package's folder." },
            "pattern": {
                "type": "string", "pattern": "\\{version\\}",
                "description": "The text around the version, with {version} in its place."
            },
            "regex": { "type": "boolean", "default": false, "description": "Whether the pattern is a regular expression." },
        }),
        &["path", "pattern"],
    );
    let checklist = object(
        json!({
            "path": { "type": "string", "description": "The file that holds the list." },
            "headings": {
                "type": "array", "items": { "type": "string" },
                "description": "The headings under which the boxes stand. Without it: the whole file."
            },
        }),
        &["path"],
    );
    json!({
        "branches": {
            "type": "array", "items": { "type": "string" }, "minItems": 1,
            "description": "The branches from one of which a release tag has to be reachable. * stands for a part of a name."
        },
        "categories": {
            "type": "array", "items": { "type": "string" },
            "default": ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"],
            "description": "The categories that a section of the changelog may have."
        },
        "changelog": {
            "oneOf": [{ "type": "string" }, { "const": false }],
            "description": "The path of the changelog, or false where the project keeps none."
        },
        "checklist": {
            "oneOf": [{ "type": "string" }, checklist],
            "description": "The file whose boxes have to be ticked before a release."
        },
        "commit-message": {
            "type": "string", "pattern": "^[^\\n]*\\{version\\}[^\\n]*$",
            "description": "What the subject line of a commit holds that changes the version, with {version} in it."
        },
        "scheme": { "enum": ["semver", "pep440", "calver"], "description": "How versions are built." },
        "stable-from": {
            "type": "string", "pattern": "^v?[0-9]", "default": "1.0.0",
            "description": "The version from which on breaking changes need a new major version."
        },
        "support-table": {
            "type": "string", "description": "The file whose table says which versions are supported."
        },
        "tag": {
            "type": "string", "pattern": "\\{version\\}",
            "description": "How release tags are named: {version} stands for the version, {name} for the package's name."
        },
        "versions": {
            "type": "array", "items": place, "description": "Further places that state the version."
        },
    })
}

fn with(mut properties: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("{more}") };
    properties.as_object_mut().unwrap().extend(more);
    properties
}

fn ignore() -> Value {
    object(
        json!({
            "rule": { "enum": rules::ids().into_iter().filter(|id| *id != "expired-ignore").collect::<Vec<_>>() },
            "path": {
                "type": "string", "minLength": 1,
                "description": "A file, a folder or a pattern, from the top of the repository."
            },
            "version": { "type": "string", "pattern": "^v?[0-9]", "description": "The release that it is about." },
            "reason": { "type": "string", "pattern": "\\S", "description": "Why it is excused." },
            "expires": { "type": "string", "format": "date", "description": "The last day on which it counts." },
        }),
        &["rule", "reason"],
    )
}

fn schema() -> Value {
    let package = with(
        shared(),
        json!({
            "name": { "type": "string", "description": "The name of the package. Without it: as its metadata has it." },
            "path": { "type": "string", "description": "Its folder, from the top of the repository." },
        }),
    );
    let levels: Map<String, Value> = RULES
        .iter()
        .map(|rule| {
            let level = match rule.level {
                Level::Off => "off",
                Level::Warn => "warn",
                Level::Error => "error",
            };
            let text = format!("{}. {}", rule.summary, rules::page(rule.id));
            (rule.id.to_owned(), json!({ "enum": ["error", "warn", "off"], "default": level, "description": text }))
        })
        .collect();
    let rules = json!({
        "type": "object", "properties": levels, "additionalProperties": false,
        "description": "The level of a rule: error blocks, warn is shown, off is not judged."
    });
    let root = with(
        shared(),
        json!({
            "ignore": {
                "type": "array", "items": ignore(),
                "description": "Findings that are known and excused."
            },
            "only-release-tags": {
                "type": "boolean", "default": false,
                "description": "Whether a tag that names no release may not be made at all."
            },
            "package": {
                "type": "array", "items": object(package, &["path"]),
                "description": "Several packages in one repository."
            },
            "rules": rules,
        }),
    );
    let mut schema = object(root, &[]);
    let about = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": ADDRESS,
        "title": "relgate",
        "description": "The settings of relgate: relgate.toml, or [tool.relgate] in pyproject.toml.",
    });
    schema = with(schema, about);
    schema
}

#[test]
fn the_schema_is_in_its_place() {
    generated("docs/relgate.schema.json", &(serde_json::to_string_pretty(&schema()).unwrap() + "\n"));
    assert!(read("docs/settings.md").contains(ADDRESS), "the page says where the schema is");
}

fn names(schema: &Value) -> BTreeSet<&str> {
    schema["properties"].as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_schema_has_the_keys_that_the_program_reads() {
    let schema = schema();
    let both = |a: &[&'static str], b: &[&'static str]| a.iter().chain(b).copied().collect::<BTreeSet<_>>();
    let of = |pointer: &str| names(schema.pointer(pointer).unwrap());
    assert_eq!(of(""), both(&SHARED_KEYS, &REPOSITORY_KEYS));
    assert_eq!(of("/properties/package/items"), both(&SHARED_KEYS, &PACKAGE_KEYS));
    assert_eq!(of("/properties/ignore/items"), both(&IGNORE_KEYS, &[]));
    assert_eq!(of("/properties/versions/items"), both(&PLACE_KEYS, &[]));
    assert_eq!(of("/properties/checklist/oneOf/1"), both(&CHECKLIST_KEYS, &[]));
    assert_eq!(of("/properties/rules"), rules::ids().into_iter().collect());
}

#[test]
fn the_page_explains_every_setting() {
    let page = read("docs/settings.md");
    let explained: BTreeSet<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(explained, names(&schema()));
}

/// The mistake that the program sees in a text.
fn mistake(text: &str) -> Option<String> {
    let snapshot = Snapshot::memory([("relgate.toml".to_owned(), text.as_bytes().to_vec())]);
    config::read(&mut Files::new(&snapshot), &rules::ids()).err().map(|failure| failure.message)
}

/// Whether a real validator accepts each of the texts.
fn accepted(texts: &[&str]) -> Vec<bool> {
    let data: Vec<Value> = texts
        .iter()
        .map(|text| serde_json::to_value(text.parse::<toml::Table>().unwrap_or_else(|_| panic!("{text}"))).unwrap())
        .collect();
    let program = "import json, sys, jsonschema\n\
                   schema, data = json.load(sys.stdin)\n\
                   jsonschema.Draft7Validator.check_schema(schema)\n\
                   print(json.dumps([jsonschema.Draft7Validator(schema).is_valid(one) for one in data]))";
    let input = serde_json::to_string(&(schema(), data)).unwrap();
    let answer = run(Command::new(venv::programs().join("python")).args(["-c", program]), &input);
    assert_eq!(answer.code, 0, "{}", answer.err);
    serde_json::from_str(&answer.out).unwrap()
}

#[test]
fn program_and_schema_accept_the_same() {
    let good = [
        "",
        "tag = 'v{version}'",
        "tag = '{name}-v{version}'",
        "scheme = 'calver'",
        "changelog = false",
        "changelog = 'docs/changes.md'",
        "categories = ['Added']",
        "versions = [{ path = 'a', pattern = 'v{version}' }, { path = 'b', pattern = '{version}$', regex = true }]",
        "commit-message = 'Release {version}'",
        "branches = ['main', 'release/*']",
        "stable-from = '2.0'",
        "support-table = 'SECURITY.md'",
        "checklist = 'docs/release.md'",
        "checklist = { path = 'docs/release.md', headings = ['Before'] }",
        "only-release-tags = true",
        "[[ignore]]\nrule = 'tag-name'\nreason = 'it was long ago'\nversion = '1.0'\nexpires = '2026-12-31'\n",
        "[[ignore]]\nrule = 'tag-name'\nreason = 'as ever'\npath = 'refs/tags/*'\n",
        "[rules]\nversion-mismatch = 'warn'\ntag-name = 'error'\n",
        "[[package]]\npath = 'a'\nname = 'a'\nchangelog = false\n",
    ];
    let bad = [
        "tagg = 'v{version}'",
        "tag = 'v'",
        "tag = 1",
        "scheme = 'semvr'",
        "changelog = true",
        "changelog = ['a']",
        "categories = 'Added'",
        "categories = [1]",
        "versions = 'a'",
        "versions = [{ path = 'a' }]",
        "versions = [{ pattern = '{version}' }]",
        "versions = [{ path = 'a', pattern = 'x' }]",
        "versions = [{ path = 'a', patern = '{version}' }]",
        "versions = [{ path = 'a', pattern = '{version}', regex = 'yes' }]",
        "commit-message = 'Release'",
        "commit-message = '''a\n{version}'''",
        "branches = []",
        "branches = 'main'",
        "stable-from = 1",
        "stable-from = 'soon'",
        "support-table = false",
        "checklist = 1",
        "checklist = { headings = [] }",
        "checklist = { path = 'a', heading = [] }",
        "only-release-tags = 'yes'",
        "rules = []",
        "ignore = 1",
        "[[ignore]]\nrule = 'tag-name'\n",
        "[[ignore]]\nrule = 'tag-name'\nreason = ''\n",
        "[[ignore]]\nrule = 'tag-nam'\nreason = 'x'\n",
        "[[ignore]]\nrule = 'expired-ignore'\nreason = 'x'\n",
        "[[ignore]]\nrule = 'tag-name'\nreason = 'x'\nversion = 'soon'\n",
        "[[ignore]]\nrule = 'tag-name'\nreason = 'x'\npaths = 'x'\n",
        "[rules]\nversion-mismatch = 'of'\n",
        "[rules]\nversion-mismatch = true\n",
        "[rules]\nno-such-rule = 'off'\n",
        "package = { path = 'a' }",
        "[[package]]\nname = 'a'\n",
        "[[package]]\npath = 'a'\nrules = {}\n",
        "[[package]]\npath = 1\n",
    ];
    for text in good {
        assert_eq!(mistake(text), None, "{text}");
    }
    for text in bad {
        assert!(mistake(text).is_some(), "{text}");
    }
    for (text, accepted) in good.iter().zip(accepted(&good)) {
        assert!(accepted, "the schema accepts {text}");
    }
    for (text, accepted) in bad.iter().zip(accepted(&bad)) {
        assert!(!accepted, "the schema refuses {text}");
    }
}
