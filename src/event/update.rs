//! A tag that is made, moved or deleted, whichever hook says so.

use crate::failure::Failure;
use crate::repository::Repository;
use crate::tag::{self, Reading};

use super::{Base, Branch, Change, Moment, Rulebook, Subject, Tag, TagKind, commit_of};

/// The refs that are about to change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Updates {
    /// Tags whose names might be those of releases.
    pub tags: Vec<Update>,
    /// Tags that are made and cannot be releases, whatever the settings say of names.
    pub others: Vec<Update>,
    /// Judged are the tags: the branches tell where these stand.
    pub branches: Vec<Branch>,
}

impl Updates {
    /// A ref of that full name, and what it names before and after, in hexadecimal.
    pub fn add(&mut self, reference: &str, old: &str, new: &str) {
        if let Some(name) = reference.strip_prefix("refs/tags/") {
            let update = Update { name: name.to_owned(), old: old.to_owned(), new: new.to_owned() };
            if may_be_release(name) {
                self.tags.push(update);
            } else if !update.deletes() {
                self.others.push(update);
            }
        } else if let Some(branch) = reference.strip_prefix("refs/heads/").filter(|_| !is_nothing(new)) {
            self.branches.push((branch.to_owned(), new.to_owned()));
        }
    }
}

/// A tag whose ref is about to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The short name.
    pub name: String,
    /// What the ref names before and after, in hexadecimal; zeros: nothing.
    pub old: String,
    pub new: String,
}

impl Update {
    pub fn deletes(&self) -> bool {
        is_nothing(&self.new)
    }

    fn moves(&self) -> bool {
        !is_nothing(&self.old) && self.old != self.new
    }
}

fn is_nothing(id: &str) -> bool {
    id.bytes().all(|byte| byte == b'0')
}

/// A tag with a package's name, or under a template of the project's own, is known by its tree only; but there is no
/// version without a digit.
pub(super) fn may_be_release(name: &str) -> bool {
    name.contains(|c: char| c.is_ascii_digit())
}

/// What is to be judged of these tags.
///
/// # Errors
/// Where an object cannot be read, or a tag that looks like a release leads to no commit.
pub fn subjects(
    event: &'static str,
    updates: Vec<Update>,
    repository: &Repository,
    rulebook: Rulebook,
) -> Result<Vec<Subject>, Failure> {
    let mut subjects = Vec::new();
    for update in updates {
        let usual = tag::read_usual(&update.name, None) != Reading::Other;
        let subject = |moment, dates, kind, change, base, rulebook| {
            let tag = Some(Tag { name: update.name.clone(), made: true, dates, kind, change, elsewhere: None });
            Subject { event, moment, tag, message: None, base, rulebook }
        };
        if update.deletes() {
            // What is deleted on a remote need not be known here.
            let from = repository.tag_of_object(&update.old).ok().and_then(|target| target.commit);
            let change = Change::Deleted { from };
            subjects.push(subject(Moment::Nothing, Vec::new(), None, change, Base::None, Rulebook::Head));
            continue;
        }
        let target = repository.tag_of_object(&update.new)?;
        if target.commit.is_none() && !usual {
            continue;
        }
        let moment = Moment::Commit(commit_of(&update.name, &target)?);
        let change = if update.moves() { Change::Moved { from: update.old.clone() } } else { Change::Created };
        let kind = Some(TagKind::of(&target));
        subjects.push(subject(moment, target.dates, kind, change, Base::PreviousRelease, rulebook));
    }
    Ok(subjects)
}
