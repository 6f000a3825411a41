//! The version in a heading that is none, or is written in another way than the rest.

use crate::changelog::{Link, Section, VersionText};
use crate::finding::{Edit, Finding, Findings, Level, Safety, Span};
use crate::project::{Facts, ProjectChangelog, Scheme};

use super::{AGREEING, About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "changelog-version",
    summary: "The version in a heading does not fit",
    explanation: "\
The version in a heading has to be one that the project can release: PEP 440, and MAJOR.MINOR.PATCH where the settings \
say `scheme = \"semver\"`. Local versions (`1.0+cu121`) are accepted by no index.

Some headings with `v` and some without are a mixture that searching readers and tools stumble over: the fewer are \
reported.",
    level: Level::Error,
    about: About::Text,
    group: Group::Text,
    fix: Some(Safety::Safe),
    bad: &[
        Example {
            title: "a version that cannot be released",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\nKeep a Changelog\n\n## [1.1.0-SNAPSHOT] - 2026-01-05\n\n### Fixed\n\n- One.\n",
            )],
            tag: None,
        },
        Example {
            title: "one `v` among others without",
            files: &[(
                "CHANGELOG.md",
                "# Changelog\n\nKeep a Changelog\n\n## [v1.1.0] - 2026-02-05\n\n### Fixed\n\n- One.\n\n## [1.0.0] - 2026-01-05\n\n### Fixed\n\n- Two.\n",
            )],
            tag: None,
        },
    ],
    good: &[AGREEING],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(found) = facts.formed_changelog() else { return };
    let versions = || found.changelog.releases().filter_map(|section| Some((section, section.version.as_ref()?)));
    let all = versions().count();
    let prefixed = versions().filter(|(_, text)| text.prefix.start < text.prefix.end).count();
    let odd_prefix = prefixed > 0 && prefixed * 2 <= all;
    let odd_bare = prefixed < all && prefixed * 2 > all;
    for (section, text) in versions() {
        let written = facts.changelog_text(found, text.span);
        if let Some(fault) = fault(facts, text, &written) {
            findings.add(found.at(text.span), fault.0).help(fault.1);
            continue;
        }
        let has_prefix = text.prefix.start < text.prefix.end;
        if has_prefix && odd_prefix {
            let finding =
                findings.add(found.at(text.prefix), format!("`{written}` has a `v` before it, others have not"));
            respell(found, section, text.prefix, "", finding);
        } else if !has_prefix && odd_bare {
            let finding = findings.add(found.at(text.span), format!("`{written}` has no `v` before it, others have"));
            respell(found, section, Span::at(text.span.start), "v", finding);
        }
    }
}

/// What is wrong with a version, and the help.
fn fault(facts: &Facts, text: &VersionText, written: &str) -> Option<(String, String)> {
    let Some(version) = &text.version else {
        return Some((
            format!("`{written}` is no version"),
            "PEP 440 has the form: `1.2.0`, `1.2.0rc1`, `1.2.0.post1`".to_owned(),
        ));
    };
    if version.is_local() {
        return Some((
            format!("`{written}` has a local part, which is never released"),
            "write the public version".to_owned(),
        ));
    }
    let short = facts.policy.scheme == Some(Scheme::SemVer) && (version.release_len() != 3 || version.is_post());
    short.then(|| {
        (
            format!("`{written}` is no semantic version, expected `MAJOR.MINOR.PATCH`"),
            "the settings say `scheme = \"semver\"`".to_owned(),
        )
    })
}

/// Rewrites the prefix in the heading, and in the label that it is a reference to.
fn respell(found: &ProjectChangelog, section: &Section, prefix: Span, text: &str, finding: &mut Finding) {
    let mut edits = vec![Edit { at: found.at(prefix), text: text.to_owned() }];
    if let (Link::Reference { key, label }, Some(version)) = (&section.link, &section.version) {
        let changelog = &found.changelog;
        let is_own_label = label.contains(version.span) && label.contains(prefix);
        if let Some(definition) = changelog.definition(key).filter(|_| is_own_label) {
            let new_key = if text.is_empty() { key.trim_start_matches('v').to_owned() } else { format!("v{key}") };
            if changelog.definition(&new_key).is_none() {
                let start = definition.label.start;
                let at = found.at(Span::new(start, start + (prefix.end - prefix.start)));
                edits.push(Edit { at, text: text.to_owned() });
            }
        }
    }
    finding.fix("write it as the others", Safety::Safe, edits);
}
