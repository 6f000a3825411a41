//! What must hold for any bytes that relgate reads. Every function of the table is the body of a fuzz target of the same
//! name (`fuzz/`); `tests/corpus.rs` feeds them the corpora, cut and bent, on every run of the tests.

pub mod changelog;
pub mod formats;
pub mod names;
pub mod output;
pub mod project;
pub mod repository;

/// A fuzz target: its name, which is also that of its corpus, and what it does with the bytes.
pub type Target = (&'static str, fn(&[u8]));

/// All targets, sorted by name.
pub const TARGETS: &[Target] = &[
    ("changelog", |bytes| changelog::check_spans("CHANGELOG.md", bytes)),
    ("changelog_fixes", |bytes| changelog::check_repairs(bytes)),
    ("changelog_pieces", changelog::check_pieces),
    ("changelog_rst", |bytes| changelog::check_spans("CHANGELOG.rst", bytes)),
    ("checklist", project::checklist),
    ("commit_graph", repository::commit_graph),
    ("date", names::date),
    ("declarations", project::declarations),
    ("git_config", repository::config),
    ("hook_input", repository::hook_input),
    ("index", repository::index),
    ("loose_object", repository::loose_object),
    ("object", repository::object),
    ("packed_refs", repository::packed_refs),
    ("project", project::judged),
    ("pyproject", project::pyproject),
    ("python", project::python),
    ("reference", repository::reference),
    ("settings", project::settings),
    ("setup_cfg", project::setup_cfg),
    ("setup_py", project::setup_py),
    ("support_table", project::support_table),
    ("tag", names::tag),
    ("version", names::version),
    ("workflow", project::workflow),
];

/// Does with the bytes what the target of that name does.
///
/// # Panics
/// Where something does not hold; and where there is no such target.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    let (_, check) = target.unwrap_or_else(|| panic!("there is no fuzz target {name}"));
    check(bytes);
}
