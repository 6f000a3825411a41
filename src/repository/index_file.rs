//! The index: the files as the next commit would have them.

use std::path::Path;

use super::file;
use super::id::{Format, ObjectId};

/// No index is larger: that of a million files has 100 MB.
const LARGEST: u64 = 1 << 30;

/// The bit of an entry's extended flags that `git add --intent-to-add` sets: the next commit will not have this file.
const INTENT_TO_ADD: u16 = 1 << 13;

/// The bytes of an entry before the object's name: times, device, mode, owner, size.
const STAT: usize = 40;

/// Why the index cannot be read here.
#[derive(Debug)]
pub(super) enum IndexFault {
    /// It is of a kind that only git itself reads: split, sparse, or newer than this program.
    Foreign,
    Broken(String),
}

/// What the index says of one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IndexEntry {
    pub(super) mode: u32,
    pub(super) id: Option<ObjectId>,
    /// 0, or which side of a conflict it is.
    pub(super) stage: u8,
    pub(super) intent_to_add: bool,
}

/// An index that has been read, its entries sorted by path and stage.
#[derive(Default)]
pub(super) struct Index {
    bytes: Vec<u8>,
    /// The paths, where the index itself has only their differences (version 4).
    paths: Vec<u8>,
    apart: bool,
    entries: Vec<Slot>,
    name: usize,
}

/// Where one entry stands.
struct Slot {
    entry: u32,
    /// The start of its path in `bytes` or `paths`, and its length.
    path: u32,
    length: u16,
}

impl Index {
    /// Reads the index at `path`; a repository in which nothing was ever staged has none.
    ///
    /// # Errors
    /// Where it is not to be read here, or broken.
    pub(super) fn read(path: &Path, format: Format) -> Result<Self, IndexFault> {
        match file::read(path, LARGEST) {
            Ok(Some(bytes)) => Self::parse(bytes, format),
            Ok(None) => Ok(Self::default()),
            Err(error) => Err(IndexFault::Broken(error.to_string())),
        }
    }

    pub(super) fn parse(bytes: Vec<u8>, format: Format) -> Result<Self, IndexFault> {
        let mut index = Self { bytes, name: format.len(), ..Self::default() };
        let end = index.bytes.len().saturating_sub(format.len());
        if end < 12 {
            return Err(cut_off());
        }
        if &index.bytes[..4] != b"DIRC" {
            return Err(IndexFault::Broken("it is no index".to_owned()));
        }
        let (version, count) = (number(&index.bytes[4..]), number(&index.bytes[8..]));
        if !(2..=4).contains(&version) {
            return Err(IndexFault::Foreign);
        }
        index.apart = version == 4;
        // Each entry has more than this many bytes: a count that cannot be true reserves nothing.
        let possible = end / STAT;
        index.entries.reserve_exact(usize::try_from(count).unwrap_or(0).min(possible));
        let mut at = 12;
        for _ in 0..count {
            at = index.entry(at, end, version)?;
        }
        index.extensions(at, end)?;
        let sorted = |pair: &[Slot]| index.key(&pair[0]) < index.key(&pair[1]);
        if !index.entries.windows(2).all(sorted) {
            return Err(IndexFault::Broken("its entries are out of order".to_owned()));
        }
        Ok(index)
    }

    /// Reads the entry at `at`; where the next one starts.
    fn entry(&mut self, at: usize, end: usize, version: u32) -> Result<usize, IndexFault> {
        let flags_at = at + STAT + self.name;
        if flags_at + 4 > end {
            return Err(cut_off());
        }
        let flags = u16::from_be_bytes([self.bytes[flags_at], self.bytes[flags_at + 1]]);
        let extended = flags & 1 << 14 != 0;
        if extended && version < 3 {
            return Err(IndexFault::Broken("an entry has flags that its version does not know".to_owned()));
        }
        let mut path = flags_at + if extended { 4 } else { 2 };
        let entry = u32::try_from(at).map_err(|_| cut_off())?;
        let (start, length);
        if self.apart {
            let (strip, used) = prefix_length(&self.bytes[path..end]).ok_or_else(cut_off)?;
            path += used;
            let rest = self.bytes[path..end].iter().position(|byte| *byte == 0).ok_or_else(cut_off)?;
            let last = self.entries.last().map_or(0..0, |slot| slot.path as usize..self.paths.len());
            let kept = last.len().checked_sub(strip).ok_or_else(cut_off)?;
            (start, length) = (self.paths.len(), kept + rest);
            self.paths.extend_from_within(last.start..last.start + kept);
            self.paths.extend_from_slice(&self.bytes[path..path + rest]);
            path += rest + 1;
        } else {
            let known = usize::from(flags & 0xfff);
            let from = if known < 0xfff { path + known } else { path };
            let rest = self.bytes.get(from..end).and_then(|rest| rest.iter().position(|byte| *byte == 0));
            (start, length) = (path, from - path + rest.ok_or_else(cut_off)?);
            // Entries are filled up with one to eight zeros.
            path = at + ((path - at + length + 8) & !7);
        }
        let slot = Slot {
            entry,
            path: u32::try_from(start).map_err(|_| cut_off())?,
            length: u16::try_from(length).map_err(|_| IndexFault::Foreign)?,
        };
        self.entries.push(slot);
        if path <= end { Ok(path) } else { Err(cut_off()) }
    }

