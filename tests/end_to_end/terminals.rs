//! What a terminal is shown: colours, links and lines that fit, and none of them where they do not belong.

use crate::support::{RELGATE, Repo, run};

/// Runs the program on a terminal of so many columns and prints what the terminal got.
const ON_A_TERMINAL: &str = "\
import fcntl, os, pty, struct, subprocess, sys, termios
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 40, int(sys.argv[1]), 0, 0))
child = subprocess.Popen(sys.argv[2:], stdin=slave, stdout=slave, stderr=slave)
os.close(slave)
while True:
    try:
        data = os.read(master, 65536)
    except OSError:
        break
    if not data:
        break
    os.write(1, data.replace(b'\\r\\n', b'\\n'))
child.wait()
";

/// A mismatch in a line that is 200 characters long.
fn repo() -> Repo {
    let repo = Repo::consistent();
    let line = format!("{}pkg 1.0.0{}\n", "漢 ".repeat(30), " x".repeat(50));
    repo.write("docs/install.txt", line);
    let settings = "[tool.relgate]\nversions = [{ path = \"docs/install.txt\", pattern = \"pkg {version}\" }]\n";
    repo.write("pyproject.toml", format!("{}{settings}", crate::support::PYPROJECT));
    repo
}

fn shown(repo: &Repo, columns: usize, environment: &[(&str, &str)], arguments: &[&str]) -> String {
    let mut command = repo.command("python3");
    command.current_dir(&repo.path).args(["-c", ON_A_TERMINAL, &columns.to_string(), RELGATE]).args(arguments);
    command.env("TERM", "xterm-256color").envs(environment.iter().copied());
    run(&mut command, "").out
}

const LINK: &str = "\x1b]8;;https://github.com/relgate/relgate/blob/main/docs/rules/secondary-version-stale.md\x1b\\";

#[test]
fn links_where_the_terminal_has_them() {
    let repo = repo();
    let able = ("VTE_VERSION", "7600");
    for (environment, arguments, linked, coloured) in [
        (&[able][..], &["check"][..], true, true),
        (&[("TERM_PROGRAM", "WezTerm")], &["check"], true, true),
        (&[], &["check"], false, true),
        (&[able, ("CI", "true")], &["check"], false, true),
        (&[able, ("NO_COLOR", "1")], &["check"], false, false),
        (&[able, ("TERM", "dumb")], &["check"], false, false),
        (&[able], &["check", "--color", "never"], false, false),
        (&[("FORCE_HYPERLINK", "1")], &["check"], true, true),
        (&[able, ("FORCE_HYPERLINK", "0")], &["check"], false, true),
        (&[able], &["check", "--format", "concise"], false, true),
        (&[able], &["check", "--format", "json"], false, false),
    ] {
        let text = shown(&repo, 100, environment, arguments);
        assert!(text.contains("secondary-version-stale"), "{text:?}");
        assert_eq!(text.contains(LINK), linked, "{environment:?} {arguments:?}: {text:?}");
        assert_eq!(text.contains("\x1b["), coloured, "{environment:?} {arguments:?}: {text:?}");
    }
    let mut piped = repo.command(RELGATE);
    piped.current_dir(&repo.path).arg("check").env(able.0, able.1);
    assert!(!run(&mut piped, "").out.contains('\x1b'));
}

#[test]
fn lines_fit_the_terminal() {
    let repo = repo();
    for (columns, environment, expected) in
        [(80, &[][..], 80), (120, &[], 120), (80, &[("COLUMNS", "60")], 60), (10, &[], 40)]
    {
        let text = shown(&repo, columns, environment, &["check", "--color", "never"]);
        let line = text.lines().find(|line| line.contains("pkg 1.0.0")).unwrap_or_else(|| panic!("{text}"));
        // Each of these letters is as wide as two.
        let width = line.chars().map(|c| if c == '漢' { 2 } else { 1 }).sum::<usize>();
        assert!(width <= expected && width + 30 > expected, "{columns} {environment:?}: {width}: {line}");
    }
}

#[test]
fn marks_stand_below_what_they_mark() {
    let repo = Repo::consistent();
    repo.write("docs/install.txt", "\t漢字\u{1f469}\tpkg 1.0.0\n");
    let settings = "[tool.relgate]\nversions = [{ path = \"docs/install.txt\", pattern = \"pkg {version}\" }]\n";
    repo.write("pyproject.toml", format!("{}{settings}", crate::support::PYPROJECT));
    let text = repo.relgate(&["check"]).out;
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.contains("pkg 1.0.0")).unwrap();
    let width = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let before = |line: &str, mark: &str| width(&line[..line.find(mark).unwrap_or_else(|| panic!("{text}"))]);
    assert_eq!(before(lines[at], "1.0.0"), before(lines[at + 1], "^"), "{text}");
    assert!(text.contains("--> docs/install.txt:1:10"), "{text}");
}
