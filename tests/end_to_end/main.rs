//! The real binary, called as its users call it, in repositories made with the real git.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod action;
mod audits;
mod back_ends;
mod check;
mod ci;
mod declared;
mod disasters;
mod dogfood;
mod earlier;
#[cfg(unix)]
mod environments;
mod failures;
mod faults;
mod fixes;
mod formats;
mod frameworks;
mod history;
mod hooks;
mod ignores;
mod inits;
mod installs;
mod messages;
mod moments;
mod notes;
mod output;
mod packages;
mod policy;
mod promises;
mod pushes;
mod receives;
#[path = "../support/schemas.rs"]
mod schemas;
#[path = "../support/mod.rs"]
mod support;
#[cfg(unix)]
mod terminals;
mod transactions;
#[path = "../support/venv.rs"]
mod venv;
mod versions;
mod workflows;
