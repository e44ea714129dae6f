//! Data sets that are queried from external databases: an administrator writes a SELECT for a connection in the form,
//! or the operator in a file. The result is stored as a snapshot, which is refreshed when it is too old.

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

pub(super) use running::RunningRefreshes;
pub(super) use state::milliseconds;
