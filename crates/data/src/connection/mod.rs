//! External databases: runs a SELECT that an administrator wrote and makes a data set of its rows.
//!
//! The database is never changed. On PostgreSQL the statement runs alone in a read-only transaction, with a time limit
//! on the server and one here. On SQLite the file is opened read-only, and an authorizer allows only reading its
//! tables, so no other file can be attached. The permissions of the account are the last line of defence: a function
//! that the account may call can do whatever that function may do.
//!
//! Rows are streamed, so memory does not grow with their number. A value that cannot be imported is rejected with the
//! cast to write.

mod address;
mod cells;
mod database;
mod error;
mod permissions;
mod postgres;
mod postgres_types;
mod reading;
mod sqlite;
mod sqlite_types;
mod statement;

pub use address::{Address, AddressError};
pub use database::{Database, DatabaseLimits, Preview, Snapshot};
pub use error::{ConnectionError, StatementPlace};
pub use permissions::Permissions;
