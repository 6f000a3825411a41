//! What the repository holds, from whichever reader may be trusted with it.

use std::cell::{OnceCell, RefCell};
use std::collections::HashSet;
use std::sync::Arc;

use super::commit_graph::CommitGraph;
use super::git_program::{AskFault, GitProgram};
use super::history::Reached;
use super::id::ObjectId;
use super::index_file::{Index, IndexFault};
use super::location::Location;
use super::object::{Object, ObjectFault, ObjectKind};
use super::objects::{Objects, is_named};
use super::preflight::Trust;
use super::refs::{NamedTags, Refs, TagObject};
use crate::failure::Failure;

/// How many files are kept that were read: those of one release, and those of the one before.
const BLOBS_KEPT: usize = 16;

/// A longer file is not kept, in bytes.
const LONGEST_KEPT: usize = 1 << 20;

/// The refs, the index and the objects of one repository.
pub(super) struct Store {
    git: GitProgram,
    pub(super) trust: Trust,
    refs: Refs,
    objects: Option<Objects>,
    branches: OnceCell<Vec<(String, ObjectId)>>,
    /// What git says of the tags, where it had to be asked.
    listed_tags: OnceCell<Vec<u8>>,
    graph: OnceCell<Option<CommitGraph>>,
    /// The files that were read last, the newest last.
    blobs: RefCell<Vec<(ObjectId, Arc<Vec<u8>>)>>,
    pub(super) reached: RefCell<Reached>,
}

impl Store {
    pub(super) fn new(git: GitProgram, location: &Location, trust: Trust) -> Self {
        let refs = Refs::new(location.git_dir.clone(), location.common_dir.clone());
        let objects = trust.objects.clone().map(|directories| Objects::new(trust.format, directories));
        let (branches, listed_tags, graph) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        let (blobs, reached) = (RefCell::default(), RefCell::default());
        Self { git, trust, refs, objects, branches, listed_tags, graph, blobs, reached }
    }

    /// The commit-graph, where there is one that may be trusted.
    pub(super) fn graph(&self) -> Option<&CommitGraph> {
        let directories = self.trust.objects.as_ref().filter(|_| self.trust.graph)?;
        self.graph.get_or_init(|| CommitGraph::open(directories, self.trust.format)).as_ref()
    }

    pub(super) fn git(&self) -> &GitProgram {
        &self.git
    }

    /// The object `id`; what is missing or broken here is asked of git again.
    ///
    /// # Errors
    /// Where git has to be asked and cannot be.
    pub(super) fn object(&self, id: &ObjectId, most: u64) -> Result<Result<Object, ObjectFault>, Failure> {
        let partial = self.trust.partial;
        let told = |fault| if partial && fault == ObjectFault::Absent { ObjectFault::Promised } else { fault };
        Ok(self.look_up(id, most)?.map_err(told))
    }

    /// Whether a file with these bytes has that name, and no other stands in for it.
    pub(super) fn is_blob(&self, id: &ObjectId, bytes: &[u8]) -> bool {
        self.objects.is_some() && is_named(id, ObjectKind::Blob, bytes)
    }

    /// The content of a file that was read a moment ago: what is judged is compared with what was judged before it.
    pub(super) fn recent_blob(&self, id: &ObjectId) -> Option<Arc<Vec<u8>>> {
        self.blobs.borrow().iter().find(|(known, _)| known == id).map(|(_, bytes)| Arc::clone(bytes))
    }

    pub(super) fn keep_blob(&self, id: ObjectId, bytes: Vec<u8>) -> Arc<Vec<u8>> {
        let bytes = Arc::new(bytes);
        if bytes.len() <= LONGEST_KEPT {
            let mut blobs = self.blobs.borrow_mut();
            if blobs.len() == BLOBS_KEPT {
                blobs.remove(0);
            }
            blobs.push((id, Arc::clone(&bytes)));
        }
        bytes
    }

    fn look_up(&self, id: &ObjectId, most: u64) -> Result<Result<Object, ObjectFault>, Failure> {
        let fault = match self.objects.as_ref().map(|objects| objects.read(id, most)) {
            Some(Ok(object)) => return Ok(Ok(object)),
            // What is no file git would wait for.
            Some(Err(fault @ (ObjectFault::TooLarge(_) | ObjectFault::NoFile(_)))) => return Ok(Err(fault)),
            Some(Err(fault)) => Some(fault),
            None => None,
        };
        match (self.git.object(&id.to_string(), most), fault) {
            (Ok(Some((_, object))), _) => Ok(Ok(object)),
            (Ok(None), fault) => Ok(Err(fault.unwrap_or(ObjectFault::Absent))),
            (Err(AskFault::Object(fault)), _) => Ok(Err(fault)),
            // That git cannot be asked is not the trouble where it was not needed.
            (Err(AskFault::Git(_)), Some(fault)) => Ok(Err(fault)),
            (Err(AskFault::Git(failure)), None) => Err(failure),
        }
    }

    /// The object that git takes `name` for, in any of its spellings; `None` where there is none.
    ///
    /// # Errors
    /// Where git cannot be asked, or the object cannot be read.
    pub(super) fn named(&self, name: &str, most: u64) -> Result<Option<(ObjectId, Object)>, Failure> {
        self.git.object(name, most).map_err(|fault| match fault {
            AskFault::Git(failure) => failure,
            AskFault::Object(fault) => Failure::new(format!("git cannot read `{name}`: {fault}")),
        })
    }

