//! relgate keeps an invalid release from leaving a maintainer's machine.
//!
//! One direction, no way back: [`cli`] says what was asked, [`event`] which subjects that means, [`repository`] gives
//! their files, [`config`] and [`project`] read every fact of them once, [`rules`] judge the facts, [`verdict`] decides
//! what a finding means, [`render`] tells it.

pub mod audit;
pub mod changelog;
pub mod cli;
pub mod config;
pub mod date;
pub mod declaration;
pub mod document;
pub mod earlier;
pub mod event;
pub mod failure;
pub mod files;
pub mod finding;
pub mod fix;
pub mod git;
pub mod init;
pub mod install;
pub mod judge;
pub mod notes;
pub mod outputs;
pub mod package;
pub mod position;
pub mod progress;
pub mod project;
pub mod provenance;
pub mod release;
pub mod render;
pub mod report;
pub mod repository;
pub mod rules;
pub mod tag;
pub mod verdict;
pub mod version;
pub mod workflow;

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::CommandFactory;

use cli::{Cli, Command, Hook};
use config::Settings;
use date::Date;
use event::{Moment, Rulebook, Subject, Update, Updates};
use failure::Failure;
use files::{Files, Repaired};
use finding::Safety;
use judge::Judge;
use progress::Progress;
use render::audit::Standing;
use render::terminal::Terminal;
use render::visible;
use report::Report;
use repository::{Repository, Snapshot};

/// What relgate is given of the process it runs in.
pub struct World<'a> {
    pub cwd: &'a Path,
    pub input: &'a mut dyn Read,
    /// Whether a person would have to type the input: git never gives that to a hook.
    pub input_is_terminal: bool,
    pub out: &'a mut dyn Write,
    /// The width of the terminal that `out` is, 0 where it does not say; `None`: it is none.
    pub out_columns: Option<usize>,
    pub err: &'a mut dyn Write,
    pub err_is_terminal: bool,
}

/// The exit codes: a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    let asked = match Cli::read(arguments) {
        Ok(asked) => asked,
        Err(error) => return usage(&error, &mut world),
    };
    let links = supports_hyperlinks::supports_hyperlinks();
    let terminal = Terminal::of(asked.color, world.out_columns, links, |name| std::env::var_os(name));
    let mut output = Vec::new();
    let answer = answer(&asked.command, &mut world, terminal, &mut output);
    if world.out_columns.is_none() && !is_disarmed(&asked.command) {
        visible::disarm(&mut output);
    }
    if let Err(error) = world.out.write_all(&output).and_then(|()| world.out.flush())
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        let failure = Failure::new(format!("the results cannot be written: {error}"));
        return failed(&failure, &mut world);
    }
    answer.unwrap_or_else(|failure| failed(&failure, &mut world))
}

fn usage(error: &clap::Error, world: &mut World<'_>) -> Exit {
    // A hook hands on names that others have chosen.
    let text = visible::lines(&error.render().to_string());
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

/// Whether the answer holds what looks like commands and is not to be touched: scripts that are all relgate's own, and the
/// annotations, whose renderer escapes what stands in them.
fn is_disarmed(command: &Command) -> bool {
    match command {
        Command::Check(arguments) => arguments.format == cli::Format::Github,
        Command::Completions { .. } => true,
        _ => false,
    }
}

fn answer(command: &Command, world: &mut World<'_>, terminal: Terminal, output: &mut Vec<u8>) -> Result<Exit, Failure> {
    match command {
        Command::Check(arguments) => check(arguments, world, terminal, output),
        Command::Notes(arguments) => tell_notes(arguments, world, output),
        Command::Hook(hook) => call(hook, world, terminal, output),
        Command::Install { hooks } => told(install::install(hooks, world.cwd)?, output),
        Command::Uninstall => told(install::uninstall(world.cwd)?, output),
        Command::Doctor => {
            let diagnosis = install::doctor(world.cwd)?;
            render::human::lines(&diagnosis.lines, output);
            Ok(if diagnosis.healthy { Exit::Clean } else { Exit::Found })
        }
        Command::Audit(arguments) => audit(arguments, world, terminal.color, output),
        Command::Init(arguments) => init(arguments, world, terminal.color, output),
        Command::Versions(arguments) => versions(arguments, world, terminal.color, output),
        Command::Rules { format: cli::ListFormat::Human } => {
            Ok(render::human::rules(rules::RULES, terminal.color, output))
        }
        Command::Rules { format: cli::ListFormat::Json } => {
            render::catalogue::json(rules::RULES, output);
            Ok(Exit::Clean)
        }
        Command::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), env!("CARGO_PKG_NAME"), output);
            Ok(Exit::Clean)
        }
        Command::Man { folder } => manual(&world.cwd.join(folder)),
        Command::Explain { rule } => Ok(render::human::explain(rules::find(rule)?, terminal.color, output)),
    }
}

