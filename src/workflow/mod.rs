//! Workflows of GitHub Actions, as far as releases hang on them: what starts them, which of their steps publish a
//! distribution or make a release on GitHub, and on what conditions.

mod condition;
mod filter;
mod read;
mod run;
mod script;
#[cfg(test)]
mod tests;
mod yaml;

use crate::finding::{SourceId, Span};

pub use filter::Filter;
pub use read::{FOLDER, read};
pub use run::{Event, Obstacle, Outcome};

/// One workflow that does something with releases.
#[derive(Clone, Debug)]
pub struct Workflow {
    pub source: SourceId,
    pub triggers: Triggers,
    jobs: Vec<Job>,
}

/// What starts a workflow.
#[derive(Clone, Debug, Default)]
pub struct Triggers {
    pub push: Option<Push>,
    pull_request: bool,
    scheduled: bool,
    /// Events that can come from a release tag in ways that its name does not tell: `release`, `workflow_dispatch` ...
    others: bool,
}

/// The event `push` and the names that it is limited to.
#[derive(Clone, Debug)]
pub struct Push {
    /// The word `push`.
    pub at: Span,
    pub tags: Limit,
    branches: Limit,
}

/// Which names an event is limited to.
#[derive(Clone, Debug)]
pub enum Limit {
    /// The workflow does not say.
    Unsaid,
    /// The names that the list lets in, its last word counting.
    Only(Vec<Pattern>),
    /// All names but these.
    Ignoring(Vec<Pattern>),
    /// What stands there cannot be understood.
    Unclear,
}

/// One entry of a list such as `tags:`.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub text: String,
    pub at: Span,
    filter: Filter,
}

#[derive(Clone, Debug)]
struct Job {
    condition: Option<Condition>,
    /// The jobs that it waits for, by their place; `None` for one that is not there.
    needs: Vec<Option<usize>>,
    acts: Vec<Act>,
}

/// An `if:`.
#[derive(Clone, Debug)]
struct Condition {
    text: String,
    at: Span,
}

/// What a step does with a release.
#[derive(Clone, Debug)]
struct Act {
    kind: Kind,
    condition: Option<Condition>,
    /// Whether it is done wherever its step is run.
    certain: bool,
}

#[derive(Clone, Debug)]
enum Kind {
    /// Uploads distributions to an index.
    Publish,
    /// Calls a workflow of another repository whose name says that it may publish.
    MayPublish,
    /// Makes a release on GitHub with a fixed flag: what that says of pre-releases, and where.
    Release { prerelease: bool, at: Span },
}
