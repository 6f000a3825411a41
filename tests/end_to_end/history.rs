//! What the other tags say of a release.

use crate::support::Repo;

/// A project whose version is stated once and whose changelog is none of our concern here.
fn project() -> Repo {
    let repo = Repo::empty();
    repo.write("relgate.toml", "changelog = false\nscheme = 'semver'\n");
    repo
}

fn release(repo: &Repo, version: &str) {
    bump(repo, version);
    repo.tag(&format!("v{version}"));
}

fn bump(repo: &Repo, version: &str) {
    repo.write("pyproject.toml", format!("[project]\nname = \"pkg\"\nversion = \"{version}\"\n"));
    repo.commit(version);
}

fn judged(repo: &Repo, tag: &str) -> (i32, Vec<String>) {
    let answer = repo.check(&["--tag", tag]);
    (answer.code, answer.rules())
}

fn rules(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_release_is_greater_than_the_one_it_is_built_on() {
    let repo = project();
    release(&repo, "1.0.0");
    release(&repo, "1.3.0");
    bump(&repo, "1.2.0");
    assert_eq!(judged(&repo, "v1.2.0"), (1, rules(&["version-not-increasing"])));
    // What was released before is judged by what came before it.
    assert_eq!(judged(&repo, "v1.3.0").0, 0);
    assert_eq!(judged(&repo, "v1.0.0"), (0, rules(&[])));
}

#[test]
fn a_maintenance_branch_goes_on_below_the_newest_version() {
    let repo = project();
    release(&repo, "1.0.0");
    repo.git(&["branch", "maintenance"]);
    release(&repo, "2.0.0");
    repo.git(&["checkout", "-q", "maintenance"]);
    bump(&repo, "1.0.1");
    assert_eq!(judged(&repo, "v1.0.1"), (0, rules(&[])));
    repo.tag("v1.0.1");
    // Merged into the main line, it does not hide what was released there.
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "-s", "ours", "-m", "merge", "maintenance"]);
    bump(&repo, "2.0.1");
    assert_eq!(judged(&repo, "v2.0.1"), (0, rules(&[])));
    bump(&repo, "1.1.0");
    assert_eq!(judged(&repo, "v1.1.0"), (1, rules(&["version-not-increasing"])));
}

#[test]
fn the_next_version_is_being_tried_while_this_one_is_maintained() {
    let repo = project();
    release(&repo, "1.0.0");
    release(&repo, "2.0.0a1");
    bump(&repo, "1.0.1");
    assert_eq!(judged(&repo, "v1.0.1"), (0, rules(&[])));
    bump(&repo, "2.0.0a0");
    assert_eq!(judged(&repo, "v2.0.0a0"), (1, rules(&["version-not-increasing"])));
}

#[test]
fn a_version_that_is_left_out_is_said() {
    let repo = project();
    release(&repo, "1.0.0");
    bump(&repo, "1.0.2");
    assert_eq!(judged(&repo, "v1.0.2"), (0, rules(&["version-skipped"])));
    repo.write("relgate.toml", "changelog = false\nscheme = 'calver'\n");
    repo.commit("x");
    assert_eq!(judged(&repo, "v1.0.2"), (0, rules(&[])));
}

#[test]
fn a_section_of_its_own_does_not_stand_for_the_version_that_is_left_out() {
    let repo = project();
    release(&repo, "1.0.0");
    bump(&repo, "1.0.2");
    repo.write("relgate.toml", "scheme = 'semver'\n");
    for (sections, is_said) in [(&["1.0.2", "1.0.0"][..], true), (&["1.0.2", "1.0.1", "1.0.0"], false)] {
        let sections = sections.iter().map(|version| format!("## {version} - 2026-01-05\n\n- One.\n\n"));
        repo.write("CHANGELOG.md", format!("# Changelog\n\n{}", sections.collect::<String>()));
        repo.commit("x");
        assert_eq!(judged(&repo, "v1.0.2").1.contains(&"version-skipped".to_owned()), is_said);
    }
}

#[test]
fn a_version_is_released_once_and_under_one_name() {
    let repo = project();
    release(&repo, "1.0.0");
    repo.write("README.md", "# pkg\n");
    repo.commit("More");
    assert_eq!(repo.check(&["--tag", "v1.0.0", "--rev", "HEAD"]).rules(), ["version-already-released"]);
    assert_eq!(repo.check(&["--tag", "v1.0.0", "--staged"]).rules(), ["version-already-released"]);
    assert_eq!(judged(&repo, "v1.0.0"), (0, rules(&[])));
    assert_eq!(judged(&repo, "1.0.0"), (1, rules(&["tag-duplicate"])));
    assert!(!judged(&repo, "v1.0").1.contains(&"tag-duplicate".to_owned()), "it floats, or did");
}

#[test]
fn a_release_of_another_package_is_no_past_of_this_one() {
    let repo = project();
    repo.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
    repo.tag("other-v9.0.0");
    release(&repo, "1.0.0");
    assert_eq!(judged(&repo, "v1.0.0"), (0, rules(&[])));
}
