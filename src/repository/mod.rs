//! The only module that knows git.
//!
//! Whatever may be read in the repository's own files is read there, by readers that answer a broken file with a failure.
//! The preflight says what may; for the rest, and for what seems to be missing, the git program is asked.

mod commit_graph;
mod file;
mod git_config;
mod git_program;
mod history;
mod id;
mod index_file;
mod inflate;
mod location;
mod loose;
mod object;
mod objects;
mod obstacle;
mod packed_refs;
mod preflight;
mod refs;
mod signature;
mod snapshot;
mod store;
mod work_tree;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::date::Date;
use crate::failure::Failure;

use git_program::GitProgram;
use id::ObjectId;
use location::Environment;
use object::{AnnotatedTag, Commit, Object, ObjectFault, ObjectKind};
use store::Store;

pub use id::CommitId;
pub use refs::{NamedTags, TagObject};
pub use signature::{SignatureFormat, Verification};
pub use snapshot::{Entry, EntryKind, ReadFile, Snapshot};

/// No commit or tag is larger.
const LARGEST_OBJECT: u64 = 16 << 20;

/// How many tag objects may lead to one another; only broken ones lead in a circle.
const LONGEST_CHAIN: usize = 100;

/// One repository: ordinary, bare, or a linked work tree.
pub struct Repository {
    store: Rc<Store>,
    /// The top of the work tree; `None` in a bare repository.
    work_tree: Option<PathBuf>,
    index: PathBuf,
    /// The commit that a name led to last, and its tree: most often that is what is asked for next.
    peeled: Cell<Option<(ObjectId, ObjectId)>>,
}

/// A tag, followed to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagTarget {
    /// `None` where the tag leads to a tree or a blob: legal in git, never a release.
    pub commit: Option<CommitId>,
    /// The days on which the tag (if annotated) and the commit were made, each in its author's zone.
    pub dates: Vec<Date>,
    /// The tag's own object; `None` for a lightweight tag.
    pub annotation: Option<Annotation>,
}

/// The object of an annotated tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// Its name, in hexadecimal.
    pub id: String,
    /// How it is signed, if it is.
    pub signature: Option<SignatureFormat>,
}

impl Repository {
    /// Opens the repository that `directory` lies in, or, without one, the one that git's own environment (`GIT_DIR`,
    /// `GIT_INDEX_FILE`, `GIT_OBJECT_DIRECTORY` ...) and the current directory name.
    ///
    /// # Errors
    /// Where there is none, or it cannot be read, or it belongs to another user and git would refuse it.
    pub fn open(directory: Option<&Path>, cwd: &Path) -> Result<Self, Failure> {
        Self::open_with(directory, cwd, preflight::judge)
    }

    /// Opens a repository as [`Repository::open`] does, and asks git for all that it holds. Slower, and never another
    /// answer.
    ///
    /// # Errors
    /// As [`Repository::open`], and where there is no git.
    pub fn open_asking_git(directory: Option<&Path>, cwd: &Path) -> Result<Self, Failure> {
        Self::open_with(directory, cwd, |location, _| preflight::nothing(location))
    }

    fn open_with(
        directory: Option<&Path>,
        cwd: &Path,
        judge: impl Fn(&location::Location, &Environment) -> preflight::Trust,
    ) -> Result<Self, Failure> {
        let start = directory.map_or_else(|| cwd.to_path_buf(), |directory| cwd.join(directory));
        let environment = Environment::new(directory.is_some());
        let git = GitProgram::new(start.clone(), directory.is_some());
        let location = location::find(&start, &environment, &git).map_err(|failure| {
            if start.is_dir() { failure } else { git_program::no_repository(directory.unwrap_or(cwd)) }
        })?;
        let trust = judge(&location, &environment);
        git.reads(&location, trust.objects.as_deref());
        let index = match environment.get("GIT_INDEX_FILE") {
            // git resolves a relative one from the top of the work tree.
            Some(index) => location.work_tree.as_deref().unwrap_or(cwd).join(index),
            None => location.git_dir.join("index"),
        };
        let store = Rc::new(Store::new(git, &location, trust));
        Ok(Self { store, work_tree: location.work_tree, index, peeled: Cell::default() })
    }

    pub fn is_bare(&self) -> bool {
        self.work_tree.is_none()
    }

    /// The commit of `HEAD`; `None` before the first commit.
    ///
    /// # Errors
    /// Where `HEAD` cannot be read.
    pub fn head(&self) -> Result<Option<CommitId>, Failure> {
        self.reference("HEAD")
    }

    /// The commit that the ref of this full name (`refs/heads/main`) leads to; `None` where there is no such ref.
    ///
    /// # Errors
    /// Where the ref cannot be read, or leads to no commit.
    pub fn reference(&self, name: &str) -> Result<Option<CommitId>, Failure> {
        let Some(id) = self.store.reference(name)? else { return Ok(None) };
        match self.peel(id, &format!("`{name}`"))?.commit {
            Some(commit) => Ok(Some(commit)),
            None => Err(Failure::new(format!("`{name}` leads to no commit"))),
        }
    }

