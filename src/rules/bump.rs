//! How far a release goes by its number, and whether the project promises that the number says so.

use crate::date::Date;
use crate::finding::Location;
use crate::project::{Facts, Scheme};
use crate::version::Version;

/// What the number of a release says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Major,
    Minor,
    /// A patch, or less: a post-release.
    Patch,
}

/// The step from one final release to the next.
#[derive(Clone, Debug)]
pub(super) struct Bump {
    pub(super) kind: Kind,
    /// What is released; for a pre-release the final version that it leads to.
    pub(super) to: Version,
    pub(super) from: Version,
    /// The tag's name, for findings to point at.
    pub(super) at: Location,
}

impl Bump {
    /// The next release of `from` that may break.
    pub(super) fn next_major(&self) -> String {
        format!("{}.0.0", self.from.release_number(0).saturating_add(1))
    }

    /// The next release of `from` that may add.
    pub(super) fn next_minor(&self) -> String {
        format!("{}.{}.0", self.from.release_number(0), self.from.release_number(1).saturating_add(1))
    }
}

/// The first year that is taken for one when a version begins with it.
const FIRST_YEAR: u64 = 1990;

/// The step that the release makes: from the final release before it, or where no tag shows one from the one that the
/// changelog has before it. `None` where nothing came before.
pub(super) fn bump(facts: &Facts) -> Option<Bump> {
    let release = facts.release.as_ref().filter(|release| release.fault.is_none())?;
    let version = release.version.as_ref()?;
    let from = match &release.past.last_final {
        Some((_, from)) => from.clone(),
        None => {
            let sections = facts.changelog.iter().flat_map(|found| found.changelog.releases());
            let versions = sections.filter_map(|section| section.named_version());
            versions.filter(|other| *other < version && !other.is_prerelease()).max()?.clone()
        }
    };
    let number = |index| version.release_number(index).cmp(&from.release_number(index));
    let kind = match (number(0).is_eq() && version.same_epoch(&from), number(1).is_gt()) {
        // In a new epoch numbers begin anew.
        (false, _) => Kind::Major,
        (true, true) => Kind::Minor,
        (true, false) => Kind::Patch,
    };
    (version > &from).then(|| Bump { kind, to: version.final_release(), from, at: release.at })
}

/// The step that the release makes, where the project promises that what breaks has a major number: it follows Semantic
/// Versioning and is stable.
pub(super) fn promised(facts: &Facts) -> Option<Bump> {
    let claims = facts.changelog.as_ref().is_some_and(|found| found.changelog.claims_semver);
    let follows = match facts.policy.scheme {
        Some(scheme) => scheme == Scheme::SemVer,
        None => claims || facts.policy.stable_from.is_some(),
    };
    bump(facts).filter(|bump| follows && is_stable(facts, &bump.from) && !counts_years(facts, &bump.to))
}

/// Whether `version` is one from which on the project keeps what works.
pub(super) fn is_stable(facts: &Facts, version: &Version) -> bool {
    match &facts.policy.stable_from {
        Some(first) => version.final_release() >= first.final_release(),
        None => version.release_number(0) >= 1,
    }
}

/// Whether the version is a date, and says nothing of what changed: it begins with a year, as 2026.1 and, where nobody says
/// that it is a number like others, 26.1 do in that year and in the next.
pub(super) fn counts_years(facts: &Facts, version: &Version) -> bool {
    let first = version.release_number(0);
    match facts.policy.scheme {
        Some(scheme) => scheme == Scheme::CalVer,
        None if first >= FIRST_YEAR => true,
        None => {
            let claims = facts.changelog.as_ref().is_some_and(|found| found.changelog.claims_semver);
            let dates = facts.release.as_ref().map_or(&[][..], |release| &release.dates);
            let days = if dates.is_empty() { std::slice::from_ref(&facts.today) } else { dates };
            let is_that = |day: &Date| [0, 1].contains(&(u64::from(day.year()) % 100).wrapping_sub(first));
            !claims && days.iter().any(is_that)
        }
    }
}
