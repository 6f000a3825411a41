//! What cannot be judged: exit code 2, one clear line and what to do, never a panic and never a pass.

use crate::support::{Answer, PYPROJECT, Repo};

fn failed(answer: &Answer, first_line: &str) {
    assert_eq!(answer.code, 2, "{answer:?}");
    assert_eq!(answer.out, "", "{answer:?}");
    let lines: Vec<&str> = answer.err.lines().collect();
    assert!((1..=4).contains(&lines.len()), "{answer:?}");
    assert!(lines[0].starts_with(first_line), "{answer:?}");
}

#[test]
fn no_repository() {
    let folder = Repo::bare_home();
    failed(&folder.relgate(&["check"]), "relgate: no git repository at ");
    failed(&folder.relgate(&["hook", "pre-commit"]), "relgate: no git repository at ");
    failed(&folder.relgate(&["check", "--repo", "nowhere"]), "relgate: no git repository at nowhere or above it");
}

#[test]
fn nothing_to_judge() {
    let repo = Repo::empty();
    failed(&repo.relgate(&["check"]), "relgate: there is neither a Python project nor a changelog to judge");
    repo.write("README.md", "# x\n");
    repo.commit("x");
    failed(&repo.relgate(&["check", "--tag", "v1.0.0"]), "relgate: there is neither a Python project nor a changelog");
}

#[test]
fn settings_that_are_not_toml() {
    let repo = Repo::consistent();
    repo.write("pyproject.toml", format!("{PYPROJECT}dependencies = [\n"));
    failed(&repo.relgate(&["check"]), "relgate: pyproject.toml:");
    repo.write("pyproject.toml", b"[project]\nname = \"p\xe9\"\n");
    failed(&repo.relgate(&["check"]), "relgate: pyproject.toml:2:10: ");
}

#[test]
fn settings_that_are_misspelt() {
    let repo = Repo::consistent();
    repo.write("relgate.toml", "tagg = 'v{version}'\n");
    failed(&repo.relgate(&["check"]), "relgate: relgate.toml:1:1: there is no setting `tagg`; did you mean `tag`?");
}

#[test]
fn names_that_are_unknown() {
    let repo = Repo::consistent();
    repo.tag("stable");
    failed(&repo.relgate(&["check", "--tag", "stabel"]), "relgate: there is no tag `stabel`");
    assert!(repo.relgate(&["check", "--tag", "stabel"]).err.contains("did you mean `stable`?"));
    failed(&repo.relgate(&["check", "--rev", "nowhere"]), "relgate: `nowhere` names no commit of this repository");
    failed(&repo.relgate(&["check", "--base", "nowhere"]), "relgate: `nowhere` names no commit of this repository");
    failed(&repo.relgate(&["explain", "tag-nam"]), "relgate: there is no rule `tag-nam`");
    for arguments in [&["check", "--format", "jsn"][..], &["chekc"], &["check", "--staged", "--worktree"], &[]] {
        let answer = repo.relgate(arguments);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{answer:?}");
    }
    assert!(repo.relgate(&["check", "--format", "jsn"]).err.contains("json"));
    assert_eq!(repo.relgate(&["check", "--today", "2026-02-30"]).code, 2);
}

#[test]
fn a_tag_that_leads_to_no_commit() {
    let repo = Repo::consistent();
    let blob = repo.git(&["rev-parse", "HEAD:CHANGELOG.md"]);
    repo.git(&["tag", "v1.2.0", blob.trim()]);
    failed(&repo.relgate(&["check", "--tag", "v1.2.0"]), "relgate: tag `v1.2.0` leads to no commit");
}

#[test]
fn a_bare_repository_has_no_work_tree_and_no_index() {
    let repo = Repo::consistent();
    repo.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    for moment in [&[][..], &["--worktree"], &["--staged"]] {
        let mut arguments = vec!["check", "--repo", "../bare.git"];
        arguments.extend(moment);
        failed(&repo.relgate(&arguments), "relgate: a bare repository has no files to judge with");
    }
}

#[test]
fn an_unmerged_file() {
    let repo = Repo::consistent();
    repo.git(&["checkout", "-q", "-b", "other"]);
    repo.edit("pyproject.toml", "1.2.0", "1.3.0");
    repo.commit("One");
    repo.git(&["checkout", "-q", "main"]);
    repo.edit("pyproject.toml", "1.2.0", "1.4.0");
    repo.commit("Another");
    assert_ne!(repo.try_git(&["merge", "-q", "other"]).code, 0);
    failed(&repo.relgate(&["check", "--staged"]), "relgate: pyproject.toml is unmerged in the index");
}

#[test]
fn a_missing_object() {
    let repo = Repo::consistent();
    let blob = repo.git(&["rev-parse", "HEAD:pyproject.toml"]);
    let (folder, file) = blob.trim().split_at(2);
    std::fs::remove_file(repo.path.join(".git/objects").join(folder).join(file)).unwrap();
    failed(&repo.relgate(&["check", "--rev", "HEAD"]), "relgate: git cannot read pyproject.toml: ");
}

#[test]
fn files_that_are_not_utf8_are_findings_with_a_place() {
    let repo = Repo::consistent();
    repo.write("CHANGELOG.md", b"# Changelog\n\n## [1.2.0] - 2026-01-05\n\n- caf\xe9\n");
    let answer = repo.check(&[]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.rules().contains(&"changelog-encoding".to_owned()), "{answer:?}");
    let told = repo.relgate(&["check"]);
    assert!(told.out.contains("CHANGELOG.md:5:6"), "{told:?}");
}

#[test]
fn output_that_cannot_be_written() {
    let repo = Repo::consistent();
    let full = repo.run("sh", &["-c", "relgate check >/dev/full"], "");
    assert_eq!(full.code, 2, "{full:?}");
    assert!(full.err.starts_with("relgate: the results cannot be written: "), "{full:?}");
}

#[test]
fn nobody_s_text_moves_the_cursor() {
    let repo = Repo::consistent();
    let hostile = "\x1b]0;owned\x07\u{202e}\u{9b}31m";
    repo.write("CHANGELOG.md", format!("# Changelog\n\n## [{hostile}] - x\n\n## [1.2.0] - {hostile}\n"));
    repo.write("pyproject.toml", format!("[project]\nname = \"p{hostile}\"\nversion = \"1{}\"\n", "\u{202e}"));
    repo.write("relgate.toml", "tag = 'v{version}'\n");
    for arguments in [&["check"][..], &["check", "--format", "json"], &["check", "--tag", "v1.2.0\u{202e}"]] {
        let answer = repo.relgate(arguments);
        let text = answer.all();
        assert!(!text.contains(|c: char| c != '\n' && c.is_control()), "{answer:?}");
        assert!(!text.contains('\u{202e}'), "{answer:?}");
    }
}
