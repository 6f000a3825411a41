//! The repository's objects, from the folders that hold them.

use std::cell::{OnceCell, RefCell};
use std::fs;
use std::path::PathBuf;

use super::file;
use super::id::{Format, ObjectId};
use super::inflate::Inflater;
use super::loose;
use super::object::{Object, ObjectFault};
use super::pack::{Bases, Pack};

/// The objects of one repository and its alternates.
pub(super) struct Objects {
    format: Format,
    /// The object directories, the repository's own first.
    directories: Vec<PathBuf>,
    packs: OnceCell<Vec<Pack>>,
    /// The pack that had the last object: it has most likely the next one too.
    last: std::cell::Cell<usize>,
    scratch: RefCell<(Inflater, Bases)>,
}

impl Objects {
    pub(super) fn new(format: Format, directories: Vec<PathBuf>) -> Self {
        let scratch = RefCell::new((Inflater::new(), Bases::default()));
        Self { format, directories, packs: OnceCell::new(), last: std::cell::Cell::new(0), scratch }
    }

    /// # Errors
    /// Where the object is not there, is broken, or has more than `most` bytes.
    pub(super) fn read(&self, id: &ObjectId, most: u64) -> Result<Object, ObjectFault> {
        // Where a pack has been of use already, the next object is most likely in one.
        let loose_first = self.packs.get().is_none();
        let mut fault = ObjectFault::Absent;
        if loose_first {
            match self.read_loose(id, most) {
                Err(ObjectFault::Absent) => {}
                Err(broken @ ObjectFault::Broken(_)) => fault = broken,
                found => return found,
            }
        }
        if let Some((pack, offset)) = self.find(id)? {
            return self.read_packed(pack, offset, most);
        }
        if loose_first { Err(fault) } else { self.read_loose(id, most) }
    }

    fn read_packed(&self, pack: &Pack, offset: u64, most: u64) -> Result<Object, ObjectFault> {
        let (inflater, bases) = &mut *self.scratch.borrow_mut();
        // The end of a chain says first how large the object is: what it is made from may be larger.
        let size = pack.size(offset, inflater)?;
        if size > most {
            return Err(ObjectFault::TooLarge(size));
        }
        pack.read(offset, most.saturating_mul(2), inflater, bases).map_err(|fault| match fault {
            ObjectFault::TooLarge(_) => ObjectFault::broken("it is made from an object that is too large"),
            other => other,
        })
    }

    fn read_loose(&self, id: &ObjectId, most: u64) -> Result<Object, ObjectFault> {
        let inflater = &mut self.scratch.borrow_mut().0;
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

    fn find(&self, id: &ObjectId) -> Result<Option<(&Pack, u64)>, ObjectFault> {
        let packs = match self.packs.get() {
            Some(packs) => packs,
            None => {
                let opened = self.open_packs()?;
                self.packs.get_or_init(|| opened)
            }
        };
        let last = self.last.get();
        for at in std::iter::once(last).chain((0..packs.len()).filter(|at| *at != last)) {
            if let Some(pack) = packs.get(at)
                && let Some(offset) = pack.find(id)?
            {
                self.last.set(at);
                return Ok(Some((pack, offset)));
            }
        }
        Ok(None)
    }

    fn open_packs(&self) -> Result<Vec<Pack>, ObjectFault> {
        let mut packs = Vec::new();
        for directory in &self.directories {
            let folder = directory.join("pack");
            let failed = |error| ObjectFault::broken(format!("{} cannot be read: {error}", folder.display()));
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) if file::is_absent(&error) => continue,
                Err(error) => return Err(failed(error)),
            };
            for entry in entries {
                let path = entry.map_err(failed)?.path();
                if path.extension().is_some_and(|extension| extension == "idx") {
                    packs.push(Pack::open(&path, packs.len(), self.format)?);
                }
            }
        }
        Ok(packs)
    }
}