/// Judges, and tells it on standard output and in every file that was asked for.
fn check(arguments: &cli::Check, world: &World<'_>, terminal: Terminal, output: &mut Vec<u8>) -> Result<Exit, Failure> {
    let terminal = Terminal { quiet: arguments.quiet, ..terminal };
    let judged = judged(arguments, world, terminal, output);
    let tell = |format, terminal, output: &mut Vec<u8>| match &judged {
        Ok(report) => render::check(report, format, terminal, output),
        Err(failure) => render::unjudged(failure, format, output),
    };
    if arguments.outputs.iter().all(|output| output.format.is_some()) {
        tell(arguments.format, terminal, output);
    }
    outputs::write(&arguments.outputs, world.cwd, |format| {
        let (format, mut text) = (format.unwrap_or(arguments.format), Vec::new());
        tell(format, Terminal { quiet: arguments.quiet, ..Terminal::NONE }, &mut text);
        if format != cli::Format::Github {
            visible::disarm(&mut text);
        }
        text
    })?;
    judged.map(|report| if arguments.exit_zero { Exit::Clean } else { exit(&report) })
}

fn judged(
    arguments: &cli::Check,
    world: &World<'_>,
    terminal: Terminal,
    output: &mut Vec<u8>,
) -> Result<Report, Failure> {
    let repository = Repository::open(arguments.repo.as_deref(), world.cwd)?;
    let subjects = [event::check::subject(arguments, &repository, event::ci::tag(variable))?];
    let today = arguments.today.map_or_else(today, Ok)?;
    let mut judge = Judge::new(&repository, &subjects, today);
    judge.all = arguments.all;
    judge.package = arguments.package.as_deref();
    judge.given = policy(arguments.policy.as_deref(), world.cwd)?;
    judge.whole_history = event::ci::whole_history(variable);
    judge.flattened = event::ci::flattens_tags(variable);
    if arguments.fix || arguments.diff {
        repair(&judge, &subjects[0], &repository, arguments, terminal.color, output)
    } else {
        judge.report(&subjects[0], &Repaired::new())
    }
}

fn versions(arguments: &cli::Versions, world: &World<'_>, color: bool, output: &mut Vec<u8>) -> Result<Exit, Failure> {
    let repository = Repository::open(arguments.repo.as_deref(), world.cwd)?;
    let moment = event::check::moment(&arguments.moment, &repository)?.unwrap_or(Moment::WorkTree);
    let subject = event::check::files(moment);
    let mut judge = Judge::new(&repository, std::slice::from_ref(&subject), today()?);
    judge.package = arguments.package.as_deref();
    let packages = judge.facts(&subject)?;
    match arguments.format {
        _ if arguments.short => render::human::short_versions(&packages, output)?,
        cli::ListFormat::Human => render::human::versions(&packages, color, output),
        cli::ListFormat::Json => render::json::versions(&packages, output),
    }
    Ok(Exit::Clean)
}

