//! One page a rule, made from the table of rules and from what the real binary says to its examples.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use relgate::finding::{Level, Safety};
use relgate::rules::{About, Example, Group, MESSAGE, RULES, Rule};

use crate::support::{RELGATE, Repo, run};
use crate::{generated, markdown_in, read};

const TODAY: &str = "2026-11-22";

fn title(group: Group) -> &'static str {
    match group {
        Group::Versions => "Versions",
        Group::Tags => "Tags",
        Group::Release => "The changelog and the release",
        Group::Text => "The text of the changelog",
        Group::Stability => "Stability policy",
        Group::Security => "Security",
        Group::Process => "Process",
        Group::Settings => "Settings",
    }
}

fn level(rule: &Rule) -> &'static str {
    match rule.level {
        Level::Off => "off",
        Level::Warn => "warn",
        Level::Error => "error",
    }
}

fn repair(rule: &Rule) -> &'static str {
    match rule.fix {
        Some(Safety::Safe) => "safe",
        Some(Safety::Unsafe) => "opt-in",
        None => "",
    }
}

/// A sentence of what may begin in lower case and has no full stop.
fn sentence(summary: &str) -> String {
    let mut letters = summary.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    format!("{}.", first.chain(letters).collect::<String>().trim_end_matches('.'))
}

/// The project of an example as a repository, and what relgate says to it about this rule alone.
struct Shown<'e> {
    repo: Repo,
    rule: &'e Rule,
    example: &'e Example,
}

impl<'e> Shown<'e> {
    fn new(rule: &'e Rule, example: &'e Example) -> Self {
        Self { repo: Repo::empty(), rule, example }
    }

    fn write(&self, change: impl Fn(&str) -> String) {
        for (path, text) in self.example.files {
            if *path != MESSAGE && revision(path).is_none() {
                self.repo.write(path, bytes(&change(text)));
            }
        }
        self.turn_on();
    }

    /// The files of earlier commits, each of these committed; answers whether there are any.
    fn write_history(&self) -> bool {
        let mut revisions: Vec<&str> = Vec::new();
        for (path, text) in self.example.files {
            let Some((before, path)) = revision(path) else { continue };
            if revisions.last() != Some(&before) {
                self.commit_as(revisions.last().copied());
                revisions.push(before);
            }
            self.repo.write(path, bytes(text));
        }
        self.commit_as(revisions.last().copied());
        !revisions.is_empty()
    }

    fn commit_as(&self, revision: Option<&str>) {
        let Some(revision) = revision else { return };
        self.commit("Before");
        if revision != "HEAD" {
            self.tag(revision);
        }
    }

    /// A rule that is off needs a setting to be shown at all.
    fn turn_on(&self) {
        if self.rule.level != Level::Off {
            return;
        }
        let has_settings = self.repo.path.join("pyproject.toml").is_file()
            && self.repo.read("pyproject.toml").contains("[tool.relgate");
        let (file, table) =
            if has_settings { ("pyproject.toml", "tool.relgate.rules") } else { ("relgate.toml", "rules") };
        let before = std::fs::read_to_string(self.repo.path.join(file)).unwrap_or_default();
        self.repo.write(file, format!("{before}\n[{table}]\n{} = \"warn\"\n", self.rule.id));
    }

    /// git on the day of the examples.
    fn git(&self, arguments: &[&str]) {
        let mut command = self.repo.command("git");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_DATE"), format!("{TODAY}T12:00:00+00:00"));
        }
        let answer = run(command.current_dir(&self.repo.path).args(arguments), "");
        assert_eq!(answer.code, 0, "git {arguments:?}: {answer:?}");
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    fn tag(&self, name: &str) {
        self.git(&["tag", "-a", "-m", name, name]);
    }

    /// All that is said.
    fn said(&self) -> String {
        let is_message = self.example.files.iter().any(|(path, _)| *path == MESSAGE);
        if is_message {
            return self.message();
        }
        let mut words = self.example.tag.unwrap_or_default().split(' ');
        let tag = words.next().unwrap_or_default();
        if let Some(moved) = tag.strip_prefix('+') {
            return self.push(moved, false);
        }
        if let Some(deleted) = tag.strip_prefix(':') {
            return self.push(deleted, true);
        }
        let history: Vec<&str> = words.collect();
        for pair in history.chunks(2) {
            match pair {
                ["after", before] => {
                    self.commit("Before");
                    self.tag(before);
                }
                ["on", _] => {
                    self.commit("Before");
                    self.tag(tag);
                }
                _ => {}
            }
        }
        let has_history = self.write_history();
        self.write(str::to_owned);
        // What the last commit had is what the folder is compared with.
        if !has_history || !tag.is_empty() {
            self.commit("Change");
        }
        if let ["beside", twin] = history[..] {
            self.tag(twin);
        }
        let mut arguments = vec!["check", "--today", TODAY];
        if !tag.is_empty() {
            arguments.extend(["--tag", tag]);
        }
        match history.first() {
            Some(&"on") => arguments.extend(["--rev", "HEAD"]),
            _ if tag.is_empty() => {}
            _ if history == ["as", "lightweight"] => self.git(&["tag", tag]),
            _ => self.tag(tag),
        }
        if let ["off", branch] = history[..] {
            self.git(&["checkout", "-q", "--orphan", "other"]);
            self.commit("Another history");
            self.git(&["branch", "-q", "-f", branch]);
        }
        self.repo.relgate(&arguments).all()
    }

