//! Which import packages a project installs, and where they stand.

use crate::failure::Failure;
use crate::repository::EntryKind;

use super::Role;
use super::pyproject::Pyproject;
use super::setup_cfg::SetupCfg;
use super::survey::{Survey, within};
use super::toml_text::Node;

/// Folders in which packages stand, in the order in which they are looked through.
const ROOTS: &[&str] = &["src", "", "python", "pysrc", "lib"];

/// Folders beside the package in a flat layout that hold no package of the project.
const NO_PACKAGES: &[&str] = &[
    "benchmark",
    "benchmarks",
    "bench",
    "build",
    "ci",
    "demo",
    "demos",
    "dev",
    "devtools",
    "dist",
    "doc",
    "docs",
    "example",
    "examples",
    "integration",
    "integration_tests",
    "news",
    "notebooks",
    "performance",
    "profiling",
    "release",
    "requirements",
    "samples",
    "script",
    "scripts",
    "stubs",
    "task",
    "tasks",
    "test",
    "tests",
    "testing",
    "third_party",
    "tool",
    "tools",
    "typesafety",
    "typings",
    "unit",
    "utils",
    "vendor",
];

/// How many of the packages that settings list one by one are looked for.
const MOST_LISTED: usize = 4;

/// The import packages of a project.
#[derive(Debug, Default)]
pub(super) struct ImportPackages {
    /// Folders with an `__init__.py`, as the project calls them.
    pub(super) folders: Vec<String>,
    /// Modules that stand alone, as the project calls them.
    pub(super) modules: Vec<String>,
}

impl ImportPackages {
    fn is_empty(&self) -> bool {
        self.folders.is_empty() && self.modules.is_empty()
    }
}

/// Finds the import packages: by what the settings name, by the project's name, by where the version is read from, else
/// by looking.
pub(super) fn find(
    survey: &mut Survey<'_, '_>,
    pyproject: Option<&Pyproject<'_>>,
    setup_cfg: Option<&SetupCfg>,
) -> Result<ImportPackages, Failure> {
    let mut names = pyproject.map(named_in_settings).unwrap_or_default();
    let mut roots: Vec<String> = Vec::new();
    if let Some(setup_cfg) = setup_cfg {
        let listed = setup_cfg.listed_packages();
        names.extend(listed.iter().map(|name| name.split('.').next().unwrap_or(name).to_owned()).take(MOST_LISTED));
        roots.extend(setup_cfg.package_dir().into_iter().filter(|(name, _)| name.is_empty()).map(|(_, folder)| folder));
        roots.extend(setup_cfg.find_where());
    }
    names.extend(survey.declared.name.as_deref().map(names_of).unwrap_or_default());
    roots.extend(ROOTS.iter().map(|root| (*root).to_owned()));
    for name in &names {
        let mut found = ImportPackages::default();
        for root in &roots {
            add(survey, &mut found, root, name)?;
        }
        if !found.is_empty() {
            found.folders.dedup();
            return Ok(found);
        }
    }
    match beside_the_authority(survey)? {
        Some(folder) => Ok(ImportPackages { folders: vec![folder], modules: Vec::new() }),
        None => by_looking(survey),
    }
}

/// The package in which the build back end finds the version.
fn beside_the_authority(survey: &Survey<'_, '_>) -> Result<Option<String>, Failure> {
    let authorities = survey.declared.declarations.iter().filter(|one| one.role == Role::Authority);
    let top = survey.path("").unwrap_or_default();
    for authority in authorities {
        let path = survey.path_of(authority.at.source);
        let Some(inside) = path.strip_prefix(&top) else { continue };
        let folder = inside.trim_start_matches('/').rsplit_once('/').map(|(folder, _)| folder.to_owned());
        if let Some(folder) = folder
            && path.ends_with(".py")
            && survey.has_file(&folder, "__init__.py")?
        {
            return Ok(Some(folder));
        }
    }
    Ok(None)
}

