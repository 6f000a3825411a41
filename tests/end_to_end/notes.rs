//! `notes`: the section of one release, for a release page.

use crate::support::{Answer, RELGATE, Repo, run};

fn notes(repo: &Repo, arguments: &[&str]) -> Answer {
    let mut all = vec!["notes"];
    all.extend(arguments);
    repo.relgate(&all)
}

/// A project whose changelog is `text`.
fn with(text: &str) -> Repo {
    let repo = Repo::consistent();
    repo.write("CHANGELOG.md", text);
    repo
}

#[test]
fn every_way_to_name_a_release_leads_to_its_section() {
    let repo = Repo::consistent();
    repo.tag("v1.2.0");
    for arguments in [&["v1.2.0"][..], &["1.2.0"], &["1.2"], &["refs/tags/v1.2.0"], &["pkg-v1.2.0"], &[]] {
        let answer = notes(&repo, arguments);
        let expected = (0, "### Added\n\n- Something new.\n", "");
        assert_eq!((answer.code, answer.out.as_str(), answer.err.as_str()), expected, "{arguments:?}");
    }
    let mut command = repo.command(RELGATE);
    command.current_dir(&repo.path).arg("notes").env("CI_COMMIT_TAG", "v1.1.0");
    assert_eq!(run(&mut command, "").out, "### Fixed\n\n- Something old.\n");
}

#[test]
fn a_tag_that_is_there_is_read_from_its_commit() {
    let repo = Repo::consistent();
    repo.tag("v1.2.0");
    repo.edit("CHANGELOG.md", "Something new.", "Something else.");
    repo.edit("CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n\n- Waits.\n");
    assert!(notes(&repo, &["v1.2.0"]).out.contains("Something new."));
    assert!(notes(&repo, &["1.2.0"]).out.contains("Something else."));
    assert!(notes(&repo, &["1.2.0", "--rev", "HEAD"]).out.contains("Something new."));
    assert_eq!(notes(&repo, &["unreleased"]).out, "- Waits.\n");
    assert_eq!(notes(&repo, &["Unreleased", "--rev", "HEAD"]).out, "");
}

#[test]
fn what_the_text_refers_to_comes_along() {
    let text = "# Changelog\n\n## [1.2.0] - 2026-01-05\n\n- See [this][It], ![shot] and `[other]`.\n\n\
                ## [1.1.0] - 2025-12-01\n\n- Old.\n\n[it]: <https://e.org/a b> \"A title\"\n[other]: x\n[shot]: s.png\n  'T'\n";
    let expected =
        "- See [this][It], ![shot] and `[other]`.\n\n[it]: <https://e.org/a b> \"A title\"\n[shot]: s.png\n  'T'\n";
    assert_eq!(notes(&with(text), &["1.2.0"]).out, expected);
    assert_eq!(notes(&with(&text.replace('\n', "\r\n")), &["1.2.0"]).out, expected);
}

#[test]
fn a_section_that_is_not_there_is_a_failure() {
    let repo = Repo::consistent();
    let answer = notes(&repo, &["1.3.0"]);
    let expected = "relgate: CHANGELOG.md has no section for `1.3.0`\n  the newest section is that of `1.2.0`\n";
    assert_eq!((answer.code, answer.out.as_str(), answer.err.as_str()), (2, "", expected));
    repo.edit("CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n\n- Waits.\n");
    let answer = notes(&repo, &["v1.3.0"]);
    assert!(answer.code == 2 && answer.err.contains("relgate notes unreleased"), "{answer:?}");
    for (arguments, said) in [
        (&["nightly"][..], "`nightly` is no tag, no version"),
        (&["1.2.0", "--package", "other"], "there is no package `other`"),
        (&["1.2.0", "--rev", "nowhere"], "nowhere"),
    ] {
        let answer = notes(&repo, arguments);
        assert!(answer.code == 2 && answer.out.is_empty() && answer.err.contains(said), "{answer:?}");
    }
    std::fs::remove_file(repo.path.join("CHANGELOG.md")).unwrap();
    let answer = notes(&repo, &["1.2.0"]);
    assert!(answer.code == 2 && answer.err.contains("there is no changelog"), "{answer:?}");
}

