//! The table of rules, and the loop that runs them.

mod breaking_in_minor;
mod breaking_in_patch;
mod bump;
mod changelog_category;
mod changelog_category_duplicate;
mod changelog_category_empty;
mod changelog_conflict;
mod changelog_date;
mod changelog_date_future;
mod changelog_date_order;
mod changelog_duplicate;
mod changelog_encoding;
mod changelog_entry;
mod changelog_entry_duplicate;
mod changelog_fence;
mod changelog_heading;
mod changelog_link_duplicate;
mod changelog_link_missing;
mod changelog_link_unused;
mod changelog_link_wrong;
mod changelog_missing;
mod changelog_order;
mod changelog_title;
mod changelog_unreleased;
mod changelog_unreleased_position;
mod changelog_version;
mod changelog_yanked;
mod checklist_open;
mod classifier_mismatch;
mod commit_message;
mod deprecated_before_removed;
mod expired_ignore;
mod feature_in_patch;
mod lockfile_stale;
mod prerelease_flag;
mod release_date;
mod release_empty;
mod release_not_promoted;
mod release_undocumented;
mod released_section_changed;
mod secondary_version_stale;
mod security_advisory;
mod security_not_minimal;
mod stability;
mod support_table;
mod tag_ambiguous;
mod tag_deleted;
mod tag_duplicate;
mod tag_lightweight;
mod tag_moved;
mod tag_name;
mod tag_off_branch;
mod tag_unsigned;
mod tag_version_mismatch;
mod tag_yanked;
mod unused_ignore;
mod version_already_released;
mod version_invalid;
mod version_mismatch;
mod version_missing;
mod version_not_canonical;
mod version_not_increasing;
mod version_skipped;
mod version_unresolved;
mod workflow_trigger;

pub use changelog_category::{bare_category, usual_category};

use crate::failure::{Failure, nearest};
use crate::finding::{Finding, Findings, Fix, Level, Safety};
use crate::project::Facts;

/// One rule: what it is about, and the check.
pub struct Rule {
    /// Kebab-case; names the bad pattern. The file has the same name in snake_case.
    pub id: &'static str,
    /// A sentence without its full stop, in one line.
    pub summary: &'static str,
    /// Markdown: what it does, why it is bad, which specification says so.
    pub explanation: &'static str,
    pub level: Level,
    pub about: About,
    pub group: Group,
    /// The safest repair that its findings offer; `None`: none does.
    pub fix: Option<Safety>,
    /// Each makes the rule fire.
    pub bad: &'static [Example],
    /// On each of them every rule of the table is silent.
    pub good: &'static [Example],
    pub check: fn(&Facts, &mut Findings),
}

/// What a rule's findings are about; decides whether an old one blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// This change or this release: always blocks.
    Release,
    /// The state of a text, mostly the changelog's: blocks only where the base does not have the same finding.
    Text,
}

/// Which witness of a release a rule questions: the order in which rules are listed in documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    Versions,
    Tags,
    /// What the changelog says of the release.
    Release,
    /// The form of the changelog.
    Text,
    Stability,
    Security,
    Process,
    Settings,
}

impl Group {
    pub const ALL: [Self; 8] = [
        Self::Versions,
        Self::Tags,
        Self::Release,
        Self::Text,
        Self::Stability,
        Self::Security,
        Self::Process,
        Self::Settings,
    ];

    /// One word, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Versions => "versions",
            Self::Tags => "tags",
            Self::Release => "release",
            Self::Text => "text",
            Self::Stability => "stability",
            Self::Security => "security",
            Self::Process => "process",
            Self::Settings => "settings",
        }
    }
}

/// A small project that shows a rule; executed as a test.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    pub title: &'static str,
    /// Paths and contents. U+FFFD stands for a byte that is not UTF-8. The message of the commit that is being made stands
    /// where git keeps it, in [`MESSAGE`]; earlier files are named as git names them: `HEAD:CHANGELOG.md`, `v1.0:...`.
    pub files: &'static [(&'static str, &'static str)],
    /// The tag that is judged, if any, as a push spells what happens to it: `v1.0` is made, `+v1.0` moved, `:v1.0`
    /// deleted. What the history holds can follow: `after v0.9`, the release before; `beside 1.0`, a tag on the same
    /// commit; `on 0123456`, the commit that the tag leads to already; `off main`, the branch that it is not on; `as
    /// lightweight`, `annotated` or `signed`, what it is to git.
    pub tag: Option<&'static str>,
}

