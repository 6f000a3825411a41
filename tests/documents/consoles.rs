//! What the documents show on a terminal is what happens there: every `console` block is executed.
//!
//! A block runs in the repository that the last `<!-- repository: NAME -->` of its page made. Each line that begins with
//! `$ ` is given to bash; what follows it is compared with what is printed, standard error included.

use std::fs;
use std::path::Path;

use crate::page::{Block, Comment, blocks};
use crate::support::{Repo, not_tested, run};
use crate::{ROOT, generated, read, updating, venv, written};

/// The repositories that a page can ask for.
fn repository(name: &str) -> Repo {
    match name {
        "empty" => Repo::empty(),
        // A project whose version 1.2.0 is stated alike everywhere, committed and not yet tagged.
        "project" => Repo::consistent(),
        _ => panic!("there is no repository `{name}`"),
    }
}

/// The repository of a page, and what stands in for the network in it.
struct Terminal {
    repo: Repo,
}

impl Terminal {
    fn new(name: &str) -> Self {
        let terminal = Self { repo: repository(name) };
        terminal.publish();
        terminal
    }

    /// This project's hooks file as a repository of its own, found under the project's public address.
    fn publish(&self) {
        let hooks = self.repo.home().join("published");
        fs::create_dir(&hooks).unwrap();
        fs::copy(Path::new(ROOT).join(".pre-commit-hooks.yaml"), hooks.join(".pre-commit-hooks.yaml")).unwrap();
        let tag = concat!("v", env!("CARGO_PKG_VERSION"));
        for arguments in [&["init", "-q"][..], &["add", "-A"], &["commit", "-q", "-m", "x"], &["tag", tag]] {
            assert_eq!(run(self.repo.command("git").current_dir(&hooks).args(arguments), "").code, 0);
        }
    }

    /// What a command prints, in the folder of the repository.
    fn run(&self, command: &str) -> String {
        let home = self.repo.home();
        let mut bash = self.repo.command("bash");
        let path = bash.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, path)| path).unwrap();
        let path = std::env::join_paths(std::env::split_paths(&path.to_owned()).chain([venv::programs()])).unwrap();
        bash.env("PATH", path).env("PRE_COMMIT_HOME", home.join("pre-commit")).env("PREK_HOME", home.join("prek"));
        bash.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_VALUE_0", env!("CARGO_PKG_REPOSITORY"));
        bash.env("GIT_CONFIG_KEY_0", format!("url.{}.insteadOf", home.join("published").display()));
        let command = format!("exec 2>&1\n{command}");
        run(bash.current_dir(&self.repo.path).args(["--noprofile", "--norc", "-c", &command]), "").out
    }

    /// The block as it ought to be.
    fn replay(&self, block: &Block) -> String {
        let mut told = String::new();
        let mut lines = block.text.lines().peekable();
        while let Some(line) = lines.next() {
            let Some(first) = line.strip_prefix("$ ") else { continue };
            told += &format!("{line}\n");
            let mut command = first.to_owned();
            while command.ends_with('\\') {
                let more = lines.next().unwrap_or_default();
                told += &format!("{more}\n");
                command = format!("{command}\n{more}");
            }
            let printed = self.run(&command).replace(self.repo.home().to_str().unwrap(), "/home/you");
            told += &printed;
            if !printed.is_empty() && !printed.ends_with('\n') {
                told.push('\n');
            }
        }
        told
    }
}

/// The page with what is really printed.
fn replayed(path: &str, page: &str) -> String {
    let mut told = String::new();
    let mut copied = 0;
    let mut terminal: Option<Terminal> = None;
    for block in blocks(page) {
        let mut file = None;
        for comment in &block.comments {
            match comment {
                Comment::Repository(name) => terminal = Some(Terminal::new(name)),
                Comment::File(path) => file = Some(path),
                Comment::Run(commands) => {
                    let terminal = terminal.as_ref().unwrap_or_else(|| panic!("{path}:{}: no repository", block.line));
                    let printed = terminal.run(&format!("set -e\n{commands}\necho done"));
                    assert!(printed.ends_with("done\n"), "{path}:{}: {printed}", block.line);
                }
            }
        }
        if let Some(file) = file {
            terminal.as_ref().unwrap().repo.write(file, &block.text);
        }
        if block.language == "console" {
            let terminal = terminal.as_ref().unwrap_or_else(|| panic!("{path}:{}: no repository", block.line));
            assert!(block.text.starts_with("$ "), "{path}:{}: begins with a command", block.line);
            told += &page[copied..block.at.start];
            told += &terminal.replay(&block);
            copied = block.at.end;
        }
    }
    told + &page[copied..]
}

#[test]
fn what_is_shown_on_a_terminal_is_what_happens() {
    if !cfg!(target_os = "linux") {
        return not_tested("what the documents show on a terminal, which is Linux'");
    }
    let mut count = 0;
    for path in written() {
        let page = read(&path);
        count += blocks(&page).iter().filter(|block| block.language == "console").count();
        let replayed = replayed(&path, &page);
        if updating() {
            generated(&path, &replayed);
            continue;
        }
        hold(&path, &page, &replayed);
    }
    assert!(count > 0, "no page shows a terminal");
}

/// Says which lines differ, where any do.
fn hold(path: &str, page: &str, replayed: &str) {
    if page == replayed {
        return;
    }
    let difference = similar::TextDiff::from_lines(page, replayed);
    let difference = difference.unified_diff().header(path, "what happens").to_string();
    panic!("{difference}\n`UPDATE_DOCS=1 cargo test --test documents` writes what happens into the page");
}
