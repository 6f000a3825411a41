//! Releases that went wrong in public, each rebuilt as a small repository: the rule that stops it, where, and that the
//! mended repository passes.
//!
//! Three kinds could not be told from a repository, and have no test:
//! - a patch that changed what its changelog did not speak of, and broke the tools that had built on it: only a comparison
//!   of both interfaces shows that;
//! - wheels without any code in them, or with less than the source distribution: the mistake was made by the build, of a
//!   tree in which all was right;
//! - wheels that bring the tests along when they are built by a service, and do not when they are built at home.
//!
//! A fourth could be told in part: a release that drops a version of Python, and does not say so in its metadata. What is
//! missing there is known to the build alone; that the number promises too little is told below.

use crate::support::{Answer, RELGATE, Repo};

const NOBODY: &str = "0000000000000000000000000000000000000000";

/// A project that follows Semantic Versioning and has released `before`; the next release is not made yet.
fn following_semver(before: &str) -> Repo {
    let repo = Repo::empty();
    release(&repo, before, &section(before, "2025-12-01", "### Fixed\n\n- Something old.\n"));
    repo.tag(&format!("v{before}"));
    repo
}

/// Commits version `version` with this newest part of the changelog.
fn release(repo: &Repo, version: &str, newest: &str) {
    let older = if repo.path.join("CHANGELOG.md").is_file() { repo.read("CHANGELOG.md") } else { String::new() };
    let older = older.split_once("\n## ").map_or(String::new(), |(_, rest)| format!("\n## {rest}"));
    repo.write("pyproject.toml", format!("[project]\nname = \"pkg\"\nversion = \"{version}\"\n"));
    repo.write(
        "CHANGELOG.md",
        format!(
            "# Changelog\n\nThis project adheres to [Semantic Versioning](https://semver.org/).\n\n{newest}{older}"
        ),
    );
    repo.commit(&format!("Release {version}"));
}

fn section(version: &str, date: &str, text: &str) -> String {
    format!("## {version} - {date}\n\n{text}")
}

/// The rules that fire and their places, as `rule path:line`.
fn told(answer: &Answer) -> Vec<String> {
    let document = answer.json();
    let subjects = document["subjects"].as_array().unwrap();
    let findings = subjects.iter().flat_map(|subject| subject["findings"].as_array().unwrap());
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let line = |finding: &serde_json::Value| finding["start"]["line"].as_u64().unwrap();
    findings.map(|finding| format!("{} {}:{}", text(&finding["rule"]), text(&finding["path"]), line(finding))).collect()
}

fn stopped(repo: &Repo, tag: &str, finding: &str) {
    let answer = repo.check(&["--tag", tag]);
    assert_eq!((answer.code, told(&answer)), (1, vec![finding.to_owned()]), "{tag}: {answer:?}");
}

fn passes(repo: &Repo, tag: &str) {
    let answer = repo.check(&["--tag", tag]);
    assert_eq!((answer.code, told(&answer)), (0, vec![]), "{tag}: {answer:?}");
}

/// What git is told to push: the object that `tag` names, to a remote where it names `old`.
fn pushed(repo: &Repo, tag: &str, old: &str) -> Answer {
    let new = repo.try_git(&["rev-parse", "--verify", "-q", &format!("refs/tags/{tag}")]);
    let line = match new.code {
        0 => format!("refs/tags/{tag} {} refs/tags/{tag} {old}\n", new.out.trim()),
        _ => format!("(delete) {NOBODY} refs/tags/{tag} {old}\n"),
    };
    repo.run(RELGATE, &["hook", "pre-push", "origin", "https://example.org/owner/pkg"], &line)
}

fn refused(answer: &Answer, rule: &str, place: &str) {
    assert_eq!((answer.code, answer.all().matches("error[").count()), (1, 1), "{answer:?}");
    for part in [format!("error[{rule}]"), format!("--> {place}")] {
        assert!(answer.all().contains(&part), "{part}: {answer:?}");
    }
}

/// Methods that clients in other projects called were removed in a minor release, which those clients took unasked.
#[test]
fn methods_removed_in_a_minor_release() {
    let repo = following_semver("2.5.0");
    let removed = "### Removed\n\n- `Response.getheader()`, which was deprecated.\n";
    release(&repo, "2.6.0", &section("2.6.0", "2026-01-05", removed));
    stopped(&repo, "v2.6.0", "breaking-in-minor CHANGELOG.md:9");
    repo.edit("CHANGELOG.md", "2.6.0", "3.0.0");
    repo.edit("pyproject.toml", "2.6.0", "3.0.0");
    repo.commit("Release it as 3.0.0");
    passes(&repo, "v3.0.0");
}

/// A class was dropped "in a hurry" in a patch, and whoever imported it could no longer start.
#[test]
fn a_class_removed_in_a_patch() {
    let repo = following_semver("1.23.0");
    release(&repo, "1.23.1", &section("1.23.1", "2026-01-05", "### Removed\n\n- Drop the class `RawURL`.\n"));
    stopped(&repo, "v1.23.1", "breaking-in-patch CHANGELOG.md:9");
    let fixed = "### Deprecated\n\n- The class `RawURL`.\n";
    repo.git(&["reset", "-q", "--hard", "HEAD^"]);
    release(&repo, "1.24.0", &section("1.24.0", "2026-01-05", fixed));
    passes(&repo, "v1.24.0");
}

