//! The files as they stand in the folder.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use super::file;
use super::snapshot::{Entry, EntryKind, LARGEST_FILE, Node, too_large};
use crate::failure::Failure;

fn absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename)
}

/// What stands at `path`, none of whose folders is a link.
pub(super) fn node(top: &Path, path: &str) -> Result<Node, Failure> {
    let failed = |error: io::Error| Failure::new(format!("{path} cannot be read: {error}"));
    // The repository's own files are nobody's source.
    if path == ".git" || path.starts_with(".git/") || path.contains('\0') {
        return Ok(Node::Nothing);
    }
    let full = top.join(path);
    let metadata = match fs::symlink_metadata(&full) {
        Ok(metadata) => metadata,
        Err(error) if absent(&error) => return Ok(Node::Nothing),
        Err(error) => return Err(failed(error)),
    };
    Ok(match kind_of(&metadata) {
        EntryKind::File => Node::File(None),
        EntryKind::Folder => Node::Folder,
        EntryKind::Link => {
            let target = fs::read_link(&full).map_err(failed)?;
            Node::Link(target.to_str().map(|target| target.replace('\\', "/")))
        }
        EntryKind::Other => Node::Other,
    })
}

fn kind_of(metadata: &Metadata) -> EntryKind {
    match () {
        () if metadata.is_file() => EntryKind::File,
        () if metadata.is_dir() => EntryKind::Folder,
        () if metadata.is_symlink() => EntryKind::Link,
        () => EntryKind::Other,
    }
}

/// The bytes of the file at `path`, none of whose folders is a link.
pub(super) fn read(top: &Path, path: &str) -> Result<Option<Vec<u8>>, Failure> {
    let failed = |error: io::Error| Failure::new(format!("{path} cannot be read: {error}"));
    let (file, length) = match file::open(&top.join(path)) {
        Ok(opened) => opened,
        Err(error) if absent(&error) => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if length > LARGEST_FILE {
        return Err(too_large(path, length));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1);
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(too_large(path, bytes.len() as u64));
    }
    Ok(Some(bytes))
}

/// What stands in `folder`, none of whose folders is a link.
pub(super) fn list(top: &Path, folder: &str) -> Result<Vec<Entry>, Failure> {
    let failed = |error: io::Error| Failure::new(format!("the folder {folder} cannot be read: {error}"));
    let entries = match fs::read_dir(top.join(folder)) {
        Ok(entries) => entries,
        Err(error) if absent(&error) => return Ok(Vec::new()),
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
