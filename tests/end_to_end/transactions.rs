//! The guard of `git tag` itself: a hook that git calls for every ref it writes, and that must not be in the way.

use crate::support::{RELGATE, Repo, run};

const GUARD: &str = "reference-transaction";

fn guarded() -> Repo {
    let repo = Repo::consistent();
    repo.install_hook(GUARD);
    repo
}

#[test]
fn a_bad_release_tag_is_not_even_made() {
    let repo = guarded();
    for arguments in [&["tag", "v1.3.0"][..], &["tag", "-a", "-m", "x", "v1.3.0"], &["tag", "v1.2.0bis"]] {
        let answer = repo.try_git(arguments);
        assert_eq!(answer.code, 128, "{arguments:?}: {answer:?}");
        assert!(answer.all().contains("refused: v1."), "{arguments:?}: {answer:?}");
    }
    assert_eq!(repo.git(&["tag", "--list"]), "");
    for arguments in [&["tag", "v1.2.0"][..], &["tag", "nightly-1"], &["tag", "stable"], &["tag", "-d", "v1.2.0"]] {
        let answer = repo.try_git(arguments);
        assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{arguments:?}: {answer:?}");
    }
}

#[test]
fn what_is_checked_out_does_not_matter() {
    let repo = guarded();
    repo.edit("pyproject.toml", "1.2.0", "1.3.0");
    repo.commit("Half a bump");
    repo.edit("src/pkg/__init__.py", "1.2.0", "1.3.0");
    assert_eq!(repo.try_git(&["tag", "v1.3.0"]).code, 128);
    assert_eq!(repo.try_git(&["tag", "v1.2.0", "HEAD^"]).code, 0);
}

#[test]
fn tags_that_are_there_are_packed_whatever_they_are() {
    let repo = Repo::consistent();
    repo.git(&["tag", "v9.0.0"]);
    repo.tag("v9.1.0");
    repo.install_hook(GUARD);
    for arguments in [&["pack-refs", "--all"][..], &["gc", "-q"], &["pack-refs", "--all"], &["gc", "-q", "--prune=now"]]
    {
        let answer = repo.try_git(arguments);
        assert_eq!((answer.code, answer.all().as_str()), (0, ""), "{arguments:?}");
    }
    // The same again, by force.
    assert_eq!(repo.try_git(&["tag", "-f", "v9.0.0", "v9.0.0"]).code, 0);
    repo.edit("pyproject.toml", "1.2.0", "1.3.0");
    repo.commit("Other");
    assert_eq!(repo.try_git(&["tag", "-f", "v9.0.0"]).code, 128, "elsewhere it is a new tag");
}

