//! Which release came before which, and what its link ought to show.

use std::ops::Range;

use super::forge::{Shown, TagName, shown};
use super::{Changelog, Kind, Link, Section};
use crate::date::Date;
use crate::finding::Span;
use crate::version::Version;

/// How many lower versions are looked at for the one before.
const DEPTH: usize = 64;

/// The releases of a changelog in the order of their versions, as indexes into its sections.
#[derive(Clone, Debug)]
pub struct History {
    ascending: Vec<usize>,
    /// For each section its place in `ascending`.
    places: Vec<Option<usize>>,
}

impl History {
    pub fn of(changelog: &Changelog) -> Self {
        let sections = &changelog.sections;
        let named = |index: &usize| sections[*index].is_release() && sections[*index].named_version().is_some();
        let mut ascending: Vec<usize> = (0..sections.len()).filter(named).collect();
        ascending.sort_by(|a, b| sections[*a].named_version().cmp(&sections[*b].named_version()));
        let mut places = vec![None; sections.len()];
        for (place, index) in ascending.iter().enumerate() {
            places[*index] = Some(place);
        }
        Self { ascending, places }
    }

    /// The release of the greatest version.
    pub fn newest(&self) -> Option<usize> {
        self.ascending.last().copied()
    }

    /// Whether the changelog has a release of that version.
    pub fn knows(&self, changelog: &Changelog, version: &Version) -> bool {
        let version = Some(version);
        self.ascending.binary_search_by(|index| changelog.sections[*index].named_version().cmp(&version)).is_ok()
    }

    /// The release that a section ought to be compared with.
    pub fn predecessor(&self, changelog: &Changelog, index: usize) -> Option<usize> {
        let section = &changelog.sections[index];
        let own = section.named_version().filter(|_| section.is_release());
        let is_before = |other: &usize| own.is_none_or(|own| changelog.sections[*other].named_version() < Some(own));
        self.predecessors(changelog, index).find(is_before)
    }

    /// The releases that a section may be compared with, the best first, some more than once. For a release: the one before
    /// it on its day, the one below it, the last final one, the last that is no post-release, the last that was not
    /// withdrawn. For Unreleased: the same of all, post-releases included.
    pub fn predecessors<'h>(&'h self, changelog: &'h Changelog, index: usize) -> impl Iterator<Item = usize> + 'h {
        let candidates = self.candidates(changelog, index);
        candidates.into_iter().flat_map(|candidates| (0..Candidates::RANKS).filter_map(move |rank| candidates.of(rank)))
    }

    fn candidates<'h>(&'h self, changelog: &'h Changelog, index: usize) -> Option<Candidates<'h>> {
        let sections = &changelog.sections;
        let section = &sections[index];
        let is_release = section.is_release();
        let place = if is_release { self.places[index]? } else { self.ascending.len() };
        let version = section.named_version().filter(|_| is_release);
        let day = section.date.as_ref().and_then(|text| text.date).filter(|_| is_release);
        let is_lower = |other: &usize| sections[*other].named_version() < version;
        let end = if version.is_some() { self.ascending[..place].partition_point(is_lower) } else { place };
        let lower = &self.ascending[end.saturating_sub(DEPTH)..end];
        let below = (index + 1..sections.len()).take(DEPTH).find(|other| sections[*other].is_release());
        Some(Candidates { sections, lower, below, day, is_release })
    }
}

/// What may have come before a section.
struct Candidates<'h> {
    sections: &'h [Section],
    /// The releases of lower versions, the last last.
    lower: &'h [usize],
    /// The next release in the text.
    below: Option<usize>,
    /// The day of the section.
    day: Option<Date>,
    is_release: bool,
}

