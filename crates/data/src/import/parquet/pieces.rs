//! Splits rows into pieces of a limited size.

use std::ops::Range;

/// Splits rows of these `sizes` into pieces of at most `most` bytes; a larger row is a piece of its own.
pub(in super::super) fn pieces(sizes: &[usize], most: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let (mut start, mut bytes) = (0, 0_usize);
    for (row, size) in sizes.iter().enumerate() {
        if row > start && bytes.saturating_add(*size) > most {
            pieces.push(start..row);
            (start, bytes) = (row, 0);
        }
        bytes = bytes.saturating_add(*size);
    }
    pieces.push(start..sizes.len());
    pieces
}
