//! The command line: types only.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::date::Date;
use crate::failure::nearest;

/// Keeps an invalid release from leaving your machine: version files, tag and changelog have to agree.
#[derive(Debug, Parser)]
#[command(name = "relgate", version, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    /// When to use colours.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Reads the arguments of the process, the first of which is its own name.
    ///
    /// # Errors
    /// Where they are none of relgate's, or ask for help or the version.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let arguments: Vec<OsString> = arguments.into_iter().collect();
        match Hook::as_git_calls_it(&arguments) {
            Some(hook) => Ok(Self { color: Color::Auto, command: Command::Hook(hook) }),
            None => Self::try_parse_from(arguments),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum Command {
    /// Judge the work tree, the index, a commit, or the release that a tag makes.
    Check(Check),
    /// Print the section of the changelog that a release has, as its notes.
    Notes(Notes),
    /// What git's hooks call.
    #[command(subcommand)]
    Hook(Hook),
    /// Let git's hooks call relgate: pre-commit, pre-merge-commit and pre-push; in a bare repository pre-receive.
    Install {
        /// Install this hook in place of those; can be given again.
        #[arg(long = "hook", value_enum, value_name = "NAME")]
        hooks: Vec<GitHook>,
    },
    /// Take away the hooks that relgate has installed, and nothing else.
    Uninstall,
    /// Say which hooks really run, and whether a push of a tag alone is guarded.
    Doctor,
    /// Judge every release tag of the history by its own tree.
    #[command(after_help = AUDIT_EXIT)]
    Audit(Audit),
    /// Read the history, and suggest settings that fit it, each with what shows it.
    Init(Init),
    /// Show every place that states the version, and which of them decides.
    Versions(Versions),
    /// List the rules.
    Rules {
        #[arg(long, value_enum, default_value_t = ListFormat::Human, value_name = "FORMAT")]
        format: ListFormat,
    },
    /// Say what a rule does, why, and show examples.
    Explain {
        /// The id of a rule, as `relgate rules` lists them.
        rule: String,
    },
    /// Print what lets a shell complete relgate's commands.
    Completions {
        #[arg(value_enum, value_name = "SHELL")]
        shell: Shell,
    },
    /// Write the manual pages, one for each command.
    Man {
        /// The folder that they are written into, most often a `man1`.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    pub moment: MomentArgs,
    /// Judge the release that this tag makes. A tag that does not exist yet is judged on HEAD, or on --rev or --staged.
    #[arg(long, value_name = "TAG")]
    pub tag: Option<String>,
    /// What the text of the changelog is compared with: a finding that is already there does not block.
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// Judge only the package of that name.
    #[arg(long, value_name = "NAME")]
    pub package: Option<String>,
    /// The repository, ordinary or bare; default: the one around the current directory.
    #[arg(long, value_name = "DIR")]
    pub repo: Option<PathBuf>,
    /// How the findings are told.
    #[arg(long, visible_alias = "output-format", value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    pub format: Format,
    /// Write to FILE and not to standard output; FORMAT=FILE writes another format beside it. Can be given again.
    #[arg(long = "output", value_name = "[FORMAT=]FILE", value_parser = Output::parse)]
    pub outputs: Vec<Output>,
    /// Tell findings, and nothing where there are none.
    #[arg(long, short)]
    pub quiet: bool,
    /// Exit with 0 even where findings block; what cannot be judged still ends with 2.
    #[arg(long)]
    pub exit_zero: bool,
    /// Judge by the settings of this file, and by none of the repository's own.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Show findings that the base already has, too.
    #[arg(long)]
    pub all: bool,
    /// Repair what has one right answer, then judge what is left. Work tree, or with --staged the index.
    #[arg(long)]
    pub fix: bool,
    /// With --fix or --diff: repair what asks to be looked at, too.
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Show what --fix would change, and change nothing.
    #[arg(long)]
    pub diff: bool,
    /// The day of the judgement; default: today.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub today: Option<Date>,
}

const AUDIT_EXIT: &str = "Exit code: 0 no release has findings that block, 1 some have, 2 some could not be judged";

#[derive(Debug, Args)]
pub struct Audit {
    /// Judge only the tags whose names match, as in `v1.*`.
    #[arg(long, value_name = "GLOB")]
    pub tags: Option<String>,
    /// Judge only the releases of the package of that name.
    #[arg(long, value_name = "NAME")]
    pub package: Option<String>,
    /// The repository, ordinary or bare; default: the one around the current directory.
    #[arg(long, value_name = "DIR")]
    pub repo: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = AuditFormat::Human, value_name = "FORMAT")]
    pub format: AuditFormat,
    /// Write the answer to this file, and nothing to standard output.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Judge by the settings of this file, and by none of the repository's own.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The day of the judgement; default: today.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub today: Option<Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AuditFormat {
    Human,
    Json,
    /// One page that needs no network.
    Html,
}

