//! The hooks, called by the real git.

use crate::support::{Repo, run};

fn guarded() -> Repo {
    let repo = Repo::consistent();
    repo.install_hook("pre-commit");
    repo.install_hook("pre-push");
    repo
}

#[test]
fn a_commit_that_agrees_passes_in_silence() {
    let repo = guarded();
    repo.write("README.md", "# pkg\n");
    repo.stage();
    let answer = repo.try_git(&["commit", "-q", "-m", "x"]);
    assert_eq!((answer.code, answer.all().as_str()), (0, ""));
}

#[test]
fn a_commit_is_judged_as_git_will_write_it() {
    let repo = guarded();
    let head = repo.git(&["rev-parse", "HEAD"]);
    repo.edit("src/pkg/__init__.py", "1.2.0", "1.1.9");
    repo.write("other.txt", "x");
    repo.git(&["add", "other.txt"]);

    // -a and a path take the fault along, whatever the index says.
    for commit in [&["commit", "-q", "-a", "-m", "x"][..], &["commit", "-q", "-m", "x", "src/pkg/__init__.py"]] {
        let answer = repo.try_git(commit);
        assert_eq!(answer.code, 1, "{commit:?}");
        assert!(answer.all().contains("version-mismatch"), "{answer:?}");
    }
    assert_eq!(repo.git(&["rev-parse", "HEAD"]), head);

    // A path leaves the fault behind, though it is staged.
    repo.git(&["add", "-A"]);
    assert_eq!(repo.try_git(&["commit", "-q", "-m", "x"]).code, 1);
    assert_eq!(repo.try_git(&["commit", "-q", "-m", "x", "other.txt"]).code, 0);
    assert_eq!(repo.try_git(&["commit", "-q", "--amend", "-m", "y"]).code, 1);
    assert_eq!(repo.try_git(&["commit", "-q", "--no-verify", "-m", "z"]).code, 0);
}

#[test]
fn a_commit_in_a_linked_work_tree_is_judged_by_its_own_index() {
    let repo = guarded();
    repo.git(&["worktree", "add", "-q", "../linked", "-b", "other"]);
    let linked = repo.home().join("linked");
    std::fs::write(linked.join("src/pkg/__init__.py"), "__version__ = \"1.1.9\"\n").unwrap();
    let commit = |arguments: &[&str]| run(repo.command("git").current_dir(&linked).args(arguments), "");
    assert_eq!(commit(&["commit", "-q", "-a", "-m", "x"]).code, 1);
    assert_eq!(commit(&["checkout", "-q", "--", "."]).code, 0);
    assert_eq!(commit(&["commit", "-q", "--allow-empty", "-m", "x"]).code, 0);
}

#[test]
fn a_work_tree_that_git_is_told_of_is_judged() {
    let repo = guarded();
    repo.edit("src/pkg/__init__.py", "1.2.0", "1.1.9");
    let (git, tree) = (repo.path.join(".git"), repo.path.clone());
    let location = [format!("--git-dir={}", git.display()), format!("--work-tree={}", tree.display())];
    let mut command = repo.command("git");
    command.current_dir(repo.home()).args(&location).args(["commit", "-q", "-a", "-m", "x"]);
    let answer = run(&mut command, "");
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.all().contains("version-mismatch"), "{answer:?}");
}

#[test]
fn an_old_fault_of_the_changelog_does_not_block_commits() {
    let repo = guarded();
    repo.edit("CHANGELOG.md", "### Fixed", "### Bug Fixes");
    repo.stage();
    assert_eq!(repo.try_git(&["commit", "-q", "-m", "x"]).code, 1, "it is new");
    repo.git(&["commit", "-q", "--no-verify", "-m", "x"]);
    repo.write("README.md", "# pkg\n");
    repo.stage();
    assert_eq!(repo.try_git(&["commit", "-q", "-m", "y"]).code, 0, "it is old");
}

#[test]
fn the_first_commit_of_a_repository_is_judged() {
    let repo = Repo::empty();
    repo.install_hook("pre-commit");
    repo.write("pyproject.toml", crate::support::PYPROJECT);
    repo.write("pkg/__init__.py", "__version__ = \"0.1\"\n");
    repo.stage();
    assert_eq!(repo.try_git(&["commit", "-q", "-m", "x"]).code, 1);
    repo.write("pkg/__init__.py", "__version__ = \"1.2\"\n");
    repo.stage();
    assert_eq!(repo.try_git(&["commit", "-q", "-m", "x"]).code, 0);
}

