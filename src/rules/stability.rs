//! What a release says of itself in its section, held against its number.

use crate::changelog::{Extent, stated_changes};
use crate::finding::Location;
use crate::project::Facts;

use super::bump::{self, Bump, Kind};

/// The entries that go too far for a release.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) first: Location,
    /// How many others there are, as the end of a sentence; empty where there is none.
    pub(super) and_more: String,
}

/// The step of a release that is of this `kind`, and what of it goes as far as `extent`, if anything: in a project that
/// promises that the number says so.
pub(super) fn exceeding(facts: &Facts, kind: Kind, extent: Extent) -> Option<(Bump, Told)> {
    let (found, section) = facts.released_section()?;
    let bump = bump::promised(facts).filter(|bump| bump.kind == kind)?;
    let text = std::str::from_utf8(&facts.sources.get(found.source).bytes).ok()?;
    let changes = stated_changes(section, text);
    let mut changes = changes.iter().filter(|change| change.extent == extent);
    let first = found.at(changes.next()?.span);
    let and_more = match changes.count() {
        0 => String::new(),
        1 => "; so does one more entry".to_owned(),
        more => format!("; so do {more} more entries"),
    };
    Some((bump, Told { first, and_more }))
}
