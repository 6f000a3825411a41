//! Every release of the history, judged by its own tree.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use globset::Glob;

use crate::config::Settings;
use crate::date::Date;
use crate::event;
use crate::failure::Failure;
use crate::files::Repaired;
use crate::judge::Judge;
use crate::report::Report;
use crate::repository::Repository;
use crate::tag::{self, Reading};
use crate::version::Version;

/// How many neighbours in the order of versions are judged by one thread: they share most of their files.
const RUN_LENGTH: usize = 32;

/// Where and how every release is judged.
#[derive(Clone, Debug)]
pub struct Audit<'a> {
    /// As the command line names it.
    pub directory: Option<&'a Path>,
    pub cwd: &'a Path,
    pub today: Date,
    /// The only package that is judged.
    pub package: Option<&'a str>,
    /// The settings that stand in for those of each tree.
    pub given: Option<Settings>,
    /// How a history that is not here is fetched.
    pub whole_history: &'static str,
}

/// The tags whose names match `pattern`, neighbours in the order of their versions beside each other.
///
/// # Errors
/// Where the pattern is none or matches nothing, and where the tags cannot be read.
pub fn tags(repository: &Repository, pattern: Option<&str>) -> Result<Vec<String>, Failure> {
    let pattern = match pattern.map(Glob::new).transpose() {
        Ok(pattern) => pattern.map(|pattern| pattern.compile_matcher()),
        Err(error) => return Err(Failure::new(format!("`--tags` takes a pattern such as `v1.*`: {error}"))),
    };
    let named = repository.tags(|name| pattern.as_ref().is_none_or(|pattern| pattern.is_match(name)))?;
    let mut tags: Vec<String> = named.into_iter().map(|(name, _)| name).collect();
    if let (true, Some(pattern)) = (tags.is_empty(), &pattern) {
        return Err(Failure::new(format!("no tag matches `{}`", pattern.glob())));
    }
    tags.sort_by_cached_key(|name| order(name));
    Ok(tags)
}

/// What stands before the version, and the version.
fn order(tag: &str) -> (String, Option<Version>) {
    match tag::read_usual(tag, None) {
        Reading::Release { version, start } => (tag[..start].to_owned(), Some(version)),
        Reading::Faulty { .. } | Reading::Other => (tag.to_owned(), None),
    }
}

impl Audit<'_> {
    /// Judges the releases among `tags` on every core. What `told` makes of each comes back in the order of `tags`; files
    /// and facts are gone by then. `progress` hears how many are done.
    ///
    /// # Errors
    /// Where the repository cannot be opened.
    pub fn run<Row: Send>(
        &self,
        tags: &[String],
        told: impl Fn(&str, Judged) -> Row + Sync,
        mut progress: impl FnMut(usize),
    ) -> Result<Vec<Row>, Failure> {
        let runs: Vec<(usize, &[String])> = (0..).step_by(RUN_LENGTH).zip(tags.chunks(RUN_LENGTH)).collect();
        let next = AtomicUsize::new(0);
        let (sender, receiver) = mpsc::channel();
        let work = |sender: mpsc::Sender<(usize, Row)>| -> Result<(), Failure> {
            let repository = Repository::open(self.directory, self.cwd)?;
            let judge = self.judge(&repository);
            while let Some((first, run)) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
                for (index, tag) in (*first..).zip(*run) {
                    // The rows are collected until the last sender is gone.
                    let _ = sender.send((index, told(tag, judge_tag(tag, &judge, &repository))));
                }
            }
            Ok(())
        };
        thread::scope(|scope| {
            let start = || {
                let sender = sender.clone();
                scope.spawn(|| work(sender))
            };
            let cores = thread::available_parallelism().map_or(1, NonZero::get);
            let threads: Vec<_> = (0..cores.min(runs.len())).map(|_| start()).collect();
            drop(sender);
            let mut rows = Vec::with_capacity(tags.len());
            for row in receiver {
                rows.push(row);
                progress(rows.len());
            }
            for thread in threads {
                thread.join().unwrap_or_else(|panic| resume_unwind(panic))?;
            }
            rows.sort_unstable_by_key(|(index, _)| *index);
            Ok(rows.into_iter().map(|(_, row)| row).collect())
        })
    }

    fn judge<'r>(&'r self, repository: &'r Repository) -> Judge<'r> {
        let mut judge = Judge::new(repository, &[], self.today);
        judge.package = self.package;
        judge.given.clone_from(&self.given);
        judge.whole_history = self.whole_history;
        judge
    }
}

impl Audit<'_> {
    /// What the project is called where its files do not say: as the folder of its repository.
    pub fn folder_name(&self) -> String {
        let directory = self.directory.map_or_else(|| self.cwd.to_path_buf(), |directory| self.cwd.join(directory));
        let directory = directory.canonicalize().unwrap_or(directory);
        let name = directory.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        name.strip_suffix(".git").map(str::to_owned).unwrap_or(name)
    }
}

/// The answer about one tag.
#[derive(Debug)]
pub struct Judged {
    /// The day on which the tag was made, or its commit where it says none.
    pub date: Option<Date>,
    /// `None` where it is no release, or none of the package that is judged.
    pub report: Result<Option<Report>, Failure>,
}

fn judge_tag(tag: &str, judge: &Judge<'_>, repository: &Repository) -> Judged {
    let subject = match event::audit::subject(tag, repository) {
        Ok(Some(subject)) => subject,
        Ok(None) => return Judged { date: None, report: Ok(None) },
        Err(failure) => return Judged { date: None, report: Err(failure) },
    };
    let report = || match judge.holds_package(&subject)? {
        true => judge.report(&subject, &Repaired::new()).map(Some),
        // A release from before there was the package is none of it.
        false => Ok(None),
    };
    let date = subject.tag.as_ref().and_then(|tag| tag.dates.first()).copied();
    Judged { date, report: report() }
}
