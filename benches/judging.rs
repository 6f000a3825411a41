//! What judging costs without a process and without git: parsing, and every rule.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on fails")]

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use relgate::changelog;
use relgate::date::Date;
use relgate::files::Files;
use relgate::project::{self, Facts, Package, Policy};
use relgate::repository::Snapshot;
use relgate::rules::{self, RULES};
use relgate::tag;

fn main() {
    divan::main();
}

/// A changelog of `releases` releases, about 250 bytes each, the newest first.
fn changelog(releases: usize) -> String {
    let mut text =
        "# Changelog\n\nThe format is based on [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).\n\n\
                    ## [Unreleased]\n\n"
            .to_owned();
    for minor in (0..releases).rev() {
        text += &format!(
            "## [1.{minor}.0] - 2026-01-05\n\n### Added\n\n- The command `run-{minor}` says *what* it did.\n\n"
        );
        text += "### Fixed\n\n- Reading an empty file no longer fails on `None`.\n\n";
    }
    text += &format!("[Unreleased]: https://example.org/a/b/compare/v1.{}.0...HEAD\n", releases.saturating_sub(1));
    for minor in (0..releases).rev() {
        text += &format!("[1.{minor}.0]: https://example.org/a/b/releases/tag/v1.{minor}.0\n");
    }
    text
}

fn facts(releases: usize) -> Facts {
    let newest = releases.saturating_sub(1);
    let files = [
        ("pyproject.toml", format!("[project]\nname = \"pkg\"\nversion = \"1.{newest}.0\"\n")),
        ("src/pkg/__init__.py", format!("\"\"\"A package.\"\"\"\n\n__version__ = \"1.{newest}.0\"\n")),
        ("CHANGELOG.md", changelog(releases)),
    ];
    let snapshot = Snapshot::memory(files.map(|(path, text)| (path.to_owned(), text.into_bytes())));
    let today = Date::new(2026, 11, 22).unwrap();
    let package = Package { name: None, folder: String::new(), tag: None, policy: Policy::default() };
    project::read(Files::new(&snapshot), &package, today).unwrap()
}

#[divan::bench(args = [40, 400, 4000, 40_000])]
fn parse_changelog(bencher: Bencher<'_, '_>, releases: usize) {
    let text = changelog(releases);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| changelog::parse("CHANGELOG.md", black_box(text.as_bytes()), Some("pkg")));
}

#[divan::bench(args = [40, 4000])]
fn read_project(releases: usize) -> Facts {
    facts(releases)
}

#[divan::bench(args = [40, 4000])]
fn all_rules(bencher: Bencher<'_, '_>, releases: usize) {
    let facts = facts(releases);
    bencher.bench_local(|| RULES.iter().map(|rule| rules::findings(rule, black_box(&facts)).len()).sum::<usize>());
}

#[divan::bench]
fn read_tag_names(bencher: Bencher<'_, '_>) {
    let names: Vec<String> = (0..1000).map(|at| format!("v1.{at}.0-rc.1")).collect();
    bencher.bench(|| names.iter().filter(|name| tag::read_usual(name, Some("pkg")) != tag::Reading::Other).count());
}
