//! Delimited text: CSV, TSV and similar formats.

mod encoding;
mod kind;
mod records;
mod sniff;
mod source;
mod text;

pub use encoding::is_encoding;
pub(super) use encoding::{Charset, may_be_in, start_of};
pub(super) use kind::refuse_other_kinds;
pub(super) use source::Source;
pub(super) use text::{TextError, TextInput};
