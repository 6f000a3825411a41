//! What the build back ends themselves build, and Python itself imports, from projects whose version is dynamic.

mod layouts;
mod modules;

use std::process::Command;

use serde_json::{Value, json};

use relgate::declaration::{self, Declared, Kind, Origin, Role};
use relgate::files::Files;
use relgate::repository::Snapshot;
use relgate::version::Version;

use crate::support::run;
use crate::venv;

use layouts::{OTHER_LAYOUTS, SETUPTOOLS_LAYOUTS};
use modules::{BACK_ENDS, MODULES};

/// Answers each line, a project, with what the back end builds and what `import demo` gives. Each is asked in a process
/// of its own; nothing of a project is left behind in another.
const REFERENCE: &str = r#"
import importlib, io, json, os, re, sys, tempfile, warnings
import hatchling.build, setuptools.build_meta, flit_core.buildapi, poetry.core.masonry.api, pdm.backend, pdm.backend._vendor.packaging.version
import scikit_build_core.build

def built(backend):
    with tempfile.TemporaryDirectory() as out:
        name = importlib.import_module(backend).prepare_metadata_for_build_wheel(out)
        text = open(os.path.join(out, name, 'METADATA'), encoding='utf-8').read()
        return re.search(r'(?m)^Version: (.*)$', text).group(1)

def imported():
    sys.path[:0] = ['src', '.']
    value = importlib.import_module('demo').__version__
    return value if isinstance(value, str) else None

def attempt(f, *args):
    try:
        return f(*args)
    except BaseException as e:
        return None

def answer(project):
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        devnull = os.open(os.devnull, os.O_RDWR)
        os.dup2(devnull, 1); os.dup2(devnull, 2)
        warnings.simplefilter('ignore')
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            for path, data in project['files'].items():
                os.makedirs(os.path.dirname(path) or '.', exist_ok=True)
                open(path, 'wb').write(bytes(data))
            said = json.dumps([attempt(built, project['backend']), attempt(imported)])
            os.chdir('/')
        os.write(writer, said.encode()[:4000])
        os._exit(0)
    os.close(writer)
    data = b''
    while chunk := os.read(reader, 4096):
        data += chunk
    os.close(reader)
    os.waitpid(pid, 0)
    return data.decode()

for line in sys.stdin:
    print(answer(json.loads(line)), flush=True)
"#;

/// A project: the build back end's module and its files.
struct Project {
    back_end: &'static str,
    files: Vec<(String, Vec<u8>)>,
}

impl Project {
    fn of_module(back_end: &'static str, settings: &str, module: &[u8]) -> Self {
        let pyproject = format!(
            "[project]\nname = \"demo\"\ndescription = \"A demo\"\ndynamic = [\"version\"]\n{settings}[build-system]\nrequires = []\nbuild-backend = \"{back_end}\"\n"
        );
        let mut files = vec![
            ("pyproject.toml".to_owned(), pyproject.into_bytes()),
            ("src/demo/__init__.py".to_owned(), module.to_vec()),
        ];
        if String::from_utf8_lossy(module).contains("_version import") || module.starts_with(b"from . import") {
            files.push(("src/demo/_version.py".to_owned(), b"__version__ = '1.2.3'\n".to_vec()));
        }
        Self { back_end, files }
    }

    /// Each gets the build system in its pyproject.toml.
    fn of_files(back_end: &'static str, given: &[(&str, &str)]) -> Self {
        let system = format!("[build-system]\nrequires = []\nbuild-backend = \"{back_end}\"\n");
        let mut files = vec![("pyproject.toml".to_owned(), system.clone().into_bytes())];
        for (path, text) in given {
            match *path {
                "pyproject.toml" => files[0].1 = format!("{text}{system}").into_bytes(),
                path => files.push((path.to_owned(), text.as_bytes().to_vec())),
            }
        }
        Self { back_end, files }
    }

    fn declared(&self) -> Declared {
        let snapshot = Snapshot::memory(self.files.iter().cloned());
        declaration::discover(&mut Files::new(&snapshot), "", &[]).unwrap()
    }

    fn question(&self) -> String {
        let files: serde_json::Map<String, Value> =
            self.files.iter().map(|(path, bytes)| (path.clone(), json!(bytes))).collect();
        format!("{}\n", json!({"backend": self.back_end, "files": files}))
    }

