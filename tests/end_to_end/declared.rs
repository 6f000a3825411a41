//! `relgate versions`: every place that states the version.

use crate::support::Repo;

#[test]
fn every_place_is_shown_with_what_it_is() {
    let repo = Repo::consistent();
    repo.write("CITATION.cff", "cff-version: 1.2.0\ntitle: pkg\nversion: 1.1.0\n");
    let answer = repo.relgate(&["versions"]);
    assert_eq!(
        answer.out,
        "pkg 1.2.0\n  pyproject.toml:3:12       1.2.0  is built\n  src/pkg/__init__.py:3:16  1.2.0  is seen by users\n  \
         CITATION.cff:3:10         1.1.0  is a copy\n"
    );
    assert_eq!(answer.code, 0, "what disagrees is for `check` to say");
    assert_eq!(repo.relgate(&["versions", "--short"]).out, "1.2.0\n");
    let document = repo.relgate(&["versions", "--format", "json"]).json();
    assert_eq!(document["packages"][0]["origin"], "declared");
    assert_eq!(document["packages"][0]["declarations"][0]["role"], "authority");
    repo.commit("x");
    repo.write("pyproject.toml", "[project]\nname = \"pkg\"\nversion = \"9.0\"\n");
    assert_eq!(repo.relgate(&["versions", "--short", "--rev", "HEAD"]).out, "1.2.0\n");
}

#[test]
fn a_version_that_no_file_states_is_said_to_be_so() {
    let repo = Repo::empty();
    let build =
        "[build-system]\nrequires = [\"setuptools\", \"setuptools-scm\"]\nbuild-backend = \"setuptools.build_meta\"\n";
    let project = "[project]\nname = \"pkg\"\ndynamic = [\"version\"]\n[tool.setuptools_scm]\n";
    repo.write("pyproject.toml", format!("{build}{project}"));
    assert_eq!(repo.relgate(&["versions"]).out, "pkg the tag is the version\n");
    let short = repo.relgate(&["versions", "--short"]);
    assert_eq!((short.code, short.out.as_str()), (2, ""));
    assert_eq!(short.err, "relgate: no file states the version of pkg: the tag is the version\n");
}
