//! Objects that stand in files of their own.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::file;
use super::id::ObjectId;
use super::inflate::Inflater;
use super::object::{Object, ObjectFault, ObjectKind};

/// Longer than any header that git writes: the longest kind, a space, the digits of a size, a zero.
const LONGEST_HEADER: usize = 32;

/// Reads the object `id` from the object directory `objects`.
///
/// # Errors
/// Where it is not there, is broken, or has more than `most` bytes.
pub(super) fn read(objects: &Path, id: &ObjectId, most: u64, inflater: &mut Inflater) -> Result<Object, ObjectFault> {
    let hex = id.to_string();
    let path = objects.join(&hex[..2]).join(&hex[2..]);
    let (mut file, length) = match file::open(&path) {
        Ok(opened) => opened,
        Err(error) if file::is_absent(&error) => return Err(ObjectFault::Absent),
        Err(error) => return Err(ObjectFault::unreadable(&path, &error)),
    };
    let mut buffer = vec![0; usize::try_from(length).unwrap_or(usize::MAX).clamp(1, 64 << 10)];
    let mut filled = fill(&mut file, &mut buffer)?;
    inflater.restart();
    let mut head = Vec::with_capacity(LONGEST_HEADER);
    let (mut used, mut ended) = inflater.step(&buffer[..filled], &mut head)?;
    let (kind, size, start) = header(&head).ok_or_else(|| ObjectFault::broken("its header is broken"))?;
    if size > most {
        return Err(ObjectFault::TooLarge(size));
    }
    let size = usize::try_from(size).map_err(|_| ObjectFault::TooLarge(size))?;
    // The room for one byte more shows an object that is longer than it says.
    let mut bytes = Vec::with_capacity(size + 1);
    bytes.extend_from_slice(&head[start..]);
    while !ended {
        if bytes.len() > size {
            break;
        }
        if used == filled {
            (used, filled) = (0, fill(&mut file, &mut buffer)?);
            // No input left and no end: libgit2 tries again for ever here.
            if filled == 0 {
                return Err(ObjectFault::broken("it is cut off"));
            }
        }
        let before = bytes.len();
        let (now, end) = inflater.step(&buffer[used..filled], &mut bytes)?;
        if now == 0 && bytes.len() == before && !end {
            return Err(ObjectFault::broken("its compressed data is broken"));
        }
        (used, ended) = (used + now, end);
    }
    if bytes.len() != size {
        return Err(ObjectFault::broken("its size is not what it says"));
    }
    Ok(Object { kind, bytes })
}

fn fill(file: &mut File, buffer: &mut [u8]) -> Result<usize, ObjectFault> {
    file.read(buffer).map_err(|error| ObjectFault::broken(format!("it cannot be read: {error}")))
}

/// The kind and the size that a header says, and where the content starts.
fn header(head: &[u8]) -> Option<(ObjectKind, u64, usize)> {
    let end = head.iter().position(|byte| *byte == 0)?;
    let space = head[..end].iter().position(|byte| *byte == b' ')?;
    let size = std::str::from_utf8(&head[space + 1..end]).ok()?.parse().ok()?;
    Some((ObjectKind::parse(&head[..space])?, size, end + 1))
}
