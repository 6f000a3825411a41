use crate::finding::{Findings, Level, Location};
use crate::project::Facts;
use crate::rules::{About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "expired-ignore",
    summary: "An ignore counts no longer: its last day is over",
    explanation: "\
An ignore with `expires` is a promise to put something right until that day. After it the findings are told again, and this
one asks what became of the promise: put it right and remove the ignore, or give a new day and a reason for it.

It cannot be ignored itself.",
    level: Level::Error,
    about: About::Release,
    group: Group::Settings,
    fix: None,
    bad: &[Example {
        title: "its last day was three weeks ago",
        files: &[
            super::PYPROJECT,
            (
                "relgate.toml",
                "[[ignore]]\nrule = \"release-date\"\nversion = \"1.1.0\"\nreason = \"tagged late\"\nexpires = 2026-11-01\n",
            ),
        ],
        tag: None,
    }],
    good: &[Example {
        title: "it counts to the end of its last day",
        files: &[
            super::PYPROJECT,
            ("CHANGELOG.md", "# Changelog\n\n## 1.1.0 - 2026-11-01\n\n- A thing.\n"),
            (
                "relgate.toml",
                "[[ignore]]\nrule = \"release-date\"\nversion = \"1.1.0\"\nreason = \"tagged late\"\nexpires = \"2026-11-22\"\n",
            ),
        ],
        tag: None,
    }],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(ignores) = &facts.ignores else { return };
    for ignore in ignores.list.iter().filter(|ignore| ignore.has_expired(facts.today)) {
        let Some(expires) = &ignore.expires else { continue };
        let at = Location { source: ignores.source, span: expires.span };
        findings
            .add(
                at,
                format!("this ignore of `{}` counts no longer: its last day was {}", ignore.rule.value, expires.value),
            )
            .help("put right what it excused and remove it, or give it a new day and say why");
    }
}
