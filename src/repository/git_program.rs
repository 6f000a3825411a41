//! The git program, asked where relgate's own readers may not be trusted: with fixed arguments, at most three times.

use std::cell::{OnceCell, RefCell};
use std::collections::HashSet;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::id::ObjectId;
use super::location::Location;
use super::object::{Object, ObjectFault, ObjectKind};
use super::obstacle;
use crate::failure::Failure;
use crate::git;

/// For so long git may say nothing at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// No answer but an object's content is longer.
const LONGEST_ANSWER: usize = 1 << 30;

/// What a repository's settings could have git run, or change in what it says.
const NEUTRAL: &[&str] = &[
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.askPass=",
    "core.sshCommand=false",
    "core.gitProxy=",
    "credential.helper=",
    "diff.external=",
    "protocol.allow=never",
    "log.showSignature=false",
    "submodule.recurse=false",
    "core.quotePath=true",
    "core.warnAmbiguousRefs=false",
];

/// The variables by which git is told which repository it is in.
const REPOSITORY_VARIABLES: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
];

/// How git is started for one repository.
pub(super) struct GitProgram {
    cwd: PathBuf,
    /// Whether a folder was named, so that the environment must not name another repository.
    named: bool,
    batch: RefCell<Option<Answer>>,
    /// The repository that git reads, and its object directories, once they are known.
    reads: OnceCell<(Location, Vec<PathBuf>)>,
    /// Whether git can read these without waiting.
    cleared: OnceCell<Result<(), Failure>>,
}

/// Where git says that the repository is.
pub(super) struct Whereabouts {
    pub(super) git_dir: PathBuf,
    pub(super) common_dir: PathBuf,
    pub(super) work_tree: Option<PathBuf>,
}

impl GitProgram {
    pub(super) fn new(cwd: PathBuf, named: bool) -> Self {
        let (batch, reads, cleared) = (RefCell::new(None), OnceCell::new(), OnceCell::new());
        Self { cwd, named, batch, reads, cleared }
    }

    /// Says which repository it is that git is going to read, and from where it has its objects, where that is known.
    pub(super) fn reads(&self, location: &Location, objects: Option<&[PathBuf]>) {
        let own = || vec![location.common_dir.join("objects")];
        self.reads.get_or_init(|| (location.clone(), objects.map_or_else(own, <[PathBuf]>::to_vec)));
    }

    /// # Errors
    /// Where git would wait for something without end.
    fn clear(&self) -> Result<(), Failure> {
        let Some((location, objects)) = self.reads.get() else { return Ok(()) };
        let look = || {
            [&location.git_dir, &location.common_dir]
                .into_iter()
                .try_for_each(|folder| obstacle::in_repository(folder))?;
            objects.iter().try_for_each(|folder| obstacle::in_objects(folder))?;
            location.settings.as_ref().map_or(Ok(()), |known| obstacle::in_settings(known, &location.common_dir))
        };
        self.cleared.get_or_init(look).clone()
    }

    /// # Errors
    /// Why git finds no repository, or refuses the one that it finds.
    pub(super) fn whereabouts(&self) -> Result<Whereabouts, Failure> {
        let arguments =
            ["rev-parse", "--absolute-git-dir", "--git-common-dir", "--is-bare-repository", "--show-toplevel"];
        let mut answer = self.start(&arguments, false)?;
        let text = answer.rest()?;
        let mut lines = text.split(|byte| *byte == b'\n').map(path_from_bytes);
        let (Some(git_dir), Some(common_dir), Some(bare)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(self.refused(&answer.end()));
        };
        // In a bare repository git says all but the last, and that there is no work tree.
        let work_tree = lines.next().filter(|top| !top.as_os_str().is_empty() && bare.as_os_str() != "true");
        if git_dir.as_os_str().is_empty() || bare.as_os_str().is_empty() {
            return Err(self.refused(&answer.end()));
        }
        Ok(Whereabouts { git_dir, common_dir: self.cwd.join(common_dir), work_tree })
    }

