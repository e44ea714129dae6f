//! Data sets that are queried from the databases of others: an administrator's SELECT on a connection, whose answer is kept as a
//! snapshot and refreshed when it is too old.

mod change;
mod connections;
mod create;
mod refresh;
mod running;
mod snapshot;
mod state;

pub use change::{ColumnChange, Saved};
pub use connections::Connections;
pub use create::{NewQueried, QueryWish, Tried};
pub use state::{Failing, QueryState, StoredQuery};

pub(super) use running::Running;
pub(super) use state::milliseconds;