    /// A release tag that is there is pushed anew, or deleted.
    fn push(&self, tag: &str, deleted: bool) -> String {
        self.write(str::to_owned);
        self.commit("Release");
        let old = self.repo.git(&["rev-parse", "HEAD"]);
        self.tag(tag);
        self.commit("More");
        let new = self.repo.git(&["rev-parse", "HEAD"]);
        let (old, new, none) = (old.trim(), new.trim(), "0".repeat(40));
        let input = match deleted {
            true => format!("(delete) {none} refs/tags/{tag} {old}\n"),
            false => format!("refs/tags/{tag} {new} refs/tags/{tag} {old}\n"),
        };
        self.repo.run(RELGATE, &["hook", "pre-push", "origin", "https://example.org/demo"], &input).all()
    }

    /// A commit that changes the version.
    fn message(&self) -> String {
        self.write(|text| {
            let is_version = |line: &&str| line.starts_with("version = ");
            let changed = text.lines().map(|line| if is_version(&line) { "version = \"0\"" } else { line });
            changed.collect::<Vec<_>>().join("\n") + "\n"
        });
        self.commit("Before");
        self.write(str::to_owned);
        self.repo.stage();
        let (path, text) = self.example.files.iter().find(|(path, _)| *path == MESSAGE).unwrap();
        self.repo.write(path, text);
        let mut command = self.repo.command(RELGATE);
        run(command.current_dir(&self.repo.path).args(["hook", "commit-msg", path]), "").all()
    }

    /// What is said about the rule, without the rest.
    fn picture(&self) -> String {
        let said = self.said();
        let id = format!("[{}]", self.rule.id);
        let own = said.split("\n\n").filter(|part| part.lines().next().is_some_and(|line| line.contains(&id)));
        let picture = own.collect::<Vec<_>>().join("\n\n");
        assert!(!picture.is_empty(), "{}, {}: the real binary says\n{said}", self.rule.id, self.example.title);
        picture.trim_end().to_owned()
    }
}

/// `HEAD:CHANGELOG.md` in its parts.
fn revision(path: &str) -> Option<(&str, &str)> {
    path.split_once(':')
}

/// The bytes of an example's file.
fn bytes(text: &str) -> Vec<u8> {
    let pieces: Vec<&[u8]> = text.split('\u{fffd}').map(str::as_bytes).collect();
    pieces.join(&b"\xe9"[..])
}

fn language(path: &str) -> &str {
    match path.rsplit('.').next().unwrap_or_default() {
        "md" => "markdown",
        "toml" | "lock" => "toml",
        "py" => "python",
        "yml" | "yaml" | "cff" => "yaml",
        "cfg" | "ini" => "ini",
        "json" => "json",
        "rst" => "rst",
        _ => "text",
    }
}

fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    let block = format!("{fence}{language}\n{text}{end}{fence}\n");
    // Tools that look for conflicts would find one here; an indented fence takes its indent from each line.
    let has_conflict = text.lines().any(|line| line.starts_with("<<<<<<<") || line.starts_with(">>>>>>>"));
    if has_conflict {
        block.lines().map(|line| format!(" {line}").trim_end().to_owned() + "\n").collect()
    } else {
        block
    }
}

fn files(example: &Example) -> String {
    let mut page = String::new();
    for (path, text) in example.files {
        let name = match revision(path) {
            Some((revision, path)) => format!("`{path}` at `{revision}`"),
            None if *path == MESSAGE => "The message of the commit".to_owned(),
            None => format!("`{path}`"),
        };
        write!(page, "{name}\n\n{}\n", fenced(language(path), text)).unwrap();
    }
    if let Some(command) = example.command() {
        writeln!(page, "{}", fenced("sh", &command)).unwrap();
    }
    page
}

/// The explanation, with links to the pages of what it names.
fn linked(explanation: &str, own: &str) -> String {
    let mut page = String::new();
    let mut last = "";
    for (index, piece) in explanation.trim().split('`').enumerate() {
        let is_code = index % 2 == 1;
        if is_code && piece != own && RULES.iter().any(|rule| rule.id == piece) {
            write!(page, "[`{piece}`]({piece}.md)").unwrap();
        } else if is_code && last.trim_end().ends_with("setting") {
            write!(page, "[`{piece}`](../settings.md#{piece})").unwrap();
        } else if is_code {
            write!(page, "`{piece}`").unwrap();
        } else {
            page += piece;
        }
        last = piece;
    }
    page
}

