//! Two places of one project that state different versions.

use crate::declaration::{Declaration, Role};
use crate::finding::{Findings, Level};
use crate::project::Facts;

use super::{About, Example, Group, Rule};

pub(super) const RULE: Rule = Rule {
    id: "version-mismatch",
    summary: "Two places that state the project's version disagree",
    explanation: "\
The version that the build back end puts into the metadata is compared with every other place that users see: \
`__version__`, setup.cfg, setup.py. A wheel that calls itself 1.2.3 and answers `__version__ == \"1.2.2\"` sends every \
bug report after the wrong release.

Versions are compared as PEP 440 compares them: `1.0` and `1.0.0` are equal, and so are `1.0.0rc1` and `1.0.0-rc.1`. \
Where a release is judged, `tag-version-mismatch` says of each place whether it agrees with the tag.",
    level: Level::Error,
    about: About::Release,
    group: Group::Versions,
    fix: None,
    bad: &[Example {
        title: "`__version__` was forgotten",
        files: &[
            ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.2.3\"\n"),
            ("src/demo/__init__.py", "__version__ = \"1.2.2\"\n"),
        ],
        tag: None,
    }],
    good: &[
        Example {
            title: "the same version in two spellings",
            files: &[
                ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.2.3rc1\"\n"),
                ("src/demo/__init__.py", "from ._version import __version__\n"),
                ("src/demo/_version.py", "__version__: str = \"1.2.3-rc.1\"\n"),
            ],
            tag: None,
        },
        Example {
            title: "a version in a docstring is no declaration",
            files: &[
                ("pyproject.toml", "[project]\nname = \"demo\"\nversion = \"1.2.3\"\n"),
                ("demo/__init__.py", "\"\"\"Usage:\n\n__version__ = \"0.0.1\"\n\"\"\"\n# __version__ = \"9.9.9\"\n"),
            ],
            tag: None,
        },
    ],
    check,
};

fn check(facts: &Facts, findings: &mut Findings) {
    if facts.release.as_ref().is_some_and(|release| release.version.is_some()) {
        return;
    }
    let stated: Vec<_> = weighty(facts).filter_map(|one| Some((one, one.version.as_ref()?))).collect();
    let Some((reference, expected)) = stated.iter().find(|(one, _)| one.role == Role::Authority).or(stated.first())
    else {
        return;
    };
    for (one, version) in stated.iter().filter(|(_, version)| version != expected) {
        // Two places of one file are told apart by what they are.
        let path = match reference.kind {
            kind if reference.at.source == one.at.source => kind.name(),
            _ => &facts.sources.get(reference.at.source).path,
        };
        let finding = findings.add(one.at, format!("this says `{version}`, but `{path}` says `{expected}`"));
        let what = if reference.role == Role::Authority { "the version that is built" } else { "the other version" };
        finding.related(reference.at, what);
        finding.help(format!("write `{expected}` here, or correct `{path}`"));
    }
}

/// The declarations that make the release, the one that is built first.
pub(super) fn weighty(facts: &Facts) -> impl Iterator<Item = &Declaration> {
    let declarations = &facts.declared.declarations;
    declarations.iter().filter(|one| matches!(one.role, Role::Authority | Role::Primary))
}
