//! The git program, for what only it knows: where hooks stand, and where a setting comes from.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;

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

    /// What git prints, without the last line end; `None` where it refuses.
    ///
    /// # Errors
    /// Where there is no git.
    pub fn text(&self, arguments: &[&str]) -> Result<Option<String>, Failure> {
        let mut command = Command::new("git");
        command.current_dir(&self.directory).args(["--no-pager", "-c", "core.fsmonitor=false"]).args(arguments);
        command.env("GIT_OPTIONAL_LOCKS", "0").stdin(Stdio::null()).stderr(Stdio::null());
        let output = command.output().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                Failure::new("there is no git on PATH").help("install git, or put its folder on PATH")
            }
            _ => Failure::new(format!("git cannot be run: {error}")),
        })?;
        let text = String::from_utf8_lossy(&output.stdout);
        let text = text.strip_suffix('\n').unwrap_or(&text).to_owned();
        Ok(output.status.success().then_some(text))
    }

    /// The only line that git prints; `None` where it refuses, or prints nothing.
    ///
    /// # Errors
    /// Where there is no git.
    pub fn line(&self, arguments: &[&str]) -> Result<Option<String>, Failure> {
        Ok(self.text(arguments)?.filter(|text| !text.is_empty()))
    }
}
