//! The process: its arguments, directory, streams and exit code.

use std::io::{IsTerminal, stderr, stdin, stdout};
use std::process::ExitCode;

use relgate::{World, run};

fn main() -> ExitCode {
    let cwd = std::env::current_dir().unwrap_or_default();
    let (mut input, mut out, mut err) = (stdin(), stdout(), stderr());
    let (input_is_terminal, out_is_terminal, err_is_terminal) =
        (input.is_terminal(), out.is_terminal(), err.is_terminal());
    let world = World {
        cwd: &cwd,
        input: &mut input,
        input_is_terminal,
        out: &mut out,
        out_is_terminal,
        err: &mut err,
        err_is_terminal,
    };
    ExitCode::from(run(std::env::args_os(), world) as u8)
}