    fn refused(&self, said: &str) -> Failure {
        let place = self.cwd.display();
        if said.contains("dubious ownership") {
            return Failure::new(format!("the repository at {place} belongs to another user"))
                .help("if you trust it, tell git so: git config --global --add safe.directory PATH");
        }
        if said.contains("not a git repository") {
            return no_repository(&self.cwd);
        }
        Failure::new(format!("git cannot open the repository at {place}: {said}"))
    }

    /// The object that `name` leads to in any of git's spellings, and what it is; `None` where it leads to none.
    ///
    /// # Errors
    /// Where git cannot be asked, or the object is broken or has more than `most` bytes.
    pub(super) fn object(&self, name: &str, most: u64) -> Result<Option<(ObjectId, Object)>, AskFault> {
        if name.contains(['\n', '\0']) {
            return Ok(None);
        }
        let mut batch = self.batch.borrow_mut();
        let answer = match &mut *batch {
            Some(answer) => answer,
            none => none.insert(self.start(&["cat-file", "--batch"], true)?),
        };
        let asked = answer.ask(name);
        let line = match asked.and_then(|()| answer.line()) {
            Ok(Some(line)) => line,
            Ok(None) => {
                return Err(AskFault::Object(ObjectFault::broken(batch.take().map_or(String::new(), |a| a.end()))));
            }
            Err(failure) => return Err(AskFault::Git(failure)),
        };
        let line = String::from_utf8_lossy(&line).into_owned();
        let mut fields = line.rsplit(' ');
        let (size, kind, id) = (fields.next(), fields.next(), fields.next());
        if matches!(size, Some("missing" | "ambiguous")) {
            return Ok(None);
        }
        let head = (|| {
            let id = ObjectId::parse(id?.as_bytes())?;
            Some((id, ObjectKind::parse(kind?.as_bytes())?, size?.parse::<u64>().ok()?))
        })();
        let Some((id, kind, size)) = head else {
            return Err(AskFault::Object(ObjectFault::broken(format!("git says: {line}"))));
        };
        if size > most {
            // What git has begun to say must not be read to its end.
            *batch = None;
            return Err(AskFault::Object(ObjectFault::TooLarge(size)));
        }
        let length = usize::try_from(size).unwrap_or(usize::MAX);
        let content = answer.exactly(length.saturating_add(1))?;
        let Some(mut bytes) = content else {
            let said = batch.take().map_or(String::new(), Answer::end);
            return Err(AskFault::Object(ObjectFault::broken(said)));
        };
        bytes.truncate(length);
        Ok(Some((id, Object { kind, bytes })))
    }

    /// Every entry of the index, as `git ls-files --stage -z` writes it.
    ///
    /// # Errors
    /// Where git cannot be asked or cannot read the index.
    pub(super) fn index(&self) -> Result<Vec<u8>, Failure> {
        self.whole(&["ls-files", "--stage", "-z", "--full-name", "--", ":/"], "the index")
    }

    /// All tags, each in a line: its object's name, a space, the ref's full name.
    ///
    /// # Errors
    /// Where git cannot be asked or cannot read its refs.
    pub(super) fn tags(&self) -> Result<Vec<u8>, Failure> {
        self.whole(&["for-each-ref", "--format=%(objectname) %(refname)", "refs/tags/"], "the tags")
    }

    /// All branches, those of remotes included, each in a line: its commit's name, a space, the ref's full name.
    ///
    /// # Errors
    /// Where git cannot be asked or cannot read its refs.
    pub(super) fn branches(&self) -> Result<Vec<u8>, Failure> {
        self.whole(
            &["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/", "refs/remotes/"],
            "the branches",
        )
    }

