//! The Python programs that tests compare with or run, installed from PyPI into the build folder once.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder that holds `python`, `pre-commit`, `prek` ... as `tests/requirements.txt` names them.
///
/// # Panics
/// Where it cannot be made: what needs it has then not been tested, and must not pass.
pub fn programs() -> PathBuf {
    let wanted = include_str!("../requirements.txt");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("venv");
    let stamp = folder.join("requirements.txt");
    let lock = File::create(folder.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return folder.join("bin");
    }
    let requirements = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/requirements.txt");
    must(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
    let pip = folder.join("bin/python");
    must(Command::new(pip).args(["-m", "pip", "install", "--quiet", "-r"]).arg(requirements));
    fs::write(stamp, wanted).unwrap();
    folder.join("bin")
}

fn must(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
