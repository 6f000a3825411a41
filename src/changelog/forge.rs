//! What an address of a forge shows: the changes between two tags, or one tag.
//!
//! GitHub, GitLab, Gitea and Forgejo write `compare/OLD...NEW`, Bitbucket `compare/NEW%0DOLD` or `compare/NEW..OLD`.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem;

use crate::version::Version;

/// The part of an address that names tags. Ranges are bytes of the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    Changes { from: Range<usize>, to: Range<usize> },
    Tag(Range<usize>),
}

/// A tag's name as prefix and version.
#[derive(Clone, Debug)]
pub struct TagName {
    pub prefix: String,
    pub version: Version,
}

impl TagName {
    /// The longest version at the end of a name, as an address may write it: `v1.0.0`, `pkg-v1.0.0`, `pkg%40v1.0.0`.
    pub fn parse(name: &str) -> Option<Self> {
        let name = decoded(name);
        if is_commit(&name) {
            return None;
        }
        let bytes = name.as_bytes();
        // A prefix has few words, and only the first edges are tried.
        let edges = (0..bytes.len()).filter(|&at| {
            let before = at.checked_sub(1).map(|at| bytes[at]);
            let after_v = matches!(before, Some(b'v' | b'V')) && !(at >= 2 && bytes[at - 2].is_ascii_alphanumeric());
            let inside = before.is_some_and(|byte| byte.is_ascii_alphanumeric());
            let number = before == Some(b'.') && at >= 2 && bytes[at - 2].is_ascii_digit();
            bytes[at].is_ascii_digit() && (after_v || !inside) && !number
        });
        let (prefix, version) = edges.take(8).find_map(|at| Some((&name[..at], Version::parse(&name[at..])?)))?;
        // A prefix with a version or a date in it names more than one thing.
        let words = prefix.split(|c: char| !c.is_alphanumeric());
        let is_number = |word: &str| word.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit());
        (!words.into_iter().any(is_number)).then(|| Self { prefix: prefix.to_owned(), version })
    }
}

/// Whether a name is rather that of a commit, shortened or not: `8a12345` would be a version, too.
fn is_commit(name: &str) -> bool {
    let is_day = name.len() == 8 && name.starts_with("20") && name.bytes().all(|byte| byte.is_ascii_digit());
    (7..=40).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_hexdigit()) && !is_day
}

fn decoded(name: &str) -> Cow<'_, str> {
    if !name.contains('%') {
        return Cow::Borrowed(name);
    }
    [("%2B", "+"), ("%2b", "+"), ("%40", "@"), ("%2F", "/"), ("%2f", "/"), ("%21", "!")]
        .iter()
        .fold(Cow::Borrowed(name), |name, (from, to)| Cow::Owned(name.replace(from, to)))
}

/// What an address shows, where it is one that names tags.
pub fn shown(address: &str) -> Option<Shown> {
    let end = memchr::memchr2(b'?', b'#', address.as_bytes()).unwrap_or(address.len());
    let path = address[..end].trim_end_matches('/');
    let compare = b"/compare/";
    if let Some(at) = path.as_bytes().windows(compare.len()).rposition(|part| part == compare) {
        let start = at + compare.len();
        let (before, after) = (&path[..at], &path[start..]);
        let (separator, at) = ["...", "%0D", "%0d", ".."].iter().find_map(|mark| {
            let at = after.as_bytes().windows(mark.len()).position(|part| part == mark.as_bytes())?;
            Some((*mark, at))
        })?;
        let first = start..start + at;
        let second = first.end + separator.len()..path.len();
        if first.is_empty() || second.is_empty() {
            return None;
        }
        // Bitbucket names the newer one first.
        let reversed = separator != "..." && (before.ends_with("/branches") || before.contains("bitbucket.org/"));
        let (from, to) = if reversed { (second, first) } else { (first, second) };
        return Some(Shown::Changes { from, to });
    }
    ["/releases/tag/", "/-/tags/", "/-/releases/", "/src/tag/", "/commits/tag/", "/tree/refs/tags/", "/tree/"]
        .iter()
        .find_map(|mark| {
            let start = memmem::find(path.as_bytes(), mark.as_bytes())? + mark.len();
            (start < path.len()).then_some(Shown::Tag(start..path.len()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(address: &str) -> Option<(&str, &str)> {
        match shown(address)? {
            Shown::Changes { from, to } => Some((&address[from], &address[to])),
            Shown::Tag(tag) => Some(("", &address[tag])),
        }
    }

    #[test]
    fn every_forge_is_read() {
        for (address, expected) in [
            ("https://github.com/a/b/compare/v1.0.0...v1.1.0", ("v1.0.0", "v1.1.0")),
            ("https://github.com/a/b/compare/v1.0.0..HEAD", ("v1.0.0", "HEAD")),
            ("https://gitlab.com/a/b/-/compare/1.0...main?from_project_id=1", ("1.0", "main")),
            ("https://codeberg.org/a/b/compare/pkg@1.0...pkg@1.1/", ("pkg@1.0", "pkg@1.1")),
            ("https://bitbucket.org/a/b/branches/compare/v1.1.0%0Dv1.0.0#diff", ("v1.0.0", "v1.1.0")),
            ("https://bitbucket.org/a/b/compare/v1.1.0..v1.0.0", ("v1.0.0", "v1.1.0")),
            ("https://github.com/a/b/releases/tag/v1.0.0", ("", "v1.0.0")),
            ("https://gitlab.com/a/b/-/tags/v1.0.0", ("", "v1.0.0")),
            ("https://codeberg.org/a/b/src/tag/v1.0.0", ("", "v1.0.0")),
        ] {
            assert_eq!(ends(address), Some(expected), "{address}");
        }
        for address in [
            "https://github.com/a/b",
            "https://pypi.org/project/a/1.0/",
            "https://x/compare/",
            "https://x/compare/...b",
        ] {
            assert_eq!(ends(address), None, "{address}");
        }
    }

    #[test]
    fn a_tag_has_any_prefix() {
        for (name, prefix, version) in [
            ("v1.0.0", "v", "1.0.0"),
            ("pkg-v1.0rc1", "pkg-v", "1.0rc1"),
            ("py3-1.2", "py3-", "1.2"),
            ("20260105", "", "20260105"),
            ("a%40v1.0%2Bx", "a@v", "1.0+x"),
        ] {
            let tag = TagName::parse(name).unwrap();
            assert_eq!((tag.prefix.as_str(), tag.version.to_string().as_str()), (prefix, version), "{name}");
        }
        for name in ["HEAD", "main", "1a2b3c4d5e", "1234567", "8a12345", "release", "", "v1.0.0-0.33b0", "2024-01-05"] {
            assert!(TagName::parse(name).is_none(), "{name}");
        }
    }
}
