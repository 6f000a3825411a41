//! `relgate doctor`: which hooks really run.

use std::env;
use std::path::Path;

use crate::cli::GitHook;
use crate::failure::Failure;

use super::place::{Keeper, Place};
use super::script::{self, Owner};
use super::{section, stanza};

/// What `doctor` found, a line each.
#[derive(Debug)]
pub struct Diagnosis {
    pub lines: Vec<String>,
    /// Whether every hook runs that relgate was asked to install.
    pub healthy: bool,
}

/// What becomes of a hook when git would call it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    /// It runs; from where.
    Runs(String),
    /// It runs, but does not see a tag that is pushed alone; why.
    Blind(String),
    /// It would not run; why.
    Dead(String),
    /// Nobody has installed it.
    Absent,
}

/// # Errors
/// Where the repository cannot be understood.
pub fn doctor(cwd: &Path) -> Result<Diagnosis, Failure> {
    let place = Place::find(cwd)?;
    let asked = place.asked();
    let mut diagnosis = Diagnosis { lines: Vec::new(), healthy: true };
    let mut running = Vec::new();
    for hook in GitHook::ALL {
        let wanted = asked.contains(&hook);
        let state = state(hook, &place)?;
        let line = match &state {
            State::Runs(place) => format!("{}: runs ({place})", hook.name()),
            State::Blind(why) => format!("{}: runs, but not for a tag that is pushed alone: {why}", hook.name()),
            State::Dead(why) if wanted => format!("{}: would not run: {why}", hook.name()),
            State::Absent if wanted => format!("{}: would not run: nothing calls it; install it again", hook.name()),
            State::Dead(_) | State::Absent => continue,
        };
        diagnosis.lines.push(line);
        diagnosis.healthy &= !wanted || matches!(state, State::Runs(_));
        if matches!(state, State::Runs(_)) {
            running.push(hook);
        }
    }
    if diagnosis.lines.is_empty() {
        diagnosis.lines.push("no hook of this repository calls relgate".to_owned());
    }
    // The frameworks install no hook for merges unless they are told to, so a bad branch would come in by one.
    let commits = running.contains(&GitHook::PreCommit);
    if commits && !asked.iter().chain(&running).any(|hook| *hook == GitHook::PreMergeCommit) {
        diagnosis.lines.push("a merge is not judged: relgate install --hook pre-merge-commit".to_owned());
    }
    diagnosis.lines.push(match running.iter().rfind(|hook| hook.guards_pushed_tags()) {
        Some(hook) => format!("a push of a tag alone is guarded: {} judges it", hook.name()),
        None if place.is_bare() => {
            "a push of a tag alone is not guarded: relgate install --hook pre-receive".to_owned()
        }
        None => "a push of a tag alone is not guarded: relgate install --hook pre-push".to_owned(),
    });
    Ok(diagnosis)
}

fn state(hook: GitHook, place: &Place) -> Result<State, Failure> {
    let configured = place.git.line(&["config", "--get", &format!("{}.command", section(hook))])?;
    if configured.is_some() {
        let script = place.own_folder().join(hook.name());
        return Ok(if place.git_runs_configured_hooks() {
            ours(&script, hook, place)
        } else {
            State::Dead("it is in git's settings, and this git calls no hooks from there: install it again".to_owned())
        });
    }
    let file = place.hook(hook);
    if let Keeper::Husky(folder) = &place.keeper {
        return Ok(husky(hook, &folder.join(hook.name()), &file, place));
    }
    Ok(match script::owner(&file, hook)? {
        Owner::Nobody if script::is_executable(&place.common.join("hooks").join(hook.name())) => {
            State::Dead(format!("core.hooksPath makes git look for hooks in {} alone", place.shown(&place.hooks)))
        }
        Owner::Nobody => State::Absent,
        Owner::Relgate => ours(&file, hook, place),
        Owner::Framework(name) => framework(hook, &file, name, place)?,
        Owner::Lefthook => match stanza::lefthook_state(place, hook) {
            stanza::Lefthook::Calls => runs(&file, place),
            stanza::Lefthook::CallsForBranches => {
                State::Blind("lefthook skips a `run:` then, and a `script:` needs `use_stdin: true`".to_owned())
            }
            stanza::Lefthook::Never => State::Dead("lefthook has its place, and does not call it".to_owned()),
        },
        Owner::Edited | Owner::Other | Owner::Link => {
            let text = std::fs::read(&file).unwrap_or_default();
            // Our own script has the name of the program in a variable.
            let text = String::from_utf8_lossy(&text).replace("\"$relgate\"", "relgate");
            if script::calls(&text, hook) {
                runs(&file, place)
            } else {
                State::Dead(format!("{} does not call relgate", place.shown(&file)))
            }
        }
    })
}

/// A script that we have written.
fn ours(file: &Path, hook: GitHook, place: &Place) -> State {
    let shown = place.shown(file);
    if !script::is_executable(file) {
        return State::Dead(format!("{shown} is not executable, so git passes it over"));
    }
    if script::owner(file, hook).ok() != Some(Owner::Relgate) {
        return State::Dead(format!("{shown} is gone or has been changed"));
    }
    match script::binary(file) {
        Some(binary) if script::is_executable(&binary) => State::Runs(shown),
        _ if on_path() => State::Runs(shown),
        _ => State::Dead(format!("the relgate that {shown} calls is gone, so it blocks: install it again")),
    }
}

/// A script of others that calls the relgate on PATH.
fn runs(file: &Path, place: &Place) -> State {
    let shown = place.shown(file);
    if !script::is_executable(file) {
        State::Dead(format!("{shown} is not executable, so git passes it over"))
    } else if on_path() {
        State::Runs(shown)
    } else {
        State::Dead(format!("{shown} calls relgate, which is not on PATH"))
    }
}

fn on_path() -> bool {
    let name = format!("relgate{}", env::consts::EXE_SUFFIX);
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| script::is_executable(&folder.join(&name))))
}

fn husky(hook: GitHook, own: &Path, file: &Path, place: &Place) -> State {
    if !script::calls_relgate(own, hook) {
        return if own.exists() {
            State::Dead(format!("{} does not call it", place.shown(own)))
        } else {
            State::Absent
        };
    }
    if script::is_executable(file) {
        if on_path() { State::Runs(place.shown(own)) } else { State::Dead("relgate is not on PATH".to_owned()) }
    } else {
        State::Dead(place.husky_not_run(file))
    }
}

fn framework(hook: GitHook, file: &Path, name: &str, place: &Place) -> Result<State, Failure> {
    if !script::is_executable(file) {
        return Ok(State::Dead(format!("{} is not executable, so git passes it over", place.shown(file))));
    }
    let legacy = script::legacy(file);
    match script::owner(&legacy, hook)? {
        Owner::Relgate => return Ok(ours(&legacy, hook, place)),
        _ if script::calls_relgate(&legacy, hook) => return Ok(runs(&legacy, place)),
        _ => {}
    }
    let settings = [".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml"];
    let listed = place.top.as_ref().is_some_and(|top| {
        settings.iter().any(|name| std::fs::read_to_string(top.join(name)).is_ok_and(|text| text.contains("relgate")))
    });
    Ok(match (listed, hook) {
        (true, GitHook::PrePush) => State::Blind(format!("{name} calls no hook for a commit that the remote has")),
        (true, GitHook::PreCommit | GitHook::PreMergeCommit) => State::Runs(format!("by {name}")),
        _ => State::Dead(format!("{name} has its place, and does not call it: install it again")),
    })
}
