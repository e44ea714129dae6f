//! Files that people upload in the browser, on their way to a data set.
//!
//! An upload is a folder of its own: the file, and JSON beside it that says whose it is and how far it has come. Nothing of it is in
//! the database, and only the person who sent it sees it. A file is read in a process of its own
//! ([`rolecall_data::import::Worker`]). Who has an upload in work says so in its folder, so that it is taken up again after a
//! crash, and not by two at once.

mod begin;
mod change;
pub mod decisions;
mod disk;
mod error;
mod examine;
mod files;
mod handle;
mod import;
mod mistakes;
mod recover;
mod turns;
mod upload;
mod work;

pub use begin::Incoming;
pub use change::Change;
pub use error::UploadError;
pub use handle::Uploads;
pub use mistakes::Mistakes;
pub use upload::{Notice, ProposedDataSet, Purpose, State, Upload};
pub use work::Work;
