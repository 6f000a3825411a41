use crate::finding::{Findings, Level};
use crate::project::Facts;
use crate::rules::{About, Example, Group, Rule};
use crate::version::Version;

pub(super) const RULE: Rule = Rule {
    id: "commit-message",
    summary: "A commit changes the declared version and its message does not say so",
    explanation: "\
Where the setting `commit-message` asks for it, the subject line of a commit that changes the declared version holds that
text, with the new version in place of `{version}`: `commit-message = \"Release {version}\"`. The release is then found in
the history by its message, and a version that was changed by accident is noticed when it happens.

A merge need not say what one of its parents has said.",
    level: Level::Error,
    about: About::Release,
    group: Group::Process,
    fix: None,
    bad: &[
        Example {
            title: "the message speaks of something else",
            files: &[
                ("pyproject.toml", "[project]\nname = \"pkg\"\nversion = \"1.2.0\"\n\n[tool.relgate]\ncommit-message = \"Release {version}\"\n"),
                (".git/COMMIT_EDITMSG", "Fix a typo\n"),
            ],
            tag: None,
        },
        Example {
            title: "the message names another version",
            files: &[
                ("pyproject.toml", "[project]\nname = \"pkg\"\nversion = \"1.2.0\"\n\n[tool.relgate]\ncommit-message = \"Release {version}\"\n"),
                (".git/COMMIT_EDITMSG", "Release 1.2.1\n"),
            ],
            tag: None,
        },
    ],
    good: &[Example {
        title: "the message says it",
        files: &[
            ("pyproject.toml", "[project]\nname = \"pkg\"\nversion = \"1.2.0\"\n\n[tool.relgate]\ncommit-message = \"Release {version}\"\n"),
            (".git/COMMIT_EDITMSG", "chore: Release 1.2.0 (#12)\n"),
        ],
        tag: None,
    }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let (Some(commit), Some(wanted)) = (&facts.commit, &facts.policy.commit_message) else { return };
    let Some(version) = facts.version() else { return };
    if commit.before.is_empty() || commit.before.contains(version) {
        return;
    }
    let subject = facts.sources.text_at(commit.subject);
    if subject.trim().is_empty() || says(&subject, wanted, version) {
        return;
    }
    let right = wanted.replace("{version}", &version.to_string());
    findings
        .add(commit.subject, format!("this commit changes the version to `{version}`, and its message does not say so"))
        .help(format!("the subject line holds `{right}` then: the setting `commit-message` asks for it"));
}

/// Whether `subject` holds `wanted` with this version, in any of its spellings.
fn says(subject: &str, wanted: &str, version: &Version) -> bool {
    let Some((before, after)) = wanted.split_once("{version}") else { return true };
    subject.match_indices(before).any(|(at, _)| {
        let rest = &subject[at + before.len()..];
        !subject[..at].ends_with(|c: char| c.is_alphanumeric() || c == '.')
            && Version::parse_prefix(rest).is_some_and(|(said, end)| said == *version && rest[end..].starts_with(after))
    })
}
