//! `install`, `uninstall` and `doctor`, and the other tools that put hooks where relgate's are.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::frameworks::framework;
use crate::support::{Answer, Repo, run};
use crate::venv;

/// A project with a remote that has its branch, and a release tag that is wrong.
fn project() -> Repo {
    let repo = Repo::consistent();
    repo.add_remote();
    repo.git(&["push", "-q", "origin", "main"]);
    repo.git(&["tag", "v9.0.0"]);
    repo
}

/// Every file below a folder: its bytes, and who may execute it.
fn files(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, u32)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), (fs::read(&path).unwrap(), fs::metadata(&path).unwrap().permissions().mode()));
        }
    }
    found
}

fn done(answer: &Answer) {
    assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{answer:?}");
}

fn script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

/// In an environment in which the frameworks find their stores.
fn git(repo: &Repo, arguments: &[&str]) -> Answer {
    let mut command = repo.command("git");
    command.env("PRE_COMMIT_HOME", repo.home().join("pre-commit")).env("PREK_HOME", repo.home().join("prek"));
    run(command.current_dir(&repo.path).args(arguments), "")
}

/// Pushes the wrong tag, whose commit the remote has: the case that frameworks do not show.
fn tag_push_is_refused(repo: &Repo) {
    let answer = git(repo, &["push", "-q", "origin", "v9.0.0"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.all().contains("tag-version-mismatch"), "{answer:?}");
    assert_eq!(repo.git(&["ls-remote", "--tags", "origin"]), "");
}

fn blocked(repo: &Repo, arguments: &[&str], words: &[&str]) {
    let answer = repo.relgate(arguments);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!((1..=4).contains(&answer.err.lines().count()) && answer.err.starts_with("relgate: "), "{answer:?}");
    for word in words {
        assert!(answer.all().contains(word), "{word}: {answer:?}");
    }
}

#[test]
fn the_usual_hooks_are_installed_and_work() {
    let repo = project();
    done(&repo.relgate(&["install"]));
    tag_push_is_refused(&repo);
    repo.edit("pyproject.toml", "1.2.0", "1.3.0");
    assert_eq!(git(&repo, &["commit", "-q", "-a", "-m", "x"]).code, 1);
    repo.git(&["checkout", "-q", "-b", "topic", "HEAD"]);
    repo.git(&["commit", "-q", "-a", "--no-verify", "-m", "x"]);
    repo.git(&["checkout", "-q", "main"]);
    let merge = git(&repo, &["merge", "-q", "--no-ff", "-m", "x", "topic"]);
    assert!(merge.code != 0 && merge.all().contains("version-mismatch"), "{merge:?}");
    let doctor = repo.relgate(&["doctor"]);
    done(&doctor);
    for word in ["pre-commit: runs (.git/hooks/pre-commit)", "pre-merge-commit: runs", "pre-push: runs", "is guarded"] {
        assert!(doctor.out.contains(word), "{word}: {doctor:?}");
    }
}

#[test]
fn a_second_install_changes_nothing_and_uninstall_puts_back_what_was_there() {
    let repo = project();
    let before = files(&repo.path);
    done(&repo.relgate(&["install"]));
    let installed = files(&repo.path);
    assert_ne!(installed, before);
    done(&repo.relgate(&["install"]));
    assert_eq!(files(&repo.path), installed);
    done(&repo.relgate(&["uninstall"]));
    assert_eq!(files(&repo.path), before);
    done(&repo.relgate(&["uninstall"]));
    assert_eq!(files(&repo.path), before);
    let doctor = repo.relgate(&["doctor"]);
    assert_eq!(doctor.code, 0, "nobody asked for a hook: {doctor:?}");
    assert!(doctor.out.contains("is not guarded"), "{doctor:?}");
}

#[test]
fn other_hooks_are_installed_by_name() {
    let repo = project();
    repo.git(&["tag", "-d", "v9.0.0"]);
    done(&repo.relgate(&["install", "--hook", "reference-transaction", "--hook", "commit-msg"]));
    assert_eq!(repo.try_git(&["tag", "v9.0.0"]).code, 128);
    assert!(!repo.path.join(".git/hooks/pre-push").exists());
    assert_eq!(repo.relgate(&["install", "--hook", "post-commit"]).code, 2);
    done(&repo.relgate(&["uninstall"]));
    assert_eq!(repo.try_git(&["tag", "v9.0.0"]).code, 0);
}

#[test]
fn a_bare_repository_guards_what_it_receives() {
    let repo = project();
    let remote = repo.home().join("remote.git");
    let relgate =
        |arguments: &[&str]| run(repo.command(crate::support::RELGATE).current_dir(&remote).args(arguments), "");
    assert_eq!(relgate(&["install", "--hook", "pre-commit"]).code, 2);
    assert!(relgate(&["doctor"]).out.contains("is not guarded: relgate install --hook pre-receive"));
    for hook in ["pre-receive", "update"] {
        done(&relgate(&["install", "--hook", hook]));
        assert!(relgate(&["doctor"]).out.contains(&format!("is guarded: {hook} judges it")));
        let push = repo.try_git(&["push", "-q", "origin", "v9.0.0"]);
        assert!(
            push.code == 1 && push.err.contains("remote: ") && push.err.contains("tag-version-mismatch"),
            "{push:?}"
        );
        done(&relgate(&["uninstall"]));
    }
    done(&relgate(&["install"]));
    assert!(remote.join("hooks/pre-receive").exists() && !remote.join("hooks/pre-push").exists());
}

#[test]
fn linked_work_trees_share_the_hooks() {
    let repo = project();
    repo.git(&["worktree", "add", "-q", "../linked", "-b", "other"]);
    let linked = repo.home().join("linked");
    let relgate =
        |arguments: &[&str]| run(repo.command(crate::support::RELGATE).current_dir(&linked).args(arguments), "");
    done(&relgate(&["install"]));
    assert!(repo.path.join(".git/hooks/pre-push").exists());
    tag_push_is_refused(&repo);
    done(&relgate(&["doctor"]));
    done(&relgate(&["uninstall"]));
    assert!(!repo.path.join(".git/hooks/pre-push").exists());
}

#[test]
fn a_subfolder_and_a_path_with_blanks_and_quotes_are_understood() {
    let repo = project();
    let odd = repo.home().join("it's a \"folder\" $HOME");
    fs::create_dir(&odd).unwrap();
    let binary = odd.join("relgate");
    fs::copy(crate::support::RELGATE, &binary).unwrap();
    done(&run(repo.command(binary.to_str().unwrap()).current_dir(repo.path.join("src/pkg")).arg("install"), ""));
    let path = std::env::var("PATH").unwrap();
    let push = || {
        run(repo.command("git").current_dir(&repo.path).env("PATH", &path).args(["push", "-q", "origin", "v9.0.0"]), "")
    };
    let answer = push();
    assert!(answer.code == 1 && answer.all().contains("tag-version-mismatch"), "{answer:?}");
    // The binary has gone, and there is none on PATH.
    fs::remove_file(&binary).unwrap();
    let answer = push();
    assert_eq!((answer.code, answer.err.lines().filter(|line| line.contains("relgate")).count()), (1, 1), "{answer:?}");
    assert!(answer.err.contains("git push --no-verify goes on without it"), "{answer:?}");
    let mut doctor = repo.command(crate::support::RELGATE);
    let doctor = run(doctor.current_dir(&repo.path).env("PATH", &path).arg("doctor"), "");
    assert!(doctor.code == 1 && doctor.out.contains("pre-push: would not run: the relgate that"), "{doctor:?}");
    // With one on PATH the hook goes on.
    done(&repo.relgate(&["doctor"]));
    tag_push_is_refused(&repo);
}

#[test]
fn a_foreign_hook_is_never_overwritten() {
    let repo = project();
    let hook = repo.path.join(".git/hooks/pre-push");
    script(&hook, "#!/bin/sh\necho mine\n");
    blocked(
        &repo,
        &["install"],
        &["not installed: pre-push", ".git/hooks/pre-push is there", "relgate hook pre-push \"$@\""],
    );
    assert_eq!(fs::read_to_string(&hook).unwrap(), "#!/bin/sh\necho mine\n");
    assert!(repo.path.join(".git/hooks/pre-commit").exists(), "what could be done is done");
    let doctor = repo.relgate(&["doctor"]);
    assert!(doctor.code == 1 && doctor.out.contains("pre-push: would not run"), "{doctor:?}");
    // The line that it asked for is enough.
    script(&hook, "#!/bin/sh\nrelgate hook pre-push \"$@\" || exit $?\necho mine\n");
    done(&repo.relgate(&["install"]));
    done(&repo.relgate(&["doctor"]));
    tag_push_is_refused(&repo);
    done(&repo.relgate(&["uninstall"]));
    assert!(hook.exists());
}

#[test]
fn symbolic_links_are_not_followed() {
    let repo = project();
    let outside = repo.home().join("outside");
    fs::write(&outside, "#!/bin/sh\n").unwrap();
    symlink(&outside, repo.path.join(".git/hooks/pre-push")).unwrap();
    blocked(&repo, &["install"], &[".git/hooks/pre-push is a symbolic link"]);
    assert_eq!(fs::read_to_string(&outside).unwrap(), "#!/bin/sh\n");
    let folder = repo.home().join("folder");
    fs::rename(repo.path.join(".git/hooks"), &folder).unwrap();
    fs::remove_file(folder.join("pre-push")).unwrap();
    let before = files(&folder);
    symlink(&folder, repo.path.join(".git/hooks")).unwrap();
    blocked(&repo, &["install"], &[".git/hooks is a symbolic link"]);
    assert_eq!(files(&folder), before);
}

#[test]
fn our_own_script_that_was_changed_is_somebody_s_work() {
    let repo = project();
    done(&repo.relgate(&["install"]));
    let hook = repo.path.join(".git/hooks/pre-push");
    let text = fs::read_to_string(&hook).unwrap() + "echo mine\n";
    fs::write(&hook, &text).unwrap();
    blocked(&repo, &["install"], &["has been changed since"]);
    assert_eq!(repo.relgate(&["uninstall"]).code, 2);
    assert_eq!(fs::read_to_string(&hook).unwrap(), text);
}

#[test]
fn a_hook_that_lost_its_right_to_run_is_noticed_and_repaired() {
    let repo = project();
    done(&repo.relgate(&["install"]));
    let hook = repo.path.join(".git/hooks/pre-push");
    fs::set_permissions(&hook, PermissionsExt::from_mode(0o644)).unwrap();
    let doctor = repo.relgate(&["doctor"]);
    assert!(doctor.code == 1 && doctor.out.contains("is not executable"), "{doctor:?}");
    done(&repo.relgate(&["install"]));
    done(&repo.relgate(&["doctor"]));
    fs::remove_file(&hook).unwrap();
    let doctor = repo.relgate(&["doctor"]);
    assert!(doctor.code == 1 && doctor.out.contains("pre-push: would not run: nothing calls it"), "{doctor:?}");
    assert!(doctor.out.contains("a push of a tag alone is not guarded"), "{doctor:?}");
}

#[test]
fn a_folder_of_hooks_that_this_repository_names_is_used() {
    let repo = project();
    let folder = repo.home().join("hooks");
    for value in [folder.to_str().unwrap(), ".own-hooks"] {
        repo.git(&["config", "core.hooksPath", value]);
        done(&repo.relgate(&["install"]));
        assert!(repo.path.join(value).join("pre-push").exists() && !repo.path.join(".git/hooks/pre-push").exists());
        tag_push_is_refused(&repo);
        done(&repo.relgate(&["doctor"]));
        done(&repo.relgate(&["uninstall"]));
        assert!(!repo.path.join(value).join("pre-push").exists());
    }
}

#[test]
fn a_folder_of_hooks_that_is_part_of_the_project_is_left_to_its_people() {
    let repo = project();
    script(&repo.path.join(".githooks/post-merge"), "#!/bin/sh\n");
    repo.commit("Hooks");
    repo.git(&["config", "core.hooksPath", ".githooks"]);
    blocked(
        &repo,
        &["install"],
        &[".githooks is part of the project", ".githooks/pre-push", "relgate hook pre-push \"$@\""],
    );
    assert!(!repo.path.join(".githooks/pre-push").exists());
    assert_eq!(repo.relgate(&["doctor"]).code, 1);
    for hook in ["pre-commit", "pre-merge-commit", "pre-push"] {
        script(&repo.path.join(".githooks").join(hook), &format!("#!/bin/sh\nrelgate hook {hook} \"$@\" || exit $?\n"));
    }
    done(&repo.relgate(&["install"]));
    done(&repo.relgate(&["doctor"]));
    tag_push_is_refused(&repo);
}

#[test]
fn a_folder_that_all_repositories_share_is_never_written_to() {
    let repo = project();
    let folder = repo.home().join("shared");
    fs::create_dir(&folder).unwrap();
    let settings = repo.home().join("gitconfig");
    fs::write(&settings, format!("[core]\n\thooksPath = {}\n", folder.display())).unwrap();
    let relgate = |arguments: &[&str]| {
        let mut command = repo.command(crate::support::RELGATE);
        run(command.current_dir(&repo.path).env("GIT_CONFIG_GLOBAL", &settings).args(arguments), "")
    };
    done(&repo.relgate(&["install"]));
    let doctor = relgate(&["doctor"]);
    assert!(doctor.code == 1 && doctor.out.contains("core.hooksPath makes git look"), "{doctor:?}");
    let answer = relgate(&["install"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.all().contains("in your global settings") && answer.all().contains("core.hooksPath"), "{answer:?}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    // A line of its owner's there counts.
    script(&folder.join("pre-push"), "#!/bin/sh\nrelgate hook pre-push \"$@\"\n");
    done(&relgate(&["install", "--hook", "pre-push"]));
    assert!(relgate(&["doctor"]).out.contains("a push of a tag alone is guarded"));
}

/// A git that says it is of another version: this machine's calls no hooks from its settings.
fn git_of_version(repo: &Repo, version: &str) -> PathBuf {
    let real = repo.run("sh", &["-c", "command -v git"], "").out;
    let folder = repo.home().join(format!("git-{version}"));
    let text = format!(
        "#!/bin/sh\ncase \" $* \" in *\" version \"*) echo git version {version}; exit ;; esac\nexec {} \"$@\"\n",
        real.trim()
    );
    script(&folder.join("git"), &text);
    folder
}

#[test]
fn a_git_that_calls_hooks_from_its_settings_is_given_one_where_there_is_no_room() {
    let repo = project();
    script(&repo.path.join(".git/hooks/pre-push"), "#!/bin/sh\necho mine\n");
    let before = files(&repo.path);
    let new = git_of_version(&repo, "2.54.0");
    let relgate = |arguments: &[&str]| {
        let path = format!("{}:{}", new.display(), std::env::var("PATH").unwrap());
        run(repo.command(crate::support::RELGATE).current_dir(&repo.path).env("PATH", path).args(arguments), "")
    };
    done(&relgate(&["install", "--hook", "pre-push"]));
    let installed = files(&repo.path);
    done(&relgate(&["install", "--hook", "pre-push"]));
    assert_eq!(files(&repo.path), installed);
    assert_eq!(repo.git(&["config", "--local", "hook.relgate-pre-push.event"]), "pre-push\n");
    done(&relgate(&["doctor"]));
    // What git would run is a command of sh.
    let command = repo.git(&["config", "--local", "hook.relgate-pre-push.command"]);
    let zero = "0".repeat(40);
    let head = repo.git(&["rev-parse", "HEAD"]);
    let input = format!("refs/tags/v9.0.0 {} refs/tags/v9.0.0 {zero}\n", head.trim());
    let answer = repo.run("sh", &["-c", &format!("{} \"$@\"", command.trim()), "x", "origin", "url"], &input);
    assert!(answer.code == 1 && answer.out.contains("tag-version-mismatch"), "{answer:?}");
    // The git of this machine would not.
    let old = repo.relgate(&["doctor"]);
    assert!(old.code == 1 && old.out.contains("calls no hooks from there"), "{old:?}");
    done(&relgate(&["uninstall"]));
    assert_eq!(files(&repo.path), before);
}

fn lives_beside(program: &str) {
    let repo = project();
    let config = "repos:\n  - repo: local\n    hooks:\n      - {id: x, name: theirs, language: system, entry: 'true', \
                  always_run: true, stages: [pre-commit, pre-push]}\n";
    repo.write(".pre-commit-config.yaml", config);
    repo.commit("Guard");
    repo.git(&["push", "-q", "origin", "main"]);
    let theirs = || {
        let answer = framework(&repo, program, &["install", "-t", "pre-commit", "-t", "pre-push"]);
        assert_eq!(answer.code, 0, "{answer:?}");
    };
    theirs();
    let shim = repo.read(".git/hooks/pre-push");
    // Alone it does not see the tag.
    assert_eq!(git(&repo, &["push", "-q", "--dry-run", "origin", "v9.0.0"]).code, 0);

    done(&repo.relgate(&["install"]));
    assert_eq!(repo.read(".git/hooks/pre-push"), shim, "theirs stays where it is");
    assert!(repo.path.join(".git/hooks/pre-push.legacy").exists());
    tag_push_is_refused(&repo);
    done(&repo.relgate(&["doctor"]));
    let installed = files(&repo.path.join(".git/hooks"));
    done(&repo.relgate(&["install"]));
    assert_eq!(files(&repo.path.join(".git/hooks")), installed);

    // They are installed again, and nothing is lost.
    theirs();
    tag_push_is_refused(&repo);
    repo.write("README.md", "x");
    repo.stage();
    let commit = git(&repo, &["commit", "-q", "-m", "x"]);
    assert!(commit.code == 0 && commit.all().contains("theirs"), "both run: {commit:?}");
    let branch = git(&repo, &["push", "-q", "origin", "main"]);
    assert!(branch.code == 0 && branch.all().contains("theirs"), "{branch:?}");

    // By force they throw ours away, and `doctor` says so.
    let force = framework(&repo, program, &["install", "-f", "-t", "pre-push"]);
    assert_eq!(force.code, 0, "{force:?}");
    let doctor = repo.relgate(&["doctor"]);
    assert!(doctor.code == 1 && doctor.out.contains("pre-push: would not run"), "{doctor:?}");
    done(&repo.relgate(&["install"]));
    tag_push_is_refused(&repo);
    done(&repo.relgate(&["uninstall"]));
    assert_eq!(repo.read(".git/hooks/pre-push"), shim);
    assert!(!repo.path.join(".git/hooks/pre-push.legacy").exists());
}

#[test]
fn it_lives_beside_pre_commit() {
    lives_beside("pre-commit");
}

#[test]
fn it_lives_beside_prek() {
    lives_beside("prek");
}

#[test]
fn pre_commit_that_comes_later_keeps_it() {
    let repo = project();
    done(&repo.relgate(&["install"]));
    repo.write(".pre-commit-config.yaml", "repos: []\n");
    repo.commit("Guard");
    for _ in 0..2 {
        assert_eq!(framework(&repo, "pre-commit", &["install", "-t", "pre-push"]).code, 0);
        tag_push_is_refused(&repo);
        done(&repo.relgate(&["doctor"]));
        done(&repo.relgate(&["install"]));
    }
    assert_eq!(framework(&repo, "pre-commit", &["uninstall", "-t", "pre-push"]).code, 0);
    tag_push_is_refused(&repo);
}

#[test]
fn a_legacy_hook_of_somebody_else_s_is_not_overwritten() {
    let repo = project();
    script(&repo.path.join(".git/hooks/pre-push"), "#!/bin/sh\necho mine\n");
    repo.write(".pre-commit-config.yaml", "repos: []\n");
    assert_eq!(framework(&repo, "pre-commit", &["install", "-t", "pre-push"]).code, 0);
    blocked(&repo, &["install", "--hook", "pre-push"], &[".git/hooks/pre-push.legacy", "relgate hook pre-push \"$@\""]);
    assert_eq!(repo.read(".git/hooks/pre-push.legacy"), "#!/bin/sh\necho mine\n");
}

#[test]
fn lefthook_is_told_the_stanza_that_sees_tags() {
    let repo = project();
    let lefthook = |arguments: &[&str]| {
        let program = venv::programs().join("lefthook");
        let answer = run(repo.command(program.to_str().unwrap()).current_dir(&repo.path).args(arguments), "");
        assert_eq!(answer.code, 0, "{answer:?}");
    };
    repo.git(&["branch", "-q", "--set-upstream-to=origin/main"]);
    // The line that comes to mind is not run for a tag alone.
    repo.write("lefthook.yml", "pre-push:\n  jobs:\n    - run: relgate hook pre-push {1} {2}\n      use_stdin: true\n");
    lefthook(&["install"]);
    let path = venv::programs();
    let push = || {
        let path = format!("{}:{}", path.display(), std::env::var("PATH").unwrap());
        let own = Path::new(crate::support::RELGATE).parent().unwrap().display().to_string();
        let mut command = repo.command("git");
        run(
            command.current_dir(&repo.path).env("PATH", format!("{own}:{path}")).args([
                "push",
                "origin",
                "v9.0.0",
                "--dry-run",
            ]),
            "",
        )
    };
    assert_eq!(push().code, 0);
    let told = repo.relgate(&["install", "--hook", "pre-push"]);
    assert!(told.code == 2 && told.out.contains(".git/hooks/pre-push is lefthook's"), "{told:?}");
    let doctor = repo.relgate(&["doctor"]);
    assert!(doctor.code == 1 && doctor.out.contains("runs, but not for a tag that is pushed alone"), "{doctor:?}");

    // The stanza, word for word as it was told.
    let lines: Vec<&str> = told.out.lines().skip(1).map(|line| line.strip_prefix("    ").unwrap()).collect();
    let at = |start: &str| lines.iter().position(|line| line.starts_with(start)).unwrap();
    let (settings, file) =
        (at("put this into lefthook.yml:"), at("and these lines into .lefthook/pre-push/relgate.sh:"));
    repo.write("lefthook.yml", lines[settings + 1..file].join("\n") + "\n");
    script(&repo.path.join(".lefthook/pre-push/relgate.sh"), &(lines[file + 1..].join("\n") + "\n"));
    lefthook(&["install"]);
    let refused = push();
    assert!(refused.code == 1 && refused.all().contains("tag-version-mismatch"), "{refused:?}");
    done(&repo.relgate(&["doctor"]));
    done(&repo.relgate(&["install", "--hook", "pre-push"]));
}

#[test]
fn lefthook_that_comes_later_is_noticed() {
    let repo = project();
    done(&repo.relgate(&["install"]));
    repo.write("lefthook.yml", "pre-push:\n  jobs:\n    - run: 'true'\n");
    let program = venv::programs().join("lefthook");
    assert_eq!(run(repo.command(program.to_str().unwrap()).current_dir(&repo.path).arg("install"), "").code, 0);
    let doctor = repo.relgate(&["doctor"]);
    assert!(doctor.code == 1 && doctor.out.contains("pre-push: would not run: lefthook has its place"), "{doctor:?}");
}

#[test]
fn husky_is_told_its_line() {
    // As `husky` 9 leaves a repository behind.
    let repo = project();
    repo.git(&["config", "core.hooksPath", ".husky/_"]);
    repo.write(".husky/_/.gitignore", "*");
    let stub = "#!/usr/bin/env sh\nsh -e \"$(dirname \"$(dirname \"$0\")\")/$(basename \"$0\")\" \"$@\"\n";
    for hook in ["pre-commit", "pre-merge-commit", "pre-push"] {
        script(&repo.path.join(".husky/_").join(hook), stub);
    }
    blocked(&repo, &["install"], &["husky keeps the hooks", ".husky/pre-push", "relgate hook pre-push \"$@\""]);
    let doctor = repo.relgate(&["doctor"]);
    assert!(doctor.code == 1 && doctor.out.contains("pre-push: would not run"), "{doctor:?}");
    for (hook, arguments) in [("pre-commit", ""), ("pre-merge-commit", ""), ("pre-push", " \"$@\"")] {
        repo.write(&format!(".husky/{hook}"), format!("relgate hook {hook}{arguments}\n"));
    }
    done(&repo.relgate(&["install"]));
    done(&repo.relgate(&["doctor"]));
    tag_push_is_refused(&repo);
    // A new work tree has the project's lines, and nothing that calls them before husky has been run there.
    fs::remove_dir_all(repo.path.join(".husky/_")).unwrap();
    blocked(&repo, &["install"], &[".husky/_/pre-push is missing", "run husky in this work tree"]);
}

#[test]
fn doctor_says_where_merges_pass_by() {
    let repo = project();
    done(&repo.relgate(&["install", "--hook", "pre-commit"]));
    let unjudged = "a merge is not judged: relgate install --hook pre-merge-commit";
    let doctor = repo.relgate(&["doctor"]);
    assert!(doctor.code == 0 && doctor.out.contains(unjudged), "{doctor:?}");
    done(&repo.relgate(&["install", "--hook", "pre-merge-commit"]));
    let doctor = repo.relgate(&["doctor"]);
    assert!(doctor.code == 0 && !doctor.out.contains("merge is not judged"), "{doctor:?}");
    // Who judges no commits has not asked for merges either.
    done(&repo.relgate(&["uninstall"]));
    done(&repo.relgate(&["install", "--hook", "pre-push"]));
    assert!(!repo.relgate(&["doctor"]).out.contains("merge"));
}

#[test]
fn where_there_is_no_repository_nothing_is_installed() {
    let folder = Repo::bare_home();
    for command in ["install", "uninstall", "doctor"] {
        let answer = folder.relgate(&[command]);
        assert!(answer.code == 2 && answer.err.starts_with("relgate: no git repository at "), "{answer:?}");
    }
}
