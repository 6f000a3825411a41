//! How the project has released so far, and which settings say so.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Evidence, Grounds, Key, Line, RECENT, Seen, releases, text};
use crate::audit::Audit;
use crate::changelog::{CATEGORIES, Section};
use crate::declaration::Origin;
use crate::failure::Failure;
use crate::finding::Level;
use crate::project::Facts;
use crate::repository::CommitId;
use crate::rules;
use crate::tag::TagTemplate;

/// How many releases it takes to make a habit.
const HABIT: usize = 3;

/// Branches that releases are usually made from.
const BRANCHES: [&str; 5] = ["main", "master", "trunk", "develop", "dev"];

/// The scheme that is tried out before it is suggested.
const SEMVER: &str = "\"semver\"";

type Found = (Vec<Line>, Vec<Evidence>);

fn line(key: Key, value: String, evidence: String) -> Line {
    Line { key, value, evidence, settled: false }
}

fn evidence(about: &'static str, text: impl Into<String>) -> Evidence {
    Evidence { about, text: text.into() }
}

impl Grounds<'_> {
    /// Settings that fit, and what needs none.
    pub(super) fn lines(&self) -> Result<Found, Failure> {
        let (mut lines, mut found) = (Vec::new(), Vec::new());
        self.tag(&mut lines, &mut found);
        self.packages(&mut found);
        self.scheme(&mut lines, &mut found);
        self.changelog(&mut lines, &mut found)?;
        self.categories(&mut lines);
        self.branches(&mut lines, &mut found)?;
        lines.extend(self.places()?);
        self.fit(&mut lines)?;
        Ok((lines, found))
    }

    fn tag(&self, lines: &mut Vec<Line>, found: &mut Vec<Evidence>) {
        let all = self.releases.len();
        let Some(newest) = self.releases.last() else {
            found.push(evidence("tags", "there is no release tag yet"));
            return;
        };
        if self.only_package().is_none() {
            return;
        }
        let template = format!("{}{{version}}", newest.prefix);
        let same = self.releases.iter().filter(|seen| seen.prefix == newest.prefix).count();
        let shown = match all {
            1 => format!("the only release tag is `{template}`"),
            _ => format!("{same} of {all} release tags are `{template}`"),
        };
        if same == all {
            found.push(evidence("tags", shown));
            return;
        }
        let run = self.releases.iter().rev().take_while(|seen| seen.prefix == newest.prefix).count();
        if run >= HABIT && TagTemplate::parse(&template).is_ok() {
            lines.push(line(Key::Tag, text::quoted(&template), format!("{shown}, the newest {run} among them")));
        } else {
            found.push(evidence("tags", format!("{shown}, the newest among them; others are named otherwise")));
        }
    }

    fn packages(&self, found: &mut Vec<Evidence>) {
        let name = |facts: &Facts| facts.declared.name.clone().unwrap_or_else(|| "one without a name".to_owned());
        let Some(only) = self.only_package() else {
            let names: Vec<String> = self.packages.iter().take(10).map(name).collect();
            let more = if self.packages.len() > names.len() { " ..." } else { "" };
            let count = self.packages.len();
            found
                .push(evidence("packages", format!("{count} packages, each judged alone: {}{more}", names.join(", "))));
            return;
        };
        let mut paths: Vec<&str> = Vec::new();
        for declaration in &only.declared.declarations {
            let path = only.sources.get(declaration.at.source).path.as_str();
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        let stated = match (&only.declared.origin, paths.is_empty()) {
            (Origin::Tag, true) => "the tag decides".to_owned(),
            (Origin::Tag, false) => format!("the tag decides; copies in {}", paths.join(", ")),
            (_, true) => only.declared.origin.reason().unwrap_or("no file states one").to_owned(),
            (_, false) => paths.join(", "),
        };
        found.push(evidence("versions", stated));
    }

    /// What the versions are built like. Whether SemVer really fits is tried out later.
    fn scheme(&self, lines: &mut Vec<Line>, found: &mut Vec<Evidence>) {
        let Some(only) = self.only_package() else { return };
        if only.changelog.as_ref().is_some_and(|found| found.changelog.claims_semver) {
            found.push(evidence("scheme", "the changelog promises Semantic Versioning"));
            return;
        }
        let finals: Vec<&Seen> = self.releases.iter().filter(|seen| !seen.version.is_prerelease()).collect();
        let recent = &finals[finals.len().saturating_sub(2 * RECENT)..];
        if recent.len() < HABIT {
            return;
        }
        let dated = recent.iter().filter(|seen| names_its_year(seen)).count();
        let parts = recent.iter().filter(|seen| seen.version.release_len() == 3).count();
        if dated * 10 >= recent.len() * 9 {
            let shown = format!("{dated} of the newest {} versions begin with their year", recent.len());
            lines.push(line(Key::Scheme, text::quoted("calver"), shown));
        } else if parts == recent.len() {
            let shown = format!("{parts} of the newest {} final versions are MAJOR.MINOR.PATCH", recent.len());
            lines.push(line(Key::Scheme, SEMVER.to_owned(), shown));
        }
    }

    fn changelog(&self, lines: &mut Vec<Line>, found: &mut Vec<Evidence>) -> Result<(), Failure> {
        let Some(only) = self.only_package() else { return Ok(()) };
        let all = self.releases.len();
        if let Some(there) = &only.changelog {
            let path = &only.sources.get(there.source).path;
            found.push(evidence("changelog", format!("{path}{}", kept(&self.releases))));
        } else if let Some(path) = self.hidden_changelog(only)? {
            lines.push(line(
                Key::Changelog,
                text::quoted(&path),
                format!("{path} names the newest releases in its headings"),
            ));
        } else if all >= HABIT && self.recent().all(|seen| seen.changelog.is_none()) {
            let mut shown = format!("no changelog is found in the newest {} releases", self.recent().count());
            if let Some(path) = self.unread_changelog()? {
                shown += &format!("; the headings of {path} do not name them");
            }
            lines.push(line(Key::Changelog, "false".to_owned(), shown));
        } else {
            found.push(evidence("changelog", "there is none"));
        }
        Ok(())
    }

    /// Groups of changes that the project uses beside the usual six.
    fn categories(&self, lines: &mut Vec<Line>) {
        let Some(found) = self.only_package().and_then(|only| only.formed_changelog()) else { return };
        // A translation has its own names for all; a list of some would forbid the others.
        if found.changelog.is_translated {
            return;
        }
        let names = |section: &'_ Section| section.categories.iter().map(|category| category.name.clone()).collect();
        let mut sections: Vec<&Section> =
            found.changelog.releases().filter(|section| !section.categories.is_empty()).collect();
        let all = sections.len();
        sections.sort_by_cached_key(|section| {
            Reverse(section.version.as_ref().and_then(|version| version.version.clone()))
        });
        sections.truncate(2 * RECENT);
        let recent: Vec<BTreeSet<String>> = sections.into_iter().map(names).collect();
        let own = own_categories(&recent);
        if own.is_empty() {
            return;
        }
        let names = CATEGORIES.iter().copied().chain(own.iter().map(|(name, _)| *name)).map(text::quoted);
        let shown: Vec<String> = own.iter().map(|(name, count)| format!("`{name}` in {count}")).collect();
        let newest = if recent.len() < all { "the newest " } else { "" };
        let shown = format!("{} of {newest}{} releases that have categories", shown.join(", "), recent.len());
        lines.push(line(Key::Categories, format!("[{}]", names.collect::<Vec<_>>().join(", ")), shown));
    }

    /// A branch on which every release is. A clone that does not show it shows nothing.
    fn branches(&self, lines: &mut Vec<Line>, found: &mut Vec<Evidence>) -> Result<(), Failure> {
        let all = self.releases.len();
        if all < HABIT || self.repository.is_shallow() {
            return Ok(());
        }
        let Some((branch, on)) = self.released_branch() else { return Ok(()) };
        let shown = format!("{on} of {all} releases are reachable from {branch}");
        if on < all {
            found.push(evidence("branches", shown));
            return Ok(());
        }
        let shown = format!("all {all} releases are reachable from {branch}");
        // To demand it is to refuse the first release of another branch: a few releases do not say that there is none.
        match self.maintained()? {
            Some(other) => found.push(evidence("branches", format!("{shown}; others may follow on {other}"))),
            None if all < RECENT => found.push(evidence("branches", shown)),
            None => lines.push(line(Key::Branches, format!("[{}]", text::quoted(branch)), shown)),
        }
        Ok(())
    }

    /// The branch with the most releases, and how many.
    fn released_branch(&self) -> Option<(&'static str, usize)> {
        let wanted: HashSet<&str> = self.releases.iter().map(|seen| seen.commit.as_str()).collect();
        let mut best: Option<(&str, usize)> = None;
        for branch in BRANCHES {
            let tip = [format!("refs/heads/{branch}"), format!("refs/remotes/origin/{branch}")];
            let tip = tip.iter().find_map(|name| self.repository.reference(name).ok().flatten());
            let Some(met) = tip.and_then(|tip| self.met(tip, &wanted)) else { continue };
            let on = self.releases.iter().filter(|seen| met.contains(&seen.commit)).count();
            if best.is_none_or(|(_, most)| on > most) {
                best = Some((branch, on));
            }
            if on == self.releases.len() {
                break;
            }
        }
        best
    }

    /// A branch by whose name releases are made from it, or have been.
    fn maintained(&self) -> Result<Option<String>, Failure> {
        let found = RefCell::new(None);
        let look = |name: &str| {
            if is_for_releases(name) {
                found.borrow_mut().get_or_insert_with(|| name.to_owned());
            }
            false
        };
        self.repository.branch_tips(look)?;
        Ok(found.into_inner())
    }

    /// Those of the `wanted` commits that come before `tip`.
    fn met(&self, tip: CommitId, wanted: &HashSet<&str>) -> Option<HashSet<String>> {
        let met = RefCell::new(HashSet::new());
        let look = |commit: CommitId| {
            let name = commit.to_string();
            if wanted.contains(name.as_str()) {
                met.borrow_mut().insert(name);
            }
            // The walk goes on to the very first commit.
            false
        };
        self.repository.nearest_ancestors(tip, look).ok()?;
        Some(met.into_inner())
    }

    /// Tries the settings on the newest releases: takes out what does not fit, and eases what the project hardly ever keeps.
    fn fit(&self, lines: &mut Vec<Line>) -> Result<(), Failure> {
        let tags: Vec<String> = self.recent().map(|seen| seen.tag.clone()).collect();
        if tags.len() < HABIT {
            return Ok(());
        }
        let judged = |lines: &[Line]| -> Result<Vec<Seen>, Failure> {
            releases(&Audit { given: Some(text::settings(lines)?), ..self.audit.clone() }, &tags)
        };
        let mut seen = judged(lines)?;
        let without: Vec<Line> = lines.iter().filter(|line| line.value != SEMVER).cloned().collect();
        if without.len() < lines.len() {
            let lenient = judged(&without)?;
            let told = |seen: &[Seen]| seen.iter().map(|seen| seen.rules.len()).sum::<usize>();
            if told(&seen) > told(&lenient) {
                (*lines, seen) = (without, lenient);
            }
        }
        for rule in rules::RULES.iter().filter(|rule| rule.level == Level::Error) {
            let count = seen.iter().filter(|seen| seen.rules.get(rule.id) == Some(&true)).count();
            if count > HABIT && count * 10 >= tags.len() * 8 {
                let shown = format!("{count} of the newest {} releases break it", tags.len());
                lines.push(line(Key::Rule(rule.id), text::quoted("warn"), shown));
            }
        }
        Ok(())
    }
}