#[test]
fn a_pushed_tag_is_judged_by_its_own_tree() {
    let repo = guarded();
    repo.add_remote();
    repo.git(&["push", "-q", "origin", "main"]);
    repo.tag("v1.2.0");
    repo.edit("pyproject.toml", "1.2.0", "1.3.0");
    repo.git(&["commit", "-q", "-a", "--no-verify", "-m", "Half a bump"]);
    repo.git(&["tag", "v1.3.0"]);
    // The tree of the good tag is fine, whatever is checked out.
    let answer = repo.try_git(&["push", "-q", "origin", "v1.2.0"]);
    assert_eq!((answer.code, answer.all().as_str()), (0, ""));
    // Branches pass unjudged; the tag does not, and takes the whole push with it.
    assert_eq!(repo.try_git(&["push", "-q", "origin", "main"]).code, 0);
    let answer = repo.try_git(&["push", "-q", "origin", "v1.3.0"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.all().contains("tag-version-mismatch") && answer.all().contains("refused: v1.3.0"), "{answer:?}");
    assert!(!repo.git(&["ls-remote", "--tags", "origin"]).contains("v1.3.0"));
    assert_eq!(repo.try_git(&["push", "-q", "origin", "HEAD:refs/tags/v1.3.1"]).code, 1);
    assert_eq!(repo.try_git(&["push", "-q", "--tags", "origin"]).code, 1);
    // What is on the remote's side decides: this creates a branch.
    assert_eq!(repo.try_git(&["push", "-q", "origin", "refs/tags/v1.3.0:refs/heads/odd"]).code, 0);
}

#[test]
fn odd_lines_of_a_push_are_understood() {
    let repo = Repo::consistent();
    repo.tag("v1.2.0");
    let tag = repo.git(&["rev-parse", "v1.2.0"]);
    let blob = repo.git(&["rev-parse", "HEAD:CHANGELOG.md"]);
    let (tag, blob, zero) = (tag.trim(), blob.trim(), "0".repeat(40));
    let push = |input: &str| repo.run(crate::support::RELGATE, &["hook", "pre-push", "origin", "url"], input);
    for (input, code) in [
        (String::new(), 0),
        (format!("refs/tags/v1.2.0 {tag} refs/tags/v1.2.0 {zero}\n"), 0),
        (format!("main@{{1 second ago}} {tag} refs/tags/v1.2.0 {zero}\n"), 0),
        (format!("main@{{1 second ago}} {tag} refs/tags/v1.2.1 {zero}\n"), 1),
        (format!("HEAD {tag} refs/tags/v1.2.1 {zero}"), 1),
        (format!("{tag} {tag} refs/heads/v1.2.1 {zero}\n"), 0),
        (format!("(delete) {zero} refs/tags/v1.2.0 {tag}\n"), 1),
        (format!("(delete) {zero} refs/tags/v1.2.0 {}\n", "1".repeat(40)), 1),
        (format!("(delete) {zero} refs/tags/nightly-7 {tag}\n"), 0),
        (format!("(delete) {zero} refs/heads/v1.2.0 {tag}\n"), 0),
        (format!("refs/tags/v1.2.0 {tag} refs/tags/v1.2.0 {}\n", "1".repeat(40)), 1),
        (format!("refs/tags/v1.2.0 {tag} refs/tags/v1.2.0 {tag}\n"), 0),
        (format!("refs/tags/x {blob} refs/tags/x {zero}\n"), 0),
        (format!("refs/tags/v1.2.0 {blob} refs/tags/v1.2.0 {zero}\n"), 2),
        (format!("refs/tags/v1.2.0 {} refs/tags/v1.2.0 {zero}\n", "1".repeat(40)), 2),
        ("nonsense\n".to_owned(), 2),
    ] {
        let answer = push(&input);
        assert_eq!(answer.code, code, "{input}: {answer:?}");
        assert_eq!(answer.code == 0, answer.all().is_empty(), "{input}: {answer:?}");
    }
}

#[test]
fn every_tag_of_a_push_is_judged() {
    let repo = Repo::consistent();
    let head = repo.git(&["rev-parse", "HEAD"]);
    let zero = "0".repeat(40);
    let mut input = String::new();
    for n in 0..200 {
        input += &format!("refs/tags/nightly-{n} {} refs/tags/nightly-{n} {zero}\n", head.trim());
    }
    input += &format!("refs/tags/v1.2.0 {} refs/tags/v1.2.0 {zero}\n", head.trim());
    input += &format!("refs/tags/v7.0.0 {} refs/tags/v7.0.0 {zero}\n", head.trim());
    let answer = repo.run(crate::support::RELGATE, &["hook", "pre-push", "origin", "url"], &input);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.out.contains("refused: v7.0.0") && !answer.out.contains("v1.2.0 on"), "{answer:?}");
}

