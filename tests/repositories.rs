//! Every kind of repository that git makes: relgate's own readers, and git asked for everything, give git's own answer.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(clippy::print_stderr, clippy::use_debug, reason = "what cannot be tested here is said")]

#[path = "support/mod.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use relgate::repository::{CommitId, Entry, EntryKind, Repository, Snapshot};
use support::Repo;

/// The repository read by relgate's own readers, and by git alone.
fn both(path: &Path) -> [Repository; 2] {
    let cwd = Path::new("/");
    [Repository::open(Some(path), cwd).unwrap(), Repository::open_asking_git(Some(path), cwd).unwrap()]
}

/// The short names of all tags.
fn names(repository: &Repository) -> Vec<String> {
    repository.tags(|_| true).unwrap().into_iter().map(|(name, _)| name).collect()
}

/// Holds all that relgate says of the repository at `path` against what git says of it.
fn compare(repo: &Repo, path: &Path) {
    let git = |arguments: &[&str]| repo.git(&[&["-C", path.to_str().unwrap()], arguments].concat());
    let tags = git(&["for-each-ref", "--format=%(refname:strip=2)", "refs/tags"]);
    let head = repo.try_git(&["-C", path.to_str().unwrap(), "rev-parse", "--verify", "-q", "HEAD^{commit}"]);
    for repository in both(path) {
        let known = names(&repository);
        assert_eq!(known, tags.lines().collect::<Vec<_>>(), "the tags");
        for tag in tags.lines() {
            let commit = repo.try_git(&["-C", path.to_str().unwrap(), "rev-parse", "-q", &format!("{tag}^{{commit}}")]);
            let target = repository.tag(tag).unwrap().unwrap();
            assert_eq!(target.commit.map(|id| id.to_string()).as_deref(), Some(commit.out.trim()), "{tag}");
            assert!(!target.dates.is_empty());
        }
        let known = repository.head().unwrap().map(|id| id.to_string());
        assert_eq!(known.as_deref(), (head.code == 0).then(|| head.out.trim()), "HEAD");
        if head.code == 0 {
            let commit = repository.commit("HEAD").unwrap();
            let listing = git(&["ls-tree", "-r", "-z", "--full-tree", "HEAD"]);
            let entries = listing.split_terminator('\0').map(|line| {
                let (head, path) = line.split_once('\t').unwrap();
                (head.split(' ').next().unwrap(), head.rsplit(' ').next().unwrap(), path)
            });
            same_files(&repository.tree(commit).unwrap(), entries.collect(), &git);
        }
        if !repository.is_bare() {
            let listing = git(&["ls-files", "--stage", "-z", "--full-name", "--", ":/"]);
            let entries = listing.split_terminator('\0').map(|line| {
                let (head, path) = line.split_once('\t').unwrap();
                let mut fields = head.split(' ');
                (fields.next().unwrap(), fields.next().unwrap(), path)
            });
            same_files(&repository.index().unwrap(), entries.collect(), &git);
        }
    }
}

