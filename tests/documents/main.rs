//! The documents say what the program does: they are generated from it, executed, or read as it would read them.
//! `UPDATE_DOCS=1 cargo test --test documents` writes anew what is generated.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod blocks;
mod consoles;
mod links;
mod page;
mod rules;
mod schema;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod support;
#[path = "../support/venv.rs"]
mod venv;

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The pages that people write, each by its path from the top.
fn written() -> Vec<String> {
    let mut paths: Vec<String> = ["README.md", "CONTRIBUTING.md", "SECURITY.md"]
        .map(str::to_owned)
        .into_iter()
        .filter(|path| is_file(path))
        .collect();
    paths.extend(markdown_in("docs").into_iter().filter(|path| !path.starts_with("docs/rules/")));
    paths
}

fn is_file(path: &str) -> bool {
    Path::new(ROOT).join(path).is_file()
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The Markdown files in a folder and below, sorted.
fn markdown_in(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(Path::new(ROOT).join(&folder)).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            if Path::new(ROOT).join(&path).is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path.to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

/// Whether what is generated is written anew in this run.
fn updating() -> bool {
    std::env::var_os("UPDATE_DOCS").is_some()
}

/// Holds a file to what is generated, or writes it where that was asked for.
fn generated(path: &str, text: &str) {
    let file = Path::new(ROOT).join(path);
    if updating() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        if fs::read_to_string(&file).ok().as_deref() != Some(text) {
            fs::write(file, text).unwrap();
        }
        return;
    }
    assert!(
        fs::read_to_string(file).is_ok_and(|found| found == text),
        "{path} is not what would be generated: run `UPDATE_DOCS=1 cargo test --test documents` and look at the difference"
    );
}
