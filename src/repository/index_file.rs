//! The index: the files as the next commit would have them.
//!
//! It may have hundreds of thousands of entries, of which a handful is asked for. It is read once from end to end through
//! a small buffer, which shows that it is whole and leaves the place of every so many entries; a question reads the few
//! that stand behind one of them again.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fs::File;
use std::ops::Deref;
use std::path::Path;
use std::rc::Rc;

use sha1::{Digest, Sha1};

use super::file;
use super::id::{Format, ObjectId};

/// The bit of an entry's extended flags that `git add --intent-to-add` sets: the next commit will not have this file.
const INTENT_TO_ADD: u16 = 1 << 13;

/// The bytes of an entry before the object's name: times, device, mode, owner, size.
const STAT: usize = 40;

/// Every so many entries one is remembered, and every one of a small index.
const STEP: u32 = 64;

/// What stands behind so many steps is kept: questions are about a few folders.
const KEPT: usize = 8;

/// How much is read at once.
const CHUNK: usize = 128 << 10;

/// Up to so many bytes the checksum is held against the content. Beyond that it would cost more than all the rest, and
/// git does not look at it either.
const CHECKED: u64 = 256 << 10;

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
    pub(super) id: ObjectId,
    /// 0, or which side of a conflict it is.
    pub(super) stage: u8,
    pub(super) intent_to_add: bool,
}

/// An index that has been found whole, its entries sorted by path and stage.
pub(super) struct Index {
    source: Source,
    format: Format,
    version: u32,
    /// Where the entries end.
    end: u64,
    /// Whether every entry is a step.
    is_small: bool,
    steps: Vec<Step>,
    /// The paths of the steps, one behind the other.
    paths: Vec<u8>,
    /// What was read last of a file: the number of the step, and the entries from there to the next.
    recent: RefCell<Vec<(usize, Rc<Vec<u8>>)>>,
}

enum Source {
    File(File),
    Memory(Vec<u8>),
}

/// The place of one entry.
struct Step {
    offset: u64,
    /// Where its path ends in `paths`.
    path_end: usize,
}

/// One entry as it stands in the index.
struct Raw {
    stage: u8,
    intent_to_add: bool,
    /// How many bytes of the path before are this one's too, and where the rest stands.
    kept: usize,
    rest: std::ops::Range<usize>,
    length: usize,
}

impl Index {
    /// Reads the index at `path`; a repository in which nothing was ever staged has none.
    ///
    /// # Errors
    /// Where it is not to be read here, or broken.
    pub(super) fn read(path: &Path, format: Format) -> Result<Self, IndexFault> {
        match file::open(path) {
            Ok((file, length)) => Self::scan(Source::File(file), length, format),
            Err(error) if file::is_absent(&error) => Ok(Self {
                source: Source::Memory(Vec::new()),
                format,
                version: 2,
                end: 0,
                is_small: true,
                steps: vec![],
                paths: vec![],
                recent: RefCell::default(),
            }),
            Err(error) => Err(IndexFault::Broken(error.to_string())),
        }
    }

    /// Takes over what `git ls-files --stage -z` says.
    ///
    /// # Errors
    /// Where it is not what git says.
    pub(super) fn from_listing(text: &[u8], format: Format) -> Result<Self, IndexFault> {
        let broken = || IndexFault::Broken("git lists it in a way that is not known".to_owned());
        let lines = || text.split(|byte| *byte == 0).filter(|line| !line.is_empty());
        let count = u32::try_from(lines().count()).map_err(|_| broken())?;
        let mut bytes = [&b"DIRC\0\0\0\x02"[..], &count.to_be_bytes()].concat();
        for line in lines() {
            let tab = line.iter().position(|byte| *byte == b'\t').ok_or_else(broken)?;
            let mut fields = line[..tab].split(|byte| *byte == b' ');
            let mut field = || fields.next().and_then(|field| std::str::from_utf8(field).ok()).ok_or_else(broken);
            let mode = u32::from_str_radix(field()?, 8).map_err(|_| broken())?;
            let id = ObjectId::parse(field()?.as_bytes()).filter(|id| id.format() == format).ok_or_else(broken)?;
            let stage: u16 = field()?.parse().map_err(|_| broken())?;
            let path = &line[tab + 1..];
            let start = bytes.len();
            bytes.extend([0; 24]);
            bytes.extend(mode.to_be_bytes());
            bytes.extend([0; STAT - 28]);
            bytes.extend(id.bytes());
            bytes.extend((stage << 12 | u16::try_from(path.len().min(0xfff)).unwrap_or(0xfff)).to_be_bytes());
            bytes.extend(path);
            bytes.resize(start + ((bytes.len() - start + 8) & !7), 0);
        }
        bytes.extend(vec![0; format.len()]);
        let length = bytes.len() as u64;
        Self::scan(Source::Memory(bytes), length, format)
    }

