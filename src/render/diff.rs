//! What repairs would change, as a unified diff.

use owo_colors::{OwoColorize, Style};
use similar::{ChangeTag, TextDiff};

use crate::render::visible::{one_line, visible};

/// Lines of context around each change.
const CONTEXT: usize = 3;

/// The difference between two texts of the file at `path`.
pub fn file(path: &str, old: &[u8], new: &[u8], color: bool, output: &mut Vec<u8>) {
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    let diff = TextDiff::from_lines(old.as_ref(), new.as_ref());
    let path = one_line(path);
    line(&format!("--- a/{path}"), Style::new().bold(), color, output);
    line(&format!("+++ b/{path}"), Style::new().bold(), color, output);
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        line(&hunk.header().to_string(), Style::new().cyan(), color, output);
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Equal => (' ', Style::new()),
                ChangeTag::Delete => ('-', Style::new().red()),
                ChangeTag::Insert => ('+', Style::new().green()),
            };
            let (text, _) = visible(change.value().as_bytes(), &[]);
            line(&format!("{sign}{}", text.trim_end_matches('\n')), style, color, output);
            if change.missing_newline() {
                line("\\ No newline at end of file", Style::new(), color, output);
            }
        }
    }
}

fn line(text: &str, style: Style, color: bool, output: &mut Vec<u8>) {
    let text = if color { text.style(style).to_string() } else { text.to_owned() };
    output.extend_from_slice(text.as_bytes());
    output.push(b'\n');
}
