//! Changelogs as facts: sections, changes and links, each with the bytes that state it.
//!
//! Markdown is read as CommonMark 0.31 has it, reStructuredText and plain text by their headings. The form that the rules
//! ask for is that of Keep a Changelog 1.0.0, 1.1.0 and 2.0.0, which is one and the same.

mod blocks;
mod day;
mod definition;
mod edit;
mod extent;
mod forge;
mod heading;
mod history;
mod locate;
mod markdown;
mod naming;
mod notes;
mod outline;
mod pieces;
mod recent;
mod restructured;
mod statement;
mod text;

use std::collections::HashMap;
use std::rc::Rc;

use pieces::Pieces;

use crate::date::Date;
use crate::finding::Span;
use crate::version::Version;

pub use edit::{heading_like, lines, move_lines};
pub use extent::{Extent, StatedChange, stated_changes};
pub use forge::{Shown, TagName, shown};
pub use history::{Example, History};
pub use locate::{find, read};
pub use notes::notes;
pub use statement::{Statement, agree, beside, changed, statements};

/// The categories of Keep a Changelog.
pub const CATEGORIES: [&str; 6] = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

/// One changelog. Every span is a range of bytes into the text that was parsed, a byte-order mark included.
#[derive(Clone, Debug, Default)]
pub struct Changelog {
    pub markup: Markup,
    /// Whether the text before the first section names Keep a Changelog.
    pub claims_format: bool,
    /// Whether the text before the first section names Semantic Versioning.
    pub claims_semver: bool,
    /// Whether it names a translation of Keep a Changelog: title and categories are then in another language.
    pub is_translated: bool,
    /// Top headings that are no section, in the order of the text.
    pub titles: Vec<Heading>,
    /// In the order of the text.
    pub sections: Vec<Section>,
    /// Link reference definitions in the order of the text, duplicates included.
    pub definitions: Vec<Definition>,
    /// The first definition of each label.
    labels: HashMap<Rc<str>, usize>,
    /// In the order of the text.
    pub footnotes: Vec<Footnote>,
    /// Conflicts that a merge left behind.
    pub conflicts: Vec<Conflict>,
    /// What is opened and never closed. It is read as if it had not been opened.
    pub unclosed: Option<Unclosed>,
    /// The first bytes that are not UTF-8.
    pub bad_encoding: Option<BadEncoding>,
    /// `---` or `+++` lines and what stands between them at the very top.
    pub front_matter: Option<Span>,
    /// The line end that the text uses most.
    pub line_end: &'static str,
    /// Whether there is anything but white space.
    pub is_blank: bool,
}

/// The markup language of a changelog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Markup {
    #[default]
    Markdown,
    /// Plain text is read as reStructuredText.
    ReStructured,
}

/// One heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The whole heading, `#` marks and underlines included, line end excluded.
    pub span: Span,
    /// What it says, without marks.
    pub text: Span,
    /// 1 for `#`, 2 for `##`.
    pub level: usize,
    /// `false` for `##Fixed`, which CommonMark takes for a paragraph.
    pub spaced: bool,
    /// Whether it is underlined.
    pub underlined: bool,
}

/// What a section is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Changes that no release has yet. May name the version that is to come.
    Unreleased,
    Release,
    /// A heading that stands where a release ought to.
    Other,
}

/// One block of a changelog.
#[derive(Clone, Debug)]
pub struct Section {
    pub heading: Heading,
    pub kind: Kind,
    /// `Some` for every release.
    pub version: Option<VersionText>,
    pub date: Option<DateText>,
    pub yanked: Option<Yanked>,
    pub link: Link,
    /// The definition that the link leads to, as its place among all.
    definition: Option<usize>,
    /// How the heading differs from the form, other than by version, date, yanked mark and level.
    pub flaw: Option<Flaw>,
    /// From the end of the heading to the end of the last block that belongs to the section.
    pub body: Span,
    /// Where the next section or title begins, or the text ends.
    pub end: usize,
    /// What stands before the first category.
    pub summary: Content,
    pub categories: Vec<Category>,
}

impl Section {
    /// Whether anything is listed, placeholders aside.
    pub fn has_entries(&self) -> bool {
        self.contents().any(Content::has_entries)
    }

    /// Whether there is anything to read beside headings and comments.
    pub fn has_content(&self) -> bool {
        self.has_entries() || self.contents().any(|content| content.blocks.iter().any(|block| block.kind.is_said()))
    }

