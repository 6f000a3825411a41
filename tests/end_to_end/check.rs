//! `relgate check`: what a maintainer is told of a release.

use crate::support::{CHANGELOG, INIT, PYPROJECT, Repo};

#[test]
fn a_release_that_agrees_is_said_in_one_line() {
    let repo = Repo::consistent();
    repo.tag("v1.2.0");
    for arguments in
        [&["check"][..], &["check", "--tag", "v1.2.0"], &["check", "--staged"], &["check", "--rev", "HEAD"]]
    {
        let answer = repo.relgate(arguments);
        assert_eq!(answer.code, 0, "{answer:?}");
        assert_eq!(answer.out.lines().count(), 1, "{answer:?}");
        assert_eq!(answer.err, "");
    }
}

#[test]
fn a_tag_that_the_changelog_does_not_document_is_refused() {
    let repo = Repo::consistent();
    repo.edit("CHANGELOG.md", "## [1.2.0] - 2026-01-05\n\n### Added\n\n- Something new.\n\n", "");
    repo.edit("CHANGELOG.md", "[1.2.0]: https://example.org/owner/pkg/compare/v1.1.0...v1.2.0\n", "");
    repo.edit("CHANGELOG.md", "v1.2.0...HEAD", "v1.1.0...HEAD");
    repo.commit("Lose a section");
    repo.tag("v1.2.0");
    let answer = repo.check(&["--tag", "v1.2.0"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert_eq!(answer.rules(), ["release-undocumented"]);
}

#[test]
fn entries_that_were_not_promoted_are_said_to_be_so() {
    let repo = Repo::consistent();
    repo.edit("CHANGELOG.md", "\n## [1.2.0] - 2026-01-05\n", "");
    repo.edit("CHANGELOG.md", "[1.2.0]: https://example.org/owner/pkg/compare/v1.1.0...v1.2.0\n", "");
    repo.edit("CHANGELOG.md", "v1.2.0...HEAD", "v1.1.0...HEAD");
    repo.commit("Forget to promote");
    let answer = repo.check(&["--tag", "v1.2.0"]);
    assert_eq!((answer.code, answer.rules()), (1, vec!["release-not-promoted".to_owned()]), "{answer:?}");
}

#[test]
fn a_file_that_states_another_version_is_shown_beside_the_tag() {
    let repo = Repo::consistent();
    repo.edit("pyproject.toml", "1.2.0", "1.1.9");
    repo.commit("Forget a file");
    repo.tag("v1.2.0");
    let answer = repo.check(&["--tag", "v1.2.0"]);
    assert_eq!((answer.code, answer.rules()), (1, vec!["tag-version-mismatch".to_owned()]), "{answer:?}");
    let finding = &answer.json()["subjects"][0]["findings"][0];
    assert_eq!((finding["path"].as_str(), finding["start"]["line"].as_u64()), (Some("pyproject.toml"), Some(3)));
    let related: Vec<&str> =
        finding["related"].as_array().unwrap().iter().map(|related| related["path"].as_str().unwrap()).collect();
    assert!(related.contains(&"refs/tags/v1.2.0") && related.contains(&"src/pkg/__init__.py"), "{related:?}");
}

#[test]
fn files_that_disagree_are_refused_without_any_tag() {
    let repo = Repo::consistent();
    repo.edit("src/pkg/__init__.py", "1.2.0", "1.1.9");
    let answer = repo.check(&[]);
    assert_eq!((answer.code, answer.rules()), (1, vec!["version-mismatch".to_owned()]), "{answer:?}");
}

#[test]
fn the_spelling_of_a_version_does_not_matter() {
    let repo = Repo::consistent();
    repo.write("pyproject.toml", PYPROJECT.replace("1.2.0", "1.2.0rc1"));
    repo.write("src/pkg/__init__.py", INIT.replace("1.2.0", "1.2.0-rc.1"));
    repo.commit("Pre-release");
    repo.tag("v1.2.0.RC1");
    assert_eq!(repo.check(&["--tag", "v1.2.0.RC1"]).code, 0);
}

#[test]
fn floating_and_other_tags_are_left_alone() {
    let repo = Repo::consistent();
    for tag in ["v1.2.0", "v1.2", "v1", "stable", "docs-2026"] {
        repo.tag(tag);
    }
    repo.edit("pyproject.toml", "1.2.0", "9.9.9");
    repo.commit("Break it");
    for tag in ["v1.2", "v1", "stable", "docs-2026"] {
        let answer = repo.check(&["--tag", tag]);
        assert_eq!(answer.code, 0, "{tag}: {answer:?}");
        assert!(answer.json()["subjects"][0]["release"].is_null(), "{tag}");
    }
    let told = repo.relgate(&["check", "--tag", "stable"]);
    assert_eq!(told.out, "ok: `stable` does not name a release, so there is nothing to judge\n");
}

#[test]
fn a_tag_that_looks_like_a_release_and_is_none_is_refused() {
    let repo = Repo::consistent();
    for (tag, rule) in [("v1.2.0-docs", "tag-name"), ("v1.2.0bis", "tag-name"), ("v1.2.0-1", "tag-ambiguous")] {
        let answer = repo.check(&["--tag", tag]);
        assert_eq!(answer.code, 1, "{tag}: {answer:?}");
        assert!(answer.rules().contains(&rule.to_owned()), "{tag}: {answer:?}");
    }
}

#[test]
fn the_history_shows_how_tags_are_named() {
    let repo = Repo::consistent();
    repo.tag("v1.0.0");
    repo.tag("v1.1.0");
    let answer = repo.check(&["--tag", "1.2.0"]);
    assert_eq!((answer.code, answer.rules()), (1, vec!["tag-name".to_owned()]), "{answer:?}");
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).code, 0);
}