    /// The commit that a revision, in any of git's spellings, names.
    ///
    /// # Errors
    /// Where it names none.
    pub fn commit(&self, revision: &str) -> Result<CommitId, Failure> {
        let no_commit = || Failure::new(format!("`{revision}` is no commit and leads to none"));
        if let Some(id) = ObjectId::parse(revision.as_bytes()) {
            if let Ok(object) = self.store.object(&id, LARGEST_OBJECT)? {
                return self.peel_object(id, object, &format!("`{revision}`"))?.commit.ok_or_else(no_commit);
            }
        } else if let Some(id) = self.store.short_reference(revision)? {
            return self.peel(id, &format!("`{revision}`"))?.commit.ok_or_else(no_commit);
        }
        let unknown = || Failure::new(format!("`{revision}` names no commit of this repository"));
        // `MERGE_HEAD` and its like are asked for to learn whether they are there.
        if self.store.trust.refs && refs::is_top_name(revision) {
            return Err(unknown());
        }
        if let Some((id, _)) = self.store.named(&format!("{revision}^{{commit}}"), LARGEST_OBJECT)? {
            return Ok(CommitId(id));
        }
        match self.store.named(revision, u64::MAX >> 1)? {
            Some(_) => Err(no_commit()),
            None => Err(unknown()),
        }
    }

    /// Where the tag `name` leads, through as many tag objects as stand between; `None` where there is no such tag.
    ///
    /// # Errors
    /// Where the ref or an object on the way cannot be read.
    pub fn tag(&self, name: &str) -> Result<Option<TagTarget>, Failure> {
        let reference = self.store.reference(&format!("refs/tags/{name}"))?;
        reference.map(|id| self.peel(id, &format!("tag `{name}`"))).transpose()
    }

    /// Where a tag leads whose ref would name the object `id`, in hexadecimal.
    ///
    /// # Errors
    /// Where the object is missing or cannot be read.
    pub fn tag_of_object(&self, id: &str) -> Result<TagTarget, Failure> {
        match ObjectId::parse(id.as_bytes()) {
            Some(known) => self.peel(known, &format!("object {id}")),
            None => Err(Failure::new(format!("`{id}` is not the name of an object"))),
        }
    }

    fn peel(&self, id: ObjectId, what: &str) -> Result<TagTarget, Failure> {
        let object = self.store.object(&id, LARGEST_OBJECT)?.map_err(|fault| fault.failure(what))?;
        self.peel_object(id, object, what)
    }

    fn peel_object(&self, mut id: ObjectId, mut object: Object, what: &str) -> Result<TagTarget, Failure> {
        let broken = |id: &ObjectId| ObjectFault::Broken(format!("object {id} is broken")).failure(what);
        let mut dates = Vec::new();
        let mut own = None;
        for _ in 0..LONGEST_CHAIN {
            match object.kind {
                ObjectKind::Commit => {
                    let commit = Commit::parse(&object.bytes).ok_or_else(|| broken(&id))?;
                    dates.extend(commit.time.and_then(object::date));
                    self.peeled.set(Some((id, commit.tree)));
                    return Ok(TagTarget { commit: Some(CommitId(id)), dates, annotation: own });
                }
                ObjectKind::Tag => {
                    let tag = AnnotatedTag::parse(&object.bytes).ok_or_else(|| broken(&id))?;
                    dates.extend(tag.time.and_then(object::date));
                    own.get_or_insert_with(|| Annotation {
                        id: id.to_string(),
                        signature: signature::format(&object.bytes),
                    });
                    id = tag.target;
                }
                ObjectKind::Tree | ObjectKind::Blob => return Ok(TagTarget { commit: None, dates, annotation: own }),
            }
            object = self.store.object(&id, LARGEST_OBJECT)?.map_err(|fault| fault.failure(what))?;
        }
        Err(ObjectFault::broken("too many tags lead to one another").failure(what))
    }

    /// The tags whose short names are `wanted`, sorted by name. Names that are not UTF-8 are left out: no version is spelt so.
    ///
    /// # Errors
    /// Where the refs cannot be read.
    pub fn tags(&self, mut wanted: impl FnMut(&str) -> bool) -> Result<NamedTags, Failure> {
        self.store.tags(&mut wanted)
    }

    /// The commit at the end of what [`Repository::tags`] said of a tag. Where the refs say it, that is believed, as git
    /// believes it; it may then be the name of something else, which no history comes by.
    ///
    /// # Errors
    /// Where an object on the way cannot be read.
    pub fn commit_of(&self, name: &str, tag: &TagObject) -> Result<Option<CommitId>, Failure> {
        match tag.end {
            Some(end) => Ok(Some(CommitId(end))),
            None => Ok(self.peel(tag.object, &format!("tag `{name}`"))?.commit),
        }
    }

