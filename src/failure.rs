//! Why relgate could not judge: never a pass, never a finding.

use std::fmt;

/// One whole sentence, and what to do about it. Ends the run with exit code 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Starts lower case and has no full stop, as git's own messages.
    pub message: String,
    /// One line, or none.
    pub help: Option<String>,
}

/// Bytes of a message; it may quote what is longer.
const LONGEST: usize = 2_000;

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        let mut message = message.into();
        if message.len() > LONGEST {
            message.truncate(message.floor_char_boundary(LONGEST));
            message += " ...";
        }
        Self { message, help: None }
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// The name that a misspelt one most likely means.
pub fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let distance = |candidate: &&str| strsim::damerau_levenshtein(name, candidate);
    let best = known.iter().min_by_key(|candidate| distance(candidate))?;
    (distance(best) <= 1 + name.len() / 4).then_some(*best)
}
