//! Reads the workflows of a repository.

use std::collections::HashMap;

use super::script::{Script, Target};
use super::yaml::{Document, NodeId};
use super::{Act, Condition, Filter, Job, Kind, Limit, Pattern, Push, Triggers, Workflow};
use crate::failure::Failure;
use crate::files::{Files, join};
use crate::finding::{SourceId, Span};
use crate::repository::EntryKind;

/// Where GitHub looks for workflows.
pub const FOLDER: &str = ".github/workflows";

/// The longest workflow that is read, in bytes: none that a person wrote comes near.
const LONGEST: usize = 512 << 10;

/// How many bytes of jobs and steps are looked at in one workflow: an alias repeats them without writing them.
const MOST_BYTES: usize = 8 << 20;

/// What a job or a step costs beside its text.
const STEP_BYTES: usize = 64;

/// How many patterns of one list are read.
const MOST_PATTERNS: usize = 1_000;

/// Words without which a workflow does nothing with releases.
const TELLING: [&str; 4] = ["publish", "upload", "release", "pypi"];

/// Variables that say where an uploader sends distributions.
const INDEX_VARIABLES: [&str; 9] = [
    "FLIT_INDEX_URL",
    "HATCH_INDEX_REPO",
    "MATURIN_REPOSITORY",
    "MATURIN_REPOSITORY_URL",
    "PDM_PUBLISH_REPO",
    "TWINE_REPOSITORY",
    "TWINE_REPOSITORY_URL",
    "UV_PUBLISH_INDEX",
    "UV_PUBLISH_URL",
];

const UPLOAD_ACTION: &str = "pypa/gh-action-pypi-publish";

const MATURIN_ACTIONS: [&str; 2] = ["pyo3/maturin-action", "messense/maturin-action"];

/// Actions that make a release on GitHub and have an input `prerelease`.
const RELEASE_ACTIONS: [&str; 3] = ["softprops/action-gh-release", "ncipollo/release-action", "actions/create-release"];

/// The workflows that publish a distribution or make a release on GitHub. One that mentions these and cannot be understood
/// is among them as one that may do anything.
///
/// # Errors
/// Where the snapshot cannot say what stands there.
pub fn read(files: &mut Files<'_>) -> Result<Vec<Workflow>, Failure> {
    let mut workflows = Vec::new();
    for entry in files.list(FOLDER)? {
        let named = entry.name.ends_with(".yml") || entry.name.ends_with(".yaml");
        // GitHub follows no links either.
        if !named || entry.kind != EntryKind::File {
            continue;
        }
        if let Some(source) = files.read(&join(FOLDER, &entry.name))? {
            workflows.extend(workflow(source, files.bytes(source)));
        }
    }
    Ok(workflows)
}

/// What a file says; `None` where it does nothing with releases.
pub(super) fn workflow(source: SourceId, bytes: &[u8]) -> Option<Workflow> {
    let text = String::from_utf8_lossy(bytes);
    if !TELLING.iter().any(|word| text.contains(word)) {
        return None;
    }
    let jobs = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= LONGEST).and_then(|text| {
        let document = Document::parse(text)?;
        let triggers = triggers(&document)?;
        let jobs = Reader { document: &document, text, bytes_left: MOST_BYTES }.jobs()?;
        Some((triggers, jobs))
    });
    let Some((triggers, jobs)) = jobs else {
        let anything = Act { kind: Kind::MayPublish, condition: None, certain: false };
        let jobs = vec![Job { condition: None, needs: Vec::new(), acts: vec![anything] }];
        return Some(Workflow { source, triggers: Triggers { others: true, ..Triggers::default() }, jobs });
    };
    jobs.iter().any(|job| !job.acts.is_empty()).then_some(Workflow { source, triggers, jobs })
}

/// What starts the workflow; `None` where it does not say.
fn triggers(document: &Document) -> Option<Triggers> {
    let on = document.get(document.root(), "on")?;
    let mut triggers = Triggers::default();
    let single = document.text(on).map(|_| on);
    for name in single.iter().chain(document.items(on)) {
        triggers.add(document, *name, None)?;
    }
    for (name, settings) in document.entries(on) {
        triggers.add(document, name, Some(settings))?;
    }
    Some(triggers)
}

