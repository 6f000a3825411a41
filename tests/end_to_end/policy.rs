//! What settings ask of a release tag: where it stands, who signed it, what has to be done before it is made.

use std::path::Path;
use std::process::Command;

use crate::support::{Answer, RELGATE, Repo, not_tested, run};

const PUSH: [&str; 4] = ["hook", "pre-push", "origin", "https://example.org/owner/pkg"];

/// A release that is right in all but what these settings ask.
fn asking(settings: &str) -> Repo {
    let repo = Repo::consistent();
    repo.write("relgate.toml", settings);
    repo.commit("Ask for more");
    repo
}

fn in_actions(repo: &Repo, arguments: &[&str]) -> Answer {
    let mut command = repo.command(RELGATE);
    run(command.current_dir(&repo.path).args(arguments).env("GITHUB_ACTIONS", "true"), "")
}

#[test]
fn a_release_is_tagged_on_a_branch_that_is_named() {
    let repo = asking("branches = [\"main\", \"release/*\"]\n");
    repo.tag("v1.2.0");
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).rules(), [""; 0]);
    // As a rebase leaves a commit behind.
    repo.git(&["commit", "-q", "--amend", "--allow-empty", "-m", "Again"]);
    let answer = repo.check(&["--tag", "v1.2.0"]);
    assert_eq!(answer.rules(), ["tag-off-branch"]);
    assert_eq!(answer.code, 1);
    repo.git(&["branch", "release/1.2", "v1.2.0"]);
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).rules(), [""; 0]);
    repo.git(&["branch", "-q", "-D", "release/1.2"]);
    repo.git(&["update-ref", "refs/remotes/origin/main", "v1.2.0^{}"]);
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).rules(), [""; 0]);
}

#[test]
fn a_tag_that_could_be_made_is_asked_for_its_branch_as_well() {
    let repo = asking("branches = [\"main\"]\n");
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).rules(), [""; 0]);
    repo.git(&["checkout", "-q", "-b", "topic"]);
    repo.commit("Not merged");
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).rules(), ["tag-off-branch"]);
}

#[test]
fn a_branch_that_is_pushed_with_the_tag_counts() {
    let repo = asking("branches = [\"main\"]\n");
    repo.git(&["checkout", "-q", "-b", "topic"]);
    repo.commit("To be pushed as main");
    repo.tag("v1.2.0");
    let commit = repo.git(&["rev-parse", "HEAD"]);
    let tag = repo.git(&["rev-parse", "v1.2.0"]);
    let (commit, tag, none) = (commit.trim(), tag.trim(), "0".repeat(40));
    let line = format!("refs/tags/v1.2.0 {tag} refs/tags/v1.2.0 {none}\n");
    assert_eq!(repo.run(RELGATE, &PUSH, &line).code, 1);
    let with_branch = format!("refs/heads/topic {commit} refs/heads/main {none}\n{line}");
    let answer = repo.run(RELGATE, &PUSH, &with_branch);
    assert_eq!((answer.code, answer.all()), (0, String::new()));
    let received = format!("{none} {commit} refs/heads/main\n{none} {tag} refs/tags/v1.2.0\n");
    assert_eq!(repo.run(RELGATE, &["hook", "pre-receive"], &received).code, 0);
    assert_eq!(repo.run(RELGATE, &["hook", "pre-receive"], received.split_inclusive('\n').nth(1).unwrap()).code, 1);
}

