//! The scripts that git runs: ours, and how those of others are known.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::cli::GitHook;
use crate::failure::Failure;

/// The line in our scripts that says so.
const MARK: &str = "# Written by `relgate install`";

/// The line into which the path of the binary goes.
const BINARY: &str = "relgate=''\n";

/// What the scripts of pre-commit and prek have in them; both call `<hook>.legacy` first, with all that git gave them.
const FRAMEWORKS: [&str; 3] = ["hook-impl", "138fd403232d2ddd5efb44317e38bf03", "182c10f181da4464a3eec51b83331688"];

/// Who wrote the script of a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// There is none.
    Nobody,
    /// We did.
    Relgate,
    /// We did, and somebody has changed it.
    Edited,
    /// pre-commit or prek did; which.
    Framework(&'static str),
    Lefthook,
    Other,
    /// It is a symbolic link, which is not followed.
    Link,
}

fn template(hook: GitHook) -> &'static str {
    match hook {
        GitHook::PreCommit => include_str!("../../hooks/pre-commit"),
        GitHook::PreMergeCommit => include_str!("../../hooks/pre-merge-commit"),
        GitHook::CommitMsg => include_str!("../../hooks/commit-msg"),
        GitHook::PrePush => include_str!("../../hooks/pre-push"),
        GitHook::ReferenceTransaction => include_str!("../../hooks/reference-transaction"),
        GitHook::PreReceive => include_str!("../../hooks/pre-receive"),
        GitHook::Update => include_str!("../../hooks/update"),
    }
}

/// The script of a hook, which calls this binary, and the one on PATH where that is gone.
pub fn text(hook: GitHook, binary: &Path) -> String {
    // Git's own sh on Windows takes forward slashes, and no others without doubt.
    let binary = binary.to_string_lossy();
    let binary = if cfg!(windows) { binary.replace('\\', "/") } else { binary.into_owned() };
    template(hook).replacen(BINARY, &format!("relgate={}\n", quote(&binary)), 1)
}

/// A word for sh.
pub fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The script that pre-commit and prek call before their own.
pub fn legacy(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".legacy");
    PathBuf::from(name)
}

/// Whose script stands at `file`.
///
/// # Errors
/// Where it is there and cannot be read.
pub fn owner(file: &Path, hook: GitHook) -> Result<Owner, Failure> {
    let failed = |error| Failure::new(format!("{} cannot be read: {error}", file.display()));
    match fs::symlink_metadata(file) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Owner::Nobody);
        }
        Err(error) => return Err(failed(error)),
        Ok(metadata) if metadata.is_symlink() => return Ok(Owner::Link),
        Ok(metadata) if !metadata.is_file() => return Ok(Owner::Other),
        Ok(_) => {}
    }
    let bytes = fs::read(file).map_err(failed)?;
    let text = String::from_utf8_lossy(&bytes);
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    Ok(if has(&[MARK]) {
        if without_binary(&text).is_some_and(|(plain, _)| plain == template(hook)) {
            Owner::Relgate
        } else {
            Owner::Edited
        }
    } else if has(&FRAMEWORKS) {
        Owner::Framework(if has(&["prek"]) { "prek" } else { "pre-commit" })
    } else if has(&["lefthook", "LEFTHOOK"]) {
        Owner::Lefthook
    } else {
        Owner::Other
    })
}

/// Our script as it was before the path of the binary went into it, and that path.
fn without_binary(text: &str) -> Option<(String, String)> {
    let line = text.split_inclusive('\n').find(|line| line.starts_with("relgate='"))?;
    let path = line.trim_end().strip_prefix("relgate='")?.strip_suffix('\'')?.replace(r"'\''", "'");
    Some((text.replacen(line, BINARY, 1), path))
}

/// The binary that our script at `file` calls; empty where it was given none.
pub fn binary(file: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(file).ok()?;
    without_binary(&text).map(|(_, path)| PathBuf::from(path))
}

/// Whether a script has a line, not commented out, that calls relgate for this hook.
pub fn calls_relgate(file: &Path, hook: GitHook) -> bool {
    fs::read(file).is_ok_and(|bytes| calls(&String::from_utf8_lossy(&bytes), hook))
}

/// Whether a text has such a line.
pub fn calls(text: &str, hook: GitHook) -> bool {
    let call = format!("relgate hook {}", hook.name());
    text.lines().any(|line| !line.trim_start().starts_with('#') && line.contains(&call))
}

/// Whether git would run the file.
pub fn is_executable(file: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(file).is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    file.is_file()
}

/// Writes an executable file at once or not at all; answers whether that changed anything.
///
/// # Errors
/// Where it cannot be written.
pub fn write(file: &Path, text: &str) -> Result<bool, Failure> {
    if fs::read(file).is_ok_and(|there| there == text.as_bytes()) && is_executable(file) {
        return Ok(false);
    }
    let failed = |error: std::io::Error| Failure::new(format!("{} cannot be written: {error}", file.display()));
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut new = file.as_os_str().to_owned();
    new.push(format!(".relgate-{}", std::process::id()));
    let new = PathBuf::from(new);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o777);
    let written = options.open(&new).and_then(|mut opened| {
        opened.write_all(text.as_bytes())?;
        opened.sync_all()?;
        fs::rename(&new, file)
    });
    written.map(|()| true).map_err(|error| {
        // What was begun must not stay; where that fails too, the first error is the one to tell.
        let _ = fs::remove_file(&new);
        failed(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_takes_the_path_of_a_binary_and_gives_it_back() {
        for hook in GitHook::ALL {
            let plain = template(hook);
            assert!(plain.starts_with("#!/bin/sh\n") && plain.contains(MARK) && !plain.contains('\r'), "{hook:?}");
            assert!(calls(&plain.replace("\"$relgate\"", "relgate"), hook), "{hook:?}");
            for path in ["/usr/bin/relgate", "/it's here/rel gate", "/$HOME/`x`", ""] {
                let script = text(hook, Path::new(path));
                assert_eq!(without_binary(&script), Some((plain.to_owned(), path.to_owned())), "{hook:?} {path}");
            }
        }
    }

    #[test]
    fn a_call_that_is_commented_out_is_none() {
        assert!(calls("#!/bin/sh\n  relgate hook pre-push \"$@\"\n", GitHook::PrePush));
        assert!(!calls("#!/bin/sh\n  # relgate hook pre-push\n", GitHook::PrePush));
        assert!(!calls("relgate hook pre-commit\n", GitHook::PrePush));
    }
}
