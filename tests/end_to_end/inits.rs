//! `relgate init`: settings that a history shows, and where they are written.

use crate::support::{Answer, CHANGELOG, INIT, PYPROJECT, Repo};

fn init(repo: &Repo, arguments: &[&str]) -> Answer {
    repo.relgate(&[&["init", "--today", "2026-01-06"], arguments].concat())
}

/// The suggested settings, as `key = value`.
fn suggested(repo: &Repo) -> Vec<String> {
    let answer = init(repo, &["--format", "json"]);
    assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{answer:?}");
    let settings = answer.json()["settings"].as_array().unwrap().clone();
    let text = |setting: &serde_json::Value, key: &str| setting[key].as_str().unwrap().to_owned();
    settings.iter().map(|setting| format!("{} = {}", text(setting, "key"), text(setting, "value"))).collect()
}

/// A commit that states `version` in every usual place, with `changelog` as it is.
fn state(repo: &Repo, version: &str, changelog: Option<&str>) {
    repo.write("pyproject.toml", PYPROJECT.replace("1.2.0", version));
    repo.write("src/pkg/__init__.py", INIT.replace("1.2.0", version));
    if let Some(changelog) = changelog {
        repo.write("CHANGELOG.md", changelog);
    }
}

/// A changelog in which each of `versions`, the newest first, has a section with this category.
fn changelog(versions: &[String], category: &str) -> String {
    let mut text = "# Changelog\n\nThe format is based on [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).\n\n## [Unreleased]\n"
        .to_owned();
    for version in versions {
        text += &format!("\n## [{version}] - 2026-01-05\n\n### {category}\n\n- What {version} brought.\n");
    }
    text += &format!("\n[Unreleased]: https://example.org/a/pkg/compare/v{}...HEAD\n", versions[0]);
    for version in versions {
        text += &format!("[{version}]: https://example.org/a/pkg/releases/tag/v{version}\n");
    }
    text
}

/// Releases 1.0.0, 1.1.0 ... with a copy of the version in a page, which `relgate` does not know by itself.
fn history(count: usize, category: &str) -> Repo {
    let repo = Repo::empty();
    let mut versions: Vec<String> = Vec::new();
    for minor in 0..count {
        let version = format!("1.{minor}.0");
        versions.insert(0, version.clone());
        state(&repo, &version, Some(&changelog(&versions, category)));
        repo.write("docs/install.md", format!("# Install\n\n    pip install pkg=={version}\n"));
        repo.commit(&format!("Release {version}"));
        repo.tag(&format!("v{version}"));
    }
    repo
}

#[test]
fn each_setting_is_shown_with_what_shows_it() {
    let repo = history(5, "Performance");
    let answer = init(&repo, &[]);
    insta::assert_snapshot!(answer.out);
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
    assert_eq!(repo.git(&["status", "--porcelain"]), "", "nothing is written without being asked for");
}

#[test]
fn what_is_written_is_accepted_and_fits() {
    let repo = history(5, "Performance");
    let before = repo.read("pyproject.toml");
    let told = init(&repo, &["--format", "json"]).json();
    assert_eq!((&told["written"], &told["path"]), (&false.into(), &"pyproject.toml".into()));
    let answer = init(&repo, &["--write"]);
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
    assert!(answer.out.contains("written to pyproject.toml"), "{answer:?}");
    let after = repo.read("pyproject.toml");
    assert_eq!(after, format!("{before}\n{}", told["text"].as_str().unwrap()));
    let check = repo.check(&["--worktree"]);
    assert_eq!((check.code, check.rules()), (0, vec![]), "{check:?}");
    let versions = repo.relgate(&["versions", "--worktree"]);
    assert!(versions.out.contains("docs/install.md:3:22"), "{versions:?}");
    // Each release but those from before there were the settings is judged by its own tree.
    let policy = repo.home().join("policy.toml");
    std::fs::write(&policy, told["text"].as_str().unwrap().replace("[tool.relgate]\n", "")).unwrap();
    let audit = repo.relgate(&["audit", "--policy", policy.to_str().unwrap(), "--today", "2026-01-06"]);
    assert_eq!(audit.code, 0, "{audit:?}");
}

