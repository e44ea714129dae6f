//! What the fuzz targets share with the ordinary tests (`tests/api/fuzzed.rs`): the properties, which stand there once.

pub mod properties;
