//! Reads the files of imports.

use rolecall_data::import::{Limits, Worker};

/// Reads the files of imports.
#[derive(Clone, Debug)]
pub struct Importer {
    /// Starts a process for each file: a malformed file can crash only that process, or fill its memory.
    pub worker: Worker,
    /// How large a file may be.
    pub limits: Limits,
}

impl Importer {
    /// This program, started as a separate process, within the usual limits.
    ///
    /// # Errors
    /// When the program's path is unknown.
    pub fn of_this_program() -> std::io::Result<Self> {
        Ok(Self { worker: Worker::of_this_program()?, limits: Limits::default() })
    }
}