    fn scan(source: Source, length: u64, format: Format) -> Result<Self, IndexFault> {
        let mut buffer = Vec::new();
        let end = length.checked_sub(format.len() as u64).filter(|end| *end >= 12).ok_or_else(cut_off)?;
        source.fill(&mut buffer, 0, CHUNK.min(usize::try_from(length).unwrap_or(CHUNK)))?;
        if !buffer.starts_with(b"DIRC") {
            return Err(IndexFault::Broken("it is no index".to_owned()));
        }
        let (version, count) = (number(&buffer[4..]), number(&buffer[8..]));
        if !(2..=4).contains(&version) {
            return Err(IndexFault::Foreign);
        }
        // A small one is not read again for every question.
        let is_small = buffer.len() as u64 == length;
        let source = if is_small { Source::Memory(buffer.clone()) } else { source };
        let (steps, paths, recent) = (Vec::new(), Vec::new(), RefCell::default());
        let mut index = Self { source, format, version, end, is_small, steps, paths, recent };
        index.check_sum(length)?;
        let sorted = index.entries(count, if is_small { 1 } else { STEP }, &mut buffer, end)?;
        // A split index has entries without a path: what it is shows behind them.
        index.extensions(index.end, end)?;
        if sorted { Ok(index) } else { Err(IndexFault::Broken("its entries are out of order".to_owned())) }
    }

    /// Reads all entries, up to where they end, and remembers the first of every `step`; whether they are sorted.
    fn entries(&mut self, count: u32, step: u32, buffer: &mut Vec<u8>, end: u64) -> Result<bool, IndexFault> {
        let (mut start, mut at) = (0_u64, 12_usize);
        let (mut path, mut stage) = (Vec::new(), 0);
        let mut sorted = true;
        for number in 0..count {
            let raw = loop {
                let known = usize::try_from(end - start).map_or(buffer.len(), |end| end.min(buffer.len()));
                match raw_entry(&buffer[at..known.max(at)], self.version, self.format, path.len())? {
                    Some(raw) => break raw,
                    // The buffer ends within the entry; one that a whole buffer cannot hold is none.
                    None if at == 0 || known < buffer.len() => return Err(cut_off()),
                    None => {
                        start += at as u64;
                        at = 0;
                        let rest = end.checked_sub(start).ok_or_else(cut_off)?;
                        self.source.fill(buffer, start, usize::try_from(rest).map_or(CHUNK, |rest| rest.min(CHUNK)))?;
                    }
                }
            };
            let rest = &buffer[at + raw.rest.start..at + raw.rest.end];
            sorted &= number == 0 || (&path[raw.kept..], stage) < (rest, raw.stage);
            path.truncate(raw.kept);
            path.extend_from_slice(rest);
            stage = raw.stage;
            if number % step == 0 {
                self.paths.extend_from_slice(&path);
                self.steps.push(Step { offset: start + at as u64, path_end: self.paths.len() });
            }
            at += raw.length;
        }
        self.end = start + at as u64;
        Ok(sorted)
    }

    fn check_sum(&self, length: u64) -> Result<(), IndexFault> {
        if length > CHECKED || self.format != Format::Sha1 {
            return Ok(());
        }
        let mut bytes = Vec::new();
        self.source.fill(&mut bytes, 0, usize::try_from(length).unwrap_or(0))?;
        let (content, sum) = bytes.split_at(bytes.len() - self.format.len());
        // `index.skipHash` leaves it out.
        if sum.iter().any(|byte| *byte != 0) && Sha1::digest(content).as_slice() != sum {
            return Err(IndexFault::Broken("its checksum does not fit its content".to_owned()));
        }
        Ok(())
    }

    /// What follows the entries is for git alone, unless it says that the entries are not all there is.
    fn extensions(&self, mut at: u64, end: u64) -> Result<(), IndexFault> {
        let mut head = Vec::new();
        while at < end {
            if at + 8 > end {
                return Err(cut_off());
            }
            self.source.fill(&mut head, at, 8)?;
            if !head[0].is_ascii_uppercase() {
                return Err(IndexFault::Foreign);
            }
            at += 8 + u64::from(number(&head[4..]));
        }
        if at == end { Ok(()) } else { Err(cut_off()) }
    }