impl Example {
    /// What the user does with git, as a line for a shell; `None` where no tag is judged.
    pub fn command(&self) -> Option<String> {
        let mut words = self.tag?.split(' ');
        let tag = words.next().unwrap_or_default();
        let kind = words.clone().skip_while(|word| *word != "as").nth(1);
        let mut command = match tag.strip_prefix('+') {
            Some(moved) => format!("git push --force origin {moved}"),
            None if tag.starts_with(':') => format!("git push origin {tag}"),
            None => match kind {
                Some("annotated") => format!("git tag -a -m {tag} {tag}"),
                Some("signed") => format!("git tag -s -m {tag} {tag}"),
                _ => format!("git tag {tag}"),
            },
        };
        while let (Some(how), Some(what)) = (words.next(), words.next()) {
            command += &match how {
                "after" => format!("    # the release before is {what}"),
                "beside" => format!("    # there is a tag {what} already"),
                "off" => format!("    # on a commit that {what} does not have"),
                "as" => String::new(),
                _ => format!("    # the tag is there already, on commit {what}"),
            };
        }
        Some(command)
    }
}

/// The address of the page about a rule.
pub fn page(id: &str) -> String {
    format!(concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/rules/{}.md"), id)
}

/// Where an example has the message of a commit.
pub const MESSAGE: &str = ".git/COMMIT_EDITMSG";

/// All rules, sorted by id.
pub const RULES: &[&Rule] = &[
    &breaking_in_minor::RULE,
    &breaking_in_patch::RULE,
    &changelog_category::RULE,
    &changelog_category_duplicate::RULE,
    &changelog_category_empty::RULE,
    &changelog_conflict::RULE,
    &changelog_date::RULE,
    &changelog_date_future::RULE,
    &changelog_date_order::RULE,
    &changelog_duplicate::RULE,
    &changelog_encoding::RULE,
    &changelog_entry::RULE,
    &changelog_entry_duplicate::RULE,
    &changelog_fence::RULE,
    &changelog_heading::RULE,
    &changelog_link_duplicate::RULE,
    &changelog_link_missing::RULE,
    &changelog_link_unused::RULE,
    &changelog_link_wrong::RULE,
    &changelog_missing::RULE,
    &changelog_order::RULE,
    &changelog_title::RULE,
    &changelog_unreleased::RULE,
    &changelog_unreleased_position::RULE,
    &changelog_version::RULE,
    &changelog_yanked::RULE,
    &checklist_open::RULE,
    &classifier_mismatch::RULE,
    &commit_message::RULE,
    &deprecated_before_removed::RULE,
    &expired_ignore::RULE,
    &feature_in_patch::RULE,
    &lockfile_stale::RULE,
    &prerelease_flag::RULE,
    &release_date::RULE,
    &release_empty::RULE,
    &release_not_promoted::RULE,
    &release_undocumented::RULE,
    &released_section_changed::RULE,
    &secondary_version_stale::RULE,
    &security_advisory::RULE,
    &security_not_minimal::RULE,
    &support_table::RULE,
    &tag_ambiguous::RULE,
    &tag_deleted::RULE,
    &tag_duplicate::RULE,
    &tag_lightweight::RULE,
    &tag_moved::RULE,
    &tag_name::RULE,
    &tag_off_branch::RULE,
    &tag_unsigned::RULE,
    &tag_version_mismatch::RULE,
    &tag_yanked::RULE,
    &unused_ignore::RULE,
    &version_already_released::RULE,
    &version_invalid::RULE,
    &version_mismatch::RULE,
    &version_missing::RULE,
    &version_not_canonical::RULE,
    &version_not_increasing::RULE,
    &version_skipped::RULE,
    &version_unresolved::RULE,
    &workflow_trigger::RULE,
];

/// A project for examples in which everything says version 1.1.0.
const AGREEING: Example = Example {
    title: "everything agrees",
    files: &[
        PYPROJECT,
        (
            "CHANGELOG.md",
            "\
# Changelog

The format is based on [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).

## [Unreleased]

## [1.1.0] - 2026-11-22

### Added

- A thing.

## [1.0.0] - 2026-01-05

### Added

- The first thing.

[Unreleased]: https://github.com/demo/demo/compare/v1.1.0...HEAD
[1.1.0]: https://github.com/demo/demo/compare/v1.0.0...v1.1.0
[1.0.0]: https://github.com/demo/demo/releases/tag/v1.0.0
",
        ),
    ],
    tag: Some("v1.1.0"),
};

/// The project metadata of examples.
const PYPROJECT: (&str, &str) = ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.1.0\"\n");

