//! The files of a repository as of one moment.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use super::id::ObjectId;
use super::index_file::{Index, IndexFault};
use super::object::{ObjectFault, ObjectKind, tree_entries};
use super::store::Store;
use super::work_tree;
use crate::failure::Failure;

/// Where a file really stands, and its bytes.
pub type ReadFile = (String, Arc<Vec<u8>>);

/// The largest file that is read, in bytes. A larger one is a failure, never a pass.
pub(super) const LARGEST_FILE: u64 = 64 << 20;

/// How many folders two commits are compared in: a few objects can be made to look like a folder of any size.
const MOST_FOLDERS: usize = 10_000;

/// How many symbolic links are followed for one path.
const LONGEST_CHAIN: usize = 8;

/// The files as of one moment: the work tree, the index, the tree of a commit, or texts that were never in a repository.
pub struct Snapshot(Kind);

enum Kind {
    WorkTree(PathBuf),
    Index(Rc<Store>, Index),
    Tree(Rc<Store>, Trees),
    Memory(BTreeMap<String, Vec<u8>>),
}

/// The trees of one commit that have been read, by the path of their folder; `None` where there is no such folder.
struct Trees {
    top: ObjectId,
    known: RefCell<HashMap<String, Option<Rc<Vec<u8>>>>>,
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

/// What stands in a folder, by name.
type Objects = BTreeMap<String, (EntryKind, ObjectId)>;

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
pub(super) enum Node {
    Nothing,
    /// A file, and the object that has its content unless the folder has.
    File(Option<ObjectId>),
    Folder,
    /// A symbolic link and where it points, as written in it, where that is text.
    Link(Option<String>),
    Other,
}

impl Snapshot {
    pub(super) fn work_tree(top: PathBuf) -> Self {
        Self(Kind::WorkTree(top))
    }

    pub(super) fn index(store: Rc<Store>, index: Index) -> Self {
        Self(Kind::Index(store, index))
    }

    pub(super) fn tree(store: Rc<Store>, top: ObjectId) -> Self {
        Self(Kind::Tree(store, Trees { top, known: RefCell::default() }))
    }

    /// Texts that stand in no repository: the executed examples of the rules, benchmarks, fuzzing.
    pub fn memory(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        Self(Kind::Memory(files.into_iter().collect()))
    }

    /// The file at `path`, `/` between its parts; `None` where no file stands there. Symbolic links, of the file and of
    /// the folders it is in, are followed as long as they stay inside the repository.
    ///
    /// # Errors
    /// Where it cannot be read, is unmerged, or is larger than the cap.
    pub fn read(&self, path: &str) -> Result<Option<ReadFile>, Failure> {
        if let Kind::Memory(files) = &self.0 {
            return Ok(files.get(path).map(|bytes| (path.to_owned(), Arc::new(bytes.clone()))));
        }
        let Some((at, Node::File(id))) = self.resolve(path)? else { return Ok(None) };
        let bytes = match (&self.0, id) {
            (Kind::WorkTree(top), _) => work_tree::read(top, &at)?.map(Arc::new),
            (Kind::Index(store, _) | Kind::Tree(store, _), Some(id)) => Some(blob(store, &id, &at)?),
            _ => None,
        };
        Ok(bytes.map(|bytes| (at, bytes)))
    }

    /// Whether git keeps one and the same object for the file at `path` here, where it has these `bytes`, and in `other`;
    /// `false` also where it keeps none there. Reads no file.
    ///
    /// # Errors
    /// Where the folders on the way cannot be read.
    pub fn has_same_object(&self, other: &Self, path: &str, bytes: &[u8]) -> Result<bool, Failure> {
        let (Some((_, Node::File(here))), Kind::Index(store, _) | Kind::Tree(store, _)) =
            (self.resolve(path)?, &other.0)
        else {
            return Ok(false);
        };
        let Some((_, Node::File(Some(there)))) = other.resolve(path)? else { return Ok(false) };
        Ok(here.map_or_else(|| store.is_blob(&there, bytes), |here| here == there))
    }

