//! The notes of a release: for people, for pipes and for the steps of GitHub Actions.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::notes::Notes;
use crate::render::visible::{self, Marks, visible};

/// On a terminal harmless text. For a pipe or a file the text as it is written, byte for byte, but for what a log must not
/// have: characters that control a terminal or turn text around are replaced, and a backslash stands before what a CI
/// service would take for a command, where Markdown shows the same without it.
pub fn markdown(notes: &Notes, terminal: bool, output: &mut Vec<u8>) {
    if notes.text.is_empty() {
        return;
    }
    if terminal {
        output.extend_from_slice(visible(&notes.text, &[]).0.as_bytes());
    } else {
        output.extend_from_slice(piped(&String::from_utf8_lossy(&notes.text)).as_bytes());
    }
    output.push(b'\n');
}

fn piped(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (mut marks, command) = (Marks::default(), visible::command_start(line));
        for (at, c) in line.char_indices() {
            if marks.opens(c) || command == Some(at) {
                output.push('\\');
            }
            output.push(if visible::is_text(c) { c } else { char::REPLACEMENT_CHARACTER });
        }
    }
    output
}

/// What a step's output file takes: a value that is not known is empty.
pub fn github_output(notes: &Notes) -> String {
    let version = notes.version.as_ref().map(ToString::to_string).unwrap_or_default();
    let date = notes.date.map(|date| date.to_string()).unwrap_or_default();
    let prerelease = notes.prerelease().map(|prerelease| prerelease.to_string()).unwrap_or_default();
    let text = String::from_utf8_lossy(&notes.text);
    let mark = delimiter(&text);
    let yanked = notes.yanked;
    format!("version={version}\ndate={date}\nprerelease={prerelease}\nyanked={yanked}\nnotes<<{mark}\n{text}\n{mark}\n")
}

/// A line that does not occur in the text, which nobody can therefore end early. The same text gives the same line.
fn delimiter(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    loop {
        let mark = format!("relgate-{:016x}", hasher.finish());
        if !text.contains(&mark) {
            return mark;
        }
        mark.hash(&mut hasher);
    }
}