/// Whether a version begins with the year of its release, with or without the century.
fn names_its_year(seen: &Seen) -> bool {
    let Some(year) = seen.date.map(|date| u64::from(date.year())) else { return false };
    let first = seen.version.release_number(0);
    // A release of the first days of a year may have been prepared in the last.
    first >= 10 && [year, year - 1, year % 100, (year - 1) % 100].contains(&first)
}

/// A name that can stand in settings and be read there.
fn is_plain(name: &str) -> bool {
    name.chars().count() <= 40 && !name.chars().any(char::is_control) && !name.trim().is_empty()
}

/// Categories that are no other spelling of a usual one and have a share in the releases, with how many use them.
fn own_categories(releases: &[BTreeSet<String>]) -> Vec<(&str, usize)> {
    // By bare name: how many releases have it, and in which spellings.
    let mut uses: BTreeMap<String, (usize, BTreeMap<&str, usize>)> = BTreeMap::new();
    for names in releases {
        let mut met = BTreeSet::new();
        for name in names {
            let bare = rules::bare_category(name);
            let (count, spellings) = uses.entry(bare.clone()).or_default();
            *count += usize::from(met.insert(bare));
            *spellings.entry(name).or_default() += 1;
        }
    }
    // `Changed` does not say that something breaks.
    let is_own = |bare: &str| rules::usual_category(bare).is_none() || bare.starts_with("breaking");
    let mut own: Vec<(&str, usize)> = uses
        .iter()
        .filter(|(bare, (count, _))| *count >= HABIT && count * 4 >= releases.len() && is_own(bare))
        .filter_map(|(_, (count, spellings))| {
            let name = spellings.iter().filter(|(name, _)| is_plain(name)).max_by_key(|(_, count)| **count)?.0;
            Some((*name, *count))
        })
        .collect();
    own.sort_by_key(|(_, count)| Reverse(*count));
    own
}

