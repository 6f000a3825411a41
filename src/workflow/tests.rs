use proptest::prelude::*;

use super::script::{Script, Target};
use super::yaml::Document;
use super::*;
use crate::finding::Sources;
use crate::repository::Snapshot;

/// Pattern, name, whether the pattern lets the name in. Those of GitHub's own table come first.
const FILTERS: &[(&str, &str, bool)] = &[
    ("feature/*", "feature/my-branch", true),
    ("feature/*", "feature/your-branch", true),
    ("feature/*", "feature/a/b", false),
    ("feature/**", "feature/beta-a/my-branch", true),
    ("feature/**", "feature/your-branch", true),
    ("feature/**", "feature/mona/the/octocat", true),
    ("main", "main", true),
    ("main", "maint", false),
    ("releases/mona-the-octocat", "releases/mona-the-octocat", true),
    ("*", "main", true),
    ("*", "releases", true),
    ("*", "releases/1", false),
    ("**", "all/the/branches", true),
    ("**", "every/tag", true),
    ("*feature", "mona-feature", true),
    ("*feature", "feature", true),
    ("*feature", "ver-10-feature", true),
    ("*feature", "features", false),
    ("v2*", "v2", true),
    ("v2*", "v2.0", true),
    ("v2*", "v2.9", true),
    ("v2*", "v1.2", false),
    ("v[12].[0-9]+.[0-9]+", "v1.10.1", true),
    ("v[12].[0-9]+.[0-9]+", "v2.0.0", true),
    ("v[12].[0-9]+.[0-9]+", "v3.0.0", false),
    ("v[12].[0-9]+.[0-9]+", "v1.2.3rc1", false),
    ("*.jsx?", "page.js", true),
    ("*.jsx?", "page.jsx", true),
    ("*.jsx?", "page.jsxx", false),
    ("**.js", "index.js", true),
    ("**.js", "src/js/app.js", true),
    ("docs/**/*.md", "docs/README.md", true),
    ("docs/**/*.md", "docs/a/markdown/file.md", true),
    ("docs/**/*.md", "docsREADME.md", false),
    ("**/docs/**", "docs/hello.md", true),
    ("**/docs/**", "space/docs/plan/space.doc", true),
    ("**/README.md", "README.md", true),
    ("**/README.md", "js/README.md", true),
    ("**/README.md", "xREADME.md", false),
    ("**/*src/**", "a/src/app.js", true),
    ("**/*src/**", "my-src/code/js/app.js", true),
    ("**/*-post.md", "path/their-post.md", true),
    ("**/migrate-*.sql", "db/sept/migrate-v1.sql", true),
    ("Octo*", "Octocat", true),
    ("[CB]at", "Cat", true),
    ("[CB]at", "Rat", false),
    ("[1-2]00", "100", true),
    ("[1-2]00", "300", false),
    ("[0-9a-z]", "q", true),
    ("[0-9a-z]", "Q", false),
    ("v*", "v1.2.0", true),
    ("v*", "V1.2.0", false),
    ("v*", "1.2.0", false),
    ("v*", "", false),
    ("v*", "v", true),
    ("v*", "v1/2", false),
    ("v*.*.*", "v1.2.0rc1", true),
    ("v*.*.*", "v1.2", false),
    ("v?[0-9]+.[0-9]+", "1.2", true),
    ("v?[0-9]+.[0-9]+", "v1.2", true),
    ("v?[0-9]+.[0-9]+", "vv1.2", false),
    ("v[0-9]+.[0-9]+.[0-9]+*", "v1.2.0rc1", true),
    ("[0-9]+.[0-9]+.[0-9]+.post[0-9]+", "1.2.0.post1", true),
    ("[0-9]+.[0-9]+.[0-9]+", "1.2.0.post1", false),
    ("1.2.0", "1x2x0", false),
    ("{v*,[0-9]*}", "v1", false),
    ("(v)1", "(v)1", true),
    ("v1.x$", "v1.x$", true),
    ("^v1", "v1", false),
    ("\\*", "*", true),
    ("\\*", "v", false),
    ("v1\\+x", "v1+x", true),
    ("release-!", "release-!", true),
    ("pkg@v*", "pkg@v1.0", true),
    ("pkg/v*", "pkg/v1.0", true),
    ("é?*", "é1", true),
    ("a**c", "a/b/c", true),
    ("a**c", "ac", true),
    ("a+b", "aaab", true),
    ("a+b", "b", false),
];

