//! The files of a repository as of one moment.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use git2::{ErrorCode, Oid};

use super::unreadable;
use crate::failure::Failure;

/// The largest file that is read, in bytes. A larger one is a failure, never a pass.
const LARGEST_FILE: u64 = 64 << 20;

/// How many symbolic links are followed for one path.
const LONGEST_CHAIN: usize = 8;

/// The files as of one moment: the work tree, the index, the tree of a commit, or texts that were never in a repository.
pub struct Snapshot(Kind);

enum Kind {
    WorkTree(PathBuf),
    Index(Rc<git2::Repository>, Box<git2::Index>),
    Tree(Rc<git2::Repository>, Oid),
    Memory(BTreeMap<String, Vec<u8>>),
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Kind::WorkTree(_) => "Snapshot::WorkTree",
            Kind::Index(..) => "Snapshot::Index",
            Kind::Tree(..) => "Snapshot::Tree",
            Kind::Memory(_) => "Snapshot::Memory",
        })
    }
}

/// One thing that stands in a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub name: String,
    pub kind: EntryKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    File,
    Folder,
    Link,
    /// A submodule, a device, a socket: nothing that is read.
    Other,
}

/// What stands at a path.
enum Content {
    Nothing,
    File(Vec<u8>),
    /// A symbolic link and where it points, as written in it.
    Link(String),
}

impl Snapshot {
    pub(super) fn work_tree(top: PathBuf) -> Self {
        Self(Kind::WorkTree(top))
    }

    pub(super) fn index(git: Rc<git2::Repository>, index: git2::Index) -> Self {
        Self(Kind::Index(git, Box::new(index)))
    }

    pub(super) fn tree(git: Rc<git2::Repository>, tree: Oid) -> Self {
        Self(Kind::Tree(git, tree))
    }

    /// Texts that stand in no repository: the executed examples of the rules, benchmarks, fuzzing.
    pub fn memory(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        Self(Kind::Memory(files.into_iter().collect()))
    }

    /// The bytes of the file at `path`, `/` between its parts; `None` where no file stands there. A symbolic link is
    /// followed as long as it stays inside the repository.
    ///
    /// # Errors
    /// Where it cannot be read, is unmerged, or is larger than the cap.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        let mut path = path.to_owned();
        for _ in 0..LONGEST_CHAIN {
            match self.content(&path)? {
                Content::Nothing => return Ok(None),
                Content::File(bytes) => return Ok(Some(bytes)),
                Content::Link(target) => match resolve_link(&path, &target) {
                    Some(inside) => path = inside,
                    None => return Ok(None),
                },
            }
        }
        Ok(None)
    }

    /// The path of the file that `path` leads to through symbolic links; itself where it is no link.
    ///
    /// # Errors
    /// As [`Snapshot::read`].
    pub fn resolve(&self, path: &str) -> Result<String, Failure> {
        let mut path = path.to_owned();
        for _ in 0..LONGEST_CHAIN {
            match self.content(&path)? {
                Content::Link(target) => match resolve_link(&path, &target) {
                    Some(inside) => path = inside,
                    None => break,
                },
                Content::Nothing | Content::File(_) => break,
            }
        }
        Ok(path)
    }

    fn content(&self, path: &str) -> Result<Content, Failure> {
        match &self.0 {
            Kind::WorkTree(top) => read_file(top, path),
            Kind::Index(git, index) => read_index(git, index, path),
            Kind::Tree(git, tree) => read_tree(git, *tree, path),
            Kind::Memory(files) => Ok(files.get(path).map_or(Content::Nothing, |bytes| Content::File(bytes.clone()))),
        }
    }

    /// What stands directly in `folder` (`""`: the top), sorted by name; empty where there is no such folder. Names that
    /// are not UTF-8 are left out.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn list(&self, folder: &str) -> Result<Vec<Entry>, Failure> {
        let mut entries = match &self.0 {
            Kind::WorkTree(top) => list_folder(top, folder)?,
            Kind::Index(_, index) => list_paths(folder, index.len(), |at| {
                let entry = index.get(at)?;
                let kind = kind_of(entry.mode);
                String::from_utf8(entry.path).ok().map(|path| (path, kind))
            }),
            Kind::Tree(git, tree) => list_tree(git, *tree, folder)?,
            Kind::Memory(files) => {
                let paths: Vec<&String> = files.keys().collect();
                list_paths(folder, paths.len(), |at| paths.get(at).map(|path| ((*path).clone(), EntryKind::File)))
            }
        };
        entries.sort();
        Ok(entries)
    }
}

