//! Packs: many objects in one file, most of them as differences from others, and the index that finds them.

use std::cell::{OnceCell, RefCell};
use std::fs::File;
use std::path::{Path, PathBuf};

use super::file;
use super::id::{Format, ObjectId};
use super::inflate::Inflater;
use super::object::{Object, ObjectFault, ObjectKind};

/// How much of a pack is read at once.
const WINDOW: usize = 16 << 10;

/// How much of an index is searched in memory, once the place is known as nearly.
const SEARCHED: u64 = 8 << 10;

/// No writer of packs makes longer chains; a broken pack may lead in a circle.
const LONGEST_CHAIN: usize = 10_000;

const OFS_DELTA: u8 = 6;
const REF_DELTA: u8 = 7;

/// One pack with its index.
pub(super) struct Pack {
    path: PathBuf,
    /// Which of the repository's packs it is.
    number: usize,
    format: Format,
    index: File,
    fanout: Vec<u32>,
    layout: Layout,
    content: OnceCell<(File, u64)>,
    window: RefCell<Window>,
}

/// Where things stand in an index: the names from `names` on, one in every `stride` bytes.
struct Layout {
    names: u64,
    stride: u64,
    /// Where the offsets start, and the long ones; `None` in the oldest format, which puts each before its name.
    offsets: Option<(u64, u64)>,
    length: u64,
}

#[derive(Default)]
struct Window {
    start: u64,
    bytes: Vec<u8>,
}

/// The head of one object in the pack.
struct Head {
    kind: HeadKind,
    size: u64,
    /// Where its compressed data starts.
    data: u64,
}

enum HeadKind {
    Whole(ObjectKind),
    /// The difference from the object at this offset.
    From(u64),
}

impl Pack {
    /// Opens the index at `path`; the pack stands beside it.
    ///
    /// # Errors
    /// Where the index cannot be read or is none.
    pub(super) fn open(path: &Path, number: usize, format: Format) -> Result<Self, ObjectFault> {
        let failed = |error| ObjectFault::broken(format!("{} cannot be read: {error}", path.display()));
        let (index, length) = file::open(path).map_err(failed)?;
        let mut head = vec![0; 8 + 1024];
        let filled = file::read_at(&index, &mut head, 0).map_err(failed)?;
        let broken = || ObjectFault::broken(format!("{} is broken", path.display()));
        let second = head.starts_with(b"\xfftOc\0\0\0\x02");
        if filled < 1024 || !second && head.starts_with(b"\xfftOc") {
            return Err(broken());
        }
        let table = if second { &head[8..] } else { &head[..1024] };
        let fanout: Vec<u32> = table.chunks_exact(4).map(big_endian).collect();
        let name = format.len() as u64;
        let count = u64::from(fanout[255]);
        let layout = if second {
            let offsets = 8 + 1024 + count * (name + 4);
            Layout { names: 8 + 1024, stride: name, offsets: Some((offsets, offsets + count * 4)), length }
        } else {
            Layout { names: 1024 + 4, stride: name + 4, offsets: None, length }
        };
        let least = layout.offsets.map_or(1024 + count * (name + 4), |(_, long)| long) + 2 * name;
        if length < least || !fanout.is_sorted() {
            return Err(broken());
        }
        let path = path.with_extension("pack");
        let window = RefCell::default();
        Ok(Self { path, number, format, index, fanout, layout, content: OnceCell::new(), window })
    }

    /// Where the object `id` stands in this pack, if it does.
    ///
    /// # Errors
    /// Where the index cannot be read or is broken.
    pub(super) fn find(&self, id: &ObjectId) -> Result<Option<u64>, ObjectFault> {
        let name = id.bytes();
        let first = usize::from(name[0]);
        let mut low = if first == 0 { 0 } else { u64::from(self.fanout[first - 1]) };
        let mut high = u64::from(self.fanout[first]);
        let stride = self.layout.stride;
        let mut one = vec![0; name.len()];
        while (high - low) * stride > SEARCHED {
            let middle = u64::midpoint(low, high);
            self.index_bytes(&mut one, self.layout.names + middle * stride)?;
            if one.as_slice() <= name { low = middle } else { high = middle }
        }
        if low == high {
            return Ok(None);
        }
        // In the oldest format the last name has no offset behind it.
        let mut block = vec![0; usize::try_from((high - low - 1) * stride).unwrap_or(0) + name.len()];
        self.index_bytes(&mut block, self.layout.names + low * stride)?;
        let stride = usize::try_from(stride).unwrap_or(name.len());
        let found = block.chunks(stride).position(|entry| &entry[..name.len()] == name);
        found.map(|at| self.offset(low + at as u64)).transpose()
    }