/// Repairs until nothing is left to repair, then writes or shows it; answers with what is left to say.
fn repair(
    judge: &Judge<'_>,
    subject: &Subject,
    repository: &Repository,
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
    let mut report = judge.report(subject, &repaired)?;
    for _ in 0..fix::MOST_ROUNDS {
        let (texts, count) = report.fixes(least);
        if count == 0 {
            break;
        }
        fixed += count;
        repaired.extend(texts);
        report = judge.report(subject, &repaired)?;
    }
    let snapshot = judge.snapshot(subject.moment)?;
    if arguments.diff {
        for (path, text) in repaired.iter().filter(|_| arguments.format == cli::Format::Human) {
            let judged = snapshot.read(path)?.map(|(_, judged)| judged).unwrap_or_default();
            render::diff::file(path, &judged, text, color, output);
        }
        return judge.report(subject, &Repaired::new());
    }
    fix::write_all(&repaired, &snapshot, repository, subject.moment == Moment::Index)?;
    Ok(Report { fixed, ..report })
}

/// Judges every release of the history.
fn audit(arguments: &cli::Audit, world: &mut World<'_>, color: bool, output: &mut Vec<u8>) -> Result<Exit, Failure> {
    let repository = Repository::open(arguments.repo.as_deref(), world.cwd)?;
    let today = arguments.today.map_or_else(today, Ok)?;
    let audit = audit::Audit {
        directory: arguments.repo.as_deref(),
        cwd: world.cwd,
        today,
        package: arguments.package.as_deref(),
        given: policy(arguments.policy.as_deref(), world.cwd)?,
        whole_history: event::ci::whole_history(variable),
    };
    let tags = audit::tags(&repository, arguments.tags.as_deref())?;
    let in_full = arguments.format == cli::AuditFormat::Json;
    let mut progress = Progress::new(world.err, world.err_is_terminal, tags.len());
    let told = |tag: &str, judged| render::audit::Row::of(tag, judged, in_full);
    let rows = audit.run(&tags, told, |done| progress.tell(done));
    progress.end();
    let overview = render::audit::Overview::of(rows?, &audit.folder_name(), today);
    if let Some(package) = arguments.package.as_deref().filter(|_| overview.rows.is_empty()) {
        return Err(Failure::new(format!("no tag is a release of a package `{package}`"))
            .help("`relgate versions` shows the packages that there are"));
    }
    let mut written = Vec::new();
    match arguments.format {
        cli::AuditFormat::Human => {
            render::audit::human::audit(&overview, color && arguments.output.is_none(), &mut written)
        }
        cli::AuditFormat::Json => render::audit::json::audit(&overview, &mut written),
        cli::AuditFormat::Html => render::audit::html::audit(&overview, &mut written),
    }
    match &arguments.output {
        None => output.append(&mut written),
        Some(path) => std::fs::write(world.cwd.join(path), &written)
            .map_err(|error| Failure::new(format!("the audit cannot be written to {}: {error}", path.display())))?,
    }
    Ok(match overview.worst() {
        None | Some(Standing::Clean | Standing::Warned) => Exit::Clean,
        Some(Standing::Wrong) => Exit::Found,
        Some(Standing::Failed) => Exit::Failed,
    })
}

/// Suggests settings, and writes them where that was asked for.
fn init(arguments: &cli::Init, world: &World<'_>, color: bool, output: &mut Vec<u8>) -> Result<Exit, Failure> {
    let repository = Repository::open(arguments.repo.as_deref(), world.cwd)?;
    let audit = audit::Audit {
        directory: arguments.repo.as_deref(),
        cwd: world.cwd,
        today: arguments.today.map_or_else(today, Ok)?,
        package: None,
        given: None,
        whole_history: event::ci::whole_history(variable),
    };
    let plan = init::Plan::of(&repository, &audit)?;
    let written = arguments.write && plan.write(&repository)?;
    let audit = audit::Audit { given: Some(plan.settings.clone()), ..audit };
    let in_full = arguments.format == cli::ListFormat::Json;
    let rows = audit.run(&plan.newest, |tag, judged| render::audit::Row::of(tag, judged, in_full), |_| ())?;
    let mut overview = render::audit::Overview::of(rows, &audit.folder_name(), audit.today);
    if plan.has_several {
        // The newest releases may be of one of the packages.
        overview.project = audit.folder_name();
    }
    match arguments.format {
        cli::ListFormat::Human => render::init::human(&plan, &overview, written, color, output),
        cli::ListFormat::Json => render::init::json(&plan, &overview, written, output),
    }
    Ok(Exit::Clean)
}

