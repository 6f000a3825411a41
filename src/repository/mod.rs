//! The only module that knows git.

mod snapshot;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use git2::{ErrorCode, ObjectType, Oid, RepositoryOpenFlags};

use crate::date::Date;
use crate::failure::Failure;

pub use snapshot::{Entry, EntryKind, Snapshot};

/// One repository: ordinary, bare, or a linked work tree.
pub struct Repository {
    git: Rc<git2::Repository>,
    /// The top of the work tree; `None` in a bare repository.
    work_tree: Option<PathBuf>,
    tags: OnceCell<Vec<String>>,
}

/// The name of a commit object, in hexadecimal when printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CommitId(Oid);

impl std::fmt::Display for CommitId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A tag, followed to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagTarget {
    /// `None` where the tag leads to a tree or a blob: legal in git, never a release.
    pub commit: Option<CommitId>,
    /// The days on which the tag (if annotated) and the commit were made, each in its author's zone.
    pub dates: Vec<Date>,
}

impl Repository {
    /// Opens the repository that `directory` lies in, or, without one, the one that git's own environment (`GIT_DIR`,
    /// `GIT_INDEX_FILE`, `GIT_OBJECT_DIRECTORY` ...) and the current directory name.
    ///
    /// # Errors
    /// Where there is none, or it cannot be read, or it belongs to another user and git would refuse it.
    pub fn open(directory: Option<&Path>, cwd: &Path) -> Result<Self, Failure> {
        let opened = match directory {
            Some(directory) => {
                let none: [&Path; 0] = [];
                git2::Repository::open_ext(cwd.join(directory), RepositoryOpenFlags::empty(), none)
            }
            None => git2::Repository::open_from_env(),
        };
        let place = directory.unwrap_or(cwd);
        let git = opened.map_err(|error| cannot_open(place, &error))?;
        let work_tree = match std::env::var_os("GIT_WORK_TREE") {
            // libgit2 resolves a relative one against the git directory; git does so against the current one.
            Some(work_tree) if directory.is_none() => Some(cwd.join(work_tree)),
            _ => git.workdir().map(Path::to_path_buf),
        };
        Ok(Self { git: Rc::new(git), work_tree, tags: OnceCell::new() })
    }

    pub fn is_bare(&self) -> bool {
        self.work_tree.is_none()
    }

    /// The commit of `HEAD`; `None` before the first commit.
    ///
    /// # Errors
    /// Where `HEAD` cannot be read.
    pub fn head(&self) -> Result<Option<CommitId>, Failure> {
        match self.git.head() {
            Ok(head) => match self.peel(&head)?.commit {
                Some(commit) => Ok(Some(commit)),
                None => Err(Failure::new("`HEAD` leads to no commit")),
            },
            Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => Ok(None),
            Err(error) => Err(unreadable("`HEAD`", &error)),
        }
    }

    /// The commit that a revision, in any of git's spellings, names.
    ///
    /// # Errors
    /// Where it names none.
    pub fn commit(&self, revision: &str) -> Result<CommitId, Failure> {
        let object = self.git.revparse_single(revision).map_err(|error| match error.code() {
            ErrorCode::NotFound | ErrorCode::InvalidSpec | ErrorCode::Ambiguous => {
                Failure::new(format!("`{revision}` names no commit of this repository"))
            }
            _ => unreadable(&format!("`{revision}`"), &error),
        })?;
        let commit = object.peel(ObjectType::Commit);
        commit
            .map(|commit| CommitId(commit.id()))
            .map_err(|_| Failure::new(format!("`{revision}` is no commit and leads to none")))
    }

    /// Where the tag `name` leads, through as many tag objects as stand between; `None` where there is no such tag.
    ///
    /// # Errors
    /// Where the ref or an object on the way cannot be read.
    pub fn tag(&self, name: &str) -> Result<Option<TagTarget>, Failure> {
        match self.git.find_reference(&format!("refs/tags/{name}")) {
            Ok(reference) => self.peel(&reference).map(Some),
            Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => Ok(None),
            Err(error) => Err(unreadable(&format!("tag `{name}`"), &error)),
        }
    }

    /// Where a tag leads whose ref would name the object `id`, in hexadecimal.
    ///
    /// # Errors
    /// Where the object is missing or cannot be read.
    pub fn tag_of_object(&self, id: &str) -> Result<TagTarget, Failure> {
        let failed = |error: git2::Error| unreadable(&format!("object {id}"), &error);
        let oid = Oid::from_str(id).map_err(failed)?;
        peel_object(self.git.find_object(oid, None).map_err(failed)?)
    }

