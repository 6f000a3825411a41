//! Chooses how `relgate` is linked: a hook lives for a millisecond or two, of which a dynamic linker takes a third.
//!
//! Where the machine can, the C library is linked into the release binary, which stays position-independent and gets its
//! relocations in the packed form. `-C target-feature=+crt-static` would do the same, but needs `--target` beside procedural
//! macros, and moves the binary to another folder. Where it cannot, nothing is changed. Whoever chooses code generation or
//! a linker by `RUSTFLAGS` is left alone.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What rustc asks the linker for by name as a shared library, and the archives that are given instead: linker scripts.
const ARCHIVES: [(&str, &str); 3] = [
    ("libgcc_s.so", "INPUT(-lgcc_eh -lgcc)"),
    ("libm.so", "INPUT(-l:libm.a)"),
    ("libc.so", "GROUP(-l:libc.a -lgcc_eh -lgcc)"),
];

/// What Rust's library uses where it finds it, and an archive gives only when asked: without the first of them every start
/// of git copies relgate's memory map.
const OPTIONAL: [&str; 3] = ["posix_spawn_file_actions_addchdir_np", "statx", "__cxa_thread_atexit_impl"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    if !is_plain_release() {
        return Ok(());
    }
    let folder = PathBuf::from(env::var("OUT_DIR")?);
    for (name, script) in ARCHIVES {
        fs::write(folder.join(name), script)?;
    }
    let mut arguments =
        vec!["-static-pie".to_owned(), format!("-L{}", folder.display()), "-Wl,-z,pack-relative-relocs".to_owned()];
    arguments.extend(OPTIONAL.map(|name| format!("-Wl,-u,{name}")));
    if makes_programs_that_run(&folder, &arguments)? {
        for argument in &arguments {
            println!("cargo:rustc-link-arg-bin=relgate={argument}");
        }
    }
    Ok(())
}

/// Whether this is a release for the machine itself, Linux with glibc, and nobody has said how to link it.
fn is_plain_release() -> bool {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    is("PROFILE", "release")
        && is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && env::var("TARGET").ok() == env::var("HOST").ok()
        && env::var_os("RUSTC_LINKER").is_none()
        && !flags
            .split('\x1f')
            .any(|flag| ["-C", "-Z", "-L", "-l", "--codegen"].iter().any(|way| flag.starts_with(way)))
}

/// Whether a small program that is linked with `arguments` starts here, prints, and ends well. Asks the very compiler,
/// linker and C library in question, instead of guessing by their versions.
fn makes_programs_that_run(folder: &Path, arguments: &[String]) -> Result<bool, Box<dyn Error>> {
    let (source, program) = (folder.join("probe.rs"), folder.join("probe"));
    fs::write(&source, "fn main() { println!(\"{:?}\", std::env::args_os().count()); }")?;
    let mut rustc = Command::new(env::var_os("RUSTC").ok_or("cargo names no rustc")?);
    rustc.args(["--edition", "2024", "--crate-name", "probe", "-O", "-o"]).arg(&program).arg(&source);
    for argument in arguments {
        rustc.arg("-C").arg(format!("link-arg={argument}"));
    }
    if !rustc.output()?.status.success() {
        return Ok(false);
    }
    Ok(Command::new(&program).output().is_ok_and(|done| done.status.success() && done.stdout == b"1\n"))
}
