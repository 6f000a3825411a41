//! The file `packed-refs`: many refs in one file, in most cases sorted by name.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::fs::File;
use std::path::Path;

use super::file;
use super::id::ObjectId;

/// The header of a file that git sorted.
const HEADER: &[u8] = b"# pack-refs with:";

/// So much of a sorted file is read to find one ref.
const BLOCK: usize = 4 << 10;

/// So much of the file is held at once while many refs are told.
const CHUNK: usize = 64 << 10;

/// After so many searches the whole file is held, unless it is longer than this, in bytes.
const MANY_SEARCHES: (u32, u64) = (8, 1 << 20);

/// No line is longer: a ref's name is a path.
const LONGEST_LINE: usize = 16 << 10;

/// The refs that have no file of their own.
pub(super) struct PackedRefs {
    file: File,
    length: u64,
    /// Where the first ref stands, and whether the refs are sorted.
    start: u64,
    sorted: bool,
    /// Whether every tag object has a line that says where it leads.
    peeled: bool,
    searches: Cell<u32>,
    whole: OnceCell<Vec<u8>>,
}

/// One ref as its lines have it.
pub(super) struct PackedRef<'p> {
    /// The full name without the prefix that was asked for.
    pub(super) name: &'p [u8],
    /// The object's name in hexadecimal.
    id: &'p [u8],
    /// The same of what stands at the end of its tag objects; `None` where the file does not say.
    end: Option<&'p [u8]>,
}

impl PackedRef<'_> {
    pub(super) fn id(&self) -> Option<ObjectId> {
        ObjectId::parse(self.id)
    }

    /// What stands at the end of its tag objects, where the file says it.
    pub(super) fn end(&self) -> Option<ObjectId> {
        self.end.and_then(ObjectId::parse)
    }
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
        let (searches, whole) = (Cell::default(), OnceCell::new());
        let mut packed = Self { file, length, start: 0, sorted: false, peeled: false, searches, whole };
        let head = packed.bytes(0, length.min(BLOCK as u64))?.into_owned();
        if head.starts_with(HEADER) {
            let end = head.iter().position(|byte| *byte == b'\n').ok_or("its header is broken")?;
            let has = |wanted: &[u8]| head[HEADER.len()..end].split(|byte| *byte == b' ').any(|word| word == wanted);
            packed.sorted = has(b"sorted");
            // Only tags are asked for, and those are peeled in either case.
            packed.peeled = has(b"peeled") || has(b"fully-peeled");
            packed.start = end as u64 + 1;
        }
        if packed.length > packed.start && *packed.bytes(packed.length - 1, packed.length)? != *b"\n" {
            return Err("its last line is cut off".to_owned());
        }
        Ok(Some(packed))
    }

    /// What the ref `name` names.
    ///
    /// # Errors
    /// Why the file cannot be read.
    pub(super) fn find(&self, name: &str) -> Result<Option<ObjectId>, String> {
        self.searches.set(self.searches.get() + 1);
        if self.searches.get() == MANY_SEARCHES.0 && self.length <= MANY_SEARCHES.1 {
            let whole = self.bytes(0, self.length)?.into_owned();
            self.whole.get_or_init(|| whole);
        }
        let text = self.range(name)?;
        for line in lines(&text) {
            let (id, other) = line?;
            if other == name.as_bytes() {
                return ObjectId::parse(id).map(Some).ok_or_else(|| format!("its line of {name} is broken"));
            }
        }
        Ok(None)
    }

    /// Tells `each` of every ref whose name begins with `prefix`.
    ///
    /// # Errors
    /// Why the file cannot be read.
    pub(super) fn each(&self, prefix: &str, mut each: impl FnMut(&PackedRef<'_>)) -> Result<(), String> {
        let (mut at, end) = self.span(prefix)?;
        let mut chunk = CHUNK;
        while at < end {
            let bytes = self.bytes(at, end.min(at + chunk as u64))?;
            let ends = at + bytes.len() as u64 == end;
            let used = told(&bytes, ends, prefix.as_bytes(), self.peeled, &mut each)?;
            at += used as u64;
            // Not even one ref is whole in it.
            if used == 0 {
                if chunk > LONGEST_LINE * 8 {
                    return Err("it has a line that is too long".to_owned());
                }
                chunk *= 2;
            }
        }
        Ok(())
    }

    /// The lines that may be of refs that begin with `prefix`.
    fn range(&self, prefix: &str) -> Result<Cow<'_, [u8]>, String> {
        let (start, end) = self.span(prefix)?;
        self.bytes(start, end)
    }

    /// Where the lines stand that may be of refs that begin with `prefix`: in a sorted file little more than those.
    fn span(&self, prefix: &str) -> Result<(u64, u64), String> {
        if !self.sorted || self.length - self.start <= 4 * BLOCK as u64 {
            return Ok((self.start, self.length));
        }
        let (first, _) = self.around(prefix.as_bytes())?;
        // Nothing in a ref's name sorts behind this byte.
        let (_, last) = self.around(&[prefix.as_bytes(), &[0xff]].concat())?;
        Ok((first, last))
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

    fn bytes(&self, start: u64, end: u64) -> Result<Cow<'_, [u8]>, String> {
        if let Some(whole) = self.whole.get() {
            let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
            return whole.get(place(start)..place(end)).map(Cow::Borrowed).ok_or_else(|| "it is too large".to_owned());
        }
        let mut bytes = vec![0; usize::try_from(end - start).map_err(|_| "it is too large")?];
        let filled = file::read_at(&self.file, &mut bytes, start).map_err(|error| error.to_string())?;
        if filled == bytes.len() { Ok(Cow::Owned(bytes)) } else { Err("it grew shorter while it was read".to_owned()) }
    }
}

