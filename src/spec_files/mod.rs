//! TOML files in the folder of the configuration that each hold one document: how they are read, and how mistakes in them are told.
//!
//! What the documents mean is for whoever reads them.

mod file;
mod folder;
mod mistake;

pub use file::SpecFile;
pub use folder::{FilesError, Mistakes, TextFile, read_folder};
pub use mistake::{FieldMistake, SpecMistake};
