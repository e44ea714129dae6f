//! The limits of imports.

use serde::{Deserialize, Serialize};

/// The maximum sizes. The defaults are those of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Rows.
    pub rows: u64,
    /// Columns.
    pub columns: usize,
    /// Bytes of one cell, in UTF-8.
    pub cell_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 500_000_000, rows: 10_000_000, columns: 500, cell_bytes: 1_000_000 }
    }
}

impl Limits {
    /// The maximum bytes of a row, so that memory does not depend on the number of large cells.
    pub(super) fn row_bytes(&self) -> usize {
        self.cell_bytes.saturating_mul(16)
    }
}

/// A number with separators, for sentences: `10,000,000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count, for sentences: `1 row`, `10,000,000 rows`.
pub(crate) fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", grouped(count))
}

/// A size in a suitable unit, for sentences: `500 MB`.
pub(super) fn in_megabytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => counted(bytes, "byte"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", grouped(bytes / 1_000_000)),
    }
}