    /// The files that `earlier` has, too, as other objects; of two commits only. What is equal is not looked into, and after
    /// [`MOST_FOLDERS`] folders the rest is left out.
    ///
    /// # Errors
    /// Where a folder cannot be read.
    pub fn changed_since(&self, earlier: &Self) -> Result<Vec<String>, Failure> {
        let (Kind::Tree(store, now), Kind::Tree(_, then)) = (&self.0, &earlier.0) else { return Ok(Vec::new()) };
        let mut changed = Vec::new();
        let mut folders = vec![String::new()];
        for _ in 0..MOST_FOLDERS {
            let Some(folder) = folders.pop() else { break };
            let (Some(now), Some(then)) = (now.objects(store, &folder)?, then.objects(store, &folder)?) else {
                continue;
            };
            for (name, (kind, id)) in now {
                let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
                match then.get(&name) {
                    Some((other, there)) if *other == kind && *there != id => match kind {
                        EntryKind::File => changed.push(path),
                        EntryKind::Folder => folders.push(path),
                        EntryKind::Link | EntryKind::Other => {}
                    },
                    _ => {}
                }
            }
        }
        changed.sort_unstable();
        Ok(changed)
    }

    /// What stands directly in `folder` (`""`: the top), sorted by name; empty where there is no such folder. Names that
    /// are not UTF-8 are left out.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn list(&self, folder: &str) -> Result<Vec<Entry>, Failure> {
        if let Kind::Memory(files) = &self.0 {
            return Ok(list_memory(files, folder));
        }
        let Some((at, Node::Folder)) = self.resolve(folder)? else { return Ok(Vec::new()) };
        let mut entries = match &self.0 {
            Kind::WorkTree(top) => work_tree::list(top, &at)?,
            Kind::Index(_, index) => list_index(index, &at).map_err(|fault| index_unreadable(&fault))?,
            Kind::Tree(store, trees) => trees.list(store, &at)?,
            Kind::Memory(_) => Vec::new(),
        };
        entries.sort();
        entries.dedup();
        Ok(entries)
    }

    /// Follows the links on the way to `path`: where it really stands, and what stands there; `None` where a link leads
    /// out of the repository, or in a circle.
    fn resolve(&self, path: &str) -> Result<Option<(String, Node)>, Failure> {
        let mut rest: Vec<Cow<'_, str>> = path.rsplit('/').map(Cow::Borrowed).collect();
        let mut at = String::new();
        let mut node = Node::Folder;
        let mut links = 0;
        while let Some(part) = rest.pop() {
            match &*part {
                "" | "." => continue,
                ".." if at.is_empty() => return Ok(None),
                ".." => {
                    at.truncate(at.rfind('/').unwrap_or(0));
                    node = Node::Folder;
                    continue;
                }
                _ => {}
            }
            if !matches!(node, Node::Folder) {
                return Ok(None);
            }
            let folder = at.len();
            if folder > 0 {
                at.push('/');
            }
            at.push_str(&part);
            node = match self.node(&at)? {
                Node::Link(Some(target)) if links < LONGEST_CHAIN && !target.starts_with('/') => {
                    links += 1;
                    at.truncate(folder);
                    rest.extend(target.rsplit('/').map(|part| Cow::Owned(part.to_owned())));
                    Node::Folder
                }
                Node::Nothing | Node::Link(_) => return Ok(None),
                node => node,
            };
        }
        Ok(Some((at, node)))
    }

    fn node(&self, path: &str) -> Result<Node, Failure> {
        match &self.0 {
            Kind::WorkTree(top) => work_tree::node(top, path),
            Kind::Index(store, index) => index_node(store, index, path),
            Kind::Tree(store, trees) => trees.node(store, path),
            Kind::Memory(_) => Ok(Node::Nothing),
        }
    }
}

