//! Several packages in one repository: each is judged alone.

use crate::support::Repo;

fn package(repo: &Repo, folder: &str, name: &str, version: &str) {
    let module = name.replace('-', "_");
    repo.write(&format!("{folder}/pyproject.toml"), format!("[project]\nname = \"{name}\"\nversion = \"{version}\"\n"));
    repo.write(&format!("{folder}/src/{module}/__init__.py"), format!("__version__ = \"{version}\"\n"));
    let changelog = format!(
        "# Changelog\n\n## [{version}] - 2026-01-05\n\n### Added\n\n- A thing.\n\n[{version}]: https://example.org/{name}/tree/{name}-v{version}\n"
    );
    repo.write(&format!("{folder}/CHANGELOG.md"), changelog);
}

fn workspace() -> Repo {
    let repo = Repo::empty();
    repo.write("pyproject.toml", "[tool.uv.workspace]\nmembers = [\"packages/*\"]\n");
    package(&repo, "packages/one", "acme-one", "1.2.0");
    package(&repo, "packages/two", "acme-two", "0.3.0");
    repo.commit("Two packages");
    repo
}

fn judged(answer: &crate::support::Answer) -> Vec<String> {
    let document = answer.json();
    let subjects = document["subjects"].as_array().unwrap();
    subjects.iter().map(|subject| subject["package"].as_str().unwrap_or("-").to_owned()).collect()
}

#[test]
fn every_member_of_a_workspace_is_judged() {
    let repo = workspace();
    let answer = repo.check(&[]);
    assert_eq!((answer.code, judged(&answer)), (0, vec!["acme-one".to_owned(), "acme-two".to_owned()]), "{answer:?}");
    repo.edit("packages/two/src/acme_two/__init__.py", "0.3.0", "0.2.9");
    let answer = repo.check(&[]);
    assert_eq!((answer.code, answer.rules()), (1, vec!["version-mismatch".to_owned()]));
    assert_eq!(repo.check(&["--package", "acme-one"]).code, 0);
    let unknown = repo.relgate(&["check", "--package", "acme-tow"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("did you mean `acme-two`?"), "{unknown:?}");
}

#[test]
fn a_tag_is_judged_for_its_own_package_alone() {
    let repo = workspace();
    repo.edit("packages/two/src/acme_two/__init__.py", "0.3.0", "0.2.9");
    repo.commit("Break the other one");
    for tag in ["acme-one-v1.2.0", "acme_one@1.2.0", "acme-one/v1.2.0", "one-v1.2.0"] {
        let answer = repo.check(&["--tag", tag]);
        assert_eq!((answer.code, judged(&answer)), (0, vec!["acme-one".to_owned()]), "{tag}: {answer:?}");
    }
    let answer = repo.check(&["--tag", "acme-two-v0.3.0"]);
    assert_eq!((answer.code, judged(&answer)), (1, vec!["acme-two".to_owned()]), "{answer:?}");
    // A tag of neither is no release, and one that does not exist is a mistake.
    repo.tag("v1.2.0");
    let answer = repo.check(&["--tag", "v1.2.0"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.json()["subjects"][0]["release"].is_null(), "{answer:?}");
    assert_eq!(repo.relgate(&["check", "--tag", "v7.2.0"]).code, 2);
}

#[test]
fn packages_of_one_version_are_released_by_one_tag() {
    let repo = workspace();
    package(&repo, "packages/two", "acme-two", "1.2.0");
    repo.commit("In step");
    let answer = repo.check(&["--tag", "v1.2.0"]);
    assert_eq!((answer.code, judged(&answer).len()), (0, 2), "{answer:?}");
    let answer = repo.check(&["--tag", "v1.3.0"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert_eq!(answer.rules().iter().filter(|rule| *rule == "tag-version-mismatch").count(), 4, "{answer:?}");
}

#[test]
fn settings_list_packages() {
    let repo = Repo::empty();
    package(&repo, "a", "alpha", "1.0.0");
    package(&repo, "b", "beta", "2.0.0");
    let settings =
        "[[package]]\nname = 'alpha'\npath = 'a'\ntag = 'a/{version}'\n\n[[package]]\nname = 'b'\npath = 'b'\n";
    repo.write("relgate.toml", settings);
    repo.commit("Two packages");
    assert_eq!(judged(&repo.check(&[])), ["alpha", "b"]);
    assert_eq!(judged(&repo.check(&["--tag", "b-v2.0.0"])), ["b"]);
    repo.write(
        "relgate.toml",
        format!("tag = '{{name}}/{{version}}'\n{}", settings.replace("tag = 'a/{version}'\n", "")),
    );
    repo.commit("One template for all");
    let answer = repo.check(&["--tag", "alpha/1.0.0"]);
    assert_eq!((answer.code, judged(&answer)), (0, vec!["alpha".to_owned()]), "{answer:?}");
    repo.write("relgate.toml", "[[package]]\nnam = 'alpha'\n");
    let answer = repo.relgate(&["check"]);
    assert_eq!(answer.code, 2);
    assert!(
        answer.err.contains("did you mean `name`?") && answer.err.contains("a `package` has a `path`"),
        "{answer:?}"
    );
}

#[test]
fn a_project_in_the_only_folder_that_has_one_is_found() {
    let repo = Repo::empty();
    repo.write("README.md", "# x\n");
    package(&repo, "python", "pkg", "1.2.0");
    repo.commit("Nested");
    let answer = repo.check(&["--tag", "v1.2.0"]);
    assert_eq!((answer.code, judged(&answer)), (0, vec!["pkg".to_owned()]), "{answer:?}");
    assert_eq!(repo.check(&["--tag", "v1.3.0"]).code, 1);
}

#[test]
fn a_top_without_a_project_leaves_it_to_its_folders() {
    let repo = Repo::empty();
    package(&repo, "packages/one", "acme-one", "1.2.0");
    package(&repo, "packages/two", "acme-two", "0.3.0");
    package(&repo, "examples/demo", "demo", "0.0.1");
    repo.commit("Two packages and an example");
    assert_eq!(judged(&repo.check(&[])), ["acme-one", "acme-two"]);
    assert_eq!(judged(&repo.check(&["--tag", "two-v0.3.0"])), ["acme-two"]);
}

#[test]
fn a_tag_of_another_package_is_no_second_one_of_the_same_version() {
    let repo = Repo::empty();
    repo.write(
        "pyproject.toml",
        "[project]\nname = \"acme\"\nversion = \"2.0.0\"\n\n[tool.uv.workspace]\nmembers = [\"one\"]\n",
    );
    package(&repo, "one", "acme-one", "1.2.0");
    repo.commit("Two packages");
    repo.tag("v1.2.0");
    repo.tag("v2.0.0");
    repo.tag("acme-one-v1.2.0");
    assert_eq!(repo.check(&["--tag", "acme-one-v1.2.0"]).rules(), [""; 0]);
    repo.tag("acme_one@1.2.0");
    assert_eq!(repo.check(&["--tag", "acme-one-v1.2.0"]).rules(), ["tag-duplicate"]);
    repo.tag("acme-v2.0.0");
    assert!(repo.check(&["--tag", "v2.0.0"]).rules().contains(&"tag-duplicate".to_owned()));
}