    fn peel(&self, reference: &git2::Reference<'_>) -> Result<TagTarget, Failure> {
        let name = String::from_utf8_lossy(reference.name_bytes()).into_owned();
        let failed = |error: git2::Error| unreadable(&format!("`{name}`"), &error);
        let direct = reference.resolve().map_err(failed)?;
        let target = direct.target().ok_or_else(|| Failure::new(format!("`{name}` leads nowhere")))?;
        peel_object(self.git.find_object(target, None).map_err(failed)?)
    }

    /// The short names of all tags, sorted by byte. Names that are not UTF-8 are left out: no version is spelt so.
    ///
    /// # Errors
    /// Where the refs cannot be read. (`git2::Repository::tag_names` would answer with an empty list.)
    pub fn tags(&self) -> Result<&[String], Failure> {
        if let Some(known) = self.tags.get() {
            return Ok(known);
        }
        let failed = |error: git2::Error| unreadable("the tags", &error);
        let mut names = Vec::new();
        for reference in self.git.references_glob("refs/tags/*").map_err(failed)? {
            let reference = reference.map_err(failed)?;
            if let Ok(name) = std::str::from_utf8(reference.name_bytes()) {
                names.extend(name.strip_prefix("refs/tags/").map(str::to_owned));
            }
        }
        names.sort_unstable();
        Ok(self.tags.get_or_init(|| names))
    }

    /// The files of the commit's tree.
    ///
    /// # Errors
    /// Where the commit or its tree is missing.
    pub fn tree(&self, commit: CommitId) -> Result<Snapshot, Failure> {
        let tree = self.git.find_commit(commit.0).map(|commit| commit.tree_id());
        let tree = tree.map_err(|error| unreadable(&format!("the tree of commit {commit}"), &error))?;
        Ok(Snapshot::tree(Rc::clone(&self.git), tree))
    }

    /// The files as the next commit would have them; through `GIT_INDEX_FILE` where git set it.
    ///
    /// # Errors
    /// In a bare repository, and where the index cannot be read.
    pub fn index(&self) -> Result<Snapshot, Failure> {
        if self.is_bare() {
            return Err(no_work_tree("--staged"));
        }
        let index = self.git.index().map_err(|error| unreadable("the index", &error))?;
        Ok(Snapshot::index(Rc::clone(&self.git), index))
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
        let failed = |error: git2::Error| Failure::new(format!("git cannot stage {path}: {}", error.message()));
        let mut index = self.git.index().map_err(failed)?;
        let entry = index.get_path(Path::new(path), 0);
        let mut entry = entry.ok_or_else(|| Failure::new(format!("{path} is not in the index")))?;
        entry.id = self.git.blob(text).map_err(failed)?;
        entry.file_size = 0;
        index.add(&entry).and_then(|()| index.write()).map_err(failed)
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

fn peel_object(mut object: git2::Object<'_>) -> Result<TagTarget, Failure> {
    let mut dates = Vec::new();
    loop {
        if let Some(commit) = object.as_commit() {
            dates.extend(date_of(commit.time()));
            return Ok(TagTarget { commit: Some(CommitId(commit.id())), dates });
        }
        let Some(tag) = object.as_tag() else { return Ok(TagTarget { commit: None, dates }) };
        dates.extend(tag.tagger().and_then(|tagger| date_of(tagger.when())));
        let next =
            tag.target().map_err(|error| unreadable(&format!("what tag object {} leads to", tag.id()), &error))?;
        object = next;
    }
}

fn date_of(time: git2::Time) -> Option<Date> {
    Date::from_unix(time.seconds(), time.offset_minutes())
}

fn cannot_open(place: &Path, error: &git2::Error) -> Failure {
    match error.code() {
        ErrorCode::NotFound => Failure::new(format!("no git repository at {} or above it", place.display()))
            .help("run relgate inside a repository, or name one with `--repo DIR`"),
        ErrorCode::Owner => Failure::new(format!("the repository at {} belongs to another user", place.display()))
            .help("if you trust it, tell git so: git config --global --add safe.directory PATH"),
        _ => unreadable(&format!("the repository at {}", place.display()), error),
    }
}

fn no_work_tree(flag: &str) -> Failure {
    Failure::new(format!("a bare repository has no files to judge with `{flag}`"))
        .help("judge a commit: `--rev REV` or `--tag TAG`")
}

fn unreadable(what: &str, error: &git2::Error) -> Failure {
    Failure::new(format!("git cannot read {what}: {}", error.message()))
}