/// Whether a branch is called as those are from which older series are released: `1.x`, `v2.0`, `release/3`.
fn is_for_releases(branch: &str) -> bool {
    let name = branch.to_ascii_lowercase();
    if ["release", "rel-", "rel/", "maint", "stable", "support/", "hotfix", "backport"]
        .iter()
        .any(|start| name.starts_with(start))
    {
        return true;
    }
    let number = name.strip_prefix('v').unwrap_or(&name);
    let rest = number.trim_start_matches(|c: char| c.is_ascii_digit());
    // `123-title` is what forges call the branch for an issue.
    rest.len() < number.len() && (rest.is_empty() || rest.starts_with(['.', 'x']) || rest == "-x")
}

/// How many releases have their section, and since when all have.
fn kept(releases: &[Seen]) -> String {
    let all = releases.len();
    let having = releases.iter().filter(|seen| seen.has_section).count();
    match having {
        _ if all == 0 => return String::new(),
        0 if all == 1 => return " has no section for the only release".to_owned(),
        1 if all == 1 => return " has a section for the only release".to_owned(),
        0 => return format!(" has a section for none of {all} releases"),
        _ if having == all => return format!(" has a section for each of {all} releases"),
        _ => {}
    }
    let kept = releases.iter().rev().take_while(|seen| seen.has_section || seen.version.is_prerelease());
    let since = kept.filter(|seen| seen.has_section).last();
    let text = format!(" has a section for {having} of {all} releases");
    let Some(since) = since else { return text + ", not for the newest final one" };
    let run = releases.iter().skip_while(|seen| seen.tag != since.tag);
    let what = if run.clone().all(|seen| seen.has_section) { "every one" } else { "every final one" };
    format!("{text}, for {what} since {}", since.tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_of_older_series_are_known_by_their_names() {
        for branch in ["1.x", "v2", "8.2", "v1.0-maintenance", "2-x", "release/3", "maint/1", "stable-1", "3x"] {
            assert!(is_for_releases(branch), "{branch}");
        }
        for branch in ["main", "123-title-of-it", "feature/1.x", "v", "vendor", "dependabot/pip/1.0", "relative"] {
            assert!(!is_for_releases(branch), "{branch}");
        }
    }
}
