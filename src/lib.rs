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
pub mod fix;
pub mod package;
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
use config::Settings;
use date::Date;
use event::{Base, Moment, Subject};
use failure::Failure;
use files::{Files, Repaired};
use finding::Safety;
use project::{Facts, Package};
use release::{Named, Naming};
use report::{Judgement, Report, SnapshotName};
use repository::{Repository, Snapshot};
use verdict::Verdict;

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
            let package = arguments.package.as_deref();
            let judge = Judge { repository: &repository, today, all: arguments.all, package };
            let report = if arguments.fix || arguments.diff {
                judge.repair(&subject, arguments, color, output)?
            } else {
                judge.report(&[subject], &Repaired::new())?
            };
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
            let judge = Judge { repository: &repository, today: today()?, all: false, package: None };
            let report = judge.report(&subjects, &Repaired::new())?;
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

/// How a run judges, whatever it judges.
struct Judge<'a> {
    repository: &'a Repository,
    today: Date,
    /// Whether findings that the base already has are told.
    all: bool,
    /// The only package that is judged.
    package: Option<&'a str>,
}

impl Judge<'_> {
    /// Judges the subjects, their files as they would be with the repairs.
    fn report(&self, subjects: &[Subject], repaired: &Repaired) -> Result<Report, Failure> {
        let mut judgements = Vec::new();
        for subject in subjects {
            judgements.extend(self.judge(subject, repaired)?);
        }
        Ok(Report { judgements, fixed: 0 })
    }

    /// Repairs until nothing is left to repair, then writes or shows it; answers with what is left to say.
    fn repair(
        &self,
        subject: &Subject,
        arguments: &cli::Check,
        color: bool,
        output: &mut Vec<u8>,
    ) -> Result<Report, Failure> {
        if let Moment::Commit(_) = subject.moment {
            return Err(Failure::new("a commit cannot be repaired")
                .help("use `--fix` on the files: with `--worktree`, or with `--staged`"));
        }
        let least = if arguments.unsafe_fixes { Safety::Unsafe } else { Safety::Safe };
        let mut repaired = Repaired::new();
        let mut fixed = 0;
        let mut report = self.report(std::slice::from_ref(subject), &repaired)?;
        for _ in 0..fix::MOST_ROUNDS {
            let (texts, count) = report.fixes(least);
            if count == 0 {
                break;
            }
            fixed += count;
            repaired.extend(texts);
            report = self.report(std::slice::from_ref(subject), &repaired)?;
        }
        let snapshot = self.snapshot(subject.moment)?;
        if arguments.diff {
            for (path, text) in repaired.iter().filter(|_| arguments.format == cli::Format::Human) {
                render::diff::file(path, &snapshot.read(path)?.unwrap_or_default(), text, color, output);
            }
            return self.report(std::slice::from_ref(subject), &Repaired::new());
        }
        fix::write_all(&repaired, &snapshot, self.repository, subject.moment == Moment::Index)?;
        Ok(Report { fixed, ..report })
    }

    fn snapshot(&self, moment: Moment) -> Result<Snapshot, Failure> {
        match moment {
            Moment::WorkTree => self.repository.files(),
            Moment::Index => self.repository.index(),
            Moment::Commit(commit) => self.repository.tree(commit),
        }
    }

    /// Snapshot, settings, facts, rules, verdicts: the one way in which anything is judged.
    fn judge(&self, subject: &Subject, repaired: &Repaired) -> Result<Vec<Judgement>, Failure> {
        let snapshot = self.snapshot(subject.moment)?;
        let mut files = Files::with_repairs(&snapshot, repaired);
        let settings = config::read(&mut files, &rules::ids())?;
        let packages = package::find(&mut files, &settings)?;
        let chosen: Vec<&Package> = match (self.package, &subject.tag) {
            (Some(wanted), _) => vec![package::named(wanted, &packages, &mut files)?],
            (None, Some(tag)) => package::released_by(&tag.name, &packages, &mut files)?,
            (None, None) => packages.iter().collect(),
        };
        let mut read = Vec::new();
        for package in &chosen {
            let facts = project::read(Files::with_repairs(&snapshot, repaired), package, self.today)?;
            // The top of a repository of many packages may hold nothing that is released.
            if facts.say_anything() || chosen.len() == 1 {
                read.push((*package, facts));
            }
        }
        if let Some(tag) = &subject.tag
            && !package::released_together(&read)
        {
            let facts = project::read(Files::new(&snapshot), &Package::default(), self.today)?;
            let reason = format!("`{}` is the tag of no package of this repository", tag.name);
            return if tag.made {
                Ok(vec![self.judgement(subject, facts, Vec::new(), Some(reason))])
            } else {
                Err(Failure::new(reason).help("name the package in the tag, or say in the settings how tags are named"))
            };
        }
        if read.is_empty() {
            return Err(nothing_to_judge());
        }
        read.into_iter().map(|(package, facts)| self.judge_package(subject, package, &settings, facts)).collect()
    }

    fn judge_package(
        &self,
        subject: &Subject,
        package: &Package,
        settings: &Settings,
        mut facts: Facts,
    ) -> Result<Judgement, Failure> {
        if let Some(tag) = &subject.tag {
            let template = package.tag.as_ref();
            let folder = package.folder_name().filter(|folder| tag::names(&tag.name, template, folder));
            let naming = Naming { template, package: folder.or(facts.declared.name.as_deref()) };
            match release::of_tag(tag, subject.moment, naming, self.repository, &mut facts.sources)? {
                Named::Release(release) => facts.release = Some(*release),
                Named::Other(_) if !tag.made => return Err(event::no_such_tag(&tag.name, self.repository)),
                Named::Other(reason) => return Ok(self.judgement(subject, facts, Vec::new(), Some(reason))),
            }
        }
        if !facts.say_anything() {
            return Err(nothing_to_judge());
        }
        let base = || self.base_facts(subject, package, &facts);
        let verdicts = verdict::judge(&facts, &settings.levels, base)?;
        Ok(self.judgement(subject, facts, verdicts, None))
    }

    fn judgement(
        &self,
        subject: &Subject,
        facts: Facts,
        verdicts: Vec<Verdict>,
        no_release: Option<String>,
    ) -> Judgement {
        let (told, old): (Vec<_>, Vec<_>) = verdicts.into_iter().partition(|verdict| self.all || !verdict.old);
        let snapshot = match subject.moment {
            Moment::WorkTree => SnapshotName::WorkTree,
            Moment::Index => SnapshotName::Index,
            Moment::Commit(commit) => SnapshotName::Tree(commit.to_string()),
        };
        Judgement { event: subject.event, snapshot, facts, verdicts: told, old: old.len(), no_release }
    }

    /// The facts of what the subject is compared with, under the subject's own settings.
    fn base_facts(&self, subject: &Subject, package: &Package, facts: &Facts) -> Result<Option<Facts>, Failure> {
        let commit = match (subject.base, &facts.release) {
            (Base::Commit(commit), _) => commit,
            (Base::PreviousRelease, Some(release)) => match release::previous(release, self.repository)? {
                Some(commit) => commit,
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let snapshot = self.repository.tree(commit)?;
        // A base that cannot be read excuses nothing, and is no fault of what is judged.
        Ok(project::read(Files::new(&snapshot), package, facts.today).ok())
    }
}

fn nothing_to_judge() -> Failure {
    Failure::new("there is neither a Python project nor a changelog to judge: no pyproject.toml, setup.cfg or setup.py")
        .help("relgate reads them at the top of the repository, in a folder that alone has them, or where settings say")
}