pub(super) fn too_large(path: &str, size: u64) -> Failure {
    Failure::new(format!("{path} has {size} bytes; relgate reads no file of more than {LARGEST_FILE}"))
}

fn unreadable(path: &str, fault: &ObjectFault) -> Failure {
    match fault {
        ObjectFault::TooLarge(size) => too_large(path, *size),
        fault => fault.failure(path),
    }
}

fn blob(store: &Store, id: &ObjectId, path: &str) -> Result<Arc<Vec<u8>>, Failure> {
    if let Some(known) = store.recent_blob(id) {
        return Ok(known);
    }
    let object = store.object(id, LARGEST_FILE)?.map_err(|fault| unreadable(path, &fault))?;
    match object.kind {
        ObjectKind::Blob => Ok(store.keep_blob(*id, object.bytes)),
        _ => Err(Failure::new(format!("git cannot read {path}: its object is no file"))),
    }
}

fn link(store: &Store, id: &ObjectId, path: &str) -> Result<Node, Failure> {
    Ok(Node::Link(String::from_utf8(blob(store, id, path)?.to_vec()).ok().filter(|target| !target.contains('\0'))))
}

fn kind_of(mode: u32) -> EntryKind {
    match mode & 0o170_000 {
        0o100_000 => EntryKind::File,
        0o040_000 => EntryKind::Folder,
        0o120_000 => EntryKind::Link,
        _ => EntryKind::Other,
    }
}

fn index_unreadable(fault: &IndexFault) -> Failure {
    let reason = match fault {
        IndexFault::Broken(reason) => reason,
        IndexFault::Foreign => "it changed while it was read",
    };
    Failure::new(format!("git cannot read the index: {reason}"))
}

fn index_node(store: &Store, index: &Index, path: &str) -> Result<Node, Failure> {
    let from = |path: &str| index.from(path.as_bytes()).map_err(|fault| index_unreadable(&fault));
    if let Some((_, entry)) = from(path)?.get().filter(|(found, _)| *found == path.as_bytes()) {
        if entry.stage != 0 {
            return Err(
                Failure::new(format!("{path} is unmerged in the index")).help("resolve the conflict and `git add` it")
            );
        }
        return match kind_of(entry.mode) {
            _ if entry.intent_to_add => Ok(Node::Nothing),
            EntryKind::File => Ok(Node::File(Some(entry.id))),
            EntryKind::Link => link(store, &entry.id, path),
            _ => Ok(Node::Other),
        };
    }
    let folder = format!("{path}/");
    let inside = from(&folder)?.get().is_some_and(|(found, _)| found.starts_with(folder.as_bytes()));
    Ok(if inside { Node::Folder } else { Node::Nothing })
}

/// What stands directly in `folder`; jumps over the content of subfolders.
fn list_index(index: &Index, folder: &str) -> Result<Vec<Entry>, IndexFault> {
    let prefix = if folder.is_empty() { Vec::new() } else { format!("{folder}/").into_bytes() };
    let mut found: Vec<Entry> = Vec::new();
    let mut entries = index.from(&prefix)?;
    while let Some((path, entry)) = entries.get() {
        let Some(rest) = path.strip_prefix(prefix.as_slice()) else { break };
        let length = rest.iter().position(|byte| *byte == b'/');
        let name = std::str::from_utf8(&rest[..length.unwrap_or(rest.len())]).ok();
        let kind = if length.is_some() { EntryKind::Folder } else { kind_of(entry.mode) };
        if let Some(name) = name.filter(|_| length.is_some() || !entry.intent_to_add) {
            found.push(Entry { name: name.to_owned(), kind });
        }
        match length {
            // `0` is the byte after `/`.
            Some(length) => entries = index.from(&[&prefix, &rest[..length], b"0"].concat())?,
            None => entries.advance()?,
        }
    }
    Ok(found)
}

