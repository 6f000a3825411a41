//! relgate's own release, judged by relgate: as it stands it may leave, and with one wrong version it may not.

use std::fs;
use std::path::Path;

use crate::support::{Answer, Repo};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What a release of relgate consists of; all of it is in a clone and in an unpacked crate.
const FILES: [&str; 7] =
    ["Cargo.toml", "Cargo.lock", "pyproject.toml", "CHANGELOG.md", "README.md", "SECURITY.md", "docs/ci.md"];

/// The release files of this very source, in a repository of their own whose hooks `relgate install` wrote.
fn own() -> Repo {
    let repo = Repo::empty();
    for file in FILES {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        repo.write(file, fs::read(&source).unwrap_or_else(|error| panic!("{}: {error}", source.display())));
    }
    repo.commit("Everything but the release");
    let installed =
        repo.relgate(&["install", "--hook", "pre-commit", "--hook", "pre-push", "--hook", "reference-transaction"]);
    assert_eq!(installed.code, 0, "{installed:?}");
    repo
}

/// The same, with the changes under Unreleased made the section of the release, as its maintainer does it.
fn released() -> Repo {
    let repo = own();
    let promoted = repo.relgate(&["check", "--tag", &tag(), "--fix"]);
    assert_eq!(promoted.code, 0, "{promoted:?}");
    assert!(repo.read("CHANGELOG.md").contains(&format!("\n## [{VERSION}] - ")));
    let committed = try_commit(&repo, &format!("Release {VERSION}"));
    assert_eq!(committed.code, 0, "{committed:?}");
    repo
}

fn tag() -> String {
    format!("v{VERSION}")
}

fn try_commit(repo: &Repo, message: &str) -> Answer {
    repo.stage();
    repo.try_git(&["commit", "-q", "--allow-empty", "-m", message])
}

/// `text` of relgate's own file with another version in it.
fn with_wrong_version(repo: &Repo, file: &str, right: &str) {
    repo.edit(file, right, &right.replacen(VERSION, "99.0.0", 1));
}

fn blocking(answer: &Answer) -> Vec<String> {
    let document = answer.json();
    let findings = document["subjects"].as_array().unwrap().iter().flat_map(|one| one["findings"].as_array().unwrap());
    let mut rules: Vec<String> =
        findings.filter(|one| one["blocks"] == true).map(|one| one["rule"].as_str().unwrap().to_owned()).collect();
    rules.dedup();
    rules
}

#[test]
fn as_it_stands_it_is_accepted() {
    let repo = own();
    let answer = repo.relgate(&["check"]);
    assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{answer:?}");
    assert!(answer.out.starts_with(&format!("ok: the work tree: version {VERSION}, ")), "{answer:?}");
}

#[test]
fn the_release_may_be_tagged_and_pushed() {
    let repo = released();
    let answer = repo.relgate(&["check", "--tag", &tag()]);
    assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{answer:?}");
    repo.tag(&tag());
    repo.add_remote();
    let pushed = repo.try_git(&["push", "-q", "origin", "main", &tag()]);
    assert_eq!(pushed.code, 0, "{pushed:?}");
}

#[test]
fn a_wrong_version_is_blocked_wherever_it_stands() {
    let repo = released();
    let lock = format!("name = \"relgate\"\nversion = \"{VERSION}\"");
    for (file, right, at_commit, at_tag) in [
        ("Cargo.toml", format!("\nversion = \"{VERSION}\""), "lockfile-stale", "tag-version-mismatch"),
        ("Cargo.lock", lock, "lockfile-stale", "lockfile-stale"),
        ("CHANGELOG.md", format!("\n## [{VERSION}] - "), "changelog-link-wrong", "release-undocumented"),
        ("README.md", format!("rev: v{VERSION}"), "secondary-version-stale", "secondary-version-stale"),
        ("docs/ci.md", format!("relgate/relgate@v{VERSION}"), "secondary-version-stale", "secondary-version-stale"),
    ] {
        with_wrong_version(&repo, file, &right);
        blocked(&repo, file, at_commit, at_tag);
    }
    repo.edit("pyproject.toml", "dynamic = [\"version\"]", "version = \"99.0.0\"");
    blocked(&repo, "pyproject.toml", "secondary-version-stale", "tag-version-mismatch");
}

/// Holds that the change is refused when it is committed and when it is tagged; then takes it back.
fn blocked(repo: &Repo, file: &str, at_commit: &str, at_tag: &str) {
    let staged = repo.relgate(&["check", "--staged", "--format", "json"]);
    assert_eq!(staged.code, 0, "nothing is staged yet: {staged:?}");
    let refused = try_commit(repo, "A wrong version");
    assert!(refused.code != 0 && refused.err.contains(at_commit), "{file}: {refused:?}");
    repo.git(&["commit", "-q", "--no-verify", "--allow-empty", "-m", "A wrong version, in spite of the hook"]);
    let answer = repo.relgate(&["check", "--tag", &tag(), "--format", "json"]);
    assert_eq!(answer.code, 1, "{file}: {answer:?}");
    assert!(blocking(&answer).contains(&at_tag.to_owned()), "{file}: {answer:?}");
    let tagged = repo.try_git(&["tag", "-a", "-m", "x", &tag()]);
    assert!(tagged.code != 0 && tagged.err.contains(at_tag), "{file}: {tagged:?}");
    repo.git(&["reset", "-q", "--hard", "HEAD~"]);
}
