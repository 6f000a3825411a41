//! What a workflow would do when something is pushed.

use super::condition::{holds, is_asked_after_a_skip};
use super::{Act, Condition, Job, Kind, Limit, Pattern, Push, Workflow};
use crate::finding::Span;

/// Something that may start a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A push of the tag of that name.
    Tag(&'a str),
    /// A push of some branch, or the clock.
    Branch,
    PullRequest,
}

/// Whether something would be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// No: what stands in its way.
    Stopped(Obstacle),
    /// It depends on what the repository does not say.
    Unknown,
}

/// Why a workflow would not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The event does not start it.
    Event,
    /// An `if:` that is there.
    Condition(Span),
}

impl Outcome {
    fn of(condition: Option<&Condition>, event: Event<'_>) -> Self {
        let Some(condition) = condition else { return Self::Done };
        match holds(&condition.text, event) {
            Some(true) => Self::Done,
            Some(false) => Self::Stopped(Obstacle::Condition(condition.at)),
            None => Self::Unknown,
        }
    }

    /// Both have to be done.
    fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Done => other(),
            Self::Stopped(_) => self,
            Self::Unknown => match other() {
                stopped @ Self::Stopped(_) => stopped,
                _ => Self::Unknown,
            },
        }
    }

    /// One is enough.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Done, _) | (_, Self::Done) => Self::Done,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            _ => self,
        }
    }
}

impl Limit {
    /// Whether a name is let in; `None` where that is not clear.
    fn lets_in(&self, name: &str) -> Option<bool> {
        let fits = |pattern: &&Pattern| pattern.filter.matches(name);
        match self {
            Self::Unsaid | Self::Unclear => None,
            Self::Only(patterns) => Some(patterns.iter().rev().find(fits).is_some_and(|last| !last.filter.negative)),
            Self::Ignoring(patterns) => Some(!patterns.iter().any(|pattern| fits(&pattern))),
        }
    }

    /// The entry that decides about a name, if one does.
    pub fn decides<'l>(&'l self, name: &str) -> Option<&'l Pattern> {
        match self {
            Self::Only(patterns) | Self::Ignoring(patterns) => {
                patterns.iter().rev().find(|pattern| pattern.filter.matches(name))
            }
            Self::Unsaid | Self::Unclear => None,
        }
    }
}

impl Pattern {
    /// Whether it takes names out: one with `!`.
    pub fn is_negative(&self) -> bool {
        self.filter.negative
    }

    /// What stands before its first digit, and before anything that has a meaning of its own.
    pub fn beginning(&self) -> &str {
        let end = self.text.find(|c: char| c.is_ascii_digit() || "*?+[\\".contains(c)).unwrap_or(self.text.len());
        &self.text[..end]
    }
}

impl Workflow {
    /// Whether it has a step that publishes a distribution.
    pub fn publishes(&self) -> bool {
        self.acts().any(|act| matches!(act.kind, Kind::Publish))
    }

    /// Whether it has a step that publishes, or one that may.
    pub fn may_publish(&self) -> bool {
        self.acts().any(|act| matches!(act.kind, Kind::Publish | Kind::MayPublish))
    }

    fn acts(&self) -> impl Iterator<Item = &Act> {
        self.jobs.iter().flat_map(|job| &job.acts)
    }

    /// Whether a distribution would be published when the event comes.
    pub fn published_by(&self, event: Event<'_>) -> Outcome {
        let outcomes = self.outcomes(event).into_iter();
        let publishing = outcomes.filter(|(act, _)| matches!(act.kind, Kind::Publish | Kind::MayPublish));
        publishing.map(|(_, outcome)| outcome).reduce(Outcome::or).unwrap_or(Outcome::Stopped(Obstacle::Event))
    }

    /// Whether a distribution may be published when no tag is pushed.
    pub fn publishes_otherwise(&self) -> bool {
        let may = |event| !matches!(self.published_by(event), Outcome::Stopped(_));
        self.triggers.others || may(Event::Branch) || may(Event::PullRequest)
    }

