//! Every fact that the rules need, each read once.

mod ignore;
mod policy;

use std::borrow::Cow;
use std::rc::Rc;

use crate::changelog::{self, Changelog, Section, Statement};
use crate::date::Date;
use crate::declaration::{self, Declared, Origin};
use crate::document::{self, Checklist, Found, SupportTable};
use crate::failure::Failure;
use crate::files::{Files, join};
use crate::finding::{Location, Source, SourceId, Sources, Span};
use crate::tag::TagFault;
use crate::version::Version;
use crate::workflow::{self, Workflow};

pub use crate::declaration::Place;
pub use ignore::{Ignore, Ignores, JudgedIgnores, PathPattern};
pub use policy::{ChangelogPolicy, ChecklistPolicy, Package, Policy, Scheme};

/// What is judged: the facts of one package at one moment.
#[derive(Clone, Debug)]
pub struct Facts {
    pub sources: Sources,
    pub policy: Policy,
    /// The release being made, if any.
    pub release: Option<Release>,
    /// The release being taken away, if any; nothing else is judged then.
    pub deleted: Option<DeletedRelease>,
    /// The commit being made, where its message is judged.
    pub commit: Option<Commit>,
    pub declared: Declared,
    pub changelog: Option<ProjectChangelog>,
    /// What the changelog said before, where that is known and was something else.
    pub before: Option<Before>,
    /// The workflows that do something with releases; read only where a release is judged.
    pub workflows: Vec<Workflow>,
    /// What else is written down about releases; empty where none is made.
    pub documents: Documents,
    /// What the settings excuse, where they do.
    pub ignores: Option<JudgedIgnores>,
    /// The day of the judgement, in the user's zone.
    pub today: Date,
}

/// What a project writes down about its releases beside the changelog.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    pub support: Found<SupportTable>,
    pub checklist: Found<Checklist>,
}

impl Facts {
    /// Whether there is anything at all that a release could contradict.
    pub fn say_anything(&self) -> bool {
        self.changelog.is_some() || self.declared.origin != Origin::NoProject || !self.declared.declarations.is_empty()
    }
}

/// The release that a tag makes.
#[derive(Clone, Debug)]
pub struct Release {
    /// The tag's short name, which is also the text of the source that `at` points into.
    pub tag: String,
    /// The version's bytes in the tag's name; the whole name where it states none.
    pub at: Location,
    /// `None` where the name looks like a release and states no version: see [`Release::fault`].
    pub version: Option<Version>,
    pub fault: Option<TagFault>,
    /// The days on which tag and commit were made, each in its author's zone; empty for a tag that is not made yet.
    pub dates: Vec<Date>,
    /// What the tag is to git.
    pub kind: TagKind,
    /// The object that the tag names until now, in hexadecimal, where it is there already and is being moved.
    pub moved_from: Option<String>,
    pub past: Past,
}

/// What a tag is to git.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TagKind {
    /// It is not there yet, or its checkout does not show it.
    #[default]
    Unknown,
    Lightweight,
    Annotated(Signature),
}

/// The signature of a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    None,
    /// There is one; no rule asks for more.
    There,
    Good,
    /// Why it is not good, as half a sentence.
    Bad(String),
    /// Why nobody can say here whether it is good, as half a sentence.
    Unverified(String),
}

/// What the repository's other tags say of a release.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// The greatest of the releases that come right before the judged commit. For a final release only final ones count:
    /// a project may try the next version while it maintains this one.
    pub ancestor: Option<(String, Version)>,
    /// The greatest lower final release, wherever it was made: releases may be made on branches that are never merged.
    pub last_final: Option<(String, Version)>,
    /// Whether the judged commit is on none of the branches that releases are made from, where the settings name them.
    pub is_off_branch: bool,
    /// Another tag of the same version.
    pub twin: Option<String>,
    /// The commit that the tag leads to, in hexadecimal, where another one is judged.
    pub released_on: Option<String>,
}

/// A release whose tag is being deleted.
#[derive(Clone, Debug)]
pub struct DeletedRelease {
    /// The tag's short name.
    pub tag: String,
    /// The version's bytes in the tag's name.
    pub at: Location,
}

/// A commit that is being made.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The subject line of its message; empty where there is none.
    pub subject: Location,
    /// The versions that its parents declare.
    pub before: Vec<Version>,
}

/// The project's changelog and the file it stands in.
#[derive(Clone, Debug)]
pub struct ProjectChangelog {
    pub source: SourceId,
    pub changelog: Rc<Changelog>,
}

/// What a changelog said before this change, and when its releases were made.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// Whether it had a section for changes to come.
    pub had_unreleased: bool,
    /// Sections of the releases about which it says something else now; of many the newest.
    pub published: Vec<Published>,
}

