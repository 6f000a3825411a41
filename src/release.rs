//! Which release a tag makes, and which came before it: the tag's name seen beside the repository's other tags.

use crate::event::{Moment, Tag};
use crate::failure::Failure;
use crate::finding::{Location, Sources, Span};
use crate::project::Release;
use crate::repository::{CommitId, Repository};
use crate::tag::{self, Reading, TagTemplate};
use crate::version::Version;

/// How this project names its releases.
#[derive(Clone, Copy, Debug)]
pub struct Naming<'a> {
    pub template: Option<&'a TagTemplate>,
    pub package: Option<&'a str>,
}

/// What the judged tag is.
#[derive(Clone, Debug)]
pub enum Named {
    Release(Box<Release>),
    /// No release: why, as a whole sentence without its full stop.
    Other(String),
}

/// Reads the name of the judged tag and puts it among the `sources`, for findings to point at.
///
/// # Errors
/// Where the repository's tags cannot be read.
pub fn of_tag(
    tag: &Tag,
    moment: Moment,
    naming: Naming<'_>,
    repository: &Repository,
    sources: &mut Sources,
) -> Result<Named, Failure> {
    let others = repository.tags()?.iter().map(String::as_str).filter(|other| *other != tag.name);
    let (version, fault, start) = match tag::read(&tag.name, naming.template, naming.package, others) {
        Reading::Release { version, start } => (Some(version), None, start),
        Reading::Faulty { fault, start } => (Version::parse(&tag.name[start..]), Some(fault), start),
        Reading::Other => return Ok(Named::Other(format!("`{}` does not name a release", tag.name))),
    };
    if let Some(version) = &version
        && let Some(longer) = floats_beside(tag, &tag.name[..start], version, moment, repository)?
    {
        return Ok(Named::Other(format!("`{}` floats beside `{longer}` and is no release of its own", tag.name)));
    }
    let source = sources.add(format!("refs/tags/{}", tag.name), tag.name.clone().into_bytes());
    let at = Location { source, span: Span::new(start, tag.name.len()) };
    Ok(Named::Release(Box::new(Release { tag: tag.name.clone(), at, version, fault, dates: tag.dates.clone() })))
}

/// The longer tag that this one abbreviates: `v1` beside any `v1.2.3`, `v1.2` on the commit of `v1.2.3`.
fn floats_beside<'r>(
    tag: &Tag,
    prefix: &str,
    version: &Version,
    moment: Moment,
    repository: &'r Repository,
) -> Result<Option<&'r str>, Failure> {
    if version.release_len() > 2 {
        return Ok(None);
    }
    for other in repository.tags()? {
        let longer = other.strip_prefix(prefix).and_then(Version::parse);
        if *other == tag.name || !longer.is_some_and(|longer| version.abbreviates(&longer)) {
            continue;
        }
        let same_commit = || -> Result<bool, Failure> {
            let commit = repository.tag(other)?.and_then(|target| target.commit);
            Ok(commit.is_some_and(|commit| moment == Moment::Commit(commit)))
        };
        if version.release_len() == 1 || same_commit()? {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

/// The commit of the release before this one: that of the greatest lower version among the tags that are named alike.
///
/// # Errors
/// Where the repository's tags cannot be read.
pub fn previous(release: &Release, repository: &Repository) -> Result<Option<CommitId>, Failure> {
    let Some(version) = &release.version else { return Ok(None) };
    let prefix = &release.tag[..release.at.span.start];
    let lower = |name: &String| {
        let version = name.strip_prefix(prefix).and_then(Version::parse).filter(|other| other < version)?;
        Some((version, name.clone()))
    };
    match repository.tags()?.iter().filter_map(lower).max() {
        Some((_, name)) => Ok(repository.tag(&name)?.and_then(|target| target.commit)),
        None => Ok(None),
    }
}
