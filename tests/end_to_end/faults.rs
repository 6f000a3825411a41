//! Broken and hostile repositories: a failure in bounded time, nothing run, nothing read that is outside.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::{Duration, Instant};

use crate::support::{Answer, Repo};

/// Runs the check and holds that it came to an end soon, and not to a pass.
fn refused(repo: &Repo, arguments: &[&str]) -> Answer {
    let start = Instant::now();
    let answer = repo.relgate(&[&["check", "--today", "2026-01-06"], arguments].concat());
    assert!(start.elapsed() < Duration::from_secs(10), "{arguments:?} took {:?}", start.elapsed());
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!((1..=4).contains(&answer.err.lines().count()), "{answer:?}");
    assert!(answer.err.starts_with("relgate: "), "{answer:?}");
    answer
}

fn object_path(repo: &Repo, name: &str) -> std::path::PathBuf {
    let id = repo.git(&["rev-parse", name]);
    let (folder, file) = id.trim().split_at(2);
    let path = repo.path.join(".git/objects").join(folder).join(file);
    let mut mode = fs::metadata(&path).unwrap().permissions();
    mode.set_mode(0o644);
    fs::set_permissions(&path, mode).unwrap();
    path
}

#[test]
fn an_object_cut_off_at_any_length() {
    for name in ["HEAD", "HEAD^{tree}", "HEAD:CHANGELOG.md", "v1.2.0"] {
        let repo = Repo::consistent();
        repo.tag("v1.2.0");
        let path = object_path(&repo, name);
        let whole = fs::read(&path).unwrap();
        for length in [0, 1, 2, 7, whole.len() / 2, whole.len() - 5, whole.len() - 1] {
            fs::write(&path, &whole[..length]).unwrap();
            refused(&repo, &["--tag", "v1.2.0"]);
        }
        fs::remove_file(&path).unwrap();
        refused(&repo, &["--tag", "v1.2.0"]);
        assert_eq!(repo.run("mkfifo", &[path.to_str().unwrap()], "").code, 0);
        refused(&repo, &["--tag", "v1.2.0"]);
    }
}

#[test]
fn a_pack_that_is_broken_or_cut_off() {
    for (extension, from_end) in [("pack", 30), ("idx", 100)] {
        let repo = Repo::consistent();
        repo.tag("v1.2.0");
        repo.git(&["repack", "-adq"]);
        let folder = fs::read_dir(repo.path.join(".git/objects/pack")).unwrap();
        let path =
            folder.map(|entry| entry.unwrap().path()).find(|path| path.extension().unwrap() == extension).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let length = fs::metadata(&path).unwrap().len();
        OpenOptions::new().write(true).open(&path).unwrap().set_len(length / 2 - from_end).unwrap();
        refused(&repo, &["--tag", "v1.2.0"]);
    }
}

/// A release that is some commits back on its branch, so that the history is asked for it.
fn released_a_while_ago() -> Repo {
    let repo = Repo::consistent();
    repo.write("relgate.toml", "branches = ['main']\n");
    repo.commit("Settings");
    repo.tag("v1.2.0");
    let commit = "commit refs/heads/main\ncommitter A <a@example.org> 1767225600 +0000\ndata 4\nMore\n";
    let commits = format!("{commit}from refs/heads/main^0\n{}", commit.repeat(299));
    assert_eq!(repo.run("git", &["fast-import", "--quiet"], &commits).code, 0);
    repo.git(&["repack", "-adq"]);
    repo
}

