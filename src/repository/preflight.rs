//! Which parts of a repository relgate's own readers may be trusted with, by its files and the environment.

use std::path::{Path, PathBuf};

use super::file;
use super::git_config::GitConfig;
use super::id::Format;
use super::location::{Environment, Location};
use super::refs::Refs;

/// What relgate reads itself; git is asked for the rest.
#[derive(Clone, Debug)]
pub(super) struct Trust {
    pub(super) refs: bool,
    pub(super) index: bool,
    pub(super) history: bool,
    /// Whether the commit-graph, too.
    pub(super) graph: bool,
    /// The object directories, where objects are read; `None` where git has to be asked.
    pub(super) objects: Option<Vec<PathBuf>>,
    pub(super) format: Format,
    /// Whether commits may lack parents that they have: no `no` about the history is certain.
    pub(super) shallow: bool,
    /// Whether objects may be left out that only the remote has.
    pub(super) partial: bool,
}

/// How many repositories may borrow objects from one another: git's own limit.
const DEEPEST_ALTERNATE: usize = 5;

/// From how many repositories objects are borrowed here; so many may be named in one file.
const MOST_ALTERNATES: usize = 64;

/// Nothing is trusted: everything is asked of git.
pub(super) fn nothing(location: &Location) -> Trust {
    let unknown = GitConfig::default();
    let settings = location.settings.as_ref().unwrap_or(&unknown);
    let format = format(settings).unwrap_or(Format::Sha1);
    let shallow = is_shallow(location);
    let promises = settings.section("remote").any(|(key, _)| key.ends_with(".promisor"));
    let partial = promises || settings.get("extensions.partialclone").is_some();
    Trust { refs: false, index: false, history: false, graph: false, objects: None, format, shallow, partial }
}

pub(super) fn judge(location: &Location, environment: &Environment) -> Trust {
    let none = nothing(location);
    let Some(settings) = &location.settings else { return none };
    let Some(format) = known_format(settings) else { return none };
    let replaced = std::env::var_os("GIT_REPLACE_REF_BASE").is_some()
        || Refs::new(location.git_dir.clone(), location.common_dir.clone()).any("refs/replace/").unwrap_or(true);
    let elsewhere = ["GIT_SHALLOW_FILE", "GIT_GRAFT_FILE"].iter().any(|name| environment.get(name).is_some());
    let grafts = location.common_dir.join("info/grafts").exists();
    let objects = if replaced { None } else { object_directories(location, environment) };
    let history = objects.is_some() && !elsewhere && !grafts && !none.shallow;
    let graph = history && (settings.get("core.commitgraph").is_none() || settings.is_true("core.commitgraph"));
    Trust { refs: true, index: true, history, graph, objects, format, ..none }
}

fn is_shallow(location: &Location) -> bool {
    location.common_dir.join("shallow").metadata().is_ok_and(|metadata| metadata.len() > 0)
}

fn format(settings: &GitConfig) -> Option<Format> {
    match settings.get("extensions.objectformat") {
        None | Some(Some("sha1")) => Some(Format::Sha1),
        Some(Some("sha256")) => Some(Format::Sha256),
        _ => None,
    }
}

/// The format of a repository of which nothing is unknown.
fn known_format(settings: &GitConfig) -> Option<Format> {
    let version = settings.get("core.repositoryformatversion").flatten().unwrap_or("0");
    let format = format(settings)?;
    let known = |(name, value): (&str, Option<&str>)| match name {
        "noop" | "preciousobjects" | "partialclone" | "worktreeconfig" => true,
        "noop-v1" | "objectformat" => version == "1",
        "refstorage" => version == "1" && value == Some("files"),
        // What version 0 does not know, git does not heed there.
        _ => version == "0" && !matches!(name, "compatobjectformat" | "relativeworktrees"),
    };
    (matches!(version, "0" | "1") && settings.section("extensions").all(known)).then_some(format)
}

fn object_directories(location: &Location, environment: &Environment) -> Option<Vec<PathBuf>> {
    let absolute = |name: &str| environment.get(name).map(PathBuf::from);
    let own = match absolute("GIT_OBJECT_DIRECTORY") {
        Some(own) if own.is_absolute() => own,
        Some(_) => return None,
        None => location.common_dir.join("objects"),
    };
    let mut directories = vec![own];
    if let Some(listed) = environment.get("GIT_ALTERNATE_OBJECT_DIRECTORIES") {
        for directory in std::env::split_paths(&listed).filter(|directory| !directory.as_os_str().is_empty()) {
            let quoted = directory.as_os_str().as_encoded_bytes().starts_with(b"\"");
            if quoted || !directory.is_absolute() {
                return None;
            }
            directories.push(directory);
        }
    }
    let mut at = 0;
    let mut depth = vec![0; directories.len()];
    while at < directories.len() {
        for directory in alternates(&directories[at])? {
            // One that is not there git passes over.
            if directory.is_dir() && !directories.contains(&directory) && depth[at] < DEEPEST_ALTERNATE {
                if directories.len() > MOST_ALTERNATES {
                    return None;
                }
                directories.push(directory);
                depth.push(depth[at] + 1);
            }
        }
        at += 1;
    }
    Some(directories)
}

/// The directories that `objects` borrows from; `None` where only git knows how they are spelt.
fn alternates(objects: &Path) -> Option<Vec<PathBuf>> {
    let text = file::read(&objects.join("info/alternates"), 1 << 20).ok()?.unwrap_or_default();
    let text = std::str::from_utf8(&text).ok()?;
    let lines = text.split('\n').filter(|line| !line.is_empty() && !line.starts_with('#'));
    if lines.clone().count() > MOST_ALTERNATES {
        return None;
    }
    lines.map(|line| (!line.starts_with('"')).then(|| objects.join(line))).collect()
}