/// Two patches that were incompatible with the one before them and were both withdrawn, in a project that is not at 1.0
/// and that others depend on.
#[test]
fn an_incompatible_patch_before_1_0() {
    let repo = following_semver("0.4.1");
    let entry = "### Changed\n\n- **Backwards-incompatible:** `execute` is a coroutine.\n";
    release(&repo, "0.4.2", &section("0.4.2", "2026-01-05", entry));
    passes(&repo, "v0.4.2");
    repo.write("relgate.toml", "stable-from = \"0.4.0\"\n");
    repo.commit("Promise to break nothing");
    stopped(&repo, "v0.4.2", "breaking-in-patch CHANGELOG.md:9");
    repo.edit("CHANGELOG.md", "**Backwards-incompatible:** `execute` is a coroutine", "`execute` waits for its kernel");
    repo.commit("Leave `execute` as it is");
    passes(&repo, "v0.4.2");
}

/// The withdrawn release is tagged once more.
#[test]
fn a_withdrawn_release_is_tagged_again() {
    let repo = following_semver("1.4.1");
    let fixed = "### Fixed\n\n- Something new.\n";
    release(&repo, "1.4.2", &format!("## 1.4.2 - 2026-01-05 [YANKED]\n\n{fixed}"));
    stopped(&repo, "v1.4.2", "tag-yanked CHANGELOG.md:5");
    repo.git(&["reset", "-q", "--hard", "HEAD^"]);
    release(&repo, "1.4.3", &format!("{}\n## 1.4.2 - 2026-01-05 [YANKED]\n", section("1.4.3", "2026-01-05", fixed)));
    passes(&repo, "v1.4.3");
}

/// The release of one version built and published the files of the version before.
#[test]
fn a_tag_on_the_tree_of_the_version_before() {
    let repo = following_semver("1.1.1");
    repo.edit("CHANGELOG.md", "## 1.1.1", "## 1.1.2 - 2026-01-05\n\n### Fixed\n\n- Something new.\n\n## 1.1.1");
    repo.commit("Describe 1.1.2");
    stopped(&repo, "v1.1.2", "tag-version-mismatch pyproject.toml:3");
    repo.edit("pyproject.toml", "1.1.1", "1.1.2");
    repo.commit("State 1.1.2");
    passes(&repo, "v1.1.2");
}

/// The tree under a maintenance tag said the next minor version already.
#[test]
fn a_tag_on_the_tree_of_the_version_after() {
    let repo = following_semver("2.2.1");
    release(&repo, "2.3.0", &section("2.2.2", "2026-01-05", "### Fixed\n\n- Something new.\n"));
    stopped(&repo, "v2.2.2", "tag-version-mismatch pyproject.toml:3");
    repo.edit("pyproject.toml", "2.3.0", "2.2.2");
    repo.commit("State 2.2.2");
    passes(&repo, "v2.2.2");
}

/// The metadata of a final release still named a pre-release, and no dependant could be installed.
#[test]
fn a_final_release_with_the_metadata_of_a_pre_release() {
    let repo = following_semver("1.4.0");
    let newest = section("1.4.1", "2026-01-05", "### Fixed\n\n- Something new.\n");
    release(&repo, "1.4.1a2", &newest);
    repo.write("src/pkg/__init__.py", "__version__ = \"1.4.1a2\"\n");
    repo.commit("State it in the package");
    let answer = repo.check(&["--tag", "v1.4.1"]);
    assert_eq!(answer.code, 1);
    assert!(told(&answer).contains(&"tag-version-mismatch pyproject.toml:3".to_owned()), "{answer:?}");
    for path in ["pyproject.toml", "src/pkg/__init__.py"] {
        repo.edit(path, "1.4.1a2", "1.4.1");
    }
    repo.commit("State 1.4.1");
    passes(&repo, "v1.4.1");
}

/// The name of a source distribution came from one file and its metadata, still with the version of a template, from
/// another: installers refused it.
#[test]
fn two_files_with_two_versions() {
    let repo = following_semver("2023.12.0");
    release(&repo, "0.1.0", &section("2024.1.4", "2026-01-05", "### Fixed\n\n- Something new.\n"));
    repo.write("src/pkg/__init__.py", "__version__ = \"2024.1.4\"\n");
    repo.commit("State it in the package");
    stopped(&repo, "v2024.1.4", "tag-version-mismatch pyproject.toml:3");
    let answer = repo.check(&[]);
    assert_eq!(answer.code, 1, "before any tag: {answer:?}");
    assert!(answer.rules().contains(&"version-mismatch".to_owned()), "{answer:?}");
    repo.edit("pyproject.toml", "0.1.0", "2024.1.4");
    repo.commit("State it in both");
    passes(&repo, "v2024.1.4");
}

