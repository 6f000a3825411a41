//! Which commits come before which.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hash;

use super::commit_graph::{CommitGraph, Position};
use super::git_program::Answer;
use super::id::ObjectId;
use super::object::{Commit, ObjectKind};
use super::store::Store;
use crate::failure::Failure;

/// No commit's message is longer.
const LARGEST_COMMIT: u64 = 16 << 20;

/// So many questions are answered one by one; for more the whole history is read once.
const FEW_QUESTIONS: usize = 4;

/// So many commits are looked at here before git is started, which costs twice as much.
const NEAR: usize = 256;

/// So many commits that the commit-graph does not have yet are read here, which takes git less time.
const NEW: usize = 512;

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
    if let Some(found) = by_graph(store, ancestor, &[*descendant]) {
        return Ok(found);
    }
    // git knows grafts, replaced commits and where a shallow history ends.
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
    let told = if reached.all.is_none() { by_graph(store, commit, tips) } else { None };
    let found = match &reached.all {
        Some(all) => all.contains(commit),
        None if let Some(told) = told => told,
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
    let (found, ended) = if !store.trust.history {
        let mut told = Told::new(store, commit)?;
        first_met(*commit, |id| Ok(is_one_of(&id)), |id| told.parents(&id))?
    } else {
        let along = |graph| {
            let lineage = Lineage { store, graph };
            let is_met = |place| Ok(is_one_of(&lineage.id(place)?));
            let (met, ended) = first_met(lineage.place(commit), is_met, |place| lineage.parents(place))?;
            Ok((met.into_iter().map(|place| lineage.id(place)).collect::<Result<_, Failure>>()?, ended))
        };
        match store.graph().map(|graph| along(Some(graph))) {
            Some(Ok(found)) => found,
            _ => along(None)?,
        }
    };
    if ended && store.trust.shallow { Err(shallow()) } else { Ok(found) }
}

/// What is met first on every way back from `start`, and whether one of the ways came to an end.
fn first_met<Place: Copy + Eq + Hash>(
    start: Place,
    is_met: impl Fn(Place) -> Result<bool, Failure>,
    mut parents: impl FnMut(Place) -> Result<Vec<Place>, Failure>,
) -> Result<(Vec<Place>, bool), Failure> {
    let mut seen = HashSet::from([start]);
    let mut next = vec![start];
    let mut met = Vec::new();
    let mut ended = false;
    while let Some(place) = next.pop() {
        if is_met(place)? {
            met.push(place);
            continue;
        }
        let before = parents(place)?;
        ended |= before.is_empty();
        next.extend(before.into_iter().filter(|parent| seen.insert(*parent)));
    }
    Ok((met, ended))
}

/// Whether the commit can be reached from one of the `tips`; `None` where the commit-graph does not tell.
fn by_graph(store: &Store, commit: &ObjectId, tips: &[ObjectId]) -> Option<bool> {
    let graph = store.graph()?;
    let wanted = graph.position(commit);
    let (mut in_graph, mut next) = (Vec::new(), tips.to_vec());
    let mut seen = HashSet::new();
    while let Some(id) = next.pop() {
        if id == *commit {
            return Some(true);
        }
        match graph.position(&id) {
            Some(position) => in_graph.push(position),
            None if seen.len() == NEW => return None,
            None if seen.insert(id) => next.extend(parents(store, &id).ok()?),
            None => {}
        }
    }
    // All that comes before what the graph has, it has, too.
    wanted.map_or(Some(false), |wanted| graph.is_reachable(wanted, in_graph))
}

/// A commit that the commit-graph has, or one that it does not have yet.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    Graph(Position),
    New(ObjectId),
}

/// The history from the commit-graph, where there is one, and from the commits.
struct Lineage<'a> {
    store: &'a Store,
    graph: Option<&'a CommitGraph>,
}

impl Lineage<'_> {
    fn place(&self, id: &ObjectId) -> Place {
        self.graph.and_then(|graph| graph.position(id)).map_or(Place::New(*id), Place::Graph)
    }

    fn id(&self, place: Place) -> Result<ObjectId, Failure> {
        match place {
            Place::New(id) => Ok(id),
            Place::Graph(position) => self.graph.and_then(|graph| graph.id(position)).ok_or_else(broken_graph),
        }
    }

    fn parents(&self, place: Place) -> Result<Vec<Place>, Failure> {
        match place {
            Place::New(id) => Ok(parents(self.store, &id)?.iter().map(|parent| self.place(parent)).collect()),
            Place::Graph(position) => {
                let parents = self.graph.and_then(|graph| graph.parents(position)).ok_or_else(broken_graph)?;
                Ok(parents.into_iter().map(Place::Graph).collect())
            }
        }
    }
}

fn broken_graph() -> Failure {
    Failure::new("the commit-graph is broken").help("git commit-graph write --reachable")
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
