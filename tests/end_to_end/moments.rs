//! Which files are judged: those of the moment that was asked for, never others.

use crate::support::Repo;

#[test]
fn an_unstaged_repair_does_not_hide_what_is_staged() {
    let repo = Repo::consistent();
    repo.edit("src/pkg/__init__.py", "1.2.0", "1.1.9");
    repo.stage();
    repo.edit("src/pkg/__init__.py", "1.1.9", "1.2.0");
    assert_eq!(repo.check(&["--staged"]).rules(), ["version-mismatch"]);
    assert_eq!(repo.check(&["--worktree"]).code, 0);
}

#[test]
fn an_unstaged_fault_does_not_block_what_is_staged() {
    let repo = Repo::consistent();
    repo.edit("src/pkg/__init__.py", "1.2.0", "1.1.9");
    assert_eq!(repo.check(&["--staged"]).code, 0);
    assert_eq!(repo.check(&[]).code, 1);
}

#[test]
fn a_commit_is_judged_by_its_tree_alone() {
    let repo = Repo::consistent();
    repo.edit("src/pkg/__init__.py", "1.2.0", "1.1.9");
    repo.stage();
    assert_eq!(repo.check(&["--rev", "HEAD"]).code, 0);
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).code, 0);
}

#[test]
fn settings_come_from_the_files_that_are_judged() {
    let repo = Repo::consistent();
    repo.edit("src/pkg/__init__.py", "1.2.0", "1.1.9");
    repo.stage();
    repo.write("relgate.toml", "rules.version-mismatch = 'off'\n");
    assert_eq!(repo.check(&["--staged"]).code, 1);
    repo.stage();
    assert_eq!(repo.check(&["--staged"]).code, 0);
}

#[test]
fn a_tag_is_peeled_to_its_commit_through_other_tags() {
    let repo = Repo::consistent();
    repo.tag("first");
    repo.git(&["tag", "-a", "-m", "x", "v1.2.0", "first"]);
    let head = repo.git(&["rev-parse", "HEAD"]);
    let answer = repo.check(&["--tag", "v1.2.0"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!(answer.json()["subjects"][0]["snapshot"]["revision"].as_str(), Some(head.trim()));
    assert_eq!(repo.check(&["--tag", "refs/tags/v1.2.0"]).json()["subjects"][0]["release"]["tag"], "v1.2.0");
}

#[test]
fn bare_repositories_and_linked_work_trees_are_judged() {
    let repo = Repo::consistent();
    repo.tag("v1.2.0");
    let bare = repo.home().join("bare.git");
    repo.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    let answer = repo.check(&["--tag", "v1.2.0", "--repo", bare.to_str().unwrap()]);
    assert_eq!((answer.code, answer.rules().len()), (0, 0), "{answer:?}");

    let linked = repo.home().join("linked");
    repo.git(&["worktree", "add", "-q", linked.to_str().unwrap(), "-b", "other"]);
    std::fs::write(linked.join("src/pkg/__init__.py"), "__version__ = \"1.1.9\"\n").unwrap();
    let linked = linked.to_str().unwrap();
    assert_eq!(repo.check(&["--repo", linked]).code, 1);
    assert_eq!(repo.check(&["--repo", linked, "--staged"]).code, 0);
    repo.git(&["-C", linked, "add", "-A"]);
    assert_eq!(repo.check(&["--repo", linked, "--staged"]).code, 1);
    assert_eq!(repo.check(&["--staged"]).code, 0, "the first work tree has its own index");
}

#[test]
fn a_subfolder_is_in_the_repository() {
    let repo = Repo::consistent();
    let mut command = repo.command(crate::support::RELGATE);
    command.current_dir(repo.path.join("src/pkg")).args(["check", "--format", "json"]);
    let answer = crate::support::run(&mut command, "");
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!(answer.json()["subjects"][0]["changelog"]["path"], "CHANGELOG.md");
}

#[test]
fn links_are_followed_inside_the_repository_and_never_out_of_it() {
    let repo = Repo::consistent();
    std::fs::write(repo.home().join("outside.md"), "# Changelog\n").unwrap();
    repo.git(&["mv", "CHANGELOG.md", "HISTORY.md"]);
    std::os::unix::fs::symlink("HISTORY.md", repo.path.join("CHANGELOG.md")).unwrap();
    repo.commit("Link it");
    for moment in [&["--worktree"][..], &["--staged"], &["--rev", "HEAD"]] {
        assert_eq!(repo.check(moment).code, 0, "{moment:?}");
    }
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).code, 0);
    std::fs::remove_file(repo.path.join("CHANGELOG.md")).unwrap();
    std::fs::remove_file(repo.path.join("HISTORY.md")).unwrap();
    std::os::unix::fs::symlink("../outside.md", repo.path.join("CHANGELOG.md")).unwrap();
    repo.commit("Link it out");
    for moment in [&["--worktree"][..], &["--staged"], &["--rev", "HEAD"]] {
        let answer = repo.check(moment);
        assert!(answer.json()["subjects"][0]["changelog"].is_null(), "{moment:?}: {answer:?}");
    }
}

#[test]
fn a_pipe_in_place_of_a_file_is_not_waited_for() {
    let repo = Repo::consistent();
    std::fs::remove_file(repo.path.join("CHANGELOG.md")).unwrap();
    assert_eq!(repo.run("mkfifo", &["CHANGELOG.md"], "").code, 0);
    assert!(repo.check(&[]).json()["subjects"][0]["changelog"].is_null());
}
