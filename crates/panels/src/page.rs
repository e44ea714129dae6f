//! The pages of tables.

use std::ops::Range;

/// A page of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its number, from 1.
    pub number: u32,
    /// How many pages there are, at least 1.
    pub pages: u32,
    /// The rows that are on it.
    pub rows: Range<u64>,
}

impl Page {
    /// Page `wanted` of a table of this many rows. A page beyond the last becomes the last, and 0 becomes the first.
    #[must_use]
    pub fn of(rows: u64, rows_per_page: u32, wanted: u32) -> Self {
        let size = u64::from(rows_per_page.max(1));
        let pages = u32::try_from(rows.div_ceil(size)).unwrap_or(u32::MAX).max(1);
        let number = wanted.clamp(1, pages);
        let start = u64::from(number - 1) * size;
        Self { number, pages, rows: start.min(rows)..(start + size).min(rows) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_out_of_range_becomes_the_nearest_page() {
        let page = |rows, wanted| {
            let Page { number, pages, rows } = Page::of(rows, 20, wanted);
            (number, pages, rows)
        };
        assert_eq!(page(2922, 1), (1, 147, 0..20));
        assert_eq!(page(2922, 0), (1, 147, 0..20));
        assert_eq!(page(2922, 147), (147, 147, 2920..2922));
        assert_eq!(page(2922, u32::MAX), (147, 147, 2920..2922));
        assert_eq!(page(40, 3), (2, 2, 20..40));
        assert_eq!(page(0, 7), (1, 1, 0..0));
        assert_eq!(Page::of(u64::MAX, 1, u32::MAX).pages, u32::MAX);
        assert_eq!(Page::of(3, 0, 2).rows, 1..2);
    }
}
