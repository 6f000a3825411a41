//! `pre-push`: what git is about to send to a remote.

use crate::failure::Failure;

use super::Update;

/// The tags among the lines that git gives the hook: `LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID`. Branches were judged when
/// they were committed, and will be again in CI.
///
/// # Errors
/// Where a line is not what git writes.
pub fn updates(input: &str) -> Result<Vec<Update>, Failure> {
    let mut updates = Vec::new();
    for line in input.lines() {
        // The local ref comes first and may hold spaces (`main@{1 day ago}`): the fields are counted from the end. What
        // is pushed is known by the remote's ref; the local one can be anything that names an object.
        let mut fields = line.rsplitn(4, ' ');
        let (Some(old), Some(reference), Some(new)) = (fields.next(), fields.next(), fields.next()) else {
            return Err(Failure::new(format!("standard input is not what git gives a pre-push hook: `{line}`")));
        };
        updates.extend(Update::of_tag(reference, old, new));
    }
    Ok(updates)
}
