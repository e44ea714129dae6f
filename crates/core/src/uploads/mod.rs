//! Files that people upload in the browser, on their way to a data set.
//!
//! Each upload has its own folder: the file, and JSON beside it with its owner and state. Nothing is in the database,
//! and only the person who sent it sees it. A file is read in a separate process ([`rolecall_data::import::Worker`]).
//! The process that works on an upload notes that in the folder, so that the work is resumed after a crash, and never
//! done twice at the same time.

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
pub use change::UploadChange;
pub use error::UploadError;
pub use handle::Uploads;
pub use mistakes::FormMistakes;
pub use upload::{Notice, ProposedDataSet, Purpose, State, Upload};
pub use work::Work;