#[test]
fn a_checkout_without_the_branches_cannot_tell() {
    let repo = asking("branches = [\"main\"]\n");
    repo.tag("v1.2.0");
    repo.commit("After the release");
    repo.git(&["checkout", "-q", "--detach", "v1.2.0"]);
    repo.git(&["branch", "-q", "-D", "main"]);
    let answer = repo.check(&["--tag", "v1.2.0"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.err.contains("there is no such branch here"), "{answer:?}");
    // Who asks for nothing is told nothing.
    repo.write("relgate.toml", "");
    repo.commit("Ask for nothing");
    assert!(!repo.check(&["--tag", "v1.2.1"]).rules().contains(&"tag-off-branch".to_owned()));
}

#[test]
fn a_shallow_clone_fails_only_where_the_answer_is_cut_off() {
    let origin = asking("branches = [\"main\"]\n");
    origin.tag("v1.2.0");
    let clone = origin.home().join("shallow");
    let url = format!("file://{}", origin.path.display());
    origin.git(&["clone", "-q", "--depth", "1", &url, clone.to_str().unwrap()]);
    let check = |clone: &Path| {
        let arguments = ["check", "--tag", "v1.2.0", "--format", "json", "--repo", clone.to_str().unwrap()];
        origin.relgate(&arguments)
    };
    assert_eq!(check(&clone).code, 0, "the branch ends with the tag");
    origin.commit("After the release");
    origin.commit("And more");
    let clone = origin.home().join("cut");
    origin.git(&["clone", "-q", "--depth", "1", &url, clone.to_str().unwrap()]);
    origin.git(&["-C", clone.to_str().unwrap(), "fetch", "-q", "--depth", "1", "origin", "tag", "v1.2.0"]);
    let answer = check(&clone);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.err.contains("shallow"), "{answer:?}");
}

#[test]
fn a_lightweight_tag_is_said_where_settings_ask_and_it_can_be_known() {
    let repo = asking("rules.tag-lightweight = \"error\"\n");
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).rules(), [""; 0], "a tag that is not made has no kind");
    repo.git(&["tag", "v1.2.0"]);
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).rules(), ["tag-lightweight"]);
    let answer = in_actions(&repo, &["check", "--tag", "v1.2.0", "--today", "2026-01-06", "--format", "json"]);
    assert_eq!(answer.rules(), [""; 0], "an old checkout makes every tag so");
    repo.git(&["tag", "-f", "-a", "-m", "x", "v1.2.0"]);
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).rules(), [""; 0]);
}

#[test]
fn a_tag_has_to_be_signed_where_settings_ask() {
    let repo = asking("rules.tag-unsigned = \"error\"\n");
    repo.tag("v1.2.0");
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).rules(), ["tag-unsigned"]);
    repo.git(&["tag", "-f", "v1.2.0", "v1.2.0^{}"]);
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).rules(), ["tag-unsigned"]);
    let answer = in_actions(&repo, &["check", "--tag", "v1.2.0"]);
    assert_eq!(answer.code, 2, "what the checkout has flattened cannot be known: {answer:?}");
}

/// A repository with an SSH key, and a tag that is signed with it; `None` where there is no ssh-keygen.
fn signed_by_ssh(repo: &Repo) -> Option<String> {
    let key = repo.home().join("key");
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", "a", "-f"]).arg(&key).status();
    if !made.is_ok_and(|status| status.success()) {
        not_tested("signatures: there is no ssh-keygen here");
        return None;
    }
    let signing = format!("user.signingKey={}", key.display());
    repo.git(&["-c", "gpg.format=ssh", "-c", &signing, "tag", "-s", "-m", "x", "v1.2.0"]);
    let public = std::fs::read_to_string(key.with_extension("pub")).unwrap();
    Some(public.split(' ').take(2).collect::<Vec<_>>().join(" "))
}

fn check_as(repo: &Repo, configuration: &str) -> Answer {
    let file = repo.home().join("gitconfig");
    std::fs::write(&file, configuration).unwrap();
    let mut command = repo.command(RELGATE);
    let arguments = ["check", "--tag", "v1.2.0", "--today", "2026-01-06", "--format", "json"];
    run(command.current_dir(&repo.path).args(arguments).env("GIT_CONFIG_GLOBAL", file), "")
}

#[test]
fn a_signature_is_verified_with_the_users_own_settings() {
    let repo = asking("rules.tag-unsigned = \"error\"\n");
    let Some(public) = signed_by_ssh(&repo) else { return };
    let signers = repo.home().join("signers");
    let settings = format!("[gpg \"ssh\"]\nallowedSignersFile = {}\n", signers.display());

    std::fs::write(&signers, format!("a@example.org {public}\n")).unwrap();
    let answer = check_as(&repo, &settings);
    assert_eq!((answer.code, answer.rules()), (0, vec![]), "good: {answer:?}");

    std::fs::write(&signers, "").unwrap();
    let answer = check_as(&repo, &settings);
    assert_eq!((answer.code, answer.rules()), (1, vec!["tag-unsigned".to_owned()]), "by somebody else: {answer:?}");

    let answer = check_as(&repo, "");
    assert_eq!((answer.code, answer.rules()), (0, vec!["tag-unsigned".to_owned()]), "nobody can tell: {answer:?}");
    assert!(answer.out.contains("cannot be verified"), "{answer:?}");
}

