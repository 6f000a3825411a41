//! The commit-graph: which commits come before which, without a look at the commits themselves.
//!
//! Source: git's gitformat-commit-graph(5). It is trusted as git trusts it, and nothing of it is needed: whatever is
//! not as it should be, git is asked.

use std::cell::OnceCell;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::file;
use super::id::{Format, ObjectId};

/// Bytes that are read at once.
const BLOCK: usize = 32 << 10;

/// Bytes of a file that is read; so long is that of 70 million commits.
const LARGEST: u64 = 4 << 30;

/// What stands in the place of a parent that is not there.
const NO_PARENT: u32 = 0x7000_0000;

/// The mark of the last of many parents, and of a place in the list of those.
const MARK: u32 = 0x8000_0000;

/// Generations are not counted further.
const LAST_GENERATION: u32 = (1 << 30) - 1;

/// Parents of one commit.
const MOST_PARENTS: u64 = 1 << 10;

/// Where a commit stands in the graph, counted through all of its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Position(u32);

/// What the graph says of a commit.
struct Node {
    parents: Vec<Position>,
    /// Greater than that of every commit before this one; `None` where it does not say.
    generation: Option<u32>,
}

/// One file, or several that continue one another, the oldest first.
pub(super) struct CommitGraph {
    layers: Vec<Layer>,
}

struct Layer {
    file: File,
    blocks: Vec<OnceCell<Box<[u8]>>>,
    format: Format,
    /// How many commits the files before this one have, and this one.
    before: u32,
    count: u32,
    fan_out: Chunk,
    ids: Chunk,
    data: Chunk,
    edges: Option<Chunk>,
}

/// A part of a file, in bytes.
#[derive(Clone, Copy, Debug)]
struct Chunk {
    start: u64,
    len: u64,
}

impl CommitGraph {
    /// That of the first of the object directories that has one.
    pub(super) fn open(directories: &[PathBuf], format: Format) -> Option<Self> {
        directories.iter().find_map(|directory| {
            let whole = Layer::open(&directory.join("info/commit-graph"), format, 0, 0);
            let whole = whole.map(|layer| Self { layers: vec![layer] });
            whole.or_else(|| Self::chain(directory, directories, format))
        })
    }

    fn chain(directory: &Path, directories: &[PathBuf], format: Format) -> Option<Self> {
        let names = file::read(&directory.join("info/commit-graphs/commit-graph-chain"), 1 << 16).ok()??;
        let mut layers: Vec<Layer> = Vec::new();
        for name in names.split(|byte| *byte == b'\n').filter(|name| !name.is_empty()) {
            let name = format!("info/commit-graphs/graph-{}.graph", ObjectId::parse(name)?);
            let (before, below) = (layers.last().map_or(0, Layer::end), layers.len());
            let mut places = directories.iter().map(|directory| directory.join(&name));
            layers.push(places.find_map(|path| Layer::open(&path, format, before, below))?);
        }
        (!layers.is_empty()).then_some(Self { layers })
    }

    pub(super) fn position(&self, id: &ObjectId) -> Option<Position> {
        self.layers.iter().rev().find_map(|layer| layer.position(id))
    }

    /// `None` where the graph is broken.
    pub(super) fn id(&self, position: Position) -> Option<ObjectId> {
        let layer = self.layer(position)?;
        layer.id(position.0 - layer.before)
    }

    /// `None` where the graph is broken.
    pub(super) fn parents(&self, position: Position) -> Option<Vec<Position>> {
        Some(self.node(position)?.parents)
    }

    /// Whether `wanted` is one of the `tips` or comes before one; `None` where the graph is broken.
    pub(super) fn is_reachable(&self, wanted: Position, tips: Vec<Position>) -> Option<bool> {
        let least = self.node(wanted)?.generation;
        let commits = self.layers.last().map_or(0, Layer::end) as usize;
        let mut seen = vec![0_u64; commits.div_ceil(64)];
        let mut next = tips;
        while let Some(position) = next.pop() {
            if position == wanted {
                return Some(true);
            }
            let bits = seen.get_mut(position.0 as usize / 64)?;
            let bit = 1 << (position.0 % 64);
            if *bits & bit != 0 {
                continue;
            }
            *bits |= bit;
            let node = self.node(position)?;
            let is_too_old = least.zip(node.generation).is_some_and(|(least, own)| own <= least);
            if !is_too_old {
                next.extend(node.parents);
            }
        }
        Some(false)
    }

    /// `None` where the graph is broken.
    fn node(&self, position: Position) -> Option<Node> {
        let layer = self.layer(position)?;
        let name = layer.format.len() as u64;
        let at = u64::from(position.0 - layer.before) * (name + 16) + name;
        let row: [u8; 16] = layer.within(layer.data, at)?;
        let number = |at: usize| u32::from_be_bytes([row[at], row[at + 1], row[at + 2], row[at + 3]]);
        let (first, second, generation) = (number(0), number(4), number(8));
        let mut parents: Vec<Position> = Vec::with_capacity(2);
        if first != NO_PARENT {
            parents.push(Position(first));
        }
        if second & MARK != 0 {
            let from = u64::from(second & !MARK);
            for at in from..from + MOST_PARENTS {
                let [parent] = layer.numbers(layer.edges?, at * 4)?;
                parents.push(Position(parent & !MARK));
                if parent & MARK != 0 {
                    break;
                }
            }
            if parents.len() as u64 > MOST_PARENTS {
                return None;
            }
        } else if second != NO_PARENT {
            parents.push(Position(second));
        }
        let generation = Some(generation >> 2).filter(|number| (1..LAST_GENERATION).contains(number));
        Some(Node { parents, generation })
    }

