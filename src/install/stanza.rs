//! What people add by hand where relgate writes nothing: the exact lines.

use std::fs;

use crate::cli::GitHook;

use super::place::Place;
use super::script;

/// The line for a script of the project's own.
pub fn line(hook: GitHook, file: &str) -> Vec<String> {
    let call = call(hook);
    vec![format!("put this line first into {file} (it is run by sh, and has to be executable):"), call]
}

fn call(hook: GitHook) -> String {
    let arguments = if hook.has_arguments() { " \"$@\"" } else { "" };
    // Whatever follows in the script must not turn a refusal into a pass.
    format!("relgate hook {}{arguments} || exit $?", hook.name())
}

/// The other way out where all repositories share one folder.
pub fn own_folder(mut lines: Vec<String>) -> Vec<String> {
    lines.push("or give this repository a folder of its own, and install again:".to_owned());
    lines.push(
        "git config --local core.hooksPath \"$(git rev-parse --path-format=absolute --git-common-dir)/hooks\"".into(),
    );
    lines
}

/// What goes into lefthook.yml. A `run:` is skipped where lefthook finds no changed files, as for a tag that is pushed
/// alone; a `script:` is not.
pub fn lefthook(hook: GitHook) -> Vec<String> {
    let name = hook.name();
    let stdin = if hook.has_input() { "\n      use_stdin: true" } else { "" };
    let text = format!(
        "put this into lefthook.yml:\n{name}:\n  jobs:\n    - script: relgate.sh\n      runner: sh{stdin}\n\
         and these lines into .lefthook/{name}/relgate.sh:\n#!/bin/sh\n{}",
        call(hook)
    );
    text.lines().map(str::to_owned).collect()
}

/// What lefthook does about relgate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lefthook {
    Calls,
    /// It calls it, but neither for a tag alone nor with what git says about the push.
    CallsForBranches,
    Never,
}

const FILES: [&str; 6] =
    ["lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml", "lefthook-local.yml", "lefthook.toml"];

/// Reads lefthook's settings for the words that matter.
pub fn lefthook_state(place: &Place, hook: GitHook) -> Lefthook {
    let Some(top) = &place.top else { return Lefthook::Never };
    let read = |name: &&str| fs::read_to_string(top.join(name)).ok();
    let settings: String = FILES.iter().filter_map(read).collect();
    let in_use: String = settings.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let scripts = fs::read_dir(top.join(".lefthook").join(hook.name())).into_iter().flatten().flatten();
    let mut called = scripts.filter(|script| {
        in_use.contains(&*script.file_name().to_string_lossy()) && script::calls_relgate(&script.path(), hook)
    });
    if called.next().is_some() && (!hook.has_input() || in_use.contains("use_stdin: true")) {
        Lefthook::Calls
    } else if script::calls(&settings, hook) {
        if hook.has_input() { Lefthook::CallsForBranches } else { Lefthook::Calls }
    } else {
        Lefthook::Never
    }
}