    /// Whether the commit can be reached from any of the `tips`.
    ///
    /// # Errors
    /// Where git cannot be asked or cannot read the history.
    pub(super) fn is_reachable(&self, commit: &ObjectId, tips: &[ObjectId]) -> Result<bool, Failure> {
        let mut answer = self.start(&["rev-list", "--max-count=1", "--stdin"], true)?;
        // What the tips reach is taken away: the commit is left where none of them does.
        let unwanted: String = tips.iter().map(|tip| format!("^{tip}\n")).collect();
        if let Some(mut input) = answer.input.take() {
            let _ = input.write_all(format!("{commit}\n{unwanted}").as_bytes());
        }
        let left = answer.rest()?;
        match answer.code() {
            Some(0) => Ok(left.is_empty()),
            _ => Err(cannot("the history", &answer.end())),
        }
    }

    /// All commits that can be reached from any of the `tips`.
    ///
    /// # Errors
    /// Where git cannot be asked or cannot read the history.
    pub(super) fn all_reachable(&self, tips: &[ObjectId]) -> Result<HashSet<ObjectId>, Failure> {
        let mut answer = self.start(&["rev-list", "--stdin"], true)?;
        if let Some(mut input) = answer.input.take() {
            let tips: String = tips.iter().map(|tip| format!("{tip}\n")).collect();
            let _ = input.write_all(tips.as_bytes());
        }
        let text = answer.rest()?;
        match answer.code() {
            Some(0) => Ok(text.split(|byte| *byte == b'\n').filter_map(ObjectId::parse).collect()),
            _ => Err(cannot("the history", &answer.end())),
        }
    }

    /// The settings of this user and this machine, whose names begin with `prefix`, in the order in which git reads them;
    /// `None` where git is too old to tell them from the repository's.
    ///
    /// # Errors
    /// Where git cannot be asked.
    pub(super) fn user_settings(&self, prefix: &str) -> Result<Option<Vec<(String, String)>>, Failure> {
        let mut answer = self.start(&["config", "--list", "--show-scope", "--null"], false)?;
        let text = answer.rest()?;
        if answer.code() != Some(0) {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&text);
        let mut fields = text.split('\0');
        let mut settings = Vec::new();
        while let (Some(scope), Some(setting)) = (fields.next(), fields.next()) {
            let (name, value) = setting.split_once('\n').unwrap_or((setting, "true"));
            if matches!(scope, "system" | "global") && name.starts_with(prefix) {
                settings.push((name.to_owned(), value.to_owned()));
            }
        }
        Ok(Some(settings))
    }

    /// What `git verify-tag` answers under these settings: its exit code, and all that it said on standard error.
    ///
    /// # Errors
    /// Where git cannot be asked.
    pub(super) fn verify_tag(&self, id: &str, settings: &[String]) -> Result<(Option<i32>, String), Failure> {
        let mut arguments: Vec<&str> = settings.iter().flat_map(|setting| ["-c", setting.as_str()]).collect();
        arguments.extend(["verify-tag", "--raw", id]);
        let mut answer = self.start(&arguments, false)?;
        let mut said = answer.rest()?;
        let code = answer.code();
        said.extend(answer.errors());
        Ok((code, String::from_utf8_lossy(&said).into_owned()))
    }

    /// Whether the commit `ancestor` can be reached from `descendant`.
    ///
    /// # Errors
    /// Where git cannot be asked or cannot read the history.
    pub(super) fn is_ancestor(&self, ancestor: &ObjectId, descendant: &ObjectId) -> Result<bool, Failure> {
        let (ancestor, descendant) = (ancestor.to_string(), descendant.to_string());
        let mut answer = self.start(&["merge-base", "--is-ancestor", &ancestor, &descendant], false)?;
        answer.rest()?;
        match answer.code() {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            _ => Err(cannot("the history", &answer.end())),
        }
    }

    /// The history of `commit`, as `git rev-list --parents` tells it, newest first: every commit and its parents.
    ///
    /// # Errors
    /// Where git cannot be asked.
    pub(super) fn history(&self, commit: &ObjectId) -> Result<Answer, Failure> {
        self.start(&["rev-list", "--parents", "--topo-order", &commit.to_string()], false)
    }

