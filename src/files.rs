//! The files of one snapshot, each read once.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::failure::Failure;
use crate::finding::{SourceId, Sources};
use crate::repository::{Entry, ReadFile, Snapshot};

/// New texts of files, by path: they stand in for what the snapshot has.
pub type Repaired = BTreeMap<String, Vec<u8>>;

/// Reads from a snapshot and keeps what was read as [`Sources`].
#[derive(Debug)]
pub struct Files<'a> {
    snapshot: &'a Snapshot,
    sources: Sources,
    known: HashMap<String, Option<SourceId>>,
    repaired: Option<&'a Repaired>,
    earlier: Option<&'a ReadEarlier>,
}

/// Files that were read from the same snapshot, by the path that was asked for; `None` where there is no file.
#[derive(Debug, Default)]
pub struct ReadEarlier(HashMap<String, Option<ReadFile>>);

impl<'a> Files<'a> {
    pub fn new(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, sources: Sources::default(), known: HashMap::new(), repaired: None, earlier: None }
    }

    /// The files of the snapshot as they would be with these repairs.
    pub fn with_repairs(snapshot: &'a Snapshot, repaired: &'a Repaired) -> Self {
        Self { repaired: Some(repaired), ..Self::new(snapshot) }
    }

    /// The same files, of which some were read before.
    pub fn after(self, earlier: &'a ReadEarlier) -> Self {
        Self { earlier: Some(earlier), ..self }
    }

    /// The file at `path`, which runs from the top of the repository with `/` between its parts; `None` where there is no
    /// file. Symbolic links are followed inside the repository only.
    ///
    /// # Errors
    /// Where the snapshot cannot say what stands there, or git does not have it.
    pub fn read(&mut self, path: &str) -> Result<Option<SourceId>, Failure> {
        if let Some(known) = self.known.get(path) {
            return Ok(*known);
        }
        let found = match self.earlier.and_then(|earlier| earlier.0.get(path)) {
            Some(read) => read.clone(),
            None => self.snapshot.read(path)?,
        };
        let id = match found {
            None => None,
            Some((at, bytes)) if is_lfs_pointer(&bytes) => return Err(elsewhere(&at)),
            Some((at, bytes)) => match self.known.get(&at) {
                Some(known) => *known,
                None => {
                    let repaired = self.repaired.and_then(|repaired| repaired.get(&at)).cloned().map(Arc::new);
                    let id = Some(self.sources.add(at.as_str(), repaired.unwrap_or(bytes)));
                    self.known.insert(at, id);
                    id
                }
            },
        };
        self.known.insert(path.to_owned(), id);
        Ok(id)
    }

    /// What stands directly in `folder` (`""`: the top), sorted by name; empty where there is no such folder.
    ///
    /// # Errors
    /// Where the snapshot cannot say what stands there.
    pub fn list(&self, folder: &str) -> Result<Vec<Entry>, Failure> {
        self.snapshot.list(folder)
    }

    pub fn bytes(&self, id: SourceId) -> &Arc<Vec<u8>> {
        &self.sources.get(id).bytes
    }

    pub fn path(&self, id: SourceId) -> &str {
        &self.sources.get(id).path
    }

    pub fn into_sources(self) -> Sources {
        self.sources
    }

    /// What was read, to be read from the same snapshot with the same repairs.
    pub fn into_read(self) -> ReadEarlier {
        let file = |id: SourceId| (self.path(id).to_owned(), Arc::clone(self.bytes(id)));
        let known = self.known.iter().map(|(path, id)| (path.clone(), id.map(file)));
        ReadEarlier(known.collect())
    }
}

/// Whether git has only the name of the content, which Git LFS keeps elsewhere (its specification: a pointer begins with
/// this line and has less than 1,024 bytes).
fn is_lfs_pointer(bytes: &[u8]) -> bool {
    bytes.len() < 1_024 && bytes.starts_with(b"version https://git-lfs.github.com/spec/")
}

fn elsewhere(path: &str) -> Failure {
    Failure::new(format!("`{path}` is a pointer of Git LFS: what it says is not in the repository"))
        .help(format!("keep it in git itself: git lfs untrack {path}, then git add --renormalize {path}"))
}

/// `name` in `folder`, where `""` is the top of the repository.
pub fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
