//! What the changelog said before: in the last commit, at the release before, in the tags of its releases.

use std::fs;

use serde_json::Value;

use crate::support::{CHANGELOG, Repo};

/// A released project, its tag made.
fn released() -> Repo {
    let repo = Repo::consistent();
    repo.tag("v1.2.0");
    repo
}

/// The messages of one rule.
fn messages(repo: &Repo, arguments: &[&str], rule: &str) -> Vec<String> {
    let document = repo.check(arguments).json();
    let findings = document["subjects"][0]["findings"].as_array().unwrap().clone();
    let told = findings.into_iter().filter(|finding| finding["rule"] == rule);
    told.map(|finding| finding["message"].as_str().unwrap().to_owned()).collect()
}

fn changed(repo: &Repo, arguments: &[&str]) -> Vec<String> {
    messages(repo, arguments, "released-section-changed")
}

const UNRELEASED: &str = "changelog-unreleased";

#[test]
fn an_unreleased_section_that_goes_is_missed_and_put_back() {
    let repo = released();
    repo.edit("CHANGELOG.md", "## [Unreleased]\n\n", "");
    assert_eq!(messages(&repo, &["--worktree"], UNRELEASED).len(), 1);
    repo.stage();
    assert_eq!(messages(&repo, &["--staged"], UNRELEASED).len(), 1);
    let hook = repo.relgate(&["hook", "pre-commit"]);
    assert_eq!(hook.code, 0, "{hook:?}");
    assert!(hook.all().contains("warning[changelog-unreleased]: the Unreleased section"), "{hook:?}");
    assert_eq!(repo.relgate(&["check", "--staged", "--fix"]).code, 0);
    assert_eq!(repo.read("CHANGELOG.md"), CHANGELOG);
}

#[test]
fn the_new_section_is_in_the_style_of_the_others() {
    let closed = CHANGELOG.replace("Unreleased]\n\n", "Unreleased] ##\n\n").replace("-05\n", "-05 ##\n");
    let underlined = CHANGELOG
        .replace("## [Unreleased]", "[Unreleased]\n------------")
        .replace("## [1.2.0] - 2026-01-05", "[1.2.0] - 2026-01-05\n--------------------");
    let inline = CHANGELOG
        .replace("[Unreleased]:", "[old]:")
        .replace("[Unreleased]", "[Unreleased](https://example.org/owner/pkg/compare/v1.2.0...HEAD)")
        .replace("[old]: https://example.org/owner/pkg/compare/v1.2.0...HEAD\n", "")
        .replace("## [1.2.0] ", "## [1.2.0](https://example.org/owner/pkg/compare/v1.1.0...v1.2.0) ");
    let plain = CHANGELOG.split("\n[Unreleased]:").next().unwrap().replace(['[', ']'], "");
    let no_definition = "[Unreleased]: https://example.org/owner/pkg/compare/v1.2.0...HEAD\n";
    for (text, removed) in [
        (CHANGELOG.to_owned(), vec!["## [Unreleased]\n\n", no_definition]),
        (CHANGELOG.replace('\n', "\r\n"), vec!["## [Unreleased]\r\n\r\n"]),
        (format!("\u{feff}{CHANGELOG}"), vec!["## [Unreleased]\n\n", no_definition]),
        (closed, vec!["## [Unreleased] ##\n\n"]),
        (underlined, vec!["[Unreleased]\n------------\n\n"]),
        (inline, vec!["## [Unreleased](https://example.org/owner/pkg/compare/v1.2.0...HEAD)\n\n"]),
        (plain, vec!["## Unreleased\n\n"]),
    ] {
        let repo = Repo::consistent();
        repo.write("CHANGELOG.md", &text);
        repo.commit("Write it in another way");
        for removed in removed {
            repo.edit("CHANGELOG.md", removed, "");
        }
        let answer = repo.check(&["--fix"]);
        assert_eq!(answer.json()["summary"]["fixed"], 1, "{text}: {answer:?}");
        assert_eq!(repo.read("CHANGELOG.md"), text);
    }
}

#[test]
fn where_there_was_no_unreleased_section_none_is_missed() {
    let repo = Repo::consistent();
    repo.edit("CHANGELOG.md", "## [Unreleased]\n\n", "");
    repo.edit("CHANGELOG.md", "[Unreleased]: https://example.org/owner/pkg/compare/v1.2.0...HEAD\n", "");
    repo.commit("Do without");
    repo.tag("v1.2.0");
    repo.edit("CHANGELOG.md", "- Something new.", "- Something new.\n- Something else.");
    assert!(messages(&repo, &["--worktree"], UNRELEASED).is_empty());
    assert!(messages(&repo, &["--tag", "v1.2.0"], UNRELEASED).is_empty());
    let first = Repo::empty();
    first.write("CHANGELOG.md", repo.read("CHANGELOG.md"));
    assert!(messages(&first, &["--worktree"], UNRELEASED).is_empty());
}

