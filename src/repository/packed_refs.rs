//! The file `packed-refs`: many refs in one file, in most cases sorted by name.

use std::fs::File;
use std::path::Path;

use super::file;
use super::id::ObjectId;

/// The header of a file that git sorted.
const HEADER: &[u8] = b"# pack-refs with:";

/// So much of a sorted file is read to find one ref.
const BLOCK: usize = 4 << 10;

/// The refs that have no file of their own.
pub(super) struct PackedRefs {
    file: File,
    length: u64,
    /// Where the first ref stands, and whether the refs are sorted.
    start: u64,
    sorted: bool,
}

impl PackedRefs {
    /// Opens the file; `None` where there is none.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, String> {
        let (file, length) = match file::open(path) {
            Ok(opened) => opened,
            Err(error) if file::is_absent(&error) => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        let mut packed = Self { file, length, start: 0, sorted: false };
        let head = packed.bytes(0, length.min(BLOCK as u64))?;
        if head.starts_with(HEADER) {
            let end = head.iter().position(|byte| *byte == b'\n').ok_or("its header is broken")?;
            packed.sorted = head[HEADER.len()..end].split(|byte| *byte == b' ').any(|word| word == b"sorted");
            packed.start = end as u64 + 1;
        }
        if packed.length > packed.start && packed.bytes(packed.length - 1, packed.length)? != b"\n" {
            return Err("its last line is cut off".to_owned());
        }
        Ok(Some(packed))
    }

    /// What the ref `name` names.
    ///
    /// # Errors
    /// Why the file cannot be read.
    pub(super) fn find(&self, name: &str) -> Result<Option<ObjectId>, String> {
        let text = self.range(name)?;
        for line in lines(&text) {
            let (id, other) = line?;
            if other == name.as_bytes() {
                return ObjectId::parse(id).map(Some).ok_or_else(|| format!("its line of {name} is broken"));
            }
        }
        Ok(None)
    }

    /// Tells `each` of the name of every ref that begins with `prefix`, without the prefix.
    ///
    /// # Errors
    /// Why the file cannot be read.
    pub(super) fn names(&self, prefix: &str, mut each: impl FnMut(&[u8])) -> Result<(), String> {
        let text = self.range(prefix)?;
        for line in lines(&text) {
            if let Some(rest) = line?.1.strip_prefix(prefix.as_bytes()) {
                each(rest);
            }
        }
        Ok(())
    }

    /// The lines that may be of refs that begin with `prefix`: in a sorted file little more than those.
    fn range(&self, prefix: &str) -> Result<Vec<u8>, String> {
        if !self.sorted || self.length - self.start <= 4 * BLOCK as u64 {
            return self.bytes(self.start, self.length);
        }
        let (first, _) = self.around(prefix.as_bytes())?;
        // Nothing in a ref's name sorts behind this byte.
        let (_, last) = self.around(&[prefix.as_bytes(), &[0xff]].concat())?;
        self.bytes(first, last)
    }

    /// Two starts of lines that are near each other: every ref in front of the first sorts before `name`, none behind
    /// the second does.
    fn around(&self, name: &[u8]) -> Result<(u64, u64), String> {
        let (mut low, mut high, mut behind) = (self.start, self.length, self.length);
        while high - low > BLOCK as u64 {
            let middle = u64::midpoint(low, high);
            let Some((at, found)) = self.ref_behind(middle, high)? else { break };
            if found.as_slice() < name { low = at } else { (high, behind) = (middle, at) }
        }
        Ok((low, behind))
    }