    /// Puts `text`, as it is, into the index in the place of the file at `path`, which keeps its mode.
    ///
    /// # Errors
    /// Where git cannot be asked, the index does not have the file, or it cannot be written.
    pub(super) fn stage(&self, path: &str, text: &[u8]) -> Result<(), Failure> {
        let failed = |said: &str| Failure::new(format!("git cannot stage {path}: {said}"));
        let listed = self.whole(&["ls-files", "--stage", "-z", "--", &format!(":(top,literal){path}")], "the index")?;
        let mode = listed.split(|byte| *byte == b' ').next().unwrap_or_default();
        let mode = std::str::from_utf8(mode).ok().filter(|mode| mode.len() == 6);
        let mode = mode.ok_or_else(|| failed("it is not in the index"))?;
        // A filter that the repository names would be a program of its choice.
        let mut answer = self.start(&["hash-object", "-w", "--no-filters", "--stdin"], true)?;
        if let Some(mut input) = answer.input.take() {
            input.write_all(text).map_err(|error| failed(&error.to_string()))?;
        }
        let id = answer.rest()?;
        let Some(id) = ObjectId::parse(id.trim_ascii_end()) else { return Err(failed(&answer.end())) };
        let entry = format!("{mode},{id},{path}");
        let mut answer = self.start(&["update-index", "--cacheinfo", &entry], false)?;
        answer.rest()?;
        if answer.code() == Some(0) { Ok(()) } else { Err(failed(&answer.end())) }
    }

    fn whole(&self, arguments: &[&str], what: &str) -> Result<Vec<u8>, Failure> {
        let mut answer = self.start(arguments, false)?;
        let text = answer.rest()?;
        if answer.code() == Some(0) { Ok(text) } else { Err(cannot(what, &answer.end())) }
    }

    fn start(&self, arguments: &[&str], with_input: bool) -> Result<Answer, Failure> {
        let Some(program) = git::find_program() else {
            return Err(Failure::new(
                "this repository is of a kind that only git itself can read, and there is no git on PATH",
            )
            .help("install git, or put the folder it is in on PATH"));
        };
        self.clear()?;
        let mut command = Command::new(program);
        command.current_dir(&self.cwd).arg("--no-pager");
        for setting in NEUTRAL {
            command.args(["-c", setting]);
        }
        command.args(arguments);
        let variables = std::env::vars_os().map(|(name, _)| name);
        let unwanted = |name: &OsString| {
            name.to_str().is_some_and(|name| name.starts_with("GIT_TRACE") || name.ends_with("_PATHSPECS"))
        };
        for name in variables.filter(unwanted) {
            command.env_remove(name);
        }
        if self.named {
            REPOSITORY_VARIABLES.iter().for_each(|name| _ = command.env_remove(name));
        }
        for (name, value) in [
            ("GIT_NO_LAZY_FETCH", "1"),
            ("GIT_OPTIONAL_LOCKS", "0"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_PAGER", "cat"),
            ("LC_ALL", "C"),
        ] {
            command.env(name, value);
        }
        ["GIT_EXTERNAL_DIFF", "GIT_ASKPASS", "SSH_ASKPASS"].iter().for_each(|name| _ = command.env_remove(name));
        command.stdin(if with_input { Stdio::piped() } else { Stdio::null() });
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        child.map(Answer::of).map_err(|error| Failure::new(format!("git cannot be started: {error}")))
    }
}

/// Why git could not give an object.
pub(super) enum AskFault {
    Git(Failure),
    Object(ObjectFault),
}

impl From<Failure> for AskFault {
    fn from(failure: Failure) -> Self {
        Self::Git(failure)
    }
}

pub(super) fn no_repository(place: &Path) -> Failure {
    Failure::new(format!("no git repository at {} or above it", place.display()))
        .help("run relgate inside a repository, or name one with `--repo DIR`")
}

fn cannot(what: &str, said: &str) -> Failure {
    Failure::new(format!("git cannot read {what}: {said}"))
}

fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    return PathBuf::from(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes));
    #[cfg(not(unix))]
    return PathBuf::from(String::from_utf8_lossy(bytes).into_owned());
}