#[test]
fn nothing_is_waited_for_that_is_no_file() {
    let repo = released_a_while_ago();
    for path in [
        "HEAD",
        "config",
        "commondir",
        "packed-refs",
        "shallow",
        "info/grafts",
        "objects/info/alternates",
        "objects/info/commit-graph",
        "objects/info/commit-graphs/commit-graph-chain",
        "objects/pack/multi-pack-index",
        "objects/pack/pack-0000000000000000000000000000000000000000.idx",
    ] {
        let path = repo.path.join(".git").join(path);
        let before = fs::read(&path).ok();
        let _ = fs::remove_file(&path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let pack = path.with_extension("pack");
        fs::write(&pack, "").unwrap();
        assert_eq!(repo.run("mkfifo", &[path.to_str().unwrap()], "").code, 0);
        refused(&repo, &["--tag", "v1.2.0"]);
        fs::remove_file(&pack).unwrap();
        fs::remove_file(&path).unwrap();
        if let Some(before) = before {
            fs::write(&path, before).unwrap();
        }
    }
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).code, 0, "nothing stands in the way any longer");
    assert_eq!(repo.run("mkfifo", &["pipe"], "").code, 0);
    repo.git(&["config", "include.path", "../pipe"]);
    let answer = refused(&repo, &["--tag", "v1.2.0"]);
    assert!(answer.err.contains("pipe is no file but a pipe or a device, and git would wait for it"), "{answer:?}");
}

#[test]
fn nothing_without_bounds_is_read() {
    for path in ["HEAD", "config", "commondir", "shallow", "info/grafts", "objects/info/alternates", "refs/heads/main"]
    {
        let repo = released_a_while_ago();
        let path = repo.path.join(".git").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        // It takes no room on the disk.
        File::create(&path).unwrap().set_len(3 << 30).unwrap();
        let start = Instant::now();
        refused(&repo, &["--tag", "v1.2.0"]);
        assert!(start.elapsed() < Duration::from_secs(2), "{}", path.display());
    }
    let repo = released_a_while_ago();
    let many: String = (0..30_000).map(|number| format!("/nowhere/{number}\n")).collect();
    fs::write(repo.path.join(".git/objects/info/alternates"), many).unwrap();
    refused(&repo, &["--tag", "v1.2.0"]);
    fs::write(repo.path.join(".git/objects/info/alternates"), "/nowhere\n").unwrap();
    assert_eq!(repo.check(&["--tag", "v1.2.0"]).code, 0, "git passes over one that is not there");
}

#[test]
fn hooks_are_told_no_more_than_git_says() {
    let repo = Repo::consistent();
    for hook in [&["pre-push", "origin", "url"][..], &["pre-receive"], &["reference-transaction", "prepared"]] {
        let mut command = repo.command(crate::support::RELGATE);
        command.current_dir(&repo.path).arg("hook").args(hook).stdin(File::open("/dev/zero").unwrap());
        let answer = command.output().unwrap();
        let err = String::from_utf8(answer.stderr).unwrap();
        assert_eq!(answer.status.code(), Some(2), "{err}");
        assert!(err.contains("standard input has more than 268435456 bytes"), "{err}");
    }
    let answer = repo.run(crate::support::RELGATE, &["hook", "pre-push", "origin", "url"], &"a".repeat(1 << 20));
    assert_eq!(answer.code, 2);
    assert!(answer.err.len() < 2_100 && answer.err.ends_with("aaa ...\n"), "{} bytes", answer.err.len());
}

#[test]
fn an_index_that_is_none() {
    for content in
        [&b""[..], &[0; 300], b"DIRC\0\0\0\x02\xff\xff\xff\xff", b"DIRC\0\0\0\x09\0\0\0\x01aaaaaaaaaaaaaaaaaaaaaaaa"]
    {
        let repo = Repo::consistent();
        fs::write(repo.path.join(".git/index"), content).unwrap();
        refused(&repo, &["--staged"]);
    }
    let repo = Repo::consistent();
    let whole = fs::read(repo.path.join(".git/index")).unwrap();
    fs::write(repo.path.join(".git/index"), &whole[..whole.len() / 2]).unwrap();
    refused(&repo, &["--staged"]);
    let mut flipped = whole;
    flipped[60] ^= 1;
    fs::write(repo.path.join(".git/index"), flipped).unwrap();
    refused(&repo, &["--staged"]);
    fs::remove_file(repo.path.join(".git/index")).unwrap();
    fs::create_dir(repo.path.join(".git/index")).unwrap();
    refused(&repo, &["--staged"]);
    fs::remove_dir(repo.path.join(".git/index")).unwrap();
    assert_eq!(repo.run("mkfifo", &[".git/index"], "").code, 0);
    refused(&repo, &["--staged"]);
}