/// A minor release that no longer ran on a version of Python which its metadata did not exclude.
#[test]
fn a_version_of_python_dropped_in_a_minor_release() {
    let repo = following_semver("1.2.0");
    let removed = "### Removed\n\n- Support for Python 2.\n";
    release(&repo, "1.3.0", &section("1.3.0", "2026-01-05", removed));
    stopped(&repo, "v1.3.0", "breaking-in-minor CHANGELOG.md:9");
    repo.git(&["reset", "-q", "--hard", "HEAD^"]);
    release(&repo, "2.0.0", &section("2.0.0", "2026-01-05", removed));
    passes(&repo, "v2.0.0");
}

/// The tag was moved after the release, "to include the changelog": whoever had fetched it kept the other one.
#[test]
fn a_tag_moved_to_include_the_changelog() {
    let repo = following_semver("5.3.0");
    repo.edit("pyproject.toml", "5.3.0", "5.3.1");
    repo.commit("Release 5.3.1");
    stopped(&repo, "v5.3.1", "release-undocumented refs/tags/v5.3.1:1");
    // As it was done.
    repo.tag("v5.3.1");
    let released = repo.git(&["rev-parse", "v5.3.1"]).trim().to_owned();
    release(&repo, "5.3.1", &section("5.3.1", "2026-01-05", "### Fixed\n\n- Something new.\n"));
    repo.git(&["tag", "-f", "-a", "-m", "v5.3.1", "v5.3.1"]);
    refused(&pushed(&repo, "v5.3.1", &released), "tag-moved", "refs/tags/v5.3.1:1");
    // As it should have been.
    let answer = pushed(&repo, "v5.3.1", NOBODY);
    assert_eq!((answer.code, answer.all()), (0, String::new()));
}

/// The version was tagged while the changelog had all of it under Unreleased.
#[test]
fn a_release_that_the_changelog_has_under_unreleased() {
    let repo = following_semver("1.6.0");
    release(&repo, "1.7.0", "## Unreleased\n\n### Added\n\n- Something new.\n");
    stopped(&repo, "v1.7.0", "release-not-promoted refs/tags/v1.7.0:1");
    repo.edit("CHANGELOG.md", "## Unreleased", "## 1.7.0 - 2026-01-05");
    repo.commit("Promote it");
    passes(&repo, "v1.7.0");
}

/// The releases of the same project had notes without a word in them.
#[test]
fn a_release_with_an_empty_section() {
    let repo = following_semver("1.6.0");
    release(&repo, "1.7.0", "## 1.7.0 - 2026-01-05\n");
    stopped(&repo, "v1.7.0", "release-empty CHANGELOG.md:5");
    repo.edit("CHANGELOG.md", "## 1.7.0 - 2026-01-05\n", "## 1.7.0 - 2026-01-05\n\n### Added\n\n- A thing.\n");
    repo.commit("Say what is new");
    passes(&repo, "v1.7.0");
}

/// A hotfix was tagged on its own branch; when it was merged the tag was pushed anew by force.
#[test]
fn a_hotfix_tagged_before_it_was_merged() {
    let repo = following_semver("1.56.0");
    repo.write("relgate.toml", "branches = [\"main\"]\n");
    repo.commit("Release from main");
    repo.git(&["checkout", "-q", "-b", "hotfix"]);
    release(&repo, "1.56.1", &section("1.56.1", "2026-01-05", "### Fixed\n\n- Something new.\n"));
    repo.tag("v1.56.1");
    let early = repo.git(&["rev-parse", "v1.56.1"]).trim().to_owned();
    stopped(&repo, "v1.56.1", "tag-off-branch refs/tags/v1.56.1:1");
    repo.git(&["checkout", "-q", "main"]);
    repo.commit("Go on meanwhile");
    repo.git(&["merge", "-q", "--squash", "hotfix"]);
    repo.commit("Release 1.56.1");
    repo.git(&["tag", "-f", "-a", "-m", "v1.56.1", "v1.56.1"]);
    refused(&pushed(&repo, "v1.56.1", &early), "tag-moved", "refs/tags/v1.56.1:1");
    passes(&repo, "v1.56.1");
}

/// A release was taken away instead of being withdrawn, and every build that had pinned it failed.
#[test]
fn a_release_that_is_deleted() {
    let repo = following_semver("2.4.0");
    release(&repo, "2.4.1", &section("2.4.1", "2026-01-05", "### Fixed\n\n- Something new.\n"));
    repo.tag("v2.4.1");
    let released = repo.git(&["rev-parse", "v2.4.1"]).trim().to_owned();
    repo.git(&["tag", "-d", "v2.4.1"]);
    refused(&pushed(&repo, "v2.4.1", &released), "tag-deleted", "refs/tags/v2.4.1:1");
    repo.git(&["tag", "v2.4.1", &released]);
    let fixed = "### Fixed\n\n- What 2.4.1 broke.\n";
    repo.edit("CHANGELOG.md", "## 2.4.1 - 2026-01-05", "## 2.4.1 - 2026-01-05 [YANKED]");
    release(&repo, "2.4.2", &section("2.4.2", "2026-01-05", fixed));
    passes(&repo, "v2.4.2");
}
