//! The kind of a table cell, which decides its alignment and its line breaks.

use rolecall_model::data::Cell;

/// Texts with more characters than this may take several lines.
const ONE_LINE_CHARACTERS: usize = 24;
/// Texts with more characters than this would take too many lines in a narrow column.
const FEW_LINES_CHARACTERS: usize = 80;
/// HTML up to this length is entirely visible, even in a phone's narrow column.
const IN_SIGHT_BYTES: usize = 120;

/// The kind of a table cell. The style sheet breaks long texts only, so that dates and numbers stay on one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// A number, aligned at the end of its column.
    Number,
    /// A date, or a date with a time.
    Moment,
    /// Anything else that fits on a line.
    Short,
    /// A text that may take several lines.
    Long,
    /// A text that would take too many lines: its column is wider, and the longest ones scroll where there is not
    /// enough space.
    Tall,
}

impl CellKind {
    /// The kind of `cell`.
    #[must_use]
    pub fn of(cell: &Cell) -> Self {
        match cell {
            Cell::Integer(_) | Cell::Decimal(_) => Self::Number,
            Cell::Date(_) | Cell::Timestamp(_) => Self::Moment,
            Cell::Text(text) => Self::of_text(text),
            Cell::Missing | Cell::Boolean(_) | Cell::Others => Self::Short,
        }
    }

    /// The kind of `cell` in a column of numbers if `in_numbers`, otherwise in a column of something else: a year that
    /// names a group is not a number there.
    #[must_use]
    pub fn in_column(cell: &Cell, in_numbers: bool) -> Self {
        match Self::of(cell) {
            _ if in_numbers => Self::Number,
            Self::Number => Self::Short,
            kind => kind,
        }
    }

    /// That of a text.
    fn of_text(text: &str) -> Self {
        // Most texts are shorter, even counted in bytes, so characters are rarely counted.
        let has_more_than = |most: usize| text.len() > most && text.chars().nth(most).is_some();
        if has_more_than(FEW_LINES_CHARACTERS) {
            Self::Tall
        } else if has_more_than(ONE_LINE_CHARACTERS) {
            Self::Long
        } else {
            Self::Short
        }
    }

    /// The class of the cell in the style sheet.
    #[must_use]
    pub const fn class(self) -> Option<&'static str> {
        match self {
            Self::Number => Some("num"),
            Self::Moment => Some("date"),
            Self::Short => None,
            Self::Long => Some("long"),
            Self::Tall => Some("long tall"),
        }
    }

    /// The attributes of the cell. Texts take the direction of their letters.
    pub(crate) const fn attributes(self) -> &'static str {
        match self {
            Self::Number => " class=\"num\"",
            Self::Moment => " class=\"date\"",
            Self::Short => " dir=\"auto\"",
            Self::Long => " class=\"long\" dir=\"auto\"",
            Self::Tall => " class=\"long tall\" dir=\"auto\"",
        }
    }

    /// `html` as the content of the cell. A text that scrolls can have the focus, because Safari cannot scroll it by
    /// keyboard otherwise.
    #[must_use]
    pub fn within(self, html: String) -> String {
        let scrolls = self == Self::Tall && html.len() > IN_SIGHT_BYTES;
        if scrolls { format!("<div class=\"lines\" tabindex=\"0\">{html}</div>") } else { html }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_alone_may_take_several_lines() {
        let text = |length: usize| Cell::Text("é".repeat(length));
        assert_eq!(CellKind::of(&text(ONE_LINE_CHARACTERS)), CellKind::Short);
        assert_eq!(CellKind::of(&text(ONE_LINE_CHARACTERS + 1)), CellKind::Long);
        assert_eq!(CellKind::of(&text(FEW_LINES_CHARACTERS)), CellKind::Long);
        assert_eq!(CellKind::of(&text(FEW_LINES_CHARACTERS + 1)), CellKind::Tall);
        assert_eq!(CellKind::in_column(&text(100), true), CellKind::Number);
        assert_eq!(CellKind::in_column(&Cell::Integer(2026), false), CellKind::Short);
        assert_eq!(CellKind::in_column(&Cell::Missing, false), CellKind::Short);
    }

    // Case: panel/long-texts-by-keys
    #[test]
    fn what_may_scroll_takes_the_focus_and_nothing_else_does() {
        let within = |length: usize, shown: usize| {
            let text = "x".repeat(length);
            CellKind::of(&Cell::Text(text.clone())).within(text[..shown].to_owned())
        };
        assert_eq!(within(121, 121), format!("<div class=\"lines\" tabindex=\"0\">{}</div>", "x".repeat(121)));
        assert_eq!(within(120, 120), "x".repeat(120));

        assert_eq!(within(1_000, 40), "x".repeat(40));
        assert_eq!(CellKind::Number.within("7".repeat(121)), "7".repeat(121));
    }
}
