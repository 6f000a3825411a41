//! The trove classifier that says how mature the project is.

use crate::finding::{Location, Span};

use super::DevelopmentStatus;
use super::pyproject::Pyproject;
use super::setup_cfg::SetupCfg;
use super::setup_py::SetupPy;
use super::survey::Survey;

/// How the classifiers of maturity begin.
const KIND: &str = "Development Status ::";

/// What the first description says that states it.
pub(super) fn development_status(
    survey: &Survey<'_, '_>,
    pyproject: Option<&Pyproject<'_>>,
    setup_cfg: Option<&SetupCfg>,
    setup_py: Option<&SetupPy>,
) -> Vec<DevelopmentStatus> {
    let by_pyproject = pyproject.map(in_pyproject).unwrap_or_default();
    if !by_pyproject.is_empty() {
        return by_pyproject;
    }
    let by_setup_cfg = setup_cfg.map(in_setup_cfg).unwrap_or_default();
    if !by_setup_cfg.is_empty() {
        return by_setup_cfg;
    }
    setup_py.and_then(SetupPy::classifiers).map(|at| in_python(survey.bytes(at.source), at)).unwrap_or_default()
}

fn in_pyproject(pyproject: &Pyproject<'_>) -> Vec<DevelopmentStatus> {
    let places: [&[&str]; 3] =
        [&["project", "classifiers"], &["tool", "poetry", "classifiers"], &["tool", "flit", "metadata", "classifiers"]];
    let nodes = places.iter().filter_map(|place| pyproject.document.get(place));
    let items = nodes.flat_map(|node| node.items().collect::<Vec<_>>());
    items.filter_map(|item| status(item.string()?, pyproject.at(item.inner_span()))).collect()
}

fn in_setup_cfg(setup_cfg: &SetupCfg) -> Vec<DevelopmentStatus> {
    let names = ["classifiers", "classifier"];
    let settings = names.iter().filter_map(|name| setup_cfg.ini.get("metadata", name));
    let lines = settings.flat_map(|setting| &setting.lines);
    lines.filter_map(|(span, line)| status(line, Location { source: setup_cfg.source, span: *span })).collect()
}

/// The expression at `within`, line by line: comments hold the classifiers that are not meant.
fn in_python(bytes: &[u8], within: Location) -> Vec<DevelopmentStatus> {
    let mut found = Vec::new();
    let mut start = within.span.start;
    for line in bytes.get(within.span.range()).unwrap_or_default().split_inclusive(|byte| *byte == b'\n') {
        let code = line.split(|byte| *byte == b'#').next().unwrap_or_default();
        if let Some(at) = code.windows(KIND.len()).position(|window| window == KIND.as_bytes()) {
            let length = code[at..].iter().take_while(|byte| !b"\"'\r\n".contains(byte)).count();
            let span = Span::new(start + at, start + at + length);
            let text = String::from_utf8_lossy(&code[at..at + length]).into_owned();
            found.extend(status(&text, Location { source: within.source, span }));
        }
        start += line.len();
    }
    found
}

fn status(text: &str, at: Location) -> Option<DevelopmentStatus> {
    let stage = text.trim().strip_prefix(KIND)?.trim().to_owned();
    Some(DevelopmentStatus { at, stage })
}
