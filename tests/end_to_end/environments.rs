//! What git's variables and filters make of a repository: relgate sees what git sees.

use std::fs;
use std::path::Path;

use crate::support::{Answer, RELGATE, Repo, run};

/// relgate in `folder`, with these variables.
fn with(repo: &Repo, folder: &Path, variables: &[(&str, &Path)], arguments: &[&str]) -> Answer {
    let mut command = repo.command(RELGATE);
    command.current_dir(folder).args(arguments);
    for (name, value) in variables {
        command.env(name, value);
    }
    run(&mut command, "")
}

/// A consistent release, tagged, with a fault that is staged in an index of its own.
fn released() -> Repo {
    let repo = Repo::consistent();
    repo.tag("v1.2.0");
    fs::copy(repo.path.join(".git/index"), repo.home().join("usual-index")).unwrap();
    repo.edit("src/pkg/__init__.py", "1.2.0", "1.1.9");
    repo.stage();
    fs::rename(repo.path.join(".git/index"), repo.home().join("other-index")).unwrap();
    fs::rename(repo.home().join("usual-index"), repo.path.join(".git/index")).unwrap();
    repo.edit("src/pkg/__init__.py", "1.1.9", "1.2.0");
    repo
}

#[test]
fn the_repository_and_the_index_that_variables_name() {
    let repo = released();
    let (git, index) = (repo.path.join(".git"), repo.home().join("other-index"));
    let named = [("GIT_DIR", git.as_path()), ("GIT_WORK_TREE", repo.path.as_path())];
    let checked = |variables: &[(&str, &Path)], moment: &[&str]| {
        let answer = with(&repo, repo.home(), variables, &[&["check", "--format", "json"], moment].concat());
        (answer.code, answer.rules())
    };
    assert_eq!(with(&repo, repo.home(), &[], &["check"]).code, 2, "there is no repository here");
    for moment in [&["--staged"][..], &["--worktree"], &["--tag", "v1.2.0"]] {
        assert_eq!(checked(&named, moment), (0, vec![]), "{moment:?}");
    }
    let other = [named[0], named[1], ("GIT_INDEX_FILE", index.as_path())];
    assert_eq!(checked(&other, &["--staged"]), (1, vec!["version-mismatch".to_owned()]));
    assert_eq!(checked(&other, &["--tag", "v1.2.0"]), (0, vec![]));
}

#[test]
fn a_namespace_hides_no_tag() {
    let repo = released();
    let namespace = [("GIT_NAMESPACE", Path::new("one"))];
    assert_eq!(with(&repo, &repo.path, &namespace, &["check", "--tag", "v1.2.0"]).code, 0);
    let absent = with(&repo, &repo.path, &namespace, &["check", "--tag", "v1.1.0", "--format", "json"]);
    assert_eq!(absent.code, 1, "a tag to come, as without a namespace: {absent:?}");
}

#[test]
fn the_common_folder_of_a_linked_work_tree() {
    let repo = released();
    let linked = repo.home().join("linked");
    repo.git(&["worktree", "add", "-q", linked.to_str().unwrap(), "HEAD"]);
    let (own, common) = (repo.path.join(".git/worktrees/linked"), repo.path.join(".git"));
    for common in [common.clone(), common.join("")] {
        let variables = [("GIT_DIR", own.as_path()), ("GIT_COMMON_DIR", &common), ("GIT_WORK_TREE", &linked)];
        for moment in [&["--staged"][..], &["--tag", "v1.2.0"]] {
            let answer = with(&repo, &linked, &variables, &[&["check"], moment].concat());
            assert_eq!(answer.code, 0, "{moment:?}: {answer:?}");
        }
    }
}

#[test]
fn objects_that_variables_lend() {
    let repo = released();
    let (objects, lent) = (repo.home().join("objects"), repo.path.join(".git/objects"));
    fs::rename(&lent, repo.home().join("lent")).unwrap();
    for empty in [&objects, &lent] {
        fs::create_dir_all(empty.join("info")).unwrap();
        fs::create_dir_all(empty.join("pack")).unwrap();
    }
    let lent = repo.home().join("lent");
    let checked = |variables: &[(&str, &Path)]| with(&repo, &repo.path, variables, &["check", "--tag", "v1.2.0"]).code;
    assert_eq!(checked(&[]), 2, "the objects are elsewhere");
    assert_eq!(checked(&[("GIT_ALTERNATE_OBJECT_DIRECTORIES", &lent)]), 0);
    assert_eq!(checked(&[("GIT_OBJECT_DIRECTORY", &lent)]), 0);
    assert_eq!(checked(&[("GIT_OBJECT_DIRECTORY", &objects), ("GIT_ALTERNATE_OBJECT_DIRECTORIES", &lent)]), 0);
}

#[test]
fn line_ends_and_encodings_of_the_work_tree_are_filters_alone() {
    let repo = Repo::consistent();
    let attributes = "*.toml text eol=crlf\n*.py ident text eol=crlf\n*.md text working-tree-encoding=UTF-16LE-BOM\n";
    repo.write(".gitattributes", attributes);
    repo.stage();
    repo.commit("Filter");
    repo.git(&["rm", "-q", "-r", "--cached", "."]);
    repo.git(&["reset", "-q", "--hard"]);
    assert!(repo.read("pyproject.toml").contains("\r\n"), "git has filtered");
    assert!(fs::read(repo.path.join("CHANGELOG.md")).unwrap().starts_with(b"\xff\xfe"), "git has encoded");
    for moment in [&["check", "--staged"][..], &["check", "--rev", "HEAD"], &["check", "--tag", "v1.2.0"]] {
        let answer = repo.relgate(moment);
        assert_eq!(answer.code, 0, "{moment:?}: {answer:?}");
    }
    assert_eq!(repo.relgate(&["hook", "pre-commit"]).all(), "");
}

#[test]
fn a_submodule_in_place_of_a_file_is_no_file() {
    let repo = Repo::consistent();
    let head = repo.git(&["rev-parse", "HEAD"]);
    for path in ["CHANGELOG.md", "pyproject.toml"] {
        repo.git(&["update-index", "--force-remove", path]);
        repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},{path}", head.trim())]);
        let answer = repo.check(&["--staged", "--tag", "v1.2.0"]);
        if path == "CHANGELOG.md" {
            assert_eq!((answer.code, answer.rules()), (1, vec!["changelog-missing".to_owned()]), "{answer:?}");
        } else {
            assert_eq!(answer.json()["subjects"][0]["declarations"], serde_json::json!([]), "{answer:?}");
        }
        repo.git(&["reset", "-q"]);
    }
}

#[test]
fn what_git_lfs_keeps_elsewhere_cannot_be_judged() {
    let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n", "4d".repeat(32));
    for path in ["CHANGELOG.md", "pyproject.toml", "src/pkg/__init__.py"] {
        let repo = Repo::consistent();
        repo.write(path, &pointer);
        repo.stage();
        for arguments in [&["hook", "pre-commit"][..], &["check", "--staged", "--tag", "v1.2.0"]] {
            let answer = repo.relgate(arguments);
            assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{path}: {answer:?}");
            assert!(answer.err.contains(&format!("`{path}` is a pointer of Git LFS")), "{answer:?}");
        }
    }
}
