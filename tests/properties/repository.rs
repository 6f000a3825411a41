//! Repositories whose own files hold any bytes: the whole program is called, and comes to an end with an exit code.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use relgate::{Exit, World};

use super::output;

const COMMIT: &str = "1111111111111111111111111111111111111111";
const TREE: &str = "2222222222222222222222222222222222222222";
const BLOB: &str = "3333333333333333333333333333333333333333";
const TAG: &str = "4444444444444444444444444444444444444444";

/// The index; its checksum is left out, as `index.skipHash` has it.
pub fn index(bytes: &[u8]) {
    let folder = Folder::new();
    folder.write("index", &[bytes, &[0; 20]].concat());
    folder.run(&["check", "--staged"], b"");
    folder.run(&["hook", "pre-commit"], b"");
}

pub fn packed_refs(bytes: &[u8]) {
    let folder = Folder::new();
    folder.write("packed-refs", bytes);
    folder.run(&["check", "--tag", "v1.0.0"], b"");
    folder.run(&["check", "--rev", "main"], b"");
}

/// The commit-graph of a line of three commits: a release, the release that is judged, and the tip of the branch.
pub fn commit_graph(bytes: &[u8]) {
    const RELEASE: &str = "5555555555555555555555555555555555555555";
    const TIP: &str = "6666666666666666666666666666666666666666";
    let folder = Folder::new();
    let commit = |parent: &str| {
        let who = "A <a@example.org> 1700000000 +0100";
        format!("tree {TREE}\n{parent}author {who}\ncommitter {who}\n\nOne\n")
    };
    folder.write_object(RELEASE, "commit", commit("").as_bytes());
    folder.write_object(COMMIT, "commit", commit(&format!("parent {RELEASE}\n")).as_bytes());
    folder.write_object(TIP, "commit", commit(&format!("parent {COMMIT}\n")).as_bytes());
    let project = b"[project]\nname = \"demo\"\nversion = \"1.0.0\"\n[tool.relgate]\nbranches = [\"main\"]\n";
    folder.write_object(BLOB, "blob", project);
    folder.write("refs/tags/v0.9.0", format!("{RELEASE}\n").as_bytes());
    folder.write("refs/heads/main", format!("{TIP}\n").as_bytes());
    folder.write("objects/info/commit-graph", bytes);
    folder.run(&["check", "--tag", "v1.0.0"], b"");
}

pub fn config(bytes: &[u8]) {
    let folder = Folder::new();
    folder.write("config", bytes);
    folder.run(&["check", "--rev", "HEAD"], b"");
}

/// The file of a ref.
pub fn reference(bytes: &[u8]) {
    let folder = Folder::new();
    folder.write("refs/tags/v1.0.0", bytes);
    folder.run(&["check", "--tag", "v1.0.0"], b"");
    folder.write("HEAD", bytes);
    folder.run(&["check", "--rev", "HEAD"], b"");
}

/// The content of a commit, a tree, a file or a tag, as the first byte says.
pub fn object(bytes: &[u8]) {
    let Some((which, content)) = bytes.split_first() else { return };
    let folder = Folder::new();
    let (id, kind) = [(COMMIT, "commit"), (TREE, "tree"), (BLOB, "blob"), (TAG, "tag")][usize::from(which % 4)];
    folder.write_object(id, kind, content);
    folder.run(&["check", "--tag", "v1.0.0"], b"");
    folder.run(&["versions", "--rev", "HEAD"], b"");
}

/// The compressed file of an object.
pub fn loose_object(bytes: &[u8]) {
    let folder = Folder::new();
    folder.write(&object_path(COMMIT), bytes);
    folder.run(&["check", "--rev", "HEAD"], b"");
}

/// What git tells its hooks.
pub fn hook_input(bytes: &[u8]) {
    let folder = Folder::new();
    folder.run(&["hook", "pre-push", "origin", "url"], bytes);
    folder.run(&["hook", "pre-receive"], bytes);
    folder.run(&["hook", "reference-transaction", "prepared"], bytes);
}

fn object_path(id: &str) -> String {
    format!("objects/{}/{}", &id[..2], &id[2..])
}

/// A small repository: one commit of one file, and a release tag.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let thread = format!("{:?}", std::thread::current().id()).replace(['(', ')'], "");
        let folder = Self(std::env::temp_dir().join(format!("relgate-fuzz-{}-{thread}", std::process::id())));
        for inside in ["refs/heads", "refs/tags"] {
            fs::create_dir_all(folder.git().join(inside)).expect("a folder can be made");
        }
        folder.write("HEAD", b"ref: refs/heads/main\n");
        folder.write("config", b"[core]\n\trepositoryformatversion = 0\n\tbare = false\n");
        folder.write("refs/heads/main", format!("{COMMIT}\n").as_bytes());
        folder.write("refs/tags/v1.0.0", format!("{TAG}\n").as_bytes());
        let who = "A <a@example.org> 1700000000 +0100";
        let commit = format!("tree {TREE}\nauthor {who}\ncommitter {who}\n\nOne\n");
        folder.write_object(COMMIT, "commit", commit.as_bytes());
        folder.write_object(TREE, "tree", &[b"100644 pyproject.toml\0".as_slice(), &[0x33; 20]].concat());
        folder.write_object(BLOB, "blob", b"[project]\nname = \"demo\"\nversion = \"1.0.0\"\n");
        let tag = format!("object {COMMIT}\ntype commit\ntag v1.0.0\ntagger {who}\n\nOne\n");
        folder.write_object(TAG, "tag", tag.as_bytes());
        folder
    }

    fn git(&self) -> PathBuf {
        self.0.join(".git")
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.git().join(path);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder can be made");
        fs::write(path, bytes).expect("a file can be written");
    }

    fn write_object(&self, id: &str, kind: &str, content: &[u8]) {
        let bytes = [format!("{kind} {}\0", content.len()).as_bytes(), content].concat();
        self.write(&object_path(id), &stored(&bytes));
    }

    fn run(&self, arguments: &[&str], mut input: &[u8]) -> Exit {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let world = World {
            cwd: &self.0,
            input: &mut input,
            input_is_terminal: false,
            out: &mut out,
            out_columns: None,
            err: &mut err,
            err_is_terminal: false,
        };
        let exit = relgate::run(["relgate"].iter().chain(arguments).map(Into::into), world);
        output::check_text(&out);
        output::check_text(&err);
        assert_eq!(exit == Exit::Failed, !err.is_empty(), "a failure says why: {arguments:?}");
        exit
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// `bytes` as zlib writes them without compression.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut chunks = bytes.chunks(0xffff).peekable();
    while let Some(chunk) = chunks.next() {
        let length = u16::try_from(chunk.len()).expect("a chunk is short");
        stream.push(u8::from(chunks.peek().is_none()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(chunk);
    }
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in bytes {
        low = (low + u32::from(*byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    stream.write_all(&(high << 16 | low).to_be_bytes()).expect("memory takes it");
    stream
}

/// The repository as it is before anything is bent.
pub fn untouched() -> Exit {
    Folder::new().run(&["check", "--tag", "v1.0.0"], b"")
}
