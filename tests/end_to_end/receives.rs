//! A bare repository that receives: its own policy, all refs of a push together, objects that are still in quarantine.

use std::fs;
use std::path::PathBuf;

use crate::support::{Answer, RELGATE, Repo};

/// A repository and its guarded remote, which has the branch.
fn served(hook: &str) -> (Repo, PathBuf) {
    let repo = Repo::consistent();
    let remote = repo.add_remote();
    repo.git(&["push", "-q", "origin", "main"]);
    guard(&remote, hook, "");
    (repo, remote)
}

fn guard(remote: &std::path::Path, hook: &str, arguments: &str) {
    let shim = fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks").join(hook)).unwrap();
    let call = format!("hook {hook}");
    assert!(shim.contains(&call));
    let path = remote.join("hooks").join(hook);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, shim.replace(&call, &format!("{call} {arguments}"))).unwrap();
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(path, executable).unwrap();
}

fn refused(answer: &Answer, rule: &str) {
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.err.contains("remote: ") && answer.err.contains(rule), "{rule}: {answer:?}");
}

#[test]
fn what_is_in_quarantine_is_judged() {
    for hook in ["pre-receive", "update"] {
        for limit in ["1", "100"] {
            let (repo, remote) = served(hook);
            repo.git(&["--git-dir", remote.to_str().unwrap(), "config", "receive.unpackLimit", limit]);
            repo.edit("pyproject.toml", "1.2.0", "1.3.0");
            repo.commit("Half a bump");
            repo.tag("v1.3.0");
            repo.git(&["tag", "v1.2.0", "HEAD^"]);
            let before = repo.git(&["ls-remote", "origin"]);
            // A client's --no-verify does not reach the server.
            refused(
                &repo.try_git(&["push", "-q", "--no-verify", "--atomic", "origin", "main", "v1.3.0"]),
                "tag-version-mismatch",
            );
            assert_eq!(repo.git(&["ls-remote", "origin"]), before, "{hook}");
            let good = repo.try_git(&["push", "-q", "origin", "main", "v1.2.0"]);
            assert_eq!((good.code, good.all().as_str()), (0, ""), "{hook}");
        }
    }
}

#[test]
fn one_bad_tag_refuses_the_whole_push() {
    let (repo, _) = served("pre-receive");
    repo.tag("v1.2.0");
    repo.tag("v1.2.1");
    let answer = repo.try_git(&["push", "-q", "origin", "v1.2.0", "v1.2.1"]);
    refused(&answer, "tag-version-mismatch");
    assert!(answer.err.contains("refused: v1.2.1") && !answer.err.contains("refused: v1.2.0"), "{answer:?}");
    assert_eq!(repo.git(&["ls-remote", "--tags", "origin"]), "");
}

#[test]
fn tags_of_one_push_know_of_each_other() {
    let (repo, _) = served("pre-receive");
    for name in ["v1", "v1.2", "v1.2.0"] {
        repo.tag(name);
    }
    // Alone it would be the release 1, which is declared nowhere.
    refused(&repo.try_git(&["push", "-q", "origin", "v1"]), "tag-version-mismatch");
    let answer = repo.try_git(&["push", "-q", "origin", "v1", "v1.2", "v1.2.0"]);
    assert_eq!(answer.code, 0, "{answer:?}");
}

#[test]
fn the_policy_is_the_server_s() {
    let (repo, _) = served("pre-receive");
    repo.edit("src/pkg/__init__.py", "1.2.0", "1.1.9");
    repo.write("relgate.toml", "rules.version-mismatch = 'off'\nrules.tag-version-mismatch = 'off'\n");
    repo.commit("Judge me not");
    repo.tag("v1.2.0");
    refused(&repo.try_git(&["push", "-q", "origin", "v1.2.0"]), "tag-version-mismatch");
    refused(&repo.try_git(&["push", "-q", "origin", "main", "v1.2.0"]), "tag-version-mismatch");
    // What the default branch says, the next push is judged by.
    repo.git(&["push", "-q", "origin", "main"]);
    assert_eq!(repo.try_git(&["push", "-q", "origin", "v1.2.0"]).code, 0);
}

