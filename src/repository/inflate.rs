//! Taking apart what zlib put together: always to an end, whatever the bytes are.

use flate2::{Decompress, FlushDecompress, Status};

use super::object::ObjectFault;

/// A decompressor that is used again and again: making one costs more than most objects.
pub(super) struct Inflater(Decompress);

impl Inflater {
    pub(super) fn new() -> Self {
        Self(Decompress::new(true))
    }

    /// Begins a new stream.
    pub(super) fn restart(&mut self) {
        self.0.reset(true);
    }

    /// Takes `input` on and appends to `output` as far as its capacity goes: how many bytes were used, and whether the
    /// stream has ended.
    ///
    /// # Errors
    /// Where the stream is broken.
    pub(super) fn step(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<(usize, bool), ObjectFault> {
        let before = self.0.total_in();
        let status = self
            .0
            .decompress_vec(input, output, FlushDecompress::None)
            .map_err(|_| ObjectFault::broken("its compressed data is broken"))?;
        let used = usize::try_from(self.0.total_in() - before).unwrap_or(usize::MAX);
        Ok((used, status == Status::StreamEnd))
    }
}