    fn step_path(&self, at: usize) -> &[u8] {
        let start = if at == 0 { 0 } else { self.steps[at - 1].path_end };
        &self.paths[start..self.steps[at].path_end]
    }

    /// The entries from a step to the next; `None` behind the last.
    fn behind_step(&self, number: usize) -> Result<Option<Bytes<'_>>, IndexFault> {
        let Some(step) = self.steps.get(number) else { return Ok(None) };
        let end = self.steps.get(number + 1).map_or(self.end, |next| next.offset);
        let length = usize::try_from(end - step.offset).map_err(|_| cut_off())?;
        if let Source::Memory(bytes) = &self.source {
            return piece(bytes, step.offset, length).map(|bytes| Some(Bytes::Held(bytes)));
        }
        let mut recent = self.recent.borrow_mut();
        if let Some((_, known)) = recent.iter().find(|(known, _)| *known == number) {
            return Ok(Some(Bytes::Read(Rc::clone(known))));
        }
        let mut bytes = Vec::new();
        self.source.fill(&mut bytes, step.offset, length)?;
        let bytes = Rc::new(bytes);
        if recent.len() == KEPT {
            recent.remove(0);
        }
        recent.push((number, Rc::clone(&bytes)));
        Ok(Some(Bytes::Read(bytes)))
    }

    /// The entries from the first one on whose path is not less than `path`.
    ///
    /// # Errors
    /// Where the index can no longer be read.
    pub(super) fn from(&self, path: &[u8]) -> Result<Entries<'_>, IndexFault> {
        let (mut low, mut high) = (0, self.steps.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.step_path(middle) < path { low = middle + 1 } else { high = middle }
        }
        let mut entries = Entries {
            index: self,
            // What stands between two steps is greater than the first of them.
            step: if self.is_small { low } else { low.saturating_sub(1) },
            bytes: Bytes::Held(&[]),
            at: 0,
            path: Cow::Borrowed(&[]),
            entry: None,
        };
        entries.load()?;
        while entries.entry.is_some() && *entries.path < *path {
            entries.advance()?;
        }
        Ok(entries)
    }
}

/// The entries from one step to the next.
enum Bytes<'i> {
    Held(&'i [u8]),
    Read(Rc<Vec<u8>>),
}

impl Deref for Bytes<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Held(bytes) => bytes,
            Self::Read(bytes) => bytes,
        }
    }
}

/// A place among the entries of an index.
pub(super) struct Entries<'i> {
    index: &'i Index,
    step: usize,
    bytes: Bytes<'i>,
    at: usize,
    path: Cow<'i, [u8]>,
    entry: Option<IndexEntry>,
}

impl Entries<'_> {
    /// The path and the entry at this place; `None` behind the last.
    pub(super) fn get(&self) -> Option<(&[u8], IndexEntry)> {
        self.entry.map(|entry| (&*self.path, entry))
    }

    /// Goes on to the next entry.
    ///
    /// # Errors
    /// Where the index can no longer be read.
    pub(super) fn advance(&mut self) -> Result<(), IndexFault> {
        if self.at < self.bytes.len() {
            return self.read();
        }
        self.step += 1;
        self.load()
    }

    fn load(&mut self) -> Result<(), IndexFault> {
        self.entry = None;
        let Some(bytes) = self.index.behind_step(self.step)? else { return Ok(()) };
        self.bytes = bytes;
        self.at = 0;
        // What the first path of a step shares with the one before it is known from the step alone.
        self.read()?;
        self.path = Cow::Borrowed(self.index.step_path(self.step));
        Ok(())
    }

    fn read(&mut self) -> Result<(), IndexFault> {
        let first = if self.at == 0 { usize::MAX } else { self.path.len() };
        let raw =
            raw_entry(&self.bytes[self.at..], self.index.version, self.index.format, first)?.ok_or_else(cut_off)?;
        if self.at > 0 {
            let path = self.path.to_mut();
            path.truncate(raw.kept);
            path.extend_from_slice(&self.bytes[self.at + raw.rest.start..self.at + raw.rest.end]);
        }
        self.entry = Some(raw.entry(&self.bytes[self.at..], self.index.format)?);
        self.at += raw.length;
        Ok(())
    }
}