impl Candidates<'_> {
    const RANKS: usize = 8;

    /// The best candidate is of rank 0.
    fn of(&self, rank: usize) -> Option<usize> {
        let is_then = |other: &Section| {
            self.day.zip(other.date.as_ref().and_then(|text| text.date)).is_none_or(|(day, then)| then <= day)
        };
        let is_final = |other: &Section| other.named_version().is_some_and(|version| !version.is_prerelease());
        // What comes next shows the changes since the very last tag.
        let is_no_post =
            |other: &Section| self.is_release && other.named_version().is_some_and(|version| !version.is_post());
        let kept = |other: &Section| other.yanked.is_none();
        let last = |accepts: &dyn Fn(&Section) -> bool| {
            self.lower.iter().rev().copied().find(|other| accepts(&self.sections[*other]))
        };
        match rank {
            0 => last(&is_then),
            1 => last(&|_| true),
            2 => self.below,
            3 => last(&is_final),
            4 => last(&|other| is_final(other) && is_then(other)),
            5 => last(&is_no_post),
            6 => last(&kept),
            _ => last(&|other| kept(other) && is_final(other)),
        }
    }
}

impl Changelog {
    /// Where the address stands that a section's name is linked to.
    pub fn address(&self, section: &Section) -> Option<Span> {
        match &section.link {
            Link::None => None,
            Link::Inline { span, .. } => Some(*span),
            Link::Reference { .. } => section.definition.map(|index| self.definitions[index].destination),
        }
    }

    /// The tag of a release, as its own link names it, or built like `other`, the tag of another release.
    pub fn tag_of(&self, bytes: &[u8], section: &Section, other: &TagName) -> Option<String> {
        let version = section.version.as_ref()?;
        let own = self.address(section).and_then(|span| text(bytes, span)).and_then(|address| {
            let range = match shown(address)? {
                Shown::Changes { to, .. } => to,
                Shown::Tag(tag) => tag,
            };
            let named = TagName::parse(&address[range.clone()])?;
            (Some(&named.version) == version.version.as_ref()).then(|| address[range].to_owned())
        });
        own.or_else(|| Some(format!("{}{}", other.prefix, text(bytes, version.span)?)))
    }

    /// The first address that compares tags: of a definition, or in a heading.
    pub fn example(&self, bytes: &[u8]) -> Option<Example> {
        let defined = self.definitions.iter().map(|definition| definition.destination);
        let inline = self.sections.iter().filter_map(|section| self.address(section));
        defined.chain(inline).find_map(|span| {
            let address = text(bytes, span)?;
            let Some(Shown::Changes { from, to }) = shown(address) else { return None };
            let tag = TagName::parse(&address[from.clone()])?;
            Some(Example { address: address.to_owned(), from, to, tag })
        })
    }

    /// The address that a section's name ought to be linked to, after the example of another.
    pub fn expected_address(&self, bytes: &[u8], example: &Example, history: &History, index: usize) -> Option<String> {
        let section = &self.sections[index];
        let own = match section.kind {
            Kind::Unreleased => "HEAD".to_owned(),
            Kind::Release => self.tag_of(bytes, section, &example.tag)?,
            Kind::Other => return None,
        };
        match history.predecessor(self, index) {
            Some(before) => {
                let before = self.tag_of(bytes, &self.sections[before], &example.tag)?;
                Some(example.compare(before, own))
            }
            None if section.is_release() => example.tag_page(&own),
            None => None,
        }
    }
}

/// An address that compares two tags, to be followed by others.
#[derive(Clone, Debug)]
pub struct Example {
    address: String,
    from: Range<usize>,
    to: Range<usize>,
    pub tag: TagName,
}

impl Example {
    /// The address that compares these two.
    pub fn compare(&self, from: String, to: String) -> String {
        replaced(&self.address, vec![(self.from.clone(), from), (self.to.clone(), to)])
    }

    /// The page of one tag at the same forge.
    pub fn tag_page(&self, tag: &str) -> Option<String> {
        let (before, _) = self.address.rsplit_once("/compare/")?;
        match before.strip_suffix("/-") {
            Some(project) => Some(format!("{project}/-/tags/{tag}")),
            None if before.ends_with("/branches") => None,
            None => Some(format!("{before}/releases/tag/{tag}")),
        }
    }
}

/// A text with some of its parts, which do not overlap, put in another way.
fn replaced(whole: &str, mut parts: Vec<(Range<usize>, String)>) -> String {
    parts.sort_by_key(|(range, _)| range.start);
    let mut text = whole.to_owned();
    for (range, new) in parts.into_iter().rev() {
        text.replace_range(range, &new);
    }
    text
}

fn text(bytes: &[u8], span: Span) -> Option<&str> {
    std::str::from_utf8(bytes.get(span.range())?).ok()
}