    /// The first whole line of a ref behind `offset`: where it starts, and the ref's name.
    fn ref_behind(&self, offset: u64, end: u64) -> Result<Option<(u64, Vec<u8>)>, String> {
        let bytes = self.bytes(offset, end.min(offset + BLOCK as u64))?;
        let mut at = 0;
        while let Some(length) = bytes[at..].iter().position(|byte| *byte == b'\n') {
            at += length + 1;
            let rest = &bytes[at..];
            let Some(end) = rest.iter().position(|byte| *byte == b'\n') else { return Ok(None) };
            if rest[0] != b'^' {
                let (_, name) = line(&rest[..end])?;
                return Ok(Some((offset + at as u64, name.to_vec())));
            }
        }
        Ok(None)
    }

    fn bytes(&self, start: u64, end: u64) -> Result<Vec<u8>, String> {
        let mut bytes = vec![0; usize::try_from(end - start).map_err(|_| "it is too large")?];
        let filled = file::read_at(&self.file, &mut bytes, start).map_err(|error| error.to_string())?;
        if filled == bytes.len() { Ok(bytes) } else { Err("it grew shorter while it was read".to_owned()) }
    }
}

/// The object, in hexadecimal, and the name of every ref in `text`.
fn lines(text: &[u8]) -> impl Iterator<Item = Result<(&[u8], &[u8]), String>> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let all = text.split(|byte| *byte == b'\n').filter(|_| !text.is_empty());
    // What an annotated tag leads to stands in a line of its own, and is read from the objects instead.
    all.filter(|line| !line.starts_with(b"^")).map(line)
}

fn line(line: &[u8]) -> Result<(&[u8], &[u8]), String> {
    let space = line.iter().position(|byte| *byte == b' ').filter(|at| matches!(at, 40 | 64));
    match space.map(|at| (&line[..at], &line[at + 1..])) {
        Some((id, name)) if !name.is_empty() && id.iter().all(u8::is_ascii_hexdigit) => Ok((id, name)),
        _ => Err(format!("it has a line that is no ref: {}", String::from_utf8_lossy(line))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(text: &[u8]) -> (tempfile::TempDir, Result<Option<PackedRefs>, String>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("packed-refs");
        std::fs::write(&path, text).unwrap();
        let packed = PackedRefs::open(&path);
        (folder, packed)
    }

    #[test]
    fn every_ref_of_a_large_file_is_found_among_its_neighbours() {
        let header = "# pack-refs with: peeled fully-peeled sorted \n".to_owned();
        let name = |at: usize| match at % 3 {
            0 => format!("refs/heads/branch-{at:06}"),
            1 => format!("refs/remotes/origin/{at:06}"),
            _ => format!("refs/tags/v{at:06}"),
        };
        let mut names: Vec<String> = (0..3000).map(name).collect();
        names.sort();
        let lines = names.iter().enumerate().map(|(at, name)| format!("{at:040x} {name}\n^{at:040x}\n"));
        let (_folder, packed) = packed((header + &lines.collect::<String>()).as_bytes());
        let packed = packed.unwrap().unwrap();
        for (at, name) in names.iter().enumerate() {
            assert_eq!(packed.find(name).unwrap().unwrap().to_string(), format!("{at:040x}"), "{name}");
        }
        for absent in ["refs/a", "refs/tags/v", "refs/tags/v000002x", "refs/zzz", "a", "refs/heads/branch-"] {
            assert_eq!(packed.find(absent).unwrap(), None, "{absent}");
        }
        let mut count = 0;
        packed.names("refs/tags/", |name| count += usize::from(name.starts_with(b"v"))).unwrap();
        assert_eq!(count, 1000);
    }

    #[test]
    fn a_broken_file_is_never_a_shorter_one() {
        let id = "1".repeat(40);
        for text in [format!("{id} refs/tags/a"), "garbage line\n".to_owned(), format!("{id} refs/tags/a\n{id}\n")] {
            let (_folder, packed) = packed(text.as_bytes());
            let read = packed.and_then(|packed| packed.unwrap().names("refs/tags/", |_| {}));
            assert!(read.is_err(), "{text}");
        }
        assert!(packed(b"").1.unwrap().unwrap().find("refs/tags/a").unwrap().is_none());
    }
}
