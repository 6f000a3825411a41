//! What made relgate run, translated into what is judged.

use std::io::Read;

use crate::cli;
use crate::date::Date;
use crate::failure::{Failure, nearest};
use crate::repository::{CommitId, Repository, TagTarget};
use crate::tag::{self, Reading};

/// One thing to judge: the files of a moment, perhaps as a release.
#[derive(Clone, Debug)]
pub struct Subject {
    /// As the output names it: `check`, `pre-commit` ...
    pub event: &'static str,
    pub moment: Moment,
    pub tag: Option<Tag>,
    pub base: Base,
}

/// Which files are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    WorkTree,
    Index,
    Commit(CommitId),
}

/// The tag that is judged, whether it is already there or not.
#[derive(Clone, Debug)]
pub struct Tag {
    pub name: String,
    /// Whether it is there already; else what is judged is whether it could be made.
    pub made: bool,
    /// When tag and commit were made; empty for a tag that is not there yet.
    pub dates: Vec<Date>,
}

/// What an old finding of the changelog's text is old against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// Nothing: all findings count.
    None,
    Commit(CommitId),
    /// The release before the one that is judged.
    PreviousRelease,
}

/// The tag that CI is building, where it says so.
pub fn ci_tag(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    // GitHub Actions, Gitea and Forgejo name the kind of ref apart; the others have a variable for tags alone.
    if set("GITHUB_REF_TYPE").as_deref() == Some("tag") {
        return set("GITHUB_REF_NAME");
    }
    ["CI_COMMIT_TAG", "BITBUCKET_TAG", "BUILDKITE_TAG", "TAG_NAME"]
        .iter()
        .find_map(|name| set(name))
        .or_else(|| set("BUILD_SOURCEBRANCH").and_then(|name| name.strip_prefix("refs/tags/").map(str::to_owned)))
}

/// `relgate check`.
///
/// # Errors
/// Where the arguments name something that is not there.
pub fn check(arguments: &cli::Check, repository: &Repository, ci_tag: Option<String>) -> Result<Subject, Failure> {
    let moment = match &arguments.moment {
        cli::MomentArgs { staged: true, .. } => Some(Moment::Index),
        cli::MomentArgs { worktree: true, .. } => Some(Moment::WorkTree),
        cli::MomentArgs { rev: Some(revision), .. } => Some(Moment::Commit(repository.commit(revision)?)),
        _ => None,
    };
    let tag = arguments.tag.clone().or_else(|| ci_tag.filter(|_| moment.is_none()));
    let base = match &arguments.base {
        Some(revision) => Some(Base::Commit(repository.commit(revision)?)),
        None => None,
    };
    let Some(name) = tag else {
        let moment = moment.unwrap_or(Moment::WorkTree);
        let usual = if moment == Moment::Index { head(repository)? } else { Base::None };
        return Ok(Subject { event: "check", moment, tag: None, base: base.unwrap_or(usual) });
    };
    let name = name.strip_prefix("refs/tags/").unwrap_or(&name).to_owned();
    let target = repository.tag(&name)?;
    let made = target.is_some();
    let dates = target.as_ref().map(|target| target.dates.clone()).unwrap_or_default();
    let moment = match (moment, target) {
        (Some(moment), _) => moment,
        (None, Some(target)) => Moment::Commit(commit_of(&name, &target)?),
        // A release that is still being prepared is repaired where it is prepared.
        (None, None) if arguments.fix || arguments.diff => Moment::WorkTree,
        (None, None) => match repository.head()? {
            Some(head) => Moment::Commit(head),
            None => return Err(no_such_tag(&name, repository)),
        },
    };
    let base = base.unwrap_or(Base::PreviousRelease);
    Ok(Subject { event: "check", moment, tag: Some(Tag { name, made, dates }), base })
}

/// Names the nearest tag that there is.
pub fn no_such_tag(name: &str, repository: &Repository) -> Failure {
    let failure = Failure::new(format!("there is no tag `{name}`"));
    let known = repository.tags().map(|tags| tags.iter().map(String::as_str).collect::<Vec<_>>());
    match known.ok().and_then(|known| nearest(name, &known)) {
        Some(nearest) => failure.help(format!("did you mean `{nearest}`?")),
        None => failure,
    }
}

fn commit_of(name: &str, target: &TagTarget) -> Result<CommitId, Failure> {
    target.commit.ok_or_else(|| {
        Failure::new(format!("tag `{name}` leads to no commit: there are no files to judge"))
            .help(format!("make it anew on the commit that you release: git tag -f -a {name} COMMIT"))
    })
}

fn head(repository: &Repository) -> Result<Base, Failure> {
    Ok(repository.head()?.map_or(Base::None, Base::Commit))
}

/// `relgate hook pre-commit` and `pre-merge-commit`: what is about to be committed. Where pre-commit or prek run the hook
/// by hand over all files, nothing is about to be, and they show the work tree.
///
/// # Errors
/// Where `HEAD` cannot be read.
pub fn commit(
    event: &'static str,
    repository: &Repository,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Subject, Failure> {
    let by_hand = variable("PRE_COMMIT").is_some() && variable("GIT_INDEX_FILE").is_none();
    let moment = if by_hand { Moment::WorkTree } else { Moment::Index };
    Ok(Subject { event, moment, tag: None, base: head(repository)? })
}

/// `relgate hook pre-push`: every release tag among the lines that git gives the hook. Branches were judged when they
/// were committed, and will be again in CI.
///
/// # Errors
/// Where a line is not what git writes, or a tag that looks like a release leads to no commit.
pub fn push(input: &mut dyn Read, repository: &Repository) -> Result<Vec<Subject>, Failure> {
    let mut text = Vec::new();
    input.read_to_end(&mut text).map_err(|error| Failure::new(format!("standard input cannot be read: {error}")))?;
    let mut subjects = Vec::new();
    for line in String::from_utf8_lossy(&text).lines() {
        // The local ref comes first and may hold spaces (`main@{1 day ago}`): the fields are counted from the end.
        let mut fields = line.rsplitn(4, ' ');
        let (Some(_), Some(remote_ref), Some(local_id)) = (fields.next(), fields.next(), fields.next()) else {
            return Err(Failure::new(format!("standard input is not what git gives a pre-push hook: `{line}`")));
        };
        let Some(name) = remote_ref.strip_prefix("refs/tags/") else { continue };
        let deleted = local_id.bytes().all(|byte| byte == b'0');
        if deleted || tag::read_usual(name, None) == Reading::Other && !may_name_a_package(name) {
            continue;
        }
        let target = repository.tag_of_object(local_id)?;
        if target.commit.is_none() && tag::read_usual(name, None) == Reading::Other {
            continue;
        }
        let moment = Moment::Commit(commit_of(name, &target)?);
        let tag = Some(Tag { name: name.to_owned(), made: true, dates: target.dates });
        subjects.push(Subject { event: "pre-push", moment, tag, base: Base::PreviousRelease });
    }
    Ok(subjects)
}

/// Whether a tag might be the release of a package by its name, or of a project with a template of its own: only its
/// tree can tell.
fn may_name_a_package(name: &str) -> bool {
    name.contains(|c: char| c.is_ascii_digit())
}
