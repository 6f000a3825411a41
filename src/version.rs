//! Versions as PEP 440 reads, compares and writes them.
//!
//! Source of every rule here: the version specifiers specification of the Python Packaging User Guide (PEP 440), with
//! PyPA's `packaging` as the reference implementation. Numbers have any length, as there.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

/// A PEP 440 version. Equality and order are those of the specification: `1.0 == 1.0.0`, `1.0.0-rc.1 == 1.0rc1`.
#[derive(Clone, Debug)]
pub struct Version {
    release: Release,
    /// What nearly no version has.
    rest: Option<Box<Rest>>,
}

/// At least one number, as written: trailing zeros are kept.
#[derive(Clone, Debug)]
enum Release {
    /// Nearly all releases: zeros follow the numbers that are written.
    Short {
        numbers: [u32; 4],
        len: u8,
    },
    Long(Vec<Number>),
}

/// What a version has beside its release.
#[derive(Clone, Debug)]
struct Rest {
    epoch: Number,
    pre: Option<(Pre, Number)>,
    post: Option<Number>,
    dev: Option<Number>,
    local: Vec<LocalPart>,
    /// Whether the post-release was written as a bare `-N`.
    implicit_post: bool,
}

/// A final release in the first epoch.
static FINAL: Rest =
    Rest { epoch: Number::Small(0), pre: None, post: None, dev: None, local: Vec::new(), implicit_post: false };

/// A number of any length. `Large` only holds what does not fit into `Small`, without leading zeros.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Number {
    Small(u64),
    Large(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Pre {
    Alpha,
    Beta,
    Candidate,
}

/// A part of a local version. Texts sort before numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum LocalPart {
    Text(String),
    Number(Number),
}

impl Version {
    /// Reads any spelling that PEP 440 allows, surrounding white space and a leading `v` included.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
        let mut reader = Reader { rest: text.as_bytes() };
        reader.take_word(&["v"]);
        let version = reader.version()?;
        reader.rest.is_empty().then_some(version)
    }

    /// The longest version that `text` begins with, and its length in bytes. No white space and no `v` is skipped, and
    /// the version must not run on: `1.2` is not found in `1.2x`, but is in `1.2 (x)`, `1.2]` or `1.2,`.
    pub fn parse_prefix(text: &str) -> Option<(Self, usize)> {
        let end = text
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '!')))
            .unwrap_or(text.len());
        let end = text[..end].trim_end_matches(['.', '-', '_', '+', '!']).len();
        if !text.starts_with(|c: char| c.is_ascii_digit()) || text[end..].starts_with(char::is_alphanumeric) {
            return None;
        }
        Some((Self::parse(&text[..end])?, end))
    }

    fn rest(&self) -> &Rest {
        self.rest.as_deref().unwrap_or(&FINAL)
    }

    /// Whether it is a development release, an alpha, a beta or a release candidate.
    pub fn is_prerelease(&self) -> bool {
        self.rest().pre.is_some() || self.is_dev()
    }

    pub fn is_dev(&self) -> bool {
        self.rest().dev.is_some()
    }

    pub fn is_post(&self) -> bool {
        self.rest().post.is_some()
    }

    /// Whether it has a local part, `+local`, which no index accepts.
    pub fn is_local(&self) -> bool {
        !self.rest().local.is_empty()
    }

    /// Whether the post-release was written as a bare `-N`, which SemVer takes for a pre-release.
    pub fn has_implicit_post(&self) -> bool {
        self.rest().implicit_post
    }

    /// How many numbers the release part was written with: 3 for `1.2.0`.
    pub fn release_len(&self) -> usize {
        self.release.len()
    }

    /// The number at `index` of the release part, counted from 0, zero where none is written; saturates at `u64::MAX`.
    pub fn release_number(&self, index: usize) -> u64 {
        match &self.release {
            Release::Short { numbers, .. } => numbers.get(index).copied().map_or(0, u64::from),
            Release::Long(numbers) => match numbers.get(index) {
                Some(Number::Small(number)) => *number,
                Some(Number::Large(_)) => u64::MAX,
                None => 0,
            },
        }
    }

    /// Whether all numbers of the release part are zero: `0.0.0`, `0.0.dev0`.
    pub fn is_zero(&self) -> bool {
        trimmed(&self.release.numbers()).is_empty()
    }

    /// Whether people write it where a tool is to write the real version: `0.0.0`, `0.0.1.dev0`, `0.0.0+unknown`.
    pub fn is_placeholder(&self) -> bool {
        self.is_zero() || self.is_dev() || self.is_local()
    }

    /// Whether both have the same epoch and every number of this release part begins the other's: `1.2` of `1.2.3`.
    pub fn abbreviates(&self, longer: &Version) -> bool {
        let Rest { pre, post, dev, .. } = self.rest();
        self.same_epoch(longer)
            && self.release.len() < longer.release.len()
            && longer.release.numbers().starts_with(&self.release.numbers())
            && pre.is_none()
            && post.is_none()
            && dev.is_none()
    }

    /// The final release that a pre-release leads to: `1.2.0` of `1.2.0rc1`; itself, without local part, otherwise.
    pub fn final_release(&self) -> Self {
        let rest = self.rest.as_deref().map(|rest| Rest { pre: None, dev: None, local: Vec::new(), ..rest.clone() });
        Self { release: self.release.clone(), rest: rest.map(Box::new) }
    }

    /// Whether both count in the same epoch: `1!2.0` and `2.0` do not.
    pub fn same_epoch(&self, other: &Self) -> bool {
        self.rest().epoch == other.rest().epoch
    }

    /// Whether both have the same epoch and release numbers, whatever follows: `1.2.0rc1` and `1.2`.
    pub fn same_release(&self, other: &Version) -> bool {
        self.same_epoch(other) && self.release.cmp(&other.release) == Ordering::Equal
    }

    /// Whether `text` is MAJOR.MINOR.PATCH with an optional pre-release, which may be spelt as SemVer or as PEP 440 has it.
    ///
    /// Source: Semantic Versioning 2.0.0, item 2 and 9.
    pub fn is_semver(text: &str) -> bool {
        let spelt_by_pep440 = || {
            Self::parse(text).is_some_and(|version| {
                let three = version.release.len() == 3 && version.rest().epoch == FINAL.epoch;
                three && !version.is_post() && !version.is_local()
            })
        };
        semver::Version::parse(text).is_ok() || spelt_by_pep440()
    }
}

