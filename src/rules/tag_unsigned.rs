//! A release tag without a good signature.

use crate::finding::{Findings, Level};
use crate::project::{Facts, Signature, TagKind};

use super::{About, Example, Group, PYPROJECT, Rule};

pub(super) const RULE: Rule = Rule {
    id: "tag-unsigned",
    summary: "The release tag is not signed, or its signature is not good",
    explanation: "\
A signature tells whoever builds from a tag that a maintainer made it. Any signature that git knows counts: OpenPGP, X.509,
SSH. It is verified with `git verify-tag` and what your own settings say of programs, keys and allowed signers; settings of
the repository never count. Where these cannot tell whether it is good, because the key is not known here, that is said and
does not block. A tag that is not made yet is not asked.",
    level: Level::Off,
    about: About::Release,
    group: Group::Tags,
    fix: None,
    bad: &[
        Example { title: "an annotated tag, not signed", files: &[PYPROJECT], tag: Some("v1.1.0 as annotated") },
        Example { title: "a lightweight tag cannot be signed", files: &[PYPROJECT], tag: Some("v1.1.0 as lightweight") },
    ],
    good: &[Example {
        title: "signed",
        files: &[PYPROJECT, ("CHANGELOG.md", "# Changelog\n\n## 1.1.0 - 2026-11-22\n\n- A thing.\n")],
        tag: Some("v1.1.0 as signed"),
    }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(release) = &facts.release else { return };
    let tag = &release.tag;
    match &release.kind {
        TagKind::Unknown | TagKind::Annotated(Signature::There | Signature::Good) => {}
        TagKind::Lightweight | TagKind::Annotated(Signature::None) => {
            findings
                .add(release.at, format!("`{tag}` is not signed"))
                .help(format!("make it anew, as long as nobody has it: git tag -f -s {tag} {tag}"));
        }
        TagKind::Annotated(Signature::Bad(reason)) => {
            findings
                .add(release.at, format!("the signature of `{tag}` is not good: {reason}"))
                .help("find out who made the tag before anything is built from it");
        }
        TagKind::Annotated(Signature::Unverified(reason)) => {
            let finding = findings.add(release.at, format!("the signature of `{tag}` cannot be verified: {reason}"));
            finding.help("give git the key, or gpg.ssh.allowedSignersFile").is_doubt = true;
        }
    }
}
