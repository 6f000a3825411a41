//! `check --format` and `--output`: what each consumer gets.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Answer, RELGATE, Repo, run};
use crate::{schemas, venv};

/// A release with findings on a tag, in the changelog and in a file whose name needs escaping; one has a repair.
fn refused() -> Repo {
    let repo = Repo::consistent();
    repo.edit("src/pkg/__init__.py", "1.2.0", "1.1.0");
    repo.edit("CHANGELOG.md", "### Added", "### added");
    repo.edit("CHANGELOG.md", "## [1.2.0] - 2026-01-05\n\n", "");
    repo.write("docs/a b%,:[1].txt", "漢字 pkg 1.0.0\n");
    let settings = "[tool.relgate]\nversions = [{ path = \"docs/a b%,:[1].txt\", pattern = \"pkg {version}\" }]\n";
    repo.write("pyproject.toml", format!("{}{settings}", crate::support::PYPROJECT));
    repo.commit("Release 1.2.0");
    repo.tag("v1.2.0");
    repo
}

fn told(repo: &Repo, format: &str) -> Answer {
    repo.relgate(&["check", "--tag", "v1.2.0", "--today", "2026-01-06", "--format", format])
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn one_line_for_each_finding() {
    let answer = told(&refused(), "concise");
    assert_eq!((answer.code, answer.err.as_str()), (1, ""));
    insta::assert_snapshot!(answer.out);
}

#[test]
fn quiet_tells_findings_alone() {
    for format in ["human", "concise", "github"] {
        let (repo, args) = (refused(), ["check", "--tag", "v1.2.0", "--today", "2026-01-06", "-q", "--output-format"]);
        let answer = repo.relgate(&[&args[..], &[format]].concat());
        let whole = told(&repo, format);
        assert_eq!((answer.code, answer.err.as_str()), (1, ""));
        assert_eq!(
            Some(answer.out.trim_end()),
            whole.out.trim_end().rsplit_once('\n').map(|(head, _)| head.trim_end())
        );
        assert!(whole.out.contains("\nrefused: "), "{whole:?}");
        let clean = Repo::consistent().relgate(&["check", "--quiet", "--format", format]);
        assert_eq!((clean.code, clean.all().as_str()), (0, ""));
    }
}

#[test]
fn who_asks_for_it_gets_the_exit_code_0_for_findings_and_for_nothing_else() {
    let repo = refused();
    let answer = repo.relgate(&["check", "--tag", "v1.2.0", "--exit-zero"]);
    assert!(answer.code == 0 && answer.out.contains("refused: v1.2.0"), "{answer:?}");
    assert_eq!(repo.relgate(&["check", "--tag", "v9.9", "--rev", "nowhere", "--exit-zero"]).code, 2);
}

#[test]
fn annotations_of_github() {
    insta::assert_snapshot!(told(&refused(), "github").out);
}

#[test]
fn a_case_for_each_finding() {
    insta::assert_snapshot!(told(&refused(), "junit").out);
    let clean = Repo::consistent().relgate(&["check", "--format", "junit"]);
    assert!(clean.code == 0 && clean.out.contains("tests=\"1\" failures=\"0\" errors=\"0\""), "{clean:?}");
}

#[test]
fn a_table_for_the_summary_of_a_job() {
    insta::assert_snapshot!(told(&refused(), "markdown").out);
}

#[test]
fn schemas_and_parsers_of_others_take_it() {
    let (sarif, junit) = schemas::sarif_and_junit();
    let repo = refused();
    let clean = Repo::consistent();
    let folder = repo.home().join("told");
    fs::create_dir(&folder).unwrap();
    for (name, answer) in [
        ("found.sarif", told(&repo, "sarif")),
        ("found.xml", told(&repo, "junit")),
        ("clean.sarif", clean.relgate(&["check", "--format", "sarif"])),
        ("clean.xml", clean.relgate(&["check", "--format", "junit"])),
        ("failed.sarif", clean.relgate(&["check", "--format", "sarif", "--rev", "nowhere"])),
        ("failed.xml", clean.relgate(&["check", "--format", "junit", "--rev", "nowhere"])),
    ] {
        fs::write(folder.join(name), answer.out).unwrap();
    }
    let script = "\
import glob, json, sys, jsonschema, junitparser, xmlschema
schema = json.load(open(sys.argv[1]))
validator = jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())
for path in sorted(glob.glob('*.sarif')):
    for error in validator.iter_errors(json.load(open(path))):
        print(path, error.json_path, error.message)
suites = {}
for path in sorted(glob.glob('*.xml')):
    for error in xmlschema.XMLSchema(sys.argv[2]).iter_errors(path):
        print(path, error.path, error.reason)
    read = junitparser.JUnitXml.fromfile(path)
    suites[path] = [read.tests, read.failures, read.errors, sum(1 for suite in read for case in suite)]
print(json.dumps(suites))
";
    let mut python = std::process::Command::new(venv::programs().join("python"));
    let answer = run(python.args(["-c", script]).args([&sarif, &junit]).current_dir(&folder), "");
    let all = value(&told(&repo, "json").out)["subjects"][0]["findings"].as_array().unwrap().len();
    let blocking = told(&repo, "junit").out.matches("</failure>").count();
    let expected = serde_json::json!({
        "clean.xml": [1, 0, 0, 1], "failed.xml": [1, 0, 1, 1], "found.xml": [all, blocking, 0, all],
    });
    assert_eq!((answer.err.as_str(), value(&answer.out)), ("", expected), "{answer:?}");
}

