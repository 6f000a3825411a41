//! `reference-transaction`: a ref of this repository is about to be written, whoever writes it.

use std::fs;
use std::process;

use crate::failure::Failure;
use crate::repository::Repository;

use super::{Update, Updates, receive};

/// How many processes lie at most between a hook and the git that called it.
const FARTHEST: usize = 8;

/// The refs that are about to be made. Only where git still waits for an answer: `prepared`, and `preparing` from git 2.54
/// on. States that are not known, deletions and symbolic refs are nobody's release.
///
/// # Errors
/// Where a line is not what git writes.
pub fn updates(state: &str, input: &str) -> Result<Updates, Failure> {
    if !waits(state) {
        return Ok(Updates::default());
    }
    let mut updates = receive::updates("reference-transaction", input)?;
    updates.branches.retain(|(_, new)| !new.starts_with("ref:"));
    updates.tags.retain(|update| !update.deletes() && !update.new.starts_with("ref:"));
    // What stands here before is not told where a ref is written by force; and a tag that has not been pushed may be
    // made anew as often as its maker likes.
    updates.others.retain(|update| !update.new.starts_with("ref:"));
    for update in updates.tags.iter_mut().chain(&mut updates.others) {
        update.old = update.new.clone();
    }
    Ok(updates)
}

/// Whether git can still be told no.
pub fn waits(state: &str) -> bool {
    matches!(state, "preparing" | "prepared")
}

/// Keeps the tags that are new here: `gc` and `pack-refs` write those that are there once more.
///
/// # Errors
/// Where an object or a ref cannot be read.
pub fn new(updates: Vec<Update>, repository: &Repository) -> Result<Vec<Update>, Failure> {
    let mut new = Vec::new();
    for update in updates {
        let there = repository.tag(&update.name).ok().flatten();
        if there.is_none() || there != repository.tag_of_object(&update.new).ok() {
            new.push(update);
        }
    }
    Ok(new)
}

/// Whether git is only bringing what others have made: a veto would break `fetch`, and take away a whole `clone`. Nothing
/// but the command line of the git that called tells it from `git tag`.
pub fn brings_from_elsewhere() -> bool {
    let mut process = process::id();
    for _ in 0..FARTHEST {
        let Some(parent) = parent(process) else { return false };
        let Some(command) = command_line(parent) else { return false };
        if let Some(fetches) = fetches(&command) {
            return fetches;
        }
        process = parent;
    }
    false
}

#[cfg(target_os = "linux")]
fn parent(process: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}

#[cfg(target_os = "linux")]
fn command_line(process: u32) -> Option<Vec<String>> {
    let bytes = fs::read(format!("/proc/{process}/cmdline")).ok()?;
    Some(bytes.split(|byte| *byte == 0).map(|part| String::from_utf8_lossy(part).into_owned()).collect())
}

/// The same from `ps`, which splits no arguments: good enough to find a command's name.
#[cfg(not(target_os = "linux"))]
fn ps(process: u32, column: &str) -> Option<String> {
    let process = process.to_string();
    let output = process::Command::new("/bin/ps").args(["-o", column, "-p", &process]).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(not(target_os = "linux"))]
fn parent(process: u32) -> Option<u32> {
    ps(process, "ppid=")?.parse().ok()
}

#[cfg(not(target_os = "linux"))]
fn command_line(process: u32) -> Option<Vec<String>> {
    Some(ps(process, "args=")?.split(' ').map(str::to_owned).collect())
}

/// Whether this command line is that of a git that fetches; `None` where it is no git.
fn fetches(command: &[String]) -> Option<bool> {
    let mut words = command.iter().map(String::as_str);
    let program = words.next()?.rsplit(['/', '\\']).next()?.trim_end_matches(".exe");
    let subcommand = match program.strip_prefix("git-") {
        Some(subcommand) => subcommand,
        None if program == "git" => loop {
            match words.next()? {
                "-C" | "-c" | "--git-dir" | "--work-tree" | "--namespace" | "--config-env" => drop(words.next()),
                option if option.starts_with('-') => {}
                subcommand => break subcommand,
            }
        },
        None => return None,
    };
    Some(matches!(subcommand, "fetch" | "clone" | "pull" | "remote" | "fetch-pack" | "submodule" | "remote-https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_git_that_fetches_is_known_by_its_command_line() {
        let read = |line: &str| fetches(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        for line in ["git fetch -q", "/usr/lib/git-core/git fetch", "git -C tag -c a=b --no-pager clone x", "git-fetch"]
        {
            assert_eq!(read(line), Some(true), "{line}");
        }
        for line in ["git tag v1.0", "git -C fetch tag v1.0", "/usr/bin/git update-ref refs/tags/v1 x", "git.exe tag x"]
        {
            assert_eq!(read(line), Some(false), "{line}");
        }
        for line in ["sh .git/hooks/reference-transaction prepared", "", "gitk fetch"] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn only_tags_that_are_being_made_are_of_interest() {
        let (zero, one) = ("0".repeat(40), "1".repeat(40));
        let input = format!(
            "{zero} {one} refs/tags/v1.0\n{one} {zero} refs/tags/v1.1\n{zero} ref:refs/tags/v1.2 refs/tags/v1.3\n\
             {zero} {one} refs/heads/v1.4\n{zero} ref:refs/heads/main HEAD\n{zero} {one} refs/tags/stable\n"
        );
        for state in ["preparing", "prepared"] {
            let updates = updates(state, &input).unwrap();
            assert_eq!(updates.tags.iter().map(|update| update.name.as_str()).collect::<Vec<_>>(), ["v1.0"]);
        }
        for state in ["committed", "aborted", "unheard-of"] {
            assert_eq!(updates(state, "not even lines").unwrap(), Updates::default());
        }
        assert_eq!(updates("prepared", "").unwrap(), Updates::default());
    }
}
