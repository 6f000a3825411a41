//! Tags that a push makes, moves or deletes, seen by the real git.

use std::time::{Duration, Instant};

use crate::support::{RELGATE, Repo, run};

/// A guarded repository whose remote has everything, v1.2.0 included.
fn published() -> Repo {
    let repo = Repo::consistent();
    repo.add_remote();
    repo.tag("v1.2.0");
    repo.git(&["push", "-q", "origin", "main", "v1.2.0"]);
    repo.install_hook("pre-push");
    repo
}

fn refused(repo: &Repo, arguments: &[&str], rule: &str) -> String {
    let before = repo.git(&["ls-remote", "origin"]);
    let answer = repo.try_git(arguments);
    assert_eq!(answer.code, 1, "{arguments:?}: {answer:?}");
    assert!(answer.all().contains(rule), "{arguments:?} is refused by {rule}: {answer:?}");
    assert_eq!(repo.git(&["ls-remote", "origin"]), before, "{arguments:?} changes nothing");
    answer.all()
}

fn passes(repo: &Repo, arguments: &[&str]) {
    let answer = repo.try_git(arguments);
    assert_eq!((answer.code, answer.all().as_str()), (0, ""), "{arguments:?}");
}

#[test]
fn a_bad_tag_on_a_commit_that_the_remote_has_is_refused() {
    let repo = published();
    repo.git(&["tag", "v1.3.0"]);
    refused(&repo, &["push", "-q", "origin", "v1.3.0"], "tag-version-mismatch");
    repo.tag("v1.4.0");
    refused(&repo, &["push", "-q", "origin", "v1.4.0"], "tag-version-mismatch");
}

#[test]
fn a_bad_tag_that_follows_a_branch_is_refused() {
    let repo = published();
    repo.commit("More");
    repo.tag("v1.3.0");
    refused(&repo, &["push", "-q", "--follow-tags", "origin", "main"], "tag-version-mismatch");
}

#[test]
fn the_bad_one_of_three_tags_is_named_alone() {
    let repo = published();
    for name in ["v1.2.0.post0", "nightly-1", "v1.2"] {
        repo.tag(name);
    }
    let told = refused(&repo, &["push", "-q", "--tags", "origin"], "tag-version-mismatch");
    assert!(told.contains("refused: v1.2.0.post0 on") && told.matches("refused: ").count() == 1, "{told}");
}

#[test]
fn odd_sources_of_a_tag_are_judged() {
    let repo = published();
    repo.commit("More");
    let head = repo.git(&["rev-parse", "HEAD"]);
    for source in ["HEAD", "main@{1 second ago}", head.trim(), "v1.2.0^{}"] {
        refused(&repo, &["push", "-q", "origin", &format!("{source}:refs/tags/v9.0.0")], "tag-version-mismatch");
    }
    let remote = repo.home().join("remote.git");
    refused(&repo, &["push", "-q", remote.to_str().unwrap(), "HEAD:refs/tags/v9.0.0"], "tag-version-mismatch");
}

#[test]
fn a_push_from_a_linked_work_tree_is_judged() {
    let repo = published();
    repo.tag("v1.3.0");
    repo.git(&["worktree", "add", "-q", "../linked", "-b", "other"]);
    let linked = repo.home().join("linked");
    let answer = run(repo.command("git").current_dir(linked).args(["push", "-q", "origin", "v1.3.0"]), "");
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.all().contains("tag-version-mismatch"), "{answer:?}");
}

#[test]
fn a_release_tag_is_not_deleted() {
    let repo = published();
    let told = refused(&repo, &["push", "-q", "origin", ":refs/tags/v1.2.0"], "tag-deleted");
    assert!(told.contains("refused: the deletion of v1.2.0: 1 error"), "{told}");
    refused(&repo, &["push", "-q", "--delete", "origin", "v1.2.0"], "tag-deleted");
    passes(&repo, &["push", "-q", "--no-verify", "origin", ":refs/tags/v1.2.0"]);
}

#[test]
fn settings_of_the_branch_allow_a_deletion() {
    let repo = published();
    repo.write("relgate.toml", "rules.tag-deleted = 'off'\n");
    refused(&repo, &["push", "-q", "origin", ":refs/tags/v1.2.0"], "tag-deleted");
    repo.commit("Allow it");
    passes(&repo, &["push", "-q", "origin", ":refs/tags/v1.2.0"]);
}

