//! Sphinx's conf.py: `release`, the full version, and `version`, the short one.

use crate::failure::Failure;
use crate::finding::Location;

use super::Kind;
use super::python::{Bound, Value};
use super::survey::Survey;

/// Where Sphinx's settings usually stand.
const SETTINGS: &[&str] =
    &["docs/conf.py", "doc/conf.py", "docs/source/conf.py", "doc/source/conf.py", "docs/src/conf.py"];

/// Declares what the first conf.py states in so many words; what it computes is right by itself.
pub(super) fn declare(survey: &mut Survey<'_, '_>) -> Result<(), Failure> {
    for path in SETTINGS {
        let Some((source, module)) = survey.module(path)? else { continue };
        for name in ["release", "version"] {
            if let Some(Bound::Value(Value::Text(text), span)) = module.bound(name) {
                survey.declare_copy(Kind::Python, Location { source, span: *span }, text, true);
            }
        }
        return Ok(());
    }
    Ok(())
}