    /// The tips of the branches that are known here and whose short name, the same on every remote, is `wanted`.
    ///
    /// # Errors
    /// Where the refs cannot be read.
    pub fn branch_tips(&self, wanted: impl Fn(&str) -> bool) -> Result<Vec<CommitId>, Failure> {
        let branches = self.store.branches()?.iter().filter(|(name, _)| wanted(name));
        Ok(branches.map(|(_, tip)| CommitId(*tip)).collect())
    }

    /// Whether the commit is one of the `tips` or can be reached from one.
    ///
    /// # Errors
    /// Where the history cannot be read, or is shallow and does not show it.
    pub fn is_reachable(&self, commit: CommitId, tips: &[CommitId]) -> Result<bool, Failure> {
        let tips: Vec<ObjectId> = tips.iter().map(|tip| tip.0).collect();
        history::is_reachable(&self.store, &commit.0, &tips)
    }

    /// Whether the signature of a tag object is good, as far as this user's git can tell.
    ///
    /// # Errors
    /// Where git cannot be asked.
    pub fn verify(&self, tag: &Annotation, format: SignatureFormat) -> Result<Verification, Failure> {
        signature::verify(self.store.git(), &tag.id, format)
    }

    /// Whether `ancestor` is `descendant` or one of the commits before it.
    ///
    /// # Errors
    /// Where the history cannot be read, or is shallow and does not show it.
    pub fn is_ancestor(&self, ancestor: CommitId, descendant: CommitId) -> Result<bool, Failure> {
        history::is_ancestor(&self.store, &ancestor.0, &descendant.0)
    }

    /// The commits with `is_one_of` that are met first on every way back from `commit`, itself included: of the releases
    /// before a commit, the ones that count. After a merge there may be several, and one may still come before another.
    ///
    /// # Errors
    /// Where the history cannot be read, or is shallow and ends before one is met.
    pub fn nearest_ancestors(
        &self,
        commit: CommitId,
        is_one_of: impl Fn(CommitId) -> bool,
    ) -> Result<Vec<CommitId>, Failure> {
        let nearest = history::nearest(&self.store, &commit.0, &|id| is_one_of(CommitId(*id)))?;
        Ok(nearest.into_iter().map(CommitId).collect())
    }

    /// Whether the history was cut off when this repository was cloned.
    pub fn is_shallow(&self) -> bool {
        self.store.trust.shallow
    }

    /// Whether this clone may lack files that only the remote has; they are never fetched from here.
    pub fn is_partial(&self) -> bool {
        self.store.trust.partial
    }

    /// The files of the commit's tree.
    ///
    /// # Errors
    /// Where the commit is missing.
    pub fn tree(&self, commit: CommitId) -> Result<Snapshot, Failure> {
        if let Some((known, tree)) = self.peeled.get()
            && known == commit.0
        {
            return Ok(Snapshot::tree(Rc::clone(&self.store), tree));
        }
        let what = format!("commit {commit}");
        let object = self.store.object(&commit.0, LARGEST_OBJECT)?.map_err(|fault| fault.failure(&what))?;
        let parsed = Commit::parse(&object.bytes).filter(|_| object.kind == ObjectKind::Commit);
        let parsed = parsed.ok_or_else(|| ObjectFault::broken("it is no commit").failure(&what))?;
        Ok(Snapshot::tree(Rc::clone(&self.store), parsed.tree))
    }

    /// The files as the next commit would have them; through `GIT_INDEX_FILE` where git set it.
    ///
    /// # Errors
    /// In a bare repository, and where the index cannot be read.
    pub fn index(&self) -> Result<Snapshot, Failure> {
        if self.is_bare() {
            return Err(no_work_tree("--staged"));
        }
        let index = self.store.index(&self.index)?;
        Ok(Snapshot::index(Rc::clone(&self.store), index))
    }

    /// The folder in which the files stand.
    ///
    /// # Errors
    /// In a bare repository.
    pub fn folder(&self) -> Result<&Path, Failure> {
        self.work_tree.as_deref().ok_or_else(|| no_work_tree("--worktree"))
    }

    /// Puts `text` into the index in the place of the file at `path`.
    ///
    /// # Errors
    /// Where the index does not have the file or cannot be written.
    pub fn stage(&self, path: &str, text: &[u8]) -> Result<(), Failure> {
        self.store.git().stage(path, text)
    }

    /// The files as they stand in the folder.
    ///
    /// # Errors
    /// In a bare repository, and where the folder is not there.
    pub fn files(&self) -> Result<Snapshot, Failure> {
        let folder = self.work_tree.as_ref().ok_or_else(|| no_work_tree("--worktree"))?;
        let folder = folder
            .canonicalize()
            .map_err(|error| Failure::new(format!("the work tree {} cannot be read: {error}", folder.display())))?;
        Ok(Snapshot::work_tree(folder))
    }
}

fn no_work_tree(flag: &str) -> Failure {
    Failure::new(format!("a bare repository has no files to judge with `{flag}`"))
        .help("judge a commit: `--rev REV` or `--tag TAG`")
}
