//! `relgate audit`: every release of a history, each as `relgate check --tag` judges it.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::support::{Answer, Repo, run};

const TODAY: [&str; 2] = ["--today", "2026-01-06"];

/// A project that states `version` in every place, except where `declared` is another one.
fn release(repo: &Repo, version: &str, declared: &str, released: &[&str]) {
    repo.write("pyproject.toml", format!("[project]\nname = \"pkg\"\nversion = \"{declared}\"\n"));
    repo.write("src/pkg/__init__.py", format!("__version__ = \"{version}\"\n"));
    let mut changelog =
        "# Changelog\n\nThe format is based on [Keep a Changelog](https://keepachangelog.com/en/1.1.0/),\n\
        and versions follow [Semantic Versioning](https://semver.org/spec/v2.0.0.html).\n\n## [Unreleased]\n"
            .to_owned();
    for version in released {
        changelog += &format!("\n## [{version}] - 2026-01-05\n\n### Added\n\n- What {version} brought.\n");
    }
    let newest = released.first().unwrap_or(&"0.0.0");
    changelog += &format!("\n[Unreleased]: https://example.org/a/pkg/compare/v{newest}...HEAD\n");
    for version in released {
        changelog += &format!("[{version}]: https://example.org/a/pkg/releases/tag/v{version}\n");
    }
    repo.write("CHANGELOG.md", changelog);
    repo.commit(&format!("Release {version}"));
}

/// Releases of every kind: clean, with warnings, wrong, one that cannot be judged, and tags that are none.
fn history() -> Repo {
    let repo = Repo::empty();
    repo.write("notes.txt", "No project yet.\n");
    repo.commit("Begin");
    repo.tag("v0.0.1");
    release(&repo, "0.1.0", "0.1.0", &["0.1.0"]);
    repo.git(&["tag", "v0.1.0"]);
    release(&repo, "0.2.0", "0.1.0", &["0.2.0", "0.1.0"]);
    repo.tag("v0.2.0");
    release(&repo, "0.3.0", "0.3.0", &["0.2.0", "0.1.0"]);
    repo.tag("v0.3.0");
    release(&repo, "0.5.0", "0.5.0", &["0.5.0", "0.2.0", "0.1.0"]);
    repo.tag("v0.5.0");
    release(&repo, "1.0.0", "1.0.0", &["1.0.0", "0.5.0", "0.2.0", "0.1.0"]);
    repo.tag("v1.0.0");
    repo.tag("1.1.0");
    repo.git(&["tag", "v1"]);
    repo.tag("nightly");
    repo.tag("build-2026");
    let blob = repo.git(&["hash-object", "-w", "notes.txt"]);
    repo.git(&["tag", "v2.0.0", blob.trim()]);
    repo
}

fn audit(repo: &Repo, arguments: &[&str]) -> Answer {
    repo.relgate(&[&["audit"], &TODAY[..], arguments].concat())
}

fn tags(rows: &Value) -> Vec<&str> {
    rows.as_array().unwrap().iter().map(|row| row["tag"].as_str().unwrap()).collect()
}

#[test]
fn the_table_shows_every_release_and_what_was_wrong() {
    let answer = audit(&history(), &[]);
    insta::assert_snapshot!(answer.out);
    assert_eq!((answer.code, answer.err.as_str()), (2, ""));
}

#[test]
fn an_audit_and_a_check_of_each_tag_agree() {
    let repo = history();
    let answer = audit(&repo, &["--format", "json"]);
    let document = answer.json();
    assert_eq!(document["format"], 1);
    let mut judged = tags(&document["releases"]);
    judged.extend(tags(&document["others"]));
    judged.sort_unstable();
    let mut all: Vec<String> = repo.git(&["tag"]).lines().map(str::to_owned).collect();
    all.sort_unstable();
    assert_eq!(judged, all, "every tag of the repository is accounted for");
    let mut standings = Vec::new();
    for row in document["releases"].as_array().unwrap() {
        let tag = row["tag"].as_str().unwrap();
        let check = repo.check(&["--tag", tag]);
        standings.push(row["standing"].as_str().unwrap());
        if check.code == 2 {
            let message = row["failure"]["message"].as_str().unwrap();
            assert!(check.err.starts_with(&format!("relgate: {message}\n")), "{tag}: {check:?}");
            assert_eq!(row["standing"], "failed", "{tag}");
            continue;
        }
        let mut subjects = check.json()["subjects"].clone();
        for subject in subjects.as_array_mut().unwrap() {
            subject["event"] = "audit".into();
        }
        assert_eq!(row["subjects"], subjects, "{tag}");
        assert_eq!(row["standing"] == "wrong", check.code == 1, "{tag}");
    }
    for row in document["others"].as_array().unwrap() {
        let tag = row["tag"].as_str().unwrap();
        let check = repo.check(&["--tag", tag]);
        assert_eq!(check.code, 0, "{tag}: {check:?}");
        assert_eq!(check.json()["subjects"][0]["no_release"], row["reason"], "{tag}");
    }
    standings.sort_unstable();
    standings.dedup();
    assert_eq!(standings, ["clean", "failed", "warned", "wrong"], "the history has releases of every kind");
}

