//! The repository's refs, from the files that hold them.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::file;
use super::id::ObjectId;
use super::packed_refs::PackedRefs;
use crate::failure::Failure;

/// How many symbolic refs may lead to one another: git's own limit.
const LONGEST_CHAIN: usize = 5;

/// How deep folders of refs may be: a link may lead in a circle.
const DEEPEST: usize = 32;

/// No ref is longer than a path and its newline.
const LARGEST: u64 = 64 << 10;

pub(super) struct Refs {
    /// Where this work tree's own refs are, and where those are that all work trees share.
    git_dir: PathBuf,
    common_dir: PathBuf,
    packed: OnceCell<Option<PackedRefs>>,
}

/// The object that a tag names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TagObject {
    pub(super) object: ObjectId,
    /// What stands at the end of its tag objects, where that is known without reading any.
    pub(super) end: Option<ObjectId>,
}

/// Tags by their short names.
pub type NamedTags = Vec<(String, TagObject)>;

/// What a ref's own file says.
enum Said {
    Object(ObjectId),
    Symbolic(String),
}

impl Refs {
    pub(super) fn new(git_dir: PathBuf, common_dir: PathBuf) -> Self {
        Self { git_dir, common_dir, packed: OnceCell::new() }
    }

    /// The object that the ref of this full name (`HEAD`, `refs/tags/v1`) leads to; `None` where there is no such ref,
    /// or where it leads to a branch that has no commit yet.
    ///
    /// # Errors
    /// Where the ref is broken or cannot be read.
    pub(super) fn find(&self, name: &str) -> Result<Option<ObjectId>, Failure> {
        let mut at = name.to_owned();
        for _ in 0..=LONGEST_CHAIN {
            if !is_top_name(&at) && !is_ref_name(&at) {
                return Ok(None);
            }
            match self.loose(&at)? {
                Some(Said::Object(id)) if id.is_null() => return Err(broken(&at, "it names no object")),
                Some(Said::Object(id)) => return Ok(Some(id)),
                Some(Said::Symbolic(target)) => at = target,
                None => {
                    return self.packed()?.map_or(Ok(None), |packed| packed.find(&at).map_err(|e| packed_broken(&e)));
                }
            }
        }
        Err(broken(name, "symbolic refs lead in a circle"))
    }

    /// The refs in the folder `prefix` (`refs/tags/`) whose names below it are `wanted`, in no order; of two with one name the
    /// first counts. What git takes for a broken ref is left out, as are names that are not UTF-8.
    ///
    /// # Errors
    /// Where the refs cannot be read.
    pub(super) fn under(&self, prefix: &str, wanted: &mut dyn FnMut(&str) -> bool) -> Result<NamedTags, Failure> {
        let mut names = Vec::new();
        let folder = self.common_dir.join(prefix.trim_end_matches('/'));
        loose_names(&folder, "", 0, &mut |name| names.extend(wanted(name).then(|| name.to_owned())))?;
        let mut tags = Vec::with_capacity(names.len());
        let mut broken = HashSet::new();
        for name in names {
            match self.find(&format!("{prefix}{name}")) {
                Ok(Some(object)) => tags.push((name, TagObject { object, end: None })),
                // git would read all of it.
                Err(failure) if folder.join(&name).metadata().is_ok_and(|metadata| metadata.len() > LARGEST) => {
                    return Err(failure);
                }
                _ => drop(broken.insert(name)),
            }
        }
        let Some(packed) = self.packed()? else { return Ok(tags) };
        let told = packed.each(prefix, |tag| {
            if let Ok(name) = std::str::from_utf8(tag.name)
                && wanted(name)
                && !broken.contains(name)
                && let Some(object) = tag.id()
            {
                tags.push((name.to_owned(), TagObject { object, end: tag.end() }));
            }
        });
        told.map(|()| tags).map_err(|reason| packed_broken(&reason))
    }

    /// Whether any ref's name begins with `prefix`, which ends with `/`.
    ///
    /// # Errors
    /// Where the refs cannot be read.
    pub(super) fn any(&self, prefix: &str) -> Result<bool, Failure> {
        let mut any = false;
        loose_names(&self.common_dir.join(prefix.trim_end_matches('/')), "", 0, &mut |_| any = true)?;
        if !any && let Some(packed) = self.packed()? {
            packed.each(prefix, |_| any = true).map_err(|reason| packed_broken(&reason))?;
        }
        Ok(any)
    }

