use crate::finding::{Findings, Level, Location};
use crate::project::{Facts, Ignore, JudgedIgnores};
use crate::rules::{ABOUT_BEFORE, About, Example, Group, Rule, find, findings as findings_of};

pub(super) const RULE: Rule = Rule {
    id: "unused-ignore",
    summary: "An ignore excuses nothing",
    explanation: "\
What an ignore excused was put right, or its path or version is misspelt. Left in place, it would hide the next mistake of
that kind.

It is told by `relgate check` where everything that the ignore could be about was judged: one for a version only where that
version is released or has its section, one for a rule about releases only where a release is judged. Hooks do not tell it,
nor does anything tell it of the rules about tags, which need an event to speak of.",
    level: Level::Warn,
    about: About::Release,
    group: Group::Settings,
    fix: None,
    bad: &[Example {
        title: "the heading has its date by now",
        files: &[
            super::PYPROJECT,
            ("CHANGELOG.md", "# Changelog\n\n## 1.1.0 - 2026-11-22\n\n- A thing.\n"),
            (
                "relgate.toml",
                "[[ignore]]\nrule = \"changelog-date\"\npath = \"CHANGELOG.md\"\nreason = \"nobody remembers\"\n",
            ),
        ],
        tag: None,
    }],
    good: &[
        Example {
            title: "an ignore for another release",
            files: &[
                super::PYPROJECT,
                ("CHANGELOG.md", "# Changelog\n\n## 1.1.0 - 2026-11-22\n\n- A thing.\n"),
                (
                    "relgate.toml",
                    "[[ignore]]\nrule = \"release-date\"\nversion = \"1.0.0\"\nreason = \"tagged a week late\"\n",
                ),
            ],
            tag: Some("v1.1.0"),
        },
        Example {
            title: "an ignore that excuses something",
            files: &[
                ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.1.0-rc.1\"\n"),
                (
                    "relgate.toml",
                    "changelog = false\n\n[[ignore]]\nrule = \"version-not-canonical\"\nreason = \"so our other tools write it\"\n",
                ),
            ],
            tag: None,
        },
    ],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    let Some(ignores) = facts.ignores.as_ref().filter(|ignores| ignores.tells_unused) else { return };
    for ignore in ignores.list.iter().filter(|ignore| !ignore.has_expired(facts.today)) {
        let Some(rule) = find(&ignore.rule.value).ok().filter(|rule| is_judged(facts, ignores, ignore, rule)) else {
            continue;
        };
        if !findings_of(rule, facts).iter().any(|finding| ignore.covers(finding, facts)) {
            let at = Location { source: ignores.source, span: ignore.rule.span };
            findings
                .add(at, format!("this ignore of `{}` excuses nothing", rule.id))
                .help("remove it, or correct its path or version");
        }
    }
}

/// Whether all that the ignore could be about is judged here.
fn is_judged(facts: &Facts, ignores: &JudgedIgnores, ignore: &Ignore, rule: &Rule) -> bool {
    let released = facts.release.as_ref().and_then(|release| release.version.as_ref());
    let has_section =
        |version| facts.changelog.as_ref().is_some_and(|found| found.changelog.section_of(version).is_some());
    let needs_event = matches!(rule.group, Group::Tags | Group::Settings) || rule.id == "commit-message";
    let needs_before = ABOUT_BEFORE.contains(&rule.id);
    let of_this_moment = match (&ignore.version, rule.about) {
        (None, About::Text) => true,
        (Some(version), About::Text) => released == Some(version) || has_section(version),
        (None, About::Release) => released.is_some(),
        (Some(version), About::Release) => released == Some(version),
    };
    let of_this_package = match &ignore.path {
        Some(path) if !ignores.alone => facts.sources.iter().any(|(_, source)| path.matches(&source.path)),
        _ => ignores.alone,
    };
    of_this_moment && of_this_package && !needs_event && (!needs_before || facts.before.is_some())
}
