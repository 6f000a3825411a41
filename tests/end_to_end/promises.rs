//! What SECURITY.md promises and no other test holds; and that each of its promises names tests that exist.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::support::{Answer, PYPROJECT, RELGATE, Repo, run};

/// Every command that only reads, and that ends well in [`Repo::consistent`] with its tag.
const READING: &[&[&str]] = &[
    &["check"],
    &["check", "--staged", "--all"],
    &["check", "--tag", "v1.2.0", "--format", "json"],
    &["check", "--fix", "--diff"],
    &["hook", "pre-commit"],
    &["hook", "pre-merge-commit"],
    &["versions"],
    &["versions", "--format", "json"],
    &["notes", "v1.2.0"],
    &["rules"],
];

fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The code below `src`, by path, without its tests.
fn code() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![source("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                let inside = path.strip_prefix(source("src")).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(inside, text.split("\n#[cfg(test)]\nmod ").next().unwrap().to_owned());
            }
        }
    }
    files
}

#[test]
fn every_promise_names_tests_that_exist() {
    let text = fs::read_to_string(source("SECURITY.md")).unwrap();
    let promises = text.split("## What relgate promises").nth(1).unwrap().split("\n- ").skip(1);
    let mut count = 0;
    for promise in promises {
        let links: Vec<&str> = promise.split("[`").skip(1).collect();
        assert!(!links.is_empty(), "no test holds: {promise}");
        for link in links {
            let (name, rest) = link.split_once("`](").unwrap();
            let file = rest.split(')').next().unwrap();
            let tests = fs::read_to_string(source(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
            let declared =
                ["#[test]\nfn ", "#[test]\n    fn "].iter().any(|start| tests.contains(&format!("{start}{name}(")));
            assert!(declared, "{file} has no test {name}");
        }
        count += 1;
    }
    assert!(count >= 10, "{count} promises");
}

/// A project whose every program would leave a trace.
fn trapped() -> (Repo, PathBuf) {
    let repo = Repo::consistent();
    let sprung = repo.home().join("sprung");
    let trap = format!("open({:?}, 'a').write(__file__ + '\\n')\n", sprung.to_str().unwrap());
    repo.write(
        "pyproject.toml",
        "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n\n[project]\nname = \"pkg\"\n\
         version = \"1.2.0\"\n\n[tool.hatch.build.hooks.custom]\npath = \"hatch_build.py\"\n\n[tool.hatch.metadata.hooks.custom]\n",
    );
    let files = [
        "backend.py",
        "hatch_build.py",
        "setup.py",
        "conftest.py",
        "sitecustomize.py",
        "docs/conf.py",
        "src/pkg/__main__.py",
    ];
    for file in files {
        repo.write(file, &trap);
    }
    repo.write("src/pkg/__init__.py", format!("{trap}__version__ = \"1.2.0\"\n"));
    (repo, sprung)
}

#[test]
fn no_code_of_the_project_is_run() {
    let (repo, sprung) = trapped();
    repo.commit("Traps");
    repo.tag("v1.2.0");
    for arguments in READING {
        let answer = repo.relgate(arguments);
        assert_eq!(answer.code, 0, "{arguments:?}: {answer:?}");
    }
    assert!(!sprung.exists(), "{}", fs::read_to_string(&sprung).unwrap());
    // The trap is one: Python itself falls into it.
    assert_eq!(repo.run("python3", &["setup.py"], "").code, 0);
    assert!(sprung.exists());
}

#[cfg(unix)]
#[test]
fn a_git_of_the_repository_s_own_is_not_run() {
    use std::os::unix::fs::PermissionsExt;

    let repo = Repo::consistent();
    let sprung = repo.home().join("sprung");
    for program in ["git", "ps", "relgate"] {
        repo.write(program, format!("#!/bin/sh\necho $0 >> {}\nexit 1\n", sprung.display()));
        fs::set_permissions(repo.path.join(program), fs::Permissions::from_mode(0o755)).unwrap();
    }
    repo.commit("Programs");
    repo.tag("v1.2.0");
    // So that git has to be asked.
    repo.git(&["update-index", "--split-index"]);
    let path = format!(".::{}", std::env::var("PATH").unwrap());
    let commands: &[&[&str]] =
        &[&["install"], &["doctor"], &["uninstall"], &["hook", "reference-transaction", "prepared"]];
    for arguments in READING.iter().chain(commands) {
        let mut command = repo.command(RELGATE);
        run(command.current_dir(&repo.path).env("PATH", &path).args(*arguments), "");
        assert!(!sprung.exists(), "{arguments:?}: {}", fs::read_to_string(&sprung).unwrap());
    }
}

#[test]
fn programs_are_started_in_three_places() {
    let starting: Vec<String> =
        code().into_iter().filter(|(_, code)| code.contains("Command::new(")).map(|(path, _)| path).collect();
    assert_eq!(starting, ["event/transaction.rs", "git.rs", "repository/git_program.rs"]);
}

#[test]
fn there_is_nothing_to_reach_the_network_with() {
    for (path, code) in code() {
        for way in ["std::net", "std::os::unix::net", "TcpStream", "UdpSocket", "UnixStream", "ToSocketAddrs"] {
            assert!(!code.contains(way), "{path} uses {way}");
        }
    }
    let lock = fs::read_to_string(source("Cargo.lock")).unwrap();
    let forbidden = [
        "openssl-sys",
        "libssh2-sys",
        "curl-sys",
        "rustls",
        "native-tls",
        "hyper",
        "ureq",
        "reqwest",
        "socket2",
        "mio",
    ];
    for name in forbidden {
        assert!(!lock.contains(&format!("name = \"{name}\"")), "{name} is built in");
    }
    assert!(lock.contains("name = \"libgit2-sys\""), "Cargo.lock is read as meant");
}

/// Path, content and time of every file, git's own included.
fn everything(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let time = fs::symlink_metadata(&path).unwrap().modified().unwrap();
            let content = if path.is_dir() { Vec::new() } else { fs::read(&path).unwrap() };
            if path.is_dir() {
                folders.push(path.clone());
            }
            found.insert(path, (content, time));
        }
    }
    found
}

