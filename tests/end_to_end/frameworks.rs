//! The real pre-commit and the real prek, from PyPI, run the hooks of this repository's own hooks file.

use std::path::Path;

use crate::support::{Answer, Repo, run};
use crate::venv;

/// This project's hooks file as a repository of its own, as a framework would clone it.
fn published(repo: &Repo) -> String {
    let hooks = repo.home().join("relgate-hooks");
    std::fs::create_dir(&hooks).unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    std::fs::copy(file, hooks.join(".pre-commit-hooks.yaml")).unwrap();
    for arguments in [&["init", "-q"][..], &["add", "-A"], &["commit", "-q", "-m", "x"], &["tag", "v0"]] {
        assert_eq!(run(repo.command("git").current_dir(&hooks).args(arguments), "").code, 0);
    }
    hooks.to_str().unwrap().to_owned()
}

pub fn framework(repo: &Repo, program: &str, arguments: &[&str]) -> Answer {
    let programs = venv::programs();
    let mut command = repo.command(programs.join(program).to_str().unwrap());
    command.current_dir(&repo.path).args(arguments);
    command.env("PRE_COMMIT_HOME", repo.home().join("pre-commit")).env("PREK_HOME", repo.home().join("prek"));
    run(&mut command, "")
}

fn guarded_by(program: &str) -> Repo {
    let repo = Repo::consistent();
    let hooks = published(&repo);
    let config = format!("repos:\n  - repo: {hooks}\n    rev: v0\n    hooks:\n      - id: relgate-system\n");
    repo.write(".pre-commit-config.yaml", config);
    repo.commit("Guard");
    let installed = framework(&repo, program, &["install"]);
    assert_eq!(installed.code, 0, "{installed:?}");
    repo
}

fn a_commit_is_guarded_by(program: &str) {
    let repo = guarded_by(program);
    let commit = |arguments: &[&str]| {
        let mut command = repo.command("git");
        command.env("PRE_COMMIT_HOME", repo.home().join("pre-commit")).env("PREK_HOME", repo.home().join("prek"));
        run(command.current_dir(&repo.path).args(arguments), "")
    };
    repo.write("README.md", "# pkg\n");
    repo.stage();
    let good = commit(&["commit", "-q", "-m", "good"]);
    assert_eq!(good.code, 0, "{good:?}");
    assert!(good.all().contains("relgate (versions and changelog agree)") && good.all().contains("Passed"), "{good:?}");

    repo.edit("src/pkg/__init__.py", "1.2.0", "1.1.9");
    repo.stage();
    // The repair is not staged, and does not help.
    repo.edit("src/pkg/__init__.py", "1.1.9", "1.2.0");
    let bad = commit(&["commit", "-q", "-m", "bad"]);
    assert_eq!(bad.code, 1, "{bad:?}");
    assert!(bad.all().contains("version-mismatch"), "{bad:?}");

    // Run by hand over all files, the framework shows the files as they stand in the folder.
    let all = framework(&repo, program, &["run", "--all-files"]);
    assert_eq!(all.code, 0, "{all:?}");
    repo.git(&["rm", "-q", "-f", "--cached", "src/pkg/__init__.py"]);
    std::fs::remove_file(repo.path.join("src/pkg/__init__.py")).unwrap();
    repo.edit("pyproject.toml", "version = \"1.2.0\"\n", "");
    repo.stage();
    let gone = commit(&["commit", "-q", "-m", "gone"]);
    assert_eq!(gone.code, 1, "a hook that always runs sees a deletion, too: {gone:?}");
    assert!(gone.all().contains("version-missing"), "{gone:?}");
}

#[test]
fn a_commit_is_guarded_by_pre_commit() {
    a_commit_is_guarded_by("pre-commit");
}

#[test]
fn a_commit_is_guarded_by_prek() {
    a_commit_is_guarded_by("prek");
}

#[test]
fn the_hooks_file_is_valid_to_pre_commit() {
    let programs = venv::programs();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    let answer = run(std::process::Command::new(programs.join("pre-commit")).arg("validate-manifest").arg(file), "");
    assert_eq!(answer.code, 0, "{answer:?}");
}
