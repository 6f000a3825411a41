//! The repository's objects, from the folders that hold them.
//!
//! Loose objects are read here: libgit2 waits for ever for the rest of one that was cut off. Packs are libgit2's.

use std::cell::{OnceCell, RefCell};
use std::path::PathBuf;

use git2::{ErrorCode, ObjectType, Odb, Oid};

use super::id::{Format, ObjectId};
use super::inflate::Inflater;
use super::loose;
use super::object::{Object, ObjectFault, ObjectKind};

/// The objects of one repository and its alternates.
pub(super) struct Objects {
    format: Format,
    /// The object directories, the repository's own first.
    directories: Vec<PathBuf>,
    packs: OnceCell<Odb<'static>>,
    inflater: RefCell<Inflater>,
}

impl Objects {
    pub(super) fn new(format: Format, directories: Vec<PathBuf>) -> Self {
        Self { format, directories, packs: OnceCell::new(), inflater: RefCell::new(Inflater::new()) }
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
        for directory in &self.directories {
            match loose::read(directory, id, most, inflater) {
                Err(ObjectFault::Absent) => {}
                Err(broken @ ObjectFault::Broken(_)) => fault = broken,
                found => return found,
            }
        }
        Err(fault)
    }

    fn read_packed(&self, id: &ObjectId, most: u64) -> Result<Object, ObjectFault> {
        if self.format != Format::Sha1 {
            return Err(ObjectFault::Absent);
        }
        let failed = |error: git2::Error| match error.code() {
            ErrorCode::NotFound => ObjectFault::Absent,
            _ => ObjectFault::broken(error.message()),
        };
        let packs = self.packs().map_err(failed)?;
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
        Ok(Object { kind, bytes: object.data().to_vec() })
    }

    fn packs(&self) -> Result<&Odb<'static>, git2::Error> {
        if let Some(known) = self.packs.get() {
            return Ok(known);
        }
        let opened = Odb::new()?;
        for directory in &self.directories {
            opened.add_disk_alternate(&directory.to_string_lossy())?;
        }
        Ok(self.packs.get_or_init(|| opened))
    }
}
