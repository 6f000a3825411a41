//! The git program, for what only it knows: where hooks stand, and where a setting comes from.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::failure::Failure;

fn without_line_end(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.strip_suffix('\n').unwrap_or(&text).to_owned()
}

/// Runs git in one directory, with arguments that are fixed and settings under which it executes nothing of the
/// repository's.
#[derive(Clone, Debug)]
pub struct Git {
    directory: PathBuf,
}

impl Git {
    pub fn at(directory: &Path) -> Self {
        Self { directory: directory.to_path_buf() }
    }

    fn run(&self, arguments: &[&str]) -> Result<Output, Failure> {
        let missing = || Failure::new("there is no git on PATH").help("install git, or put its folder on PATH");
        let mut command = Command::new(find_program().ok_or_else(missing)?);
        command.current_dir(&self.directory).args(["--no-pager", "-c", "core.fsmonitor=false"]).args(arguments);
        command.env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C").stdin(Stdio::null());
        command.output().map_err(|error| Failure::new(format!("git cannot be run: {error}")))
    }

    /// What git prints, without the last line end; `None` where it refuses.
    ///
    /// # Errors
    /// Where there is no git.
    pub fn text(&self, arguments: &[&str]) -> Result<Option<String>, Failure> {
        let output = self.run(arguments)?;
        Ok(output.status.success().then(|| without_line_end(&output.stdout)))
    }

    /// What git prints about the repository around the directory.
    ///
    /// # Errors
    /// Where there is none that git would work in; says why, as git does.
    pub fn ask(&self, arguments: &[&str]) -> Result<String, Failure> {
        let output = self.run(arguments)?;
        if output.status.success() {
            return Ok(without_line_end(&output.stdout));
        }
        let place = self.directory.display();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let mut lines = said.lines();
        let first = lines.next().unwrap_or_default().trim_start_matches("fatal: ");
        Err(if first.starts_with("not a git repository") {
            Failure::new(format!("no git repository at {place} or above it")).help("run relgate inside a repository")
        } else {
            let rest: Vec<&str> = lines.map(str::trim).filter(|line| !line.is_empty()).collect();
            Failure::new(format!("git refuses to work at {place}: {first}")).help(rest.join("\n"))
        })
    }

    /// The only line that git prints; `None` where it refuses, or prints nothing.
    ///
    /// # Errors
    /// Where there is no git.
    pub fn line(&self, arguments: &[&str]) -> Result<Option<String>, Failure> {
        Ok(self.text(arguments)?.filter(|text| !text.is_empty()))
    }
}

/// The git on PATH.
pub fn find_program() -> Option<PathBuf> {
    find_on_path("git")
}

/// The program of that name on PATH; a folder that is named from the current one might be the repository's own.
pub fn find_on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut folders = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
    folders.find_map(|folder| {
        let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        program.is_file().then_some(program)
    })
}