#[test]
fn a_tag_is_compared_with_the_release_before() {
    let repo = released();
    repo.edit("pyproject.toml", "1.2.0", "1.3.0");
    repo.edit("src/pkg/__init__.py", "1.2.0", "1.3.0");
    repo.edit("CHANGELOG.md", "## [Unreleased]", "## [1.3.0] - 2026-01-06\n\n### Fixed\n\n- A fault.");
    repo.edit(
        "CHANGELOG.md",
        "[Unreleased]: https://example.org/owner/pkg/compare/v1.2.0...HEAD",
        "[1.3.0]: https://example.org/owner/pkg/compare/v1.2.0...v1.3.0",
    );
    repo.edit("CHANGELOG.md", "- Something new.", "- Something new.\n- A late entry.");
    repo.commit("Release 1.3.0");
    repo.tag("v1.3.0");
    let expected = ["this section is not what `v1.2.0` has: `A late entry.` came in"];
    assert_eq!(changed(&repo, &["--tag", "v1.3.0"]), expected);
    assert_eq!(messages(&repo, &["--tag", "v1.3.0"], UNRELEASED).len(), 1);
    assert_eq!(repo.check(&["--tag", "v1.3.0"]).code, 0);
    assert!(changed(&repo, &["--tag", "v1.2.0"]).is_empty());
    // The newest release is in order; the commits between are asked for.
    assert!(changed(&repo, &[]).is_empty());
    assert_eq!(changed(&repo, &["--base", "v1.2.0"]), expected);
}

#[test]
fn entries_that_come_into_a_released_section_or_go_are_named() {
    let repo = released();
    assert!(changed(&repo, &["--worktree"]).is_empty());
    repo.edit("CHANGELOG.md", "- Something new.", "- A late entry\n  that goes on.\n- <b>\u{1b}[31m</b>");
    let long = "word ".repeat(20);
    repo.edit("CHANGELOG.md", "- Something old.", &format!("- Something old.\n- 1\n- 2\n- 3\n- 4\n- {long}"));
    repo.stage();
    let expected = "this section is not what `v1.2.0` has: `A late entry that goes on.`, `<b>\u{1b}[31m</b>` came in, `Something new.` went";
    // No tag has the section of 1.1.0.
    assert_eq!(changed(&repo, &["--staged"]), [expected]);
    assert_eq!(changed(&repo, &["--worktree"]), [expected]);
    let hook = repo.relgate(&["hook", "pre-commit"]);
    assert_eq!(hook.code, 0, "{hook:?}");
    assert!(hook.all().contains("released-section-changed") && !hook.all().contains('\u{1b}'), "{hook:?}");
    repo.git(&["tag", "v1.1.0", "HEAD"]);
    let second = "this section is not what `v1.1.0` has: `1`, `2`, `3` and 2 more came in";
    assert_eq!(changed(&repo, &["--staged"]), [expected, second]);
    repo.commit("Say it nevertheless");
    // What stood there before this change is not told again; a check without a base looks at the newest release.
    assert!(changed(&repo, &["--staged"]).is_empty());
    assert_eq!(changed(&repo, &[]), [expected]);
    assert_eq!(changed(&repo, &["--base", "HEAD~"]), [expected, second]);
    assert!(changed(&repo, &["--base", "HEAD"]).is_empty());
}

#[test]
fn layout_headings_and_links_of_a_release_may_be_put_right() {
    let repo = released();
    let text = CHANGELOG
        .replace("## [1.2.0] - 2026-01-05", "## [1.2.0] - 2026-01-04 [YANKED]")
        .replace("### Added\n\n- Something", "### Changed\n\n* Something\n ")
        .replace("pkg/compare/v1.1.0...v1.2.0", "pkg/releases/tag/v1.2.0");
    repo.write("CHANGELOG.md", text);
    assert!(changed(&repo, &["--worktree"]).is_empty());
}

#[test]
fn other_tags_than_those_of_the_release_are_not_asked() {
    let repo = released();
    repo.git(&["tag", "v1"]);
    repo.git(&["tag", "other-v1.1.0"]);
    repo.git(&["tag", "v1.1.0-docs"]);
    // The name of a tag may be another than the usual one, and it may lead to no commit.
    repo.git(&["tag", "1.1.0"]);
    repo.git(&["tag", "v1.1.0", "HEAD:CHANGELOG.md"]);
    repo.edit("CHANGELOG.md", "- Something old.", "- Something else.");
    repo.stage();
    let expected = "this section is not what `1.1.0` has: `Something else.` came in, `Something old.` went";
    assert_eq!(changed(&repo, &["--staged"]), [expected]);
    // Two tags of one version may differ: one of them that agrees is enough.
    repo.commit("Change it");
    repo.git(&["tag", "release-1.1.0"]);
    repo.edit("CHANGELOG.md", "- Something new.", "- Something new");
    assert!(changed(&repo, &["--base", "v1.2.0"]).is_empty());
}