#[test]
fn locks_are_nobody_s_trouble() {
    let repo = Repo::consistent();
    for lock in ["index.lock", "HEAD.lock", "packed-refs.lock", "refs/heads/main.lock"] {
        fs::write(repo.path.join(".git").join(lock), "").unwrap();
    }
    assert_eq!(repo.check(&["--staged"]).code, 0);
    assert_eq!(repo.check(&["--rev", "HEAD"]).code, 0);
}

#[test]
fn refs_that_lead_nowhere() {
    let repo = Repo::consistent();
    let main = repo.path.join(".git/refs/heads/main");
    for content in ["", "garbage\n", "ref: refs/heads/main\n", "0000000000000000000000000000000000000000\n"] {
        fs::write(&main, content).unwrap();
        refused(&repo, &["--rev", "HEAD"]);
    }
    refused(&repo, &["--staged"]);
}

#[test]
fn files_of_gigabytes_are_not_read() {
    let repo = Repo::consistent();
    let file = File::create(repo.path.join("CHANGELOG.md")).unwrap();
    file.set_len(3 << 30).unwrap();
    assert!(refused(&repo, &["--worktree"]).err.contains("relgate reads no file of more than"));
}

#[test]
fn large_objects_are_refused_by_their_size() {
    let repo = Repo::consistent();
    File::create(repo.path.join("CHANGELOG.md")).unwrap().set_len(70 << 20).unwrap();
    repo.commit("Large");
    assert!(refused(&repo, &["--rev", "HEAD"]).err.contains("relgate reads no file of more than"));
    repo.git(&["repack", "-adq"]);
    assert!(refused(&repo, &["--rev", "HEAD"]).err.contains("relgate reads no file of more than"));
}

#[test]
fn links_in_the_middle_of_a_path_never_lead_out() {
    let repo = Repo::consistent();
    let outside = repo.home().join("outside/pkg");
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("__init__.py"), "__version__ = \"6.6.6\"\n").unwrap();
    fs::rename(repo.path.join("src"), repo.path.join("code")).unwrap();
    symlink("code", repo.path.join("src")).unwrap();
    repo.commit("Link it");
    for moment in [&["--worktree"][..], &["--staged"], &["--rev", "HEAD"]] {
        assert_eq!(repo.check(moment).code, 0, "{moment:?}");
    }
    for target in ["../outside", outside.parent().unwrap().to_str().unwrap()] {
        fs::remove_file(repo.path.join("src")).unwrap();
        symlink(target, repo.path.join("src")).unwrap();
        repo.commit("Link it out");
        for moment in [&["--worktree"][..], &["--staged"], &["--rev", "HEAD"]] {
            assert!(!repo.check(moment).all().contains("6.6.6"), "{moment:?}");
        }
    }
}

/// Nothing that the repository's settings or its `git` in the current folder name is run, however git is asked.
#[test]
fn hostile_settings_run_nothing() {
    let repo = Repo::consistent();
    repo.tag("v1.2.0");
    let trap = repo.home().join("trap.sh");
    let sprung = repo.home().join("sprung");
    fs::write(&trap, format!("#!/bin/sh\necho \"$0 $*\" >> {}\nexit 1\n", sprung.display())).unwrap();
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    fs::copy(&trap, repo.path.join("git")).unwrap();
    let trap = trap.to_str().unwrap();
    // So that git has to be asked for everything.
    repo.write("README.md", "one\n");
    repo.commit("Read me");
    repo.write("README.md", "two\n");
    let [one, two] = [["rev-parse", "HEAD:README.md"], ["hash-object", "README.md"]].map(|a| repo.git(&a));
    repo.commit("Read me again");
    repo.git(&["tag", "-f", "-a", "-m", "x", "v1.2.0"]);
    repo.git(&["replace", one.trim(), two.trim()]);
    repo.git(&["update-index", "--split-index"]);
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.sshCommand",
        "core.askPass",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "credential.helper",
        "diff.external",
        "diff.x.textconv",
        "diff.x.command",
        "filter.x.clean",
        "filter.x.smudge",
        "filter.x.process",
        "gpg.program",
        "pager.cat-file",
        "pager.ls-files",
        "pager.for-each-ref",
        "uploadpack.packObjectsHook",
        "alias.cat-file",
        "alias.ls-files",
        "remote.origin.uploadpack",
    ] {
        repo.git(&["config", key, trap]);
    }
    let hooks = repo.home().join("hooks");
    fs::create_dir(&hooks).unwrap();
    for hook in ["fsmonitor-watchman", "post-index-change", "reference-transaction", "pre-commit"] {
        fs::copy(trap, hooks.join(hook)).unwrap();
    }
    repo.git(&["config", "core.hooksPath", hooks.to_str().unwrap()]);
    fs::write(repo.path.join(".git/info/attributes"), "* filter=x diff=x\n").unwrap();
    let _ = fs::remove_file(&sprung);
    for arguments in [&["--staged"][..], &["--worktree"], &["--tag", "v1.2.0"], &["--rev", "main"]] {
        let answer = repo.check(arguments);
        assert_eq!(answer.code, 0, "{arguments:?}: {answer:?}");
    }
    let path = format!(".:{}", std::env::var("PATH").unwrap());
    let mut command = repo.command(crate::support::RELGATE);
    command.current_dir(&repo.path).env("PATH", path).args(["check", "--staged"]);
    assert_eq!(crate::support::run(&mut command, "").code, 0);
    assert!(!sprung.exists(), "{}", fs::read_to_string(&sprung).unwrap());
}