/// Every file of git's listing, mode, object and path, has git's content, and folders hold nothing else.
fn same_files(snapshot: &Snapshot, listing: Vec<(&str, &str, &str)>, git: &dyn Fn(&[&str]) -> String) {
    for (mode, id, path) in &listing {
        if mode.starts_with("100") {
            let content = git(&["cat-file", "blob", id]);
            assert_eq!(String::from_utf8(snapshot.read(path).unwrap().unwrap().1.to_vec()).unwrap(), content, "{path}");
        }
    }
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for Entry { name, kind } in snapshot.list(&folder).unwrap() {
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if kind == EntryKind::Folder { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    let mut expected: Vec<&str> = listing.iter().map(|(.., path)| *path).collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(snapshot.read("no/such/file").unwrap(), None);
}

/// A project with tags of both kinds, a deeper folder, a link and a few commits.
fn project() -> Repo {
    let repo = Repo::consistent();
    fill(&repo);
    repo
}

fn fill(repo: &Repo) {
    repo.tag("v1.1.0");
    repo.write("docs/deep/er/notes.md", "notes\n".repeat(100));
    std::os::unix::fs::symlink("docs/deep", repo.path.join("link")).unwrap();
    repo.write("docs.md", "between docs and docs/\n");
    repo.commit("More");
    repo.git(&["tag", "plain"]);
    repo.git(&["tag", "group/v1.2.0-rc.1"]);
    repo.git(&["tag", "-a", "-m", "nested", "nested", "v1.1.0"]);
    for at in 0..5 {
        repo.write("CHANGELOG.md", format!("{}\n{at}\n", support::CHANGELOG));
        repo.commit("Change it");
    }
}

/// Makes a repository with `git init` and these arguments; `None`, and said so, where this git cannot.
fn made_with(arguments: &[&str]) -> Option<Repo> {
    let repo = Repo::bare_home();
    fs::create_dir(&repo.path).unwrap();
    let made = repo.try_git(&[&["init", "-q", "-b", "main"], arguments].concat());
    if made.code != 0 {
        let version = repo.git(&["--version"]);
        support::not_tested(&format!("{} cannot `git init {}`", version.trim(), arguments.join(" ")));
        return None;
    }
    repo.write("pyproject.toml", support::PYPROJECT);
    repo.write("src/pkg/__init__.py", support::INIT);
    repo.write("CHANGELOG.md", support::CHANGELOG);
    repo.commit("Release 1.2.0");
    fill(&repo);
    Some(repo)
}

fn compared(repo: &Repo) {
    compare(repo, &repo.path);
}

#[test]
fn the_usual_kind_loose_and_packed() {
    let repo = project();
    compared(&repo);
    compare(&repo, &repo.path.join("docs"));
    repo.git(&["pack-refs", "--all"]);
    compared(&repo);
    repo.git(&["repack", "-adfq", "--depth=50", "--window=50"]);
    compared(&repo);
    repo.git(&["tag", "v1.3.0"]);
    repo.git(&["tag", "-d", "plain"]);
    compared(&repo);
    repo.git(&["-c", "pack.indexVersion=1", "repack", "-adfq"]);
    compared(&repo);
    repo.git(&["repack", "-adfq", "--write-midx", "--write-bitmap-index"]);
    repo.git(&["gc", "-q"]);
    compared(&repo);
}

#[test]
fn before_the_first_commit() {
    let repo = Repo::empty();
    compared(&repo);
    repo.write("a", "a");
    repo.stage();
    compared(&repo);
}

#[test]
fn other_formats_of_objects_and_refs() {
    for arguments in [
        &["--object-format=sha256"][..],
        &["--ref-format=reftable"],
        &["--object-format=sha256", "--ref-format=reftable"],
        &["--ref-format=files"],
    ] {
        let Some(repo) = made_with(arguments) else { continue };
        compared(&repo);
        repo.git(&["gc", "-q"]);
        compared(&repo);
    }
}

#[test]
fn every_version_of_the_index() {
    for version in ["2", "3", "4"] {
        let repo = project();
        repo.git(&["update-index", "--index-version", version]);
        compared(&repo);
        repo.git(&["update-index", "--skip-worktree", "docs.md"]);
        compared(&repo);
        repo.git(&["-c", "index.skipHash=true", "update-index", "--force-write-index"]);
        compared(&repo);
    }
}

#[test]
fn intent_to_add_is_no_part_of_the_next_commit() {
    let repo = project();
    repo.write("later.md", "later\n");
    repo.git(&["add", "-N", "later.md"]);
    let repository = Repository::open(Some(&repo.path), Path::new("/")).unwrap();
    let index = repository.index().unwrap();
    assert_eq!(index.read("later.md").unwrap(), None);
    assert!(index.list("").unwrap().iter().all(|entry| entry.name != "later.md"));
}

#[test]
fn split_and_sparse_indexes() {
    let repo = project();
    repo.git(&["update-index", "--split-index"]);
    repo.write("new.md", "new\n");
    repo.stage();
    compared(&repo);
    let repo = project();
    repo.git(&["sparse-checkout", "init", "--cone", "--sparse-index"]);
    repo.git(&["sparse-checkout", "set", "src"]);
    compared(&repo);
}

#[test]
fn extensions_and_settings() {
    for (key, value) in [
        ("extensions.partialClone", "origin"),
        ("extensions.preciousObjects", "true"),
        ("extensions.worktreeConfig", "true"),
        ("extensions.noop", "true"),
        ("core.ignorecase", "true"),
        ("core.worktree", "../"),
        ("core.fsmonitor", "true"),
    ] {
        let repo = project();
        repo.git(&["config", "core.repositoryFormatVersion", "1"]);
        repo.git(&["config", key, value]);
        if key == "extensions.worktreeConfig" {
            repo.git(&["config", "--worktree", "core.bare", "false"]);
        }
        compared(&repo);
    }
}

#[test]
fn replaced_objects_and_grafts() {
    let repo = project();
    repo.write("other", "other content\n");
    let other = repo.git(&["hash-object", "-w", "other"]);
    let blob = repo.git(&["rev-parse", "HEAD:CHANGELOG.md"]);
    repo.git(&["replace", blob.trim(), other.trim()]);
    compared(&repo);
    repo.git(&["pack-refs", "--all"]);
    compared(&repo);
    let repo = project();
    let [head, first] = ["HEAD", "v1.1.0^{commit}"].map(|name| repo.git(&["rev-parse", name]).trim().to_owned());
    fs::create_dir_all(repo.path.join(".git/info")).unwrap();
    fs::write(repo.path.join(".git/info/grafts"), format!("{head} {first}\n")).unwrap();
    for repository in both(&repo.path) {
        let (head, first) = (repository.commit(&head).unwrap(), repository.commit(&first).unwrap());
        let before = repository.commit("plain").unwrap();
        assert!(repository.is_ancestor(first, head).unwrap());
        assert!(!repository.is_ancestor(before, head).unwrap(), "the graft leaves it out");
        assert_eq!(repository.nearest_ancestors(head, |at| [first, before].contains(&at)).unwrap(), [first]);
    }
}

#[test]
fn borrowed_objects() {
    for name in ["plain", "with \"quotes\"", "with\nnewline"] {
        let repo = project();
        let source = repo.home().join(name);
        repo.git(&["clone", "-q", "--bare", ".", source.to_str().unwrap()]);
        let borrower = repo.home().join("borrower");
        let clone = repo.try_git(&["clone", "-q", "--shared", source.to_str().unwrap(), borrower.to_str().unwrap()]);
        if clone.code == 0 {
            compare(&repo, &borrower);
        } else {
            support::not_tested(&format!("this git cannot borrow from `{}`: {}", name.escape_debug(), clone.err));
        }
    }
}

#[test]
fn bare_linked_and_separate() {
    let repo = project();
    repo.git(&["clone", "-q", "--mirror", ".", "../bare.git"]);
    compare(&repo, &repo.home().join("bare.git"));
    compare(&repo, &repo.home().join("bare.git/refs"));
    repo.git(&["worktree", "add", "-q", "../linked", "-b", "side", "plain"]);
    compare(&repo, &repo.home().join("linked"));
    repo.git(&["clone", "-q", "--separate-git-dir", "../apart.git", ".", "../apart"]);
    compare(&repo, &repo.home().join("apart"));
    repo.git(&["-C", "../bare.git", "worktree", "add", "-q", "../of-bare", "main"]);
    compare(&repo, &repo.home().join("of-bare"));
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../apart.git", "module"]);
    repo.commit("A module");
    compared(&repo);
    compare(&repo, &repo.path.join("module"));
}

#[test]
fn partial_and_shallow_clones_never_use_the_network() {
    let repo = project();
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", repo.path.display());
    repo.git(&["clone", "-q", "--depth=2", "--no-single-branch", &url, "../shallow"]);
    compare(&repo, &repo.home().join("shallow"));
    let [repository, asking] = both(&repo.home().join("shallow"));
    for repository in [repository, asking] {
        assert!(repository.is_shallow());
        let head = repository.head().unwrap().unwrap();
        assert!(repository.is_ancestor(head, head).unwrap());
        assert!(repository.nearest_ancestors(head, |_| false).is_err(), "the history ends too early");
    }
    repo.git(&["clone", "-q", "--filter=blob:none", "--no-checkout", &url, "../partial"]);
    let partial = repo.home().join("partial");
    for repository in both(&partial) {
        let tree = repository.tree(repository.head().unwrap().unwrap()).unwrap();
        // A file that is not here is no file that is not there.
        let failure = format!("{:?}", tree.read("CHANGELOG.md").unwrap_err());
        assert!(failure.contains("made without it") && failure.contains("fetch --refetch --no-filter"), "{failure}");
        assert_eq!(tree.read("no/such/file").unwrap(), None);
    }
    let missing = repo.git(&["-C", "../partial", "rev-list", "--objects", "--all", "--missing=print"]);
    assert!(missing.lines().any(|line| line.starts_with('?')), "nothing was fetched");
    // What the help says helps.
    repo.git(&["-C", "../partial", "fetch", "-q", "--refetch", "--no-filter"]);
    for repository in both(&partial) {
        let tree = repository.tree(repository.head().unwrap().unwrap()).unwrap();
        assert!(tree.read("CHANGELOG.md").unwrap().is_some());
    }
}

#[test]
fn broken_refs_hide_no_others() {
    let repo = project();
    let tags = repo.path.join(".git/refs/tags");
    let before = names(&both(&repo.path)[0]);
    repo.git(&["tag", "packed"]);
    repo.git(&["pack-refs", "--all"]);
    for (name, content) in [
        ("empty", String::new()),
        ("garbage", "garbage\n".to_owned()),
        ("zero", format!("{}\n", "0".repeat(40))),
        ("dangling", "ref: refs/heads/nowhere\n".to_owned()),
        // It hides the packed ref of its name.
        ("packed", String::new()),
        ("symbolic", "ref: refs/tags/plain\n".to_owned()),
    ] {
        fs::write(tags.join(name), content).unwrap();
    }
    std::os::unix::fs::symlink("circle", tags.join("circle")).unwrap();
    assert_eq!(repo.run("mkfifo", &[".git/refs/tags/pipe"], "").code, 0);
    fs::write(tags.join("held.lock"), "").unwrap();
    let listed = repo.git(&["for-each-ref", "--format=%(refname:strip=2)", "refs/tags"]);
    assert_eq!(listed.lines().count(), before.len() + 1, "{listed}");
    for repository in both(&repo.path) {
        assert_eq!(names(&repository), listed.lines().collect::<Vec<_>>());
        assert!(repository.tag("v1.1.0").unwrap().is_some());
        assert_eq!(repository.tag("../heads/main").unwrap(), None);
    }
    let repository = Repository::open(Some(&repo.path), Path::new("/")).unwrap();
    for broken in ["empty", "garbage", "pipe"] {
        assert!(repository.tag(broken).is_err(), "{broken}");
    }
    fs::write(repo.path.join(".git/packed-refs"), "garbage line\n").unwrap();
    let repository = Repository::open(Some(&repo.path), Path::new("/")).unwrap();
    assert!(repository.tags(|_| true).is_err() && repository.tag("absent").is_err());
}

#[test]
fn odd_names_and_modes() {
    let repo = project();
    for name in ["-dash", "with space", "tab\there", "quote\"d", "ünï", ":colon", "*star", "back\\slash"] {
        repo.write(&format!("odd/{name}"), name);
    }
    repo.write("script.sh", "#!/bin/sh\n");
    repo.git(&["update-index", "--add", "--chmod=+x", "script.sh"]);
    repo.commit("Odd");
    compared(&repo);
    for repository in both(&repo.path) {
        for snapshot in [repository.index().unwrap(), repository.files().unwrap()] {
            assert_eq!(snapshot.read("link/er/notes.md").unwrap(), snapshot.read("docs/deep/er/notes.md").unwrap());
            assert_eq!(snapshot.list("link/er").unwrap().len(), 1);
            assert_eq!(snapshot.read("link/../../outside").unwrap(), None);
        }
    }
}

#[test]
fn histories_are_walked_as_git_walks_them() {
    let repo = project();
    repo.git(&["checkout", "-q", "-b", "side", "plain"]);
    repo.commit("Aside");
    repo.git(&["tag", "v1.1.1"]);
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "--no-edit", "side"]);
    repo.commit("After");
    let graph = |repo: &Repo| repo.git(&["commit-graph", "write", "--reachable"]);
    for with_graph in [false, true] {
        if with_graph {
            graph(&repo);
        }
        for repository in both(&repo.path) {
            let at = |name: &str| repository.commit(name).unwrap();
            let (head, first, side) = (at("HEAD"), at("v1.1.0"), at("v1.1.1"));
            assert!(repository.is_ancestor(side, head).unwrap() && !repository.is_ancestor(head, side).unwrap());
            let nearest: BTreeSet<CommitId> =
                repository.nearest_ancestors(head, |at| [first, side].contains(&at)).unwrap().into_iter().collect();
            assert_eq!(nearest, BTreeSet::from([first, side]), "one on each way back");
            assert_eq!(repository.nearest_ancestors(side, |at| at == first).unwrap(), [first]);
            assert_eq!(repository.nearest_ancestors(first, |at| at == side).unwrap(), []);
        }
    }
}