fn page(rule: &Rule) -> String {
    let mut page = format!(
        "<!-- Generated from the table of rules: UPDATE_DOCS=1 cargo test --test documents -->\n\n# {}\n\n{}\n\n",
        rule.id,
        sentence(rule.summary)
    );
    let blocks = match (rule.level, rule.about) {
        (Level::Off, _) => "only where settings turn it on",
        (Level::Warn, _) => "no, unless settings say `error`",
        (Level::Error, About::Release) => "always",
        (Level::Error, About::Text) => "what is new; what the last commit or the last release already had is counted",
    };
    let repair = match rule.fix {
        Some(Safety::Safe) => "`relgate check --fix`",
        Some(Safety::Unsafe) => "`relgate check --fix --unsafe-fixes`, to be looked at afterwards",
        None => "by hand",
    };
    write!(
        page,
        "| Group | Level | Blocks | Repair |\n|---|---|---|---|\n| [{}](README.md#{}) | `{}` | {blocks} | {repair} |\n\n{}\n",
        rule.group.name(),
        anchor(rule.group),
        level(rule),
        linked(rule.explanation, rule.id),
    )
    .unwrap();
    page += "\n## Wrong\n";
    for example in rule.bad {
        let picture = Shown::new(rule, example).picture();
        let files = files(example);
        write!(page, "\n### {}\n\n{files}relgate says:\n\n{}", heading(example), fenced("text", &picture)).unwrap();
    }
    page += "\n## Right\n";
    for example in rule.good {
        write!(page, "\n### {}\n\n{}", heading(example), files(example).trim_end()).unwrap();
        page += "\n";
    }
    let other = if rule.level == Level::Error { "warn" } else { "error" };
    write!(
        page,
        "\n## Settings\n\n```toml\n[tool.relgate.rules]\n{} = \"{other}\"    # error, warn or off; without it: {}\n```\n",
        rule.id,
        level(rule)
    )
    .unwrap();
    page
}

fn heading(example: &Example) -> String {
    sentence(example.title).trim_end_matches('.').to_owned()
}

fn anchor(group: Group) -> String {
    title(group).to_lowercase().replace(' ', "-")
}

/// The rules of each group that has any.
fn groups() -> Vec<(Group, Vec<&'static Rule>)> {
    let of = |group| RULES.iter().copied().filter(|rule| rule.group == group).collect::<Vec<_>>();
    Group::ALL.into_iter().map(|group| (group, of(group))).filter(|(_, rules)| !rules.is_empty()).collect()
}

fn index() -> String {
    let mut page = format!(
        "<!-- Generated from the table of rules: UPDATE_DOCS=1 cargo test --test documents -->\n\n# The rules\n\n\
         relgate has {} rules. `error` blocks, `warn` is shown, `off` is judged where settings ask for it. A `safe`\n\
         repair is made by `relgate check --fix`, an `opt-in` one by `--fix --unsafe-fixes`. `relgate explain RULE` shows the page\n\
         of a rule on the terminal.\n",
        RULES.len()
    );
    for (group, rules) in groups() {
        write!(page, "\n## {}\n\n| rule | level | repair | what it says |\n|---|---|---|---|\n", title(group)).unwrap();
        for rule in rules {
            let Rule { id, summary, .. } = rule;
            writeln!(page, "| [`{id}`]({id}.md) | {} | {} | {} |", level(rule), repair(rule), sentence(summary))
                .unwrap();
        }
    }
    page
}

#[test]
fn every_rule_has_its_page() {
    for rule in RULES {
        generated(&format!("docs/rules/{}.md", rule.id), &page(rule));
    }
    generated("docs/rules/README.md", &index());
    let named: BTreeSet<String> = RULES
        .iter()
        .map(|rule| format!("docs/rules/{}.md", rule.id))
        .chain(["docs/rules/README.md".to_owned()])
        .collect();
    let found: BTreeSet<String> = markdown_in("docs/rules").into_iter().collect();
    assert_eq!(found, named, "pages of rules that are there");
}

#[test]
fn the_book_lists_the_rules_by_group() {
    const START: &str = "- [The rules](rules/README.md)\n";
    let summary = read("docs/SUMMARY.md");
    let (before, after) = summary.split_once(START).expect("the rules have their place");
    let rest = after.split_once("\n\n").map_or("", |(_, rest)| rest);
    let mut list = String::new();
    for (_, rules) in groups() {
        for rule in rules {
            writeln!(list, "  - [{}](rules/{}.md)", rule.id, rule.id).unwrap();
        }
    }
    let rest = if rest.is_empty() { String::new() } else { format!("\n{rest}") };
    generated("docs/SUMMARY.md", &format!("{before}{START}{list}{rest}"));
}