#[test]
fn without_git_the_usual_kinds_are_still_judged() {
    let repo = Repo::consistent();
    repo.tag("v1.2.0");
    let run = |arguments: &[&str]| {
        let mut command = repo.command(crate::support::RELGATE);
        command.current_dir(&repo.path).env("PATH", "/nowhere").args(["check"]).args(arguments);
        crate::support::run(&mut command, "")
    };
    for arguments in [&["--staged"][..], &["--worktree"], &["--tag", "v1.2.0"], &["--rev", "HEAD"]] {
        assert_eq!(run(arguments).code, 0, "{arguments:?}: {:?}", run(arguments));
    }
    repo.git(&["update-index", "--split-index"]);
    let answer = run(&["--staged"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.err.contains("there is no git on PATH"), "{answer:?}");
}

#[test]
fn a_commit_graph_spares_the_question_to_git() {
    let repo = released_a_while_ago();
    let judged = || {
        let mut command = repo.command(crate::support::RELGATE);
        command.current_dir(&repo.path).env("PATH", "/nowhere").args(["check", "--tag", "v1.2.0"]);
        crate::support::run(&mut command, "")
    };
    let without = judged();
    assert!(without.code == 2 && without.err.contains("there is no git on PATH"), "{without:?}");
    repo.git(&["commit-graph", "write", "--reachable"]);
    assert_eq!(judged().code, 0, "{:?}", judged());
    repo.git(&["config", "core.commitGraph", "false"]);
    assert_eq!(judged().code, 2, "what the settings forbid is not read");
}

#[test]
fn who_owns_a_repository_is_git_s_question() {
    let repo = Repo::consistent();
    let owner = repo.run("chown", &["-R", "12345", "."], "");
    if owner.code != 0 {
        crate::support::not_tested("only root can give a repository away");
        return;
    }
    let answer = refused(&repo, &["--staged"]);
    assert!(answer.err.contains("belongs to another user"), "{answer:?}");
    assert!(!answer.err.contains('*'), "{answer:?}");
    let trusting = |name: &str, value: &str| {
        let mut command = repo.command(crate::support::RELGATE);
        command.current_dir(&repo.path).args(["check", "--staged"]).env(name, value);
        crate::support::run(&mut command, "").code
    };
    let settings = repo.home().join("trusting");
    fs::write(&settings, format!("[safe]\n\tdirectory = {}\n", repo.path.display())).unwrap();
    assert_eq!(trusting("GIT_CONFIG_GLOBAL", settings.to_str().unwrap()), 0);
    assert_eq!(trusting("SUDO_UID", "12345"), 0);
    assert_eq!(trusting("SUDO_UID", "54321"), 2);
    assert_eq!(trusting("GIT_DIR", repo.path.join(".git").to_str().unwrap()), 0);
}
