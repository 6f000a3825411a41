//! Versions as PEP 440 reads, compares and writes them.
//!
//! Source of every rule here: the version specifiers specification of the Python Packaging User Guide (PEP 440), with
//! PyPA's `packaging` as the reference implementation. Numbers have any length, as there.

use std::cmp::Ordering;
use std::fmt;

/// A PEP 440 version. Equality and order are those of the specification: `1.0 == 1.0.0`, `1.0.0-rc.1 == 1.0rc1`.
#[derive(Clone, Debug)]
pub struct Version {
    epoch: Number,
    /// At least one number, as written: trailing zeros are kept.
    release: Vec<Number>,
    pre: Option<(Pre, Number)>,
    post: Option<Number>,
    dev: Option<Number>,
    local: Vec<LocalPart>,
    /// Whether the post-release was written as a bare `-N`.
    implicit_post: bool,
}

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

    /// Whether it is a development release, an alpha, a beta or a release candidate.
    pub fn is_prerelease(&self) -> bool {
        self.pre.is_some() || self.dev.is_some()
    }

    pub fn is_dev(&self) -> bool {
        self.dev.is_some()
    }

    pub fn is_post(&self) -> bool {
        self.post.is_some()
    }

    /// Whether it has a local part, `+local`, which no index accepts.
    pub fn is_local(&self) -> bool {
        !self.local.is_empty()
    }

    /// Whether the post-release was written as a bare `-N`, which SemVer takes for a pre-release.
    pub fn has_implicit_post(&self) -> bool {
        self.implicit_post
    }

    /// How many numbers the release part was written with: 3 for `1.2.0`.
    pub fn release_len(&self) -> usize {
        self.release.len()
    }

    /// The number at `index` of the release part, counted from 0, zero where none is written; saturates at `u64::MAX`.
    pub fn release_number(&self, index: usize) -> u64 {
        match self.release.get(index) {
            Some(Number::Small(number)) => *number,
            Some(Number::Large(_)) => u64::MAX,
            None => 0,
        }
    }

    /// Whether all numbers of the release part are zero: `0.0.0`, `0.0.dev0`.
    pub fn is_zero(&self) -> bool {
        trimmed(&self.release).is_empty()
    }

    /// Whether people write it where a tool is to write the real version: `0.0.0`, `0.0.1.dev0`, `0.0.0+unknown`.
    pub fn is_placeholder(&self) -> bool {
        self.is_zero() || self.is_dev() || self.is_local()
    }

    /// Whether both have the same epoch and every number of this release part begins the other's: `1.2` of `1.2.3`.
    pub fn abbreviates(&self, longer: &Version) -> bool {
        self.epoch == longer.epoch
            && self.release.len() < longer.release.len()
            && longer.release.starts_with(&self.release)
            && self.pre.is_none()
            && self.post.is_none()
            && self.dev.is_none()
    }

    /// The final release that a pre-release leads to: `1.2.0` of `1.2.0rc1`; itself, without local part, otherwise.
    pub fn final_release(&self) -> Self {
        Self { pre: None, dev: None, local: Vec::new(), ..self.clone() }
    }

    /// Whether both count in the same epoch: `1!2.0` and `2.0` do not.
    pub fn same_epoch(&self, other: &Self) -> bool {
        self.epoch == other.epoch
    }

    /// Whether both have the same epoch and release numbers, whatever follows: `1.2.0rc1` and `1.2`.
    pub fn same_release(&self, other: &Version) -> bool {
        self.epoch == other.epoch && trimmed(&self.release) == trimmed(&other.release)
    }

    /// Whether `text` is MAJOR.MINOR.PATCH with an optional pre-release, which may be spelt as SemVer or as PEP 440 has it.
    ///
    /// Source: Semantic Versioning 2.0.0, item 2 and 9.
    pub fn is_semver(text: &str) -> bool {
        let spelt_by_pep440 = || {
            Self::parse(text).is_some_and(|version| {
                let three = version.release.len() == 3 && version.epoch == Number::Small(0);
                three && version.post.is_none() && version.local.is_empty()
            })
        };
        semver::Version::parse(text).is_ok() || spelt_by_pep440()
    }

    /// What decides between versions of one release.
    fn suffix_key(&self) -> impl Ord + '_ {
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
        let epoch = self.epoch.cmp(&other.epoch);
        epoch
            .then_with(|| trimmed(&self.release).cmp(trimmed(&other.release)))
            .then_with(|| self.suffix_key().cmp(&other.suffix_key()))
    }
}

