//! Settings as text, and the file that they are added to.

use super::{Key, Line};
use crate::config::{self, Settings};
use crate::failure::Failure;
use crate::files::Files;
use crate::repository::Snapshot;
use crate::rules;

/// A string as TOML has it.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            '\t' => quoted += "\\t",
            // What cannot be seen is written so that it can.
            c if is_unseen(c) && u32::from(c) > 0xffff => quoted += &format!("\\U{:08X}", u32::from(c)),
            c if is_unseen(c) => quoted += &format!("\\u{:04X}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// Whether a character controls, turns or hides text.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// The settings as the reader of settings has them.
///
/// # Errors
/// Where it does not take them.
pub(super) fn settings(lines: &[Line]) -> Result<Settings, Failure> {
    let snapshot = Snapshot::memory([("relgate.toml".to_owned(), table(lines, "").into_bytes())]);
    config::read(&mut Files::new(&snapshot), &rules::ids())
}

/// The table of settings under `name`, `""` for a file of their own; nothing where there are no settings.
fn table(lines: &[Line], name: &str) -> String {
    let is_rule = |line: &&Line| matches!(line.key, Key::Rule(_));
    let heading = |name: &str| if name.is_empty() { String::new() } else { format!("[{name}]\n") };
    let mut text = String::new();
    if lines.iter().any(|line| !is_rule(&line)) {
        text += &heading(name);
    }
    for line in lines.iter().filter(|line| !is_rule(line)) {
        text += &format!("{} = {}\n", line.key.name(), line.value);
    }
    if lines.iter().any(|line| is_rule(&line)) {
        let between = if text.is_empty() { "" } else { "\n" };
        text += between;
        text += &heading(if name.is_empty() { "rules" } else { "tool.relgate.rules" });
    }
    for line in lines {
        if let Key::Rule(rule) = line.key {
            text += &format!("{rule} = {}\n", line.value);
        }
    }
    text
}

/// The file that the settings belong into, its text with them at the end, and the settings alone.
///
/// # Errors
/// Where the file cannot be read.
pub(super) fn added(snapshot: &Snapshot, lines: &[Line]) -> Result<(&'static str, Vec<u8>, String), Failure> {
    let Some((_, there)) = snapshot.read("pyproject.toml")? else {
        let addition = table(lines, "");
        return Ok(("relgate.toml", addition.clone().into_bytes(), addition));
    };
    let addition = table(lines, "tool.relgate");
    let line_end = if there.windows(2).any(|pair| pair == b"\r\n") { "\r\n" } else { "\n" };
    let mut text = there.to_vec();
    if !text.is_empty() && !addition.is_empty() {
        if !text.ends_with(b"\n") {
            text.extend_from_slice(line_end.as_bytes());
        }
        text.extend_from_slice(line_end.as_bytes());
    }
    text.extend_from_slice(addition.replace('\n', line_end).as_bytes());
    Ok(("pyproject.toml", text, addition))
}

/// Reads pyproject.toml as it would be.
///
/// # Errors
/// Where it could not be read: a file that writes its tables in one line takes no further ones.
pub(super) fn accepted(text: &[u8]) -> Result<(), Failure> {
    let snapshot = Snapshot::memory([("pyproject.toml".to_owned(), text.to_vec())]);
    config::read(&mut Files::new(&snapshot), &rules::ids()).map(drop).map_err(|failure| {
        Failure::new(format!("the settings cannot be appended to pyproject.toml: {failure}"))
            .help("write them into relgate.toml, or where they fit")
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::project::ChangelogPolicy;
    use crate::tag::TagTemplate;

    fn line(key: Key, value: String) -> Line {
        Line { key, value, evidence: String::new(), settled: false }
    }

    /// Text with much of what means something to TOML, to a terminal or to the eye.
    fn hostile() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            any::<char>().prop_map(String::from),
            "[\"'\\\\\\[\\]{}#=,. \\r\\n\\t]{1,4}",
            "[\\x00-\\x1f\\x7f-\\u{9f}\\u{202a}-\\u{202e}\\u{2066}-\\u{2069}\\u{e0000}-\\u{e007f}]",
        ];
        proptest::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        /// Whatever names a repository has: its settings say them, in both kinds of files, and hide nothing.
        #[test]
        fn what_is_written_is_what_is_read(text in hostile(), other in hostile()) {
            // What git allows in the name of a tag, and a template takes as it is.
            let prefix: String = other.chars().filter(|c| !c.is_control() && !" ~^:?*[\\{}".contains(*c)).collect();
            let template = format!("t{prefix}{{version}}");
            let pattern = format!("{}{{version}}", other.replace(['{', '}'], ""));
            let lines = [
                line(Key::Tag, quoted(&template)),
                line(Key::Changelog, quoted(&text)),
                line(Key::Categories, format!("[{}, {}]", quoted(&text), quoted(&other))),
                line(Key::Versions, format!("[{{ path = {}, pattern = {} }}]", quoted(&text), quoted(&pattern))),
                line(Key::Rule("tag-name"), quoted("warn")),
            ];
            let read = settings(&lines).unwrap();
            prop_assert_eq!(read.tag, Some(TagTemplate::parse(&template).unwrap()));
            prop_assert_eq!(read.policy.changelog, ChangelogPolicy::At(text.clone()));
            prop_assert_eq!(read.policy.categories, [text.clone(), other]);
            prop_assert_eq!(&read.policy.versions[0].path, &text);
            prop_assert_eq!(&read.policy.versions[0].pattern, &pattern);
            let there = ("pyproject.toml".to_owned(), b"[project]\nname = 'pkg'".to_vec());
            let (path, bytes, addition) = added(&Snapshot::memory([there]), &lines).unwrap();
            prop_assert_eq!(path, "pyproject.toml");
            prop_assert!(accepted(&bytes).is_ok());
            prop_assert!(!addition.chars().any(|c| c != '\n' && is_unseen(c)), "{:?}", addition);
        }
    }
}
