//! The names of objects.

use std::fmt;

/// How a repository names its objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Format {
    Sha1,
    Sha256,
}

impl Format {
    /// The bytes of a name.
    pub(super) fn len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }
}

/// The name of an object, in hexadecimal when printed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ObjectId {
    bytes: [u8; 32],
    format: Format,
}

impl ObjectId {
    /// The name whose bytes `bytes` begins with; `None` where there are too few.
    pub(super) fn read(bytes: &[u8], format: Format) -> Option<Self> {
        let name = bytes.get(..format.len())?;
        let mut bytes = [0; 32];
        bytes[..name.len()].copy_from_slice(name);
        Some(Self { bytes, format })
    }

    /// A whole name in hexadecimal, of either format.
    pub(super) fn parse(hex: &[u8]) -> Option<Self> {
        let format = match hex.len() {
            40 => Format::Sha1,
            64 => Format::Sha256,
            _ => return None,
        };
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self { bytes, format })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.format.len()]
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Whether it is the name that stands for no object.
    pub(super) fn is_null(&self) -> bool {
        self.bytes == [0; 32]
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The name of a commit object, in hexadecimal when printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CommitId(pub(super) ObjectId);

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_printed_in_both_formats() {
        for hex in ["0123456789abcdef0123456789abcdef01234567", &"9f".repeat(32)] {
            assert_eq!(ObjectId::parse(hex.as_bytes()).unwrap().to_string(), hex);
        }
        for hex in ["", "0123", &"g".repeat(40), &"0".repeat(41)] {
            assert!(ObjectId::parse(hex.as_bytes()).is_none(), "{hex}");
        }
        assert!(ObjectId::parse(&[b'0'; 40]).unwrap().is_null());
        assert!(ObjectId::read(&[1; 19], Format::Sha1).is_none());
    }
}