    fn packed(&self) -> Result<Option<&PackedRefs>, Failure> {
        if let Some(known) = self.packed.get() {
            return Ok(known.as_ref());
        }
        let path = self.common_dir.join("packed-refs");
        let opened = PackedRefs::open(&path).map_err(|reason| packed_broken(&reason))?;
        Ok(self.packed.get_or_init(|| opened).as_ref())
    }

    fn loose(&self, name: &str) -> Result<Option<Said>, Failure> {
        let own = !name.starts_with("refs/")
            || ["refs/bisect/", "refs/worktree/", "refs/rewritten/"].iter().any(|own| name.starts_with(own));
        let path = if own { &self.git_dir } else { &self.common_dir }.join(name);
        let text = match file::read(&path, LARGEST) {
            Ok(Some(text)) => text,
            Ok(None) => return Ok(linked(&path)),
            // A folder holds refs of longer names; the ref itself may be a packed one.
            Err(error) if error.kind() == ErrorKind::InvalidInput && path.is_dir() => return Ok(None),
            Err(error) => return Err(broken(name, &error.to_string())),
        };
        if let Some(target) = text.strip_prefix(b"ref:") {
            let target = std::str::from_utf8(target).map(str::trim).ok().filter(|target| is_ref_name(target));
            return target
                .map(|target| Some(Said::Symbolic(target.to_owned())))
                .ok_or_else(|| broken(name, "it leads to what is no ref"));
        }
        let end = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
        match ObjectId::parse(&text[..end]) {
            Some(id) => Ok(Some(Said::Object(id))),
            None if text.is_empty() => Err(broken(name, "its file is empty")),
            None => Err(broken(name, "its file names no object")),
        }
    }
}

/// The symbolic ref that is a symbolic link, as git wrote them once.
fn linked(path: &Path) -> Option<Said> {
    let target = fs::read_link(path).ok()?;
    target.to_str().filter(|target| is_ref_name(target)).map(|target| Said::Symbolic(target.to_owned()))
}

fn loose_names(folder: &Path, prefix: &str, depth: usize, each: &mut dyn FnMut(&str)) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("git's refs in {prefix} cannot be read: {error}"));
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if file::is_absent(&error) => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        if name.starts_with('.') || name.ends_with(".lock") {
            continue;
        }
        let mut kind = entry.file_type().map_err(failed)?;
        if kind.is_symlink() {
            // A link that leads nowhere, or in a circle, is no ref for git either.
            let Ok(metadata) = fs::metadata(entry.path()) else { continue };
            kind = metadata.file_type();
        }
        if kind.is_dir() && depth < DEEPEST {
            loose_names(&entry.path(), &format!("{prefix}{name}/"), depth + 1, each)?;
        } else if kind.is_file() && prefix.is_empty() {
            each(name);
        } else if kind.is_file() {
            each(&format!("{prefix}{name}"));
        }
    }
    Ok(())
}

/// Whether this names a ref at the top: `HEAD`, `MERGE_HEAD`.
pub(super) fn is_top_name(name: &str) -> bool {
    name.ends_with("HEAD") && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// Whether git would let a ref have this full name; one that it would not never becomes a path.
fn is_ref_name(name: &str) -> bool {
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    name.starts_with("refs/")
        && !name.ends_with('.')
        && !name.contains("..")
        && !name.contains("@{")
        && !name.contains(|c: char| c.is_ascii_control() || " ~^:?*[\\".contains(c))
        && name.split('/').all(part)
}

fn broken(name: &str, reason: &str) -> Failure {
    Failure::new(format!("git cannot read `{name}`: {reason}"))
        .help("see what `git fsck` says, then make the ref anew or delete it")
}

fn packed_broken(reason: &str) -> Failure {
    Failure::new(format!("git cannot read its packed refs: {reason}"))
        .help("see what `git for-each-ref` says, and mend the file packed-refs")
}