    fn offset(&self, at: u64) -> Result<u64, ObjectFault> {
        let mut short = [0; 4];
        let Some((offsets, long)) = self.layout.offsets else {
            self.index_bytes(&mut short, self.layout.names - 4 + at * self.layout.stride)?;
            return Ok(u64::from(big_endian(&short)));
        };
        self.index_bytes(&mut short, offsets + at * 4)?;
        let offset = big_endian(&short);
        if offset & 1 << 31 == 0 {
            return Ok(u64::from(offset));
        }
        let mut bytes = [0; 8];
        self.index_bytes(&mut bytes, long + u64::from(offset & !(1 << 31)) * 8)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn index_bytes(&self, buffer: &mut [u8], offset: u64) -> Result<(), ObjectFault> {
        if offset + buffer.len() as u64 > self.layout.length {
            return Err(ObjectFault::broken("the index of a pack is broken"));
        }
        match file::read_at(&self.index, buffer, offset) {
            Ok(filled) if filled == buffer.len() => Ok(()),
            Ok(_) => Err(ObjectFault::broken("the index of a pack is cut off")),
            Err(error) => Err(ObjectFault::broken(format!("the index of a pack cannot be read: {error}"))),
        }
    }

    /// The size of the object at `offset`, without its content.
    ///
    /// # Errors
    /// Where the pack cannot be read or is broken.
    pub(super) fn size(&self, offset: u64, inflater: &mut Inflater) -> Result<u64, ObjectFault> {
        let head = self.head(offset)?;
        if matches!(head.kind, HeadKind::Whole(_)) {
            return Ok(head.size);
        }
        let start = self.inflate_start(head.data, inflater)?;
        delta_sizes(&start).map(|(_, size, _)| size).ok_or_else(|| ObjectFault::broken("a difference is broken"))
    }

    /// The object at `offset`; `known` may have objects of this pack by offset already, and is told of others.
    ///
    /// # Errors
    /// Where the pack cannot be read or is broken, or where an object on the way has more than `most` bytes.
    pub(super) fn read(
        &self,
        offset: u64,
        most: u64,
        inflater: &mut Inflater,
        known: &mut Bases,
    ) -> Result<Object, ObjectFault> {
        let mut deltas = Vec::new();
        let mut at = offset;
        let (mut object, base) = loop {
            if let Some(object) = known.get(self.number, at) {
                break (object, false);
            }
            let head = self.head(at)?;
            if head.size > most {
                return Err(ObjectFault::TooLarge(head.size));
            }
            match head.kind {
                HeadKind::Whole(kind) => break (Object { kind, bytes: self.inflate(&head, inflater)? }, true),
                HeadKind::From(base) => {
                    deltas.push((at, head));
                    at = base;
                }
            }
            if deltas.len() > LONGEST_CHAIN {
                return Err(ObjectFault::broken("a chain of differences has no end"));
            }
        };
        if base && !deltas.is_empty() {
            known.keep(self.number, at, &object);
        }
        while let Some((at, head)) = deltas.pop() {
            let delta = self.inflate(&head, inflater)?;
            object.bytes = apply(&object.bytes, &delta, most)?;
            known.keep(self.number, at, &object);
        }
        Ok(object)
    }

    fn head(&self, offset: u64) -> Result<Head, ObjectFault> {
        let broken = || ObjectFault::broken(format!("{} is broken", self.path.display()));
        let mut window = self.window.borrow_mut();
        let bytes = self.look(&mut window, offset, 64)?;
        let first = *bytes.first().ok_or_else(broken)?;
        let (mut size, mut shift, mut used, mut byte) = (u64::from(first & 15), 4, 1, first);
        while byte & 0x80 != 0 {
            byte = *bytes.get(used).filter(|_| shift < 60).ok_or_else(broken)?;
            size |= u64::from(byte & 0x7f) << shift;
            (shift, used) = (shift + 7, used + 1);
        }
        let kind = match first >> 4 & 7 {
            1 => HeadKind::Whole(ObjectKind::Commit),
            2 => HeadKind::Whole(ObjectKind::Tree),
            3 => HeadKind::Whole(ObjectKind::Blob),
            4 => HeadKind::Whole(ObjectKind::Tag),
            OFS_DELTA => {
                let (back, length) = distance(&bytes[used..]).ok_or_else(broken)?;
                used += length;
                HeadKind::From(offset.checked_sub(back).filter(|_| back > 0).ok_or_else(broken)?)
            }
            REF_DELTA => {
                let id = ObjectId::read(&bytes[used..], self.format).ok_or_else(broken)?;
                used += self.format.len();
                HeadKind::From(self.find(&id)?.ok_or_else(broken)?)
            }
            _ => return Err(broken()),
        };
        Ok(Head { kind, size, data: offset + used as u64 })
    }

    fn inflate(&self, head: &Head, inflater: &mut Inflater) -> Result<Vec<u8>, ObjectFault> {
        let size = usize::try_from(head.size).map_err(|_| ObjectFault::TooLarge(head.size))?;
        let mut output = Vec::with_capacity(size + 1);
        let mut window = self.window.borrow_mut();
        let mut at = head.data;
        inflater.restart();
        loop {
            let input = self.look(&mut window, at, 1)?;
            let before = output.len();
            let (used, ended) = inflater.step(input, &mut output)?;
            at += used as u64;
            if ended && output.len() == size {
                return Ok(output);
            }
            if ended || output.len() > size || used == 0 && output.len() == before {
                return Err(ObjectFault::broken(format!("an object in {} is broken", self.path.display())));
            }
        }
    }

    /// The first bytes of what is compressed at `data`.
    fn inflate_start(&self, data: u64, inflater: &mut Inflater) -> Result<Vec<u8>, ObjectFault> {
        let mut output = Vec::with_capacity(32);
        let mut window = self.window.borrow_mut();
        inflater.restart();
        inflater.step(self.look(&mut window, data, 128)?, &mut output)?;
        Ok(output)
    }

    /// The bytes of the pack from `offset` on: at least `least` of them, but for the end of the file.
    fn look<'w>(&self, window: &'w mut Window, offset: u64, least: usize) -> Result<&'w [u8], ObjectFault> {
        let failed =
            |error: std::io::Error| ObjectFault::broken(format!("{} cannot be read: {error}", self.path.display()));
        let inside = |window: &Window| {
            let skipped = usize::try_from(offset.checked_sub(window.start)?).ok()?;
            (skipped + least <= window.bytes.len()).then_some(skipped)
        };
        if let Some(skipped) = inside(window) {
            return Ok(&window.bytes[skipped..]);
        }
        let file = match self.content.get() {
            Some((file, _)) => file,
            None => {
                let opened = file::open(&self.path).map_err(failed)?;
                &self.content.get_or_init(|| opened).0
            }
        };
        window.bytes.resize(WINDOW, 0);
        let filled = file::read_at(file, &mut window.bytes, offset).map_err(failed)?;
        window.bytes.truncate(filled);
        window.start = offset;
        Ok(&window.bytes)
    }
}