    /// Whether it holds entries that no release has.
    pub fn waits(&self) -> bool {
        let text =
            || self.categories.iter().any(|category| category.content.blocks.iter().any(|block| block.kind.is_said()));
        self.kind == Kind::Unreleased && (self.has_entries() || text())
    }

    /// Whether it is the section of a version that is out.
    pub fn is_release(&self) -> bool {
        self.kind == Kind::Release
    }

    /// The version that the heading names, where it names one properly.
    pub fn named_version(&self) -> Option<&Version> {
        self.version.as_ref()?.version.as_ref()
    }

    /// Summary first, then each category.
    pub fn contents(&self) -> impl Iterator<Item = &Content> {
        std::iter::once(&self.summary).chain(self.categories.iter().map(|category| &category.content))
    }
}

/// The version in a heading.
#[derive(Clone, Debug)]
pub struct VersionText {
    /// The version itself.
    pub span: Span,
    /// A `v` directly before it; empty where there is none.
    pub prefix: Span,
    /// `None` where PEP 440 knows no such version.
    pub version: Option<Version>,
}

/// The date in a heading, or in the line below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateText {
    pub span: Span,
    /// `None` where the calendar has no such day, the text is no date, or day and month cannot be told apart.
    pub date: Option<Date>,
    /// Whether it is written `YYYY-MM-DD`.
    pub is_iso: bool,
    /// Whether it stands below the heading rather than in it.
    pub is_below: bool,
}

/// The mark of a release that was withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Yanked {
    /// With its brackets, if any.
    pub span: Span,
    /// Whether it is `[YANKED]` at the end of the heading.
    pub is_canonical: bool,
}

/// How the name of a section is linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    None,
    /// `[name](destination)`
    Inline {
        destination: String,
        span: Span,
    },
    /// `[name]`, `[name][]` or `[name][label]`
    Reference {
        /// The label, without brackets.
        label: Span,
        /// As [`Definition::key`].
        key: Rc<str>,
    },
}

/// How a heading differs from `[version] - date`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    pub kind: FlawKind,
    /// The wrong text.
    pub span: Span,
    /// The heading's text put right, where nothing but white space, punctuation and words such as "version" is lost.
    pub repair: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlawKind {
    /// Neither a version nor Unreleased.
    Unknown,
    /// Something stands before the name.
    Lead,
    /// Not ` - ` between version and date.
    Separator,
    /// Something stands after all that belongs there.
    Trailing,
    /// The name is not `Unreleased`, but means it.
    Alias,
    /// The brackets hold more than the version.
    Brackets,
}

/// A named group of entries.
#[derive(Clone, Debug)]
pub struct Category {
    pub heading: Heading,
    pub name: String,
    /// From the end of the heading to the end of the last block.
    pub body: Span,
    pub content: Content,
}

impl Category {
    /// Whether anything stands in it, placeholders and comments aside.
    pub fn has_content(&self) -> bool {
        self.content.has_entries() || self.content.blocks.iter().any(|block| block.kind.is_said())
    }
}

/// What stands under a heading.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// The items of all lists, nested ones not counted.
    pub entries: Vec<Entry>,
    /// Everything else.
    pub blocks: Vec<Block>,
}

impl Content {
    /// Whether anything is listed, placeholders aside.
    fn has_entries(&self) -> bool {
        self.entries.iter().any(|entry| !entry.is_placeholder)
    }
}

/// One item of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// From the bullet to the last character.
    pub span: Span,
    /// Whether it says nothing: `-`, `- None`, `- ...`
    pub is_placeholder: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    pub kind: BlockKind,
    /// Without surrounding white space.
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    Paragraph,
    Code,
    Html,
    Comment,
    Quote,
    Rule,
    /// A heading below the level of categories.
    Heading,
    /// The text of a footnote, which is shown elsewhere.
    Footnote,
}

impl BlockKind {
    /// Whether a section that ends with it ends before it: it parts or serves more than this section.
    fn is_between(self) -> bool {
        matches!(self, Self::Rule | Self::Footnote)
    }

    fn is_said(self) -> bool {
        matches!(self, Self::Paragraph | Self::Code | Self::Html | Self::Quote)
    }
}

/// A link reference definition, `[label]: destination`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The whole definition, title included, line end excluded.
    pub span: Span,
    /// The label, without brackets.
    pub label: Span,
    /// The label as CommonMark compares it: folded, white space reduced.
    pub key: Rc<str>,
    /// The destination, without angle brackets.
    pub destination: Span,
    /// Whether some link of the text uses its label.
    pub is_used: bool,
}

/// The text of a footnote, `[^label]: text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footnote {
    /// The label as it is compared: folded, white space reduced.
    pub key: Rc<str>,
    pub span: Span,
}

