use proptest::prelude::*;

use super::*;
use crate::finding::Sources;
use crate::repository::Snapshot;

type File<'a> = (&'a str, &'a [u8]);

fn survey(files: &[File<'_>], folder: &str) -> (Declared, Sources) {
    let files = files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec()));
    let snapshot = Snapshot::memory(files);
    let mut files = Files::new(&snapshot);
    let declared = discover(&mut files, folder, &[]).unwrap();
    (declared, files.into_sources())
}

/// Each declaration as `PATH KIND ROLE VERSION`.
fn told(files: &[File<'_>], folder: &str) -> Vec<String> {
    let (declared, sources) = survey(files, folder);
    let told = declared.declarations.iter().map(|one| {
        let version = one.version.as_ref().map_or("-".to_owned(), Version::to_string);
        format!("{} {} {:?} {version}", sources.get(one.at.source).path, one.kind.name(), one.role)
    });
    told.collect()
}

#[test]
fn a_package_in_a_folder_is_read_by_itself() {
    let files: &[File<'_>] = &[
        ("pyproject.toml", b"[project]\nname = 'top'\nversion = '9'\n"),
        ("uv.lock", b"[[package]]\nname = \"top\"\nversion = \"9\"\nsource = { virtual = \".\" }\n\n[[package]]\nname = \"a-b\"\nversion = \"1.2\"\nsource = { editable = \"packages/a\" }\n"),
        ("packages/a/pyproject.toml", b"[project]\nname = 'a.b'\nversion = '1.2'\n"),
        ("packages/a/src/a/b/__init__.py", b"__version__ = '1.2'\n"),
        ("src/a_b/__init__.py", b"__version__ = '8'\n"),
    ];
    assert_eq!(
        told(files, "packages/a"),
        [
            "packages/a/pyproject.toml project.version Authority 1.2",
            "packages/a/src/a/b/__init__.py python Primary 1.2",
            "uv.lock lockfile Lock 1.2"
        ]
    );
}

#[test]
fn no_setting_leads_out_of_the_repository() {
    let settings = b"[project]\nname = 'x'\ndynamic = ['version']\n[tool.hatch.version]\npath = '../../../etc/passwd'\n[build-system]\nbuild-backend = 'hatchling.build'\n";
    let (declared, sources) = survey(&[("a/pyproject.toml", settings)], "a");
    assert!(matches!(declared.origin, Origin::Missing(_)) && sources.iter().all(|(_, one)| one.path.starts_with("a/")));
    let shared = b"[project]\nname = 'x'\ndynamic = ['version']\n[tool.hatch.version]\npath = '../VERSION'\npattern = '(?P<version>.+)'\n[build-system]\nbuild-backend = 'hatchling.build'\n";
    let files: &[File<'_>] = &[("a/pyproject.toml", shared), ("VERSION", b"1.2.3\n")];
    assert_eq!(told(files, "a"), ["VERSION version-file Authority 1.2.3"]);
}

#[test]
fn what_is_no_python_project_declares_nothing() {
    for files in [
        &[][..],
        &[("README.md", &b"x"[..])],
        &[("pyproject.toml", b"[tool.black]\ntarget-version = ['py311']\n")],
        &[("setup.cfg", b"[flake8]\nversion = 1\n"), ("CITATION.cff", b"version: 1.2\n")],
        &[("pyproject.toml", b"[tool.poetry]\nname = 'x'\npackage-mode = false\n")],
        &[("pyproject.toml", b"[project]\nname = 'x'\nversion = '0.0.0'\n[tool.uv]\npackage = false\n")],
    ] {
        let (declared, _) = survey(files, "");
        assert_eq!((declared.origin, declared.declarations.len()), (Origin::NoProject, 0), "{files:?}");
    }
}

#[test]
fn a_place_that_the_settings_name_needs_no_python_project() {
    let snapshot = Snapshot::memory([("Dockerfile".to_owned(), b"LABEL version=\"1.2\"\n".to_vec())]);
    let declared = |pattern: &str| {
        let place = Place::new("Dockerfile", pattern, false).unwrap();
        discover(&mut Files::new(&snapshot), "", &[place]).unwrap()
    };
    assert_eq!(declared("version=\"{version}\"").declarations[0].text, "1.2");
    assert_eq!(declared("release=\"{version}\"").unresolved.len(), 1);
    let missing = Place::new("none", "v{version}", false).unwrap();
    assert!(discover(&mut Files::new(&snapshot), "", &[missing]).is_err());
}

#[test]
fn toml_that_is_none_is_a_failure_with_its_place() {
    for (text, message) in [
        (&b"[project]\nname = 'x'\nversion = 1.2.3\n"[..], "pyproject.toml:3:"),
        (b"[project]\nname = '\xe9'\n", "pyproject.toml:2:9: not UTF-8"),
        (b"\xef\xbb\xbfx", "pyproject.toml:1:"),
    ] {
        let snapshot = Snapshot::memory([("pyproject.toml".to_owned(), text.to_vec())]);
        let failure = discover(&mut Files::new(&snapshot), "", &[]).unwrap_err();
        assert!(failure.message.starts_with(message), "{failure}");
    }
}

const HATCHLING: &str = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n";

#[test]
fn each_source_is_declared_where_it_is_written() {
    let maturin = "[project]\nname='demo'\ndynamic=['version']\n[tool.maturin]\nmanifest-path='crates/py/Cargo.toml'\n[build-system]\nbuild-backend='maturin'\n";
    let poetry = "[project]\nname='demo'\nversion='1.2'\n[tool.poetry]\nversion='1.1'\n[build-system]\nbuild-backend='poetry.core.masonry.api'\n";
    let bumped = "[project]\nname='demo'\nversion='1.2'\n[tool.commitizen]\nversion='1.1'\nversion_files=['README.md:demo v']\n[tool.bumpver]\ncurrent_version='1.0'\n";
    for (files, expected) in [
        (
            &[
                ("pyproject.toml", maturin.as_bytes()),
                ("Cargo.toml", b"[workspace.package]\nversion = '1.2.3-rc.1'\n"),
                ("crates/py/Cargo.toml", b"[package]\nname = 'demo-py'\nversion.workspace = true\n"),
                ("Cargo.lock", b"[[package]]\nname = \"demo-py\"\nversion = \"1.2.2\"\n"),
            ][..],
            &["Cargo.toml cargo Authority 1.2.3rc1", "Cargo.lock lockfile Lock 1.2.2"][..],
        ),
        (
            &[
                ("pyproject.toml", poetry.as_bytes()),
                ("demo/version.py", b"VERSION = (1, 2)\n"),
                ("demo/__init__.py", b""),
            ],
            &[
                "pyproject.toml project.version Authority 1.2",
                "pyproject.toml poetry.version Primary 1.1",
                "demo/version.py python Primary 1.2",
            ],
        ),
        (
            &[("pyproject.toml", bumped.as_bytes()), ("README.md", b"python 3.11\ndemo v1.1\n")],
            &[
                "pyproject.toml project.version Authority 1.2",
                "pyproject.toml bump-config Secondary 1.0",
                "pyproject.toml bump-config Secondary 1.1",
                "README.md pattern Secondary 1.1",
            ],
        ),
        (
            &[
                (
                    "setup.py",
                    b"from setuptools import setup\nsetup(name='Demo', version='1.2', package_dir={'': 'src'})\n",
                ),
                ("src/demo.py", b"__version__ = '1.2'\n"),
                ("package.json", b"{\"private\": true, \"name\": \"demo\", \"version\": \"0.0.1\"}"),
                ("codemeta.json", b"{\"version\": \"v1.2\"}"),
            ],
            &[
                "setup.py setup.py Authority 1.2",
                "src/demo.py python Primary 1.2",
                "codemeta.json citation Secondary 1.2",
            ],
        ),
    ] {
        assert_eq!(told(files, ""), expected, "{files:?}");
    }
}

#[test]
fn where_the_tag_decides_what_a_plugin_writes_is_no_declaration() {
    let dynamic = |settings: &str| format!("[project]\nname='demo'\ndynamic=['version']\n{settings}");
    let poetry = "[tool.poetry]\nname='demo'\nversion='0.0.0'\n[tool.poetry-dynamic-versioning]\nenable=true\n";
    for settings in [
        dynamic(&format!("[tool.hatch.version]\nsource='vcs'\n{HATCHLING}")),
        dynamic(&format!("[tool.hatch.version]\nsource='uv-dynamic-versioning'\n{HATCHLING}")),
        dynamic("[tool.pdm.version]\nsource='scm'\n[build-system]\nbuild-backend='pdm.backend'\n"),
        dynamic("[tool.setuptools_scm]\n[build-system]\nrequires=['setuptools', 'setuptools_scm[toml]>=8']\n"),
        dynamic("[build-system]\nrequires=['flit_scm']\nbuild-backend='flit_scm:buildapi'\n"),
        dynamic(
            "[tool.setuptools.dynamic]\nversion={attr='versioneer.get_version'}\n[build-system]\nrequires=['versioneer']\n",
        ),
        poetry.to_owned(),
    ] {
        let files: &[File<'_>] = &[
            ("pyproject.toml", settings.as_bytes()),
            ("src/demo/__init__.py", b"from ._version import __version__\n"),
            ("src/demo/_version.py", b"__version__ = '1.0.1.dev3'\n"),
            (".bumpversion.cfg", b"[bumpversion]\ncurrent_version = 0.1\n"),
        ];
        let (declared, _) = survey(files, "");
        assert_eq!((declared.origin, declared.declarations.len()), (Origin::Tag, 0), "{settings}");
    }
    // What people wrote by hand, they also see.
    let settings = dynamic(&format!("[tool.hatch.version]\nsource='vcs'\n{HATCHLING}"));
    let by_hand: &[File<'_>] =
        &[("pyproject.toml", settings.as_bytes()), ("demo/__init__.py", b"__version__ = '1.2'\n")];
    assert_eq!(told(by_hand, ""), ["demo/__init__.py python Primary 1.2"]);
}

const SETTINGS: &[&str] = &[
    "[project]\nname='demo'\nversion='1.2.3'\n",
    "[project]\nname='demo'\ndynamic=['version']\n[tool.hatch.version]\npath='src/demo/__init__.py'\n[build-system]\nbuild-backend='hatchling.build'\n",
    "[project]\nname='demo'\ndynamic=['version']\n[tool.setuptools.dynamic]\nversion={attr='demo.__version__'}\n",
    "[project]\nname='demo'\ndynamic=['version']\n[build-system]\nbuild-backend='flit_core.buildapi'\n",
    "[project]\nname='demo'\ndynamic=['version']\n[tool.pdm.version]\npath='src/demo/__init__.py'\n[build-system]\nbuild-backend='pdm.backend'\n",
    "[project]\nname='demo'\ndynamic=['version']\n[build-system]\nbuild-backend='maturin'\n",
    "[project]\nname='demo'\ndynamic=['version']\n[build-system]\nbuild-backend='mesonpy'\n",
    "[tool.poetry]\nname='demo'\nversion='1.2.3'\n[tool.bumpversion]\ncurrent_version='1.2.3'\n[[tool.bumpversion.files]]\nfilename='README.md'\nsearch='demo v{current_version}'\n",
];

const BESIDE: &[File<'static>] = &[
    ("src/demo/__init__.py", b"'''x'''\n__version__ = '1.2.3'\n"),
    ("setup.cfg", b"[metadata]\nname = demo\nversion =\n  attr: demo.__version__\n"),
    ("setup.py", b"from setuptools import setup\nsetup(version='1.2.3')\n"),
    ("uv.lock", b"version = 1\n[[package]]\nname = \"demo\"\nversion = \"1.2.3\"\nsource = { virtual = \".\" }\n"),
    ("Cargo.toml", b"[package]\nname = \"demo\"\nversion = \"1.2.3\"\n"),
    ("Cargo.lock", b"[[package]]\nname = \"demo\"\nversion = \"1.2.3\"\n"),
    ("meson.build", b"project('demo', version: '1.2.3')\n"),
    ("CITATION.cff", b"version: '1.2.3'\n"),
    ("docs/conf.py", b"release = '1.2.3'\nversion = '1.2'\n"),
    ("codemeta.json", b"{\"version\": \"1.2.3\"}"),
    ("package.json", b"{\"name\": \"demo\", \"version\": \"1.2.3\"}"),
    ("recipe/meta.yaml", b"{% set version = \"1.2.3\" %}\n"),
    (".bumpversion.cfg", b"[bumpversion]\ncurrent_version = 1.2.3\n"),
    ("tbump.toml", b"[version]\ncurrent = '1.2.3'\n"),
    ("README.md", b"demo v1.2.3\n"),
];

proptest! {
    /// Any file of a project may hold anything: nothing panics, and every place lies in its file.
    #[test]
    fn whatever_the_files_hold_every_place_lies_in_its_file(
        settings in 0..SETTINGS.len(),
        hits in proptest::collection::vec((0..BESIDE.len() + 1, any::<prop::sample::Index>(), proptest::collection::vec(any::<u8>(), 0..4), 0..6_usize), 0..4),
    ) {
        let mut files = vec![("pyproject.toml".to_owned(), SETTINGS[settings].as_bytes().to_vec())];
        files.extend(BESIDE.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())));
        for (file, at, bytes, length) in hits {
            let target = &mut files[file].1;
            let at = at.index(target.len() + 1);
            let end = (at + length).min(target.len());
            target.splice(at..end, bytes);
        }
        let snapshot = Snapshot::memory(files);
        let mut files = Files::new(&snapshot);
        if let Ok(declared) = discover(&mut files, "", &[]) {
            let sources = files.into_sources();
            for one in &declared.declarations {
                prop_assert_eq!(&sources.text_at(one.at), &one.text);
            }
            let origin = match &declared.origin {
                Origin::Missing(place) | Origin::Unresolved(place) => Some(place),
                _ => None,
            };
            for place in declared.refused.iter().chain(&declared.unresolved).chain(&declared.broken).chain(origin) {
                prop_assert!(place.at.span.end <= sources.get(place.at.source).bytes.len());
            }
        }
    }
}