#[derive(Debug, Args)]
pub struct Init {
    /// Write them: into pyproject.toml where there is one, else into relgate.toml. Settings that are there stay as they are.
    #[arg(long)]
    pub write: bool,
    /// The repository, ordinary or bare; default: the one around the current directory.
    #[arg(long, value_name = "DIR")]
    pub repo: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = ListFormat::Human, value_name = "FORMAT")]
    pub format: ListFormat,
    /// The day of the judgement; default: today.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub today: Option<Date>,
}

#[derive(Debug, Args)]
pub struct Versions {
    #[command(flatten)]
    pub moment: MomentArgs,
    /// Show only the package of that name.
    #[arg(long, value_name = "NAME")]
    pub package: Option<String>,
    /// The repository, ordinary or bare; default: the one around the current directory.
    #[arg(long, value_name = "DIR")]
    pub repo: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = ListFormat::Human, value_name = "FORMAT")]
    pub format: ListFormat,
    /// Print the version that is built, and nothing else.
    #[arg(long, conflicts_with = "format")]
    pub short: bool,
}

#[derive(Debug, Args)]
pub struct Notes {
    /// A tag, a version or `unreleased`; default: the tag that CI builds, else the declared version, else the newest release.
    #[arg(value_name = "TAG | VERSION | unreleased")]
    pub release: Option<String>,
    /// Read the files of a commit; default: of the tag's commit where the tag is there, else as they stand in the folder.
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// Read the changelog of the package of that name.
    #[arg(long, value_name = "NAME")]
    pub package: Option<String>,
    /// The repository, ordinary or bare; default: the one around the current directory.
    #[arg(long, value_name = "DIR")]
    pub repo: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = NotesFormat::Markdown, value_name = "FORMAT")]
    pub format: NotesFormat,
    /// Append version, date, prerelease, yanked and notes to the file that $GITHUB_OUTPUT names, and print nothing.
    #[arg(long)]
    pub github_output: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum NotesFormat {
    /// The section as it is written.
    Markdown,
    Json,
}

#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct MomentArgs {
    /// Judge the files as the next commit would have them.
    #[arg(long)]
    pub staged: bool,
    /// Judge the files as they stand in the folder (the default).
    #[arg(long)]
    pub worktree: bool,
    /// Judge the files of a commit.
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: each finding with the lines it is about.
    Human,
    /// One line for each finding, as compilers write it.
    Concise,
    /// One document with all that was judged.
    Json,
    /// One line of JSON for each finding.
    Jsonl,
    /// SARIF 2.1.0, for code scanning and editors.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// GitLab's Code Quality report.
    Gitlab,
    /// JUnit's XML, for Jenkins, GitLab and others.
    Junit,
    /// The format of reviewdog.
    Rdjson,
    /// A table, for the summary of a job.
    Markdown,
}

/// A file that an answer is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// `None`: the format of standard output, which then gets nothing.
    pub format: Option<Format>,
    pub path: PathBuf,
}

impl Output {
    /// `FORMAT=FILE` or `FILE`. What stands before a `=` and can be no folder is meant as a format.
    fn parse(text: &str) -> Result<Self, String> {
        let word = |word: &str| !word.contains(['/', '\\', '.', ':']);
        let Some((name, path)) = text.split_once('=').filter(|(name, _)| word(name)) else {
            return if text.is_empty() {
                Err("it names no file".to_owned())
            } else {
                Ok(Self { format: None, path: text.into() })
            };
        };
        let known: Vec<_> = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect();
        let known: Vec<&str> = known.iter().map(PossibleValue::get_name).collect();
        let format = Format::from_str(name, false).map_err(|_| {
            let near = nearest(name, &known).map_or_else(|| known.join(", "), |near| format!("did you mean `{near}`?"));
            format!("there is no format `{name}`: {near}; a file of that name is `./{text}`")
        })?;
        if path.is_empty() {
            Err("it names no file".to_owned())
        } else {
            Ok(Self { format: Some(format), path: path.into() })
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    Human,
    Json,
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum Hook {
    /// Judge what is about to be committed.
    PreCommit,
    /// Judge what a merge is about to commit.
    PreMergeCommit,
    /// Judge the message of what is about to be committed, where the setting `commit-message` asks for it.
    CommitMsg {
        /// The file that holds the message.
        file: PathBuf,
    },
    /// Judge the release tags of a push; standard input is what git gives the hook.
    PrePush {
        /// The name of the remote, or its URL.
        remote: Option<String>,
        /// The remote's URL.
        url: Option<String>,
    },
    /// Judge release tags when they are made; standard input is what git gives the hook.
    ReferenceTransaction {
        /// What git is about to do, or has done.
        state: String,
    },
    /// Judge the release tags that a repository is about to receive; standard input is what git gives the hook.
    PreReceive {
        /// Judge by the settings of this file; default: by those of the default branch.
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
    },
    /// Judge one ref that a repository is about to receive.
    Update {
        /// Judge by the settings of this file; default: by those of the default branch.
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
        /// The full name of the ref.
        reference: String,
        /// What it names until now.
        old: String,
        /// What it is to name.
        new: String,
    },
}

impl Hook {
    /// A hook that is called with no more and no less than git gives it. Read without clap, which takes longer to set up
    /// the whole command line than a hook that has nothing to judge lives, and answers the same.
    fn as_git_calls_it(arguments: &[OsString]) -> Option<Self> {
        let words: Vec<&str> = arguments.iter().skip(1).map(|word| word.to_str()).collect::<Option<_>>()?;
        let ["hook", name, given @ ..] = words.as_slice() else { return None };
        if given.iter().any(|word| word.is_empty() || word.starts_with('-')) {
            return None;
        }
        let own = |word: &&str| (*word).to_owned();
        Some(match (*name, given) {
            ("pre-commit", []) => Self::PreCommit,
            ("pre-merge-commit", []) => Self::PreMergeCommit,
            ("commit-msg", [file]) => Self::CommitMsg { file: file.into() },
            ("pre-push", [remote, url]) => Self::PrePush { remote: Some(own(remote)), url: Some(own(url)) },
            ("reference-transaction", [state]) => Self::ReferenceTransaction { state: own(state) },
            ("pre-receive", []) => Self::PreReceive { policy: None },
            ("update", [reference, old, new]) => {
                Self::Update { policy: None, reference: own(reference), old: own(old), new: own(new) }
            }
            _ => return None,
        })
    }
}

/// A hook of git's that relgate can be called from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum GitHook {
    PreCommit,
    PreMergeCommit,
    CommitMsg,
    PrePush,
    ReferenceTransaction,
    PreReceive,
    Update,
}

impl GitHook {
    pub const ALL: [Self; 7] = [
        Self::PreCommit,
        Self::PreMergeCommit,
        Self::CommitMsg,
        Self::PrePush,
        Self::ReferenceTransaction,
        Self::PreReceive,
        Self::Update,
    ];

    /// As git spells it, which is also the name of its file.
    pub fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PreMergeCommit => "pre-merge-commit",
            Self::CommitMsg => "commit-msg",
            Self::PrePush => "pre-push",
            Self::ReferenceTransaction => "reference-transaction",
            Self::PreReceive => "pre-receive",
            Self::Update => "update",
        }
    }