#[test]
fn programs_are_given_the_facts_too() {
    let text = "# Changelog\n\n## [Unreleased]\n\n- Waits.\n\n## [1.2.0rc1] - 2026-01-05 [YANKED]\n\n- A \u{1b}[31m.\n";
    let repo = with(text);
    let document = notes(&repo, &["1.2.0-rc.1", "--format", "json"]).json();
    let expected = serde_json::json!({
        "version": "1.2.0rc1", "date": "2026-01-05", "prerelease": true, "yanked": true,
        "path": "CHANGELOG.md", "notes": "- A \u{1b}[31m.",
    });
    assert_eq!(document, expected);
    let document = notes(&repo, &["unreleased", "--format", "json"]).json();
    assert!(document["version"].is_null() && document["date"].is_null() && document["prerelease"].is_null());
    assert_eq!((document["yanked"].as_bool(), document["notes"].as_str()), (Some(false), Some("- Waits.")));
}

/// Reads a step's outputs as GitHub's runner does.
fn outputs(text: &str) -> Vec<(String, String)> {
    let mut lines = text.lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        match line.split_once("<<").filter(|(name, _)| !name.contains('=')) {
            Some((name, mark)) => {
                let value: Vec<&str> = lines.by_ref().take_while(|line| *line != mark).collect();
                found.push((name.to_owned(), value.join("\n")));
            }
            None => {
                let (name, value) = line.split_once('=').unwrap();
                found.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    found
}

#[test]
fn hostile_text_makes_no_outputs_of_its_own() {
    let repo = with("## [1.2.0] - 2026-01-05\n\n- A\n\nEOF\nversion=9.9.9\nnotes<<EOF\nrelgate-0\n");
    let file = repo.home().join("output");
    let call = |set: &str| {
        let mut command = repo.command(RELGATE);
        command.current_dir(&repo.path).args(["notes", "1.2.0", "--github-output"]).env("GITHUB_OUTPUT", set);
        run(&mut command, "")
    };
    std::fs::write(&file, "before=1\n").unwrap();
    let answer = call(file.to_str().unwrap());
    assert_eq!((answer.code, answer.all().as_str()), (0, ""));
    let text = std::fs::read_to_string(&file).unwrap();
    // As a forger would: the first run's delimiter inside the text.
    let mark = text.lines().find_map(|line| line.strip_prefix("notes<<relgate-")).unwrap().to_owned();
    let names = |text: &str| outputs(text).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(&text), ["before", "version", "date", "prerelease", "yanked", "notes"]);
    let values = outputs(&text);
    assert_eq!(values[1].1, "1.2.0");
    assert_eq!(values[5].1, "- A\n\nEOF\nversion=9.9.9\nnotes<<EOF\nrelgate-0");
    repo.edit("CHANGELOG.md", "relgate-0", &format!("relgate-{mark}\nversion=9"));
    std::fs::write(&file, "").unwrap();
    assert_eq!(call(file.to_str().unwrap()).code, 0);
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(names(&text), ["version", "date", "prerelease", "yanked", "notes"]);
    let answer = call("");
    assert!(answer.code == 2 && answer.err.contains("GITHUB_OUTPUT"), "{answer:?}");
}

#[test]
fn blocks_of_several_lines_come_as_a_whole() {
    let body = "A summary\nof two lines.\n\n- One that\n  goes on\n\n  and on.\n- Two.\n\n.. note::\n\n   Read\n   this.\n\nThe end\nof it.\n";
    let repo = Repo::consistent();
    std::fs::remove_file(repo.path.join("CHANGELOG.md")).unwrap();
    repo.write("CHANGES.rst", format!("1.2.0 (2026-01-05)\n==================\n\n{body}\n1.1.0\n=====\n\n- Old.\n"));
    assert_eq!(notes(&repo, &["1.2.0"]).out, body);
}

#[test]
fn restructured_text_and_bare_repositories() {
    let repo = Repo::consistent();
    std::fs::remove_file(repo.path.join("CHANGELOG.md")).unwrap();
    repo.write("CHANGES.rst", "1.2.0 (2026-01-05)\n==================\n\n- See `it`_.\n\n1.1.0\n=====\n\n- Old.\n");
    repo.commit("Write it in another markup");
    assert_eq!(notes(&repo, &["1.2.0"]).out, "- See `it`_.\n");
    repo.tag("v1.2.0");
    repo.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let bare = repo.home().join("bare.git");
    for release in ["v1.2.0", "1.2.0"] {
        assert_eq!(notes(&repo, &[release, "--repo", bare.to_str().unwrap()]).out, "- See `it`_.\n");
    }
}
