//! Data sets that are queried from the external databases: a SELECT on a connection, which an administrator wrote in the form or the
//! operator in a file, whose answer is kept as a snapshot and refreshed when it is too old.

mod change;
mod connections;
mod create;
mod files;
mod from_file;
mod refresh;
mod running;
mod snapshot;
mod state;

pub use change::{ColumnChange, Saved};
pub use connections::Connections;
pub use create::{NewQueried, QueryWish, Tried};
pub use files::{DatasetFile, DatasetFiles};
pub use state::{Failing, QueryState, StoredQuery};

pub(super) use running::Running;
pub(super) use state::milliseconds;