/// Prints the section of one release.
fn tell_notes(arguments: &cli::Notes, world: &World<'_>, output: &mut Vec<u8>) -> Result<Exit, Failure> {
    let repository = Repository::open(arguments.repo.as_deref(), world.cwd)?;
    let notes = notes::read(arguments, &repository, event::ci::tag(variable), today()?)?;
    if arguments.github_output {
        append_output(&render::notes::github_output(&notes), world.cwd)?;
        return Ok(Exit::Clean);
    }
    match arguments.format {
        cli::NotesFormat::Markdown => render::notes::markdown(&notes, world.out_columns.is_some(), output),
        cli::NotesFormat::Json => render::json::notes(&notes, output),
    }
    Ok(Exit::Clean)
}

/// Appends to the file in which GitHub's runner looks for the outputs of a step.
fn append_output(text: &str, cwd: &Path) -> Result<(), Failure> {
    let path = variable("GITHUB_OUTPUT").filter(|path| !path.is_empty()).ok_or_else(|| {
        Failure::new("`--github-output` needs the variable GITHUB_OUTPUT, which is not set")
            .help("GitHub Actions sets it in each step; elsewhere take `--format json`")
    })?;
    let file = std::fs::OpenOptions::new().append(true).create(true).open(cwd.join(&path));
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Failure::new(format!("the outputs of the step cannot be written to {path}: {error}")))
}

/// What git's hooks call: silent when all is well.
fn call(hook: &Hook, world: &mut World<'_>, terminal: Terminal, output: &mut Vec<u8>) -> Result<Exit, Failure> {
    let Updates { mut tags, branches, others } = updates(hook, world)?;
    let commits = matches!(hook, Hook::PreCommit | Hook::PreMergeCommit | Hook::CommitMsg { .. });
    if tags.is_empty() && others.is_empty() && !commits {
        // Most calls are about nothing that is judged: they end before a repository is opened.
        return Ok(Exit::Clean);
    }
    let repository = Repository::open(None, world.cwd)?;
    let given = match hook {
        Hook::PreReceive { policy: file } | Hook::Update { policy: file, .. } => policy(file.as_deref(), world.cwd)?,
        _ => None,
    };
    if !others.is_empty() && allows_release_tags_alone(&repository, given.as_ref()) {
        tags.extend(others);
    }
    let subjects = subjects(hook, tags, &repository, world.cwd)?;
    let mut judge = Judge::new(&repository, &subjects, today()?);
    judge.pushed = branches;
    judge.given = given;
    judge.whole_history = event::ci::whole_history(variable);
    judge.flattened = event::ci::flattens_tags(variable);
    let mut answer = Exit::Clean;
    for subject in &subjects {
        // Each is told as soon as it is judged: a push of thousands of tags is never held as a whole.
        let report = judge.report(subject, &Repaired::new())?;
        render::human::hook(&report, terminal, output);
        answer = answer.max(exit(&report));
    }
    Ok(answer)
}

/// Whether the settings of `HEAD`, or the `given` ones, refuse tags that cannot be releases. Settings that cannot be read
/// are told of where they are needed: such tags are let pass.
fn allows_release_tags_alone(repository: &Repository, given: Option<&Settings>) -> bool {
    if let Some(given) = given {
        return given.only_release_tags;
    }
    let Ok(Some(head)) = repository.head() else { return false };
    let settings = repository.tree(head).and_then(|files| config::read(&mut Files::new(&files), &rules::ids()));
    settings.is_ok_and(|settings| settings.only_release_tags)
}

