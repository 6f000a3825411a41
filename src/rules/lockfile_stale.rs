//! A lock file whose entry for the project itself was left behind.

use crate::declaration::{Declaration, Kind, Role};
use crate::finding::{Edit, Findings, Level, Safety};
use crate::project::Facts;

use super::version_mismatch::weighty;
use super::{About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "lockfile-stale",
    summary: "The project's own entry in its lock file has another version",
    explanation: "\
uv.lock and Cargo.lock record the project itself. When the version is changed by hand and the lock file is not written \
again, every `--locked` run fails, and the release is tagged with a lock file that says another version.

Source: the documentation of uv ('Locking and syncing') and of Cargo ('Cargo.toml vs Cargo.lock').",
    level: Level::Error,
    about: About::Release,
    group: Group::Versions,
    fix: Some(Safety::Safe),
    bad: &[Example {
        title: "uv.lock was not written again",
        files: &[
            ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.2.3\"\n"),
            (
                "uv.lock",
                "version = 1\n\n[[package]]\nname = \"demo\"\nversion = \"1.2.2\"\nsource = { editable = \".\" }\n",
            ),
        ],
        tag: None,
    }],
    good: &[Example {
        title: "another package of another version",
        files: &[
            ("pyproject.toml", "[project]\nname = \"Demo\"\nversion = \"1.2.3.dev\"\n"),
            (
                "uv.lock",
                "version = 1\n\n[[package]]\nname = \"demo\"\nversion = \"1.2.3.dev0\"\nsource = { virtual = \".\" }\n\n[[package]]\nname = \"demo-more\"\nversion = \"9\"\nsource = { registry = \"https://pypi.org/simple\" }\n",
            ),
        ],
        tag: None,
    }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let authority = |one: &&Declaration| one.role == Role::Authority;
    let Some(reference) = weighty(facts).find(authority) else { return };
    let Some(expected) = &reference.version else { return };
    let locked = facts.declared.declarations.iter().filter(|one| one.role == Role::Lock);
    for one in locked.filter(|one| one.version.as_ref() != Some(expected)) {
        let path = &facts.sources.get(one.at.source).path;
        let by_cargo = path.ends_with("Cargo.lock");
        // uv leaves out a dynamic version; what older ones put there was true whenever they were run.
        let repeats = match reference.kind {
            Kind::ProjectVersion | Kind::PoetryVersion => !by_cargo,
            Kind::Cargo => by_cargo,
            _ => false,
        };
        if !repeats {
            continue;
        }
        let message = format!("`{path}` locks the project at `{}`, but its version is `{expected}`", one.text);
        let finding = findings.add(one.at, message);
        finding.related(reference.at, "the version that is built");
        let tool = if by_cargo { "cargo update --workspace" } else { "uv lock" };
        finding.help(format!("run `{tool}`, or write `{expected}` here"));
        // Cargo writes SemVer, which is what Cargo.toml has; uv writes the canonical spelling.
        let text = if by_cargo { reference.text.clone() } else { expected.to_string() };
        finding.fix(format!("lock the project at `{text}`"), Safety::Safe, vec![Edit { at: one.at, text }]);
    }
}
