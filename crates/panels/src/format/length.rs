//! How much of long texts a page shows. Files have the whole texts.

use rolecall_model::data::Cell;

/// The maximum number of characters of a name: a group, a series, a value to filter by.
pub const NAME_CHARACTERS: usize = 200;
/// The maximum number of characters of a table cell.
const CELL_CHARACTERS: usize = 1_000;
/// The number of characters in a table above which its texts are cut further.
const TABLE_CHARACTERS: usize = 200_000;
/// The minimum that is left of each text, however many there are.
const LEAST_CHARACTERS: usize = 40;

/// How a table cuts its texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextLength {
    /// The maximum number of characters of each text.
    pub most: usize,
    /// Whether any text is longer.
    pub is_cut: bool,
}

impl TextLength {
    /// The limits for a table of these cells.
    #[must_use]
    pub fn of<'a>(cells: impl Iterator<Item = &'a Cell> + Clone) -> Self {
        let texts = cells.filter_map(|cell| match cell {
            Cell::Text(text) => Some(text),
            _ => None,
        });
        let (mut count, mut all) = (0_usize, 0_usize);
        for text in texts.clone() {
            count += 1;
            all += text.len().min(CELL_CHARACTERS);
        }
        let most =
            if all <= TABLE_CHARACTERS { CELL_CHARACTERS } else { (TABLE_CHARACTERS / count).max(LEAST_CHARACTERS) };
        let mut longer = texts.filter(|text| text.len() > most && text.char_indices().nth(most).is_some());
        Self { most, is_cut: longer.next().is_some() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(length: usize, count: usize) -> TextLength {
        let cells = vec![Cell::Text("x".repeat(length)); count];
        TextLength::of(cells.iter())
    }

    #[test]
    fn texts_are_cut_where_one_is_long_or_all_are() {
        for (length, count, most, is_cut) in [
            (1_000, 200, 1_000, false),
            (1_001, 1, 1_000, true),
            (1_000, 400, 500, true),
            (100_000, 10_000, 40, true),
            (2, 100_000, 1_000, false),
            (30, 10_000, 40, false),
        ] {
            assert_eq!(of(length, count), TextLength { most, is_cut }, "{count} of {length}");
        }
        // Characters are counted, not bytes.
        let hebrew = Cell::Text("ש".repeat(600));
        assert_eq!(TextLength::of([&hebrew].into_iter()), TextLength { most: 1_000, is_cut: false });
    }
}