#[test]
fn tags_that_others_have_made_are_fetched_and_cloned() {
    let other = Repo::consistent();
    other.git(&["tag", "v9.0.0"]);
    other.tag("v9.1.0");
    let url = other.path.to_str().unwrap();
    let repo = guarded();
    repo.git(&["remote", "add", "origin", url]);
    for arguments in [&["fetch", "-q", "--tags", "origin"][..], &["pull", "-q", "--tags", "origin", "main"]] {
        let answer = repo.try_git(arguments);
        assert_eq!(answer.code, 0, "{arguments:?}: {answer:?}");
    }
    assert_eq!(repo.git(&["tag", "--list"]), "v9.0.0\nv9.1.0\n");
    let template = repo.home().join("template");
    std::fs::create_dir_all(template.join("hooks")).unwrap();
    std::fs::copy(repo.path.join(".git/hooks").join(GUARD), template.join("hooks").join(GUARD)).unwrap();
    let template = format!("--template={}", template.display());
    let answer = repo.try_git(&["clone", "-q", &template, url, "../clone"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let cloned = repo.git(&["-C", "../clone", "tag", "--list"]);
    assert_eq!(cloned, "v9.0.0\nv9.1.0\n");
    assert_eq!(repo.try_git(&["-C", "../clone", "tag", "v9.2.0"]).code, 128, "the guard is there");
}

#[test]
fn everything_else_that_writes_refs_is_left_alone() {
    let repo = guarded();
    repo.git(&["checkout", "-q", "-b", "topic"]);
    for n in 0..3 {
        repo.write(&format!("{n}.txt"), "x");
        repo.commit("Topic");
    }
    repo.git(&["checkout", "-q", "main"]);
    repo.commit("Main");
    for arguments in [
        &["rebase", "-q", "main", "topic"][..],
        &["checkout", "-q", "main"],
        &["merge", "-q", "--no-ff", "-m", "x", "topic"],
        &["branch", "v9.0.0"],
        &["branch", "-q", "-D", "v9.0.0"],
        &["stash", "-q"],
        &["worktree", "add", "-q", "../linked", "-b", "other"],
        &["symbolic-ref", "refs/tags/v9.0.0", "refs/heads/main"],
        &["reset", "-q", "--hard", "HEAD^"],
    ] {
        let answer = repo.try_git(arguments);
        assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{arguments:?}");
    }
}

#[test]
fn states_and_lines_of_any_git_are_understood() {
    let repo = Repo::consistent();
    let (head, zero) = (repo.git(&["rev-parse", "HEAD"]), "0".repeat(40));
    let (bad, hook) = (format!("{zero} {} refs/tags/v9.0.0\n", head.trim()), ["hook", GUARD]);
    let call = |state: &str, input: &str| repo.run(RELGATE, &[hook[0], hook[1], state], input);
    for state in ["preparing", "prepared"] {
        assert_eq!(call(state, &bad).code, 1, "{state}");
        assert_eq!(call(state, "").code, 0, "{state}");
        assert_eq!(call(state, &format!("{zero} ref:refs/heads/main refs/tags/v9.0.0\n")).code, 0, "{state}");
        assert_eq!(call(state, &format!("{} {zero} refs/tags/v9.0.0\n", head.trim())).code, 0, "{state}");
    }
    for state in ["committed", "aborted", "unheard-of"] {
        assert_eq!(call(state, &bad).all(), "", "{state}");
    }
}

#[test]
fn nothing_is_opened_for_what_is_no_release_tag() {
    let folder = Repo::bare_home();
    let one = "1".repeat(40);
    for name in ["refs/heads/v1.0.0", "HEAD", "refs/remotes/origin/v1.0.0"] {
        let answer = folder.run(RELGATE, &["hook", GUARD, "prepared"], &format!("{one} {one} {name}\n"));
        assert_eq!((answer.code, answer.all().as_str()), (0, ""), "{name}, outside of any repository");
    }
    let answer = folder.run(RELGATE, &["hook", GUARD, "prepared"], &format!("{one} {one} refs/tags/v1.0.0\n"));
    assert_eq!(answer.code, 2, "{answer:?}");
}

#[test]
fn without_its_program_the_guard_blocks_tags_alone() {
    let repo = guarded();
    let path = repo.home().join("bin");
    std::fs::create_dir(&path).unwrap();
    for program in ["git", "sh"] {
        let found = repo.run("sh", &["-c", &format!("command -v {program}")], "").out;
        std::os::unix::fs::symlink(found.trim(), path.join(program)).unwrap();
    }
    let git =
        |arguments: &[&str]| run(repo.command("git").current_dir(&repo.path).env("PATH", &path).args(arguments), "");
    assert_eq!(git(&["branch", "other"]).code, 0);
    let answer = git(&["tag", "v1.2.0"]);
    assert_eq!(answer.code, 128, "{answer:?}");
    assert!(answer.err.starts_with("relgate is gone, so this tag cannot be judged; "), "{answer:?}");
}

#[test]
fn no_program_is_started_for_what_is_no_tag() {
    let repo = guarded();
    let (folder, called) = (repo.home().join("bin"), repo.home().join("called"));
    std::fs::create_dir(&folder).unwrap();
    let relgate = folder.join("relgate");
    std::fs::write(&relgate, format!("#!/bin/sh\n: >'{}'\n", called.display())).unwrap();
    std::fs::set_permissions(&relgate, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let git = |arguments: &[&str]| {
        let answer = run(repo.command("git").current_dir(&repo.path).env("PATH", &path).args(arguments), "");
        assert_eq!(answer.code, 0, "{arguments:?}: {answer:?}");
    };
    git(&["checkout", "-q", "-b", "topic"]);
    for n in ["1", "2", "3"] {
        git(&["commit", "-q", "--allow-empty", "-m", n]);
    }
    git(&["checkout", "-q", "main"]);
    git(&["commit", "-q", "--allow-empty", "-m", "x"]);
    git(&["rebase", "-q", "main", "topic"]);
    git(&["tag", "stable"]);
    assert!(!called.exists());
    git(&["tag", "v1.2.0"]);
    assert!(called.exists(), "the guard was there all the time");
}
