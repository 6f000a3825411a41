//! What a changelog said earlier: in the commit that it is compared with, and in the tags of its releases.

use std::collections::BinaryHeap;
use std::rc::Rc;
use std::sync::Arc;

use crate::changelog::{self, Changelog, Kind, Section, Statement, agree, statements};
use crate::failure::Failure;
use crate::files::Files;
use crate::project::{self, Before, ChangelogPolicy, Facts, Package, ProjectChangelog, Published};
use crate::release::{ByVersion, History};
use crate::repository::{CommitId, Repository, Snapshot};
use crate::tag;
use crate::version::Version;

/// How many tags are read at most: a changelog that is written anew differs everywhere.
const MOST_TAGS: usize = 20;

/// How many changed sections are looked for: whoever changes many does so on purpose.
const MOST_CHANGED: usize = 5;

/// One changelog that has earlier states.
pub struct Earlier<'a> {
    pub repository: &'a Repository,
    pub history: &'a History<'a>,
    pub package: &'a Package,
    pub facts: &'a Facts,
    /// The changelog that is judged.
    pub found: &'a ProjectChangelog,
    /// The files that are judged, unless the changelog differs from what they have.
    pub snapshot: Option<&'a Snapshot>,
    /// Whether something blocks that may not be known: what this clone leaves out is a failure then.
    pub is_needed: bool,
}

/// The changelog at another moment.
enum Then {
    Missing,
    Same,
    Other(Rc<Changelog>, Arc<Vec<u8>>),
}