/// The path that a link at `path` leads to, or `None` where that is outside the repository.
fn resolve_link(path: &str, target: &str) -> Option<String> {
    if target.starts_with('/') || target.contains('\0') {
        return None;
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

fn too_large(path: &str, size: u64) -> Failure {
    Failure::new(format!("{path} has {size} bytes; relgate reads no file of more than {LARGEST_FILE}"))
}

fn read_file(top: &Path, path: &str) -> Result<Content, Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("{path} cannot be read: {error}"));
    let absent = |error: &std::io::Error| {
        matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename)
    };
    let full = top.join(path);
    let metadata = match fs::symlink_metadata(&full) {
        Ok(metadata) => metadata,
        Err(error) if absent(&error) => return Ok(Content::Nothing),
        Err(error) => return Err(failed(error)),
    };
    if metadata.is_symlink() {
        let target = fs::read_link(&full).map_err(failed)?;
        return Ok(target.to_str().map_or(Content::Nothing, |target| Content::Link(target.replace('\\', "/"))));
    }
    // A pipe or a device is never opened: it could make the reader wait for ever.
    if !metadata.is_file() {
        return Ok(Content::Nothing);
    }
    let inside =
        full.parent().and_then(|folder| folder.canonicalize().ok()).is_some_and(|folder| folder.starts_with(top));
    if !inside {
        return Ok(Content::Nothing);
    }
    if metadata.len() > LARGEST_FILE {
        return Err(too_large(path, metadata.len()));
    }
    let mut bytes = Vec::new();
    let mut file = File::open(&full).map_err(failed)?.take(LARGEST_FILE);
    file.read_to_end(&mut bytes).map_err(failed)?;
    Ok(Content::File(bytes))
}

fn list_folder(top: &Path, folder: &str) -> Result<Vec<Entry>, Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("the folder {folder} cannot be read: {error}"));
    let Some(full) = top.join(folder).canonicalize().ok().filter(|full| full.starts_with(top)) else {
        return Ok(Vec::new());
    };
    let entries = match fs::read_dir(full) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        let kind = match () {
            () if kind.is_file() => EntryKind::File,
            () if kind.is_dir() => EntryKind::Folder,
            () if kind.is_symlink() => EntryKind::Link,
            () => EntryKind::Other,
        };
        if let Ok(name) = entry.file_name().into_string()
            && !(folder.is_empty() && name == ".git")
        {
            found.push(Entry { name, kind });
        }
    }
    Ok(found)
}

fn kind_of(mode: u32) -> EntryKind {
    match mode & 0o170_000 {
        0o100_000 => EntryKind::File,
        0o040_000 => EntryKind::Folder,
        0o120_000 => EntryKind::Link,
        _ => EntryKind::Other,
    }
}

fn blob(git: &git2::Repository, id: Oid, mode: u32, path: &str) -> Result<Content, Failure> {
    let kind = kind_of(mode);
    if !matches!(kind, EntryKind::File | EntryKind::Link) {
        return Ok(Content::Nothing);
    }
    let failed = |error: git2::Error| unreadable(path, &error);
    let (size, _) = git.odb().and_then(|odb| odb.read_header(id)).map_err(failed)?;
    if size as u64 > LARGEST_FILE {
        return Err(too_large(path, size as u64));
    }
    let blob = git.find_blob(id).map_err(failed)?;
    let bytes = blob.content().to_vec();
    if kind == EntryKind::Link {
        return Ok(String::from_utf8(bytes).map_or(Content::Nothing, Content::Link));
    }
    Ok(Content::File(bytes))
}