/// A home for the user's own keys, whose path is short enough for the sockets of gpg.
fn keys() -> tempfile::TempDir {
    let home = tempfile::TempDir::new().unwrap();
    std::fs::set_permissions(home.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    home
}

#[test]
fn a_signature_by_gpg_is_verified_with_the_users_keys() {
    let repo = asking("rules.tag-unsigned = \"error\"\n");
    let (keys, nobodys) = (keys(), keys());
    let run_with = |program: &str, home: &Path, arguments: &[&str]| {
        let mut command = repo.command(program);
        run(command.current_dir(&repo.path).args(arguments).env("GNUPGHOME", home), "")
    };
    if !Command::new("gpg").arg("--version").output().is_ok_and(|output| output.status.success()) {
        not_tested("signatures: there is no gpg here");
        return;
    }
    let made = ["--batch", "--quiet", "--passphrase", "", "--quick-gen-key", "A <a@example.org>", "ed25519", "sign"];
    let made = run_with("gpg", keys.path(), &made);
    assert_eq!(made.code, 0, "{made:?}");
    let signed = run_with("git", keys.path(), &["tag", "-s", "-u", "a@example.org", "-m", "x", "v1.2.0"]);
    assert_eq!(signed.code, 0, "{signed:?}");
    let trap = repo.home().join("trap");
    let program = repo.home().join("program");
    std::fs::write(&program, format!("#!/bin/sh\ntouch {}\nexit 0\n", trap.display())).unwrap();
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    repo.git(&["config", "gpg.program", program.to_str().unwrap()]);

    let check = ["check", "--tag", "v1.2.0", "--today", "2026-01-06", "--format", "json"];
    let answer = run_with(RELGATE, keys.path(), &check);
    assert_eq!((answer.code, answer.rules()), (0, vec![]), "good: {answer:?}");
    let answer = run_with(RELGATE, nobodys.path(), &check);
    assert_eq!((answer.code, answer.rules()), (0, vec!["tag-unsigned".to_owned()]), "nobody can tell: {answer:?}");
    assert!(answer.out.contains("cannot be verified"), "{answer:?}");

    let object = repo.git(&["cat-file", "tag", "v1.2.0"]).replacen("\nx\n", "\ny\n", 1);
    let altered = repo.run("git", &["hash-object", "-t", "tag", "-w", "--stdin"], &object);
    repo.git(&["update-ref", "refs/tags/v1.2.0", altered.out.trim()]);
    let answer = run_with(RELGATE, keys.path(), &check);
    assert_eq!((answer.code, answer.rules()), (1, vec!["tag-unsigned".to_owned()]), "altered: {answer:?}");
    assert!(!trap.exists(), "a program that the repository names was called");
}

#[test]
fn the_repositorys_own_settings_verify_nothing() {
    let repo = asking("rules.tag-unsigned = \"error\"\n");
    let Some(public) = signed_by_ssh(&repo) else { return };
    let trap = repo.home().join("trap");
    let program = repo.home().join("program");
    std::fs::write(&program, format!("#!/bin/sh\ntouch {}\nexit 0\n", trap.display())).unwrap();
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    repo.write("signers", format!("a@example.org {public}\n"));
    for (name, value) in [
        ("gpg.ssh.allowedSignersFile", repo.path.join("signers").to_str().unwrap()),
        ("gpg.ssh.program", program.to_str().unwrap()),
        ("gpg.program", program.to_str().unwrap()),
        ("gpg.openpgp.program", program.to_str().unwrap()),
    ] {
        repo.git(&["config", name, value]);
    }
    let answer = check_as(&repo, "");
    assert_eq!((answer.code, answer.rules()), (0, vec!["tag-unsigned".to_owned()]), "{answer:?}");
    assert!(answer.out.contains("cannot be verified"), "{answer:?}");
    // With signers of the user's own the user's program is called.
    let signers = repo.home().join("signers");
    std::fs::write(&signers, "").unwrap();
    let answer = check_as(&repo, &format!("[gpg \"ssh\"]\nallowedSignersFile = {}\n", signers.display()));
    assert_eq!(answer.rules(), ["tag-unsigned"], "{answer:?}");
    assert!(!trap.exists(), "a program that the repository names was called");
}

#[test]
fn an_altered_tag_does_not_fit_its_signature() {
    let repo = asking("rules.tag-unsigned = \"error\"\n");
    let Some(public) = signed_by_ssh(&repo) else { return };
    let signers = repo.home().join("signers");
    std::fs::write(&signers, format!("a@example.org {public}\n")).unwrap();
    let object = repo.git(&["cat-file", "tag", "v1.2.0"]).replacen("\nx\n", "\ny\n", 1);
    let altered = repo.run("git", &["hash-object", "-t", "tag", "-w", "--stdin"], &object);
    repo.git(&["update-ref", "refs/tags/v1.2.0", altered.out.trim()]);
    let answer = check_as(&repo, &format!("[gpg \"ssh\"]\nallowedSignersFile = {}\n", signers.display()));
    assert_eq!((answer.code, answer.rules()), (1, vec!["tag-unsigned".to_owned()]), "{answer:?}");
    assert!(answer.out.contains("does not fit the tag"), "{answer:?}");
}

#[test]
fn no_tag_but_releases_where_settings_say_so() {
    let repo = asking("only-release-tags = true\n");
    for name in ["nightly", "stable-2", "v1"] {
        repo.git(&["tag", name]);
    }
    repo.tag("v1.2.0");
    for name in ["nightly", "stable-2", "v1"] {
        let answer = repo.check(&["--tag", name]);
        assert_eq!((answer.code, answer.rules()), (1, vec!["tag-name".to_owned()]), "{name}: {answer:?}");
        let id = repo.git(&["rev-parse", name]);
        let line = format!("refs/tags/{name} {} refs/tags/{name} {}\n", id.trim(), "0".repeat(40));
        let answer = repo.run(RELGATE, &PUSH, &line);
        assert_eq!(answer.code, 1, "{name}: {answer:?}");
        assert!(answer.all().contains("names no release"), "{name}: {answer:?}");
        let deleted = format!("(delete) {} refs/tags/{name} {}\n", "0".repeat(40), id.trim());
        assert_eq!(repo.run(RELGATE, &PUSH, &deleted).code, 0, "{name} may be taken away");
    }
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).rules(), [""; 0]);
}

