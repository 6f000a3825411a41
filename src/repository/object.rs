//! What the objects say: commits, tags and trees, as git writes them.

use std::io;
use std::path::Path;

use super::id::{Format, ObjectId};
use crate::date::Date;
use crate::failure::Failure;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ObjectKind {
    Commit,
    Tree,
    Blob,
    Tag,
}

impl ObjectKind {
    pub(super) fn parse(name: &[u8]) -> Option<Self> {
        match name {
            b"commit" => Some(Self::Commit),
            b"tree" => Some(Self::Tree),
            b"blob" => Some(Self::Blob),
            b"tag" => Some(Self::Tag),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
            Self::Tag => "tag",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) kind: ObjectKind,
    pub(super) bytes: Vec<u8>,
}

/// Why an object could not be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ObjectFault {
    Absent,
    /// It is absent because the clone was made without it; git would fetch it, and relgate uses no network.
    Promised,
    /// It has this many bytes, more than are read.
    TooLarge(u64),
    /// A pipe or a device stands where its file should be.
    NoFile(String),
    /// It is not as git writes objects, or the disk says no.
    Broken(String),
}

impl ObjectFault {
    pub(super) fn broken(reason: impl Into<String>) -> Self {
        Self::Broken(reason.into())
    }

    /// That `what` cannot be judged for this.
    pub(super) fn failure(&self, what: &str) -> Failure {
        let failure = Failure::new(format!("git cannot read {what}: {self}"));
        match self {
            Self::Promised => failure.help("fetch all that this clone lacks: git fetch --refetch --no-filter"),
            _ => failure,
        }
    }

    /// That the file at `path` cannot be opened or read.
    pub(super) fn unreadable(path: &Path, error: &io::Error) -> Self {
        let reason = format!("{} cannot be read: {error}", path.display());
        if error.kind() == io::ErrorKind::InvalidInput { Self::NoFile(reason) } else { Self::Broken(reason) }
    }
}

impl std::fmt::Display for ObjectFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Absent => f.write_str("the object is missing"),
            Self::Promised => f.write_str("this clone was made without it"),
            Self::TooLarge(size) => write!(f, "it has {size} bytes, more than relgate reads"),
            Self::Broken(reason) | Self::NoFile(reason) => f.write_str(reason),
        }
    }
}

/// What relgate needs of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Commit {
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
    /// When it was committed: seconds since 1970, and the zone in minutes.
    pub(super) time: Option<(i64, i32)>,
}

impl Commit {
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut lines = bytes.split(|byte| *byte == b'\n');
        let tree = ObjectId::parse(lines.next()?.strip_prefix(b"tree ")?)?;
        let mut commit = Self { tree, parents: Vec::new(), time: None };
        for line in lines.take_while(|line| !line.is_empty()) {
            if let Some(parent) = line.strip_prefix(b"parent ") {
                commit.parents.push(ObjectId::parse(parent)?);
            } else if let Some(who) = line.strip_prefix(b"committer ") {
                commit.time = time(who);
                break;
            }
        }
        Some(commit)
    }
}

/// What relgate needs of a tag object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AnnotatedTag {
    pub(super) target: ObjectId,
    /// When it was made: seconds since 1970, and the zone in minutes.
    pub(super) time: Option<(i64, i32)>,
}

impl AnnotatedTag {
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut lines = bytes.split(|byte| *byte == b'\n');
        let target = ObjectId::parse(lines.next()?.strip_prefix(b"object ")?)?;
        let mut header = lines.take_while(|line| !line.is_empty());
        let time = header.find_map(|line| line.strip_prefix(b"tagger ")).and_then(time);
        Some(Self { target, time })
    }
}

/// The moment at the end of `Name <mail> 1700000000 +0100`.
fn time(who: &[u8]) -> Option<(i64, i32)> {
    let text = std::str::from_utf8(&who[who.iter().rposition(|byte| *byte == b'>')? + 1..]).ok()?;
    let mut fields = text.split_ascii_whitespace();
    let seconds = fields.next()?.parse().ok()?;
    let zone: i32 = fields.next().and_then(|zone| zone.parse().ok()).unwrap_or(0);
    Some((seconds, zone / 100 * 60 + zone % 100))
}

/// The day of a moment, in its own zone.
pub(super) fn date((seconds, minutes): (i64, i32)) -> Option<Date> {
    Date::from_unix(seconds, minutes)
}

/// One entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TreeEntry<'t> {
    pub(super) mode: u32,
    pub(super) name: &'t [u8],
    pub(super) id: ObjectId,
}

/// The entries of a tree; the last is an `Err` where the tree is broken.
pub(super) fn tree_entries(
    mut bytes: &[u8],
    format: Format,
) -> impl Iterator<Item = Result<TreeEntry<'_>, ObjectFault>> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let entry = tree_entry(bytes, format);
        bytes = entry.map_or(&[], |(_, rest)| rest);
        Some(entry.map(|(entry, _)| entry).ok_or_else(|| ObjectFault::broken("the tree is broken")))
    })
}

fn tree_entry(bytes: &[u8], format: Format) -> Option<(TreeEntry<'_>, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    let space = bytes[..end].iter().position(|byte| *byte == b' ')?;
    let mode = std::str::from_utf8(&bytes[..space]).ok().and_then(|mode| u32::from_str_radix(mode, 8).ok())?;
    let id = ObjectId::read(&bytes[end + 1..], format)?;
    let name = &bytes[space + 1..end];
    (!name.is_empty()).then_some((TreeEntry { mode, name, id }, &bytes[end + 1 + format.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_says_its_tree_parents_and_moment() {
        let (tree, parent) = ("1".repeat(40), "2".repeat(40));
        let text = format!("tree {tree}\nparent {parent}\nauthor A <a> 1 +0000\ncommitter B <b> 2 -0130\n\nparent x\n");
        let commit = Commit::parse(text.as_bytes()).unwrap();
        assert_eq!((commit.tree.to_string(), commit.parents.len(), commit.time), (tree, 1, Some((2, -90))));
        assert!(Commit::parse(b"tree 12\n").is_none());
    }

    #[test]
    fn a_broken_tree_is_not_a_shorter_one() {
        let mut tree = b"100644 a\0".to_vec();
        tree.extend([1; 20]);
        assert!(tree_entries(&tree, Format::Sha1).all(|entry| entry.is_ok()));
        tree.extend(b"100644 b\0");
        assert_eq!(tree_entries(&tree, Format::Sha1).map(|entry| entry.is_ok()).collect::<Vec<_>>(), [true, false]);
    }
}