impl Source {
    /// Puts `count` bytes from `offset` on into `buffer`.
    fn fill(&self, buffer: &mut Vec<u8>, offset: u64, count: usize) -> Result<(), IndexFault> {
        match self {
            Self::File(file) => {
                buffer.resize(count, 0);
                match file::read_at(file, buffer, offset) {
                    Ok(filled) if filled == count => Ok(()),
                    Ok(_) => Err(cut_off()),
                    Err(error) => Err(IndexFault::Broken(error.to_string())),
                }
            }
            Self::Memory(bytes) => {
                buffer.clear();
                buffer.extend_from_slice(piece(bytes, offset, count)?);
                Ok(())
            }
        }
    }
}

fn piece(bytes: &[u8], offset: u64, count: usize) -> Result<&[u8], IndexFault> {
    let start = usize::try_from(offset).map_err(|_| cut_off())?;
    start.checked_add(count).and_then(|end| bytes.get(start..end)).ok_or_else(cut_off)
}

/// The entry that `bytes` begins with, the path before it having `last` bytes; `None` where there are too few.
fn raw_entry(bytes: &[u8], version: u32, format: Format, last: usize) -> Result<Option<Raw>, IndexFault> {
    let flags_at = STAT + format.len();
    let Some(flags) = bytes.get(flags_at..flags_at + 2) else { return Ok(None) };
    let extended = flags[0] & 0x40 != 0;
    if extended && version < 3 {
        return Err(IndexFault::Broken("an entry has flags that its version does not know".to_owned()));
    }
    let mut path = flags_at + 2;
    let mut more = 0;
    if extended {
        let Some(flags) = bytes.get(path..path + 2) else { return Ok(None) };
        more = u16::from_be_bytes([flags[0], flags[1]]);
        path += 2;
    }
    let mut kept = 0;
    // In version 2 and 3 a short path's length is known, and zeros fill the entry up.
    let known = usize::from(u16::from_be_bytes([flags[0] & 0xf, flags[1]]));
    let from = if version < 4 && known < 0xfff { path + known } else { path };
    if version == 4 {
        let Some((strip, used)) = prefix_length(&bytes[path..]) else { return Ok(None) };
        kept = last.checked_sub(strip).ok_or_else(cut_off)?;
        path += used;
    }
    let Some(rest) = bytes.get(from.max(path)..).and_then(|rest| rest.iter().position(|byte| *byte == 0)) else {
        return Ok(None);
    };
    let path_end = from.max(path) + rest;
    let length = if version == 4 { path_end + 1 } else { (path_end + 8) & !7 };
    if length > bytes.len() {
        return Ok(None);
    }
    let (stage, intent_to_add) = (flags[0] >> 4 & 3, more & INTENT_TO_ADD != 0);
    Ok(Some(Raw { stage, intent_to_add, kept, rest: path..path_end, length }))
}

impl Raw {
    /// What it says; `bytes` are those that it begins with.
    fn entry(&self, bytes: &[u8], format: Format) -> Result<IndexEntry, IndexFault> {
        let id = ObjectId::read(&bytes[STAT..], format).ok_or_else(cut_off)?;
        Ok(IndexEntry { mode: number(&bytes[24..]), id, stage: self.stage, intent_to_add: self.intent_to_add })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(paths: &[String]) -> Index {
        let lines = paths.iter().enumerate().map(|(at, path)| format!("100644 {at:040x} 0\t{path}\0"));
        Index::from_listing(lines.collect::<String>().as_bytes(), Format::Sha1).unwrap()
    }

    #[test]
    fn every_entry_is_found_from_any_step() {
        let mut paths: Vec<String> = (0..1000).map(|at| format!("folder-{:03}/file-{at:05}", at / 7)).collect();
        paths.sort();
        let index = listed(&paths);
        for (at, path) in paths.iter().enumerate() {
            let entries = index.from(path.as_bytes()).unwrap();
            let (found, entry) = entries.get().unwrap();
            assert_eq!((found, entry.id.to_string()), (path.as_bytes(), format!("{at:040x}")));
        }
        let mut entries = index.from(b"").unwrap();
        for path in &paths {
            assert_eq!(entries.get().unwrap().0, path.as_bytes());
            entries.advance().unwrap();
        }
        assert!(entries.get().is_none() && index.from(b"z").unwrap().get().is_none());
    }

    #[test]
    fn an_empty_index_has_no_entries() {
        assert!(listed(&[]).from(b"").unwrap().get().is_none());
    }

    #[test]
    fn entries_out_of_order_are_refused() {
        let text = format!("100644 {0} 0\tb\0100644 {0} 0\ta\0", "1".repeat(40));
        assert!(Index::from_listing(text.as_bytes(), Format::Sha1).is_err());
    }
}
