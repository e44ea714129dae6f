//! External databases: a SELECT that an administrator wrote is run as it is, and its rows become a data set.
//!
//! Nothing is changed there. On PostgreSQL the statement runs alone in a read-only transaction, with a time limit of the server
//! and one of ours. On SQLite the file is opened to be read only, and an authorizer allows nothing but reading its tables: no other
//! file can be attached. The rights of the account are the last line: a function that it may call can do what that function may.
//!
//! Rows are streamed, so memory does not grow with their number. What cannot be taken as it is is refused with the cast to write.

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