#[test]
fn a_future_tag_is_judged_on_head_on_a_commit_or_on_the_index() {
    let repo = Repo::consistent();
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).code, 0);
    assert_eq!(repo.check(&["--tag", "v1.3.0"]).code, 1);
    repo.edit("pyproject.toml", "1.2.0", "1.3.0");
    repo.edit("src/pkg/__init__.py", "1.2.0", "1.3.0");
    let section = "## [1.3.0] - 2026-01-06\n\n### Fixed\n\n- A thing.\n\n## [1.2.0] - 2026-01-05";
    repo.edit("CHANGELOG.md", "## [1.2.0] - 2026-01-05", section);
    let links = "v1.3.0...HEAD\n[1.3.0]: https://example.org/owner/pkg/compare/v1.2.0...v1.3.0";
    repo.edit("CHANGELOG.md", "v1.2.0...HEAD", links);
    repo.stage();
    assert_eq!(repo.check(&["--tag", "v1.3.0"]).code, 1, "HEAD is still 1.2.0");
    let staged = repo.check(&["--tag", "v1.3.0", "--staged"]);
    assert_eq!((staged.code, staged.json()["subjects"][0]["snapshot"]["kind"].as_str()), (0, Some("index")));
    assert_eq!(repo.check(&["--tag", "v1.3.0", "--rev", "HEAD"]).code, 1);
}

