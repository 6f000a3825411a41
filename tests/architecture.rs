//! The arrows between the modules run one way: this table, and nothing beside it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each module of `src` may use: modules of this crate, and packages.
const MAY_USE: &[(&str, &[&str], &[&str])] = &[
    ("finding", &[], &[]),
    ("date", &[], &[]),
    ("position", &[], &["memchr"]),
    ("failure", &[], &["strsim"]),
    ("version", &[], &["semver"]),
    ("cli", &["date", "failure"], &["clap", "clap_complete"]),
    ("repository", &["date", "failure", "git"], &["flate2", "git2", "memchr", "rustix", "sha1"]),
    ("files", &["failure", "finding", "repository"], &[]),
    ("tag", &["version"], &[]),
    (
        "changelog",
        &["date", "failure", "files", "finding", "repository", "version"],
        &["encoding_rs", "memchr", "pulldown_cmark"],
    ),
    (
        "declaration",
        &["failure", "files", "finding", "position", "tag", "version", "repository"],
        &["regex", "ruff_python_ast", "ruff_python_parser", "ruff_text_size", "toml"],
    ),
    ("config", &["date", "failure", "files", "finding", "position", "project", "tag", "version"], &["toml"]),
    ("document", &["date", "failure", "files", "finding", "version"], &["pulldown_cmark"]),
    ("event", &["cli", "date", "failure", "repository", "tag"], &[]),
    (
        "project",
        &["changelog", "date", "declaration", "document", "failure", "files", "finding", "tag", "version", "workflow"],
        &["globset"],
    ),
    ("package", &["config", "declaration", "failure", "files", "project", "repository", "tag"], &[]),
    ("release", &["event", "failure", "finding", "project", "repository", "tag", "version"], &[]),
    ("earlier", &["changelog", "failure", "files", "project", "release", "repository", "tag", "version"], &[]),
    ("workflow", &["failure", "files", "finding", "repository"], &["granit_parser"]),
    ("provenance", &["event", "failure", "project", "repository"], &[]),
    ("git", &["failure"], &[]),
    ("install", &["cli", "failure", "git"], &[]),
    (
        "judge",
        &[
            "config",
            "date",
            "earlier",
            "event",
            "failure",
            "files",
            "finding",
            "package",
            "project",
            "provenance",
            "release",
            "report",
            "repository",
            "rules",
            "tag",
            "verdict",
            "version",
        ],
        &[],
    ),
    (
        "audit",
        &["config", "date", "event", "failure", "files", "judge", "report", "repository", "tag", "version"],
        &["globset"],
    ),
    ("progress", &[], &[]),
    (
        "init",
        &[
            "audit",
            "changelog",
            "config",
            "date",
            "declaration",
            "event",
            "failure",
            "files",
            "finding",
            "fix",
            "judge",
            "project",
            "report",
            "repository",
            "rules",
            "tag",
            "version",
        ],
        &[],
    ),
    (
        "notes",
        &[
            "changelog",
            "cli",
            "config",
            "date",
            "declaration",
            "event",
            "failure",
            "files",
            "package",
            "project",
            "repository",
            "rules",
            "tag",
            "version",
        ],
        &[],
    ),
    (
        "rules",
        &[
            "changelog",
            "date",
            "declaration",
            "document",
            "failure",
            "finding",
            "project",
            "tag",
            "version",
            "workflow",
        ],
        &["semver"],
    ),
    ("verdict", &["failure", "finding", "project", "rules"], &[]),
    ("outputs", &["cli", "failure"], &[]),
    ("fix", &["failure", "files", "finding", "repository"], &[]),
    ("report", &["files", "finding", "fix", "project", "verdict"], &[]),
    (
        "render",
        &[
            "audit",
            "cli",
            "date",
            "declaration",
            "failure",
            "finding",
            "init",
            "notes",
            "position",
            "project",
            "report",
            "rules",
            "tag",
            "verdict",
            "version",
        ],
        &["annotate_snippets", "owo_colors", "serde", "serde_json", "sha1", "similar"],
    ),
];

/// What rules must never touch, however it is spelt: a rule is a function of the facts.
const IMPURE: &[&str] =
    &["std::fs", "std::env", "std::process", "std::net", "std::time", "std::io", "SystemTime", "Instant", "println!"];

fn sources() -> BTreeMap<String, Vec<(PathBuf, String)>> {
    let mut modules: BTreeMap<String, Vec<(PathBuf, String)>> = BTreeMap::new();
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let inside = path.strip_prefix(&src).unwrap();
            let module = inside.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs");
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap();
            // Tests that have a file of their own may use what they like, as those at the end of a file.
            let code = if path.ends_with("tests.rs") { String::new() } else { code.to_owned() };
            modules.entry(module.to_owned()).or_default().push((inside.to_path_buf(), code));
        }
    }
    modules
}

/// The code without its comments.
fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The first names after each `start` (`crate::` ...), braces included: `crate::{a, b::C}` names `a` and `b`.
fn names_after(code: &str, start: &str) -> BTreeSet<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices(start) {
        let rest = &code[at + start.len()..];
        match rest.strip_prefix('{') {
            Some(list) => {
                let mut depth = 0;
                let end = list.find(|c| {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    depth < 0
                });
                let list = &list[..end.unwrap_or(list.len())];
                let mut depth = 0;
                for part in list.split_inclusive(['{', '}', ',']) {
                    if depth == 0 {
                        names.insert(word(part.trim_start()));
                    }
                    depth += i32::from(part.ends_with('{')) - i32::from(part.ends_with('}'));
                }
            }
            None => {
                names.insert(word(rest));
            }
        }
    }
    names.remove("");
    names
}

