//! CSV, TSV and their kin: text with a delimiter between the cells.

mod encoding;
mod kind;
mod records;
mod sniff;
mod source;
mod text;

pub(super) use records::Records;
pub(super) use source::Source;
