//! `pre-receive` and `update`: what a repository is about to receive.

use crate::failure::Failure;

use super::Updates;

/// The lines that git gives `pre-receive` and `reference-transaction`: `OLD-ID NEW-ID REF`.
///
/// # Errors
/// Where a line is not what git writes.
pub fn updates(hook: &str, input: &str) -> Result<Updates, Failure> {
    let mut updates = Updates::default();
    for line in input.lines() {
        let mut fields = line.splitn(3, ' ');
        let (Some(old), Some(new), Some(reference)) = (fields.next(), fields.next(), fields.next()) else {
            return Err(Failure::new(format!("standard input is not what git gives a {hook} hook: `{line}`")));
        };
        updates.add(reference, old, new);
    }
    Ok(updates)
}