/// The refs that a hook was told of.
fn updates(hook: &Hook, world: &mut World<'_>) -> Result<Updates, Failure> {
    match hook {
        Hook::PreCommit | Hook::PreMergeCommit | Hook::CommitMsg { .. } => Ok(Updates::default()),
        Hook::PrePush { .. } => {
            let mut updates = event::push::updates(&input(world)?)?;
            if updates.tags.is_empty()
                && let Some((reference, new)) = event::push::shown_by_framework(variable)
            {
                // What they call the old one need not be what the remote has.
                updates.add(&reference, "", &new);
            }
            Ok(updates)
        }
        Hook::PreReceive { .. } => event::receive::updates("pre-receive", &input(world)?),
        Hook::Update { reference, old, new, .. } => {
            let mut updates = Updates::default();
            updates.add(reference, old, new);
            Ok(updates)
        }
        Hook::ReferenceTransaction { state } if event::transaction::waits(state) => {
            event::transaction::updates(state, &input(world)?)
        }
        Hook::ReferenceTransaction { .. } => Ok(Updates::default()),
    }
}

fn subjects(hook: &Hook, updates: Vec<Update>, repository: &Repository, cwd: &Path) -> Result<Vec<Subject>, Failure> {
    match hook {
        Hook::PreCommit => Ok(vec![event::commit::subject("pre-commit", repository, variable)?]),
        Hook::PreMergeCommit => Ok(vec![event::commit::subject("pre-merge-commit", repository, variable)?]),
        Hook::CommitMsg { file } => Ok(vec![event::commit::message(file, cwd, repository)?]),
        Hook::PrePush { remote, .. } => {
            let rulebook = event::push::rulebook(remote.as_deref(), repository)?;
            event::subjects("pre-push", updates, repository, rulebook)
        }
        Hook::PreReceive { .. } => event::subjects("pre-receive", updates, repository, Rulebook::Head),
        Hook::Update { .. } => event::subjects("update", updates, repository, Rulebook::Head),
        Hook::ReferenceTransaction { .. } => {
            let updates = event::transaction::new(updates, repository)?;
            if updates.is_empty() || event::transaction::brings_from_elsewhere() {
                return Ok(Vec::new());
            }
            event::subjects("reference-transaction", updates, repository, Rulebook::Judged)
        }
    }
}

/// Bytes that a hook is told: a line for each of a million refs.
const LONGEST_INPUT: u64 = 256 << 20;

/// Standard input, which git closes; nothing where a person would have to type it.
fn input(world: &mut World<'_>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    if !world.input_is_terminal {
        let read = world.input.take(LONGEST_INPUT + 1).read_to_end(&mut bytes);
        read.map_err(|error| Failure::new(format!("standard input cannot be read: {error}")))?;
    }
    if bytes.len() as u64 > LONGEST_INPUT {
        return Err(Failure::new(format!(
            "standard input has more than {LONGEST_INPUT} bytes: git does not say so much"
        )));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The settings of a file that the command line names in place of the repository's own.
fn policy(file: Option<&Path>, cwd: &Path) -> Result<Option<Settings>, Failure> {
    let Some(file) = file else { return Ok(None) };
    let path = file.to_string_lossy().into_owned();
    let bytes = std::fs::read(cwd.join(file))
        .map_err(|error| Failure::new(format!("the policy file {path} cannot be read: {error}")))?;
    let snapshot = Snapshot::memory([(path.clone(), bytes)]);
    config::read_policy(&mut Files::new(&snapshot), &path, &rules::ids()).map(Some)
}

/// Writes the manual pages.
fn manual(folder: &Path) -> Result<Exit, Failure> {
    let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(Cli::command(), folder));
    written.map_err(|error| {
        Failure::new(format!("the manual pages cannot be written to {}: {error}", folder.display()))
    })?;
    Ok(Exit::Clean)
}

fn told(outcome: install::Outcome, output: &mut Vec<u8>) -> Result<Exit, Failure> {
    render::human::lines(&outcome.lines, output);
    outcome.failure.map_or(Ok(Exit::Clean), Err)
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