#[test]
fn old_findings_of_the_text_do_not_block_a_release() {
    let repo = Repo::consistent();
    repo.write("CHANGELOG.md", CHANGELOG.replace("### Fixed", "### Bug Fixes"));
    repo.commit("An old habit");
    repo.git(&["tag", "v1.1.0"]);
    let answer = repo.check(&["--tag", "v1.2.0"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!(answer.json()["subjects"][0]["old"], 1);
    let told = repo.relgate(&["check", "--tag", "v1.2.0"]);
    assert!(told.out.ends_with(" (1 old finding not shown, see --all)\n"), "{told:?}");
    let all = repo.check(&["--tag", "v1.2.0", "--all"]);
    assert_eq!((all.code, all.rules()), (0, vec!["changelog-category".to_owned()]));
    // With nothing to be old against, everything counts.
    assert_eq!(repo.check(&[]).code, 1);
    assert_eq!(repo.check(&["--base", "HEAD"]).code, 0);
}

#[test]
fn settings_change_levels_and_names() {
    let repo = Repo::consistent();
    repo.edit("src/pkg/__init__.py", "1.2.0", "1.1.9");
    repo.write("relgate.toml", "tag = 'rel/{version}'\nrules.version-mismatch = 'warn'\n");
    let answer = repo.check(&[]);
    assert_eq!((answer.code, answer.rules()), (0, vec!["version-mismatch".to_owned()]), "{answer:?}");
    repo.write("relgate.toml", "tag = 'rel/{version}'\nrules.version-mismatch = 'off'\n");
    assert!(repo.check(&[]).rules().is_empty());
    repo.commit("Settings");
    assert!(repo.check(&["--tag", "v1.2.0"]).rules().contains(&"tag-name".to_owned()));
    assert_eq!(repo.check(&["--tag", "rel/1.1.9"]).json()["subjects"][0]["release"]["version"], "1.1.9");
}

#[test]
fn a_scheme_is_asked_of_the_tag() {
    let repo = Repo::consistent();
    repo.write("relgate.toml", "scheme = 'semver'\n");
    repo.commit("Settings");
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).code, 0);
    assert_eq!(repo.check(&["--tag", "v1.2"]).rules(), ["tag-name"]);
}

#[test]
fn continuous_integration_names_the_tag() {
    let repo = Repo::consistent();
    repo.edit("pyproject.toml", "1.2.0", "1.1.9");
    repo.commit("Break it");
    repo.tag("v1.2.0");
    for pairs in [
        &[("GITHUB_REF_TYPE", "tag"), ("GITHUB_REF_NAME", "v1.2.0")][..],
        &[("CI_COMMIT_TAG", "v1.2.0")],
        &[("BITBUCKET_TAG", "v1.2.0")],
        &[("BUILDKITE_TAG", "v1.2.0")],
        &[("TAG_NAME", "v1.2.0")],
        &[("BUILD_SOURCEBRANCH", "refs/tags/v1.2.0")],
    ] {
        let mut command = repo.command(crate::support::RELGATE);
        command.current_dir(&repo.path).envs(pairs.iter().copied()).args(["check", "--format", "json"]);
        let answer = crate::support::run(&mut command, "");
        assert_eq!(answer.json()["subjects"][0]["release"]["tag"], "v1.2.0", "{pairs:?}");
        let mut command = repo.command(crate::support::RELGATE);
        command.current_dir(&repo.path).envs(pairs.iter().copied()).args(["check", "--worktree", "--format", "json"]);
        assert!(crate::support::run(&mut command, "").json()["subjects"][0]["release"].is_null(), "{pairs:?}");
    }
    let mut command = repo.command(crate::support::RELGATE);
    command.env("GITHUB_REF_TYPE", "branch").env("GITHUB_REF_NAME", "v1.2.0").args(["check", "--format", "json"]);
    let answer = crate::support::run(command.current_dir(&repo.path), "");
    assert!(answer.json()["subjects"][0]["release"].is_null());
}

#[test]
fn a_changelog_that_says_nothing_documents_nothing() {
    let repo = Repo::consistent();
    for (text, code) in [
        ("", 1),
        ("# Changelog\n", 1),
        ("\u{feff}# Changelog\n\n", 1),
        ("# Changelog\n\nThe format is that of [Keep a Changelog](https://keepachangelog.com/).\n", 1),
        ("# Changelog\n\nSee the [releases](https://example.org/releases).\n", 0),
    ] {
        repo.write("CHANGELOG.md", text);
        repo.commit("Changelog");
        assert_eq!(repo.check(&["--tag", "v1.2.0"]).code, code, "{text:?}");
    }
}