/// Commits on branches `0`, `1`, ..., each upon up to five of those before it, as numbers without a pattern have it.
fn tangle(repo: &Repo, folder: &str, numbers: std::ops::Range<u32>) {
    let mut script = String::new();
    for number in numbers {
        let mut random = number.wrapping_mul(2_654_435_761) ^ 0x5bd1_e995;
        let mut below = |limit: u32| {
            random = random.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            (random >> 16) % limit
        };
        let parents = if number == 0 { 0 } else { [1, 1, 1, 1, 2, 2, 2, 3, 5, 0][below(10) as usize] };
        let parents: BTreeSet<u32> = (0..parents).map(|_| number - 1 - below(number.min(9))).collect();
        script += &format!("commit refs/heads/{number}\ncommitter A <a@example.org> {} +0000\ndata 0\n", 1_700_000_000);
        for (verb, parent) in ["from", "merge", "merge", "merge", "merge"].into_iter().zip(&parents) {
            script += &format!("{verb} refs/heads/{parent}\n");
        }
        script += &format!("M 100644 inline file\ndata <<.\n{number}\n.\n\n");
    }
    let answer = repo.run("git", &["-C", folder, "fast-import", "--quiet"], &script);
    assert_eq!(answer.code, 0, "{answer:?}");
}

