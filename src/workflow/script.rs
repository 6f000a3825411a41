//! The commands of a `run:` step that publish a distribution or make a release on GitHub.

/// What a script does with releases.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Script {
    /// Where each command that uploads distributions sends them.
    pub(super) uploads: Vec<Target>,
    /// What each command that makes a release on GitHub says of pre-releases, and the flag that says it.
    pub(super) releases: Vec<(bool, String)>,
    /// Whether the shell decides which of its commands are run.
    pub(super) branches: bool,
}

/// Where distributions go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Index,
    /// Test PyPI, or a run that uploads nothing.
    Trial,
    /// Named by something that only the run knows.
    Unknown,
}

const UPLOADERS: [(&str, &[&str]); 8] = [
    ("flit", &["publish"]),
    ("hatch", &["publish"]),
    ("maturin", &["publish", "upload"]),
    ("pdm", &["publish"]),
    ("poetry", &["publish"]),
    ("setup.py", &["upload"]),
    ("twine", &["upload"]),
    ("uv", &["publish"]),
];

/// Options before the verb whose value is the next word.
const OPTIONS_WITH_VALUE: [&str; 6] = ["--directory", "--project", "-C", "-P", "-p", "-m"];

/// Options that say where distributions go.
const TARGETS: [&str; 7] =
    ["-r", "--repository", "--repository-url", "--publish-url", "--index", "--index-url", "--repo"];

/// Words of the shell after which commands need not be run.
const BRANCHES: [&str; 9] = ["if", "case", "for", "while", "until", "elif", "else", "function", "exit"];

impl Script {
    pub(super) fn read(text: &str) -> Self {
        let mut script = Self::default();
        for command in commands(text) {
            script.branches |= command.first().is_some_and(|word| BRANCHES.contains(word));
            if matches!(command.first(), Some(&("echo" | "printf"))) {
                continue;
            }
            script.uploads.extend(upload(&command));
            script.releases.extend(release(&command));
        }
        script.branches |= text.contains("||") || text.contains("[[");
        script
    }
}

/// The words of each command, their quotes taken off; comments are left out.
fn commands(text: &str) -> Vec<Vec<&str>> {
    let ends = [' ', '\t', '\n', '\r', ';', '|', '&'];
    let mut commands = Vec::new();
    let mut command = Vec::new();
    for line in text.lines() {
        let line = line.trim_end();
        let unfinished = line.strip_suffix('\\');
        for word in unfinished.unwrap_or(line).split_inclusive(ends) {
            let bare = word.trim_end_matches(ends).trim_matches(['"', '\'', '(', ')', '`']);
            if bare.starts_with('#') {
                break;
            }
            if !bare.is_empty() {
                command.push(bare);
            }
            if word.ends_with([';', '|', '&']) {
                commands.push(std::mem::take(&mut command));
            }
        }
        if unfinished.is_none() {
            commands.push(std::mem::take(&mut command));
        }
    }
    commands.push(command);
    commands.retain(|command| !command.is_empty());
    commands
}

/// The words that follow `tool` and one of its `verbs`.
fn after_verb<'c, 't>(command: &'c [&'t str], tool: &str, verbs: &[&str]) -> Option<&'c [&'t str]> {
    for (at, word) in command.iter().enumerate() {
        let name = word.rsplit('/').next().unwrap_or_default();
        // `twine==5.1`, `twine@latest`: a version that a runner of tools installs.
        if name.split(['=', '@', '<', '>', '~', '[']).next() != Some(tool) {
            continue;
        }
        let mut rest = &command[at + 1..];
        while let Some(option) = rest.first().filter(|word| word.starts_with('-')) {
            let words = if OPTIONS_WITH_VALUE.contains(option) { 2 } else { 1 };
            rest = rest.get(words..).unwrap_or_default();
        }
        if rest.first().is_some_and(|word| verbs.contains(word)) {
            return Some(&rest[1..]);
        }
        // The commands of setup.py stand side by side.
        if tool == "setup.py" && rest.iter().any(|word| verbs.contains(word)) {
            return Some(rest);
        }
    }
    None
}

/// Where the command uploads distributions, if it does.
fn upload(command: &[&str]) -> Option<Target> {
    let arguments = UPLOADERS.iter().find_map(|(tool, verbs)| after_verb(command, tool, verbs))?;
    if arguments.iter().any(|word| matches!(*word, "--dry-run" | "--help" | "-h")) {
        return Some(Target::Trial);
    }
    let mut target = Target::Index;
    for (at, word) in arguments.iter().enumerate() {
        let (option, value) = word.split_once('=').unwrap_or((word, ""));
        if TARGETS.contains(&option) {
            let value = if value.is_empty() { arguments.get(at + 1).copied().unwrap_or_default() } else { value };
            target = target.or(Target::named(value));
        }
    }
    Some(target)
}

/// What the command says of pre-releases, if it makes a release and says so.
fn release(command: &[&str]) -> Option<(bool, String)> {
    let at = command.windows(3).position(|words| words == ["gh", "release", "create"])?;
    let flag = |word: &&str| match *word {
        "--prerelease" | "-p" | "--prerelease=true" => Some((true, (*word).to_owned())),
        "--prerelease=false" => Some((false, (*word).to_owned())),
        _ => None,
    };
    command[at + 3..].iter().find_map(flag)
}

impl Target {
    /// What the name or the address of an index says.
    pub(super) fn named(name: &str) -> Self {
        let letters: String = name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        match () {
            () if name.contains('$') => Self::Unknown,
            () if letters == "test" || letters.contains("testpypi") || letters.contains("pypitest") => Self::Trial,
            () => Self::Index,
        }
    }

    /// What this says, or where it says nothing unusual, what the other does.
    pub(super) fn or(self, other: Self) -> Self {
        if self == Self::Index { other } else { self }
    }
}