#[test]
fn patterns_let_in_what_github_says() {
    for (pattern, name, expected) in FILTERS {
        let filter = Filter::parse(pattern).unwrap_or_else(|| panic!("{pattern}"));
        assert_eq!((filter.matches(name), filter.negative), (*expected, false), "{pattern} {name}");
    }
}

#[test]
fn patterns_without_a_documented_meaning_are_not_guessed() {
    for pattern in ["", "!", "+a", "?", "[", "[]", "[a", "[^a]", "[a-]", "[z-a]", "[a-Z]", "[.]", "a\\", "a?+", "**/?"]
    {
        assert_eq!(Filter::parse(pattern), None, "{pattern}");
    }
    assert_eq!(Filter::parse(&"a".repeat(300)), None);
    assert!(Filter::parse("!v*").is_some_and(|filter| filter.negative && filter.matches("v1")));
}

/// The pattern as a regular expression, built from pieces that say what each is.
fn piece() -> impl Strategy<Value = (String, String)> {
    prop_oneof![
        "[a-c/.-]".prop_map(|c| (c.clone(), regex::escape(&c))),
        "[a-c]".prop_map(|c| (format!("{c}?"), format!("{c}?"))),
        "[a-c/]".prop_map(|c| (format!("{c}+"), format!("{c}+"))),
        Just(("[ab]".to_owned(), "[ab]".to_owned())),
        Just(("[a-c]+".to_owned(), "[a-c]+".to_owned())),
        Just(("*".to_owned(), "[^/]*".to_owned())),
        Just(("**".to_owned(), ".*".to_owned())),
    ]
}

