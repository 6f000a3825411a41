//! What people and programs are shown.

use crate::support::Repo;

/// A release with a fault in a file and one in the changelog, at the same commit on every machine.
fn refused() -> Repo {
    let repo = Repo::consistent();
    repo.edit("pyproject.toml", "1.2.0", "1.1.0");
    repo.edit("CHANGELOG.md", "\n## [1.2.0] - 2026-01-05\n", "");
    repo.edit("CHANGELOG.md", "[1.2.0]: https://example.org/owner/pkg/compare/v1.1.0...v1.2.0\n", "");
    repo.edit("CHANGELOG.md", "v1.2.0...HEAD", "v1.1.0...HEAD");
    repo.commit("Release 1.2.0");
    repo.tag("v1.2.0");
    repo
}

#[test]
fn a_refused_release_is_shown_with_both_places() {
    let answer = refused().relgate(&["check", "--tag", "v1.2.0", "--today", "2026-01-06"]);
    insta::assert_snapshot!(answer.out);
    assert_eq!((answer.code, answer.err.as_str()), (1, ""));
}

#[test]
fn a_refused_release_as_json() {
    let answer = refused().check(&["--tag", "v1.2.0"]);
    insta::assert_snapshot!(answer.out);
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let repo = refused();
    assert!(!repo.relgate(&["check"]).out.contains('\x1b'));
    assert!(repo.relgate(&["check", "--color", "always"]).out.contains('\x1b'));
    let mut command = repo.command(crate::support::RELGATE);
    command.current_dir(&repo.path).env("FORCE_COLOR", "1").arg("check");
    assert!(crate::support::run(&mut command, "").out.contains('\x1b'));
}

#[test]
fn the_rules_are_listed_and_explained() {
    let repo = Repo::consistent();
    let listed = repo.relgate(&["rules"]);
    let document = repo.relgate(&["rules", "--format", "json"]).json();
    let rules = document.as_array().unwrap();
    assert_eq!(listed.out.lines().count(), rules.len());
    for rule in rules {
        let id = rule["id"].as_str().unwrap();
        let explained = repo.relgate(&["explain", id]);
        assert_eq!(explained.code, 0, "{id}");
        for key in ["summary", "explanation", "level", "group", "about", "page"] {
            assert!(rule[key].is_string(), "{id} {key}");
        }
        assert!(rule["page"].as_str().unwrap().ends_with(&format!("/docs/rules/{id}.md")), "{rule}");
        assert!(rule["fix"].is_null() || rule["fix"] == "safe" || rule["fix"] == "unsafe", "{rule}");
        assert!(rule["bad"][0]["title"].is_string() && rule["good"][0]["title"].is_string(), "{rule}");
        assert!(explained.out.starts_with(id) && explained.out.contains("\nWrong: "), "{explained:?}");
        assert!(explained.out.contains("\nRight: "), "{explained:?}");
    }
    for id in [
        "version-mismatch",
        "version-invalid",
        "version-missing",
        "tag-name",
        "tag-version-mismatch",
        "changelog-missing",
        "release-undocumented",
        "release-not-promoted",
        "changelog-heading",
        "changelog-order",
        "changelog-duplicate",
        "changelog-date",
        "changelog-category",
    ] {
        assert!(rules.iter().any(|rule| rule["id"] == id && rule["level"] == "error"), "{id}");
    }
}

#[test]
fn help_and_version_are_results() {
    let repo = Repo::consistent();
    for arguments in [&["--help"][..], &["--version"], &["check", "--help"], &["hook", "--help"]] {
        let answer = repo.relgate(arguments);
        assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{answer:?}");
    }
    assert_eq!(repo.relgate(&["--version"]).out, concat!("relgate ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn countless_findings_fill_neither_the_screen_nor_the_memory() {
    let repo = Repo::consistent();
    let categories = (0..20_000).map(|n| format!("### Odd {n}\n\n- x\n\n")).collect::<String>();
    let text = repo.read("CHANGELOG.md").replace("### Added", &format!("{categories}### Added"));
    repo.write("CHANGELOG.md", text);
    repo.commit("An odd text");
    let answer = repo.relgate(&["check"]);
    assert_eq!(answer.code, 1);
    assert_eq!(answer.out.matches("\nerror[").count() + usize::from(answer.out.starts_with("error[")), 100);
    assert!(answer.out.contains("\n... and "), "{}", &answer.out[answer.out.len() - 500..]);
    // With more than are kept none can be told from an old one, so none is excused.
    assert_eq!(repo.check(&["--staged"]).code, 1);
}

#[test]
fn shells_are_told_what_they_can_complete() {
    let repo = Repo::empty();
    for (shell, program) in
        [("bash", "bash"), ("zsh", "zsh"), ("fish", "fish"), ("powershell", "pwsh"), ("elvish", "elvish")]
    {
        let answer = repo.relgate(&["completions", shell]);
        assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{answer:?}");
        assert!(answer.out.contains("reference-transaction"), "{shell} knows the hooks");
        repo.write("completions", &answer.out);
        match std::process::Command::new(program).args(["-n", "completions"]).current_dir(&repo.path).status() {
            _ if !["bash", "zsh", "fish"].contains(&program) => {}
            Ok(status) => assert!(status.success(), "{shell}"),
            Err(_) => crate::support::not_tested(&format!("the completions of {shell}, which is not here")),
        }
    }
    assert_eq!(repo.relgate(&["completions", "ksh"]).code, 2);
}

#[test]
fn every_command_has_a_manual_page() {
    let repo = Repo::empty();
    assert_eq!(repo.relgate(&["man", "share/man1"]).all(), "");
    let page = repo.read("share/man1/relgate-check.1");
    assert!(page.starts_with(".ie") && page.contains("\\fB\\-\\-staged\\fR"), "{page}");
    for name in ["relgate", "relgate-notes", "relgate-hook-pre-push", "relgate-install"] {
        assert!(repo.read(&format!("share/man1/{name}.1")).contains(".SH NAME"), "{name}");
    }
    repo.write("file", "");
    let answer = repo.relgate(&["man", "file"]);
    assert!(answer.code == 2 && answer.err.starts_with("relgate: the manual pages cannot be written"), "{answer:?}");
}

#[test]
fn a_changelog_without_sections_is_said_to_have_none() {
    let repo = Repo::consistent();
    repo.write("CHANGELOG.md", "# Changelog\n\nSee the page of each release.\n");
    repo.commit("Tell it elsewhere");
    let answer = repo.relgate(&["check", "--tag", "v1.2.0"]);
    assert!(answer.out.ends_with("changelog CHANGELOG.md (which has no sections)\n"), "{answer:?}");
}
