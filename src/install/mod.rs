//! `relgate install`, `uninstall` and `doctor`: which of git's hooks call relgate.
//!
//! What others have put there is never overwritten: where relgate cannot have a hook of its own, it says which line to add.

mod doctor;
mod place;
mod script;
mod stanza;

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::GitHook;
use crate::failure::Failure;

pub use doctor::{Diagnosis, doctor};
use place::{Keeper, Place};
use script::Owner;

/// What was done, a line each, and what stood in the way.
#[derive(Debug, Default)]
pub struct Outcome {
    pub lines: Vec<String>,
    pub failure: Option<Failure>,
}

/// What a hook needed.
enum Step {
    Written(PathBuf),
    /// It calls relgate already.
    There(PathBuf),
    /// Git itself calls it, from its settings.
    Configured,
    /// What is in the way, and what is to be done about it, a line each.
    Blocked(String, Vec<String>),
}

/// Installs `hooks`, or those that fit the repository where none are named.
///
/// # Errors
/// Where the repository cannot be understood, or a file cannot be written.
pub fn install(hooks: &[GitHook], cwd: &Path) -> Result<Outcome, Failure> {
    let place = Place::find(cwd)?;
    let hooks = if hooks.is_empty() { usual(&place) } else { hooks.to_vec() };
    if let Some(hook) = hooks.iter().find(|hook| place.is_bare() && hook.needs_work_tree()) {
        return Err(Failure::new(format!("a bare repository runs no {}", hook.name()))
            .help("it receives: relgate install --hook pre-receive"));
    }
    let binary = std::env::current_exe()
        .map_err(|error| Failure::new(format!("the path of relgate itself is not known: {error}")))?;
    let mut asked = place.asked();
    asked.extend(hooks.iter().copied());
    place.remember(&asked)?;
    let mut outcome = Outcome::default();
    let mut in_the_way: Vec<String> = Vec::new();
    for hook in hooks {
        let name = hook.name();
        match install_one(hook, &place, &binary)? {
            Step::Written(path) => outcome.lines.push(format!("{name}: installed in {}", place.shown(&path))),
            Step::There(path) => outcome.lines.push(format!("{name}: is installed in {}", place.shown(&path))),
            Step::Configured => outcome.lines.push(format!("{name}: git calls it by its settings")),
            Step::Blocked(why, advice) => {
                outcome.lines.push(format!("{name}: not installed: {why}"));
                outcome.lines.extend(advice.into_iter().map(|line| format!("    {line}")));
                in_the_way.push(name.to_owned());
            }
        }
    }
    if !in_the_way.is_empty() {
        let failure = Failure::new(format!("not installed: {}, as said above", in_the_way.join(", ")));
        outcome.failure = Some(failure.help("do what is said there, then run `relgate doctor`"));
    }
    Ok(outcome)
}

fn usual(place: &Place) -> Vec<GitHook> {
    if place.is_bare() {
        vec![GitHook::PreReceive]
    } else {
        vec![GitHook::PreCommit, GitHook::PreMergeCommit, GitHook::PrePush]
    }
}

fn install_one(hook: GitHook, place: &Place, binary: &Path) -> Result<Step, Failure> {
    let file = place.hook(hook);
    let lines = || stanza::line(hook, &place.shown(&file));
    match &place.keeper {
        Keeper::Git => {}
        Keeper::Husky(folder) => {
            let own = folder.join(hook.name());
            return Ok(if !script::calls_relgate(&own, hook) {
                Step::Blocked("husky keeps the hooks of this repository".into(), stanza::line(hook, &place.shown(&own)))
            } else if script::is_executable(&file) {
                Step::There(own)
            } else {
                let advice = vec!["run husky in this work tree: npx husky".to_owned()];
                Step::Blocked(place.husky_not_run(&file), advice)
            });
        }
        Keeper::Project | Keeper::Everyone(_) | Keeper::Link if script::calls_relgate(&file, hook) => {
            return Ok(Step::There(file));
        }
        Keeper::Project => {
            let folder = place.shown(&place.hooks);
            return Ok(Step::Blocked(format!("{folder} is part of the project, and is edited by its people"), lines()));
        }
        Keeper::Everyone(_) if place.git_runs_configured_hooks() => return configure(hook, place, binary),
        Keeper::Everyone(scope) => {
            let folder = place.shown(&place.hooks);
            let why = format!("core.hooksPath, set {scope}, makes git look for hooks in {folder} alone");
            return Ok(Step::Blocked(why, stanza::own_folder(lines())));
        }
        Keeper::Link => {
            return Ok(Step::Blocked(format!("{} is a symbolic link", place.shown(&place.hooks)), lines()));
        }
    }
    in_hooks_folder(hook, place, binary, file)
}

