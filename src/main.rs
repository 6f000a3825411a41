//! The process: its arguments, directory, streams and exit code.

use std::io::{IsTerminal, stderr, stdin, stdout};
use std::process::ExitCode;

use anstream::AutoStream;
use relgate::{World, run};
use terminal_size::{Width, terminal_size_of};

fn main() -> ExitCode {
    let cwd = std::env::current_dir().unwrap_or_default();
    let (mut input, out, mut err) = (stdin(), stdout(), stderr());
    let (input_is_terminal, err_is_terminal) = (input.is_terminal(), err.is_terminal());
    let width = || terminal_size_of(&out).map_or(0, |(Width(columns), _)| usize::from(columns));
    let out_columns = out.is_terminal().then(width);
    // Consoles of old Windows know no escape codes: there they become calls.
    let mut out = AutoStream::always(out);
    let world = World {
        cwd: &cwd,
        input: &mut input,
        input_is_terminal,
        out: &mut out,
        out_columns,
        err: &mut err,
        err_is_terminal,
    };
    ExitCode::from(run(std::env::args_os(), world) as u8)
}