    /// Whether git runs it only where there is a work tree.
    pub fn needs_work_tree(self) -> bool {
        matches!(self, Self::PreCommit | Self::PreMergeCommit | Self::CommitMsg | Self::PrePush)
    }

    pub fn has_arguments(self) -> bool {
        !matches!(self, Self::PreCommit | Self::PreMergeCommit | Self::PreReceive)
    }

    pub fn has_input(self) -> bool {
        matches!(self, Self::PrePush | Self::ReferenceTransaction | Self::PreReceive)
    }

    /// Whether it sees a tag that is pushed alone.
    pub fn guards_pushed_tags(self) -> bool {
        matches!(self, Self::PrePush | Self::PreReceive | Self::Update)
    }
}

fn date(text: &str) -> Result<Date, &'static str> {
    Date::parse(text).ok_or("not a day of the calendar in the form YYYY-MM-DD")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What clap alone would answer to `relgate` with these arguments.
    fn by_clap(words: &[&str]) -> Result<String, clap::error::ErrorKind> {
        Cli::try_parse_from(arguments(words)).map(|cli| format!("{cli:?}")).map_err(|error| error.kind())
    }

    fn read(words: &[&str]) -> Result<String, clap::error::ErrorKind> {
        Cli::read(arguments(words)).map(|cli| format!("{cli:?}")).map_err(|error| error.kind())
    }

    fn arguments(words: &[&str]) -> Vec<OsString> {
        ["relgate"].iter().chain(words).map(OsString::from).collect()
    }

    /// Every hook with every row of up to four of these words: enough, too few, too many, empty, options, and a `--`.
    #[test]
    fn hooks_are_read_as_clap_reads_them() {
        let words = ["origin", "", "-", "--", "--color=never", "pre-commit"];
        let mut taken = 0;
        for hook in GitHook::ALL {
            let mut rows = vec![vec!["hook", hook.name()]];
            while let Some(row) = rows.pop() {
                taken += usize::from(Hook::as_git_calls_it(&arguments(&row)).is_some());
                assert_eq!(read(&row), by_clap(&row), "{row:?}");
                if row.len() < 6 {
                    rows.extend(words.iter().map(|word| [&row[..], &[*word]].concat()));
                }
            }
        }
        assert!(taken > GitHook::ALL.len(), "{taken} rows were read without clap");
    }

    #[test]
    fn every_hook_is_read_without_clap() {
        for hook in GitHook::ALL {
            let given: &[&str] = match hook {
                GitHook::PreCommit | GitHook::PreMergeCommit | GitHook::PreReceive => &[],
                GitHook::CommitMsg | GitHook::ReferenceTransaction => &["one"],
                GitHook::PrePush => &["one", "two"],
                GitHook::Update => &["one", "two", "three"],
            };
            let row = [&["hook", hook.name()], given].concat();
            assert!(Hook::as_git_calls_it(&arguments(&row)).is_some(), "{row:?}");
            assert_eq!(read(&row), by_clap(&row), "{row:?}");
        }
    }
}