fn big_endian(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// How far back the base of a difference stands, and how many bytes say so.
fn distance(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut distance = 0_u64;
    for (at, byte) in bytes.iter().enumerate().take(9) {
        distance = distance << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((distance, at + 1));
        }
        distance += 1;
    }
    None
}

/// The sizes of a difference's base and result, and how many bytes say so.
fn delta_sizes(delta: &[u8]) -> Option<(u64, u64, usize)> {
    let mut used = 0;
    let mut number = || {
        let (mut number, mut shift) = (0_u64, 0);
        loop {
            let byte = *delta.get(used).filter(|_| shift < 63)?;
            used += 1;
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
    };
    let (base, result) = (number()?, number()?);
    Some((base, result, used))
}

fn apply(base: &[u8], delta: &[u8], most: u64) -> Result<Vec<u8>, ObjectFault> {
    let broken = || ObjectFault::broken("a difference is broken");
    let (base_size, size, start) = delta_sizes(delta).ok_or_else(broken)?;
    if base_size != base.len() as u64 {
        return Err(broken());
    }
    if size > most {
        return Err(ObjectFault::TooLarge(size));
    }
    let size = usize::try_from(size).map_err(|_| broken())?;
    let mut result = Vec::with_capacity(size);
    let mut rest = &delta[start..];
    while let Some((&instruction, after)) = rest.split_first() {
        let (piece, after) = if instruction & 0x80 == 0 {
            after.split_at_checked(usize::from(instruction)).filter(|_| instruction != 0).ok_or_else(broken)?
        } else {
            copied(base, instruction, after).ok_or_else(broken)?
        };
        if result.len() + piece.len() > size {
            return Err(broken());
        }
        result.extend_from_slice(piece);
        rest = after;
    }
    if result.len() == size { Ok(result) } else { Err(broken()) }
}

/// The piece of the base that an instruction copies, and what follows the instruction.
fn copied<'b>(base: &'b [u8], instruction: u8, mut rest: &'b [u8]) -> Option<(&'b [u8], &'b [u8])> {
    let mut number = |bits: std::ops::Range<u8>| {
        let mut number = 0_usize;
        for (at, bit) in bits.enumerate() {
            if instruction & 1 << bit != 0 {
                let (byte, after) = rest.split_first()?;
                number |= usize::from(*byte) << (8 * at);
                rest = after;
            }
        }
        Some(number)
    };
    let (start, length) = (number(0..4)?, number(4..7)?);
    let length = if length == 0 { 0x10000 } else { length };
    Some((base.get(start..start.checked_add(length)?)?, rest))
}

