//! The composite action: its own scripts, run by bash as GitHub would run them.

use std::fs;
use std::path::Path;

use crate::support::{Answer, Repo, run};
use crate::venv;

/// The script of the step that judges.
fn script() -> String {
    let action = Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml");
    let read = "import sys, yaml; print([step for step in yaml.safe_load(open(sys.argv[1]))['runs']['steps'] \
                if step['name'] == 'Judge'][0]['run'])";
    let answer = run(std::process::Command::new(venv::programs().join("python")).args(["-c", read]).arg(action), "");
    assert_eq!(answer.code, 0, "{answer:?}");
    answer.out
}

/// Standard output and the job's summary.
fn act(repo: &Repo, arguments: &str, tag: &str) -> (Answer, String) {
    let (temp, summary) = (repo.home().join("temp"), repo.home().join("summary"));
    fs::create_dir_all(&temp).unwrap();
    fs::write(&summary, "").unwrap();
    let mut command = repo.command("bash");
    command.current_dir(&repo.path).args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", &script()]);
    command.env("RUNNER_TEMP", temp).env("GITHUB_STEP_SUMMARY", &summary).env("ARGUMENTS", arguments);
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_REF_TYPE", "tag").env("GITHUB_REF_NAME", tag);
    let answer = run(&mut command, "");
    (answer, fs::read_to_string(summary).unwrap())
}

#[test]
fn a_release_that_agrees_passes() {
    let repo = Repo::consistent();
    repo.tag("v1.2.0");
    let (answer, summary) = act(&repo, "--today\n2026-01-06\n", "v1.2.0");
    assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{answer:?}");
    assert!(!answer.out.contains("::error") && answer.out.contains("ok: v1.2.0"), "{answer:?}");
    assert!(summary.contains("ok: v1.2.0"), "{summary}");
}

#[test]
fn findings_are_annotated_and_nothing_of_the_repository_is_a_command() {
    let repo = Repo::consistent();
    repo.edit("pyproject.toml", "1.2.0", "1.1.0");
    repo.edit("CHANGELOG.md", "### Added", "### Add%ed,\n\n::add-mask::x\n");
    repo.commit("Bad");
    repo.tag("v1.2.0");
    let (answer, summary) = act(&repo, "", "v1.2.0");
    assert_eq!(answer.code, 1, "{answer:?}");
    let line = answer.out.lines().find(|line| line.contains("title=tag-version-mismatch")).unwrap();
    assert!(line.starts_with("::error file=pyproject.toml,line=3,endLine=3,col=12,endColumn=17,title="), "{line}");
    assert!(line.contains("::this says `1.1.0`, but the tag is `v1.2.0`%0A"), "{line}");
    assert!(answer.out.contains("Add%25ed"), "{}", answer.out);
    assert!(!answer.out.lines().any(|line| line.starts_with("::add-mask")), "{answer:?}");
    assert!(summary.contains("refused: v1.2.0"), "{summary}");
}

#[test]
fn what_cannot_be_judged_fails_the_job() {
    let repo = Repo::consistent();
    let (answer, summary) = act(&repo, "--package\nnobody", "v1.2.0");
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.err.starts_with("relgate: there is no package `nobody`"), "{answer:?}");
    assert!(summary.contains("could not judge"), "{summary}");
}
