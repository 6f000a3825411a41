//! The fuzz targets' bodies, which relgate's own tests run as well.

#[path = "../../tests/properties/mod.rs"]
mod properties;

pub use properties::run;
