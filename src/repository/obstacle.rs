//! What git, and libgit2, would wait for without end: a pipe or a device in the place of a file, or one without bounds.

use std::fs;
use std::path::{Path, PathBuf};

use super::git_config::GitConfig;
use super::location::Environment;
use crate::failure::Failure;

/// Files of a git directory that are read whole, whatever they are.
const OF_REPOSITORY: [&str; 6] = ["HEAD", "commondir", "config", "config.worktree", "shallow", "info/grafts"];

/// Those of an object directory.
const OF_OBJECTS: [&str; 2] = ["info/alternates", "info/commit-graphs/commit-graph-chain"];

/// Folders of an object directory in which every file may be opened. These are not read whole.
const FOLDERS: [&str; 2] = ["pack", "info/commit-graphs"];

/// Bytes of a file that is read whole: it can name a million commits.
const LARGEST: u64 = 64 << 20;

/// # Errors
/// Where something in the git directory `folder` cannot be read to an end.
pub(super) fn in_repository(folder: &Path) -> Result<(), Failure> {
    OF_REPOSITORY.iter().try_for_each(|name| bounded(&folder.join(name)))?;
    a_file(&folder.join("packed-refs"))
}

/// # Errors
/// Where something in the object directory `folder` cannot be read to an end.
pub(super) fn in_objects(folder: &Path) -> Result<(), Failure> {
    OF_OBJECTS.iter().try_for_each(|name| bounded(&folder.join(name)))?;
    a_file(&folder.join("info/commit-graph"))?;
    for folder in FOLDERS.iter().map(|name| folder.join(name)) {
        let Ok(entries) = fs::read_dir(folder) else { continue };
        for entry in entries.flatten() {
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            if !is_file {
                a_file(&entry.path())?;
            }
        }
    }
    Ok(())
}

/// # Errors
/// Where something cannot be read to an end that the settings in `common_dir` include.
pub(super) fn in_settings(settings: &GitConfig, common_dir: &Path) -> Result<(), Failure> {
    let included = settings.section("include").chain(settings.section("includeif"));
    let paths = included.filter(|(key, _)| *key == "path" || key.ends_with(".path")).filter_map(|(_, path)| path);
    let paths = paths.filter(|path| *path != "/dev/null").map(|path| match path.strip_prefix("~/") {
        Some(rest) => PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(rest),
        None => common_dir.join(path),
    });
    paths.into_iter().try_for_each(|path: PathBuf| bounded(&path))
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

fn bounded(path: &Path) -> Result<(), Failure> {
    a_file(path)?;
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() && metadata.len() > LARGEST => {
            let (path, length) = (path.display(), metadata.len());
            Err(Failure::new(format!("{path} has {length} bytes, and git would read them all"))
                .help("look at what is in it; git writes no more than a few lines there"))
        }
        _ => Ok(()),
    }
}

fn a_file(path: &Path) -> Result<(), Failure> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => {
            let path = path.display();
            Err(Failure::new(format!("{path} is no file but a pipe or a device, and git would wait for it"))
                .help("put the file back, or remove what stands in its place"))
        }
        _ => Ok(()),
    }
}