#[test]
fn without_that_setting_other_tags_are_nobodys_business() {
    let repo = Repo::consistent();
    repo.git(&["tag", "nightly"]);
    let id = repo.git(&["rev-parse", "nightly"]);
    let line = format!("refs/tags/nightly {} refs/tags/nightly {}\n", id.trim(), "0".repeat(40));
    let answer = repo.run(RELGATE, &PUSH, &line);
    assert_eq!((answer.code, answer.all()), (0, String::new()));
}

#[test]
fn a_checklist_is_done_before_the_tag() {
    let repo = asking("checklist = { path = \"docs/release.md\", headings = [\"Before the tag\"] }\n");
    let list = |done: &str| {
        format!("# Release\n\n## Before the tag\n\n- [x] Tests\n- [{done}] **Docs**\n\n## After\n\n- [ ] Tell\n")
    };
    repo.write("docs/release.md", list(" "));
    repo.commit("Write the list");
    let answer = repo.check(&["--tag", "v1.2.0"]);
    assert_eq!((answer.code, answer.rules()), (1, vec!["checklist-open".to_owned()]));
    let finding = &answer.json()["subjects"][0]["findings"][0];
    assert_eq!(finding["message"], "1 of 2 items of the release checklist is open: `Docs`");
    assert_eq!((&finding["path"], &finding["start"]["line"]), (&"docs/release.md".into(), &6.into()));
    assert_eq!(repo.check(&["--staged"]).rules(), [""; 0], "a plain commit needs no list");
    repo.write("docs/release.md", list("x"));
    repo.commit("Do it");
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).code, 0);
}

#[test]
fn a_changelog_that_settings_name_and_nobody_wrote_is_asked_for_by_its_name() {
    let repo = asking("changelog = \"docs/changes.md\"\n");
    let answer = repo.check(&["--tag", "v1.2.0"]);
    assert_eq!(answer.rules(), ["changelog-missing"]);
    assert!(answer.out.contains("write `docs/changes.md`") && !answer.out.contains("CHANGELOG.md"), "{answer:?}");
}
