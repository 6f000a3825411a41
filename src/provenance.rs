//! Where a release tag comes from: who signed it, and on which branch it stands.

use crate::event::{self, Branch};
use crate::failure::Failure;
use crate::project::{Policy, Signature, TagKind};
use crate::repository::{CommitId, Repository, Verification};

/// What the tag is to git. Its signature is looked at where it is to be `verified`; tags that are lightweight here need not
/// be so where they are `flattened`.
///
/// # Errors
/// Where git cannot be asked, or a signature is asked for and cannot be here.
pub fn kind(repository: &Repository, tag: &event::Tag, flattened: bool, verified: bool) -> Result<TagKind, Failure> {
    let annotation = match &tag.kind {
        None => return Ok(TagKind::Unknown),
        Some(event::TagKind::Lightweight) if flattened && verified => {
            let name = &tag.name;
            let message =
                format!("this checkout has made `{name}` a lightweight tag: nobody can say whether it is signed");
            return Err(Failure::new(message).help(format!(
                "fetch the tag itself first: git fetch --force origin refs/tags/{name}:refs/tags/{name}"
            )));
        }
        Some(event::TagKind::Lightweight) if flattened => return Ok(TagKind::Unknown),
        Some(event::TagKind::Lightweight) => return Ok(TagKind::Lightweight),
        Some(event::TagKind::Annotated(annotation)) => annotation,
    };
    let signature = match annotation.signature {
        None => Signature::None,
        Some(_) if !verified => Signature::There,
        Some(format) => match repository.verify(annotation, format)? {
            Verification::Good => Signature::Good,
            Verification::Bad(reason) => Signature::Bad(reason),
            Verification::Impossible(reason) => Signature::Unverified(reason),
        },
    };
    Ok(TagKind::Annotated(signature))
}

/// Whether the commit is on none of the branches that releases are made from, by the `policy` that names them: neither on
/// one that is here, nor on one of a remote, nor on one that is `pushed` at the same time.
///
/// # Errors
/// Where git cannot be asked, or the repository does not hold what tells.
pub fn is_off_branch(
    repository: &Repository,
    commit: CommitId,
    policy: &Policy,
    pushed: &[Branch],
    whole_history: &str,
) -> Result<bool, Failure> {
    let mut tips = repository.branch_tips(|branch| policy.releases_from(branch))?;
    for (_, id) in pushed.iter().filter(|(branch, _)| policy.releases_from(branch)) {
        tips.push(repository.commit(id)?);
    }
    if tips.is_empty() {
        let branches = policy.branches.join("`, `");
        let message = format!("the setting `branches` names `{branches}`, and there is no such branch here");
        return Err(Failure::new(message).help(whole_history));
    }
    Ok(!repository.is_reachable(commit, &tips)?)
}
