//! Which commits come before which.

use std::collections::{HashMap, HashSet, VecDeque};

use super::git_program::Answer;
use super::id::ObjectId;
use super::object::{Commit, ObjectKind};
use super::store::Store;
use crate::failure::Failure;

/// No commit's message is longer.
const LARGEST_COMMIT: u64 = 16 << 20;

/// So many questions are answered one by one; for more the whole history is read once.
const FEW_QUESTIONS: usize = 4;

/// So many commits are looked at here before git is started, which costs as much.
const NEAR: usize = 32;

/// What is known of the commits that some tips reach.
#[derive(Default)]
pub(super) struct Reached {
    tips: Vec<ObjectId>,
    asked: usize,
    all: Option<HashSet<ObjectId>>,
}

/// Whether `ancestor` is `descendant` or one of the commits before it.
///
/// # Errors
/// Where the history cannot be read, or is shallow and does not show it.
pub(super) fn is_ancestor(store: &Store, ancestor: &ObjectId, descendant: &ObjectId) -> Result<bool, Failure> {
    if ancestor == descendant {
        return Ok(true);
    }
    // git has the commit-graph, and knows grafts, replaced commits and where a shallow history ends.
    let found = store.git().is_ancestor(ancestor, descendant)?;
    if !found && store.trust.shallow { Err(shallow()) } else { Ok(found) }
}

/// Whether the commit is one of the `tips` or can be reached from one.
///
/// # Errors
/// Where the history cannot be read, or is shallow and does not show it.
pub(super) fn is_reachable(store: &Store, commit: &ObjectId, tips: &[ObjectId]) -> Result<bool, Failure> {
    if tips.contains(commit) {
        return Ok(true);
    }
    let mut reached = store.reached.borrow_mut();
    if reached.tips != tips {
        *reached = Reached { tips: tips.to_vec(), ..Reached::default() };
    }
    reached.asked += 1;
    if reached.asked > FEW_QUESTIONS && reached.all.is_none() {
        reached.all = Some(store.git().all_reachable(tips)?);
    }
    let found = match &reached.all {
        Some(all) => all.contains(commit),
        None if store.trust.history && is_near(store, commit, tips) => true,
        // For one tip git has the quicker way, which looks no further back than it has to.
        None if let [tip] = distinct(tips)[..] => store.git().is_ancestor(commit, tip)?,
        None => store.git().is_reachable(commit, tips)?,
    };
    if !found && store.trust.shallow { Err(shallow()) } else { Ok(found) }
}

/// Whether the commit is one of the last before the `tips`, where most releases are; `false` is not certain.
fn is_near(store: &Store, commit: &ObjectId, tips: &[ObjectId]) -> bool {
    let mut next: VecDeque<ObjectId> = tips.iter().copied().collect();
    let mut seen: HashSet<ObjectId> = tips.iter().copied().collect();
    for _ in 0..NEAR {
        let Some(parents) = next.pop_front().and_then(|id| parents(store, &id).ok()) else { return false };
        if parents.contains(commit) {
            return true;
        }
        next.extend(parents.into_iter().filter(|parent| seen.insert(*parent)));
    }
    false
}

fn distinct(ids: &[ObjectId]) -> Vec<&ObjectId> {
    let mut known: Vec<&ObjectId> = Vec::new();
    for id in ids {
        if !known.contains(&id) {
            known.push(id);
        }
    }
    known
}

/// The commits with `is_one_of` that are met first on every way back from `commit`, itself included.
///
/// # Errors
/// Where the history cannot be read, or is shallow and ends before one is met.
pub(super) fn nearest(
    store: &Store,
    commit: &ObjectId,
    is_one_of: &dyn Fn(&ObjectId) -> bool,
) -> Result<Vec<ObjectId>, Failure> {
    let mut told = if store.trust.history { None } else { Some(Told::new(store, commit)?) };
    let mut seen = HashSet::from([*commit]);
    let mut next = vec![*commit];
    let mut found = Vec::new();
    let mut ended = false;
    while let Some(id) = next.pop() {
        if is_one_of(&id) {
            found.push(id);
            continue;
        }
        let parents = match &mut told {
            Some(told) => told.parents(&id)?,
            None => parents(store, &id)?,
        };
        ended |= parents.is_empty();
        next.extend(parents.into_iter().filter(|parent| seen.insert(*parent)));
    }
    if ended && store.trust.shallow { Err(shallow()) } else { Ok(found) }
}

fn parents(store: &Store, id: &ObjectId) -> Result<Vec<ObjectId>, Failure> {
    let broken = |reason: &str| Failure::new(format!("git cannot read commit {id}: {reason}"));
    let object = store.object(id, LARGEST_COMMIT)?.map_err(|fault| broken(&fault.to_string()))?;
    let commit = Commit::parse(&object.bytes).filter(|_| object.kind == ObjectKind::Commit);
    commit.map(|commit| commit.parents).ok_or_else(|| broken("it is no commit"))
}

/// The history as git tells it, read only as far as it is needed.
struct Told {
    answer: Answer,
    parents: HashMap<ObjectId, Vec<ObjectId>>,
}

impl Told {
    fn new(store: &Store, commit: &ObjectId) -> Result<Self, Failure> {
        Ok(Self { answer: store.git().history(commit)?, parents: HashMap::new() })
    }

    fn parents(&mut self, id: &ObjectId) -> Result<Vec<ObjectId>, Failure> {
        loop {
            if let Some(parents) = self.parents.remove(id) {
                return Ok(parents);
            }
            let Some(line) = self.answer.line()? else {
                return Err(Failure::new(format!("git cannot read the history: it does not come to commit {id}")));
            };
            let mut ids = line.split(|byte| *byte == b' ').map(ObjectId::parse);
            let (Some(Some(child)), parents) = (ids.next(), ids.collect::<Option<Vec<_>>>()) else {
                return Err(Failure::new("git tells the history in a way that is not known"));
            };
            self.parents.insert(child, parents.unwrap_or_default());
        }
    }
}

fn shallow() -> Failure {
    Failure::new("this clone is shallow: its history ends before the question is answered")
        .help("fetch the whole history: git fetch --unshallow, or `fetch-depth: 0` for actions/checkout")
}
