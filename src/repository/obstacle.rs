//! What git, and libgit2, would wait for without end: a pipe or a device in the place of a file.

use std::fs;
use std::path::Path;

use super::location::Environment;
use crate::failure::Failure;

/// Files of a git directory that are opened whatever they are.
const OF_REPOSITORY: [&str; 7] =
    ["HEAD", "commondir", "config", "config.worktree", "packed-refs", "shallow", "info/grafts"];

/// Those of an object directory.
const OF_OBJECTS: [&str; 3] = ["info/alternates", "info/commit-graph", "info/commit-graphs/commit-graph-chain"];

/// Folders of an object directory in which every file may be opened.
const FOLDERS: [&str; 2] = ["pack", "info/commit-graphs"];

/// # Errors
/// Where something in the git directory `folder` cannot be read to an end.
pub(super) fn in_repository(folder: &Path) -> Result<(), Failure> {
    OF_REPOSITORY.iter().try_for_each(|name| refuse(&folder.join(name)))
}

/// # Errors
/// Where something in the object directory `folder` cannot be read to an end.
pub(super) fn in_objects(folder: &Path) -> Result<(), Failure> {
    OF_OBJECTS.iter().try_for_each(|name| refuse(&folder.join(name)))?;
    for folder in FOLDERS.iter().map(|name| folder.join(name)) {
        let Ok(entries) = fs::read_dir(folder) else { continue };
        for entry in entries.flatten() {
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            if !is_file {
                refuse(&entry.path())?;
            }
        }
    }
    Ok(())
}

/// # Errors
/// Where something cannot be read to an end in the repository that git would find from `start`.
pub(super) fn from(start: &Path, environment: &Environment) -> Result<(), Failure> {
    if let Some(named) = environment.get("GIT_DIR") {
        return in_whole(&start.join(named));
    }
    let Ok(start) = start.canonicalize() else { return Ok(()) };
    for folder in start.ancestors() {
        let dot_git = folder.join(".git");
        if dot_git.is_dir() {
            return in_whole(&dot_git);
        }
        if folder.join("objects").is_dir() && folder.join("refs").is_dir() {
            return in_whole(folder);
        }
    }
    Ok(())
}

fn in_whole(git_dir: &Path) -> Result<(), Failure> {
    in_repository(git_dir)?;
    in_objects(&git_dir.join("objects"))
}

fn refuse(path: &Path) -> Result<(), Failure> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => {
            let path = path.display();
            Err(Failure::new(format!("{path} is no file but a pipe or a device, and git would wait for it"))
                .help("put the file back, or remove what stands in its place"))
        }
        _ => Ok(()),
    }
}