#[test]
fn judging_changes_nothing() {
    let repo = Repo::consistent();
    repo.tag("v1.2.0");
    // A file whose time is not that of the index: git itself would write the index anew.
    repo.write("pyproject.toml", PYPROJECT);
    let before = everything(repo.home());
    for arguments in READING {
        let answer = repo.relgate(arguments);
        assert_eq!(answer.code, 0, "{arguments:?}: {answer:?}");
        assert!(everything(repo.home()) == before, "{arguments:?} wrote something");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_is_left_whole() {
    let repo = Repo::consistent();
    repo.edit("CHANGELOG.md", "### Added", "### added");
    let before = repo.read("CHANGELOG.md");
    let names = || everything(&repo.path).into_keys().collect::<Vec<_>>();
    let files = names();
    let refused = repo.run("sh", &["-c", "trap '' XFSZ; ulimit -f 0; exec relgate check --fix"], "");
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("CHANGELOG.md cannot be written: "), "{refused:?}");
    assert_eq!((repo.read("CHANGELOG.md"), names()), (before.clone(), files));
    // Ended in the middle of it, by a signal.
    let ended = repo.run("sh", &["-c", "ulimit -f 0; exec relgate check --fix"], "");
    assert_eq!((ended.code, repo.read("CHANGELOG.md")), (-1, before), "{ended:?}");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let repo = Repo::consistent();
    repo.edit("pyproject.toml", "1.2.0", "1.1.0");
    let many: String =
        (0..40).map(|n| format!("### Odd {n}\n\n- [x{n}]\n\n[x{n}]: https://example.org/{n}\n\n")).collect();
    repo.edit("CHANGELOG.md", "### Added", &format!("{many}### Added"));
    repo.commit("A release that is wrong in many places");
    repo.tag("v1.2.0");
    let answers = |arguments: &[&str]| -> Vec<Answer> { (0..5).map(|_| repo.relgate(arguments)).collect() };
    for arguments in [
        &["check", "--tag", "v1.2.0", "--today", "2026-01-06"][..],
        &["check", "--tag", "v1.2.0", "--today", "2026-01-06", "--format", "json", "--all"],
        &["check", "--diff", "--unsafe-fixes", "--today", "2026-01-06"],
        &["versions", "--format", "json"],
        &["notes", "v1.2.0"],
        &["rules", "--format", "json"],
    ] {
        let all = answers(arguments);
        assert!(!all[0].out.is_empty(), "{arguments:?}: {:?}", all[0]);
        assert!(all.iter().all(|answer| answer.out == all[0].out && answer.code == all[0].code), "{arguments:?}");
    }
}
