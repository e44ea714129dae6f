//! Parses the bytes of cells. Nothing here guesses: a cell is of a type, or it is not.

mod date;
mod number;
mod timestamp;
mod value;

pub use date::DateOrder;
pub(super) use date::parse_date;
pub use number::NumberStyle;
pub(super) use number::{STYLES, decimal_text, is_number_exact, parse_decimal, parse_integer};
pub use timestamp::TimeZone;
pub(super) use timestamp::{in_zone, names_offset, parse_timestamp};
pub(super) use value::{CellFormat, is_plain_boolean, parse_boolean};
