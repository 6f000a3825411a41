//! relgate keeps an invalid release from leaving a maintainer's machine.
//!
//! One direction, no way back: [`cli`] says what was asked, [`event`] which subjects that means, [`repository`] gives
//! their files, [`config`] and [`project`] read every fact of them once, [`rules`] judge the facts, [`verdict`] decides
//! what a finding means, [`render`] tells it.

pub mod changelog;
pub mod cli;
pub mod config;
pub mod date;
pub mod declaration;
pub mod event;
pub mod failure;
pub mod files;
pub mod finding;
pub mod position;
pub mod project;
pub mod release;
pub mod render;
pub mod report;
pub mod repository;
pub mod rules;
pub mod tag;
pub mod verdict;
pub mod version;

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Parser;

use cli::{Cli, Command, Hook};
use date::Date;
use event::{Base, Moment, Subject};
use failure::Failure;
use files::Files;
use project::Facts;
use release::{Named, Naming};
use report::{Judgement, Report, SnapshotName};
use repository::Repository;

/// What relgate is given of the process it runs in.
pub struct World<'a> {
    pub cwd: &'a Path,
    pub input: &'a mut dyn Read,
    /// Whether a person would have to type the input: git never gives that to a hook.
    pub input_is_terminal: bool,
    pub out: &'a mut dyn Write,
    pub out_is_terminal: bool,
    pub err: &'a mut dyn Write,
}

/// The exit codes: a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing that blocks.
    Clean = 0,
    /// Findings that block.
    Found = 1,
    /// Could not judge.
    Failed = 2,
}

/// Runs one command.
pub fn run(arguments: impl IntoIterator<Item = OsString>, mut world: World<'_>) -> Exit {
    let asked = match Cli::try_parse_from(arguments) {
        Ok(asked) => asked,
        Err(error) => return usage(&error, &mut world),
    };
    let color = render::color(asked.color, world.out_is_terminal, |name| std::env::var_os(name));
    let mut output = Vec::new();
    let answer = answer(&asked.command, &mut world, color, &mut output);
    if let Err(error) = world.out.write_all(&output).and_then(|()| world.out.flush())
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        let failure = Failure::new(format!("the results cannot be written: {error}"));
        return failed(&failure, &mut world);
    }
    answer.unwrap_or_else(|failure| failed(&failure, &mut world))
}

fn usage(error: &clap::Error, world: &mut World<'_>) -> Exit {
    let text = error.render();
    let (stream, exit): (&mut dyn Write, Exit) =
        if error.use_stderr() { (world.err, Exit::Failed) } else { (world.out, Exit::Clean) };
    match write!(stream, "{text}") {
        Ok(()) => exit,
        Err(_) => Exit::Failed,
    }
}

fn failed(failure: &Failure, world: &mut World<'_>) -> Exit {
    // Where standard error cannot be written either, the exit code alone has to say it.
    let _ = world.err.write_all(render::failure(failure).as_bytes());
    Exit::Failed
}