#[test]
fn what_is_no_release_of_this_project_may_be_deleted() {
    let repo = published();
    for name in ["v1", "v1.2", "nightly-1", "v1.2.0bis", "1.2.0-1"] {
        repo.tag(name);
        repo.git(&["push", "-q", "--no-verify", "origin", name]);
        passes(&repo, &["push", "-q", "origin", &format!(":refs/tags/{name}")]);
    }
    repo.write("relgate.toml", "tag = 'pkg-{version}'\n");
    repo.commit("Name them anew");
    passes(&repo, &["push", "-q", "origin", ":refs/tags/v1.2.0"]);
}

#[test]
fn a_release_tag_is_not_moved() {
    let repo = published();
    repo.commit("More");
    repo.git(&["tag", "-f", "-a", "-m", "x", "v1.2.0"]);
    let told = refused(&repo, &["push", "-q", "-f", "origin", "v1.2.0"], "tag-moved");
    assert!(!told.contains("tag-version-mismatch"), "{told}");
    repo.write("relgate.toml", "rules.tag-moved = 'off'\n");
    repo.commit("Allow it");
    repo.git(&["tag", "-f", "-a", "-m", "x", "v1.2.0"]);
    passes(&repo, &["push", "-q", "-f", "origin", "v1.2.0"]);
}

#[test]
fn a_floating_tag_is_moved() {
    let repo = published();
    repo.tag("v1");
    repo.tag("v1.2");
    passes(&repo, &["push", "-q", "origin", "v1", "v1.2"]);
    repo.edit("pyproject.toml", "1.2.0", "1.2.1");
    repo.edit("src/pkg/__init__.py", "1.2.0", "1.2.1");
    repo.edit("CHANGELOG.md", "## [1.2.0]", "## [1.2.1] - 2026-01-05\n\n### Fixed\n\n- It.\n\n## [1.2.0]");
    repo.edit("CHANGELOG.md", "[1.2.0]: ", "[1.2.1]: https://example.org/owner/pkg/compare/v1.2.0...v1.2.1\n[1.2.0]: ");
    repo.edit("CHANGELOG.md", "v1.2.0...HEAD", "v1.2.1...HEAD");
    repo.commit("Release 1.2.1");
    repo.tag("v1.2.1");
    repo.git(&["tag", "-f", "-a", "-m", "x", "v1"]);
    repo.git(&["tag", "-f", "-a", "-m", "x", "v1.2"]);
    passes(&repo, &["push", "-q", "-f", "origin", "v1.2.1", "v1", "v1.2"]);
}

#[test]
fn thousands_of_refs_are_one_short_run() {
    let repo = Repo::consistent();
    let (head, zero) = (repo.git(&["rev-parse", "HEAD"]), "0".repeat(40));
    let mut input = String::new();
    for n in 0..5_000 {
        let head = head.trim();
        input +=
            &format!("refs/heads/b{n} {head} refs/heads/b{n} {zero}\nrefs/tags/n-{n} {head} refs/tags/n-{n} {zero}\n");
    }
    for n in 0..100 {
        input += &format!("HEAD {} refs/tags/v7.{n}.0 {zero}\n", head.trim());
    }
    let start = Instant::now();
    let answer = repo.run(RELGATE, &["hook", "pre-push", "origin", "url"], &input);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert_eq!(answer.out.matches("refused: ").count(), 100);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn what_a_framework_shows_of_a_push_is_judged() {
    let repo = Repo::consistent();
    let head = repo.git(&["rev-parse", "HEAD"]);
    let call = |reference: &str| {
        let mut command = repo.command(RELGATE);
        command.current_dir(&repo.path).args(["hook", "pre-push"]).env("PRE_COMMIT", "1");
        run(command.env("PRE_COMMIT_REMOTE_BRANCH", reference).env("PRE_COMMIT_TO_REF", head.trim()), "")
    };
    assert_eq!(call("refs/tags/v1.3.0").code, 1);
    for reference in ["refs/tags/v1.2.0", "refs/heads/v1.3.0", "refs/tags/nightly"] {
        assert_eq!((call(reference).code, call(reference).all().as_str()), (0, ""), "{reference}");
    }
}