/// Adds the package or module `name` (`/` between its parts) under `root`, if it is there.
fn add(survey: &Survey<'_, '_>, found: &mut ImportPackages, root: &str, name: &str) -> Result<(), Failure> {
    let folder = within(root, name);
    if survey.has_file(&folder, "__init__.py")? {
        found.folders.push(folder);
        return Ok(());
    }
    let (parent, stem) = folder.rsplit_once('/').unwrap_or(("", &folder));
    let file = format!("{stem}.py");
    if !matches!(stem, "setup" | "conftest") && survey.has_file(parent, &file)? {
        found.modules.push(within(parent, &file));
    }
    Ok(())
}

/// The package folders in the first root that has any. Where several stand side by side in the project's own folder it
/// is anybody's guess which is installed, and none is read.
fn by_looking(survey: &Survey<'_, '_>) -> Result<ImportPackages, Failure> {
    for root in &ROOTS[..3] {
        let mut folders = Vec::new();
        for entry in survey.entries(root)?.iter() {
            let name = entry.name.to_ascii_lowercase();
            let foreign = name.starts_with(['.', '_']) || name.starts_with("test_") || NO_PACKAGES.contains(&&*name);
            let folder = within(root, &entry.name);
            if entry.kind == EntryKind::Folder && !foreign && survey.has_file(&folder, "__init__.py")? {
                folders.push(folder);
            }
        }
        if *root == "src" && !folders.is_empty() || folders.len() == 1 {
            return Ok(ImportPackages { folders, modules: Vec::new() });
        }
    }
    Ok(ImportPackages::default())
}

/// The packages that a build back end's settings name, `/` between the parts of their names.
fn named_in_settings(pyproject: &Pyproject<'_>) -> Vec<String> {
    let get = |path: &[&str]| pyproject.document.get(path);
    let mut names: Vec<String> = Vec::new();
    let dotted = |name: &str| name.replace('.', "/");
    for path in [["tool", "flit", "module", "name"], ["tool", "flit", "metadata", "module"]] {
        names.extend(get(&path).and_then(Node::string).map(dotted));
    }
    let includes = get(&["tool", "poetry", "packages"]).into_iter().flat_map(Node::items);
    for include in includes.filter_map(|item| item.get(&["include"])?.string()) {
        names.push(include.trim_start_matches("./").trim_end_matches("/**/*.py").trim_end_matches('/').to_owned());
    }
    let wheel = get(&["tool", "hatch", "build", "targets", "wheel", "packages"]);
    for package in wheel.into_iter().flat_map(Node::strings) {
        let package = package.trim_matches(['.', '/']);
        names.push(package.strip_prefix("src/").unwrap_or(package).to_owned());
    }
    names.extend(get(&["tool", "uv", "build-backend", "module-name"]).into_iter().flat_map(Node::strings).map(dotted));
    let listed = get(&["tool", "setuptools", "packages"]).into_iter().flat_map(Node::strings);
    names.extend(listed.map(|name| dotted(name.split('.').next().unwrap_or(name))).take(MOST_LISTED));
    names.extend(get(&["tool", "setuptools", "py-modules"]).into_iter().flat_map(Node::strings).map(dotted));
    names
}

/// The names that the import package of a distribution may have, the likeliest first.
fn names_of(name: &str) -> Vec<String> {
    let separators = ['-', '_', '.'];
    let parts: Vec<&str> = name.split(separators).filter(|part| !part.is_empty()).collect();
    let base = parts.join("_");
    let lower = base.to_ascii_lowercase();
    let stripped = |text: &str| text.strip_prefix("python_").or(text.strip_prefix("py")).unwrap_or(text).to_owned();
    let mut names = vec![base.clone(), lower.clone(), parts.join("/"), parts.join("/").to_ascii_lowercase()];
    names.extend([name.to_owned(), stripped(&lower)]);
    names.extend(lower.strip_suffix("_python").or(lower.strip_suffix("_py")).map(str::to_owned));
    names.push(parts.concat().to_ascii_lowercase());
    names.retain(|name| !name.trim_matches(['_', '/']).is_empty() && !name.starts_with('/'));
    names
}