#[test]
fn code_scanning_gets_what_it_asks_for() {
    let repo = refused();
    let document = value(&told(&repo, "sarif").out);
    let run = &document["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: Vec<&str> = rules.iter().filter_map(|rule| rule["id"].as_str()).collect();
    let listed = repo.relgate(&["rules", "--format", "json"]).json();
    let listed: Vec<&str> = listed.as_array().unwrap().iter().filter_map(|rule| rule["id"].as_str()).collect();
    assert_eq!(ids, listed);
    for rule in rules {
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(rule[text]["text"].as_str().is_some_and(|text| !text.is_empty()), "{text}: {rule}");
        }
        assert!(rule["fullDescription"]["text"].as_str().unwrap().len() <= 1024, "{rule}");
    }
    assert_eq!(run["automationDetails"]["id"], "relgate/pkg/");
    let results = run["results"].as_array().unwrap();
    let of = |rule: &str| results.iter().find(|result| result["ruleId"] == rule).unwrap_or_else(|| panic!("{rule}"));
    // A tag has no place in a file: the finding is shown where it can be mended, and names the tag.
    let tag = &of("release-not-promoted")["locations"][0];
    assert_eq!(tag["physicalLocation"]["artifactLocation"]["uri"], "CHANGELOG.md");
    assert_eq!(tag["logicalLocations"][0]["fullyQualifiedName"], "refs/tags/v1.2.0");
    let file = &of("secondary-version-stale")["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(file["uri"], "docs/a%20b%25%2C%3A%5B1%5D.txt");
    assert_eq!(file["uriBaseId"], "%SRCROOT%");
    let replacement = &of("changelog-category")["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], "Added");
    assert_eq!(replacement["deletedRegion"]["startColumn"], 5);
}

#[test]
fn findings_keep_their_names_when_lines_move() {
    let repo = refused();
    let names = |repo: &Repo| -> (Vec<String>, Vec<String>, Vec<String>) {
        let sarif = repo.relgate(&["check", "--worktree", "--format", "sarif"]);
        let gitlab = value(&repo.relgate(&["check", "--worktree", "--format", "gitlab"]).out);
        let results = value(&sarif.out)["runs"][0]["results"].as_array().unwrap().clone();
        let all = |pick: &dyn Fn(&Value) -> &Value, of: &[Value]| -> Vec<String> {
            of.iter().map(|one| pick(one).as_str().unwrap().to_owned()).collect()
        };
        (
            all(&|result| &result["partialFingerprints"]["relgate/v1"], &results),
            all(&|result| &result["partialFingerprints"]["primaryLocationLineHash"], &results),
            all(&|issue| &issue["fingerprint"], gitlab.as_array().unwrap()),
        )
    };
    let before = names(&repo);
    assert!(before.0.len() > 2);
    repo.edit("CHANGELOG.md", "# Changelog\n", "# Changelog\n\nMore lines.\n\nAbove.\n");
    repo.edit("src/pkg/__init__.py", "\n\n", "\n\nimport os\n");
    assert_eq!(names(&repo), before);
}

#[test]
fn what_the_base_has_is_suppressed_and_said_to_be_old() {
    let repo = refused();
    let all = |format: &str| repo.relgate(&["check", "--worktree", "--base", "HEAD", "--all", "--format", format]).out;
    let results = value(&all("sarif"))["runs"][0]["results"].as_array().unwrap().clone();
    let old = results.iter().find(|result| result["ruleId"] == "changelog-category").unwrap();
    assert_eq!(old["suppressions"][0]["kind"], "external");
    let new = results.iter().find(|result| result["ruleId"] == "version-mismatch").unwrap();
    assert_eq!(new["suppressions"].as_array().unwrap().len(), 0);
    assert!(all("concise").contains("`added` is no category, expected `Added` (not new)"));
    assert!(all("junit").contains("<skipped type=\"changelog-category\""));
    assert!(all("gitlab").contains("\"severity\": \"major\""));
}

#[test]
fn diagnostics_of_reviewdog_count_bytes() {
    let repo = refused();
    let document = value(&told(&repo, "rdjson").out);
    assert_eq!(document["source"]["name"], "relgate");
    let mut found = 0;
    for diagnostic in document["diagnostics"].as_array().unwrap() {
        let keys: Vec<&String> = diagnostic.as_object().unwrap().keys().collect();
        let known = ["code", "location", "message", "related_locations", "severity", "suggestions"];
        assert!(keys.iter().all(|key| known.contains(&key.as_str())), "{diagnostic}");
        assert!(["ERROR", "WARNING"].contains(&diagnostic["severity"].as_str().unwrap()), "{diagnostic}");
        let location = &diagnostic["location"];
        let text = repo.read(location["path"].as_str().unwrap());
        let at = |end: &str| {
            let place = &location["range"][end];
            let number = |name: &str| usize::try_from(place[name].as_u64().unwrap()).unwrap();
            let start: usize = text.split_inclusive('\n').take(number("line") - 1).map(str::len).sum();
            start + number("column") - 1
        };
        // After two letters of three bytes each.
        if diagnostic["code"]["value"] == "secondary-version-stale" {
            assert_eq!(&text[at("start")..at("end")], "1.0.0");
            found += 1;
        }
        if diagnostic["code"]["value"] == "changelog-category" {
            assert_eq!(diagnostic["suggestions"][0]["text"], "Added");
            assert_eq!(diagnostic["suggestions"][0]["range"], location["range"]);
            found += 1;
        }
    }
    assert_eq!(found, 2, "{document:#}");
}

#[test]
fn several_files_at_once() {
    let repo = refused();
    let path = |name: &str| repo.path.join(name);
    let tag = ["check", "--tag", "v1.2.0", "--today", "2026-01-06"];
    let call = |arguments: &[&str]| {
        let mut all = tag.to_vec();
        all.extend(arguments);
        repo.relgate(&all)
    };
    let alone = call(&["--format", "concise"]);
    let beside = call(&["--format", "concise", "--output", "sarif=a.sarif", "--output", "junit=a.xml"]);
    assert_eq!((beside.code, &beside.out), (1, &alone.out));
    assert_eq!(fs::read_to_string(path("a.sarif")).unwrap(), told(&repo, "sarif").out);
    assert_eq!(fs::read_to_string(path("a.xml")).unwrap(), told(&repo, "junit").out);
    let instead = call(&["--format", "concise", "--output", "a.txt", "--output", "json=./a=b.json"]);
    assert_eq!((instead.code, instead.out.as_str(), instead.err.as_str()), (1, "", ""));
    assert_eq!(fs::read_to_string(path("a.txt")).unwrap(), alone.out);
    assert!(path("a=b.json").is_file());
    assert_eq!(call(&["--output", "./x=y", "--color", "always"]).code, 1);
    assert!(!fs::read_to_string(path("x=y")).unwrap().contains('\x1b'), "a file is no terminal");
}

#[test]
fn outputs_that_cannot_be() {
    let repo = Repo::consistent();
    let refused = |arguments: &[&str], said: &str| {
        let mut all = vec!["check"];
        all.extend(arguments);
        let answer = repo.relgate(&all);
        assert!(answer.code == 2 && answer.err.contains(said), "{said}: {answer:?}");
    };
    refused(
        &["--output", "srif=a"],
        "there is no format `srif`: did you mean `sarif`?; a file of that name is `./srif=a`",
    );
    refused(&["--output", "sarif="], "names no file");
    refused(&["--output", ""], "names no file");
    refused(&["--output", "sarif=nowhere/a"], "the results cannot be written to nowhere/a: ");
    refused(&["--output", "."], "the results cannot be written to .: ");
    refused(&["--output", "sarif=a", "--output", "junit=a"], "two outputs would be written to a");
    assert!(!repo.path.join("a").exists());
}

#[test]
fn a_failure_leaves_no_old_answer_behind() {
    let repo = Repo::consistent();
    let formats = ["human", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson", "markdown"];
    let mut arguments = vec!["check".to_owned(), "--rev".to_owned(), "nowhere".to_owned()];
    for format in formats {
        repo.write(&format!("told/{format}"), "old");
        arguments.extend(["--output".to_owned(), format!("{format}=told/{format}")]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let answer = repo.relgate(&arguments);
    assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{answer:?}");
    assert!(answer.err.starts_with("relgate: `nowhere` names no commit"), "{answer:?}");
    for format in formats {
        let text = repo.read(&format!("told/{format}"));
        match format {
            "sarif" => assert_eq!(value(&text)["runs"][0]["invocations"][0]["executionSuccessful"], false),
            "junit" => assert!(text.contains("errors=\"1\"") && text.contains("names no commit"), "{text}"),
            "github" => assert!(text.starts_with("::error title=relgate could not judge::`nowhere` names"), "{text}"),
            "markdown" => assert!(text.contains("could not judge: `nowhere` names no commit"), "{text}"),
            _ => assert_eq!(text, "", "{format} has no way to say it"),
        }
    }
}

#[test]
fn github_is_told_of_more_than_it_shows() {
    let repo = Repo::consistent();
    let categories = (0..12).map(|n| format!("### Odd {n}\n\n- x\n\n")).collect::<String>();
    repo.edit("CHANGELOG.md", "### Added", &format!("{categories}### Added"));
    let answer = repo.relgate(&["check", "--format", "github"]);
    assert_eq!(answer.out.matches("::error ").count(), 12);
    assert!(answer.out.ends_with("\nGitHub annotates 10 errors and 10 warnings of a step; all are told above\n"));
}

/// Names that git takes and that mean something to a log or to a parser.
#[test]
fn hostile_names_are_quoted_in_every_format() {
    let repo = Repo::consistent();
    let hostile = "::add-mask::x\u{202e}\u{9b}##[group]##vso[task]|`<b>&\"'%0A";
    let path = format!("{hostile}.txt");
    repo.write(&path, "pkg 1.0.0\n");
    repo.edit("CHANGELOG.md", "### Added", &format!("### {hostile}"));
    let quoted = serde_json::to_string(&path).unwrap();
    repo.write(
        "pyproject.toml",
        format!(
            "[project]\nname = {}\nversion = \"1.2.0\"\n[tool.relgate]\nversions = [{{ path = {quoted}, pattern = \"pkg {{version}}\" }}]\n",
            serde_json::to_string(hostile).unwrap()
        ),
    );
    repo.commit("Hostile names");
    let tag = "v1.3.0##[x]|`<b>&\"'%0A\u{202e}\u{9b}";
    let harmful =
        |c: char| c != '\n' && (c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
    let check = |arguments: &[&str]| {
        let answer = repo.relgate(arguments);
        let text = answer.all();
        assert!(!text.contains(harmful), "{arguments:?}: {text:?}");
        for line in text.lines() {
            let own = line.starts_with("::error ") || line.starts_with("::warning ");
            assert!(own || !line.starts_with("::"), "{arguments:?}: {line:?}");
            assert!(!line.contains("##[") && !line.contains("##vso["), "{arguments:?}: {line:?}");
        }
        answer
    };
    for format in ["human", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson", "markdown"] {
        assert_eq!(check(&["check", "--format", format]).code, 1, "{format}");
        check(&["check", "--format", format, "--tag", tag]);
        check(&["check", "--format", format, "--rev", hostile]);
        check(&["check", "--format", format, "--package", hostile]);
    }
    for arguments in [
        &["versions"][..],
        &["versions", "--short"],
        &["versions", "--format", "json"],
        &["notes", "1.2.0"],
        &["notes", "1.2.0", "--format", "json"],
        &["check", "--diff", "--unsafe-fixes"],
        &["check", "--output", hostile],
        &["check", "--format", hostile],
        &["check", "--today", hostile],
        &[hostile],
        &["explain", hostile],
        &["doctor"],
    ] {
        check(arguments);
    }
}

#[test]
fn notes_for_a_pipe_are_the_text_itself() {
    let repo = Repo::consistent();
    let text = "- A\ttab, an \u{1f469}\u{200d}\u{1f4bb}, `::code::` and [a link](https://e.org).\n\n      ::indented\n\n- ## [x] a::b";
    repo.edit("CHANGELOG.md", "- Something new.", text);
    let answer = repo.relgate(&["notes", "1.2.0"]);
    assert_eq!(answer.out, format!("### Added\n\n{}\n", text.replace("::indented", "\\::indented")));
    repo.edit("CHANGELOG.md", text, "- x\n\n::add-mask::x\n##[group]\u{1b}[31m\u{202e}");
    let answer = repo.relgate(&["notes", "1.2.0"]);
    assert_eq!(answer.out, "### Added\n\n- x\n\n\\::add-mask::x\n##\\[group]\u{fffd}[31m\u{fffd}\n");
}

#[test]
fn a_line_of_a_megabyte_is_shown_in_a_window() {
    let repo = Repo::consistent();
    let long = "漢x".repeat(200_000);
    repo.write("package.json", format!("{{\"a\": \"{long}\", \"version\": \"1.0.0\", \"b\": \"{long}\"}}\n"));
    let settings = "[tool.relgate]\nversions = [{ path = \"package.json\", pattern = '\"version\": \"{version}\"' }]\n";
    repo.write("pyproject.toml", format!("{}{settings}", crate::support::PYPROJECT));
    let answer = repo.relgate(&["check", "--worktree"]);
    assert!(answer.out.contains("--> package.json:1:400023\n"), "{}", &answer.out[..answer.out.len().min(3000)]);
    let told: Vec<&str> = answer.out.lines().filter(|line| line.contains("\"1.0.0\"")).collect();
    assert!(told.len() == 1 && told[0].chars().count() <= 140, "{told:?}");
    assert!(answer.out.len() < 5_000, "{}", answer.out.len());
    let json = value(&repo.relgate(&["check", "--worktree", "--format", "json"]).out);
    assert_eq!(json["subjects"][0]["findings"][0]["start"]["column"], 400_023);
}

#[test]
fn help_names_every_format() {
    let help = Repo::bare_home().relgate(&["check", "--help"]).out;
    for format in ["human", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson", "markdown"] {
        assert!(help.contains(&format!("- {format}:")), "{help}");
    }
    assert!(Path::new(RELGATE).exists() && help.contains("--output <[FORMAT=]FILE>"), "{help}");
}