fn in_hooks_folder(hook: GitHook, place: &Place, binary: &Path, file: PathBuf) -> Result<Step, Failure> {
    let shown = place.shown(&file);
    let line = stanza::line(hook, &shown);
    match script::owner(&file, hook)? {
        Owner::Nobody | Owner::Relgate => put(hook, binary, file),
        Owner::Framework(name) => {
            let legacy = script::legacy(&file);
            match script::owner(&legacy, hook)? {
                Owner::Nobody | Owner::Relgate => put(hook, binary, legacy),
                _ if script::calls_relgate(&legacy, hook) => Ok(Step::There(legacy)),
                _ => {
                    let line = stanza::line(hook, &place.shown(&legacy));
                    Ok(Step::Blocked(format!("{name} calls {} first, which is there", place.shown(&legacy)), line))
                }
            }
        }
        Owner::Lefthook => match stanza::lefthook_state(place, hook) {
            stanza::Lefthook::Calls => Ok(Step::There(file)),
            _ => Ok(Step::Blocked(format!("{shown} is lefthook's"), stanza::lefthook(hook))),
        },
        Owner::Other if script::calls_relgate(&file, hook) => Ok(Step::There(file)),
        Owner::Other if place.git_runs_configured_hooks() => configure(hook, place, binary),
        Owner::Other => Ok(Step::Blocked(format!("{shown} is there and is not relgate's"), line)),
        Owner::Edited => {
            let advice = vec![format!("take your changes out of {shown}, or remove it, and install again")];
            Ok(Step::Blocked(format!("{shown} was written by relgate and has been changed since"), advice))
        }
        Owner::Link => Ok(Step::Blocked(format!("{shown} is a symbolic link"), line)),
    }
}

fn put(hook: GitHook, binary: &Path, file: PathBuf) -> Result<Step, Failure> {
    Ok(if script::write(&file, &script::text(hook, binary))? { Step::Written(file) } else { Step::There(file) })
}

/// Lets git call a script of our own from its settings, which git 2.54 and later do beside any other hook.
fn configure(hook: GitHook, place: &Place, binary: &Path) -> Result<Step, Failure> {
    let file = place.own_folder().join(hook.name());
    script::write(&file, &script::text(hook, binary))?;
    let section = section(hook);
    let command = script::quote(&file.to_string_lossy());
    for (key, value) in [("command", command.as_str()), ("event", hook.name())] {
        let key = format!("{section}.{key}");
        if place.git.line(&["config", "--local", "--get", &key])?.as_deref() != Some(value)
            && place.git.text(&["config", "--local", &key, value])?.is_none()
        {
            return Err(Failure::new(format!("git cannot write {key} to the repository's settings")));
        }
    }
    Ok(Step::Configured)
}

fn section(hook: GitHook) -> String {
    format!("hook.relgate-{}", hook.name())
}

/// Takes away every hook that relgate has written, and nothing else.
///
/// # Errors
/// Where the repository cannot be understood, or a file cannot be removed.
pub fn uninstall(cwd: &Path) -> Result<Outcome, Failure> {
    let place = Place::find(cwd)?;
    let mut outcome = Outcome::default();
    let mut edited = Vec::new();
    let mut folders = vec![place.hooks.clone(), place.common.join("hooks")];
    folders.dedup();
    for hook in GitHook::ALL {
        for file in folders.iter().map(|folder| folder.join(hook.name())) {
            for file in [script::legacy(&file), file] {
                match script::owner(&file, hook)? {
                    Owner::Relgate => {
                        let failed = |error| Failure::new(format!("{} cannot be removed: {error}", file.display()));
                        fs::remove_file(&file).map_err(failed)?;
                        outcome.lines.push(format!("{}: removed {}", hook.name(), place.shown(&file)));
                    }
                    Owner::Edited => edited.push(place.shown(&file)),
                    _ if script::calls_relgate(&file, hook) => {
                        outcome.lines.push(format!("{}: {} still calls relgate", hook.name(), place.shown(&file)));
                    }
                    _ => {}
                }
            }
        }
        if place.git.line(&["config", "--local", "--get", &format!("{}.event", section(hook))])?.is_some() {
            place.git.text(&["config", "--local", "--remove-section", &section(hook)])?;
            outcome.lines.push(format!("{}: git calls it no more", hook.name()));
        }
    }
    place.forget()?;
    if !edited.is_empty() {
        let failure = Failure::new(format!("{} has been changed since relgate wrote it, and stays", edited.join(", ")));
        outcome.failure = Some(failure.help("remove it by hand where it is no longer wanted"));
    }
    Ok(outcome)
}
