use crate::finding::{Findings, Level, Location, Span};
use crate::project::{Facts, Release};
use crate::rules::{About, Example, Group, Rule};
use crate::tag::{self, Reading};
use crate::workflow::{Event, Limit, Obstacle, Outcome, Pattern, Workflow};

pub(super) const RULE: Rule = Rule {
    id: "workflow-trigger",
    summary: "The workflow that publishes would not run for this tag, or runs for tags that are no release",
    explanation: "\
A workflow of GitHub Actions that publishes when a tag is pushed waits for names: `tags: ['v*']`. A tag of another name is
pushed, nothing happens, and the release is missing from the index until somebody looks. A workflow that waits for any name
publishes whatever the files say when somebody pushes `latest`.

What is read are the workflows of the tagged commit, as GitHub does: the patterns of `tags`, `tags-ignore` and `branches`,
and the conditions of jobs and steps as far as the name of the tag decides them. Nothing is said where a workflow that
publishes can be started otherwise (`release`, `workflow_dispatch`, `workflow_call` ...), where one of several would run,
or where a pattern takes out pre-releases on purpose. Uploads to Test PyPI do not count.

A pattern that is too wide and was there at the release before is not told again.

Source: GitHub's documentation, \"Workflow syntax for GitHub Actions\".",
    level: Level::Warn,
    about: About::Text,
    group: Group::Tags,
    fix: None,
    bad: &[
        Example {
            title: "the workflow waits for a `v`",
            files: &[super::PYPROJECT, (".github/workflows/publish.yml", FOR_V)],
            tag: Some("1.1.0"),
        },
        Example {
            title: "any tag publishes",
            files: &[
                super::PYPROJECT,
                (
                    ".github/workflows/publish.yml",
                    "on:\n  push:\n    tags: ['*']\njobs:\n  publish:\n    steps:\n      - run: uv publish\n",
                ),
            ],
            tag: Some("v1.1.0"),
        },
    ],
    good: &[
        Example {
            title: "the workflow waits for this name",
            files: &[super::PYPROJECT, CHANGES, (".github/workflows/publish.yml", FOR_V)],
            tag: Some("v1.1.0"),
        },
        Example {
            title: "it is started by the release that somebody makes on GitHub",
            files: &[
                super::PYPROJECT,
                CHANGES,
                (
                    ".github/workflows/publish.yml",
                    "on:\n  release:\n    types: [published]\njobs:\n  publish:\n    steps:\n      - run: uv publish\n",
                ),
            ],
            tag: Some("1.1.0"),
        },
    ],
    check,
};

const CHANGES: (&str, &str) = ("CHANGELOG.md", "# Changelog\n\n## 1.1.0 - 2026-11-22\n\n- A thing.\n");

const FOR_V: &str = "\
on:
  push:
    tags:
      - 'v[0-9]*'
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions:
      id-token: write
    steps:
      - uses: pypa/gh-action-pypi-publish@release/v1
";

/// A name that tags which are no release have.
const NO_RELEASE: &str = "latest";

fn check(facts: &Facts, findings: &mut Findings) {
    for workflow in facts.workflows.iter().filter(|workflow| workflow.publishes()) {
        if workflow.published_by(Event::Tag(NO_RELEASE)) == Outcome::Done
            && let Some(push) = &workflow.triggers.push
        {
            let at = push.tags.decides(NO_RELEASE).map_or(push.at, |pattern| pattern.at);
            let message = format!("`{}` also runs for tags that are no release: `{NO_RELEASE}`", path(facts, workflow));
            findings.add(place(workflow, at), message).help(format!("write {}", wanted(facts)));
        }
    }
    let Some(release) = facts.release.as_ref().filter(|release| release.fault.is_none()) else { return };
    if let Some(Missed { at, reason, remedy, .. }) = missed(facts, release) {
        findings
            .add(at, format!("a push of `{}` publishes nothing: {reason}", release.tag))
            .help(format!("{remedy} before the tag is made: GitHub reads the workflow of the tagged commit"));
    }
}

/// A workflow that does not publish the release.
struct Missed {
    at: Location,
    reason: String,
    /// What to do, as the beginning of a sentence.
    remedy: String,
    /// How many characters of the tag its pattern begins with.
    shared: usize,
}

fn path<'f>(facts: &'f Facts, workflow: &Workflow) -> &'f str {
    &facts.sources.get(workflow.source).path
}