#[test]
fn the_exit_code_says_the_worst() {
    let repo = history();
    for (pattern, code) in [("v0.1.*", 0), ("v0.5.0", 0), ("v0.[12].0", 1), ("v0.*", 2), ("v2.*", 2), ("nightly", 0)] {
        let answer = audit(&repo, &["--tags", pattern]);
        assert_eq!(answer.code, code, "{pattern}: {answer:?}");
    }
    for (pattern, reason) in [("x*", "no tag matches `x*`"), ("v[", "`--tags` takes a pattern")] {
        let answer = audit(&repo, &["--tags", pattern]);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{answer:?}");
        assert!(answer.err.starts_with(&format!("relgate: {reason}")), "{answer:?}");
    }
}

#[test]
fn a_repository_without_tags_has_nothing_to_audit() {
    let answer = audit(&Repo::consistent(), &[]);
    assert_eq!((answer.code, answer.out.as_str()), (0, "audit: repo: there is no release to judge\n"));
}

#[test]
fn the_answer_goes_to_a_file_where_one_is_named() {
    let repo = history();
    let shown = audit(&repo, &[]);
    let answer = audit(&repo, &["--output", "audit.txt", "--color", "always"]);
    assert_eq!((answer.code, answer.all()), (2, String::new()));
    assert_eq!(repo.read("audit.txt"), shown.out);
    let answer = audit(&repo, &["--output", "no/such/folder"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.starts_with("relgate: the audit cannot be written to no/such/folder: "), "{answer:?}");
}

#[test]
fn a_bare_repository_and_another_folder_are_audited_alike() {
    let repo = history();
    let shown = audit(&repo, &["--tags", "v0.2.0"]);
    let remote = repo.add_remote();
    repo.git(&["push", "-q", "--no-verify", "--tags", "origin", "main"]);
    let bare = audit(&repo, &["--tags", "v0.2.0", "--repo", remote.to_str().unwrap()]);
    assert_eq!((bare.code, bare.out), (shown.code, shown.out));
}

#[test]
fn given_settings_judge_every_release() {
    let repo = history();
    let policy = repo.home().join("policy.toml");
    fs::write(&policy, "rules.tag-version-mismatch = 'off'\nrules.version-mismatch = 'off'\n").unwrap();
    assert_eq!(audit(&repo, &["--tags", "v0.2.0"]).code, 1);
    let answer = audit(&repo, &["--tags", "v0.2.0", "--policy", policy.to_str().unwrap()]);
    assert_eq!(answer.code, 0, "{answer:?}");
}

#[test]
fn one_package_of_several_is_audited_alone() {
    let repo = Repo::empty();
    let package = |folder: &str, version: &str| {
        repo.write(
            &format!("packages/{folder}/pyproject.toml"),
            format!("[project]\nname = \"{folder}\"\nversion = \"{version}\"\n"),
        );
        repo.write(&format!("packages/{folder}/CHANGELOG.md"), format!("# Changes\n\n## {version}\n\n- New.\n"));
    };
    repo.write("relgate.toml", "[[package]]\npath = 'packages/one'\nname = 'one'\ntag = '{name}-v{version}'\n");
    package("one", "1.0.0");
    repo.commit("One");
    repo.tag("one-v1.0.0");
    let settings = repo.read("relgate.toml");
    repo.write("relgate.toml", settings.clone() + &settings.replace("one", "two"));
    package("two", "2.0.0");
    repo.commit("Two");
    repo.tag("two-v2.0.0");
    let told = |name: &str| {
        let answer = audit(&repo, &["--package", name, "--format", "json"]);
        assert_eq!(answer.code, 0, "{answer:?}");
        tags(&answer.json()["releases"]).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(told("one"), ["one-v1.0.0"]);
    // The first tag is from before there was the second package.
    assert_eq!(told("two"), ["two-v2.0.0"]);
    let answer = audit(&repo, &["--package", "too"]);
    assert_eq!((answer.code, answer.out.as_str()), (2, ""));
    assert!(answer.err.starts_with("relgate: no tag is a release of a package `too`\n"), "{answer:?}");
}

#[test]
fn many_releases_come_back_in_one_order_whatever_thread_judged_them() {
    let repo = Repo::consistent();
    for patch in 0..150 {
        repo.git(&["tag", &format!("v1.2.{patch}")]);
    }
    let first = audit(&repo, &["--format", "json"]);
    assert_eq!(first.json()["summary"]["releases"], 150);
    let shown = tags(&first.json()["releases"]).into_iter().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(shown, (0..150).map(|patch| format!("v1.2.{patch}")).collect::<Vec<_>>());
    assert_eq!(audit(&repo, &["--format", "json"]).out, first.out);
}

/// Every tag, attribute and piece of text of a page, as Python's own parser reads them.
const READ_PAGE: &str = r"
import html.parser, json, sys

class Page(html.parser.HTMLParser):
    void = {'meta', 'input', 'link', 'br', 'img'}
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.names, self.texts, self.attributes, self.ids, self.targets = [], [], [], [], [], []
    def handle_starttag(self, tag, attributes):
        self.names.append(tag)
        self.attributes += [[tag, name, value] for name, value in attributes]
        self.ids += [value for name, value in attributes if name == 'id']
        self.targets += [value[1:] for name, value in attributes if name == 'href']
        if tag not in self.void:
            self.open.append(tag)
    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, (tag, self.getpos())
    def handle_data(self, data):
        if self.open and self.open[-1] != 'style':
            self.texts.append(data)

page = Page()
page.feed(sys.stdin.buffer.read().decode('utf-8'))
page.close()
assert not page.open, page.open
assert len(page.ids) == len(set(page.ids)), page.ids
assert set(page.targets) <= set(page.ids), set(page.targets) - set(page.ids)
print(json.dumps({'names': sorted(set(page.names)), 'attributes': page.attributes, 'text': ''.join(page.texts)}))
";

fn read_page(html: &str) -> Value {
    let answer = run(Command::new("python3").args(["-c", READ_PAGE]), html);
    assert_eq!(answer.code, 0, "{answer:?}");
    answer.json()
}

#[test]
fn the_page_holds_every_release_and_needs_nothing_else() {
    let repo = history();
    let answer = audit(&repo, &["--format", "html"]);
    assert_eq!(answer.code, 2);
    let page = read_page(&answer.out);
    let text = page["text"].as_str().unwrap();
    for part in ["v0.0.1", "v0.2.0", "v1.0.0", "tag-version-mismatch", "pyproject.toml:3:12", "shipped something wrong"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("nightly"));
    let titles = page["attributes"].as_array().unwrap().iter().filter(|attribute| attribute[1] == "title");
    let titles: Vec<&str> = titles.map(|title| title[2].as_str().unwrap()).collect();
    for title in ["v0.1.0", "v0.2.0: tag-version-mismatch", "v0.5.0: (version-skipped)"] {
        assert!(titles.contains(&title), "the timeline says what was wrong: {title} in {titles:?}");
    }
    let names: Vec<&str> = page["names"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    for foreign in ["script", "link", "img", "iframe", "object", "embed", "form", "base"] {
        assert!(!names.contains(&foreign), "{names:?}");
    }
    assert!(!answer.out.contains("http://") && !answer.out.contains("https://"), "nothing is fetched");
    assert!(!answer.out.contains("url(") && !answer.out.contains("@import"));
}

#[test]
fn nothing_that_a_repository_says_becomes_part_of_the_page() {
    let repo = Repo::consistent();
    let hostile = "x<img/src='y'onerror=alert(1)>&\"";
    repo.write("pyproject.toml", "[project]\nname = \"<b>pkg</b>\"\nversion = \"<i>1</i>\"\n");
    repo.write(
        "CHANGELOG.md",
        format!("# Changelog\n\n## [1.2.0]</td></table><script>alert(1)</script> - \u{202e}`{hostile}\n\n### <h1>Added</h1>\n\n- {hostile}\n"),
    );
    repo.write("src/pkg/__init__.py", "__version__ = \"\\\"><svg onload=alert(1)>\"\n");
    repo.commit("Release");
    for tag in ["v1.2.0-<script>alert(1)</script>", "v1.2.0", "v1.3.0\"onmouseover=alert(1)", "v1.4.0'><b>"] {
        repo.git(&["tag", tag]);
    }
    let answer = audit(&repo, &["--format", "html"]);
    let page = read_page(&answer.out);
    let names: Vec<&str> = page["names"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    for foreign in ["script", "img", "svg", "i", "h4"] {
        assert!(!names.contains(&foreign), "{foreign} in {names:?}");
    }
    for attribute in page["attributes"].as_array().unwrap() {
        let known = ["class", "charset", "checked", "content", "data-name", "href", "http-equiv", "id", "lang", "name"];
        let name = attribute[1].as_str().unwrap();
        let other = ["aria-hidden", "aria-labelledby", "scope", "style", "title", "type"];
        assert!(known.contains(&name) || other.contains(&name), "{attribute}");
    }
    let text = page["text"].as_str().unwrap();
    for told in ["<b>pkg</b>", "v1.2.0-<script>alert(1)</script>", "v1.4.0'><b>"] {
        assert!(text.contains(told), "{told} is shown as it is written: {text}");
    }
    assert!(!answer.out.contains('\u{202e}'));
}