/// Conflict markers, whole lines without line ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// `<<<<<<<`, or the first marker that is left.
    pub opening: Span,
    /// The other markers that belong to it.
    pub others: Vec<Span>,
}

/// A fence or a comment that swallows the rest of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unclosed {
    pub span: Span,
    pub is_comment: bool,
}

/// Bytes that are not UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadEncoding {
    /// The first such sequence.
    pub first: Span,
    /// Each sequence and what it says if the text is Windows-1252, or UTF-16 where a byte-order mark tells so.
    pub repairs: Vec<(Span, String)>,
    /// Whether all bytes beyond ASCII are wrong in the same way.
    pub is_uniform: bool,
    pub is_utf16: bool,
}

impl Changelog {
    /// The first section of changes that no release has.
    pub fn unreleased(&self) -> Option<&Section> {
        self.sections.iter().find(|section| section.kind == Kind::Unreleased)
    }

    /// Releases in the order of the text.
    pub fn releases(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(|section| section.is_release())
    }

    /// The section of a version: a released one before one that is still marked unreleased.
    pub fn section_of(&self, version: &Version) -> Option<&Section> {
        let mut named = self.sections.iter().filter(|section| section.named_version() == Some(version));
        let first = named.clone().next();
        named.find(|section| section.is_release()).or(first)
    }

    /// The definition that a label leads to: the first of that name.
    pub fn definition(&self, key: &str) -> Option<&Definition> {
        self.labels.get(key).map(|index| &self.definitions[*index])
    }

    /// The definitions of labels that another one before them defines.
    pub fn repeated_definitions(&self) -> impl Iterator<Item = &Definition> {
        // Nearly no text has any.
        let looked_at = if self.labels.len() < self.definitions.len() { &self.definitions[..] } else { &[] };
        let is_first = |definition: &&Definition| {
            self.definition(&definition.key).is_some_and(|first| first.span == definition.span)
        };
        looked_at.iter().filter(move |definition| !is_first(definition))
    }

    /// Whether the text means what it shows: nothing swallows a part of it, no merge is left, every byte was read.
    pub fn is_sound(&self) -> bool {
        self.unclosed.is_none() && self.conflicts.is_empty() && self.bad_encoding.is_none()
    }

    /// Whether the rules about the form of a changelog apply: it claims Keep a Changelog, or has its shape.
    pub fn keeps_format(&self) -> bool {
        self.claims_format || self.has_shape()
    }

    /// Most releases read `## version - YYYY-MM-DD`, and most categories are the six.
    fn has_shape(&self) -> bool {
        let (mut releases, mut formed) = (0, 0);
        for section in self.releases() {
            releases += 1;
            let dated = section.date.as_ref().is_some_and(|date| date.is_iso && !date.is_below);
            formed += usize::from(section.heading.level == 2 && dated && section.flaw.is_none());
        }
        let (mut categories, mut known) = (0, 0);
        for category in self.sections.iter().flat_map(|section| &section.categories) {
            categories += 1;
            known += usize::from(CATEGORIES.contains(&category.name.as_str()));
        }
        releases > 0 && formed * 2 > releases && known > 0 && known * 2 > categories
    }
}

/// The text of a changelog as facts. Never fails: what is no changelog has no sections.
///
/// The language follows from the end of `path`; `name` is the package's, which headings may begin with.
pub fn parse(path: &str, bytes: &[u8], name: Option<&str>) -> Changelog {
    parse_beside(path, bytes, name, &mut Pieces::default())
}

/// As [`parse`], where others were read before.
fn parse_beside(path: &str, bytes: &[u8], name: Option<&str>, known: &mut Pieces) -> Changelog {
    let prepared = text::prepare(bytes);
    let mut changelog = Changelog {
        markup: markup(path),
        bad_encoding: prepared.bad_encoding,
        front_matter: prepared.front_matter,
        line_end: prepared.line_end,
        is_blank: prepared.text.trim().is_empty(),
        ..Changelog::default()
    };
    match changelog.markup {
        Markup::Markdown => markdown::read(prepared.text, name, known, &mut changelog),
        Markup::ReStructured => restructured::read(&prepared.text, name, &mut changelog),
    }
    changelog
}

fn markup(path: &str) -> Markup {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((_, ending))
            if ["md", "markdown", "mdown", "mkd"].iter().any(|known| ending.eq_ignore_ascii_case(known)) =>
        {
            Markup::Markdown
        }
        _ => Markup::ReStructured,
    }
}