/// The bit of an entry's extended flags that `git add --intent-to-add` sets: the next commit will not have this file.
const INTENT_TO_ADD: u16 = 1 << 13;

fn read_index(git: &git2::Repository, index: &git2::Index, path: &str) -> Result<Content, Failure> {
    if path.is_empty() {
        return Ok(Content::Nothing);
    }
    // With core.ignorecase libgit2 also finds a path of other case; the commit will have only the one written.
    let entry = index.get_path(Path::new(path), 0).filter(|entry| entry.path == path.as_bytes());
    if let Some(entry) = entry {
        if entry.flags_extended & INTENT_TO_ADD != 0 {
            return Ok(Content::Nothing);
        }
        return blob(git, entry.id, entry.mode, path);
    }
    if (1..=3).any(|stage| index.get_path(Path::new(path), stage).is_some_and(|entry| entry.path == path.as_bytes())) {
        return Err(
            Failure::new(format!("{path} is unmerged in the index")).help("resolve the conflict and `git add` it")
        );
    }
    Ok(Content::Nothing)
}

fn read_tree(git: &git2::Repository, tree: Oid, path: &str) -> Result<Content, Failure> {
    let failed = |error: git2::Error| unreadable(path, &error);
    let tree = git.find_tree(tree).map_err(failed)?;
    match tree.get_path(Path::new(path)) {
        Ok(entry) => blob(git, entry.id(), u32::try_from(entry.filemode()).unwrap_or(0), path),
        Err(error) if error.code() == ErrorCode::NotFound && error.class() == git2::ErrorClass::Tree => {
            Ok(Content::Nothing)
        }
        Err(error) => Err(failed(error)),
    }
}

fn list_tree(git: &git2::Repository, tree: Oid, folder: &str) -> Result<Vec<Entry>, Failure> {
    let failed = |error: git2::Error| unreadable(folder, &error);
    let mut tree = git.find_tree(tree).map_err(failed)?;
    if !folder.is_empty() {
        let entry = match tree.get_path(Path::new(folder)) {
            Ok(entry) => entry,
            Err(error) if error.code() == ErrorCode::NotFound && error.class() == git2::ErrorClass::Tree => {
                return Ok(Vec::new());
            }
            Err(error) => return Err(failed(error)),
        };
        if kind_of(u32::try_from(entry.filemode()).unwrap_or(0)) != EntryKind::Folder {
            return Ok(Vec::new());
        }
        tree = git.find_tree(entry.id()).map_err(failed)?;
    }
    let entry = |entry: git2::TreeEntry<'_>| {
        let name = String::from_utf8(entry.name_bytes().to_vec()).ok()?;
        Some(Entry { name, kind: kind_of(u32::try_from(entry.filemode()).unwrap_or(0)) })
    };
    Ok(tree.iter().filter_map(entry).collect())
}

/// What stands directly in `folder`, from `count` paths that are sorted by byte and answered by `path`; jumps over the
/// content of subfolders.
fn list_paths(folder: &str, count: usize, path: impl Fn(usize) -> Option<(String, EntryKind)>) -> Vec<Entry> {
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let first_after = |bound: &str| {
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = usize::midpoint(low, high);
            if path(middle).is_none_or(|(path, _)| path.as_str() < bound) { low = middle + 1 } else { high = middle }
        }
        low
    };
    let mut found: Vec<Entry> = Vec::new();
    let mut at = first_after(&prefix);
    while at < count {
        let Some((path, kind)) = path(at) else {
            at += 1;
            continue;
        };
        let Some(rest) = path.strip_prefix(&prefix) else { break };
        match rest.split_once('/') {
            Some((name, _)) => {
                found.push(Entry { name: name.to_owned(), kind: EntryKind::Folder });
                // `0` is the byte after `/`.
                at = first_after(&format!("{prefix}{name}0")).max(at + 1);
            }
            None => {
                found.push(Entry { name: rest.to_owned(), kind });
                at += 1;
            }
        }
    }
    found.dedup();
    found
}
