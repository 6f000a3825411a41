//! The files that an answer is written to.

use std::path::Path;

use crate::cli::{Format, Output};
use crate::failure::Failure;

/// Writes each of the files; `text` is told the format that was asked for it, if one was.
///
/// # Errors
/// Where one cannot be written, or two of them are the same.
pub fn write(outputs: &[Output], cwd: &Path, text: impl Fn(Option<Format>) -> Vec<u8>) -> Result<(), Failure> {
    for (index, output) in outputs.iter().enumerate() {
        if outputs[..index].iter().any(|other| other.path == output.path) {
            let message = format!("two outputs would be written to {}", output.path.display());
            return Err(Failure::new(message).help("give each a file of its own"));
        }
    }
    for output in outputs {
        std::fs::write(cwd.join(&output.path), text(output.format)).map_err(|error| {
            Failure::new(format!("the results cannot be written to {}: {error}", output.path.display()))
        })?;
    }
    Ok(())
}
