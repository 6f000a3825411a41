//! A security fix that names no advisory.

use crate::finding::{Findings, Level, Span};
use crate::project::Facts;

use super::{About, Example, Group, PYPROJECT, Rule};

pub(super) const RULE: Rule = Rule {
    id: "security-advisory",
    summary: "An entry under Security names no advisory",
    explanation: "\
By its CVE, GHSA or PYSEC number users and scanners find out whether a hole concerns them, and which release closes it. Each
entry under Security of the release has to have one. Off by default: not every hardening has an advisory.",
    level: Level::Off,
    about: About::Release,
    group: Group::Security,
    fix: None,
    bad: &[Example {
        title: "which hole is it?",
        files: &[("CHANGELOG.md", "# Changelog\n\n## 1.1.0 - 2026-11-22\n\n### Security\n\n- Closed a hole.\n")],
        tag: Some("v1.1.0"),
    }],
    good: &[Example {
        title: "by number",
        files: &[
            PYPROJECT,
            (
                "CHANGELOG.md",
                "# Changelog\n\n## 1.1.0 - 2026-11-22\n\n### Security\n\n- Paths are checked (CVE-2026-12345).\n\
                 - Names are checked: [GHSA-2c4m-59x9-fr2g](https://github.com/advisories/GHSA-2c4m-59x9-fr2g).\n",
            ),
        ],
        tag: Some("v1.1.0"),
    }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some((found, section)) = facts.released_section() else { return };
    for category in section.categories.iter().filter(|category| category.name.eq_ignore_ascii_case("security")) {
        let mut nameless = |span: Span| {
            if !names_advisory(&facts.changelog_text(found, span)) {
                findings
                    .add(found.at(span), "no advisory is named here")
                    .help("name its CVE-..., GHSA-... or PYSEC-... number");
            }
        };
        let content = &category.content;
        content.entries.iter().filter(|entry| !entry.is_placeholder).for_each(|entry| nameless(entry.span));
        // Without a list the text is one entry.
        if content.entries.is_empty()
            && let (Some(first), Some(last)) = (content.blocks.first(), content.blocks.last())
        {
            nameless(Span::new(first.span.start, last.span.end));
        }
    }
}

/// Whether the number of a CVE, a GitHub advisory or an advisory of the Python Packaging Authority stands in the text.
fn names_advisory(text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').any(|word| {
        let parts: Vec<&str> = word.trim_matches('-').split('-').collect();
        let digits = |part: &str, least: usize| part.len() >= least && part.bytes().all(|byte| byte.is_ascii_digit());
        let four = |part: &&str| part.len() == 4;
        match parts[..] {
            ["CVE", year, number] => digits(year, 4) && digits(number, 4),
            ["PYSEC", year, number] => digits(year, 4) && digits(number, 1),
            ["GHSA", a, b, c] => [a, b, c].iter().all(four),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advisories_are_known_by_their_form() {
        for text in ["CVE-2026-12345", "cve-2026-1234.", "(GHSA-2c4m-59x9-fr2g)", "PYSEC-2026-7", "x/CVE-2026-0001/"] {
            assert!(names_advisory(text), "{text}");
        }
        for text in ["CVE-2026", "CVE-20XX-1234", "GHSA", "GHSA-x", "CVE pending", "", "#12"] {
            assert!(!names_advisory(text), "{text}");
        }
    }
}
