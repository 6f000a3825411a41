//! package.json, codemeta.json and .zenodo.json.

use crate::failure::Failure;
use crate::finding::{Location, SourceId};
use crate::version::Version;

use super::json_text::Members;
use super::pyproject::normalised;
use super::survey::Survey;
use super::{Kind, Origin, Role, Unresolved};

/// Declares the version that a back end takes from package.json.
pub(super) fn declare_authority(survey: &mut Survey<'_, '_>, path: &str, at: Location) -> Result<Origin, Failure> {
    let members = read(survey, path)?;
    let Some((source, version)) =
        members.and_then(|(source, members)| Some((source, members.string("version")?.clone())))
    else {
        let reason = format!("it is read from `{path}`, which states none");
        return Ok(Origin::Missing(Unresolved { at, reason }));
    };
    survey.declare(Kind::PackageJson, Role::Authority, Location { source, span: version.span }, &version.value);
    Ok(Origin::Declared)
}

/// Declares copies of the version for readers of other worlds.
pub(super) fn declare_copies(survey: &mut Survey<'_, '_>) -> Result<(), Failure> {
    if let Some((source, members)) = read(survey, "package.json")?
        && let Some(version) = members.string("version")
        // A front end that is never published, or is another package, has a version of its own, if any.
        && !members.is_true("private")
        && is_ours(survey, &members)
        && !is_npm_default(survey, &version.value)
    {
        survey.declare_copy(Kind::PackageJson, Location { source, span: version.span }, &version.value, false);
    }
    for path in ["codemeta.json", ".zenodo.json"] {
        if let Some((source, members)) = read(survey, path)?
            && let Some(version) = members.string("version")
        {
            survey.declare_copy(Kind::Citation, Location { source, span: version.span }, &version.value, false);
        }
    }
    Ok(())
}

/// Whether the version is what `npm init` puts there and nobody looks after, in a project that is not there itself.
fn is_npm_default(survey: &Survey<'_, '_>, value: &str) -> bool {
    let version = Version::parse(value);
    let shared = survey.declared.declarations.iter().any(|one| one.role <= Role::Primary && one.version == version);
    matches!(value, "0.0.0" | "1.0.0") && !shared
}

fn is_ours(survey: &Survey<'_, '_>, members: &Members) -> bool {
    let ours = survey.declared.name.as_deref().map(normalised);
    let theirs = members.string("name").map(|name| normalised(name.value.rsplit('/').next().unwrap_or_default()));
    ours.is_some() && ours == theirs
}

fn read(survey: &mut Survey<'_, '_>, path: &str) -> Result<Option<(SourceId, Members)>, Failure> {
    let Some(source) = survey.read(path)? else { return Ok(None) };
    let members = std::str::from_utf8(survey.bytes(source)).map(Members::parse).unwrap_or_default();
    Ok(Some((source, members)))
}