#[test]
fn a_policy_file_of_the_server_s_beats_every_branch() {
    let (repo, remote) = served("pre-receive");
    repo.tag("v1.3.0");
    fs::write(remote.join("policy.toml"), "rules.tag-version-mismatch = 'off'\nchangelog = false\n").unwrap();
    refused(&repo.try_git(&["push", "-q", "origin", "v1.3.0"]), "tag-version-mismatch");
    for hook in ["pre-receive", "update"] {
        guard(&remote, hook, "--policy policy.toml");
    }
    assert_eq!(repo.try_git(&["push", "-q", "origin", "v1.3.0"]).code, 0);
    repo.tag("v1.4.0");
    fs::write(remote.join("policy.toml"), "rules.tag-version-mismach = 'off'\n").unwrap();
    let answer = repo.try_git(&["push", "-q", "origin", "v1.4.0"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.err.contains("policy.toml:1:7: there is no rule `tag-version-mismach`"), "{answer:?}");
    fs::remove_file(remote.join("policy.toml")).unwrap();
    let answer = repo.try_git(&["push", "-q", "origin", "v1.4.0"]);
    assert!(answer.code == 1 && answer.err.contains("the policy file policy.toml cannot be read"), "{answer:?}");
}

#[test]
fn check_takes_a_policy_file_too() {
    let repo = Repo::consistent();
    repo.write("relgate.toml", "rules.tag-version-mismatch = 'off'\n");
    repo.write("../policy.toml", "changelog = false\n");
    repo.commit("Judge me not");
    assert!(!repo.check(&["--tag", "v7.0.0"]).rules().contains(&"tag-version-mismatch".to_owned()));
    let strict = repo.check(&["--tag", "v7.0.0", "--policy", "../policy.toml"]);
    assert!(strict.rules().contains(&"tag-version-mismatch".to_owned()), "{strict:?}");
    assert!(strict.json()["subjects"][0]["changelog"].is_null(), "{strict:?}");
}

#[test]
fn a_release_tag_is_neither_moved_nor_deleted_on_the_server() {
    for hook in ["pre-receive", "update"] {
        let (repo, remote) = served(hook);
        repo.tag("v1.2.0");
        repo.tag("nightly-1");
        repo.git(&["push", "-q", "origin", "v1.2.0", "nightly-1"]);
        repo.commit("More");
        for name in ["v1.2.0", "nightly-1"] {
            repo.git(&["tag", "-f", "-a", "-m", "x", name]);
        }
        refused(&repo.try_git(&["push", "-q", "-f", "origin", "v1.2.0"]), "tag-moved");
        refused(&repo.try_git(&["push", "-q", "origin", ":refs/tags/v1.2.0"]), "tag-deleted");
        assert_eq!(repo.try_git(&["push", "-q", "-f", "origin", "nightly-1"]).code, 0);
        assert_eq!(repo.try_git(&["push", "-q", "origin", ":refs/tags/nightly-1"]).code, 0);
        fs::write(remote.join("policy.toml"), "rules = { tag-moved = 'off', tag-deleted = 'warn' }\n").unwrap();
        guard(&remote, hook, "--policy policy.toml");
        assert_eq!(repo.try_git(&["push", "-q", "-f", "origin", "v1.2.0"]).code, 0);
        let answer = repo.try_git(&["push", "-q", "origin", ":refs/tags/v1.2.0"]);
        assert!(answer.code == 0 && answer.err.contains("tag-deleted"), "a warning is told: {answer:?}");
    }
}

#[test]
fn the_first_push_to_an_empty_server_is_judged_by_the_defaults() {
    let repo = Repo::consistent();
    guard(&repo.add_remote(), "pre-receive", "");
    repo.tag("v1.2.0");
    repo.tag("v1.3.0");
    refused(&repo.try_git(&["push", "-q", "origin", "main", "v1.2.0", "v1.3.0"]), "tag-version-mismatch");
    let answer = repo.try_git(&["push", "-q", "origin", "main", "v1.2.0"]);
    assert_eq!((answer.code, answer.all().as_str()), (0, ""));
}

#[test]
fn input_that_no_git_writes_is_a_failure() {
    let repo = Repo::consistent();
    assert_eq!(repo.run(RELGATE, &["hook", "pre-receive"], "nonsense\n").code, 2);
    assert_eq!(repo.run(RELGATE, &["hook", "pre-receive"], "").code, 0);
    assert_eq!(repo.relgate(&["hook", "update", "refs/tags/v1.2.0"]).code, 2);
    let one = "1".repeat(40);
    assert_eq!(repo.relgate(&["hook", "update", "refs/heads/v1.2.0", &one, &one]).code, 0);
    assert_eq!(repo.relgate(&["hook", "update", "refs/tags/v1.2.0", &one, &one]).code, 2, "the object is missing");
}
