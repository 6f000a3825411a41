//! relgate keeps an invalid release from leaving a maintainer's machine.

pub mod changelog;
pub mod cli;
pub mod config;
pub mod date;
pub mod declaration;
pub mod failure;
pub mod files;
pub mod finding;
pub mod position;
pub mod project;
pub mod repository;
pub mod rules;
pub mod tag;
pub mod version;
