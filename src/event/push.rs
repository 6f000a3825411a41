//! `pre-push`: what git is about to send to a remote.

use crate::failure::Failure;
use crate::repository::Repository;

use super::{Rulebook, Updates};

/// The lines that git gives the hook: `LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID`. Branches are not judged: they were when they
/// were committed, and will be again in CI.
///
/// # Errors
/// Where a line is not what git writes.
pub fn updates(input: &str) -> Result<Updates, Failure> {
    let mut updates = Updates::default();
    for line in input.lines() {
        // The local ref comes first and may hold spaces (`main@{1 day ago}`): the fields are counted from the end. What
        // is pushed is known by the remote's ref; the local one can be anything that names an object.
        let mut fields = line.rsplitn(4, ' ');
        let (Some(old), Some(reference), Some(new)) = (fields.next(), fields.next(), fields.next()) else {
            return Err(Failure::new(format!("standard input is not what git gives a pre-push hook: `{line}`")));
        };
        updates.add(reference, old, new);
    }
    Ok(updates)
}

/// The ref that pre-commit or prek show in their variables, and what it is to name, which is all that they give a hook: the
/// first of the push, and only where its commit is new to the remote.
pub fn shown_by_framework(variable: impl Fn(&str) -> Option<String>) -> Option<(String, String)> {
    Some((variable("PRE_COMMIT_REMOTE_BRANCH")?, variable("PRE_COMMIT_TO_REF")?))
}

/// The settings of what is pushed, and the ignores that the remote's default branch has as well, as far as it is known here.
///
/// # Errors
/// Where a ref cannot be read.
pub fn rulebook(remote: Option<&str>, repository: &Repository) -> Result<Rulebook, Failure> {
    // An address names no branch that is followed here.
    let remote = remote
        .filter(|remote| !remote.contains([':', '\\']) && !remote.starts_with(['/', '.']) && !remote.contains(".."));
    for branch in remote.iter().flat_map(|_| ["HEAD", "main", "master"]) {
        let name = format!("refs/remotes/{}/{branch}", remote.unwrap_or_default());
        if let Some(commit) = repository.reference(&name)? {
            return Ok(Rulebook::Agreed(commit));
        }
    }
    Ok(Rulebook::Judged)
}