/// Holds the repository in `folder` against the history that git tells without a commit-graph. `step` leaves questions out.
fn same_history(repo: &Repo, folder: &str, step: usize) {
    let git = |arguments: &[&str]| repo.git(&[&["-C", folder, "-c", "core.commitGraph=false"], arguments].concat());
    let told = git(&["rev-list", "--parents", "--topo-order", "--reverse", "--all"]);
    let mut before: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in told.lines() {
        let (commit, parents) = line.split_once(' ').unwrap_or((line, ""));
        let all =
            parents.split_whitespace().flat_map(|parent| before[parent].iter().copied().chain([parent])).collect();
        before.insert(commit, all);
    }
    let path = repo.path.join(folder);
    let [own, asking] = both(&path);
    let commits: BTreeMap<&str, CommitId> = before.keys().map(|name| (*name, own.commit(name).unwrap())).collect();
    let pairs = commits.iter().flat_map(|one| commits.iter().map(move |other| (one, other)));
    for ((name, commit), (other, ancestor)) in pairs.step_by(step) {
        let expected = name == other || before[name].contains(other);
        assert_eq!(own.is_ancestor(*ancestor, *commit).unwrap(), expected, "{other} before {name}");
        let fresh = Repository::open(Some(&path), Path::new("/")).unwrap();
        assert_eq!(fresh.is_reachable(*ancestor, &[*commit]).unwrap(), expected, "{other} from {name}");
    }
    for commit in commits.values().step_by(step.max(5)) {
        let is_met = |at: CommitId| at.to_string().ends_with(['3', 'a']);
        let sorted = |found: Vec<CommitId>| found.into_iter().collect::<BTreeSet<_>>();
        let [own, asked] = [&own, &asking].map(|repository| repository.nearest_ancestors(*commit, is_met).unwrap());
        assert_eq!(sorted(own), sorted(asked), "before {commit}");
    }
}

