//! `check` with nothing said: what CI is building.

use crate::support::{Answer, RELGATE, Repo, run};

fn check_in(repo: &Repo, folder: &std::path::Path, variables: &[(&str, &str)], arguments: &[&str]) -> Answer {
    let mut command = repo.command(RELGATE);
    command.current_dir(folder).args(["check", "--format", "json", "--today", "2026-01-06"]).args(arguments);
    run(command.envs(variables.iter().copied()), "")
}

const TAG_BUILDS: &[&[(&str, &str)]] = &[
    &[("GITHUB_ACTIONS", "true"), ("GITHUB_REF_TYPE", "tag"), ("GITHUB_REF_NAME", "v1.3.0")],
    &[("GITEA_ACTIONS", "true"), ("GITHUB_REF", "refs/tags/v1.3.0")],
    &[("GITLAB_CI", "true"), ("CI_COMMIT_TAG", "v1.3.0")],
    &[("TF_BUILD", "True"), ("BUILD_SOURCEBRANCH", "refs/tags/v1.3.0")],
    &[("BITBUCKET_BUILD_NUMBER", "1"), ("BITBUCKET_TAG", "v1.3.0")],
    &[("BUILDKITE", "true"), ("BUILDKITE_TAG", "v1.3.0"), ("BUILDKITE_BRANCH", "v1.3.0")],
    &[("JENKINS_URL", "x"), ("TAG_NAME", "v1.3.0")],
];

#[test]
fn a_tag_build_judges_the_tag() {
    let repo = Repo::consistent();
    repo.git(&["tag", "v1.3.0"]);
    for variables in TAG_BUILDS {
        let answer = check_in(&repo, &repo.path, variables, &[]);
        assert_eq!(answer.json()["subjects"][0]["release"]["tag"], "v1.3.0", "{variables:?}: {answer:?}");
        assert_eq!(answer.code, 1, "{variables:?}");
        for other in [&["--worktree"][..], &["--staged"], &["--rev", "HEAD"]] {
            let answer = check_in(&repo, &repo.path, variables, other);
            assert!(answer.json()["subjects"][0]["release"].is_null(), "{other:?}: {answer:?}");
        }
        let answer = check_in(&repo, &repo.path, variables, &["--tag", "v1.2.0"]);
        assert_eq!(answer.json()["subjects"][0]["release"]["tag"], "v1.2.0", "{answer:?}");
    }
}

#[test]
fn a_branch_build_judges_the_work_tree() {
    let repo = Repo::consistent();
    let branch = [("GITHUB_ACTIONS", "true"), ("GITHUB_REF_TYPE", "branch"), ("GITHUB_REF_NAME", "v1.3.0")];
    let answer = check_in(&repo, &repo.path, &branch, &[]);
    assert_eq!(answer.json()["subjects"][0]["snapshot"]["kind"], "worktree", "{answer:?}");
}

#[test]
fn a_tag_that_the_clone_does_not_have_is_judged_on_what_is_checked_out() {
    let repo = Repo::consistent();
    assert_eq!(check_in(&repo, &repo.path, &[("CI_COMMIT_TAG", "v1.3.0")], &[]).code, 1);
    assert_eq!(check_in(&repo, &repo.path, &[("CI_COMMIT_TAG", "v1.2.0")], &[]).code, 0);
    let other = check_in(&repo, &repo.path, &[("CI_COMMIT_TAG", "nightly-2026")], &[]);
    assert_eq!(other.code, 0, "{other:?}");
}

/// A repository with two releases; the last has `fault` in its changelog.
fn released_twice(fault: bool) -> Repo {
    let repo = Repo::consistent();
    repo.git(&["rm", "-q", "--cached", "CHANGELOG.md"]);
    let changelog = repo.read("CHANGELOG.md");
    let start = changelog.find("## [1.2.0]").unwrap();
    let end = changelog.find("## [1.1.0]").unwrap();
    let old = format!("{}{}", &changelog[..start], &changelog[end..]);
    let old = old.lines().filter(|line| !line.starts_with("[1.2.0]")).collect::<Vec<_>>().join("\n");
    let old = old.replace("v1.2.0...HEAD", "v1.1.0...HEAD") + "\n";
    let habit = |text: &str| if fault { text.replace("### Fixed", "### Bug Fixes") } else { text.to_owned() };
    for (version, text) in [("1.1.0", old), ("1.2.0", changelog)] {
        repo.write("CHANGELOG.md", habit(&text));
        repo.write("pyproject.toml", crate::support::PYPROJECT.replace("1.2.0", version));
        repo.write("src/pkg/__init__.py", crate::support::INIT.replace("1.2.0", version));
        repo.commit(version);
        repo.tag(&format!("v{version}"));
    }
    repo
}

#[test]
fn a_shallow_clone_fails_only_where_something_is_missing() {
    let tag = [("GITHUB_ACTIONS", "true"), ("GITHUB_REF_TYPE", "tag"), ("GITHUB_REF_NAME", "v1.2.0")];
    for fault in [false, true] {
        let repo = released_twice(fault);
        let whole = check_in(&repo, &repo.path, &tag, &[]);
        assert_eq!(whole.code, 0, "an old habit does not block: {whole:?}");
        let url = format!("file://{}", repo.path.display());
        repo.git(&["clone", "-q", "--depth", "1", "--no-tags", &url, "../shallow"]);
        let shallow = repo.home().join("shallow");
        let answer = check_in(&repo, &shallow, &tag, &[]);
        if !fault {
            assert_eq!(answer.code, 0, "{answer:?}");
            continue;
        }
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{answer:?}");
        assert!(answer.err.contains("shallow") && answer.err.contains("fetch-depth: 0"), "{answer:?}");
        let gitlab = check_in(&repo, &shallow, &[("GITLAB_CI", "true"), ("CI_COMMIT_TAG", "v1.2.0")], &[]);
        assert!(gitlab.code == 2 && gitlab.err.contains("GIT_DEPTH: 0"), "{gitlab:?}");
        assert_eq!(repo.try_git(&["-C", "../shallow", "fetch", "-q", "--unshallow", "--tags"]).code, 0);
        let repaired = check_in(&repo, &shallow, &tag, &[]);
        assert_eq!(repaired.code, 0, "{repaired:?}");
    }
}

#[test]
fn an_annotated_tag_that_the_checkout_flattened_is_no_fault() {
    let repo = Repo::consistent();
    repo.tag("v1.2.0");
    repo.git(&["update-ref", "refs/tags/v1.2.0", "HEAD"]);
    let tag = [("GITHUB_ACTIONS", "true"), ("GITHUB_REF_TYPE", "tag"), ("GITHUB_REF_NAME", "v1.2.0")];
    let answer = check_in(&repo, &repo.path, &tag, &[]);
    assert_eq!((answer.code, answer.rules().len()), (0, 0), "{answer:?}");
}