/// The packages that a table of Cargo.toml names, as it spells them.
fn packages_of(table: &str) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // In an unpacked crate Cargo.toml is rewritten, and this is what its author wrote.
    let written = fs::read_to_string(root.join("Cargo.toml.orig"));
    let manifest = written.or_else(|_| fs::read_to_string(root.join("Cargo.toml"))).unwrap();
    let dependencies = manifest.split(&format!("\n[{table}]")).nth(1).unwrap().split("\n[").next().unwrap();
    let names = dependencies.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name.trim());
    names.filter(|name| !name.starts_with('#')).map(str::to_owned).collect()
}

fn packages() -> BTreeSet<String> {
    packages_of("dependencies").iter().map(|name| name.replace('-', "_")).collect()
}

#[test]
fn modules_use_what_the_table_allows_and_nothing_else() {
    let packages = packages();
    let mut used_packages = BTreeSet::new();
    let mut wrong = Vec::new();
    for (module, files) in sources() {
        if module == "lib" || module == "main" {
            for (_, text) in files {
                used_packages
                    .extend(packages.iter().filter(|name| code(&text).contains(&format!("{name}::"))).cloned());
            }
            continue;
        }
        let Some((_, modules, allowed)) = MAY_USE.iter().find(|(name, ..)| *name == module) else {
            wrong.push(format!("{module} is not in the table"));
            continue;
        };
        for (path, text) in files {
            let code = code(&text);
            for used in names_after(&code, "crate::") {
                let constructor = used.chars().next().is_some_and(char::is_uppercase);
                if used != module && !constructor && !modules.contains(&used.as_str()) {
                    wrong.push(format!("{} uses {used}", path.display()));
                }
            }
            for package in packages.iter().filter(|package| code.contains(&format!("{package}::"))) {
                used_packages.insert(package.clone());
                if !allowed.contains(&package.as_str()) {
                    wrong.push(format!("{} uses the package {package}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Named for a feature of it alone.
    used_packages.insert("libz_sys".to_owned());
    let unused: Vec<_> = packages.difference(&used_packages).collect();
    assert!(unused.is_empty(), "packages that nothing uses: {unused:?}");
}

#[test]
fn the_table_has_no_circle() {
    let uses = |name: &str| MAY_USE.iter().find(|(module, ..)| *module == name).map_or(&[][..], |(_, uses, _)| uses);
    for (start, ..) in MAY_USE {
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        let mut next: Vec<&str> = uses(start).to_vec();
        while let Some(module) = next.pop() {
            assert_ne!(module, *start, "{start} comes back to itself");
            if reached.insert(module) {
                next.extend(uses(module));
            }
        }
    }
}

#[test]
fn rules_are_pure() {
    for (path, text) in &sources()["rules"] {
        let code = code(text);
        let found: Vec<_> = IMPURE.iter().filter(|word| code.contains(**word)).collect();
        assert!(found.is_empty(), "{} uses {found:?}", path.display());
    }
}

#[test]
fn no_file_is_long() {
    for (path, _) in sources().into_values().flatten() {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(&path)).unwrap();
        assert!(text.lines().count() <= 600, "{} has more than 600 lines", path.display());
    }
}

#[test]
fn every_dependency_has_a_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/dependencies.md")).unwrap();
    for (heading, table) in [("In the binary", "dependencies"), ("For tests and benchmarks alone", "dev-dependencies")]
    {
        let part = page.split(&format!("## {heading}\n")).nth(1).unwrap().split("\n## ").next().unwrap();
        let rows = part.lines().filter(|line| line.starts_with("| ")).skip(1);
        let named: Vec<&str> = rows.map(|row| row.split('|').nth(1).unwrap().trim()).collect();
        let expected: Vec<String> = packages_of(table).into_iter().collect();
        assert_eq!(
            named, expected,
            "docs/dependencies.md gives each of [{table}] a reason, in the order of the alphabet"
        );
    }
    let lock = fs::read_to_string(root.join("Cargo.lock")).unwrap();
    let others = lock.matches("\n[[package]]\n").count() - 1;
    let sentence = format!("Cargo.lock lists {others} packages beside relgate");
    assert!(page.contains(&sentence), "docs/dependencies.md says: {sentence}");
}

#[test]
fn the_reader_of_this_table_sees_what_is_used() {
    let code = "use crate::{a, b::{C, d}, e};\nlet x = crate::f::g(); crate::h";
    let names: Vec<String> = names_after(code, "crate::").into_iter().collect();
    assert_eq!(names, ["a", "b", "e", "f", "h"]);
}

/// The table of the modules on the page for people: what each says of itself, and its uses from the table above.
#[test]
fn the_page_about_the_modules_is_true() {
    const HEAD: &str = "| module | what it is | uses |\n|---|---|---|\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(HEAD).unwrap();
    let (_, after) = rest.split_once("\n\n").unwrap();
    let rows: String = sources().into_iter().map(|(module, files)| row(&module, &files)).collect();
    let told = format!("{before}{HEAD}{rows}\n{after}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path, told).unwrap();
    } else {
        assert!(page == told, "docs/architecture.md is out of date: UPDATE_DOCS=1 cargo test --test architecture");
    }
}

fn row(module: &str, files: &[(PathBuf, String)]) -> String {
    let root = [format!("{module}.rs"), format!("{module}/mod.rs")].map(PathBuf::from);
    let (_, text) = files.iter().find(|(path, _)| root.contains(path)).unwrap();
    let first = text.lines().next().unwrap().strip_prefix("//! ").unwrap_or_else(|| panic!("{module} says what it is"));
    let first = first.replace("[`", "`").replace("`]", "`");
    let uses = MAY_USE.iter().find(|(name, ..)| *name == module).map_or(&[][..], |(_, uses, _)| uses);
    format!("| `{module}` | {first} | {} |\n", uses.join(", "))
}
