//! Findings that settings excuse.

use crate::support::{CHANGELOG, PYPROJECT, Repo};

/// An ignore as settings have it.
fn ignore(rule: &str, more: &str) -> String {
    format!("[[ignore]]\nrule = \"{rule}\"\nreason = \"we know\"\n{more}\n")
}

/// A project whose manual has an older version, and settings.
fn stale(settings: &str) -> Repo {
    let repo = Repo::consistent();
    repo.write("docs/conf.py", "release = \"1.1.0\"\n");
    repo.write("relgate.toml", format!("rules.secondary-version-stale = \"error\"\n\n{settings}"));
    repo.commit("Settings");
    repo
}

#[test]
fn what_is_ignored_neither_blocks_nor_shows() {
    let repo = stale(&ignore("secondary-version-stale", "path = 'docs'"));
    let told = repo.relgate(&["check", "--worktree", "--today", "2026-01-06"]);
    assert_eq!(told.code, 0, "{told:?}");
    insta::assert_snapshot!(told.out, @r#"
    ok: the work tree: version 1.2.0, 3 places state it, changelog CHANGELOG.md (1 ignored finding not shown, see --all)
    "#);
    let told = repo.relgate(&["check", "--worktree", "--today", "2026-01-06", "--all"]);
    assert_eq!(told.code, 0, "{told:?}");
    insta::assert_snapshot!(told.out, @r#"
    error[secondary-version-stale]: `docs/conf.py` says `1.1.0`, but the version is `1.2.0`
     --> docs/conf.py:1:12
      |
    1 | release = "1.1.0"
      |            ^^^^^
      |
     ::: pyproject.toml:3:12
      |
    3 | version = "1.2.0"
      |            ----- the version is `1.2.0`
      |
      = note: settings ignore this: we know
      = help: write `1.2.0` here

    ok: the work tree: 1 error
    "#);
    let json = repo.check(&["--worktree"]).json();
    assert_eq!((&json["subjects"][0]["ignored"], &json["summary"]["blocked"]), (&1.into(), &false.into()));
    assert_eq!(json["subjects"][0]["findings"], serde_json::json!([]));
    let json = repo.check(&["--worktree", "--all"]).json();
    assert_eq!(json["subjects"][0]["findings"][0]["ignored"], "we know");
    assert_eq!(json["subjects"][0]["findings"][0]["blocks"], false);
}

#[test]
fn a_repair_leaves_alone_what_is_ignored() {
    let repo = stale(&ignore("secondary-version-stale", "path = 'docs/*.py'"));
    repo.relgate(&["check", "--worktree", "--fix", "--all"]);
    assert_eq!(repo.read("docs/conf.py"), "release = \"1.1.0\"\n");
}

#[test]
fn only_the_named_path_and_version_are_ignored() {
    for (more, code) in [
        ("", 0),
        ("version = '1.2'", 0),
        ("version = 'v1.2.0'\npath = 'docs/conf.py'", 0),
        ("version = '1.1.0'", 1),
        ("path = 'src'", 1),
        ("path = 'docs/c*'\nversion = '1.1.0'", 1),
        ("expires = 2026-01-06", 0),
        ("expires = '2026-01-05'", 1),
    ] {
        let repo = stale(&ignore("secondary-version-stale", more));
        assert_eq!(repo.check(&["--worktree"]).code, code, "{more}");
        assert_eq!(repo.check(&["--tag", "v1.2.0"]).code, code, "{more}");
    }
}

#[test]
fn a_section_of_the_changelog_is_known_by_its_version() {
    let repo = Repo::consistent();
    repo.write("CHANGELOG.md", CHANGELOG.replace("2025-12-01", "2025-13-01"));
    repo.write("relgate.toml", ignore("changelog-date", "version = '1.1.0'"));
    assert_eq!(repo.check(&["--worktree"]).rules(), [""; 0]);
    repo.write("CHANGELOG.md", CHANGELOG.replace("2026-01-05", "2026-13-05"));
    assert_eq!(repo.check(&["--worktree"]).rules(), ["changelog-date", "unused-ignore"]);
}

#[test]
fn an_ignore_that_has_expired_blocks() {
    let repo = Repo::consistent();
    repo.write("relgate.toml", ignore("secondary-version-stale", "expires = 2026-01-05"));
    let told = repo.relgate(&["check", "--worktree", "--today", "2026-01-06"]);
    assert_eq!(told.code, 1, "{told:?}");
    insta::assert_snapshot!(told.out, @r#"
    error[expired-ignore]: this ignore of `secondary-version-stale` counts no longer: its last day was 2026-01-05
     --> relgate.toml:4:11
      |
    4 | expires = 2026-01-05
      |           ^^^^^^^^^^
      |
      = help: put right what it excused and remove it, or give it a new day and say why

    refused: the work tree: 1 error
    "#);
    repo.stage();
    assert_eq!(repo.relgate(&["hook", "pre-commit"]).code, 1);
    repo.write("relgate.toml", ignore("expired-ignore", ""));
    let told = repo.check(&["--worktree"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("relgate.toml:2:8: `expired-ignore` cannot be ignored"), "{told:?}");
}

#[test]
fn an_ignore_without_use_is_told_where_that_is_certain() {
    let repo = Repo::consistent();
    let unused = |settings: String, arguments: &[&str]| {
        repo.write("relgate.toml", settings);
        repo.stage();
        let rules = repo.check(arguments).rules();
        assert!(rules.iter().all(|rule| rule == "unused-ignore"), "{rules:?}");
        !rules.is_empty()
    };
    let (text, release) = ("changelog-date", "release-date");
    assert!(unused(ignore(text, ""), &["--worktree"]));
    assert!(unused(ignore(text, "path = 'CHANGELOG.md'"), &["--staged"]));
    assert!(unused(ignore(text, "path = 'no-such-file'"), &["--worktree"]));
    assert!(unused(ignore(text, "version = '1.1.0'"), &["--worktree"]));
    assert!(!unused(ignore(text, "version = '1.0.0'"), &["--worktree"]));
    assert!(!unused(ignore(text, "expires = 2026-01-05"), &["--tag", "v1.2.0"]), "HEAD has no settings yet");
    assert!(!unused(ignore(release, ""), &["--worktree"]));
    assert!(unused(ignore(release, ""), &["--worktree", "--tag", "v1.2.0"]));
    assert!(unused(ignore(release, "version = '1.2.0'"), &["--worktree", "--tag", "v1.2.0"]));
    assert!(!unused(ignore(release, "version = '1.1.0'"), &["--worktree", "--tag", "v1.2.0"]));
    assert!(!unused(ignore("tag-moved", ""), &["--worktree", "--tag", "v1.2.0"]));
    repo.write("relgate.toml", ignore(text, ""));
    repo.stage();
    assert_eq!(repo.relgate(&["hook", "pre-commit"]).all(), "");
}

#[test]
fn one_package_says_nothing_of_what_another_may_use() {
    let repo = Repo::empty();
    for name in ["a", "b"] {
        repo.write(&format!("{name}/pyproject.toml"), PYPROJECT.replace("pkg", name));
        repo.write(&format!("{name}/CHANGELOG.md"), CHANGELOG);
    }
    repo.write("b/CHANGELOG.md", CHANGELOG.replace("2025-12-01", "2025-13-01"));
    repo.write("relgate.toml", ignore("changelog-date", "path = 'b/**'"));
    repo.commit("Two");
    assert_eq!(repo.check(&["--worktree"]).rules(), [""; 0]);
    repo.write("relgate.toml", ignore("changelog-date", "path = 'a/**'"));
    assert_eq!(repo.check(&["--worktree"]).rules(), ["unused-ignore", "changelog-date"]);
}

/// A guarded project whose remote has everything, and whose tag is wrong.
fn published() -> Repo {
    let repo = Repo::consistent();
    repo.add_remote();
    repo.git(&["push", "-q", "-u", "origin", "main"]);
    repo.install_hook("pre-push");
    repo.write("pyproject.toml", PYPROJECT.replace("1.2.0", "1.2.1"));
    repo
}

#[test]
fn a_push_does_not_excuse_itself() {
    let repo = published();
    repo.write("relgate.toml", ignore("tag-version-mismatch", "") + &ignore("version-mismatch", ""));
    repo.commit("Excuse");
    repo.tag("v1.2.0");
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).code, 0, "the ignore is there");
    assert_eq!(repo.try_git(&["push", "-q", "origin", "v1.2.0"]).code, 1, "and not agreed");
    repo.git(&["push", "-q", "origin", "main"]);
    let pushed = repo.try_git(&["push", "-q", "origin", "v1.2.0"]);
    assert_eq!(pushed.code, 0, "{pushed:?}");
}

#[test]
fn a_push_does_not_prolong_its_excuse() {
    let repo = published();
    let with = |day: &str| {
        let more = format!("expires = {day}");
        repo.write("relgate.toml", ignore("tag-version-mismatch", &more) + &ignore("version-mismatch", &more));
        repo.commit(day);
    };
    with("2026-01-01");
    repo.git(&["push", "-q", "origin", "main"]);
    with("2999-01-01");
    repo.tag("v1.2.0");
    let pushed = repo.try_git(&["push", "-q", "origin", "v1.2.0"]);
    assert!(pushed.code == 1 && pushed.all().contains("tag-version-mismatch"), "{pushed:?}");
}

#[test]
fn the_first_push_is_excused_by_its_own_settings() {
    let repo = published();
    let other = repo.home().join("other.git");
    repo.git(&["init", "-q", "--bare", other.to_str().unwrap()]);
    repo.write("relgate.toml", ignore("tag-version-mismatch", "") + &ignore("version-mismatch", ""));
    repo.commit("Excuse");
    repo.tag("v1.2.0");
    repo.git(&["remote", "add", "other", other.to_str().unwrap()]);
    for remote in ["other", other.to_str().unwrap(), "../other.git"] {
        let pushed = repo.try_git(&["push", "-q", remote, "v1.2.0"]);
        assert_eq!(pushed.code, 0, "{remote}: {pushed:?}");
        repo.git(&["-C", other.to_str().unwrap(), "update-ref", "-d", "refs/tags/v1.2.0"]);
    }
}

#[test]
fn with_a_base_its_ignores_count() {
    let repo = stale("");
    repo.git(&["branch", "base"]);
    repo.write(
        "relgate.toml",
        format!("rules.secondary-version-stale = 'error'\n{}", ignore("secondary-version-stale", "path = 'docs'")),
    );
    repo.commit("Excuse");
    assert_eq!(repo.check(&["--rev", "HEAD"]).code, 0);
    assert_eq!(repo.check(&["--rev", "HEAD", "--base", "base"]).code, 1);
    assert_eq!(repo.check(&["--rev", "HEAD", "--base", "HEAD"]).code, 0);
    repo.git(&["branch", "-f", "base"]);
    repo.write("relgate.toml", "rules.secondary-version-stale = 'error'\n");
    repo.commit("Withdraw");
    assert_eq!(repo.check(&["--rev", "HEAD", "--base", "base"]).code, 1, "what the change takes back is gone");
}

#[test]
fn a_server_goes_by_its_own_ignores() {
    let repo = published();
    std::fs::remove_file(repo.path.join(".git/hooks/pre-push")).unwrap();
    let remote = repo.home().join("remote.git");
    let hook = remote.join("hooks/pre-receive");
    std::fs::copy(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks/pre-receive"), hook).unwrap();
    repo.write("relgate.toml", ignore("tag-version-mismatch", "") + &ignore("version-mismatch", ""));
    repo.commit("Excuse");
    repo.tag("v1.2.0");
    assert_ne!(repo.try_git(&["push", "-q", "origin", "v1.2.0"]).code, 0);
    assert_ne!(repo.try_git(&["push", "-q", "origin", "main", "v1.2.0"]).code, 0);
    repo.git(&["push", "-q", "origin", "main"]);
    let pushed = repo.try_git(&["push", "-q", "origin", "v1.2.0"]);
    assert_eq!(pushed.code, 0, "{pushed:?}");
}

#[test]
fn mistakes_in_ignores_are_said_with_their_place() {
    let repo = Repo::consistent();
    let told = |ignores: &str| {
        repo.write("relgate.toml", ignores);
        let told = repo.check(&["--worktree"]);
        assert_eq!(told.code, 2);
        told.err
    };
    insta::assert_snapshot!(told("[[ignore]]\nrule = 'changelog-dat'\n\n[[ignore]]\nrule = 'tag-name'\nreason = ' '\nversion = 'x'\n"), @r#"
    relgate: relgate.toml:1:1: an `ignore` has a `rule` and a `reason`
      relgate.toml:2:8: there is no rule `changelog-dat`; did you mean `changelog-date`?
      relgate.toml:6:10: `reason` says why
      relgate.toml:7:11: `version` is a version, not `x`
    "#);
    insta::assert_snapshot!(told(&ignore("tag-name", "path = '['\nexpires = '2026-02-30'\nexpire = 1")), @r#"
    relgate: relgate.toml:4:8: `[` is no pattern: unclosed character class; missing ']'
      relgate.toml:5:11: `expires` is a day, as 2027-01-31
      relgate.toml:6:1: there is no setting of an ignore `expire`; did you mean `expires`?
    "#);
}