#[test]
fn a_hook_without_its_program_blocks_and_says_how_to_go_on() {
    let repo = guarded();
    repo.write("README.md", "# pkg\n");
    repo.stage();
    let git = repo.run("sh", &["-c", "command -v git"], "").out;
    let folder = std::path::Path::new(git.trim()).parent().unwrap().to_path_buf();
    assert!(!folder.join("relgate").exists(), "no relgate beside git");
    let mut command = repo.command("git");
    command.env("PATH", format!("{}:/usr/bin:/bin", folder.display())).current_dir(&repo.path);
    let answer = run(command.args(["commit", "-q", "-m", "x"]), "");
    assert_eq!(answer.code, 1, "{answer:?}");
    assert_eq!(answer.err.lines().count(), 1, "{answer:?}");
    assert!(answer.err.contains("--no-verify"), "{answer:?}");
}

#[test]
fn a_form_that_every_release_has_is_a_habit() {
    let repo = guarded();
    let habit = repo
        .read("CHANGELOG.md")
        .replace("2026-01-05", "January 5th, 2026")
        .replace("2025-12-01", "December 1st, 2025");
    repo.write("CHANGELOG.md", &habit);
    repo.git(&["commit", "-q", "-a", "--no-verify", "-m", "Another form"]);
    let section = "## [1.3.0] - January 6th, 2026\n\n### Fixed\n\n- A thing.\n\n## [1.2.0]";
    let links = "v1.3.0...HEAD\n[1.3.0]: https://example.org/owner/pkg/compare/v1.2.0...v1.3.0";
    repo.write("CHANGELOG.md", habit.replacen("## [1.2.0]", section, 1).replace("v1.2.0...HEAD", links));
    repo.stage();
    let answer = repo.try_git(&["commit", "-q", "-m", "As ever"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    repo.edit("CHANGELOG.md", "January 6th, 2026", "soon");
    let answer = repo.try_git(&["commit", "-q", "-a", "-m", "Not as ever"]);
    assert_eq!(answer.code, 1, "{answer:?}");
}

#[test]
fn a_submodule_is_judged_by_its_own_index() {
    let (outer, inner) = (Repo::empty(), Repo::consistent());
    let url = inner.path.to_str().unwrap();
    outer.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", url, "inner"]);
    let inside = outer.path.join("inner");
    let git = |arguments: &[&str]| run(outer.command("git").current_dir(&inside).args(arguments), "");
    let installed = run(outer.command(crate::support::RELGATE).current_dir(&inside).arg("install"), "");
    assert_eq!(installed.code, 0, "{installed:?}");
    assert!(outer.path.join(".git/modules/inner/hooks/pre-commit").exists());
    std::fs::write(inside.join("src/pkg/__init__.py"), "__version__ = \"1.1.9\"\n").unwrap();
    assert_eq!(git(&["commit", "-q", "-a", "-m", "x"]).code, 1);
    assert_eq!(git(&["checkout", "-q", "--", "."]).code, 0);
    assert_eq!(git(&["commit", "-q", "--allow-empty", "-m", "x"]).code, 0);
}

#[test]
fn parts_of_a_file_are_judged_as_they_are_staged() {
    let repo = guarded();
    repo.edit("src/pkg/__init__.py", "1.2.0", "1.1.9");
    let patch = run(repo.command("git").current_dir(&repo.path).args(["commit", "-q", "-p", "-m", "x"]), "y\n");
    assert!(patch.code == 1 && patch.all().contains("version-mismatch"), "{patch:?}");
    assert_eq!(repo.try_git(&["commit", "-q", "-i", "-m", "x", "src/pkg/__init__.py"]).code, 1);
}

#[test]
fn what_no_commit_hook_sees_is_caught_when_it_is_pushed() {
    let repo = guarded();
    repo.add_remote();
    repo.git(&["checkout", "-q", "-b", "topic"]);
    repo.edit("src/pkg/__init__.py", "1.2.0", "1.1.9");
    repo.git(&["commit", "-q", "-a", "--no-verify", "-m", "x"]);
    repo.git(&["checkout", "-q", "main"]);
    assert_eq!(repo.try_git(&["cherry-pick", "topic"]).code, 0, "git runs no hook for it");
    repo.tag("v1.2.0");
    let push = repo.try_git(&["push", "-q", "origin", "v1.2.0"]);
    assert!(push.code == 1 && push.all().contains("tag-version-mismatch"), "{push:?}");
}

#[test]
fn a_hook_that_is_called_by_hand_does_not_wait_for_input() {
    let repo = Repo::consistent();
    for hook in [&["pre-push"][..], &["pre-receive"], &["reference-transaction", "prepared"]] {
        // On a terminal that nobody types on.
        let spawn = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
        let mut command = repo.command("timeout");
        command
            .current_dir(&repo.path)
            .args(["20", "python3", "-c", spawn, crate::support::RELGATE, "hook"])
            .args(hook);
        let answer = run(&mut command, "");
        assert_eq!((answer.code, answer.out.as_str()), (0, ""), "{hook:?}: {answer:?}");
    }
}