#[test]
fn a_second_time_changes_nothing() {
    let repo = history(4, "Performance");
    assert_eq!(init(&repo, &["--write"]).code, 0);
    let written = repo.read("pyproject.toml");
    let again = init(&repo, &["--write"]);
    assert_eq!((again.code, again.err.as_str()), (0, ""), "{again:?}");
    assert!(again.out.contains("the settings at pyproject.toml:5:7 say all that the history shows"), "{again:?}");
    assert_eq!(repo.read("pyproject.toml"), written);
}

#[test]
fn settings_that_are_there_stay_and_what_differs_is_said() {
    let repo = history(4, "Performance");
    repo.write("relgate.toml", "scheme = 'calver'\n");
    let answer = init(&repo, &["--write"]);
    assert_eq!(answer.code, 2);
    assert!(
        answer.err.starts_with("relgate: there are settings already, at relgate.toml:1:1, and nothing is written\n"),
        "{answer:?}"
    );
    assert!(answer.err.contains("the history suggests besides:\n"), "{answer:?}");
    assert_eq!(repo.git(&["status", "--porcelain"]), "?? relgate.toml\n");
    assert_eq!(repo.read("relgate.toml"), "scheme = 'calver'\n");
    let shown = init(&repo, &[]);
    assert_eq!(shown.code, 0);
    assert!(shown.out.contains("the settings at relgate.toml:1:1 do not say what the history shows"), "{shown:?}");
    assert!(shown.out.contains("scheme = \"semver\""), "{shown:?}");
}

#[test]
fn a_project_that_needs_no_settings_gets_none() {
    let repo = Repo::consistent();
    repo.tag("v1.2.0");
    let answer = init(&repo, &["--write"]);
    assert_eq!(answer.code, 0);
    assert!(answer.out.contains("no settings are needed"), "{answer:?}");
    assert_eq!(repo.git(&["status", "--porcelain"]), "");
}

#[test]
fn line_ends_and_the_rest_of_the_file_stay_as_they_are() {
    let repo = history(4, "Performance");
    let before = "# \u{e9}\r\n[project]\r\nname = \"pkg\"\r\nversion = \"1.3.0\"\r\n\r\n[tool.other]\r\nx = 1";
    repo.write("pyproject.toml", before);
    assert_eq!(init(&repo, &["--write"]).code, 0);
    let after = repo.read("pyproject.toml");
    let added = after.strip_prefix(before).unwrap();
    assert!(added.starts_with("\r\n\r\n[tool.relgate]\r\n"), "{added:?}");
    assert_eq!(added.matches('\n').count(), added.matches("\r\n").count());
    assert_eq!(repo.check(&["--worktree"]).code, 0);
}