/// Tells `each` of the refs in `bytes`, and how many bytes those take that it was told of. Unless the refs `end` here, the
/// last may lack its second line and is left.
fn told(
    bytes: &[u8],
    ends: bool,
    prefix: &[u8],
    peeled: bool,
    each: &mut impl FnMut(&PackedRef<'_>),
) -> Result<usize, String> {
    let mut at = 0;
    while let Some(length) = memchr::memchr(b'\n', &bytes[at..]) {
        let (id, name) = line(&bytes[at..at + length])?;
        let next = at + length + 1;
        let (mut end, mut after) = (peeled.then_some(id), next);
        match bytes.get(next) {
            Some(b'^') => {
                let Some(length) = memchr::memchr(b'\n', &bytes[next..]) else { break };
                let peeled = &bytes[next + 1..next + length];
                if !is_id(peeled) {
                    return Err(no_ref(&bytes[next..next + length]));
                }
                (end, after) = (Some(peeled), next + length + 1);
            }
            Some(_) => {}
            None if ends => {}
            None => break,
        }
        if let Some(name) = name.strip_prefix(prefix) {
            each(&PackedRef { name, id, end });
        }
        at = after;
    }
    Ok(at)
}

/// The object, in hexadecimal, and the name of every ref in `text`.
fn lines(text: &[u8]) -> impl Iterator<Item = Result<(&[u8], &[u8]), String>> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let all = text.split(|byte| *byte == b'\n').filter(|_| !text.is_empty());
    // What an annotated tag leads to stands in a line of its own, and is read from the objects instead.
    all.filter(|line| !line.starts_with(b"^")).map(line)
}

fn line(line: &[u8]) -> Result<(&[u8], &[u8]), String> {
    let at = if line.get(40) == Some(&b' ') { 40 } else { 64 };
    match line.split_at_checked(at) {
        Some((id, [b' ', name @ ..])) if !name.is_empty() && is_id(id) => Ok((id, name)),
        _ => Err(no_ref(line)),
    }
}

fn is_id(text: &[u8]) -> bool {
    // Without a way out in the middle, many bytes are looked at in one step.
    matches!(text.len(), 40 | 64) && text.iter().fold(true, |all, byte| all & byte.is_ascii_hexdigit())
}

fn no_ref(line: &[u8]) -> String {
    format!("it has a line that is no ref: {}", String::from_utf8_lossy(line))
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
        let second = |at: usize| if at.is_multiple_of(2) { format!("^{:040x}\n", at + 9000) } else { String::new() };
        let lines = names.iter().enumerate().map(|(at, name)| format!("{at:040x} {name}\n{}", second(at)));
        let (folder, packed) = packed((header + &lines.collect::<String>()).as_bytes());
        let packed = packed.unwrap().unwrap();
        for (at, name) in names.iter().enumerate() {
            assert_eq!(packed.find(name).unwrap().unwrap().to_string(), format!("{at:040x}"), "{name}");
        }
        // A file that is searched once or twice is not read as a whole.
        for (at, name) in names.iter().enumerate().step_by(97) {
            let fresh = PackedRefs::open(&folder.path().join("packed-refs")).unwrap().unwrap();
            assert_eq!(fresh.find(name).unwrap().unwrap().to_string(), format!("{at:040x}"), "{name}");
            assert!(fresh.whole.get().is_none() && packed.whole.get().is_some());
        }
        for absent in ["refs/a", "refs/tags/v", "refs/tags/v000002x", "refs/zzz", "a", "refs/heads/branch-"] {
            assert_eq!(packed.find(absent).unwrap(), None, "{absent}");
        }
        let mut told = Vec::new();
        let text = |name: &[u8]| String::from_utf8(name.to_vec()).unwrap();
        packed.each("refs/", |tag| told.push((text(tag.name), tag.id().unwrap(), tag.end().unwrap()))).unwrap();
        assert_eq!(told.len(), names.len());
        for (at, (name, (told, id, end))) in names.iter().zip(told).enumerate() {
            let end_at = if at.is_multiple_of(2) { at + 9000 } else { at };
            assert_eq!((format!("refs/{told}"), id.to_string()), (name.clone(), format!("{at:040x}")));
            assert_eq!(end.to_string(), format!("{end_at:040x}"), "{name}");
        }
        let mut count = 0;
        packed.each("refs/tags/", |tag| count += usize::from(tag.name.starts_with(b"v"))).unwrap();
        assert_eq!(count, 1000);
    }

    #[test]
    fn where_a_tag_leads_is_known_only_where_the_file_says_so() {
        let id = "1".repeat(40);
        for (header, known) in
            [("", false), ("# pack-refs with: sorted \n", false), ("# pack-refs with: peeled \n", true)]
        {
            let (_folder, packed) = packed(format!("{header}{id} refs/tags/a\n{id} refs/tags/b\n^{id}\n").as_bytes());
            let mut ends = Vec::new();
            packed.unwrap().unwrap().each("refs/tags/", |tag| ends.push(tag.end().is_some())).unwrap();
            assert_eq!(ends, [known, true], "{header}");
        }
    }

    #[test]
    fn a_broken_file_is_never_a_shorter_one() {
        let id = "1".repeat(40);
        for text in [
            format!("{id} refs/tags/a"),
            "garbage line\n".to_owned(),
            format!("{id} refs/tags/a\n{id}\n"),
            format!("{id} refs/tags/a\n^12\n"),
        ] {
            let (_folder, packed) = packed(text.as_bytes());
            let read = packed.and_then(|packed| packed.unwrap().each("refs/tags/", |_| {}));
            assert!(read.is_err(), "{text}");
        }
        assert!(packed(b"").1.unwrap().unwrap().find("refs/tags/a").unwrap().is_none());
    }
}
