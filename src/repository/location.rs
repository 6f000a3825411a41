//! Where the repository is, as far as that can be said without git.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::file;
use super::git_config::GitConfig;
use super::git_program::{GitProgram, no_repository};
use super::obstacle;
use crate::failure::Failure;

/// The folders of one repository.
#[derive(Clone, Debug)]
pub(super) struct Location {
    /// What is this work tree's own: `HEAD`, the index.
    pub(super) git_dir: PathBuf,
    /// What all work trees share: refs, objects, settings.
    pub(super) common_dir: PathBuf,
    /// The top of the work tree; `None` in a bare repository.
    pub(super) work_tree: Option<PathBuf>,
    /// The settings of the repository; `None` where only git can say what they mean.
    pub(super) settings: Option<GitConfig>,
}

/// The variables that name the repository; none of them where a folder was named instead.
pub(super) struct Environment {
    named: bool,
}

impl Environment {
    pub(super) fn new(named: bool) -> Self {
        Self { named }
    }

    pub(super) fn get(&self, name: &str) -> Option<OsString> {
        if self.named { None } else { std::env::var_os(name) }
    }
}

/// Finds the repository at `start` or above it, or the one that the environment names. Where that is not plain to see,
/// or the repository may be another user's, git has to say.
///
/// # Errors
/// Where there is none, or git refuses it.
pub(super) fn find(start: &Path, environment: &Environment, git: &GitProgram) -> Result<Location, Failure> {
    let unusual = ["GIT_COMMON_DIR", "GIT_CONFIG", "GIT_TEST_ASSUME_DIFFERENT_OWNER"];
    let usual = unusual.iter().all(|name| environment.get(name).is_none());
    let found = match environment.get("GIT_DIR") {
        _ if !usual => None,
        Some(git_dir) => explicit(start, Path::new(&git_dir), environment),
        None => discovered(start, environment),
    };
    match found {
        Some(location) => Ok(location),
        None if !start.is_dir() => Err(no_repository(start)),
        None => {
            obstacle::from(start, environment)?;
            let said = git.whereabouts()?;
            let settings = GitConfig::read(&said.common_dir.join("config"));
            Ok(Location { git_dir: said.git_dir, common_dir: said.common_dir, work_tree: said.work_tree, settings })
        }
    }
}

/// The repository that `GIT_DIR` names. Who owns it is not asked: whoever named it trusts it.
fn explicit(cwd: &Path, git_dir: &Path, environment: &Environment) -> Option<Location> {
    let git_dir = cwd.join(git_dir);
    let common_dir = common_dir_of(&git_dir, environment)?;
    let settings = settings(&git_dir, &common_dir)?;
    let work_tree = match environment.get("GIT_WORK_TREE") {
        Some(work_tree) => Some(cwd.join(work_tree)),
        None if common_dir != git_dir => Some(cwd.to_path_buf()),
        None => configured(&git_dir, &settings, cwd),
    };
    Some(Location { git_dir, common_dir, work_tree, settings: Some(settings) })
}

fn discovered(start: &Path, environment: &Environment) -> Option<Location> {
    let start = start.canonicalize().ok()?;
    let ceilings = ceilings(environment)?;
    let across = environment.get("GIT_DISCOVERY_ACROSS_FILESYSTEM").is_some();
    let device = device(&start);
    for folder in start.ancestors() {
        let ceiling = folder != start && ceilings.iter().any(|ceiling| ceiling == folder);
        if ceiling || !across && folder != start && self::device(folder) != device {
            return None;
        }
        let dot_git = folder.join(".git");
        match fs::metadata(&dot_git) {
            Ok(metadata) if metadata.is_file() => {
                let git_dir = git_file(&dot_git)?;
                let common_dir = common_dir_of(&git_dir, environment)?;
                let owned = is_own(&dot_git) && is_own(folder) && is_own(&git_dir);
                return owned.then(|| in_work_tree(folder, git_dir, common_dir, environment)).flatten();
            }
            Ok(metadata) if metadata.is_dir() => {
                if let Some(common_dir) = common_dir_of(&dot_git, environment) {
                    let owned = is_own(folder) && is_own(&dot_git);
                    return owned.then(|| in_work_tree(folder, dot_git, common_dir, environment)).flatten();
                }
            }
            // Whether a folder that cannot be looked into is a repository, git may know.
            Err(error) if !file::is_absent(&error) => return None,
            _ => {}
        }
        // A bare repository: settings of the user's decide whether git enters it unasked.
        if folder.join("HEAD").is_file() && folder.join("objects").is_dir() {
            return None;
        }
    }
    None
}