fn place(workflow: &Workflow, span: Span) -> Location {
    Location { source: workflow.source, span }
}

/// The limit that lets in the names of this project's release tags.
fn wanted(facts: &Facts) -> String {
    let before = facts.release.as_ref().map_or("", |release| &release.tag[..release.at.span.start]);
    let mut pattern = String::new();
    for c in before.chars() {
        if "*?+[]!\\".contains(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    format!("`tags: ['{pattern}[0-9]*']`")
}

/// Why no workflow publishes this release; `None` where one does, or may.
fn missed(facts: &Facts, release: &Release) -> Option<Missed> {
    let event = Event::Tag(&release.tag);
    let mut missed = Vec::new();
    for workflow in facts.workflows.iter().filter(|workflow| workflow.may_publish()) {
        match workflow.published_by(event) {
            Outcome::Stopped(obstacle) if !workflow.publishes_otherwise() => missed.push((workflow, obstacle)),
            _ => return None,
        }
    }
    let publishing = missed.into_iter().rev().filter(|(workflow, _)| workflow.publishes());
    let told = publishing.filter_map(|(workflow, obstacle)| told(facts, release, workflow, obstacle));
    // Of those that come as near, the first.
    told.max_by_key(|missed| missed.shared)
}

/// What kept the workflow from publishing; `None` where that may be meant so.
fn told(facts: &Facts, release: &Release, workflow: &Workflow, obstacle: Obstacle) -> Option<Missed> {
    let path = path(facts, workflow);
    let final_release = release.version.as_ref().is_some_and(|version| !version.is_prerelease());
    if let Obstacle::Condition(span) = obstacle {
        let at = place(workflow, span);
        let about_names = facts.sources.text_at(at).to_ascii_lowercase().contains("ref");
        let reason = format!("this condition of `{path}` does not hold for it");
        let remedy = "write one that holds".to_owned();
        return (final_release && about_names).then_some(Missed { at, reason, remedy, shared: 0 });
    }
    let push = workflow.triggers.push.as_ref()?;
    let (span, shared, reason) = match (&push.tags, push.tags.decides(&release.tag)) {
        (Limit::Unsaid, _) => (push.at, 0, format!("`{path}` runs for branches alone")),
        // Pre-releases that are taken out are meant to be.
        (_, Some(_)) if !final_release => return None,
        (_, Some(out)) => (out.at, 0, format!("`{path}` leaves out tags like `{}`", out.text)),
        (Limit::Only(patterns), None) => {
            let (shared, nearest) = nearest(facts, release, patterns)?;
            (nearest.at, shared, format!("`{path}` waits for tags like `{}`", nearest.text))
        }
        (Limit::Ignoring(_) | Limit::Unclear, None) => return None,
    };
    Some(Missed { at: place(workflow, span), reason, remedy: format!("write {}", wanted(facts)), shared })
}

/// The pattern that shares most of its beginning with the tag, among those that may be meant for it, and how much.
fn nearest<'w>(facts: &Facts, release: &Release, patterns: &'w [Pattern]) -> Option<(usize, &'w Pattern)> {
    let prefix = &release.tag[..release.at.span.start];
    let releases =
        |prefix: &str, name| matches!(tag::read_usual(&format!("{prefix}1.0"), name), Reading::Release { .. });
    let meant = |pattern: &&Pattern| {
        let beginning = named_like(pattern.beginning());
        match () {
            () if pattern.is_negative() => false,
            () if beginning == prefix => true,
            () if releases(beginning, None) => releases(prefix, None),
            () => releases(beginning, facts.declared.name.as_deref()),
        }
    };
    let shared = |pattern: &Pattern| {
        let pairs = pattern.text.chars().zip(release.tag.chars());
        pairs.take_while(|(a, b)| a == b).count()
    };
    // Of those that share as much, the first.
    patterns.iter().rev().filter(meant).map(|pattern| (shared(pattern), pattern)).max_by_key(|(shared, _)| *shared)
}

/// What a pattern is meant to begin with, where it is written as a full reference or as a regular expression: GitHub knows
/// neither.
fn named_like(beginning: &str) -> &str {
    let name = beginning.strip_prefix("refs/tags/").unwrap_or(beginning);
    let name = name.strip_prefix('^').unwrap_or(name);
    name.split(['(', '{', '|']).next().unwrap_or(name)
}