impl Rest {
    /// What decides between versions of one release.
    fn key(&self) -> impl Ord + '_ {
        // `1.0.dev1` comes before `1.0a1`, which comes before `1.0`, and that before `1.0.post1`.
        let pre = match (&self.pre, &self.post, &self.dev) {
            (None, None, Some(_)) => (0, None),
            (Some((kind, number)), _, _) => (1, Some((*kind, number))),
            (None, _, _) => (2, None),
        };
        let dev = self.dev.as_ref().map_or((1, None), |number| (0, Some(number)));
        (pre, self.post.as_ref(), dev, &self.local)
    }
}

impl Release {
    fn of(first: Number) -> Self {
        let mut release = Self::Short { numbers: [0; 4], len: 0 };
        release.push(first);
        release
    }

    fn push(&mut self, number: Number) {
        if let Self::Short { numbers, len } = self
            && let Some(place) = numbers.get_mut(usize::from(*len))
            && let Number::Small(small) = number
            && let Ok(small) = u32::try_from(small)
        {
            *place = small;
            *len += 1;
            return;
        }
        let mut numbers = self.numbers().into_owned();
        numbers.push(number);
        *self = Self::Long(numbers);
    }

    fn len(&self) -> usize {
        match self {
            Self::Short { len, .. } => usize::from(*len),
            Self::Long(numbers) => numbers.len(),
        }
    }

    fn numbers(&self) -> Cow<'_, [Number]> {
        match self {
            Self::Short { numbers, len } => {
                let written = numbers.iter().take(usize::from(*len));
                written.map(|number| Number::Small(u64::from(*number))).collect()
            }
            Self::Long(numbers) => Cow::Borrowed(numbers),
        }
    }

    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Short { numbers, .. }, Self::Short { numbers: others, .. }) => numbers.cmp(others),
            _ => trimmed(&self.numbers()).cmp(trimmed(&other.numbers())),
        }
    }
}

fn trimmed(release: &[Number]) -> &[Number] {
    let zeros = release.iter().rev().take_while(|number| **number == Number::Small(0)).count();
    &release[..release.len() - zeros]
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let release = || self.release.cmp(&other.release);
        if self.rest.is_none() && other.rest.is_none() {
            return release();
        }
        let (own, others) = (self.rest(), other.rest());
        own.epoch.cmp(&others.epoch).then_with(release).then_with(|| own.key().cmp(&others.key()))
    }
}

/// The canonical spelling, with as many release numbers as were written.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rest { epoch, pre, post, dev, local, .. } = self.rest();
        if *epoch != FINAL.epoch {
            write!(f, "{epoch}!")?;
        }
        for (index, number) in self.release.numbers().iter().enumerate() {
            write!(f, "{}{number}", if index > 0 { "." } else { "" })?;
        }
        if let Some((kind, number)) = pre {
            let kind = match kind {
                Pre::Alpha => "a",
                Pre::Beta => "b",
                Pre::Candidate => "rc",
            };
            write!(f, "{kind}{number}")?;
        }
        if let Some(number) = post {
            write!(f, ".post{number}")?;
        }
        if let Some(number) = dev {
            write!(f, ".dev{number}")?;
        }
        for (index, part) in local.iter().enumerate() {
            f.write_str(if index > 0 { "." } else { "+" })?;
            match part {
                LocalPart::Text(text) => f.write_str(text)?,
                LocalPart::Number(number) => write!(f, "{number}")?,
            }
        }
        Ok(())
    }
}

