//! What makes a finding the same in the next run, though lines were added above it.

use std::collections::{BTreeSet, HashMap};

use sha1::{Digest, Sha1};

use crate::finding::Finding;
use crate::report::Judgement;

/// A name for each finding of a report: of rule, path and wrong text, never of lines. The same text found again gets
/// another name, in the order in which the findings are told.
#[derive(Default)]
pub struct Fingerprints(HashMap<[u8; 20], usize>);

impl Fingerprints {
    /// 40 hexadecimal digits.
    pub fn next(&mut self, judgement: &Judgement, finding: &Finding) -> String {
        let sources = &judgement.facts.sources;
        // Where something is missing there is no text.
        let text = match sources.bytes_at(finding.at) {
            [] => finding.message.as_bytes(),
            text => text,
        };
        let path = &sources.get(finding.at.source).path;
        let name = digest(&[finding.rule.as_bytes(), path.as_bytes(), text]);
        let seen = self.0.entry(name).or_default();
        *seen += 1;
        let unique = if *seen == 1 { name } else { digest(&[&name, seen.to_string().as_bytes()]) };
        unique.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn digest(parts: &[&[u8]]) -> [u8; 20] {
    let mut hasher = Sha1::new();
    for part in parts {
        hasher.update(part);
        hasher.update([0]);
    }
    hasher.finalize().into()
}

/// How many characters GitHub's code scanning hashes from the beginning of a line, blanks and tabs left out.
const WINDOW: usize = 100;
const FACTOR: u64 = 37;
const END: u16 = 0xffff;

/// What GitHub's upload of SARIF calls `primaryLocationLineHash`, for these 1-based lines: the hash of the characters that
/// begin there, and how many lines down to this one have the same. It is said here because uploads by the API alone
/// do not add it, and without it every run opens the same alerts again.
pub fn line_hashes(bytes: &[u8], wanted: &BTreeSet<usize>) -> HashMap<usize, String> {
    let mut hashes = HashMap::new();
    roll(bytes, |line, hash| {
        if wanted.contains(&line) {
            hashes.insert(line, hash);
        }
    });
    // Only hashes that are asked for are counted: a file may have millions of lines.
    let mut seen: HashMap<u64, usize> = hashes.values().map(|hash| (*hash, 0)).collect();
    let mut told = HashMap::new();
    roll(bytes, |line, hash| {
        if let Some(count) = seen.get_mut(&hash) {
            *count += 1;
            if wanted.contains(&line) {
                told.insert(line, format!("{hash:x}:{count}"));
            }
        }
    });
    told
}

/// Tells the hash of every line, top to bottom. A line ends with CR, LF or both, which count as one.
fn roll(bytes: &[u8], mut tell: impl FnMut(usize, u64)) {
    let mut window = Window { units: [0; WINDOW], lines: [0; WINDOW], at: 0, hash: 0 };
    let (mut line, mut starts, mut after_return) = (0, true, false);
    let text = bytes.utf8_chunks().flat_map(|chunk| {
        let replaced = (!chunk.invalid().is_empty()).then_some(char::REPLACEMENT_CHARACTER);
        chunk.valid().chars().chain(replaced)
    });
    let units = text.flat_map(|c| {
        let mut units = [0; 2];
        let length = c.encode_utf16(&mut units).len();
        units.into_iter().take(length)
    });
    for unit in units.chain([END]) {
        let skipped = matches!(unit, 0x20 | 0x09) || (after_return && unit == 0x0a);
        after_return = !skipped && unit == 0x0d;
        if skipped {
            continue;
        }
        let unit = if after_return { 0x0a } else { unit };
        window.tell_oldest(&mut tell);
        if starts {
            line += 1;
            window.lines[window.at] = line;
        }
        starts = unit == 0x0a;
        window.push(unit);
    }
    for _ in 0..WINDOW {
        window.tell_oldest(&mut tell);
        window.push(0);
    }
}

/// The last characters that were read, in a ring.
struct Window {
    units: [u16; WINDOW],
    /// Which line a character begins; 0: none.
    lines: [usize; WINDOW],
    /// Where the oldest one is, which the next replaces.
    at: usize,
    hash: u64,
}

impl Window {
    fn tell_oldest(&mut self, tell: &mut impl FnMut(usize, u64)) {
        let line = std::mem::take(&mut self.lines[self.at]);
        if line > 0 {
            tell(line, self.hash);
        }
    }

    fn push(&mut self, unit: u16) {
        let leaving = u64::from(std::mem::replace(&mut self.units[self.at], unit));
        let gone = FACTOR.wrapping_pow(WINDOW as u32).wrapping_mul(leaving);
        self.hash = FACTOR.wrapping_mul(self.hash).wrapping_add(u64::from(unit)).wrapping_sub(gone);
        self.at = (self.at + 1) % WINDOW;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected hashes are those that GitHub's own upload action computes of the same bytes.
    #[test]
    fn lines_have_the_hashes_that_github_gives_them() {
        let long = [b"x".repeat(250), b"\n".to_vec(), b"y\n".repeat(120), b"\n\n".to_vec()].concat();
        let odd = ["\u{feff}# \ta b\r\n\r\n\u{1f469}\u{200d}\u{1f4bb} x\r- é\r\n".as_bytes(), b"\xff\xfe\xe2\x82 end"]
            .concat();
        let plain = b"# Changelog\n\n## [Unreleased]\n\n- a\n- a\n- a\n";
        for (bytes, expected) in [
            (&plain[..], &[(1, "bba4c50005eca474:1"), (5, "7b730111e90da5c3:1"), (8, "c129715d7a2bc9a3:1")][..]),
            (&odd, &[(1, "fc648a866624598f:1"), (3, "236bd712eb61e0ee:1"), (5, "9e97f4d9706fe1b9:1")]),
            (&long, &[(1, "52b56201ffb58620:1"), (3, "43762f342805c306:2"), (72, "43762f342805c306:71")]),
            (&long, &[(94, "586b1d43f72e2b:1"), (123, "3c5bef55b72b93c9:1")]),
        ] {
            let wanted = expected.iter().map(|(line, _)| *line).collect();
            let expected = expected.iter().map(|(line, hash)| (*line, (*hash).to_owned())).collect();
            assert_eq!(line_hashes(bytes, &wanted), expected);
        }
        assert!(line_hashes(b"a\n", &BTreeSet::from([7])).is_empty());
    }
}