    /// The fixed flags of the releases on GitHub that a push of the tag would make for certain: what each says of
    /// pre-releases, and where.
    pub fn release_flags(&self, tag: &str) -> Vec<(bool, Span)> {
        let done = |(act, outcome): (&Act, Outcome)| match act.kind {
            Kind::Release { prerelease, at } if outcome == Outcome::Done => Some((prerelease, at)),
            _ => None,
        };
        self.outcomes(Event::Tag(tag)).into_iter().filter_map(done).collect()
    }

    /// Whether each act would be done.
    fn outcomes(&self, event: Event<'_>) -> Vec<(&Act, Outcome)> {
        let started = self.started_by(event);
        let runs = self.jobs_run_by(event);
        let mut outcomes = Vec::new();
        for (job, run) in self.jobs.iter().zip(runs) {
            for act in &job.acts {
                let certain = || if act.certain { Outcome::Done } else { Outcome::Unknown };
                let asked = || Outcome::of(act.condition.as_ref(), event);
                outcomes.push((act, started.and(|| run).and(asked).and(certain)));
            }
        }
        outcomes
    }

    fn started_by(&self, event: Event<'_>) -> Outcome {
        let of = |started: Option<bool>| match started {
            Some(true) => Outcome::Done,
            Some(false) => Outcome::Stopped(Obstacle::Event),
            None => Outcome::Unknown,
        };
        let push = self.triggers.push.as_ref();
        match event {
            Event::PullRequest => of(Some(self.triggers.pull_request)),
            Event::Branch if self.triggers.scheduled => Outcome::Done,
            Event::Branch => of(Some(push.is_some_and(Push::starts_for_branches))),
            Event::Tag(name) => of(push.map_or(Some(false), |push| match (&push.tags, &push.branches) {
                (Limit::Unsaid, Limit::Unsaid) => Some(true),
                (Limit::Unsaid, _) => Some(false),
                (limit, _) => limit.lets_in(name),
            })),
        }
    }

    /// Whether each job would be run once the workflow is.
    fn jobs_run_by(&self, event: Event<'_>) -> Vec<Outcome> {
        let mut run: Vec<Option<Outcome>> = vec![None; self.jobs.len()];
        let mut waiting: Vec<usize> = vec![0; self.jobs.len()];
        let mut wanted_by: Vec<Vec<usize>> = vec![Vec::new(); self.jobs.len()];
        for (at, job) in self.jobs.iter().enumerate() {
            for needed in job.needs.iter().flatten() {
                waiting[at] += 1;
                wanted_by[*needed].push(at);
            }
        }
        let mut ready: Vec<usize> = (0..self.jobs.len()).filter(|at| waiting[*at] == 0).collect();
        while let Some(at) = ready.pop() {
            run[at] = Some(self.jobs[at].run_by(event, &run));
            for next in &wanted_by[at] {
                waiting[*next] -= 1;
                if waiting[*next] == 0 {
                    ready.push(*next);
                }
            }
        }
        // Jobs that wait for each other are an error of their own.
        run.into_iter().map(|outcome| outcome.unwrap_or(Outcome::Unknown)).collect()
    }
}

impl Push {
    fn starts_for_branches(&self) -> bool {
        match (&self.branches, &self.tags) {
            (Limit::Unsaid, tags) => matches!(tags, Limit::Unsaid),
            (Limit::Ignoring(patterns), _) => !patterns.iter().any(|pattern| pattern.text == "**"),
            _ => true,
        }
    }
}

impl Job {
    /// `known` are the outcomes of the jobs that it needs.
    fn run_by(&self, event: Event<'_>, known: &[Option<Outcome>]) -> Outcome {
        let own = Outcome::of(self.condition.as_ref(), event);
        if self.condition.as_ref().is_some_and(|condition| is_asked_after_a_skip(&condition.text)) {
            return if own == Outcome::Done && !self.needs.is_empty() { Outcome::Unknown } else { own };
        }
        let needed = self.needs.iter().map(|needed| needed.and_then(|at| known[at]).unwrap_or(Outcome::Unknown));
        needed.fold(own, |outcome, needed| outcome.and(|| needed))
    }
}
