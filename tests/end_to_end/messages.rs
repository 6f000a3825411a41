//! The message of a commit that changes the version, where settings ask for it.

use crate::support::{RELGATE, Repo};

fn guarded(settings: &str) -> Repo {
    let repo = Repo::consistent();
    repo.write("relgate.toml", settings);
    repo.commit("Settings");
    repo.install_hook("commit-msg");
    repo
}

fn bump(repo: &Repo, from: &str, to: &str) {
    repo.edit("pyproject.toml", from, to);
    repo.edit("src/pkg/__init__.py", from, to);
    repo.stage();
}

#[test]
fn a_commit_that_changes_the_version_says_so() {
    let repo = guarded("commit-message = 'Release {version}'\n");
    bump(&repo, "1.2.0", "1.3.0");
    for message in ["Fix a typo", "Release 1.2.0", "Release 11.3.0", "Release 1.3.01", "x\n\nRelease 1.3.0"] {
        let answer = repo.try_git(&["commit", "-q", "-m", message]);
        assert_eq!(answer.code, 1, "{message}: {answer:?}");
        let told = answer.all();
        assert!(told.contains("commit-message") && told.contains("COMMIT_EDITMSG:1:1"), "{message}: {told}");
        assert!(told.contains("`Release 1.3.0`") && told.contains("1.3.0"), "{message}: {told}");
    }
    assert_eq!(repo.try_git(&["commit", "-q", "-m", "chore: Release 1.3 (#7)"]).all(), "");
    repo.write("README.md", "x");
    repo.stage();
    assert_eq!(repo.try_git(&["commit", "-q", "-m", "Fix a typo"]).all(), "", "nothing changed");
}

#[test]
fn without_the_setting_a_message_says_what_it_likes() {
    let repo = guarded("tag = 'v{version}'\n");
    bump(&repo, "1.2.0", "1.3.0");
    repo.edit("src/pkg/__init__.py", "1.3.0", "1.1.1");
    repo.stage();
    let answer = repo.try_git(&["commit", "-q", "-m", "x"]);
    assert_eq!((answer.code, answer.all().as_str()), (0, ""), "all else was judged before there was a message");
}

#[test]
fn a_merge_need_not_repeat_it() {
    let repo = guarded("commit-message = 'Release {version}'\n");
    repo.git(&["checkout", "-q", "-b", "release"]);
    bump(&repo, "1.2.0", "1.3.0");
    repo.git(&["commit", "-q", "-m", "Release 1.3.0"]);
    repo.git(&["checkout", "-q", "main"]);
    repo.write("README.md", "x");
    repo.commit("Other");
    let answer = repo.try_git(&["merge", "-q", "--no-ff", "-m", "Merge the branch", "release"]);
    assert_eq!((answer.code, answer.all().as_str()), (0, ""));
}

#[test]
fn comments_and_empty_lines_are_no_message() {
    let repo = guarded("commit-message = 'Release {version}'\n");
    bump(&repo, "1.2.0", "1.3.0");
    for (text, code) in [("\n# Release 1.3.0\nFix\n", 1), ("\n# x\n\nRelease 1.3.0\n", 0), ("# x\n", 0), ("", 0)] {
        repo.write("message", text);
        let answer = repo.run(RELGATE, &["hook", "commit-msg", "message"], "");
        assert_eq!(answer.code, code, "{text:?}: {answer:?}");
    }
    let answer = repo.run(RELGATE, &["hook", "commit-msg", "nowhere"], "");
    assert_eq!(answer.code, 2, "{answer:?}");
    assert!(answer.err.starts_with("relgate: the commit's message nowhere cannot be read"), "{answer:?}");
}

#[test]
fn the_setting_is_one_line_with_a_version() {
    let repo = Repo::consistent();
    for wrong in ["'Release'", "'{version} {version}'", "7", "\"\"\"\n{version}\n\n\"\"\""] {
        repo.write("relgate.toml", format!("commit-message = {wrong}\n"));
        let answer = repo.relgate(&["check"]);
        assert!(
            answer.code == 2 && answer.err.starts_with("relgate: relgate.toml:1:18: `commit-message` is"),
            "{answer:?}"
        );
    }
}
