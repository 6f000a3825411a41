//! The real binary, called as its users call it, in repositories made with the real git.

mod check;
mod failures;
mod frameworks;
mod hooks;
mod moments;
mod output;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/venv.rs"]
mod venv;
mod versions;