fn list_memory(files: &BTreeMap<String, Vec<u8>>, folder: &str) -> Vec<Entry> {
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let rest = files.keys().filter_map(|path| path.strip_prefix(&prefix));
    let mut entries: Vec<Entry> = rest
        .map(|rest| match rest.split_once('/') {
            Some((name, _)) => Entry { name: name.to_owned(), kind: EntryKind::Folder },
            None => Entry { name: rest.to_owned(), kind: EntryKind::File },
        })
        .collect();
    entries.sort();
    entries.dedup();
    entries
}

impl Trees {
    /// The entries of the tree at `folder`; `None` where there is none.
    fn tree(&self, store: &Store, folder: &str) -> Result<Option<Rc<Vec<u8>>>, Failure> {
        if let Some(known) = self.known.borrow().get(folder) {
            return Ok(known.clone());
        }
        let id = if folder.is_empty() {
            Some(self.top)
        } else {
            let (parent, name) = folder.rsplit_once('/').unwrap_or(("", folder));
            self.entry(store, parent, name, folder)?
                .filter(|(mode, _)| kind_of(*mode) == EntryKind::Folder)
                .map(|e| e.1)
        };
        let tree = match id {
            Some(id) => {
                let place = if folder.is_empty() { "the commit's tree" } else { folder };
                let object = store.object(&id, LARGEST_FILE)?.map_err(|fault| unreadable(place, &fault))?;
                if object.kind != ObjectKind::Tree {
                    return Err(Failure::new(format!("git cannot read {place}: its object is no tree")));
                }
                Some(Rc::new(object.bytes))
            }
            None => None,
        };
        self.known.borrow_mut().insert(folder.to_owned(), tree.clone());
        Ok(tree)
    }

    /// The mode and object of what stands in `folder` under `name`.
    fn entry(&self, store: &Store, folder: &str, name: &str, path: &str) -> Result<Option<(u32, ObjectId)>, Failure> {
        let Some(tree) = self.tree(store, folder)? else { return Ok(None) };
        for entry in tree_entries(&tree, self.top.format()) {
            let entry = entry.map_err(|fault| unreadable(path, &fault))?;
            if entry.name == name.as_bytes() {
                return Ok(Some((entry.mode, entry.id)));
            }
        }
        Ok(None)
    }

    /// Kind and object of everything that stands directly in `folder`; `None` where there is no such folder.
    fn objects(&self, store: &Store, folder: &str) -> Result<Option<Objects>, Failure> {
        let Some(tree) = self.tree(store, folder)? else { return Ok(None) };
        let mut objects = BTreeMap::new();
        for entry in tree_entries(&tree, self.top.format()) {
            let entry = entry.map_err(|fault| unreadable(folder, &fault))?;
            if let Ok(name) = std::str::from_utf8(entry.name) {
                objects.insert(name.to_owned(), (kind_of(entry.mode), entry.id));
            }
        }
        Ok(Some(objects))
    }

    fn node(&self, store: &Store, path: &str) -> Result<Node, Failure> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let Some((mode, id)) = self.entry(store, folder, name, path)? else { return Ok(Node::Nothing) };
        match kind_of(mode) {
            EntryKind::File => Ok(Node::File(Some(id))),
            EntryKind::Folder => Ok(Node::Folder),
            EntryKind::Link => link(store, &id, path),
            EntryKind::Other => Ok(Node::Other),
        }
    }

    fn list(&self, store: &Store, folder: &str) -> Result<Vec<Entry>, Failure> {
        let Some(tree) = self.tree(store, folder)? else { return Ok(Vec::new()) };
        let mut entries = Vec::new();
        for entry in tree_entries(&tree, self.top.format()) {
            let entry = entry.map_err(|fault| unreadable(folder, &fault))?;
            if let Ok(name) = std::str::from_utf8(entry.name) {
                entries.push(Entry { name: name.to_owned(), kind: kind_of(entry.mode) });
            }
        }
        Ok(entries)
    }
}