impl Triggers {
    fn add(&mut self, document: &Document, name: NodeId, settings: Option<NodeId>) -> Option<()> {
        match document.text(name)? {
            "push" => {
                let limit = |only, ignoring| settings.map_or(Limit::Unsaid, |at| limit(document, at, only, ignoring));
                let (tags, branches) = (limit("tags", "tags-ignore"), limit("branches", "branches-ignore"));
                self.push = Some(Push { at: document.span(name), tags, branches });
            }
            "pull_request" | "pull_request_target" | "merge_group" => self.pull_request = true,
            "schedule" => self.scheduled = true,
            _ => self.others = true,
        }
        Some(())
    }
}

/// The names that the keys `only` and `ignoring` of an event limit it to.
fn limit(document: &Document, settings: NodeId, only: &str, ignoring: &str) -> Limit {
    if document.get(settings, "<<").is_some() {
        return Limit::Unclear;
    }
    match (document.get(settings, only), document.get(settings, ignoring)) {
        (None, None) => Limit::Unsaid,
        (Some(list), None) => match patterns(document, list) {
            Some(patterns) if patterns.iter().any(|pattern| !pattern.is_negative()) => Limit::Only(patterns),
            _ => Limit::Unclear,
        },
        (None, Some(list)) => match patterns(document, list) {
            Some(patterns) if patterns.iter().all(|pattern| !pattern.is_negative()) => Limit::Ignoring(patterns),
            _ => Limit::Unclear,
        },
        (Some(_), Some(_)) => Limit::Unclear,
    }
}

fn patterns(document: &Document, list: NodeId) -> Option<Vec<Pattern>> {
    let pattern = |node: &NodeId| {
        let text = document.text(*node)?;
        Some(Pattern { text: text.to_owned(), at: document.span(*node), filter: Filter::parse(text)? })
    };
    if document.text(list).is_some() {
        return Some(vec![pattern(&list)?]);
    }
    if document.items(list).len() > MOST_PATTERNS {
        return None;
    }
    document.items(list).iter().map(pattern).collect()
}

/// Reads the jobs of one workflow.
struct Reader<'d> {
    document: &'d Document,
    text: &'d str,
    bytes_left: usize,
}