#[test]
fn commit_graphs_tell_the_history_that_the_commits_tell() {
    for format in ["sha1", "sha256"] {
        let repo = Repo::empty();
        repo.git(&["init", "-q", "--object-format", format, "new"]);
        let write = |arguments: &[&str]| {
            let start = ["-C", "new", "-c", "commitGraph.generationVersion=2", "commit-graph", "write", "--reachable"];
            repo.git(&[&start[..], arguments].concat());
        };
        tangle(&repo, "new", 0..20);
        write(&["--split=no-merge"]);
        tangle(&repo, "new", 20..40);
        write(&["--split=no-merge"]);
        tangle(&repo, "new", 40..50);
        let chain = repo.read("new/.git/objects/info/commit-graphs/commit-graph-chain");
        assert_eq!(chain.lines().count(), 2, "one file upon the other");
        same_history(&repo, "new", 1);
        repo.git(&["-C", "new", "-c", "commitGraph.generationVersion=1", "commit-graph", "write", "--reachable"]);
        tangle(&repo, "new", 50..60);
        same_history(&repo, "new", 1);
        write(&[]);
        same_history(&repo, "new", 1);
    }
}

#[test]
fn broken_commit_graphs_tell_nothing() {
    let repo = Repo::empty();
    repo.git(&["init", "-q", "new"]);
    tangle(&repo, "new", 0..40);
    repo.git(&["-C", "new", "commit-graph", "write", "--reachable"]);
    let path = repo.path.join("new/.git/objects/info/commit-graph");
    let whole = fs::read(&path).unwrap();
    let with = |at: usize, bytes: &[u8]| {
        let mut changed = whole.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        changed
    };
    let broken = [
        Vec::new(),
        whole[..7].to_vec(),
        whole[..40].to_vec(),
        whole[..whole.len() / 2].to_vec(),
        with(0, b"XXXX"),
        with(4, &[2]),
        with(5, &[2]),
        with(6, &[0]),
        with(7, &[1]),
        // Where the first and the second part begin.
        with(12, &[0xff; 8]),
        with(24, &[0xff; 8]),
        with(24, &[0; 8]),
    ];
    for bytes in broken {
        fs::remove_file(&path).unwrap();
        fs::write(&path, bytes).unwrap();
        same_history(&repo, "new", 97);
    }
}
