//! Projects: settings, declarations and verdicts about files of any content.

use relgate::config;
use relgate::date::Date;
use relgate::files::Files;
use relgate::finding::{Level, Location, Sources, Span};
use relgate::project::{self, Facts, Package, Past, Release};
use relgate::report::{Judgement, Report, SnapshotName};
use relgate::repository::Snapshot;
use relgate::rules;
use relgate::tag::{self, Reading};
use relgate::verdict;

use super::output;

/// What an input begins each of its files with; the name of the file ends with the line.
const FILE: &[u8] = b"=== ";

pub fn pyproject(bytes: &[u8]) {
    check(vec![("pyproject.toml".to_owned(), bytes.to_vec())]);
}

pub fn python(bytes: &[u8]) {
    let project = "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n[project]\n\
                   name = \"demo\"\ndynamic = [\"version\"]\n[tool.setuptools.dynamic]\nversion = { attr = \"demo.__version__\" }\n";
    check(vec![("pyproject.toml".to_owned(), project.into()), ("demo/__init__.py".to_owned(), bytes.to_vec())]);
}

pub fn setup_py(bytes: &[u8]) {
    let init = "__version__ = \"1.0.0\"\n";
    check(vec![("setup.py".to_owned(), bytes.to_vec()), ("demo/__init__.py".to_owned(), init.into())]);
}

pub fn setup_cfg(bytes: &[u8]) {
    let setup = "from setuptools import setup\nsetup()\n";
    check(vec![("setup.cfg".to_owned(), bytes.to_vec()), ("setup.py".to_owned(), setup.into())]);
}

pub fn settings(bytes: &[u8]) {
    check(with_project("relgate.toml", bytes));
}

pub fn workflow(bytes: &[u8]) {
    check(with_project(".github/workflows/release.yml", bytes));
}

pub fn support_table(bytes: &[u8]) {
    check(with_project("SECURITY.md", bytes));
}

pub fn checklist(bytes: &[u8]) {
    let mut files = with_project("docs/release.md", bytes);
    let settings = "checklist = { path = \"docs/release.md\", headings = [\"Before\"] }\n";
    files.push(("relgate.toml".to_owned(), settings.into()));
    check(files);
}

fn with_project(path: &str, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let project = "[project]\nname = \"demo\"\nversion = \"1.0.0\"\n";
    vec![("pyproject.toml".to_owned(), project.into()), (path.to_owned(), bytes.to_vec())]
}

/// Several files: `=== NAME` lines, each followed by what the file holds.
pub fn declarations(bytes: &[u8]) {
    check(files(bytes));
}

/// The same, judged as the release of the tag in the first line and told in every format.
pub fn judged(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let Some(facts) = facts(files(&bytes[end..])) else { return };
    report(facts, &String::from_utf8_lossy(&bytes[..end]));
}

fn files(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match (line.strip_prefix(FILE), files.last_mut()) {
            (Some(name), _) => files.push((String::from_utf8_lossy(name).trim_end().to_owned(), Vec::new())),
            (None, Some((_, content))) => content.extend_from_slice(line),
            (None, None) => {}
        }
    }
    files
}

fn check(files: Vec<(String, Vec<u8>)>) {
    if let Some(facts) = facts(files) {
        report(facts, "v1.0.0");
    }
}

fn today() -> Date {
    Date::new(2026, 11, 22).expect("a day")
}

/// What the files say, as their own settings have it; a failure ends it, in words that are harmless.
fn facts(files: Vec<(String, Vec<u8>)>) -> Option<Facts> {
    let snapshot = Snapshot::memory(files);
    let mut files = Files::new(&snapshot);
    let settings = config::read(&mut files, &rules::ids());
    let policy = settings.map_err(|failure| output::check_failure(&failure)).ok()?.policy;
    let package = Package { policy, ..Package::default() };
    let facts = project::read_release(Files::new(&snapshot), &package, today(), |_| true);
    let mut facts = facts.map_err(|failure| output::check_failure(&failure)).ok()?;
    facts.read_workflows(Files::new(&snapshot)).expect("memory can be read");
    let declared = &facts.declared;
    for declaration in &declared.declarations {
        check_place(&facts.sources, declaration.at);
    }
    for unresolved in declared.refused.iter().chain(&declared.unresolved).chain(&declared.broken) {
        check_place(&facts.sources, unresolved.at);
    }
    Some(facts)
}

fn check_place(sources: &Sources, Location { source, span }: Location) {
    let source = sources.get(source);
    assert!(span.start <= span.end && span.end <= source.bytes.len(), "{span:?} lies outside of {}", source.path);
    if let Ok(text) = std::str::from_utf8(&source.bytes) {
        assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end), "{span:?} cuts {}", source.path);
    }
}

fn report(mut facts: Facts, tag: &str) {
    if let Reading::Release { version, start } = tag::read_usual(tag, None) {
        let source = facts.sources.add(format!("refs/tags/{tag}"), tag.as_bytes().to_vec());
        facts.release = Some(Release {
            tag: tag.to_owned(),
            at: Location { source, span: Span::new(start, tag.len()) },
            version: Some(version),
            fault: None,
            dates: vec![today()],
            kind: Default::default(),
            moved_from: None,
            past: Past::default(),
        });
    }
    // Rules that are off by default are run as well.
    let levels = rules::ids().into_iter().map(|id| (id.to_owned(), Level::Error)).collect();
    let Ok(verdicts) = verdict::judge(&facts, &levels, &[], || Ok(None)) else { return };
    for verdict in &verdicts {
        check_place(&facts.sources, verdict.finding.at);
        for related in &verdict.finding.related {
            check_place(&facts.sources, related.at);
        }
        for edit in verdict.finding.fix.iter().flat_map(|fix| &fix.edits) {
            check_place(&facts.sources, edit.at);
        }
    }
    let judgement = Judgement {
        event: "check",
        snapshot: SnapshotName::WorkTree,
        facts,
        verdicts,
        old: 0,
        ignored: 0,
        no_release: None,
    };
    output::check_report(&Report { judgements: vec![judgement], fixed: 0 });
}