proptest! {
    #[test]
    fn a_pattern_is_the_regular_expression_that_its_pieces_are(
        pieces in prop::collection::vec(piece(), 1..7),
        names in prop::collection::vec("[a-c/.-]{0,7}", 1..20),
    ) {
        let (patterns, expressions): (Vec<_>, Vec<_>) = pieces.into_iter().unzip();
        // Two stars that meet are another piece, and one that a slash follows may be.
        let pattern = patterns.concat();
        prop_assume!(!pattern.contains("***") && !pattern.contains("**/") && !patterns.windows(2).any(|two| two == ["*", "*"]));
        let filter = Filter::parse(&pattern).unwrap();
        let expression = regex::Regex::new(&format!("(?s)^(?:{})$", expressions.concat())).unwrap();
        for name in &names {
            prop_assert_eq!(filter.matches(name), expression.is_match(name), "{} {}", pattern, name);
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "[ -~\u{e9}\n]{0,200}") {
        let _ = Filter::parse(&text).map(|filter| filter.matches(&text));
        condition::holds(&text, Event::Tag("v1"));
        Script::read(&text);
        workflow(format!("jobs:\n  a: publish\n{text}").as_bytes());
    }

    #[test]
    fn every_span_is_in_the_text(items in prop::collection::vec("[a-z\u{e9}*]{1,5}", 1..6), comment in "[a-z\u{e9}]{0,5}") {
        let list: String = items.iter().map(|item| format!("    - '{item}' # {comment}\r\n")).collect();
        let text = format!("# {comment}\r\non:\r\n  push:\r\n    tags:\r\n{list}");
        let document = Document::parse(&text).unwrap();
        let on = document.get(document.root(), "on").unwrap();
        let tags = document.get(document.get(on, "push").unwrap(), "tags").unwrap();
        let found: Vec<String> = document.items(tags).iter().map(|item| text[document.span(*item).range()].to_owned()).collect();
        prop_assert_eq!(found, items.iter().map(|item| format!("'{item}'")).collect::<Vec<_>>());
    }
}

#[test]
fn conditions_hold_as_far_as_the_name_decides_them() {
    for (condition, on_tag, on_branch) in [
        ("startsWith(github.ref, 'refs/tags/v')", Some(true), Some(false)),
        ("startsWith(github.ref, 'refs/tags/')", Some(true), Some(false)),
        ("STARTSWITH( github.ref , 'REFS/TAGS' )", Some(true), Some(false)),
        ("${{ startsWith(github.ref, 'refs/tags/1') }}", Some(false), Some(false)),
        ("startsWith(github.event.ref, 'refs/tags')", Some(true), Some(false)),
        ("startsWith(github.ref_name, 'v')", Some(true), None),
        ("github.ref_type == 'tag'", Some(true), Some(false)),
        ("github.ref_type != 'tag'", Some(false), Some(true)),
        ("github.ref == 'refs/heads/main'", Some(false), None),
        ("github.ref == 'refs/tags/V1.2.0'", Some(true), Some(false)),
        ("contains(github.ref, 'rc')", Some(false), None),
        ("contains(github.ref, 'refs/')", Some(true), Some(true)),
        ("!contains(github.ref, 'rc') && !contains(github.ref, 'dev')", Some(true), None),
        ("endsWith(github.ref_name, '.0')", Some(true), None),
        ("github.event_name == 'push' && github.ref_type == 'tag'", Some(true), Some(false)),
        ("github.event_name == 'release'", Some(false), Some(false)),
        ("github.event.action == 'published'", Some(false), Some(false)),
        ("github.event_name == 'release' || startsWith(github.ref, 'refs/tags/')", Some(true), Some(false)),
        ("!github.event.release.prerelease", Some(true), Some(true)),
        ("inputs.target == 'pypi'", Some(false), Some(false)),
        ("github.repository == 'a/b'", None, None),
        ("github.repository == 'a/b' && startsWith(github.ref, 'refs/tags/')", None, Some(false)),
        ("needs.check.outputs.ok == 'true' || always()", Some(true), Some(true)),
        ("(success() && !(failure() || cancelled()))", Some(true), Some(true)),
        ("fromJSON('[1]')[0] == github.ref", None, None),
        ("true", Some(true), Some(true)),
        ("'false'", Some(true), Some(true)),
        ("''", Some(false), Some(false)),
        ("null == 0", Some(true), Some(true)),
        ("'it''s' == 'IT''S'", Some(true), Some(true)),
        ("1 < 2", None, None),
        ("${{ a }} && true", None, None),
        ("startsWith(github.ref", None, None),
        ("github.ref = 'x'", None, None),
        ("", None, None),
    ] {
        let found = [Event::Tag("v1.2.0"), Event::Branch].map(|event| condition::holds(condition, event));
        assert_eq!(found, [on_tag, on_branch], "{condition}");
    }
    let deep = format!("{}true{}", "(".repeat(100_000), ")".repeat(100_000));
    assert_eq!(condition::holds(&deep, Event::Branch), None);
    assert_eq!(condition::holds(&format!("{}true", "!".repeat(100_001)), Event::Branch), Some(false));
}

#[test]
fn commands_that_publish_are_found() {
    for (script, expected) in [
        ("twine upload dist/*", &[Target::Index][..]),
        ("python -m twine upload --skip-existing dist/*", &[Target::Index]),
        ("pip install twine\npython3 -m build\ntwine upload \\\n  --repository testpypi dist/*", &[Target::Trial]),
        ("pipx run twine==5.1.1 upload dist/*", &[Target::Index]),
        ("uvx twine@latest upload dist/* # twine upload", &[Target::Index]),
        ("cd dist && .venv/bin/twine upload *", &[Target::Index]),
        ("uv publish --token ${{ secrets.TOKEN }}", &[Target::Index]),
        ("uv --quiet --directory x publish", &[Target::Index]),
        ("uv publish --publish-url=https://test.pypi.org/legacy/", &[Target::Trial]),
        ("uv publish --index \"$INDEX\"", &[Target::Unknown]),
        ("poetry publish --build", &[Target::Index]),
        ("poetry publish -r test-pypi", &[Target::Trial]),
        ("poetry publish --dry-run", &[Target::Trial]),
        ("hatch publish -r test", &[Target::Trial]),
        ("flit publish; pdm publish; maturin upload x; maturin publish", &[Target::Index; 4]),
        ("python setup.py sdist bdist_wheel upload", &[Target::Index]),
        ("# twine upload dist/*", &[]),
        ("echo twine upload dist/*", &[]),
        ("twine check dist/*\nuv build\npoetry build", &[]),
        ("pip install twine uv\npublish upload", &[]),
    ] {
        assert_eq!(Script::read(script).uploads, expected, "{script}");
    }
    assert!(Script::read("if [ -n \"$X\" ]; then\n  twine upload x\nfi").branches);
    assert!(Script::read("test -f x || twine upload x").branches);
    let releases = |script| Script::read(script).releases.into_iter().map(|(says, _)| says).collect::<Vec<_>>();
    assert_eq!(releases("gh release create v1 \\\n --notes '' \\\n --prerelease dist/*"), [true]);
    assert_eq!(releases("gh release create v1 -p\ngh release create v1 --prerelease=false"), [true, false]);
    assert!(releases("gh release create v1\ngh release edit v1 --prerelease").is_empty());
}

fn workflow(bytes: &[u8]) -> Option<Workflow> {
    let mut sources = Sources::default();
    let source = sources.add("x.yml", bytes.to_vec());
    read::workflow(source, bytes)
}

const STEP: &str = "    steps:\n      - uses: pypa/gh-action-pypi-publish@release/v1\n";

/// What a push of `v1.2.0` does where these are the events, other jobs, and the lines of the job that publishes.
fn outcome(on: &str, others: &str, job: &str) -> String {
    let text = format!("{on}\njobs:\n{others}  publish:\n{job}{STEP}");
    let workflow = workflow(text.as_bytes()).unwrap();
    let outcome = match workflow.published_by(Event::Tag("v1.2.0")) {
        Outcome::Done => "done",
        Outcome::Stopped(Obstacle::Event) => "not started",
        Outcome::Stopped(Obstacle::Condition(span)) => &text[span.range()],
        Outcome::Unknown => "unknown",
    };
    format!("{outcome}{}", if workflow.publishes_otherwise() { ", or otherwise" } else { "" })
}

#[test]
fn a_tag_starts_what_waits_for_it() {
    for (on, expected) in [
        ("on: push", "done, or otherwise"),
        ("on: [push, pull_request]", "done, or otherwise"),
        ("on:\n  push:", "done, or otherwise"),
        ("on:\n  push:\n    tags: v*", "done"),
        ("on:\n  push:\n    tags: ['v*']", "done"),
        ("\"on\": {push: {'tags': [\"v*\"]}}", "done"),
        ("on:\r\n  push:\r\n    tags: # which?\r\n      - v* # these\r\n", "done"),
        ("on:\n  push:\n    tags: &names\n      - v*\n  create: *names", "done, or otherwise"),
        ("x: &names [v*]\non:\n  push:\n    tags: *names", "done"),
        ("on:\n  push:\n    tags: ['1*']", "not started"),
        ("on:\n  push:\n    tags: ['v*', '!v1.*']", "not started"),
        ("on:\n  push:\n    tags: ['!v1.*', 'v*']", "done"),
        ("on:\n  push:\n    tags: ['v*', '!v1.*', 'v1.2.0']", "done"),
        ("on:\n  push:\n    tags: ['!v2.*']", "unknown"),
        ("on:\n  push:\n    tags: ['v(1|2)*', '[.]']", "unknown"),
        ("on:\n  push:\n    tags: []", "unknown"),
        ("on:\n  push:\n    tags:", "unknown"),
        ("on:\n  push:\n    tags-ignore: ['v1*']", "not started"),
        ("on:\n  push:\n    tags-ignore: ['nightly']", "done"),
        ("on:\n  push:\n    tags: ['v*']\n    tags-ignore: ['v2*']", "unknown"),
        ("on:\n  push:\n    branches: [main]", "not started, or otherwise"),
        ("on:\n  push:\n    branches-ignore: [main]", "not started, or otherwise"),
        ("on:\n  push:\n    branches-ignore: ['**']\n    tags: ['v*']", "done"),
        ("on:\n  push:\n    branches: [main]\n    tags: ['1*']", "not started, or otherwise"),
        ("on:\n  push:\n    paths: ['src/**']", "done, or otherwise"),
        ("on:\n  release:\n    types: [published]", "not started, or otherwise"),
        ("on: workflow_dispatch", "not started, or otherwise"),
        ("on:\n  schedule: [{cron: '0 0 * * *'}]", "not started, or otherwise"),
        ("on:\n  push:\n    <<: *x\n", "not started, or otherwise"),
    ] {
        assert_eq!(outcome(on, "", ""), expected, "{on}");
    }
}

#[test]
fn conditions_and_needed_jobs_decide() {
    for (others, job, expected) in [
        ("", "    if: startsWith(github.ref, 'refs/tags/v')\n", "done"),
        ("", "    if: \"startsWith(github.ref, 'refs/tags/1')\"\n", "\"startsWith(github.ref, 'refs/tags/1')\""),
        ("", "    if: >-\n      github.event_name == 'push'\n      && github.ref_type == 'tag'\n", "done"),
        ("", "    if: github.repository == 'a/b'\n", "unknown, or otherwise"),
        ("", "    if: false\n", "false"),
        ("", "    needs: gone\n", "unknown, or otherwise"),
        ("", "    needs: [publish]\n", "unknown, or otherwise"),
        ("  only: {if: github.ref == 'refs/tags/v2'}\n", "    needs: [only]\n", "github.ref == 'refs/tags/v2'"),
        ("  a: {if: false}\n  b: {needs: a}\n", "    needs: b\n", "false"),
        ("  only: {if: false}\n", "    needs: only\n    if: always()\n", "unknown, or otherwise"),
        ("  only: {}\n", "    needs: only\n    if: github.ref_type == 'tag'\n", "done"),
    ] {
        assert_eq!(outcome("on: [push, pull_request]", others, job), expected, "{others}{job}");
    }
}

fn publishes(step: &str) -> Option<bool> {
    let text = format!("on: push\njobs:\n  release:\n{step}");
    let workflow = workflow(text.as_bytes())?;
    workflow.publishes().then(|| workflow.published_by(Event::Tag("v1")) == Outcome::Done)
}

#[test]
fn steps_that_publish_are_known_from_those_that_try() {
    for (job, expected) in [
        ("    steps: [{uses: pypa/gh-action-pypi-publish@v1}]", Some(true)),
        (
            "    steps: [{uses: PyPA/gh-action-pypi-publish@v1, with: {repository-url: 'https://test.pypi.org/legacy/'}}]",
            None,
        ),
        (
            "    steps: [{uses: pypa/gh-action-pypi-publish@v1, with: {repository_url: 'https://test.pypi.org/legacy/'}}]",
            None,
        ),
        ("    steps: [{uses: pypa/gh-action-pypi-publish@v1, with: {repository-url: '${{ inputs.x }}'}}]", Some(false)),
        ("    steps: [{uses: pypa/gh-action-pypi-publish@v1, with: {skip-existing: true}}]", Some(true)),
        (
            "    steps: [{uses: PyO3/maturin-action@v1, with: {command: upload, args: --skip-existing wheels/*}}]",
            Some(true),
        ),
        ("    steps: [{uses: PyO3/maturin-action@v1, with: {args: --release}}]", None),
        ("    env: {TWINE_REPOSITORY: testpypi}\n    steps: [{run: twine upload dist/*}]", None),
        ("    steps: [{run: twine upload dist/*, env: {TWINE_REPOSITORY_URL: 'https://test.pypi.org/legacy/'}}]", None),
        ("    steps:\n      - run: |\n          python -m build\n          twine upload dist/*\n", Some(true)),
        ("    steps:\n      - run: |\n          if true; then twine upload dist/*; fi\n", Some(false)),
        ("    environment: pypi\n    permissions: {id-token: write}\n    steps: [{run: ./release.sh}]", Some(true)),
        (
            "    environment: {name: release, url: 'https://pypi.org/p/x'}\n    permissions: {id-token: write}",
            Some(true),
        ),
        ("    environment: testpypi\n    permissions: {id-token: write}\n    steps: [{run: ./release.sh}]", None),
        ("    environment: pypi\n    permissions: {contents: read}\n    steps: [{run: ./release.sh}]", None),
        (
            "    environment: pypi\n    permissions: {id-token: write}\n    steps: [{run: uv publish --index testpypi}]",
            None,
        ),
        ("    uses: a/b/.github/workflows/publish.yml@v1", None),
        ("    steps: [{uses: docker/build-push-action@v5, with: {push: true}}]", None),
    ] {
        assert_eq!(publishes(job), expected, "{job}");
    }
}

#[test]
fn what_cannot_be_understood_may_do_anything() {
    for text in [
        "publish: [",
        "# publish\njobs:\n  a: {steps: [{run: uv publish}]}\n",
        "on: push\non: push\npublish: &a *b\n",
        "on: push\njobs: {a: {}}\n---\nuv publish\n",
        "on: push\njobs:\n  release:\n    <<: *x\n",
        "on: push\njobs:\n  x: &x {steps: []}\n  release: {<<: *x}\n",
        "uv publish\n- \u{fffd}",
    ] {
        let workflow = workflow(text.as_bytes()).unwrap();
        assert!(workflow.may_publish() && !workflow.publishes() && workflow.publishes_otherwise(), "{text}");
    }
    assert!(workflow(b"on: push\njobs: {test: {steps: [{run: pytest}]}}\n").is_none());
    assert!(workflow(b"on: push\njobs: {test: {steps: [{run: ./upload-coverage}]}}\n").is_none());
    assert!(workflow(b"publish \xff").is_some_and(|workflow| workflow.publishes_otherwise()));
}

#[test]
fn hostile_texts_cost_little() {
    let aliases = |count: usize| {
        let jobs: String = (0..count).map(|at| format!("  j{at}: *job\n")).collect();
        let steps = "    - *step\n".repeat(count);
        format!(
            "x: &step {{run: uv publish}}\ny: &steps\n{steps}z: &job {{steps: *steps, needs: *steps}}\non: push\njobs:\n{jobs}"
        )
    };
    let bomb: String = (1..60).map(|at| format!("a{at}: &a{at} [*a{0}, *a{0}, *a{0}]\n", at - 1)).collect();
    let needs: String = (0..4000).map(|at| format!("  j{at}: {{needs: *all, uses: x/publish.yml}}\n")).collect();
    let all: String = (0..4000).map(|at| format!("- j{at}\n")).collect();
    let started = std::time::Instant::now();
    for text in [
        format!("publish{}", "[".repeat(1 << 20)),
        format!("publish: {}", "{a: ".repeat(100_000)),
        format!("publish\n{}", "- ".repeat(200_000)),
        format!("{}publish", "? ".repeat(200_000)),
        (0..1000).map(|depth| format!("{}publish:\n", " ".repeat(depth))).collect(),
        format!("a0: &a0 publish\n{bomb}on: push\njobs: *a59\n"),
        "x: &x\n  publish: *x\non: push\njobs: *x\n".to_owned(),
        format!("x: &all\n{all}on: push\njobs:\n{needs}"),
        aliases(8_000),
        format!("on: push\njobs: {{a: {{if: \"{}\", steps: [{{run: uv publish}}]}}}}", "(".repeat(400_000)),
        format!("on: push\njobs: {{a: {{steps: [{{run: \"{}\"}}]}}}}", "uv publish && ".repeat(30_000)),
        format!(
            "on: {{push: {{tags: [{}]}}}}\njobs: {{a: {{steps: [{{run: uv publish}}]}}}}",
            "'*a*a*a*a*a*a*a*a*b',".repeat(20_000)
        ),
    ] {
        if let Some(workflow) = workflow(text.as_bytes()) {
            workflow.published_by(Event::Tag(&"a".repeat(200)));
            workflow.publishes_otherwise();
        }
    }
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

#[test]
fn only_workflows_of_their_folder_are_read() {
    let text = b"on: push\njobs: {a: {steps: [{run: uv publish}]}}\n".to_vec();
    let paths = ["a.yml", "b.yaml", "c.yml.txt", "sub/d.yml"].map(|name| format!(".github/workflows/{name}"));
    let snapshot = Snapshot::memory(paths.into_iter().chain(["e.yml".to_owned()]).map(|path| (path, text.clone())));
    let mut files = crate::files::Files::new(&snapshot);
    let found: Vec<String> =
        read(&mut files).unwrap().iter().map(|workflow| files.path(workflow.source).to_owned()).collect();
    assert_eq!(found, [".github/workflows/a.yml", ".github/workflows/b.yaml"]);
}
