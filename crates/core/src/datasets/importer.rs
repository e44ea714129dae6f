//! What reads the files of imports.

use rolecall_data::import::{Limits, Worker};

/// What reads the files of imports.
#[derive(Clone, Debug)]
pub struct Importer {
    /// Starts a process for each file: a malformed one can end or fill only that.
    pub worker: Worker,
    /// How large a file may be.
    pub limits: Limits,
}

impl Importer {
    /// This program, started once more, within the usual limits.
    ///
    /// # Errors
    /// When its path is not known.
    pub fn of_this_program() -> std::io::Result<Self> {
        Ok(Self { worker: Worker::of_this_program()?, limits: Limits::default() })
    }
}