/// The canonical spelling, with as many release numbers as were written.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.epoch != Number::Small(0) {
            write!(f, "{}!", self.epoch)?;
        }
        for (index, number) in self.release.iter().enumerate() {
            write!(f, "{}{number}", if index > 0 { "." } else { "" })?;
        }
        if let Some((kind, number)) = &self.pre {
            let kind = match kind {
                Pre::Alpha => "a",
                Pre::Beta => "b",
                Pre::Candidate => "rc",
            };
            write!(f, "{kind}{number}")?;
        }
        if let Some(number) = &self.post {
            write!(f, ".post{number}")?;
        }
        if let Some(number) = &self.dev {
            write!(f, ".dev{number}")?;
        }
        for (index, part) in self.local.iter().enumerate() {
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
        let mut release = Vec::with_capacity(3);
        release.push(first);
        while let [b'.', digit, ..] = self.rest
            && digit.is_ascii_digit()
        {
            self.rest = &self.rest[1..];
            release.push(self.number()?);
        }
        let (mut pre, mut post, mut dev, mut local, mut implicit_post) = (None, None, None, Vec::new(), false);
        // Most versions are final.
        if !self.rest.is_empty() {
            pre = self.pre();
            (post, implicit_post) = self.post();
            dev = self.labelled(&["dev"]).map(|(_, number)| number);
            if self.take_byte(b"+") {
                local = self.local()?;
            }
        }
        Some(Version { epoch, release, pre, post, dev, local, implicit_post })
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
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap_or_else(|| panic!("{text} is a version"))
    }

    #[test]
    fn spellings_of_one_version_are_equal() {
        for (one, other) in [
            ("1.0", "1.0.0"),
            ("1.0.0-rc.1", "1.0rc1"),
            ("1.0.0.RC1", "1.0.0c1"),
            ("1.0-preview", "1.0rc0"),
            ("1.0rc-", "1.0rc0"),
            ("1.0a.-1.dev", "1.0a0.post1.dev0"),
            ("v1.0", "1.0"),
            ("1.0-1", "1.0.post1"),
            ("1.0.rev_2", "1.0.post2"),
            ("2026.01.05", "2026.1.5"),
            ("1.0+Ubuntu-1", "1.0+ubuntu.1"),
            ("1.0beta2", "1.0b2"),
            ("0!1.0", "1.0"),
            (" 1.0\n", "1.0"),
            ("1.0.0000000000000000000000000000000000001", "1.0.1"),
        ] {
            assert_eq!(version(one), version(other), "{one} {other}");
        }
    }

    #[test]
    fn versions_are_in_the_order_of_the_specification() {
        let ascending = [
            "1.0.dev0",
            "1.0a0.dev1",
            "1.0a0",
            "1.0a1",
            "1.0b1",
            "1.0rc9",
            "1.0rc10.dev1",
            "1.0rc10",
            "1.0",
            "1.0+abc",
            "1.0+abc.1",
            "1.0+5",
            "1.0+10",
            "1.0.post0.dev1",
            "1.0.post0",
            "1.0.1",
            "1.1",
            "1.10",
            "99999999999999999999",
            "100000000000000000000",
            "1!0.1",
        ];
        for pair in ascending.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{} < {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in [
            "",
            "v",
            "1.",
            "1.0-",
            "1.0-SNAPSHOT",
            "1.2bis",
            "1.0-nightly.1",
            "1.0+",
            "1.0+a..b",
            "a1",
            "1.0 0",
            "１.0",
            "1.0rc1rc2",
            "1!",
        ] {
            assert!(Version::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_canonical_spelling_keeps_the_written_numbers() {
        for (text, canonical) in [
            ("v01.0-RC.1", "1.0rc1"),
            ("1.0-Beta.2", "1.0b2"),
            ("1.0_alpha", "1.0a0"),
            ("1!2.0.0-1+A_b", "1!2.0.0.post1+a.b"),
            ("1.0.dev", "1.0.dev0"),
        ] {
            assert_eq!(version(text).to_string(), canonical);
        }
    }

    #[test]
    fn a_prefix_ends_where_the_version_does() {
        let length = |text| Version::parse_prefix(text).map(|(_, length)| length);
        assert_eq!(length("1.2.0 (2024-01-01)"), Some(5));
        assert_eq!(length("1.2.0rc1] - x"), Some(8));
        assert_eq!(length("1.2.0, x"), Some(5));
        assert_eq!(length("1.2.0."), Some(5));
        assert_eq!(length("1.2x"), None);
        assert_eq!(length("1.2é"), None);
        assert_eq!(length("x1.2"), None);
        assert_eq!(length("2024-01-02"), None);
    }

    #[test]
    fn semver_has_three_numbers_and_perhaps_a_prerelease() {
        for text in ["1.2.0", "1.2.0-rc.1", "1.2.0rc1", "1.2.0-nightly.1", "1.2.0.dev1"] {
            assert!(Version::is_semver(text), "{text}");
        }
        for text in ["1.2", "1.2.0.0", "1!1.2.0", "1.2.0.post1", "2026.01"] {
            assert!(!Version::is_semver(text), "{text}");
        }
    }

    #[test]
    fn a_floating_tag_abbreviates() {
        assert!(version("1").abbreviates(&version("1.2.3")));
        assert!(version("1.2").abbreviates(&version("1.2.3rc1")));
        assert!(!version("1.2.3").abbreviates(&version("1.2.3")));
        assert!(!version("1.20").abbreviates(&version("1.2.3")));
    }

    #[test]
    fn a_version_says_what_it_is() {
        let said = |text| {
            let version = version(text);
            let facts = [
                (version.is_prerelease(), "pre"),
                (version.is_dev(), "dev"),
                (version.is_post(), "post"),
                (version.has_implicit_post(), "implicit"),
                (version.is_local(), "local"),
                (version.is_zero(), "zero"),
                (version.is_placeholder(), "placeholder"),
            ];
            facts.into_iter().filter(|(holds, _)| *holds).map(|(_, name)| name).collect::<Vec<_>>().join(" ")
        };
        for (text, expected) in [
            ("1.0", ""),
            ("1.0rc1", "pre"),
            ("1.0.dev1", "pre dev placeholder"),
            ("1.0.post1", "post"),
            ("1.0-1", "post implicit"),
            ("1.0+x", "local placeholder"),
            ("0.0.0", "zero placeholder"),
            ("0.0.0rc1", "pre zero placeholder"),
            ("0.0.1", ""),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
        let long = version("1.20.99999999999999999999");
        assert_eq!((long.release_len(), version("7").release_len()), (3, 1));
        assert_eq!([0, 1, 2, 3].map(|index| long.release_number(index)), [1, 20, u64::MAX, 0]);
    }

    #[test]
    fn a_release_is_known_by_its_numbers_whatever_follows() {
        for text in ["1.2.0rc1", "1.2.0.dev1", "1.2.0rc1.dev2+local", "1.2.0+local"] {
            assert_eq!(version(text).final_release().to_string(), "1.2.0");
            assert!(version(text).same_release(&version("1.2")), "{text}");
        }
        assert_eq!(version("1.2.0.post1").final_release().to_string(), "1.2.0.post1");
        for (one, other) in [("1.2", "1.3"), ("1!1.2", "1.2"), ("1!1.2", "2!1.3")] {
            assert!(!version(one).same_release(&version(other)), "{one} {other}");
            assert!(version(one) != version(other), "{one} {other}");
        }
    }
}
