//! Where git looks for the hooks of a repository, and who keeps them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::GitHook;
use crate::failure::Failure;
use crate::git::Git;

use super::script;

/// The first git that calls hooks from its settings.
const CONFIGURED_HOOKS: (u32, u32) = (2, 54);

/// A repository, as far as its hooks are concerned.
pub struct Place {
    pub git: Git,
    /// The top of the work tree; `None` in a bare repository.
    pub top: Option<PathBuf>,
    /// The git directory that all work trees share.
    pub common: PathBuf,
    /// The folder in which git looks for hooks.
    pub hooks: PathBuf,
    pub keeper: Keeper,
    version: (u32, u32),
}

/// Whose the folder with the hooks is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// The repository's own: hooks are installed in it.
    Git,
    /// Husky's, with the hooks that people write in this folder.
    Husky(PathBuf),
    /// The project's: its files are tracked.
    Project,
    /// All repositories of this user or machine share it; where that is set.
    Everyone(&'static str),
    /// The folder is a symbolic link to somewhere else.
    Link,
}

impl Place {
    /// # Errors
    /// Where there is no repository, or git cannot say where its hooks are.
    pub fn find(cwd: &Path) -> Result<Self, Failure> {
        let git = Git::at(cwd);
        let bare = git.ask(&["rev-parse", "--is-bare-repository"])? == "true";
        let (base, top) = if bare {
            (PathBuf::from(git.ask(&["rev-parse", "--absolute-git-dir"])?), None)
        } else {
            let top = PathBuf::from(git.ask(&["rev-parse", "--show-toplevel"])?);
            (top.clone(), Some(top))
        };
        // Seen from where hooks run, a relative core.hooksPath means what it will mean then.
        let git = Git::at(&base);
        let common = base.join(git.ask(&["rev-parse", "--git-common-dir"])?);
        let hooks = base.join(git.ask(&["rev-parse", "--git-path", "hooks"])?);
        let version = version(&git.ask(&["version"])?);
        let keeper = keeper(&git, top.as_deref(), &hooks)?;
        Ok(Self { git, top, common, hooks, keeper, version })
    }

    pub fn is_bare(&self) -> bool {
        self.top.is_none()
    }

    pub fn git_runs_configured_hooks(&self) -> bool {
        self.version >= CONFIGURED_HOOKS
    }

    /// The file that git runs.
    pub fn hook(&self, hook: GitHook) -> PathBuf {
        self.hooks.join(hook.name())
    }

    /// A path as its user would write it: from the top of the repository where it lies below.
    pub fn shown(&self, path: &Path) -> String {
        let base = self.top.as_deref().unwrap_or(&self.common);
        path.strip_prefix(base).unwrap_or(path).display().to_string()
    }

    /// What is said where `file`, which husky writes anew in every work tree, is not there.
    pub fn husky_not_run(&self, file: &Path) -> String {
        format!("{} is missing: husky has not been run", self.shown(file))
    }

    /// Where relgate keeps what is its own.
    pub fn own_folder(&self) -> PathBuf {
        self.common.join("relgate")
    }

    fn record(&self) -> PathBuf {
        self.own_folder().join("asked")
    }

    /// The hooks that relgate was asked to install, whether it could or not.
    pub fn asked(&self) -> BTreeSet<GitHook> {
        let text = fs::read_to_string(self.record()).unwrap_or_default();
        text.lines().filter_map(|line| GitHook::ALL.into_iter().find(|hook| hook.name() == line)).collect()
    }

    /// # Errors
    /// Where the record cannot be written.
    pub fn remember(&self, asked: &BTreeSet<GitHook>) -> Result<(), Failure> {
        let text: String = asked.iter().map(|hook| format!("{}\n", hook.name())).collect();
        script::write(&self.record(), &text).map(drop)
    }

    /// Removes what relgate kept for itself.
    ///
    /// # Errors
    /// Where it cannot be removed.
    pub fn forget(&self) -> Result<(), Failure> {
        let own = self.own_folder();
        let failed = |error: std::io::Error| Failure::new(format!("{} cannot be removed: {error}", own.display()));
        match fs::symlink_metadata(&own) {
            Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(&own).map_err(failed),
            _ => Ok(()),
        }
    }
}

/// Major and minor number of `git version 2.47.3 (Apple Git-1)`; zeros where they cannot be read.
fn version(text: &str) -> (u32, u32) {
    let mut numbers = text.trim_start_matches("git version ").split('.').map_while(|part| part.parse().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

fn keeper(git: &Git, top: Option<&Path>, hooks: &Path) -> Result<Keeper, Failure> {
    let redirected = git.line(&["config", "--show-scope", "--get", "core.hooksPath"])?;
    match redirected.as_deref().and_then(|line| line.split_once('\t')).map(|(scope, _)| scope) {
        Some("local" | "worktree") | None => {}
        Some("global") => return Ok(Keeper::Everyone("in your global settings")),
        Some("system") => return Ok(Keeper::Everyone("in this machine's settings")),
        Some(_) => return Ok(Keeper::Everyone("on git's command line")),
    }
    if hooks.ends_with(".husky/_")
        && let Some(folder) = hooks.parent()
    {
        return Ok(Keeper::Husky(folder.to_path_buf()));
    }
    if fs::symlink_metadata(hooks).is_ok_and(|metadata| metadata.is_symlink()) {
        return Ok(Keeper::Link);
    }
    let tracked = match top.and_then(|top| hooks.strip_prefix(top).ok()) {
        Some(inside) => git.line(&["ls-files", "-z", "--", &inside.to_string_lossy()])?.is_some(),
        None => false,
    };
    Ok(if tracked { Keeper::Project } else { Keeper::Git })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_any_git_is_read() {
        assert_eq!(version("git version 2.47.3"), (2, 47));
        assert_eq!(version("git version 2.39.5 (Apple Git-154)"), (2, 39));
        assert_eq!(version("git version 2.54.GIT"), (2, 54));
        assert_eq!(version("git version 3.0.windows.1"), (3, 0));
        assert_eq!(version("nonsense"), (0, 0));
    }
}