/// The repository whose `.git` stands in `folder`.
fn in_work_tree(folder: &Path, git_dir: PathBuf, common_dir: PathBuf, environment: &Environment) -> Option<Location> {
    let settings = settings(&git_dir, &common_dir)?;
    let work_tree = match environment.get("GIT_WORK_TREE") {
        Some(_) => return None,
        // What the settings say is about the first work tree; this is a linked one.
        None if common_dir != git_dir => Some(folder.to_path_buf()),
        None => configured(&git_dir, &settings, folder),
    };
    Some(Location { git_dir, common_dir, work_tree, settings: Some(settings) })
}

fn configured(git_dir: &Path, settings: &GitConfig, usual: &Path) -> Option<PathBuf> {
    match settings.get("core.worktree").flatten() {
        Some(work_tree) => Some(git_dir.join(work_tree)),
        None if settings.is_true("core.bare") => None,
        None => Some(usual.to_path_buf()),
    }
}

fn settings(git_dir: &Path, common_dir: &Path) -> Option<GitConfig> {
    let settings = GitConfig::read(&common_dir.join("config"))?;
    // A work tree with settings of its own may move itself.
    let own = settings.is_true("extensions.worktreeconfig") && git_dir.join("config.worktree").exists();
    (!own).then_some(settings)
}

/// The folder that the work trees of `git_dir` share; `None` where `git_dir` is no repository.
fn common_dir_of(git_dir: &Path, environment: &Environment) -> Option<PathBuf> {
    let common_dir = match file::read(&git_dir.join("commondir"), 64 << 10).ok()? {
        Some(text) => git_dir.join(std::str::from_utf8(&text).ok()?.trim_end_matches(['\n', '\r'])),
        None => git_dir.to_path_buf(),
    };
    let head = git_dir.join("HEAD");
    let head_is_link = || fs::read_link(&head).is_ok_and(|target| target.starts_with("refs"));
    let head_is_good = match file::read(&head, 64 << 10) {
        Ok(Some(text)) => {
            let symbolic = text.strip_prefix(b"ref:").is_some_and(|rest| rest.trim_ascii().starts_with(b"refs/"));
            symbolic || text.iter().take_while(|byte| byte.is_ascii_hexdigit()).count() >= 40
        }
        _ => false,
    };
    let objects = environment.get("GIT_OBJECT_DIRECTORY").is_some() || common_dir.join("objects").is_dir();
    ((head_is_good || head_is_link()) && objects && common_dir.join("refs").is_dir()).then_some(common_dir)
}

/// The repository that a `.git` file names.
fn git_file(path: &Path) -> Option<PathBuf> {
    let text = file::read(path, 1 << 20).ok()??;
    let target = std::str::from_utf8(&text).ok()?.strip_prefix("gitdir: ")?.trim_end_matches(['\n', '\r']);
    Some(path.parent()?.join(target))
}

/// The folders that the search must not enter from below; `None` where they are spelt in a way that only git knows.
fn ceilings(environment: &Environment) -> Option<Vec<PathBuf>> {
    // They hold wherever the search starts.
    let _ = environment;
    let Some(listed) = std::env::var_os("GIT_CEILING_DIRECTORIES") else { return Some(Vec::new()) };
    let mut ceilings = Vec::new();
    for ceiling in std::env::split_paths(&listed) {
        // An empty one says that links in the following ones are not to be resolved.
        if ceiling.as_os_str().is_empty() {
            return None;
        }
        if ceiling.is_absolute() {
            ceilings.push(ceiling.canonicalize().unwrap_or(ceiling));
        }
    }
    Some(ceilings)
}

#[cfg(unix)]
fn device(folder: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(folder).ok().map(|metadata| metadata.dev())
}

#[cfg(not(unix))]
fn device(_: &Path) -> Option<u64> {
    None
}

/// Whether git takes what stands at `path` for the user's own, before it asks `safe.directory`.
#[cfg(unix)]
fn is_own(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let Ok(metadata) = fs::symlink_metadata(path) else { return false };
    let user = rustix::process::geteuid().as_raw();
    let before_sudo = || std::env::var("SUDO_UID").ok().and_then(|id| id.parse::<u32>().ok());
    metadata.uid() == user || user == 0 && before_sudo() == Some(metadata.uid())
}

#[cfg(not(unix))]
fn is_own(_: &Path) -> bool {
    false
}
