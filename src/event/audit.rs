//! `relgate audit`: the releases that are out.

use crate::failure::Failure;
use crate::repository::{Repository, TagTarget};
use crate::tag::{self, Reading};

use super::update::may_be_release;
use super::{Base, Change, Moment, Rulebook, Subject, Tag, TagKind, commit_of};

/// What is to be judged of a tag that is there, as `relgate check --tag` judges it; `None` where it cannot be a release
/// whatever the settings say.
///
/// # Errors
/// Where an object cannot be read, or a tag that looks like a release leads to no commit.
pub fn subject(name: &str, repository: &Repository) -> Result<Option<Subject>, Failure> {
    if !may_be_release(name) {
        return Ok(None);
    }
    // Listed a moment ago: another program may have deleted it since.
    let Some(target) = repository.tag(name)? else { return Ok(None) };
    if target.commit.is_none() && tag::read_usual(name, None) == Reading::Other {
        return Ok(None);
    }
    let moment = Moment::Commit(commit_of(name, &target)?);
    let kind = Some(TagKind::of(&target));
    let TagTarget { dates, .. } = target;
    let tag = Tag { name: name.to_owned(), made: true, dates, kind, change: Change::Created, elsewhere: None };
    let (base, rulebook) = (Base::PreviousRelease, Rulebook::Judged);
    Ok(Some(Subject { event: "audit", moment, tag: Some(tag), message: None, base, rulebook }))
}
