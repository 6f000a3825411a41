//! `check --fix`: what has one right answer is repaired, byte by byte, and nothing else is touched.

use crate::support::{CHANGELOG, Repo};

/// A changelog with CRLF line ends, a category in the wrong case and a heading with the wrong dash.
fn faulty() -> Repo {
    let repo = Repo::consistent();
    let text = CHANGELOG.replace("### Added", "### added").replace("[1.1.0] - 2025", "[1.1.0] \u{2014} 2025");
    repo.write("CHANGELOG.md", text.replace('\n', "\r\n"));
    repo
}

#[test]
fn repairs_touch_nothing_else() {
    let repo = faulty();
    let answer = repo.check(&["--fix"]);
    assert_eq!((answer.code, answer.rules().len()), (0, 0), "{answer:?}");
    assert_eq!(answer.json()["summary"]["fixed"], 2);
    assert_eq!(repo.read("CHANGELOG.md"), CHANGELOG.replace('\n', "\r\n"));
    let again = repo.relgate(&["check", "--fix"]);
    assert_eq!((again.code, again.out.lines().count()), (0, 1), "{again:?}");
    assert_eq!(repo.read("CHANGELOG.md"), CHANGELOG.replace('\n', "\r\n"));
}

#[test]
fn a_diff_shows_and_writes_nothing() {
    let repo = faulty();
    let before = repo.read("CHANGELOG.md");
    let answer = repo.relgate(&["check", "--diff", "--today", "2026-01-06"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.out.contains("--- a/CHANGELOG.md\n+++ b/CHANGELOG.md\n@@ "), "{answer:?}");
    assert!(answer.out.contains("\n-### added\n+### Added\n"), "{answer:?}");
    assert_eq!(repo.read("CHANGELOG.md"), before);
}

#[test]
fn a_copy_of_the_version_is_repaired_where_it_stands_as_it_reads() {
    let repo = Repo::consistent();
    let settings = "release = \"1.1\" + \".9\"\nversion = \"1.1\"\n";
    repo.write("docs/conf.py", settings);
    let answer = repo.check(&["--fix"]);
    assert_eq!((answer.code, answer.rules().join(" ").as_str()), (0, "secondary-version-stale"), "{answer:?}");
    assert_eq!(repo.read("docs/conf.py"), settings.replace("version = \"1.1\"", "version = \"1.2\""));
    repo.write("docs/conf.py", settings);
    let answer = repo.relgate(&["check"]);
    assert!(
        answer.out.contains("help: write `1.2.0` here") && answer.out.contains("help: write `1.2` here"),
        "{answer:?}"
    );
}

#[test]
fn a_release_is_promoted() {
    let repo = Repo::consistent();
    let unreleased = CHANGELOG
        .replace("## [1.2.0] - 2026-01-05\n\n", "")
        .replace("v1.2.0...HEAD", "v1.1.0...HEAD")
        .replace("[1.2.0]: https://example.org/owner/pkg/compare/v1.1.0...v1.2.0\n", "");
    repo.write("CHANGELOG.md", unreleased);
    let answer = repo.relgate(&["check", "--tag", "v1.2.0", "--fix", "--today", "2026-01-05", "--format", "json"]);
    assert_eq!((answer.code, answer.rules().len()), (0, 0), "{answer:?}");
    assert_eq!(repo.read("CHANGELOG.md"), CHANGELOG);
}

#[test]
fn the_index_is_repaired_only_where_the_work_tree_agrees() {
    let repo = faulty();
    repo.stage();
    repo.write("CHANGELOG.md", format!("{}\r\nMore to come.\r\n", repo.read("CHANGELOG.md")));
    let (staged, written) = (repo.git(&["show", ":CHANGELOG.md"]), repo.read("CHANGELOG.md"));
    let refused = repo.relgate(&["check", "--staged", "--fix"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("CHANGELOG.md is not repaired: the file differs from what is staged"), "{refused:?}");
    assert_eq!((repo.git(&["show", ":CHANGELOG.md"]), repo.read("CHANGELOG.md")), (staged, written));

    repo.stage();
    assert_eq!(repo.check(&["--staged", "--fix"]).code, 0);
    assert_eq!(repo.git(&["show", ":CHANGELOG.md"]), repo.read("CHANGELOG.md"));
    assert!(repo.git(&["status", "--porcelain"]).starts_with("M  CHANGELOG.md"));
    assert_eq!(repo.git(&["diff", "--stat"]), "");
}

#[test]
fn a_commit_cannot_be_repaired() {
    let repo = Repo::consistent();
    repo.tag("v1.2.0");
    for arguments in [&["check", "--rev", "HEAD", "--fix"][..], &["check", "--tag", "v1.2.0", "--fix"]] {
        let answer = repo.relgate(arguments);
        assert_eq!(answer.code, 2, "{answer:?}");
        assert!(answer.err.starts_with("relgate: a commit cannot be repaired"), "{answer:?}");
    }
}

#[test]
fn the_file_behind_a_link_is_repaired_and_keeps_its_mode() {
    let repo = faulty();
    std::fs::rename(repo.path.join("CHANGELOG.md"), repo.path.join("HISTORY.md")).unwrap();
    std::os::unix::fs::symlink("HISTORY.md", repo.path.join("CHANGELOG.md")).unwrap();
    std::fs::set_permissions(repo.path.join("HISTORY.md"), std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .unwrap();
    assert_eq!(repo.check(&["--fix"]).code, 0);
    assert!(repo.path.join("CHANGELOG.md").is_symlink());
    assert_eq!(repo.read("HISTORY.md"), CHANGELOG.replace('\n', "\r\n"));
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(repo.path.join("HISTORY.md")).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
}
