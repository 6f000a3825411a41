//! The fuzz targets, fed with their corpora: as they are, cut off at any length, and with bytes of them bent; and with hostile
//! text in every place that relgate quotes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

mod properties;

use proptest::prelude::*;
use relgate::Exit;

/// These call the whole program, which asks git about what is broken: fewer places of their inputs are cut and bent.
const ASKING: &[&str] =
    &["commit_graph", "git_config", "hook_input", "index", "loose_object", "object", "packed_refs", "reference"];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name)
}

/// Whether there are corpora: they are no part of the published crate.
fn is_clone() -> bool {
    let found = folder("corpus").is_dir();
    if !found {
        let _ = writeln!(std::io::stderr(), "NOT TESTED: the corpora of the fuzz targets are not here");
    }
    found
}

/// The names in a folder, without the ending of a file.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_target_has_a_corpus_and_a_program() {
    if !is_clone() {
        return;
    }
    let expected: BTreeSet<String> = properties::TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert!(properties::TARGETS.is_sorted_by_key(|(name, _)| name));
    assert_eq!(names(&folder("corpus")), expected);
    assert_eq!(names(&folder("fuzz_targets")), expected);
    let manifest = fs::read_to_string(folder("Cargo.toml")).unwrap();
    for name in expected {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "fuzz/Cargo.toml has no {name}");
    }
}

#[test]
fn the_repository_that_is_bent_is_one() {
    assert_ne!(properties::repository::untouched(), Exit::Failed);
}

#[test]
fn corpora_are_read_whole_cut_and_bent() {
    if !is_clone() {
        return;
    }
    for (name, _) in properties::TARGETS {
        let check = |bytes: &[u8]| properties::run(name, bytes);
        let places = if ASKING.contains(name) { 3 } else { 24 };
        for entry in fs::read_dir(folder("corpus").join(name)).unwrap() {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            check(&bytes);
            for place in (0..places).map(|part| bytes.len() * (part + 1) / (places + 1)) {
                check(&bytes[..place]);
                let mut bent = bytes.clone();
                if let Some(byte) = bent.get_mut(place) {
                    *byte ^= 0x81;
                    check(&bent);
                }
            }
        }
    }
}

/// What means something to a terminal, a CI service, a forge, a reader of Markdown, XML or JSON.
const HOSTILE: &[&str] = &[
    "::add-mask::x",
    "::error file=a,line=1::x",
    "::set-env name=A::b",
    "##[group]x",
    "##vso[task.complete]",
    "##",
    "[",
    "::",
    ":",
    "\u{2236}",
    "%0A",
    "%0D%0A::debug::x",
    "%25",
    ",title=x",
    "\x1b[31m",
    "\x1b]8;;http://x\x1b\\",
    "\x07",
    "\x08",
    "\u{9b}31m",
    "\u{85}",
    "\u{202e}",
    "\u{2066}",
    "\u{200f}",
    "\u{2028}",
    "\u{feff}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{1fffe}",
    "\0",
    "\r",
    "\t",
    "\x0b",
    "\x0c",
    "|",
    "\\|",
    "\\",
    "`",
    "``",
    "`x",
    "<img src=x>",
    "<!--",
    "-->",
    "<br>",
    "]]>",
    "&amp;",
    "&#27;",
    "&",
    "<",
    ">",
    "\"",
    "'",
    "@user",
    "#1",
    "![x](http://x/y.png)",
    "[x](http://x)",
    "](1)",
    "{0}",
    "http://x.example",
    "www.x.example",
    "$x$",
    "*",
    "_",
    "~~",
    "\u{1f469}\u{200d}\u{1f4bb}",
    "\u{6f22}",
    "e\u{301}",
    "]: error[x] y",
    "a:1:2: error[x] y",
    "error[x]: y",
    " ",
    "",
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(HOSTILE).prop_map(str::to_owned),
        1 => "[a-z0-9.]{1,4}",
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// A name of a file: git knows neither a NUL nor a line end in it, nor does the input of the property.
fn name() -> impl Strategy<Value = String> {
    hostile().prop_map(|text| text.replace(['\n', '\0', '/', '\\', '"'], "") + "x.txt")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn nothing_that_is_quoted_speaks_and_nothing_is_lost(
        texts in proptest::collection::vec(hostile(), 6), path in name(), invalid in any::<bool>(),
    ) {
        let [package, version, title, category, entry, tag] = texts.as_slice() else { unreachable!("six of them") };
        let quoted = |text: &str| serde_json::to_string(text).unwrap().replace('\u{7f}', "");
        let input = format!(
            "v1.2.{tag}\n=== pyproject.toml\n[project]\nname = {}\nversion = {}\n\
             [tool.relgate]\nversions = [{{ path = {}, pattern = \"v={{version}}\" }}]\n\
             === {path}\nv=1.0.{version}\n\
             === CHANGELOG.md\n# Changelog\n\nKeep a Changelog\n\n## [Unreleased]\n\n### {category}\n\n- {entry}\n- {entry}\n\n\
             ## [{version}] - {title}\n\n### {category}\n\n- a\n\n##{title}\n\n{entry}\n\n[{title}]: {entry}\n",
            quoted(package), quoted(&format!("1.0.{version}")), quoted(&path),
        );
        let mut input = input.into_bytes();
        if invalid {
            input.extend_from_slice(b"\xff\xfe::add-mask::\xc2\n");
        }
        properties::run("project", &input);
    }
}