    /// The object that the ref of this full name leads to; `None` where there is none.
    ///
    /// # Errors
    /// Where the ref cannot be read.
    pub(super) fn reference(&self, name: &str) -> Result<Option<ObjectId>, Failure> {
        if self.trust.refs {
            return self.refs.find(name);
        }
        Ok(self.named(name, u64::MAX >> 1)?.map(|(id, _)| id))
    }

    /// The object that the ref of this short name leads to, where refs are read here: in the order in which git looks.
    ///
    /// # Errors
    /// Where a ref cannot be read.
    pub(super) fn short_reference(&self, name: &str) -> Result<Option<ObjectId>, Failure> {
        if !self.trust.refs || name.contains("@{") {
            return Ok(None);
        }
        let places = ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"].map(|start| format!("{start}{name}"));
        for place in places.into_iter().chain([format!("refs/remotes/{name}/HEAD")]) {
            if let Some(id) = self.refs.find(&place)? {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// The tags whose short names are `wanted`, sorted by name, each once.
    ///
    /// # Errors
    /// Where the refs cannot be read.
    pub(super) fn tags(&self, wanted: &mut dyn FnMut(&str) -> bool) -> Result<NamedTags, Failure> {
        let mut tags = Vec::new();
        let mut any = false;
        if self.trust.refs {
            tags = self.refs.under("refs/tags/", &mut |name| {
                any = true;
                wanted(name)
            })?;
        }
        if !any {
            match self.listed_tags() {
                Ok(text) => {
                    tags.extend(text.split(|byte| *byte == b'\n').filter_map(listed).filter(|(name, _)| wanted(name)))
                }
                Err(_) if self.trust.refs => {}
                Err(failure) => return Err(failure),
            }
        }
        // Of those with one name the loose one stands first, and counts.
        tags.sort_by(|(a, _), (b, _)| a.cmp(b));
        tags.dedup_by(|(a, _), (b, _)| a == b);
        if self.objects.is_none() {
            // What is replaced may lead elsewhere than the refs remember.
            tags.iter_mut().for_each(|(_, tag)| tag.end = None);
        }
        Ok(tags)
    }

    fn listed_tags(&self) -> Result<&[u8], Failure> {
        match self.listed_tags.get() {
            Some(known) => Ok(known),
            None => self.git.tags().map(|text| self.listed_tags.get_or_init(|| text).as_slice()),
        }
    }

    /// The branches by their short names, those of remotes included: `main` is that of `refs/heads/main` and of
    /// `refs/remotes/origin/main`.
    ///
    /// # Errors
    /// Where the refs cannot be read.
    pub(super) fn branches(&self) -> Result<&[(String, ObjectId)], Failure> {
        if let Some(known) = self.branches.get() {
            return Ok(known);
        }
        let mut branches: Vec<(String, ObjectId)> = Vec::new();
        if self.trust.refs {
            let mut own: HashSet<String> = HashSet::new();
            for (name, branch) in self.refs.under("refs/heads/", &mut |_| true)? {
                if own.insert(name.clone()) {
                    branches.push((name, branch.object));
                }
            }
            for (name, branch) in self.refs.under("refs/remotes/", &mut |_| true)? {
                if own.insert(format!("/{name}"))
                    && let Some((_, short)) = name.split_once('/')
                {
                    branches.push((short.to_owned(), branch.object));
                }
            }
        }
        // A list without anything in it is asked of git again.
        if branches.is_empty() {
            branches = self.git.branches()?.split(|byte| *byte == b'\n').filter_map(branch).collect();
        }
        branches.retain(|(name, _)| name != "HEAD");
        Ok(self.branches.get_or_init(|| branches))
    }

    /// # Errors
    /// Where it cannot be read.
    pub(super) fn index(&self, path: &std::path::Path) -> Result<Index, Failure> {
        let broken = |reason: &str| {
            Failure::new(format!("git cannot read the index: {reason}"))
                .help("see what `git status` says; `git read-tree HEAD` makes it anew without what was staged")
        };
        if self.trust.index {
            match Index::read(path, self.trust.format) {
                Ok(index) => return Ok(index),
                // git would go on with what there is of it, or wait for ever for what is no file.
                Err(IndexFault::Broken(reason)) => return Err(broken(&reason)),
                Err(IndexFault::Foreign) => {}
            }
        }
        Index::from_listing(&self.git.index()?, self.trust.format).map_err(|fault| match fault {
            IndexFault::Broken(reason) => broken(&reason),
            IndexFault::Foreign => broken("it is of an unknown kind"),
        })
    }
}

/// A branch as [`GitProgram::branches`] lists it.
fn branch(line: &[u8]) -> Option<(String, ObjectId)> {
    let (id, name) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    let remote = || name.strip_prefix("refs/remotes/")?.split_once('/').map(|(_, branch)| branch);
    let short = name.strip_prefix("refs/heads/").or_else(remote)?;
    Some((short.to_owned(), ObjectId::parse(id.as_bytes())?))
}

/// A tag as [`GitProgram::tags`] lists it.
fn listed(line: &[u8]) -> Option<(String, TagObject)> {
    let (id, name) = std::str::from_utf8(line).ok()?.split_once(" refs/tags/")?;
    Some((name.to_owned(), TagObject { object: ObjectId::parse(id.as_bytes())?, end: None }))
}