impl Number {
    /// `digits` holds ASCII digits only, at least one.
    fn of(digits: &str) -> Self {
        match digits.parse() {
            Ok(number) => Self::Small(number),
            Err(_) => match digits.trim_start_matches('0') {
                "" => Self::Small(0),
                shorter => shorter.parse().map_or_else(|_| Self::Large(shorter.to_owned()), Self::Small),
            },
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Small(a), Self::Small(b)) => a.cmp(b),
            (Self::Small(_), Self::Large(_)) => Ordering::Less,
            (Self::Large(_), Self::Small(_)) => Ordering::Greater,
            (Self::Large(a), Self::Large(b)) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Small(number) => write!(f, "{number}"),
            Self::Large(digits) => f.write_str(digits),
        }
    }
}

/// Reads a version from left to right, as the regular expression of the specification's appendix does.
struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn version(&mut self) -> Option<Version> {
        let mut first = self.number()?;
        let mut epoch = Number::Small(0);
        if self.take_byte(b"!") {
            epoch = std::mem::replace(&mut first, self.number()?);
        }
        let mut release = Release::of(first);
        while let [b'.', digit, ..] = self.rest
            && digit.is_ascii_digit()
        {
            self.rest = &self.rest[1..];
            release.push(self.number()?);
        }
        if self.rest.is_empty() && epoch == FINAL.epoch {
            return Some(Version { release, rest: None });
        }
        let pre = self.pre();
        let (post, implicit_post) = self.post();
        let dev = self.labelled(&["dev"]).map(|(_, number)| number);
        let local = if self.take_byte(b"+") { self.local()? } else { Vec::new() };
        let rest = Rest { epoch, pre, post, dev, local, implicit_post };
        Some(Version { release, rest: Some(Box::new(rest)) })
    }

    fn pre(&mut self) -> Option<(Pre, Number)> {
        // Longer words first: `preview` begins with `pre`, `alpha` with `a`.
        let (label, number) = self.labelled(&["alpha", "beta", "preview", "pre", "rc", "a", "b", "c"])?;
        let kind = match label {
            "alpha" | "a" => Pre::Alpha,
            "beta" | "b" => Pre::Beta,
            _ => Pre::Candidate,
        };
        Some((kind, number))
    }

    /// The post-release number, and whether it was a bare `-N`.
    fn post(&mut self) -> (Option<Number>, bool) {
        if let [b'-', digit, ..] = self.rest
            && digit.is_ascii_digit()
        {
            self.rest = &self.rest[1..];
            return (self.number(), true);
        }
        (self.labelled(&["post", "rev", "r"]).map(|(_, number)| number), false)
    }

    /// `[-_.]? WORD ([-_.]? NUMBER)?`; nothing is taken where no word of the list stands. A missing number is 0.
    fn labelled(&mut self, words: &[&'static str]) -> Option<(&'static str, Number)> {
        let before = self.rest;
        self.take_byte(b"-_.");
        let Some(word) = self.take_word(words) else {
            self.rest = before;
            return None;
        };
        // The separator may stand before nothing: `1.0rc-` is `1.0rc0`.
        self.take_byte(b"-_.");
        let number = self.number().unwrap_or(Number::Small(0));
        Some((word, number))
    }

    /// `[a-z0-9]+ ([-_.] [a-z0-9]+)*`
    fn local(&mut self) -> Option<Vec<LocalPart>> {
        let mut parts = Vec::new();
        loop {
            let length = self.rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
            let (part, rest) = self.rest.split_at(length);
            let part = std::str::from_utf8(part).ok().filter(|part| !part.is_empty())?;
            self.rest = rest;
            parts.push(if part.bytes().all(|byte| byte.is_ascii_digit()) {
                LocalPart::Number(Number::of(part))
            } else {
                LocalPart::Text(part.to_ascii_lowercase())
            });
            if !self.take_byte(b"-_.") {
                return Some(parts);
            }
        }
    }

    fn number(&mut self) -> Option<Number> {
        let length = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at(length);
        if digits.is_empty() {
            return None;
        }
        self.rest = rest;
        std::str::from_utf8(digits).ok().map(Number::of)
    }

    fn take_byte(&mut self, any_of: &[u8]) -> bool {
        match self.rest {
            [first, rest @ ..] if any_of.contains(first) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Takes the first word of the list that stands here, in any case.
    fn take_word(&mut self, words: &[&'static str]) -> Option<&'static str> {
        let word = words.iter().find(|word| {
            self.rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
        })?;
        self.rest = &self.rest[word.len()..];
        Some(word)
    }
}

#[cfg(test)]
mod tests;
