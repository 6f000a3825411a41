//! The fuzz targets' bodies, which relgate's own tests run as well.

#[path = "../../tests/properties/mod.rs"]
pub mod properties;

pub use properties::run;
