//! A changelog that is not UTF-8.

use crate::finding::{Edit, Findings, Level, Safety};
use crate::project::Facts;

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-encoding",
    summary: "The changelog is not UTF-8",
    explanation: "\
Markdown files are UTF-8 to every tool that renders or reads them; other bytes are shown as replacement characters, or \
make the tool fail. A byte-order mark is no fault, nor is any kind of line end.

The repair takes the wrong bytes for Windows-1252, of which Latin-1 is a part, or for UTF-16 where a byte-order mark \
says so.",
    level: Level::Error,
    about: About::Text,
    group: Group::Text,
    fix: Some(Safety::Safe),
    bad: &[Example {
        title: "a name in Latin-1",
        files: &[("CHANGELOG.md", "# Changelog\n\nBy Ren\u{fffd}.\n")],
        tag: None,
    }],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = &facts.changelog else { return };
    let Some(bad) = &found.changelog.bad_encoding else { return };
    let message = if bad.is_utf16 {
        "the changelog is UTF-16, expected UTF-8".to_owned()
    } else {
        let bytes: Vec<String> =
            facts.sources.bytes_at(found.at(bad.first)).iter().map(|byte| format!("0x{byte:02X}")).collect();
        format!("`{}` is not UTF-8", bytes.join(" "))
    };
    let edit = |(span, text): &(_, String)| Edit { at: found.at(*span), text: text.clone() };
    let edits = bad.repairs.iter().map(edit).collect();
    let safety = if bad.is_uniform { Safety::Safe } else { Safety::Unsafe };
    findings.add(found.at(bad.first), message).help("save the file as UTF-8").fix("rewrite it in UTF-8", safety, edits);
}