fn answer(command: &Command, world: &mut World<'_>, color: bool, output: &mut Vec<u8>) -> Result<Exit, Failure> {
    match command {
        Command::Check(arguments) => {
            let repository = Repository::open(arguments.repo.as_deref(), world.cwd)?;
            let ci_tag = event::ci_tag(variable);
            let subject = event::check(arguments, &repository, ci_tag)?;
            let today = arguments.today.map_or_else(today, Ok)?;
            let report = report(&[subject], &repository, today, arguments.all)?;
            match arguments.format {
                cli::Format::Human => render::human::check(&report, color, output),
                cli::Format::Json => render::json::check(&report, output),
            }
            Ok(exit(&report))
        }
        Command::Hook(hook) => {
            let repository = Repository::open(None, world.cwd)?;
            let subjects = match hook {
                Hook::PreCommit => vec![event::commit("pre-commit", &repository, variable)?],
                Hook::PreMergeCommit => vec![event::commit("pre-merge-commit", &repository, variable)?],
                Hook::PrePush { .. } if world.input_is_terminal => Vec::new(),
                Hook::PrePush { .. } => event::push(world.input, &repository)?,
            };
            let report = report(&subjects, &repository, today()?, false)?;
            render::human::hook(&report, color, output);
            Ok(exit(&report))
        }
        Command::Rules { format: cli::ListFormat::Human } => Ok(render::human::rules(rules::RULES, color, output)),
        Command::Rules { format: cli::ListFormat::Json } => Ok(render::json::rules(rules::RULES, output)),
        Command::Explain { rule } => Ok(render::human::explain(rules::find(rule)?, color, output)),
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn exit(report: &Report) -> Exit {
    if report.blocks() { Exit::Found } else { Exit::Clean }
}

/// The day in UTC. Rules that compare dates allow for a day of difference, which is what zones can make.
fn today() -> Result<Date, Failure> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok().and_then(|now| i64::try_from(now.as_secs()).ok());
    now.and_then(|seconds| Date::from_unix(seconds, 0))
        .ok_or_else(|| Failure::new("the clock shows no day of the calendar").help("set it right, or give `--today`"))
}

fn report(subjects: &[Subject], repository: &Repository, today: Date, all: bool) -> Result<Report, Failure> {
    let judgements = subjects.iter().map(|subject| judge(subject, repository, today, all));
    Ok(Report { judgements: judgements.collect::<Result<_, _>>()? })
}

/// Snapshot, settings, facts, rules, verdicts: the one way in which anything is judged.
fn judge(subject: &Subject, repository: &Repository, today: Date, all: bool) -> Result<Judgement, Failure> {
    let snapshot = match subject.moment {
        Moment::WorkTree => repository.files()?,
        Moment::Index => repository.index()?,
        Moment::Commit(commit) => repository.tree(commit)?,
    };
    let mut files = Files::new(&snapshot);
    let settings = config::read(&mut files, &rules::ids())?;
    let mut facts = project::read(files, "", settings.policy.clone(), today)?;
    let judgement = |facts, verdicts: Vec<verdict::Verdict>, no_release| {
        let (told, old): (Vec<_>, Vec<_>) = verdicts.into_iter().partition(|verdict| all || !verdict.old);
        let snapshot = match subject.moment {
            Moment::WorkTree => SnapshotName::WorkTree,
            Moment::Index => SnapshotName::Index,
            Moment::Commit(commit) => SnapshotName::Tree(commit.to_string()),
        };
        Judgement { event: subject.event, snapshot, facts, verdicts: told, old: old.len(), no_release }
    };
    if let Some(tag) = &subject.tag {
        let naming = Naming { template: settings.tag.as_ref(), package: facts.declared.name.as_deref() };
        match release::of_tag(tag, subject.moment, naming, repository, &mut facts.sources)? {
            Named::Release(release) => facts.release = Some(*release),
            Named::Other(_) if !tag.made => return Err(event::no_such_tag(&tag.name, repository)),
            Named::Other(reason) => return Ok(judgement(facts, Vec::new(), Some(reason))),
        }
    }
    if !facts.say_anything() {
        return Err(nothing_to_judge());
    }
    let base = || base_facts(subject, &facts, repository);
    let verdicts = verdict::judge(&facts, &settings.levels, base)?;
    Ok(judgement(facts, verdicts, None))
}

fn nothing_to_judge() -> Failure {
    Failure::new("there is neither a Python project nor a changelog to judge: no pyproject.toml, setup.cfg or setup.py")
        .help("relgate reads them at the top of the repository")
}

/// The facts of what the subject is compared with, under the subject's own settings.
fn base_facts(subject: &Subject, facts: &Facts, repository: &Repository) -> Result<Option<Facts>, Failure> {
    let commit = match (subject.base, &facts.release) {
        (Base::Commit(commit), _) => commit,
        (Base::PreviousRelease, Some(release)) => match release::previous(release, repository)? {
            Some(commit) => commit,
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    let snapshot = repository.tree(commit)?;
    // A base that cannot be read excuses nothing, and is no fault of what is judged.
    Ok(project::read(Files::new(&snapshot), "", facts.policy.clone(), facts.today).ok())
}
