//! What the settings ask of a package.

use crate::declaration::Place;
use crate::tag::TagTemplate;
use crate::version::Version;

/// One releasable unit of a repository.
#[derive(Clone, Debug, Default)]
pub struct Package {
    /// As the settings name it; `None`: as its metadata does.
    pub name: Option<String>,
    /// From the top of the repository; `""`: the top itself.
    pub folder: String,
    /// How its release tags are named; `None`: as the history shows.
    pub tag: Option<TagTemplate>,
    pub policy: Policy,
}

impl Package {
    /// The last part of its folder's path; tags may name the package so.
    pub fn folder_name(&self) -> Option<&str> {
        self.folder.rsplit('/').next().filter(|name| !name.is_empty())
    }
}

/// What the settings ask of this project.
#[derive(Clone, Debug)]
pub struct Policy {
    /// `None`: PEP 440 and SemVer spellings are both accepted.
    pub scheme: Option<Scheme>,
    pub changelog: ChangelogPolicy,
    /// The names that a changelog's categories may have.
    pub categories: Vec<String>,
    /// Further places that state the version.
    pub versions: Vec<Place>,
    /// What the subject line of a commit that changes the version holds, `{version}` in it; `None`: anything.
    pub commit_message: Option<String>,
    /// The branches that releases are made from, `*` standing for anything; empty: the settings do not say.
    pub branches: Vec<String>,
    /// Before it, anything may change; `None`: before 1.0.
    pub stable_from: Option<Version>,
    /// The file that tells which versions are supported; `None`: wherever a project usually has it.
    pub support_table: Option<String>,
    /// What has to be done before a release, if the project keeps a list of it.
    pub checklist: Option<ChecklistPolicy>,
}

/// A list of what has to be done before a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChecklistPolicy {
    pub path: String,
    /// The headings under which the list stands; empty: anywhere in the file.
    pub headings: Vec<String>,
}

/// How versions are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    SemVer,
    Pep440,
    CalVer,
}

/// Where the changelog is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangelogPolicy {
    /// Wherever a Python project usually has it.
    Find,
    At(String),
    /// The project keeps none.
    None,
}

impl Default for Policy {
    fn default() -> Self {
        let categories = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];
        Self {
            scheme: None,
            changelog: ChangelogPolicy::Find,
            categories: categories.map(str::to_owned).to_vec(),
            versions: Vec::new(),
            commit_message: None,
            branches: Vec::new(),
            stable_from: None,
            support_table: None,
            checklist: None,
        }
    }
}

impl Policy {
    /// Whether releases are made from the branch of this short name.
    pub fn releases_from(&self, branch: &str) -> bool {
        self.branches.iter().any(|pattern| fits(pattern, branch))
    }

    /// Whether the settings switch on a rule that is off for others.
    pub fn asks_for(&self, rule: &str) -> bool {
        rule == "checklist-open" && self.checklist.is_some()
    }
}

/// Whether `name` is as `pattern` has it, in which `*` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name) in [
            ("main", "main"),
            ("release/*", "release/1.0"),
            ("release/*", "release/a/b"),
            ("*", "main"),
            ("*.x", "1.x"),
            ("v*.*.x", "v1.0.x"),
            ("a*a", "aa"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("main", "main2"),
            ("main", "mai"),
            ("release/*", "release"),
            ("*.x", "1.y"),
            ("a*a", "a"),
            ("v*.*.x", "v1.x"),
        ] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
