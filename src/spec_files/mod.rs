//! TOML files in the folder of the configuration that each hold one document: how they are read, and how mistakes in them are told.
//!
//! What the documents mean is for whoever reads them.

mod file;
mod folder;

pub use file::{FieldMistake, SpecFile, SpecMistake};
pub use folder::{FilesError, Mistakes, TextFile, read_folder};
