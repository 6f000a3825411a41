//! Repairs: edits become new texts, and new texts become files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::failure::Failure;
use crate::files::Repaired;
use crate::finding::{Edit, Fix, SourceId, Sources};
use crate::repository::{Repository, Snapshot};

/// How often repairs may make further ones possible before the rest is left for another run.
pub const MOST_ROUNDS: usize = 20;

/// The texts after as many of the fixes as do not touch each other's bytes, each whole or not at all, and how many those
/// were. A fix that has to wait is found again when the new text is judged.
pub fn apply<'f>(fixes: impl IntoIterator<Item = &'f Fix>, sources: &Sources) -> (Repaired, usize) {
    let mut accepted: BTreeSet<&Edit> = BTreeSet::new();
    let mut count = 0;
    for fix in fixes {
        let fits =
            fix.edits.iter().all(|edit| accepted.contains(edit) || !accepted.iter().any(|other| touch(edit, other)));
        if fits && !fix.edits.is_empty() {
            accepted.extend(&fix.edits);
            count += 1;
        }
    }
    let mut by_source: BTreeMap<SourceId, Vec<&Edit>> = BTreeMap::new();
    for edit in accepted {
        by_source.entry(edit.at.source).or_default().push(edit);
    }
    let repaired = by_source.into_iter().map(|(id, edits)| {
        let source = sources.get(id);
        (source.path.clone(), edited(&source.bytes, &edits))
    });
    (repaired.collect(), count)
}

/// Two insertions at one place touch: which comes first would be chance.
fn touch(one: &Edit, other: &Edit) -> bool {
    let (a, b) = (one.at.span, other.at.span);
    one.at.source == other.at.source
        && a.start <= b.end
        && b.start <= a.end
        && !(a.end == b.start && a.start < b.start)
        && !(b.end == a.start && b.start < a.start)
}

/// `edits` are sorted and do not touch.
fn edited(bytes: &[u8], edits: &[&Edit]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for edit in edits {
        text.extend_from_slice(&bytes[at..edit.at.span.start]);
        text.extend_from_slice(edit.text.as_bytes());
        at = edit.at.span.end;
    }
    text.extend_from_slice(&bytes[at..]);
    text
}

/// Writes repaired texts into the work tree, and into the index where that was judged. Nothing is written unless all
/// files are still what was judged; with the index that means that both have the same.
///
/// # Errors
/// Where a file differs from what was judged, or cannot be written.
pub fn write_all(
    repaired: &Repaired,
    snapshot: &Snapshot,
    repository: &Repository,
    is_index: bool,
) -> Result<(), Failure> {
    let folder = repository.folder()?;
    let mut files = Vec::new();
    for (path, text) in repaired {
        let (path, judged) = snapshot.read(path)?.unwrap_or_else(|| (path.clone(), Arc::default()));
        if fs::read(folder.join(&path)).ok().as_ref() != Some(&*judged) {
            return Err(if is_index {
                Failure::new(format!("{path} is not repaired: the file differs from what is staged"))
                    .help(format!("stage all of it (git add {path}), or repair it by hand"))
            } else {
                Failure::new(format!("{path} has changed since it was judged")).help("run relgate again")
            });
        }
        files.push((path, text));
    }
    for (path, text) in files {
        replace(&folder.join(&path), text)?;
        if is_index {
            repository.stage(&path, text)?;
        }
    }
    Ok(())
}

/// Writes a file that was not there.
///
/// # Errors
/// Where it is there by now, or cannot be written.
pub fn create(path: &Path, text: &[u8]) -> Result<(), Failure> {
    let written = fs::File::options().write(true).create_new(true).open(path).and_then(|mut file| file.write_all(text));
    written.map_err(|error| Failure::new(format!("{} cannot be written: {error}", path.display())))
}

/// Puts `text` in the place of the file at `path`, all of it or nothing.
fn replace(path: &Path, text: &[u8]) -> Result<(), Failure> {
    let beside = beside(path);
    let written = || -> std::io::Result<()> {
        let mut file = fs::File::options().write(true).create_new(true).open(&beside)?;
        file.write_all(text)?;
        file.set_permissions(fs::metadata(path)?.permissions())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    written().map_err(|error| {
        let _ = fs::remove_file(&beside);
        Failure::new(format!("{} cannot be written: {error}", path.display()))
    })
}

/// A name in the same folder that no other run uses.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".relgate-{}", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Location, Safety, Span};

    fn fix(source: SourceId, edits: &[(usize, usize, &str)]) -> Fix {
        let edit = |(start, end, text): &(usize, usize, &str)| Edit {
            at: Location { source, span: Span::new(*start, *end) },
            text: (*text).to_owned(),
        };
        Fix { title: String::new(), safety: Safety::Safe, edits: edits.iter().map(edit).collect() }
    }

    #[test]
    fn fixes_are_applied_whole_and_never_over_each_other() {
        let mut sources = Sources::default();
        let source = sources.add("a", b"0123456789".to_vec());
        for (fixes, expected, applied) in [
            (vec![fix(source, &[(8, 9, "x"), (1, 2, "")])], "0234567x9", 1),
            (vec![fix(source, &[(1, 3, "x")]), fix(source, &[(5, 6, "y"), (2, 4, "z")])], "0x3456789", 1),
            (vec![fix(source, &[(1, 3, "x")]), fix(source, &[(3, 4, "y")])], "0xy456789", 2),
            (vec![fix(source, &[(2, 2, "x")]), fix(source, &[(2, 2, "y")])], "01x23456789", 1),
            (vec![fix(source, &[(2, 2, "x")]), fix(source, &[(2, 2, "x"), (9, 10, "")])], "01x2345678", 2),
        ] {
            let (repaired, count) = apply(&fixes, &sources);
            assert_eq!(String::from_utf8_lossy(&repaired["a"]), expected);
            assert_eq!(count, applied);
        }
    }
}
