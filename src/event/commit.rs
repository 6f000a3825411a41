//! A commit that is being made.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::failure::Failure;
use crate::repository::Repository;

use super::{Message, Moment, Rulebook, Subject, head};

/// The longest message that is read, in bytes: `git commit -v` appends the whole difference.
const LONGEST_MESSAGE: u64 = 64 << 20;

/// `relgate hook pre-commit` and `pre-merge-commit`: what is about to be committed. Where pre-commit or prek run the hook
/// by hand over all files, nothing is about to be, and they show the work tree.
///
/// # Errors
/// Where `HEAD` cannot be read.
pub fn subject(
    event: &'static str,
    repository: &Repository,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Subject, Failure> {
    let by_hand = variable("PRE_COMMIT").is_some() && variable("GIT_INDEX_FILE").is_none();
    let moment = if by_hand { Moment::WorkTree } else { Moment::Index };
    Ok(Subject { event, moment, tag: None, message: None, base: head(repository)?, rulebook: Rulebook::Judged })
}

/// `relgate hook commit-msg FILE`: the message of what is about to be committed.
///
/// # Errors
/// Where the message or `HEAD` cannot be read.
pub fn message(file: &Path, cwd: &Path, repository: &Repository) -> Result<Subject, Failure> {
    let failed = |error| Failure::new(format!("the commit's message {} cannot be read: {error}", file.display()));
    let opened = File::open(cwd.join(file)).map_err(failed)?;
    let mut text = Vec::new();
    opened.take(LONGEST_MESSAGE).read_to_end(&mut text).map_err(failed)?;
    let message = Message { path: file.to_string_lossy().into_owned(), text };
    Ok(Subject { message: Some(message), ..subject("commit-msg", repository, |_| None)? })
}