impl Earlier<'_> {
    /// What it said in `base`, and in the tags of the releases about which it says something else than there. With `newest`
    /// the newest release that has a tag is looked at in any case.
    ///
    /// # Errors
    /// Where a tag or its files cannot be read.
    pub fn read(&self, base: Option<CommitId>, newest: bool) -> Result<Option<Before>, Failure> {
        let mut before = Before::default();
        let mut changed = Vec::new();
        if let Some(base) = base {
            // A base that cannot be read is no fault of what is judged.
            let then = self.changelog_of(&self.repository.tree(base)?, |then| self.adds_above(then));
            match then.unwrap_or(Then::Missing) {
                Then::Same => {}
                Then::Other(changelog, bytes) => {
                    before.had_unreleased = changelog.sections.iter().any(is_for_changes_to_come);
                    changed = changelog::changed((&self.found.changelog, self.bytes()), (&changelog, &bytes));
                }
                Then::Missing if newest => {}
                Then::Missing => return Ok(None),
            }
        }
        if newest || !changed.is_empty() {
            before.published = self.published(changed, newest)?;
        }
        Ok(Some(before))
    }

    fn bytes(&self) -> &[u8] {
        &self.facts.sources.get(self.found.source).bytes
    }

    /// Whether all that was changed of the text `then` stands above the releases, and changes to come have their section:
    /// nothing is to be said about it.
    fn adds_above(&self, then: &[u8]) -> bool {
        let changelog = &self.found.changelog;
        let first = changelog.releases().next().and_then(|section| self.bytes().get(section.heading.span.start..));
        changelog.unreleased().is_some() && first.is_some_and(|releases| then.ends_with(releases))
    }

    /// The changelog in another snapshot; the same where git or `is_same` say so of its text.
    fn changelog_of(&self, snapshot: &Snapshot, is_same: impl Fn(&[u8]) -> bool) -> Result<Then, Failure> {
        let path = &self.facts.sources.get(self.found.source).path;
        if let Some(judged) = self.snapshot
            && judged.has_same_object(snapshot, path, self.bytes())?
        {
            return Ok(Then::Same);
        }
        let mut files = Files::new(snapshot);
        if let Some(there) = files.read(path)?
            && (files.bytes(there)[..] == *self.bytes() || is_same(files.bytes(there)))
        {
            return Ok(Then::Same);
        }
        let name = self.facts.declared.name.as_deref();
        let at = |files: &mut Files<'_>, folder, policy| project::find_changelog(files, folder, name, policy);
        let found = match at(&mut files, "", &ChangelogPolicy::At(path.clone()))? {
            // It may have had another name.
            None => at(&mut files, &self.package.folder, &self.facts.policy.changelog)?,
            found => found,
        };
        Ok(found.map_or(Then::Missing, |found| Then::Other(found.changelog, Arc::clone(files.bytes(found.source)))))
    }

    /// The sections of these versions, newest first, as their tags have them, where that is something else.
    fn published(&self, changed: Vec<&Version>, newest: bool) -> Result<Vec<Published>, Failure> {
        let tags = self.tags()?;
        let tags_of = |version: &Version| {
            let start = tags.partition_point(|(other, _)| other < version);
            let end = tags.partition_point(|(other, _)| other <= version);
            &tags[start..end]
        };
        let mut versions = Vec::new();
        if newest {
            let mut named: BinaryHeap<&Version> =
                self.found.changelog.releases().filter_map(Section::named_version).collect();
            while let Some(version) = named.pop() {
                versions.push(version);
                if !tags_of(version).is_empty() {
                    break;
                }
            }
        }
        if versions.last().is_some_and(|last| tags_of(last).is_empty()) {
            versions.clear();
        }
        versions.retain(|version| !changed.contains(version));
        versions.extend(changed);
        let released = self.facts.release.as_ref().and_then(|release| release.version.as_ref());
        let mut published = Vec::new();
        let mut left = MOST_TAGS;
        for version in versions.into_iter().filter(|version| Some(*version) != released) {
            let tags = tags_of(version);
            if left < tags.len() || published.len() == MOST_CHANGED {
                break;
            }
            left -= tags.len();
            published.extend(self.published_as(version, tags)?);
        }
        Ok(published)
    }

    /// The section of a version as the first of its tags has it; nothing where another agrees with what is judged.
    fn published_as(&self, version: &Version, tags: &[(Version, String)]) -> Result<Option<Published>, Failure> {
        let Some(section) = self.found.changelog.section_of(version) else { return Ok(None) };
        let now = statements(section, self.bytes());
        let mut first = None;
        for (_, tag) in tags {
            let Some(then) = self.statements_in(tag, version)? else { continue };
            if agree(&now, &then) {
                return Ok(None);
            }
            first.get_or_insert(Published { version: version.clone(), tag: tag.clone(), statements: then });
        }
        Ok(first)
    }

    /// What the section of a version says in its tag; `None` where it has none there.
    fn statements_in(&self, tag: &str, version: &Version) -> Result<Option<Vec<Statement>>, Failure> {
        let read = || -> Result<Then, Failure> {
            match self.history.commit(tag)? {
                Some(commit) => self.changelog_of(&self.repository.tree(commit)?, |_| false),
                None => Ok(Then::Missing),
            }
        };
        let of = |changelog: &Changelog, bytes: &[u8]| {
            changelog.section_of(version).map(|section| statements(section, bytes))
        };
        match read() {
            Ok(Then::Missing) => Ok(None),
            Ok(Then::Same) => Ok(of(&self.found.changelog, self.bytes())),
            Ok(Then::Other(changelog, bytes)) => Ok(of(&changelog, &bytes)),
            // The clone was made without the files of old commits.
            Err(_) if self.repository.is_partial() && !self.is_needed => Ok(None),
            Err(failure) => {
                let message = format!("the section of `{version}` cannot be compared with tag `{tag}`: {failure}");
                Err(Failure { message, ..failure })
            }
        }
    }

    /// The tags of the package's releases by their version.
    fn tags(&self) -> Result<Rc<ByVersion>, Failure> {
        let template = self.package.tag.as_ref();
        let names: Vec<&str> =
            self.facts.declared.name.as_deref().into_iter().chain(self.package.folder_name()).collect();
        let tags = self.history.releases(template, &names)?;
        let is_own = |(_, tag): &(Version, String)| names.iter().any(|name| tag::names(tag, template, name));
        // Where some tags name the package, the others are those of another one.
        if !self.package.folder.is_empty() && tags.iter().any(is_own) {
            return Ok(Rc::new(tags.iter().filter(|tag| is_own(tag)).cloned().collect()));
        }
        Ok(tags)
    }
}

fn is_for_changes_to_come(section: &Section) -> bool {
    section.kind == Kind::Unreleased && section.version.is_none()
}