/// The section of a release as its own tag has it.
#[derive(Clone, Debug)]
pub struct Published {
    pub version: Version,
    /// The tag's short name.
    pub tag: String,
    pub statements: Vec<Statement>,
}

impl ProjectChangelog {
    /// A place in the changelog's file.
    pub fn at(&self, span: Span) -> Location {
        Location { source: self.source, span }
    }
}

impl Facts {
    /// The changelog, where the rules about its form apply to it.
    pub fn formed_changelog(&self) -> Option<&ProjectChangelog> {
        self.changelog.as_ref().filter(|found| found.changelog.keeps_format())
    }

    /// The version that is declared, in the weightiest place that states one.
    pub fn version(&self) -> Option<&Version> {
        let stated = self.declared.declarations.iter().filter(|declaration| declaration.version.is_some());
        stated.min_by_key(|declaration| declaration.role).and_then(|declaration| declaration.version.as_ref())
    }

    /// The section of the release that is made, where the changelog has one.
    pub fn released_section(&self) -> Option<(&ProjectChangelog, &Section)> {
        let version = self.release.as_ref()?.version.as_ref()?;
        let found = self.changelog.as_ref()?;
        Some((found, found.changelog.section_of(version)?))
    }

    /// The text at a place of the changelog.
    pub fn changelog_text(&self, found: &ProjectChangelog, span: Span) -> Cow<'_, str> {
        let bytes = self.sources.bytes_at(found.at(span));
        // In nearly all cases, and the faster question.
        std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
    }
}

/// Reads the facts of a package from one snapshot.
///
/// # Errors
/// Where a file cannot be read or the project's metadata cannot be understood.
pub fn read(files: Files<'_>, package: &Package, today: Date) -> Result<Facts, Failure> {
    read_with(files, package, today, |_| Ok(Documents::default()))
}

/// Reads the facts of a package that is released: also what only rules about a release need, where the rule of that id is
/// `asked`.
///
/// # Errors
/// As [`read`].
pub fn read_release(
    files: Files<'_>,
    package: &Package,
    today: Date,
    asked: impl Fn(&str) -> bool,
) -> Result<Facts, Failure> {
    let Package { folder, policy, .. } = package;
    read_with(files, package, today, |files| {
        let mut documents = Documents::default();
        if asked("support-table") {
            documents.support = document::support_table(files, folder, policy.support_table.as_deref())?;
        }
        if asked("checklist-open")
            && let Some(ChecklistPolicy { path, headings }) = &policy.checklist
        {
            documents.checklist = document::checklist(files, folder, path, headings)?;
        }
        Ok(documents)
    })
}

fn read_with(
    mut files: Files<'_>,
    package: &Package,
    today: Date,
    documents: impl FnOnce(&mut Files<'_>) -> Result<Documents, Failure>,
) -> Result<Facts, Failure> {
    let mut declared = declaration::discover(&mut files, &package.folder, &package.policy.versions)?;
    if package.name.is_some() {
        declared.name.clone_from(&package.name);
    }
    let policy = package.policy.clone();
    let changelog = find_changelog(&mut files, &package.folder, declared.name.as_deref(), &policy.changelog)?;
    let documents = documents(&mut files)?;
    let sources = files.into_sources();
    Ok(Facts {
        sources,
        policy,
        release: None,
        deleted: None,
        commit: None,
        declared,
        changelog,
        before: None,
        workflows: Vec::new(),
        documents,
        ignores: None,
        today,
    })
}

impl Facts {
    /// Reads the workflows of the snapshot that the facts are of.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn read_workflows(&mut self, mut files: Files<'_>) -> Result<(), Failure> {
        self.workflows = workflow::read(&mut files)?;
        let read = files.into_sources();
        for workflow in &mut self.workflows {
            let Source { path, bytes } = read.get(workflow.source).clone();
            workflow.source = self.sources.add(path, bytes);
        }
        Ok(())
    }
}

/// The changelog of the package in `folder`, whose headings may begin with its `name`.
///
/// # Errors
/// Where a file cannot be read.
pub fn find_changelog(
    files: &mut Files<'_>,
    folder: &str,
    name: Option<&str>,
    policy: &ChangelogPolicy,
) -> Result<Option<ProjectChangelog>, Failure> {
    let found = match policy {
        ChangelogPolicy::None => None,
        ChangelogPolicy::At(path) => changelog::read(files, &join(folder, path), name)?,
        ChangelogPolicy::Find => changelog::find(files, folder, name)?,
    };
    Ok(found.map(|(source, changelog)| ProjectChangelog { source, changelog }))
}