    fn layer(&self, position: Position) -> Option<&Layer> {
        self.layers.iter().rev().find(|layer| layer.before <= position.0).filter(|layer| position.0 < layer.end())
    }
}

impl Layer {
    fn open(path: &Path, format: Format, before: u32, below: usize) -> Option<Self> {
        let (file, length) = file::open(path).ok()?;
        if length > LARGEST {
            return None;
        }
        let blocks =
            std::iter::repeat_with(OnceCell::new).take(usize::try_from(length).ok()?.div_ceil(BLOCK)).collect();
        let nowhere = Chunk { start: 0, len: 0 };
        let mut layer =
            Self { file, blocks, format, before, count: 0, fan_out: nowhere, ids: nowhere, data: nowhere, edges: None };
        let head: [u8; 8] = layer.bytes(0)?;
        let hash = match format {
            Format::Sha1 => 1,
            Format::Sha256 => 2,
        };
        let [b'C', b'G', b'P', b'H', 1, known, chunks, base] = head else { return None };
        if known != hash || usize::from(base) != below {
            return None;
        }
        layer.read_chunks(chunks, length)?;
        let [count] = layer.numbers(layer.fan_out, 255 * 4)?;
        layer.count = count;
        before.checked_add(count).filter(|end| *end < NO_PARENT)?;
        let name = format.len() as u64;
        let fits = layer.ids.len == u64::from(count) * name && layer.data.len == u64::from(count) * (name + 16);
        fits.then_some(layer)
    }

    fn read_chunks(&mut self, chunks: u8, length: u64) -> Option<()> {
        let table = Chunk { start: 8, len: (u64::from(chunks) + 1) * 12 };
        for row in 0..u64::from(chunks) {
            let [kind, high, low, _, next_high, next_low] = self.numbers(table, row * 12)?;
            let [start, end] =
                [(high, low), (next_high, next_low)].map(|(high, low)| u64::from(high) << 32 | u64::from(low));
            let chunk = Chunk { start, len: end.checked_sub(start).filter(|_| end <= length)? };
            match &kind.to_be_bytes() {
                b"OIDF" => self.fan_out = chunk,
                b"OIDL" => self.ids = chunk,
                b"CDAT" => self.data = chunk,
                b"EDGE" => self.edges = Some(chunk),
                _ => {}
            }
        }
        Some(())
    }

    fn end(&self) -> u32 {
        self.before + self.count
    }

    fn position(&self, id: &ObjectId) -> Option<Position> {
        let first = u64::from(id.bytes()[0]);
        let [mut low] = if first == 0 { [0] } else { self.numbers(self.fan_out, (first - 1) * 4)? };
        let [mut high] = self.numbers(self.fan_out, first * 4)?;
        while low < high {
            let middle = low + (high - low) / 2;
            match self.id(middle)?.cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(Position(self.before + middle)),
            }
        }
        None
    }

    fn id(&self, at: u32) -> Option<ObjectId> {
        let start = u64::from(at) * self.format.len() as u64;
        match self.format {
            Format::Sha1 => ObjectId::read(&self.within::<20>(self.ids, start)?, self.format),
            Format::Sha256 => ObjectId::read(&self.within::<32>(self.ids, start)?, self.format),
        }
    }

    /// Numbers of four bytes that stand in a row, from the byte `at` of `chunk`.
    fn numbers<const N: usize>(&self, chunk: Chunk, at: u64) -> Option<[u32; N]> {
        let mut numbers = [0; N];
        for (number, at) in numbers.iter_mut().zip((at..).step_by(4)) {
            *number = u32::from_be_bytes(self.within(chunk, at)?);
        }
        Some(numbers)
    }

    fn within<const N: usize>(&self, chunk: Chunk, at: u64) -> Option<[u8; N]> {
        let is_inside = at.checked_add(N as u64)? <= chunk.len;
        self.bytes(chunk.start.checked_add(at)?).filter(|_| is_inside)
    }

    fn bytes<const N: usize>(&self, start: u64) -> Option<[u8; N]> {
        let start = usize::try_from(start).ok()?;
        let (first, at) = (start / BLOCK, start % BLOCK);
        let block = self.block(first)?;
        if let Some(whole) = block.get(at..at + N) {
            return whole.try_into().ok();
        }
        let mut bytes = [0; N];
        let head = block.get(at..).filter(|_| block.len() == BLOCK)?;
        let rest = self.block(first + 1)?.get(..N - head.len())?;
        bytes[..head.len()].copy_from_slice(head);
        bytes[head.len()..].copy_from_slice(rest);
        Some(bytes)
    }

    fn block(&self, number: usize) -> Option<&[u8]> {
        let place = self.blocks.get(number)?;
        if let Some(known) = place.get() {
            return Some(known);
        }
        let mut bytes = vec![0; BLOCK];
        let length = file::read_at(&self.file, &mut bytes, (number * BLOCK) as u64).ok()?;
        bytes.truncate(length);
        Some(place.get_or_init(|| bytes.into()))
    }
}
