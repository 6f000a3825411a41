//! Real repositories made with the real git, and the real binary called in them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

pub const RELGATE: &str = env!("CARGO_BIN_EXE_relgate");

/// A throw-away repository in which nothing of this machine's settings is seen.
pub struct Repo {
    home: TempDir,
    pub path: PathBuf,
}

/// What a program answered.
#[derive(Debug)]
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The ids of the rules that fired, in the order in which they were told.
    pub fn rules(&self) -> Vec<String> {
        let document = self.json();
        let subjects = document["subjects"].as_array().unwrap();
        let findings = subjects.iter().flat_map(|subject| subject["findings"].as_array().unwrap());
        findings.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
    }

    pub fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

pub const PYPROJECT: &str = "[project]\nname = \"pkg\"\nversion = \"1.2.0\"\n";
pub const INIT: &str = "\"\"\"A package.\"\"\"\n\n__version__ = \"1.2.0\"\n";
pub const CHANGELOG: &str = "\
# Changelog

The format is based on [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).

## [Unreleased]

## [1.2.0] - 2026-01-05

### Added

- Something new.

## [1.1.0] - 2025-12-01

### Fixed

- Something old.

[Unreleased]: https://example.org/owner/pkg/compare/v1.2.0...HEAD
[1.2.0]: https://example.org/owner/pkg/compare/v1.1.0...v1.2.0
[1.1.0]: https://example.org/owner/pkg/releases/tag/v1.1.0
";

impl Repo {
    pub fn empty() -> Self {
        let repo = Self::bare_home();
        fs::create_dir(&repo.path).unwrap();
        repo.git(&["init", "-q", "-b", "main"]);
        repo
    }

    /// A folder that is no repository yet.
    pub fn bare_home() -> Self {
        let home = TempDir::new().unwrap();
        let path = home.path().canonicalize().unwrap().join("repo");
        Self { home, path }
    }

    /// A project whose version 1.2.0 is stated alike everywhere, committed and not yet tagged.
    pub fn consistent() -> Self {
        let repo = Self::empty();
        repo.write("pyproject.toml", PYPROJECT);
        repo.write("src/pkg/__init__.py", INIT);
        repo.write("CHANGELOG.md", CHANGELOG);
        repo.commit("Release 1.2.0");
        repo
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path.join(path)).unwrap()
    }

    /// Replaces text that is there.
    pub fn edit(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert!(text.contains(old), "{path} holds {old}");
        self.write(path, text.replace(old, new));
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        let answer = self.try_git(arguments);
        assert_eq!(answer.code, 0, "git {arguments:?}: {answer:?}");
        answer.out
    }

    pub fn try_git(&self, arguments: &[&str]) -> Answer {
        self.run("git", arguments, "")
    }

    pub fn stage(&self) {
        self.git(&["add", "-A"]);
    }

    pub fn commit(&self, message: &str) {
        self.stage();
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    pub fn tag(&self, name: &str) {
        self.git(&["tag", "-a", "-m", name, name]);
    }

    pub fn relgate(&self, arguments: &[&str]) -> Answer {
        self.run(RELGATE, arguments, "")
    }

    pub fn check(&self, arguments: &[&str]) -> Answer {
        let mut all = vec!["check", "--today", "2026-01-06", "--format", "json"];
        all.extend(arguments);
        self.relgate(&all)
    }

    pub fn run(&self, program: &str, arguments: &[&str], input: &str) -> Answer {
        let directory = if self.path.is_dir() { &self.path } else { self.home.path() };
        run(self.command(program).current_dir(directory).args(arguments), input)
    }

    /// The program in an environment of its own, with the folder of the tested binary first on PATH.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let own = Path::new(RELGATE).parent().unwrap().to_path_buf();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&path))).unwrap();
        command.env_clear().env("PATH", path).env("HOME", self.home.path()).env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.env("GIT_CEILING_DIRECTORIES", self.home.path().parent().unwrap());
        // Where coverage is counted, this program's goes there, too, and not into the repository.
        if let Some(file) = std::env::var_os("LLVM_PROFILE_FILE") {
            command.env("LLVM_PROFILE_FILE", file);
        }
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "A");
            command.env(format!("GIT_{role}_EMAIL"), "a@example.org");
            command.env(format!("GIT_{role}_DATE"), "2026-01-05T12:00:00+00:00");
        }
        command
    }

    /// Installs the shim of that name from `hooks/` as git's own hook.
    pub fn install_hook(&self, name: &str) {
        let shim = Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks").join(name);
        let hook = self.path.join(".git/hooks").join(name);
        fs::create_dir_all(hook.parent().unwrap()).unwrap();
        fs::copy(shim, hook).unwrap();
    }

    /// A bare repository beside this one, as the remote `origin`.
    pub fn add_remote(&self) -> PathBuf {
        let remote = self.home.path().join("remote.git");
        self.git(&["init", "-q", "--bare", "-b", "main", remote.to_str().unwrap()]);
        self.git(&["remote", "add", "origin", remote.to_str().unwrap()]);
        remote
    }
}

/// Says past the test harness, which shows only what failing tests print, that something could not be tested here.
pub fn not_tested(reason: &str) {
    let _ = writeln!(std::io::stderr(), "NOT TESTED: {reason}");
}

pub fn run(command: &mut Command, input: &str) -> Answer {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    // A program may end without reading all of it: that is for its exit code to judge.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Answer {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