#[test]
fn a_changelog_that_is_written_anew_is_told_of_in_a_few_findings() {
    let repo = Repo::empty();
    repo.write("relgate.toml", "");
    let text = |word: &str| {
        let section = |minor: usize| format!("## 1.{minor}.0 - 2026-01-05\n\n### Fixed\n\n- {word} {minor}.\n\n");
        format!("# Changelog\n\n{}", (0..30).rev().map(section).collect::<String>())
    };
    repo.write("CHANGELOG.md", text("Entry"));
    repo.commit("Releases");
    for minor in 0..30 {
        repo.git(&["tag", &format!("v1.{minor}.0")]);
    }
    repo.write("CHANGELOG.md", text("Eintrag"));
    let told = changed(&repo, &["--worktree"]);
    assert_eq!(told.len(), 5);
    assert!(told[0].contains("`Eintrag 29.` came in, `Entry 29.` went"), "{told:?}");
    // Under another name it is the same changelog.
    fs::rename(repo.path.join("CHANGELOG.md"), repo.path.join("CHANGES.md")).unwrap();
    assert_eq!(changed(&repo, &["--worktree"]), told);
}

#[test]
fn packages_have_tags_of_their_own() {
    let repo = Repo::empty();
    let section = "# Changelog\n\n## 1.0.0 - 2026-01-05\n\n### Fixed\n\n- One.\n";
    let settings = ["one", "two"].map(|name| format!("[[package]]\nname = '{name}'\npath = '{name}'\n"));
    repo.write("relgate.toml", settings.concat());
    for name in ["one", "two"] {
        repo.write(&format!("{name}/pyproject.toml"), format!("[project]\nname = '{name}'\nversion = '1.0.0'\n"));
        repo.write(&format!("{name}/CHANGELOG.md"), section);
    }
    repo.commit("Release");
    repo.git(&["tag", "one-v1.0.0"]);
    repo.git(&["tag", "two-v0.9.0"]);
    repo.git(&["tag", "v1.0.0"]);
    for name in ["one", "two"] {
        repo.edit(&format!("{name}/CHANGELOG.md"), "- One.", "- Other.");
    }
    repo.stage();
    let document = repo.check(&["--staged"]).json();
    let rules = |at: usize| {
        document["subjects"][at]["findings"].as_array().unwrap().iter().map(|f| f["rule"].clone()).collect::<Vec<_>>()
    };
    assert_eq!((rules(0), rules(1)), (vec![Value::from("released-section-changed")], vec![]));
}

#[test]
fn a_tag_that_cannot_be_read_is_a_failure() {
    let repo = released();
    repo.write("CHANGELOG.md", CHANGELOG.replace("Something new.", "Something newer."));
    repo.stage();
    let blob = repo.git(&["rev-parse", "v1.2.0:CHANGELOG.md"]);
    let blob = blob.trim();
    let file = repo.path.join(".git/objects").join(&blob[..2]).join(&blob[2..]);
    fs::remove_file(file).unwrap();
    // What the last commit said is not known, and what the tag says cannot be told from it.
    let answer = repo.check(&[]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(
        answer.err.starts_with("relgate: the section of `1.2.0` cannot be compared with tag `v1.2.0`: "),
        "{answer:?}"
    );
}

#[test]
fn a_clone_without_old_files_or_tags_is_not_asked_for_them() {
    let origin = released();
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    origin.edit("CHANGELOG.md", "Something new.", "Something newer.");
    origin.commit("Change it");
    let url = format!("file://{}", origin.path.display());
    let partial = origin.home().join("partial");
    origin.git(&["clone", "-q", "--filter=blob:none", &url, partial.to_str().unwrap()]);
    let shallow = origin.home().join("shallow");
    origin.git(&["clone", "-q", "--depth=1", &url, shallow.to_str().unwrap()]);
    for clone in [&partial, &shallow] {
        let check = |settings: &str| {
            fs::write(clone.join("relgate.toml"), settings).unwrap();
            origin.relgate(&["check", "--repo", clone.to_str().unwrap(), "--worktree"])
        };
        assert_eq!(check("").code, 0);
        let is_partial = clone == &partial;
        let strict = check("[rules]\nreleased-section-changed = 'error'\n");
        assert_eq!(strict.code, if is_partial { 2 } else { 0 }, "{strict:?}");
    }
}
