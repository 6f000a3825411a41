//! The fuzz targets, fed with their corpora: as they are, cut off at any length, and with bytes of them bent.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

mod properties;

use relgate::Exit;

/// These call the whole program, which asks git about what is broken: fewer places of their inputs are cut and bent.
const ASKING: &[&str] = &["git_config", "hook_input", "index", "loose_object", "object", "packed_refs", "reference"];

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
