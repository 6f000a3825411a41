//! The repository's objects, from the folders that hold them.
//!
//! Loose objects are read here: libgit2 waits for ever for the rest of one that was cut off. Packs are libgit2's.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, ObjectType, Odb, Oid};
use sha1::{Digest, Sha1};

use super::id::{Format, ObjectId};
use super::inflate::Inflater;
use super::loose;
use super::object::{Object, ObjectFault, ObjectKind};
use super::obstacle;

/// So many objects are looked for in vain before it pays to list the folders of loose ones.
const PATIENCE: u32 = 16;

/// The objects of one repository and its alternates.
pub(super) struct Objects {
    format: Format,
    /// The object directories, the repository's own first.
    directories: Vec<PathBuf>,
    packs: OnceCell<Odb<'static>>,
    inflater: RefCell<Inflater>,
    /// How many objects were no loose ones.
    missed: Cell<u32>,
    /// For each of the directories, by which bytes the names of its loose objects begin; `None` where that is not known.
    folders: OnceCell<Vec<Option<HashSet<u8>>>>,
}

impl Objects {
    pub(super) fn new(format: Format, directories: Vec<PathBuf>) -> Self {
        let inflater = RefCell::new(Inflater::new());
        let (packs, folders) = (OnceCell::new(), OnceCell::new());
        Self { format, directories, packs, inflater, missed: Cell::new(0), folders }
    }

    /// # Errors
    /// Where the object is not there, is broken, or has more than `most` bytes.
    pub(super) fn read(&self, id: &ObjectId, most: u64) -> Result<Object, ObjectFault> {
        match self.read_loose(id, most) {
            Err(ObjectFault::Absent) => self.read_packed(id, most),
            // libgit2 is not asked for what is cut off, though a pack might have it, too: git is.
            found => found,
        }
    }

    fn read_loose(&self, id: &ObjectId, most: u64) -> Result<Object, ObjectFault> {
        let inflater = &mut self.inflater.borrow_mut();
        let mut fault = ObjectFault::Absent;
        for directory in self.loose_directories(id) {
            match loose::read(directory, id, most, inflater) {
                Err(ObjectFault::Absent) => {}
                Err(broken @ ObjectFault::Broken(_)) => fault = broken,
                found => return found,
            }
        }
        self.missed.set(self.missed.get().saturating_add(1));
        Err(fault)
    }

    /// The directories that may have `id` as a loose object.
    fn loose_directories(&self, id: &ObjectId) -> impl Iterator<Item = &PathBuf> {
        let folders = (self.missed.get() >= PATIENCE).then(|| {
            self.folders.get_or_init(|| self.directories.iter().map(|directory| loose_folders(directory)).collect())
        });
        let first = id.bytes()[0];
        let may_have = move |at: usize| {
            folders.is_none_or(|folders| folders[at].as_ref().is_none_or(|known| known.contains(&first)))
        };
        self.directories.iter().enumerate().filter(move |(at, _)| may_have(*at)).map(|(_, directory)| directory)
    }

    fn read_packed(&self, id: &ObjectId, most: u64) -> Result<Object, ObjectFault> {
        if self.format != Format::Sha1 {
            return Err(ObjectFault::Absent);
        }
        let packs = self.packs()?;
        let oid = Oid::from_bytes(id.bytes()).map_err(failed)?;
        let (size, kind) = packs.read_header(oid).map_err(failed)?;
        if size as u64 > most {
            return Err(ObjectFault::TooLarge(size as u64));
        }
        let kind = match kind {
            ObjectType::Commit => ObjectKind::Commit,
            ObjectType::Tree => ObjectKind::Tree,
            ObjectType::Blob => ObjectKind::Blob,
            ObjectType::Tag => ObjectKind::Tag,
            ObjectType::Any => return Err(ObjectFault::broken("it is of no kind")),
        };
        let object = packs.read(oid).map_err(failed)?;
        if !is_named(id, kind, object.data()) {
            return Err(ObjectFault::broken("it is not what its name says"));
        }
        Ok(Object { kind, bytes: object.data().to_vec() })
    }

    fn packs(&self) -> Result<&Odb<'static>, ObjectFault> {
        if let Some(known) = self.packs.get() {
            return Ok(known);
        }
        for directory in &self.directories {
            obstacle::in_objects(directory).map_err(|failure| ObjectFault::NoFile(failure.message))?;
        }
        // What is read is compared with its name here, in a tenth of the time.
        git2::opts::strict_hash_verification(false);
        let opened = Odb::new().map_err(failed)?;
        for directory in &self.directories {
            opened.add_disk_alternate(&directory.to_string_lossy()).map_err(failed)?;
        }
        Ok(self.packs.get_or_init(|| opened))
    }
}

/// What libgit2 says of an object that it does not give.
fn failed(error: git2::Error) -> ObjectFault {
    match error.code() {
        ErrorCode::NotFound => ObjectFault::Absent,
        _ => ObjectFault::broken(error.message()),
    }
}

/// The bytes by which the names of loose objects begin that have a folder in `directory`.
fn loose_folders(directory: &Path) -> Option<HashSet<u8>> {
    let entries = directory.read_dir().ok()?.collect::<Result<Vec<_>, _>>().ok()?;
    let names = entries.into_iter().filter_map(|entry| entry.file_name().into_string().ok());
    Some(names.filter(|name| name.len() == 2).filter_map(|name| u8::from_str_radix(&name, 16).ok()).collect())
}

/// Whether `id` is the name of such an object.
pub(super) fn is_named(id: &ObjectId, kind: ObjectKind, content: &[u8]) -> bool {
    let mut hash = Sha1::new();
    hash.update(format!("{} {}\0", kind.name(), content.len()));
    hash.update(content);
    hash.finalize().as_slice() == id.bytes()
}