/// Objects that others were made from, kept while many objects of one history are read.
#[derive(Default)]
pub(super) struct Bases {
    kept: std::collections::HashMap<(usize, u64), Object>,
    bytes: usize,
}

impl Bases {
    /// So much is kept, and then all is let go.
    const MOST: usize = 8 << 20;

    fn get(&self, pack: usize, offset: u64) -> Option<Object> {
        self.kept.get(&(pack, offset)).cloned()
    }

    fn keep(&mut self, pack: usize, offset: u64, object: &Object) {
        if object.bytes.len() > Self::MOST / 8 {
            return;
        }
        if self.bytes + object.bytes.len() > Self::MOST {
            self.kept.clear();
            self.bytes = 0;
        }
        self.bytes += object.bytes.len();
        self.kept.insert((pack, offset), object.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_copy_and_insert() {
        let delta = [11, 8, 0b1001_0001, 6, 5, 3, b'a', b'b', b'c'];
        assert_eq!(apply(b"hello world", &delta, 100).unwrap(), b"worldabc");
        assert_eq!(apply(b"hello world", &delta, 7), Err(ObjectFault::TooLarge(8)));
        assert!(apply(b"hello", &delta, 100).is_err(), "another base");
        assert!(apply(b"hello world", &delta[..7], 100).is_err(), "cut off");
        assert!(apply(b"hello world", &[11, 8, 0], 100).is_err(), "no such instruction");
        assert!(apply(b"hello world", &[11, 8, 0x91, 7, 5], 100).is_err(), "beyond the base");
    }

    #[test]
    fn distances_have_no_two_spellings() {
        assert_eq!(distance(&[5]), Some((5, 1)));
        assert_eq!(distance(&[0x80, 0]), Some((128, 2)));
        assert_eq!(distance(&[0x80; 12]), None);
    }
}