/// The rules that ask what the changelog said before.
pub const ABOUT_BEFORE: [&str; 2] = [changelog_unreleased::RULE.id, released_section_changed::RULE.id];

/// The ids of all rules.
pub fn ids() -> Vec<&'static str> {
    RULES.iter().map(|rule| rule.id).collect()
}

/// The rule of that id.
///
/// # Errors
/// Where there is none; names the nearest.
pub fn find(id: &str) -> Result<&'static Rule, Failure> {
    RULES.iter().copied().find(|rule| rule.id == id).ok_or_else(|| {
        let failure = Failure::new(format!("there is no rule `{id}`"));
        match nearest(id, &ids()) {
            Some(nearest) => failure.help(format!("did you mean `{nearest}`?")),
            None => failure.help("`relgate rules` lists them"),
        }
    })
}

/// Runs one rule.
pub fn findings(rule: &Rule, facts: &Facts) -> Vec<Finding> {
    let mut findings = Findings::of(rule.id);
    (rule.check)(facts, &mut findings);
    let mut found = findings.into_vec();
    if let Some(changelog) = &facts.changelog
        && !changelog.changelog.is_sound()
    {
        // Where the outline of the text is guessed, an edit that follows it could do anything.
        for finding in &mut found {
            let touches = |fix: &Fix| fix.edits.iter().any(|edit| edit.at.source == changelog.source);
            finding.fix = finding.fix.take().filter(|fix| rule.id == changelog_encoding::RULE.id || !touches(fix));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changelog::{self, statements};
    use crate::config;
    use crate::date::Date;
    use crate::files::Files;
    use crate::finding::{Location, Sources, Span};
    use crate::project::{self, Before, Commit, DeletedRelease, Package, Past, Published, Release, Signature, TagKind};
    use crate::repository::Snapshot;
    use crate::tag::{self, Reading};
    use crate::version::Version;

    fn release(tag: &str, sources: &mut Sources, today: Date) -> Release {
        let (version, fault, start) = match tag::read_usual(tag, None) {
            Reading::Release { version, start } => (Some(version), None, start),
            Reading::Faulty { fault, start } => (Version::parse(&tag[start..]), Some(fault), start),
            Reading::Other => panic!("{tag} names no release"),
        };
        let source = sources.add(format!("refs/tags/{tag}"), tag.as_bytes().to_vec());
        let at = Location { source, span: Span::new(start, tag.len()) };
        let (kind, past) = (TagKind::Unknown, Past::default());
        Release { tag: tag.to_owned(), at, version, fault, dates: vec![today], kind, moved_from: None, past }
    }

    fn tag_kind(name: &str) -> TagKind {
        match name {
            "lightweight" => TagKind::Lightweight,
            "annotated" => TagKind::Annotated(Signature::None),
            "signed" => TagKind::Annotated(Signature::Good),
            _ => panic!("{name}"),
        }
    }

    /// The facts of a deletion: no files, and no release that is being made.
    fn deletion(tag: &str, package: &Package, today: Date) -> Facts {
        let snapshot = Snapshot::memory([]);
        let mut facts = project::read(Files::new(&snapshot), package, today).unwrap();
        let Release { tag, at, .. } = release(tag, &mut facts.sources, today);
        facts.deleted = Some(DeletedRelease { tag, at });
        facts
    }

    /// What the changelog said before: in the files whose names begin with a commit or a tag.
    fn before(example: &Example) -> Option<Before> {
        let mut before = Before::default();
        let earlier = example.files.iter().filter_map(|(path, text)| Some((path.split_once(':')?, text)));
        for ((moment, path), text) in earlier {
            let changelog = changelog::parse(path, text.as_bytes(), None);
            before.had_unreleased |= moment == "HEAD" && changelog.unreleased().is_some();
            if let Reading::Release { version, .. } = tag::read_usual(moment, None) {
                let section = changelog.section_of(&version).unwrap();
                let (tag, statements) = (moment.to_owned(), statements(section, text.as_bytes()));
                before.published.push(Published { version, tag, statements });
            }
        }
        Some(before).filter(|_| example.files.iter().any(|(path, _)| path.contains(':')))
    }

    fn facts(example: &Example) -> Facts {
        let bytes = |text: &str| {
            let pieces: Vec<&[u8]> = text.split('\u{fffd}').map(str::as_bytes).collect();
            pieces.join(&b"\xe9"[..])
        };
        let files = example.files.iter().map(|(path, text)| ((*path).to_owned(), bytes(text)));
        let snapshot = Snapshot::memory(files);
        let today = Date::new(2026, 11, 22).unwrap();
        let mut files = Files::new(&snapshot);
        let settings = config::read(&mut files, &ids()).unwrap();
        let (policy, ignores) = (settings.policy, settings.ignores);
        let package = Package { policy, ..Package::default() };
        if let Some(tag) = example.tag.and_then(|tag| tag.strip_prefix(':')) {
            return deletion(tag, &package, today);
        }
        let message = files.read(MESSAGE).unwrap();
        let mut facts = project::read_release(files, &package, today, |_| example.tag.is_some()).unwrap();
        facts.before = before(example);
        if let Some(ignores) = ignores {
            facts.add_ignores(&ignores, true, true);
        }
        facts.release = example.tag.map(|tag| {
            let mut words = tag.split(' ');
            let tag = words.next().unwrap();
            let moved_from = tag.starts_with('+').then(|| "1".repeat(40));
            let (mut past, mut kind) = (Past::default(), TagKind::Unknown);
            while let (Some(how), Some(other)) = (words.next(), words.next()) {
                match how {
                    "after" => {
                        past.ancestor = Version::parse(other).map(|version| (other.to_owned(), version));
                        past.last_final = past.ancestor.clone().filter(|(_, version)| !version.is_prerelease());
                    }
                    "beside" => past.twin = Some(other.to_owned()),
                    "off" => past.is_off_branch = true,
                    "as" => kind = tag_kind(other),
                    "on" => past.released_on = Some(other.to_owned()),
                    _ => panic!("{how}"),
                }
            }
            Release { moved_from, past, kind, ..release(tag.trim_start_matches('+'), &mut facts.sources, today) }
        });
        if facts.release.is_some() {
            facts.read_workflows(Files::new(&snapshot)).unwrap();
        }
        facts.commit = message.map(|source| {
            let subject = Location { source, span: Span::new(0, facts.sources.get(source).bytes.len()) };
            Commit { subject, before: vec![Version::parse("0").unwrap()] }
        });
        facts
    }

    #[test]
    fn every_bad_example_fires_and_every_good_one_is_silent() {
        for rule in RULES {
            assert!(!rule.bad.is_empty() && !rule.good.is_empty(), "{} has examples of both kinds", rule.id);
            let mut fix = None;
            for example in rule.bad {
                let found = findings(rule, &facts(example));
                assert!(!found.is_empty(), "{} fires on: {}", rule.id, example.title);
                fix = fix.max(found.iter().filter_map(|finding| Some(finding.fix.as_ref()?.safety)).max());
            }
            assert_eq!(rule.fix, fix, "the fix that the bad examples of {} are offered", rule.id);
            for example in rule.good {
                for other in RULES.iter().filter(|other| other.level > Level::Off) {
                    let found = findings(other, &facts(example));
                    assert!(found.is_empty(), "{} is silent on {}: {}\n{found:#?}", other.id, rule.id, example.title);
                }
            }
        }
    }

    #[test]
    fn the_table_is_sorted_by_id() {
        assert!(RULES.is_sorted_by(|a, b| a.id < b.id));
    }
}