    /// Takes over what `git ls-files --stage -z` says.
    ///
    /// # Errors
    /// Where it is not what git says.
    pub(super) fn from_listing(text: &[u8], format: Format) -> Result<Self, IndexFault> {
        let mut index = Self { apart: true, name: format.len(), ..Self::default() };
        let broken = || IndexFault::Broken("git lists it in a way that is not known".to_owned());
        for line in text.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
            let tab = line.iter().position(|byte| *byte == b'\t').ok_or_else(broken)?;
            let mut fields = line[..tab].split(|byte| *byte == b' ');
            let mut field = || fields.next().and_then(|field| std::str::from_utf8(field).ok()).ok_or_else(broken);
            let mode = u32::from_str_radix(field()?, 8).map_err(|_| broken())?;
            let id = ObjectId::parse(field()?.as_bytes()).ok_or_else(broken)?;
            let stage: u8 = field()?.parse().map_err(|_| broken())?;
            let slot = Slot {
                entry: u32::try_from(index.bytes.len()).map_err(|_| broken())?,
                path: u32::try_from(index.paths.len()).map_err(|_| broken())?,
                length: u16::try_from(line.len() - tab - 1).map_err(|_| broken())?,
            };
            index.entries.push(slot);
            index.paths.extend_from_slice(&line[tab + 1..]);
            index.bytes.extend([0; 24]);
            index.bytes.extend(mode.to_be_bytes());
            index.bytes.extend([0; STAT - 28]);
            index.bytes.extend(id.bytes());
            index.bytes.extend([stage << 4, 0]);
        }
        Ok(index)
    }

    /// What follows the entries is for git alone, unless it says that the entries are not all there is.
    fn extensions(&self, mut at: usize, end: usize) -> Result<(), IndexFault> {
        while at < end {
            let head = self.bytes.get(at..at + 8).filter(|_| at + 8 <= end).ok_or_else(cut_off)?;
            if !head[0].is_ascii_uppercase() {
                return Err(IndexFault::Foreign);
            }
            at =
                usize::try_from(number(&head[4..])).ok().and_then(|size| (at + 8).checked_add(size)).unwrap_or(end + 1);
        }
        if at == end { Ok(()) } else { Err(cut_off()) }
    }

    /// What the entries are sorted by: the path, and the side of a conflict.
    fn key(&self, slot: &Slot) -> (&[u8], u8) {
        (self.path(slot), self.flags(slot)[0] >> 4 & 3)
    }

    fn path(&self, slot: &Slot) -> &[u8] {
        let paths = if self.apart { &self.paths } else { &self.bytes };
        &paths[slot.path as usize..][..usize::from(slot.length)]
    }

    fn flags(&self, slot: &Slot) -> &[u8] {
        &self.bytes[slot.entry as usize + STAT + self.name..]
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The path of the entry at `at`, which is below the number of entries.
    pub(super) fn path_at(&self, at: usize) -> &[u8] {
        self.path(&self.entries[at])
    }

    /// The entry at `at`, which is below the number of entries.
    pub(super) fn get(&self, at: usize) -> IndexEntry {
        let slot = &self.entries[at];
        let (entry, flags) = (&self.bytes[slot.entry as usize..], self.flags(slot));
        let more = if flags[0] & 0x40 != 0 { u16::from_be_bytes([flags[2], flags[3]]) } else { 0 };
        let format = if self.name == Format::Sha1.len() { Format::Sha1 } else { Format::Sha256 };
        IndexEntry {
            mode: number(&entry[24..]),
            id: ObjectId::read(&entry[STAT..], format),
            stage: flags[0] >> 4 & 3,
            intent_to_add: more & INTENT_TO_ADD != 0,
        }
    }
}

fn cut_off() -> IndexFault {
    IndexFault::Broken("it is cut off or broken".to_owned())
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// How many bytes of the last path are not this one's, and how many bytes say so.
fn prefix_length(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0_usize;
    for (at, byte) in bytes.iter().enumerate().take(5) {
        value = value << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
        value += 1;
    }
    None
}