/// A git that runs, and what it has said so far. It is ended when it is let go.
pub(super) struct Answer {
    child: Child,
    input: Option<ChildStdin>,
    chunks: Receiver<Vec<u8>>,
    errors: Option<JoinHandle<Vec<u8>>>,
    said: Vec<u8>,
    used: usize,
}

impl Answer {
    fn of(mut child: Child) -> Self {
        let (sender, chunks) = sync_channel(4);
        let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        std::thread::spawn(move || {
            let Some(mut output) = output else { return };
            let mut buffer = vec![0; 64 << 10];
            while let Ok(count @ 1..) = output.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let errors = std::thread::spawn(move || {
            let mut said = Vec::new();
            if let Some(errors) = errors {
                let _ = errors.take(64 << 10).read_to_end(&mut said);
            }
            said
        });
        Self { child, input, chunks, errors: Some(errors), said: Vec::new(), used: 0 }
    }

    fn ask(&mut self, name: &str) -> Result<(), Failure> {
        // Where git has ended already, that it says nothing more tells why.
        let _ = self.input.as_mut().map(|input| input.write_all(format!("{name}\n").as_bytes()));
        Ok(())
    }

    /// Waits for more; whether there was any.
    fn more(&mut self) -> Result<bool, Failure> {
        if self.used > 0 {
            self.said.drain(..self.used);
            self.used = 0;
        }
        match self.chunks.recv_timeout(PATIENCE) {
            Ok(chunk) => {
                self.said.extend(chunk);
                Ok(true)
            }
            Err(RecvTimeoutError::Disconnected) => Ok(false),
            Err(RecvTimeoutError::Timeout) => {
                let _ = self.child.kill();
                Err(Failure::new(format!("git gave no answer within {} seconds", PATIENCE.as_secs()))
                    .help("see whether `git fsck` comes to an end here"))
            }
        }
    }

    /// The next line without its end; `None` where git said all.
    pub(super) fn line(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let mut searched = self.used;
        loop {
            if let Some(length) = self.said[searched..].iter().position(|byte| *byte == b'\n') {
                let line = self.said[self.used..searched + length].to_vec();
                self.used = searched + length + 1;
                return Ok(Some(line));
            }
            searched = self.said.len() - self.used;
            if !self.more()? {
                return Ok(None);
            }
        }
    }

    /// The next `count` bytes; `None` where git said less.
    fn exactly(&mut self, count: usize) -> Result<Option<Vec<u8>>, Failure> {
        while self.said.len() - self.used < count {
            if !self.more()? {
                return Ok(None);
            }
        }
        if self.used == 0 && self.said.len() == count {
            return Ok(Some(std::mem::take(&mut self.said)));
        }
        let bytes = self.said[self.used..self.used + count].to_vec();
        self.used += count;
        Ok(Some(bytes))
    }

    /// All that git has still to say.
    fn rest(&mut self) -> Result<Vec<u8>, Failure> {
        while self.more()? {
            if self.said.len() > LONGEST_ANSWER {
                return Err(Failure::new(format!("git says more than {LONGEST_ANSWER} bytes")));
            }
        }
        self.used = 0;
        Ok(std::mem::take(&mut self.said))
    }

    /// The exit code, once git has said all.
    pub(super) fn code(&mut self) -> Option<i32> {
        self.input = None;
        self.child.wait().ok().and_then(|status| status.code())
    }

    /// What git said on standard error.
    fn errors(&mut self) -> Vec<u8> {
        self.errors.take().and_then(|errors| errors.join().ok()).unwrap_or_default()
    }

    /// What git said on standard error, in one line.
    pub(super) fn end(mut self) -> String {
        self.code();
        let said = self.errors();
        let said = String::from_utf8_lossy(&said);
        let line = said.lines().find(|line| line.starts_with("fatal:")).or_else(|| said.lines().next());
        line.map_or("it ended without a word", |line| line.trim_start_matches("fatal: ").trim()).to_owned()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
