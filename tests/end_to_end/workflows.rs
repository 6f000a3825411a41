//! What a workflow of GitHub Actions would do with the tag.

use crate::support::{PYPROJECT, Repo};

const STEPS: &str = "jobs:\n  publish:\n    steps:\n      - uses: pypa/gh-action-pypi-publish@release/v1\n";

/// A consistent project with a workflow that is started so.
fn started_by(on: &str) -> Repo {
    let repo = Repo::consistent();
    repo.write(".github/workflows/publish.yml", format!("{on}\n{STEPS}"));
    repo.commit("Publish");
    repo
}

fn of_workflows(repo: &Repo, arguments: &[&str]) -> Vec<String> {
    let answer = repo.check(arguments);
    assert!(answer.code < 2, "{answer:?}");
    answer.rules().into_iter().filter(|rule| rule == "workflow-trigger" || rule == "prerelease-flag").collect()
}

#[test]
fn a_tag_that_the_workflow_does_not_wait_for_is_told() {
    let repo = started_by("on:\n  push:\n    tags: ['release-*']");
    let answer = repo.relgate(&["check", "--tag", "v1.2.0", "--today", "2026-01-06"]);
    assert_eq!(answer.code, 0);
    insta::assert_snapshot!(answer.out, @r#"
    warning[workflow-trigger]: a push of `v1.2.0` publishes nothing: `.github/workflows/publish.yml` waits for tags like `release-*`
     --> .github/workflows/publish.yml:3:12
      |
    3 |     tags: ['release-*']
      |            ^^^^^^^^^^^
      |
      = help: write `tags: ['v[0-9]*']` before the tag is made: GitHub reads the workflow of the tagged commit

    ok: v1.2.0 on commit ca2de8652c: 1 warning
    "#);
    assert_eq!(of_workflows(&repo, &["--tag", "release-1.2.0"]), [""; 0]);
}

#[test]
fn a_pattern_that_is_too_wide_is_told_until_it_is_released() {
    let repo = started_by("on:\n  push:\n    tags: ['*']");
    let answer = repo.relgate(&["check", "--tag", "v1.2.0", "--today", "2026-01-06"]);
    insta::assert_snapshot!(answer.out, @r#"
    warning[workflow-trigger]: `.github/workflows/publish.yml` also runs for tags that are no release: `latest`
     --> .github/workflows/publish.yml:3:12
      |
    3 |     tags: ['*']
      |            ^^^
      |
      = help: write `tags: ['v[0-9]*']`

    ok: v1.2.0 on commit da785d75b6: 1 warning
    "#);
    repo.tag("v1.2.0");
    repo.write("pyproject.toml", PYPROJECT.replace("1.2.0", "1.2.1"));
    repo.commit("Next");
    assert_eq!(of_workflows(&repo, &["--tag", "v1.2.1"]), [""; 0]);
    assert_eq!(of_workflows(&repo, &["--tag", "v1.2.1", "--all"]), ["workflow-trigger"]);
}

#[test]
fn the_index_and_the_work_tree_have_workflows_too() {
    let repo = started_by("on:\n  push:\n    tags: ['v*']");
    repo.edit(".github/workflows/publish.yml", "'v*'", "'x*'");
    assert_eq!(of_workflows(&repo, &["--tag", "v1.2.0"]), [""; 0]);
    assert_eq!(of_workflows(&repo, &["--tag", "v1.2.0", "--worktree"]), [""; 0], "x1.0 names another package");
    repo.edit(".github/workflows/publish.yml", "'x*'", "'1*'");
    assert_eq!(of_workflows(&repo, &["--tag", "v1.2.0", "--worktree"]), ["workflow-trigger"]);
    assert_eq!(of_workflows(&repo, &["--tag", "v1.2.0", "--staged"]), [""; 0]);
    repo.stage();
    assert_eq!(of_workflows(&repo, &["--tag", "v1.2.0", "--staged"]), ["workflow-trigger"]);
}

#[test]
fn links_are_not_followed_and_broken_workflows_are_left_to_github() {
    let repo = started_by("on:\n  push:\n    tags: ['1*']");
    let path = repo.path.join(".github/workflows/publish.yml");
    std::fs::rename(&path, repo.path.join("publish.yml")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("../../publish.yml", &path).unwrap();
    repo.commit("Link");
    assert_eq!(of_workflows(&repo, &["--tag", "v1.2.0"]), [""; 0]);
    for broken in ["publish: [", "\u{0}publish", "on: push\njobs: *publish\n"] {
        std::fs::remove_file(&path).unwrap_or_default();
        repo.write(".github/workflows/publish.yml", broken);
        assert_eq!(of_workflows(&repo, &["--tag", "v1.2.0", "--worktree"]), [""; 0], "{broken}");
    }
}

#[test]
fn a_push_shows_what_github_would_not_do() {
    let repo = started_by("on:\n  push:\n    tags: ['v[0-9]+.[0-9]+']");
    repo.add_remote();
    repo.install_hook("pre-push");
    repo.tag("v1.2.0");
    let answer = repo.try_git(&["push", "-q", "origin", "v1.2.0"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.all().contains("waits for tags like `v[0-9]+.[0-9]+`"), "{answer:?}");
    repo.write("relgate.toml", "rules.workflow-trigger = 'error'\n");
    repo.commit("Be strict");
    repo.git(&["tag", "-f", "v1.2.0"]);
    assert_eq!(repo.try_git(&["push", "-qf", "origin", "v1.2.0"]).code, 1);
}

#[test]
fn a_fixed_flag_for_pre_releases_is_told() {
    let repo = Repo::consistent();
    let action = "jobs: {a: {steps: [{uses: softprops/action-gh-release@v2, with: {prerelease: true}}]}}";
    repo.write(".github/workflows/release.yml", format!("on: {{push: {{tags: ['v*']}}}}\n{action}\n"));
    repo.commit("Release");
    assert_eq!(of_workflows(&repo, &["--tag", "v1.2.0"]), ["prerelease-flag"]);
    repo.edit(".github/workflows/release.yml", "true", "${{ contains(github.ref_name, 'rc') }}");
    assert_eq!(of_workflows(&repo, &["--tag", "v1.2.0", "--worktree"]), [""; 0]);
}

#[test]
fn a_pattern_in_another_language_fits_no_tag() {
    for pattern in ["refs/tags/v*", "v(1|2).*", "v{1,2}.*", "^v[0-9]+", r"v\d+.*"] {
        let repo = started_by(&format!("on:\n  push:\n    tags: ['{pattern}']"));
        assert_eq!(of_workflows(&repo, &["--tag", "v1.2.0"]), ["workflow-trigger"], "{pattern}");
    }
    for other in ["refs/tags/docs-*", "docs{1,2}.*", "docs-*"] {
        let repo = started_by(&format!("on:\n  push:\n    tags: ['{other}']"));
        assert_eq!(of_workflows(&repo, &["--tag", "v1.2.0"]), [""; 0], "{other} is about something else");
    }
}
