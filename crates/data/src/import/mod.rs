//! Imports: from an uploaded file to a Parquet file.
//!
//! [`examine`] reads all of a file and returns a [`Reading`] with the types of its columns, and the [`Question`]s that
//! only a person can answer. [`convert`] reads the file with the settings of a [`Reading`] and writes a Parquet file,
//! or reports every mistake and writes nothing.
//!
//! Files are untrusted. Their size is limited ([`Limits`]), and memory does not grow with it.

mod batch;
mod cells;
mod columns;
mod convert;
mod delimited;
mod error;
mod examine;
mod examined;
mod format;
mod headers;
mod infer;
mod limits;
mod matching;
mod merge;
mod ndjson;
mod near;
mod output;
mod parquet;
mod progress;
mod propose;
mod reading;
mod report;
mod seen;
mod template;
pub mod worker;
mod xlsx;

pub use cells::{DateOrder, NumberStyle, TimeZone};
pub use convert::{Converted, convert};
pub use delimited::is_encoding;
pub use error::ImportError;
pub use examine::examine;
pub use examined::{Examined, Question};
pub use format::check_kind;
pub use headers::{check_columns, folded};
pub use limits::Limits;
pub(crate) use limits::counted;
pub use merge::merge;
pub use near::NearType;
pub(crate) use output::Output;
pub use progress::Progress;
pub use reading::{ColumnReading, Dialect, Format, Given, GivenColumn, Reading, Template};
pub use report::{ImportReport, Mistake};
pub use template::Deviation;
pub use worker::Worker;
