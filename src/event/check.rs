//! `relgate check`.

use crate::cli;
use crate::failure::Failure;
use crate::repository::Repository;

use super::{Base, Change, Moment, Rulebook, Subject, Tag, TagKind, commit_of, head, no_such_tag};

/// What `relgate check` judges: what the arguments name, else the tag that CI builds, else the work tree.
///
/// # Errors
/// Where the arguments name something that is not there.
pub fn subject(arguments: &cli::Check, repository: &Repository, ci_tag: Option<String>) -> Result<Subject, Failure> {
    let moment = moment(&arguments.moment, repository)?;
    let built = ci_tag.filter(|_| moment.is_none() && arguments.tag.is_none());
    let base = match &arguments.base {
        Some(revision) => Some(Base::Commit(repository.commit(revision)?)),
        None => None,
    };
    let rulebook = match base {
        Some(Base::Commit(commit)) => Rulebook::Agreed(commit),
        _ => Rulebook::Judged,
    };
    let subject = |moment, tag, base| Subject { event: "check", moment, tag, message: None, base, rulebook };
    let Some(name) = arguments.tag.as_ref().or(built.as_ref()) else {
        let moment = moment.unwrap_or(Moment::WorkTree);
        let usual = if moment == Moment::Index { head(repository)? } else { Base::None };
        return Ok(subject(moment, None, base.unwrap_or(usual)));
    };
    let name = name.strip_prefix("refs/tags/").unwrap_or(name).to_owned();
    let target = repository.tag(&name)?;
    // The tag that is built exists, whether the clone has it or not.
    let made = target.is_some() || built.is_some();
    let dates = target.as_ref().map(|target| target.dates.clone()).unwrap_or_default();
    let kind = target.as_ref().map(TagKind::of);
    let there = target.as_ref().and_then(|target| target.commit);
    let moment = match (moment, target) {
        (Some(moment), _) => moment,
        (None, Some(target)) => Moment::Commit(commit_of(&name, &target)?),
        // A release that is still being prepared is repaired where it is prepared.
        (None, None) if arguments.fix || arguments.diff => Moment::WorkTree,
        (None, None) => match repository.head()? {
            Some(head) => Moment::Commit(head),
            None => return Err(no_such_tag(&name, repository)),
        },
    };
    let elsewhere = there.filter(|there| moment != Moment::Commit(*there));
    let tag = Tag { name, made, dates, kind, change: Change::Created, elsewhere };
    Ok(subject(moment, Some(tag), base.unwrap_or(Base::PreviousRelease)))
}

/// The moment that the arguments name, if any.
///
/// # Errors
/// Where a revision names no commit.
pub fn moment(arguments: &cli::MomentArgs, repository: &Repository) -> Result<Option<Moment>, Failure> {
    Ok(match arguments {
        cli::MomentArgs { staged: true, .. } => Some(Moment::Index),
        cli::MomentArgs { worktree: true, .. } => Some(Moment::WorkTree),
        cli::MomentArgs { rev: Some(revision), .. } => Some(Moment::Commit(repository.commit(revision)?)),
        _ => None,
    })
}

/// Files alone: no tag, nothing to compare with.
pub fn files(moment: Moment) -> Subject {
    Subject { event: "check", moment, tag: None, message: None, base: Base::None, rulebook: Rulebook::Judged }
}
