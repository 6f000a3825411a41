//! What made relgate run, translated into what is judged: the one door, with a file for each kind of event.

pub mod audit;
pub mod check;
pub mod ci;
pub mod commit;
pub mod push;
pub mod receive;
pub mod transaction;
mod update;

use crate::date::Date;
use crate::failure::{Failure, nearest};
use crate::repository::{Annotation, CommitId, Repository, TagTarget};

pub use update::{Update, Updates, subjects};

/// One thing to judge: the files of a moment, perhaps as a release.
#[derive(Clone, Debug)]
pub struct Subject {
    /// As the output names it: `check`, `pre-commit` ...
    pub event: &'static str,
    pub moment: Moment,
    pub tag: Option<Tag>,
    /// The message of the commit that is being made, where that is what is judged.
    pub message: Option<Message>,
    pub base: Base,
    pub rulebook: Rulebook,
}

/// Which files are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    WorkTree,
    Index,
    Commit(CommitId),
    /// None at all: a tag is deleted.
    Nothing,
}

/// The tag that is judged, whether it is already there or not.
#[derive(Clone, Debug)]
pub struct Tag {
    pub name: String,
    /// Whether it is there already; else what is judged is whether it could be made.
    pub made: bool,
    /// When tag and commit were made; empty for a tag that is not there yet.
    pub dates: Vec<Date>,
    /// What it is to git; `None` for a tag that is not there yet.
    pub kind: Option<TagKind>,
    pub change: Change,
    /// Where the tag leads, if to another commit than the one that is judged.
    pub elsewhere: Option<CommitId>,
}

/// What a tag is to git.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagKind {
    Lightweight,
    Annotated(Annotation),
}

impl TagKind {
    fn of(target: &TagTarget) -> Self {
        target.annotation.clone().map_or(Self::Lightweight, Self::Annotated)
    }
}

/// A branch that is about to be pushed or received: its short name, and the commit that it will lead to, in hexadecimal.
pub type Branch = (String, String);

/// What happens to a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is made, or has been, or could be.
    Created,
    /// It is there and named the object `from`, in hexadecimal.
    Moved { from: String },
    /// It is taken away; the commit it led to, where that is known here.
    Deleted { from: Option<CommitId> },
}

/// The message of a commit, before git cleans it up.
#[derive(Clone, Debug)]
pub struct Message {
    /// The file that holds it, as the hook was given it.
    pub path: String,
    pub text: Vec<u8>,
}

/// What an old finding of the changelog's text is old against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// Nothing: all findings count.
    None,
    Commit(CommitId),
    /// The release before the one that is judged.
    PreviousRelease,
}

/// Whose settings are applied, where the command line names none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rulebook {
    /// Those among the files that are judged.
    Judged,
    /// The same, save that only ignores count which this commit has, too: a change does not excuse itself.
    Agreed(CommitId),
    /// Those of `HEAD`: a server's default branch, which a push does not get to choose.
    Head,
}

/// Names the nearest tag that there is.
pub fn no_such_tag(name: &str, repository: &Repository) -> Failure {
    let failure = Failure::new(format!("there is no tag `{name}`"));
    let known = repository.tags(|_| true).unwrap_or_default();
    let known: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
    match nearest(name, &known) {
        Some(nearest) => failure.help(format!("did you mean `{nearest}`?")),
        None => failure,
    }
}

fn commit_of(name: &str, target: &TagTarget) -> Result<CommitId, Failure> {
    target.commit.ok_or_else(|| {
        Failure::new(format!("tag `{name}` leads to no commit: there are no files to judge"))
            .help(format!("make it anew on the commit that you release: git tag -f -a {name} COMMIT"))
    })
}

fn head(repository: &Repository) -> Result<Base, Failure> {
    Ok(repository.head()?.map_or(Base::None, Base::Commit))
}