#[test]
fn settings_that_cannot_be_appended_are_not_written() {
    let repo = history(4, "Performance");
    let text = "project = { name = 'pkg', version = '1.3.0' }\ntool = { other = 1 }\n";
    repo.write("pyproject.toml", text);
    let answer = init(&repo, &["--write"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.starts_with("relgate: the settings cannot be appended to pyproject.toml: "), "{answer:?}");
    assert_eq!(repo.read("pyproject.toml"), text);
}

#[test]
fn a_project_without_pyproject_gets_a_file_of_its_own() {
    let repo = Repo::empty();
    for minor in 0..4 {
        repo.write("setup.cfg", format!("[metadata]\nname = pkg\nversion = 1.{minor}.0\n"));
        repo.write("setup.py", "from setuptools import setup\nsetup()\n");
        repo.commit("Release");
        repo.git(&["tag", &format!("1.{minor}.0")]);
    }
    assert_eq!(suggested(&repo), ["scheme = \"semver\"", "changelog = false"]);
    assert_eq!(init(&repo, &["--write"]).code, 0);
    assert_eq!(repo.read("relgate.toml"), "scheme = \"semver\"\nchangelog = false\n");
    repo.commit("Add settings");
    let check = repo.check(&["--tag", "1.4.0"]);
    assert_eq!(check.rules(), ["tag-version-mismatch"], "{check:?}");
}

#[test]
fn tags_that_changed_their_form_are_held_to_the_new_one() {
    let repo = Repo::empty();
    for (minor, prefix) in ["", "", "v", "v", "v"].iter().enumerate() {
        state(&repo, &format!("1.{minor}.0"), None);
        repo.commit("Release");
        repo.git(&["tag", &format!("{prefix}1.{minor}.0")]);
    }
    assert!(suggested(&repo).contains(&"tag = \"v{version}\"".to_owned()));
    let shown = init(&repo, &[]).out;
    assert!(shown.contains("3 of 5 release tags are `v{version}`, the newest 3 among them"), "{shown}");
}

#[test]
fn what_no_release_keeps_is_eased() {
    let repo = Repo::empty();
    for minor in 0..12 {
        state(&repo, &format!("1.{minor}.0"), Some(CHANGELOG));
        repo.commit("Release");
        repo.git(&["tag", &format!("v1.{minor}.0")]);
    }
    assert!(suggested(&repo).contains(&"rules.release-undocumented = \"warn\"".to_owned()), "{:?}", suggested(&repo));
    assert_eq!(init(&repo, &["--write"]).code, 0);
    assert!(repo.read("pyproject.toml").ends_with("\n\n[tool.relgate.rules]\nrelease-undocumented = \"warn\"\n"));
    assert_eq!(repo.check(&["--worktree"]).code, 0);
}

#[test]
fn a_scheme_is_suggested_only_where_it_fits() {
    let scheme = |versions: &[&str]| {
        let repo = Repo::empty();
        for version in versions {
            state(&repo, version, None);
            repo.commit("Release");
            repo.git(&["tag", version]);
        }
        suggested(&repo).into_iter().find(|setting| setting.starts_with("scheme"))
    };
    assert_eq!(scheme(&["1.0.0", "1.0.1", "1.1.0", "2.0.0"]).unwrap(), "scheme = \"semver\"");
    assert_eq!(scheme(&["1.0.0", "1.0.1", "1.3.0", "2.5.0"]), None);
    assert_eq!(scheme(&["1.0", "1.1", "1.2", "1.3"]), None);
    assert_eq!(scheme(&["2026.1.0", "2026.1.1", "2026.2.0"]).unwrap(), "scheme = \"calver\"");
    assert_eq!(scheme(&["26.1", "26.2", "26.3"]).unwrap(), "scheme = \"calver\"");
}

#[test]
fn a_changelog_under_another_name_is_found() {
    let repo = Repo::empty();
    for minor in 0..3 {
        state(&repo, &format!("1.{minor}.0"), None);
        let sections: String = (0..=minor).rev().map(|minor| format!("\n## 1.{minor}.0\n\n- New.\n")).collect();
        repo.write("documents/What is new.md", format!("# What is new\n{sections}"));
        repo.commit("Release");
        repo.git(&["tag", &format!("v1.{minor}.0")]);
    }
    assert!(
        suggested(&repo).contains(&"changelog = \"documents/What is new.md\"".to_owned()),
        "{:?}",
        suggested(&repo)
    );
    assert_eq!(init(&repo, &["--write"]).code, 0);
    repo.commit("Settings");
    assert_eq!(
        repo.check(&["--tag", "v1.2.0", "--rev", "HEAD"]).json()["subjects"][0]["changelog"]["path"],
        "documents/What is new.md"
    );
}

#[test]
fn a_bare_repository_is_read_and_not_written() {
    let repo = history(4, "Performance");
    let remote = repo.add_remote();
    repo.git(&["push", "-q", "--no-verify", "--tags", "origin", "main"]);
    let remote = remote.to_str().unwrap();
    assert_eq!(init(&repo, &["--repo", remote]).code, 0);
    let answer = init(&repo, &["--repo", remote, "--write"]);
    assert_eq!((answer.code, answer.out.as_str()), (2, ""));
}

#[test]
fn a_hostile_history_is_shown_harmless_and_written_as_text() {
    let repo = history(4, "Perf\\\"ormance");
    assert!(suggested(&repo).iter().any(|line| line.contains(r#""Perf\\\"ormance""#)), "{:?}", suggested(&repo));
    assert_eq!(init(&repo, &["--write"]).code, 0);
    assert_eq!(repo.check(&["--worktree"]).code, 0);
    let repo = history(4, "Perf \u{202e}");
    assert_eq!(init(&repo, &["--write"]).code, 0);
    assert!(repo.read("pyproject.toml").contains(r#""Perf \u202E""#) && repo.check(&["--worktree"]).code == 0);
    // What no settings file could show as it is becomes no setting.
    let repo = history(4, "Perf \u{1b}[31m \u{202e}");
    let shown = init(&repo, &["--write"]);
    assert!(shown.code == 0 && !shown.out.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
    assert!(!repo.read("pyproject.toml").contains(['\u{1b}', '\u{202e}']));
    assert_eq!(repo.check(&["--worktree"]).rules(), ["changelog-category"; 4]);
}

/// A release for each of the tags, all on one day, with no more in the files than the version.
fn tagged(tags: &[&str]) -> Repo {
    let repo = Repo::empty();
    for tag in tags {
        state(&repo, tag.trim_start_matches('v'), None);
        repo.commit("Release");
        repo.git(&["tag", tag]);
    }
    repo
}

#[test]
fn releases_of_one_day_stand_in_the_order_of_versions() {
    let names = |tags: &[&str]| -> Vec<String> {
        let releases = init(&tagged(tags), &["--format", "json"]).json()["releases"].as_array().unwrap().clone();
        releases.iter().map(|release| release["tag"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&["1.8.0", "1.9.0", "1.10.0"]), ["1.8.0", "1.9.0", "1.10.0"]);
    // Whatever stands before the version.
    assert_eq!(names(&["1.0.0", "v1.1.0", "1.2.0", "v1.3.0"]), ["1.0.0", "v1.1.0", "1.2.0", "v1.3.0"]);
}

/// The suggested categories and what is said of them, where these are the categories of each release, the newest first.
fn categories(releases: &[&[&str]]) -> Option<(String, String)> {
    let repo = Repo::consistent();
    let mut text = "# Changelog\n\nKeep a Changelog\n".to_owned();
    for (index, names) in releases.iter().enumerate() {
        text += &format!("\n## [1.{}.0] - 2026-01-05\n", releases.len() - index);
        for name in *names {
            text += &format!("\n### {name}\n\n- Something.\n");
        }
    }
    repo.write("CHANGELOG.md", text);
    let document = init(&repo, &["--format", "json"]).json();
    let setting = document["settings"].as_array().unwrap().iter().find(|setting| setting["key"] == "categories")?;
    let part = |key: &str| setting[key].as_str().unwrap().to_owned();
    Some((part("value"), part("evidence")))
}

#[test]
fn a_category_of_its_own_takes_several_uses_and_a_share() {
    let usual = r#""Added", "Changed", "Deprecated", "Removed", "Fixed", "Security""#;
    let (added, docs, none): (&[&str], &[&str], &[&str]) = (&["Added"], &["Docs"], &[]);
    assert_eq!(categories(&[docs, docs, added]), None, "two uses");
    assert_eq!(categories(&[&[docs; 3][..], &[added; 10][..]].concat()), None, "three of thirteen");
    let (value, evidence) = categories(&[&[docs; 3][..], &[added; 9][..], &[none; 5][..]].concat()).unwrap();
    assert_eq!(value, format!(r#"[{usual}, "Docs"]"#));
    assert_eq!(evidence, "`Docs` in 3 of 12 releases that have categories");
    // What was given up long ago is no habit, what was taken up lately is.
    assert_eq!(categories(&[&[added; 20][..], &[docs; 20][..]].concat()), None);
    let (_, evidence) = categories(&[&[docs; 6][..], &[added; 40][..]].concat()).unwrap();
    assert_eq!(evidence, "`Docs` in 6 of the newest 20 releases that have categories");
}

#[test]
fn another_spelling_of_a_usual_category_is_none_of_its_own() {
    for name in ["\u{2728} Added", "add", "Fixes", "fixed", "Fixed:", "Bug Fixes", "\u{1f41b} Bugfixes"] {
        assert_eq!(categories(&[[name].as_slice(); 4]), None, "{name}");
    }
    // The usual ones do not say this.
    assert!(categories(&[["Breaking Changes"].as_slice(); 4]).unwrap().0.ends_with(r#", "Breaking Changes"]"#));
    // Of several spellings the most usual one, once.
    let (value, evidence) = categories(&[&["docs"], &["Docs"], &["\u{1f4dd} Docs", "Docs"], &["Docs"]]).unwrap();
    assert!(value.ends_with(r#""Security", "Docs"]"#), "{value}");
    assert_eq!(evidence, "`Docs` in 4 of 4 releases that have categories");
}

/// What is said of the branches, and whether that is a setting.
fn branches(repo: &Repo) -> Option<(String, bool)> {
    let document = init(repo, &["--format", "json"]).json();
    let find = |list: &str, key: &str, text: &str| {
        let list = document[list].as_array().unwrap();
        list.iter().find(|item| item[key] == "branches").map(|item| item[text].as_str().unwrap().to_owned())
    };
    let setting = find("settings", "key", "evidence").map(|text| (text, true));
    setting.or_else(|| find("evidence", "about", "text").map(|text| (text, false)))
}

#[test]
fn a_branch_is_demanded_only_where_all_of_many_releases_are_on_it() {
    let minors: Vec<String> = (0..9).map(|minor| format!("1.{minor}.0")).collect();
    let repo = tagged(&minors.iter().map(String::as_str).collect::<Vec<_>>());
    let said = |text: &str, set: bool| Some((text.to_owned(), set));
    assert_eq!(branches(&repo), said("all 9 releases are reachable from main", false));
    state(&repo, "1.9.0", None);
    repo.commit("Release");
    repo.git(&["tag", "1.9.0"]);
    assert_eq!(branches(&repo), said("all 10 releases are reachable from main", true));
    // The next release may come from there.
    repo.git(&["branch", "1.8.x"]);
    let beside = "all 10 releases are reachable from main; others may follow on 1.8.x";
    assert_eq!(branches(&repo), said(beside, false));
    repo.git(&["branch", "-m", "1.8.x", "feature/1"]);
    // An old branch says nothing of that which is used.
    repo.git(&["branch", "-m", "main", "master"]);
    repo.git(&["branch", "main", "1.0.0"]);
    assert_eq!(branches(&repo), said("all 10 releases are reachable from master", true));
    repo.git(&["checkout", "-q", "--detach"]);
    state(&repo, "1.10.0", None);
    repo.commit("Release");
    repo.git(&["tag", "1.10.0"]);
    assert_eq!(branches(&repo), said("10 of 11 releases are reachable from master", false));
}

#[test]
fn places_that_are_gone_are_not_suggested() {
    let repo = history(4, "Performance");
    let places = || suggested(&repo).iter().any(|setting| setting.starts_with("versions"));
    assert!(places());
    repo.write("docs/install.md", "# Install\n\n    pip install pkg\n");
    assert!(!places(), "the line is gone");
    std::fs::remove_file(repo.path.join("docs/install.md")).unwrap();
    assert!(!places(), "the file is gone");
    assert_eq!(init(&repo, &["--write"]).code, 0);
    assert_eq!(repo.check(&["--worktree"]).code, 0);
}

/// What is said of the changelog.
fn kept(repo: &Repo) -> String {
    let document = init(repo, &["--format", "json"]).json();
    let evidence = document["evidence"].as_array().unwrap();
    evidence.iter().find(|found| found["about"] == "changelog").unwrap()["text"].as_str().unwrap().to_owned()
}

#[test]
fn since_when_the_changelog_is_kept_is_said_of_a_release_that_it_has() {
    let repo = tagged(&["1.0.0", "1.1.0", "1.2.0", "1.3.0rc1"]);
    repo.write("CHANGELOG.md", "# Changelog\n");
    repo.commit("Changelog");
    assert_eq!(kept(&repo), "CHANGELOG.md has a section for none of 4 releases");
    for (version, having) in
        [("1.3.0", "1.3.0"), ("1.4.0rc1", "1.3.0"), ("1.4.0", "1.4.0 1.3.0"), ("1.5a1", "1.4.0 1.3.0")]
    {
        let versions: Vec<String> = having.split(' ').map(str::to_owned).collect();
        state(&repo, version, Some(&changelog(&versions, "Added")));
        repo.commit("Release");
        repo.git(&["tag", version]);
    }
    assert_eq!(kept(&repo), "CHANGELOG.md has a section for 2 of 8 releases, for every final one since 1.3.0");
    for version in ["1.5", "1.6rc1"] {
        state(&repo, version, None);
        repo.commit("Release");
        repo.git(&["tag", version]);
    }
    assert_eq!(kept(&repo), "CHANGELOG.md has a section for 2 of 10 releases, not for the newest final one");
}

#[test]
fn a_file_of_settings_without_one_does_not_get_in_the_way() {
    for text in ["", "# Settings\n"] {
        let repo = history(4, "Performance");
        repo.write("relgate.toml", text);
        let written = init(&repo, &["--write"]);
        assert!(matches!(written.code, 0 | 2), "{written:?}");
        assert_eq!(repo.check(&["--worktree"]).err, "", "{text:?}: {written:?}");
    }
}

/// A history that names everything as badly as git and the formats allow.
fn hostile(bad: &str) -> Repo {
    let repo = Repo::empty();
    let name: String = bad.chars().filter(|c| !c.is_control() && !" ~^:?*[\\".contains(*c)).collect();
    let category: String = bad.chars().filter(|c| !c.is_control()).collect();
    let mut versions: Vec<String> = Vec::new();
    for minor in 0..4 {
        let version = format!("1.{minor}.0");
        versions.insert(0, version.clone());
        repo.write("setup.cfg", format!("[metadata]\nname = pkg\nversion = {version}\n"));
        repo.write("setup.py", "from setuptools import setup\nsetup()\n");
        repo.write("CHANGELOG.md", changelog(&versions, &format!("Own {category}x")));
        repo.write(&format!("docs/{bad}.md"), format!("# Pages\n\nget {bad} pkg=={version} {bad}\n"));
        repo.write(&format!("docs/{bad}.cfg"), format!("get '''{category}\"\"\" pkg=={version} {category}\n"));
        repo.commit("Release");
        repo.git(&["tag", &format!("{}{version}", if minor == 0 { "" } else { "v" })]);
        repo.git(&["tag", &format!("x{name}{version}")]);
        repo.git(&["tag", &format!("pkg-{name}{version}")]);
        repo.git(&["branch", &format!("release/{name}{minor}")]);
    }
    repo
}

#[test]
fn whatever_the_names_are_the_settings_are_accepted_and_nothing_speaks_to_the_terminal() {
    let speaks = |c: &char| (c.is_control() && *c != '\n') || "\u{202e}\u{2066}\u{e0041}".contains(*c);
    let raw = |text: &str| text.chars().find(speaks);
    let quotes = ["\"]]\n[rules]\n", "\"\"\"'''", "#\\u0041\\", "{name}{version}"];
    for bad in quotes.into_iter().chain(["\u{202e}\u{2066}\u{e0041}", "\u{1b}[31m\r\u{7f}\u{9b}"]) {
        let repo = hostile(bad);
        let shown = init(&repo, &[]);
        assert_eq!((shown.code, raw(&shown.all())), (0, None), "{bad:?}: {shown:?}");
        let found = suggested(&repo);
        let has = |key: &str| found.iter().any(|line| line.starts_with(key));
        // A brace stands for a hole in a pattern; no setting names a path with a backslash.
        let is_place = !bad.contains(['{', '\\']);
        assert!(has("tag") && has("categories") && has("versions") == is_place, "{bad:?}: {found:?}");
        let answer = init(&repo, &["--write", "--format", "json"]);
        assert_eq!((answer.code, raw(&answer.all())), (0, None), "{bad:?}: {answer:?}");
        assert_eq!(raw(&repo.read("relgate.toml")), None, "{bad:?}");
        let check = repo.check(&["--worktree"]);
        assert_ne!(check.code, 2, "{bad:?}: {check:?}");
        let again = init(&repo, &["--write"]);
        assert!(again.out.contains("say all that the history shows"), "{bad:?}: {again:?}");
        repo.write("relgate.toml", "scheme = 'calver'\n");
        let refused = init(&repo, &["--write"]);
        assert_eq!((refused.code, raw(&refused.all())), (2, None), "{bad:?}: {refused:?}");
    }
}

#[test]
fn several_packages_go_by_the_name_of_their_repository() {
    let repo = Repo::empty();
    for package in ["core", "extra"] {
        repo.write(&format!("{package}/pyproject.toml"), PYPROJECT.replace("pkg", package));
    }
    repo.commit("Release");
    repo.tag("core-v1.2.0");
    let folder = repo.path.file_name().unwrap().to_str().unwrap();
    let answer = init(&repo, &[]);
    assert!(answer.out.starts_with(&format!("{folder}: 1 release\n")), "{answer:?}");
}

#[test]
fn an_only_release_is_not_counted() {
    let repo = Repo::consistent();
    repo.tag("v1.2.0");
    let answer = init(&repo, &[]);
    assert!(answer.out.contains("  the only release tag is `v{version}`\n"), "{answer:?}");
    assert_eq!(kept(&repo), "CHANGELOG.md has a section for the only release");
}