impl Reader<'_> {
    /// Counts what is looked at; `None` once that is too much.
    fn spend(&mut self, bytes: usize) -> Option<()> {
        self.bytes_left = self.bytes_left.checked_sub(bytes + STEP_BYTES)?;
        Some(())
    }

    fn get(&self, node: NodeId, name: &str) -> Option<NodeId> {
        self.document.get(node, name)
    }

    /// The text at `name`.
    fn at(&self, node: NodeId, name: &str) -> Option<&str> {
        self.get(node, name).and_then(|node| self.document.text(node))
    }

    fn condition(&mut self, node: NodeId) -> Option<Option<Condition>> {
        let Some(at) = self.get(node, "if") else { return Some(None) };
        let text = self.document.text(at).unwrap_or_default().to_owned();
        self.spend(text.len())?;
        Some(Some(Condition { text, at: self.document.span(at) }))
    }

    /// `None` where the jobs are not to be understood, or too many.
    fn jobs(&mut self) -> Option<Vec<Job>> {
        let root = self.document.root();
        let list = self.get(root, "jobs")?;
        let names: HashMap<&str, usize> = self
            .document
            .entries(list)
            .enumerate()
            .filter_map(|(at, (name, _))| Some((self.document.text(name)?, at)))
            .collect();
        let mut jobs = Vec::new();
        let entries: Vec<NodeId> = self.document.entries(list).map(|(_, job)| job).collect();
        for job in entries {
            if self.get(job, "<<").is_some() {
                return None;
            }
            let mut needs = Vec::new();
            if let Some(list) = self.get(job, "needs") {
                let single = self.document.text(list).map(|_| list);
                for name in single.iter().chain(self.document.items(list)) {
                    self.spend(0)?;
                    needs.push(self.document.text(*name).and_then(|name| names.get(name)).copied());
                }
            }
            let condition = self.condition(job)?;
            let acts = self.acts(root, job)?;
            jobs.push(Job { condition, needs, acts });
        }
        Some(jobs)
    }

    fn acts(&mut self, root: NodeId, job: NodeId) -> Option<Vec<Act>> {
        self.look_at(job)?;
        if let Some(called) = self.at(job, "uses") {
            let may = TELLING.iter().any(|word| called.contains(word));
            let act = Act { kind: Kind::MayPublish, condition: None, certain: false };
            return Some(if may { vec![act] } else { Vec::new() });
        }
        let surroundings = self.index_of_environment(root)?.or(self.index_of_environment(job)?);
        let mut acts = Vec::new();
        let mut uploads = false;
        let steps = self.get(job, "steps").map(|steps| self.document.items(steps).to_vec());
        for step in steps.unwrap_or_default() {
            self.look_at(step)?;
            let surroundings = surroundings.or(self.index_of_environment(step)?);
            let found = self.step(step)?;
            uploads |= !found.uploads.is_empty();
            let published = found.uploads.into_iter().map(|target| target.or(surroundings));
            let published = published.filter(|target| *target != Target::Trial);
            let kinds = published.map(|target| (Kind::Publish, target == Target::Index));
            for (kind, certain) in kinds.chain(found.releases.into_iter().map(|release| (release, true))) {
                let condition = self.condition(step)?;
                acts.push(Act { kind, condition, certain: certain && !found.branches });
            }
        }
        if !uploads && self.is_trusted(root, job) {
            acts.push(Act { kind: Kind::Publish, condition: None, certain: true });
        }
        Some(acts)
    }

    fn look_at(&mut self, node: NodeId) -> Option<()> {
        self.spend(STEP_BYTES * self.document.entries(node).count())
    }

    /// Where the variables at `env` send distributions.
    fn index_of_environment(&mut self, node: NodeId) -> Option<Target> {
        let Some(variables) = self.get(node, "env") else { return Some(Target::Index) };
        self.look_at(variables)?;
        let text = |node| self.document.text(node).unwrap_or_default();
        let mut entries = self.document.entries(variables);
        let index = entries.find(|(name, _)| INDEX_VARIABLES.contains(&text(*name)));
        Some(index.map_or(Target::Index, |(_, value)| Target::named(text(value))))
    }

    fn step(&mut self, step: NodeId) -> Option<Step> {
        let mut found = Step::default();
        if let Some(run) = self.get(step, "run") {
            let script = self.document.text(run).unwrap_or_default();
            self.spend(script.len())?;
            let script = Script::read(script);
            let span = self.document.span(run);
            for (prerelease, flag) in script.releases {
                // The text of a block stands in the file with its indentation: the flag is looked for as it is written.
                let start = self.text[span.range()].find(&flag).map(|at| span.start + at);
                let at = start.map_or(span, |start| Span::new(start, start + flag.len()));
                found.releases.push(Kind::Release { prerelease, at });
            }
            (found.uploads, found.branches) = (script.uploads, script.branches);
        }
        let Some(action) = self.at(step, "uses") else { return Some(found) };
        let action = action.split('@').next().unwrap_or_default().to_ascii_lowercase();
        let Some(inputs) = self.get(step, "with") else {
            found.uploads.extend((action == UPLOAD_ACTION).then_some(Target::Index));
            return Some(found);
        };
        self.look_at(inputs)?;
        let input = |name| self.at(inputs, name);
        if action == UPLOAD_ACTION {
            let index = input("repository-url").or_else(|| input("repository_url")).unwrap_or_default();
            found.uploads.push(Target::named(index));
        } else if MATURIN_ACTIONS.contains(&action.as_str()) {
            let command = ["maturin", input("command").unwrap_or("build"), input("args").unwrap_or_default()].join(" ");
            self.spend(command.len())?;
            found.uploads = Script::read(&command).uploads;
        } else if RELEASE_ACTIONS.contains(&action.as_str())
            && let Some(at) = self.get(inputs, "prerelease")
            && let Some(prerelease) = self.document.text(at).and_then(|text| text.parse().ok())
        {
            found.releases.push(Kind::Release { prerelease, at: self.document.span(at) });
        }
        Some(found)
    }

    /// Whether the job may speak to PyPI in the project's name: an identity to show, and an environment that says where.
    fn is_trusted(&self, root: NodeId, job: NodeId) -> bool {
        let Some(permissions) = self.get(job, "permissions").or_else(|| self.get(root, "permissions")) else {
            return false;
        };
        let all = self.document.text(permissions) == Some("write-all");
        let Some(environment) = self.get(job, "environment") else { return false };
        let name = self.document.text(environment).or_else(|| self.at(environment, "name")).unwrap_or_default();
        let address = self.at(environment, "url").unwrap_or_default();
        let named = name.to_ascii_lowercase().contains("pypi") || address.contains("//pypi.org/");
        let index = Target::named(name).or(Target::named(address)) == Target::Index;
        (all || self.at(permissions, "id-token") == Some("write")) && named && index
    }
}

/// What a step does.
#[derive(Default)]
struct Step {
    uploads: Vec<Target>,
    releases: Vec<Kind>,
    /// Whether a shell decides which of it is done.
    branches: bool,
}