    fn told(&self) -> String {
        let files = self.files.iter().map(|(path, text)| format!("--- {path}\n{}", String::from_utf8_lossy(text)));
        format!("{}\n{}", self.back_end, files.collect::<String>())
    }
}

/// What relgate has against what was built: nothing where they agree.
fn objection(declared: &Declared, built: Option<&str>) -> Option<String> {
    let authority = declared.declarations.iter().find(|one| one.role == Role::Authority);
    let refused = !declared.refused.is_empty() || authority.is_some_and(|one| one.version.is_none());
    match (built, &declared.origin) {
        (_, Origin::Unresolved(_)) => None,
        (Some(built), Origin::Declared) if !refused => {
            let found = authority.and_then(|one| one.version.as_ref());
            (found != Version::parse(built).as_ref()).then(|| format!("built {built}, found {found:?}"))
        }
        // setuptools and pdm-backend take an empty version for none, and make one up without a word.
        (Some("0.0.0"), Origin::Declared) if refused => None,
        (Some("0.0.0"), Origin::Missing(_)) => None,
        (Some(built), origin) => Some(format!("built {built}, but {origin:?}")),
        (None, Origin::Declared) if !refused => Some(format!("not built, but found {authority:?}")),
        (None, _) => None,
    }
}

fn ask(projects: &[Project]) -> Vec<(Option<String>, Option<String>)> {
    let questions: String = projects.iter().map(Project::question).collect();
    let answers = run(Command::new(venv::programs().join("python")).args(["-c", REFERENCE]), &questions);
    assert_eq!(answers.code, 0, "{}", answers.err);
    let answers: Vec<_> = answers.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), projects.len());
    answers
}

#[test]
fn every_form_of_a_version_is_read_as_the_back_end_reads_it() {
    let projects: Vec<Project> = BACK_ENDS
        .iter()
        .flat_map(|(back_end, settings)| MODULES.iter().map(|module| Project::of_module(back_end, settings, module)))
        .collect();
    let mut objections = Vec::new();
    let (mut built_at_all, mut unresolved) = (0, 0);
    for (project, (built, imported)) in projects.iter().zip(ask(&projects)) {
        let declared = project.declared();
        built_at_all += usize::from(built.is_some());
        unresolved += usize::from(built.is_some() && matches!(declared.origin, Origin::Unresolved(_)));
        let imported = imported.filter(|_| declared.unresolved.is_empty());
        let against_import = imported.as_deref().and_then(Version::parse).and_then(|imported| {
            let primary = declared.declarations.iter().filter(|one| one.kind == Kind::Python);
            let stated: Vec<_> = primary.filter_map(|one| one.version.clone()).collect();
            (!stated.is_empty() && !stated.contains(&imported))
                .then(|| format!("imported {imported}, found {stated:?}"))
        });
        for objection in objection(&declared, built.as_deref()).into_iter().chain(against_import) {
            objections.push(format!("{}{objection}\n", project.told()));
        }
    }
    assert!(objections.is_empty(), "{} of {}:\n{}", objections.len(), projects.len(), objections.join("\n"));
    assert!(built_at_all > 200, "only {built_at_all} of {} were built", projects.len());
    assert!(unresolved * 10 < built_at_all, "{unresolved} of {built_at_all} were not resolved");
}

#[test]
fn a_version_is_looked_for_where_the_back_end_looks_for_it() {
    let setuptools = SETUPTOOLS_LAYOUTS.iter().map(|files| ("setuptools.build_meta", *files));
    let layouts = setuptools.chain(OTHER_LAYOUTS.iter().copied());
    let projects: Vec<Project> = layouts.map(|(back_end, files)| Project::of_files(back_end, files)).collect();
    let mut objections = Vec::new();
    for (project, (built, _)) in projects.iter().zip(ask(&projects)) {
        if let Some(objection) = objection(&project.declared(), built.as_deref()) {
            objections.push(format!("{}\n{objection}\n", project.told()));
        }
    }
    assert!(objections.is_empty(), "{} of {}:\n{}", objections.len(), projects.len(), objections.join("\n"));
}
