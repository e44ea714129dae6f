//! What panels send to scripts in the browser.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

use crate::Role;
use crate::data::Order;

/// The column that a table is sorted by, and the direction. In addresses: `amount` ascending, `-amount` descending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSort {
    /// The column of the data set, or the title of the measure.
    pub column: String,
    /// Upwards or downwards.
    pub order: Order,
}

impl TableSort {
    /// Reads `text` of an address, for a table with these `columns`. `None` if it names none of them.
    pub fn read<'a>(text: &str, mut columns: impl Iterator<Item = &'a str> + Clone) -> Option<Self> {
        let downwards = text.strip_prefix('-').filter(|rest| columns.clone().any(|column| column == *rest));
        if let Some(column) = downwards {
            return Some(Self { column: column.to_owned(), order: Order::Descending });
        }
        let column = columns.find(|column| *column == text)?;
        Some(Self { column: column.to_owned(), order: Order::Ascending })
    }

    /// What the heading of `column` sorts by if the table is now sorted by `in_force`: first ascending, then
    /// descending.
    #[must_use]
    pub fn next(in_force: Option<&Self>, column: &str) -> Self {
        let is_upwards = in_force.is_some_and(|sort| sort.column == column && sort.order == Order::Ascending);
        let order = if is_upwards { Order::Descending } else { Order::Ascending };
        Self { column: column.to_owned(), order }
    }
}

impl Display for TableSort {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sign = if self.order == Order::Descending { "-" } else { "" };
        write!(f, "{sign}{}", self.column)
    }
}

/// A page of a table, for the script that turns pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRows {
    /// The rows, as HTML.
    pub html: String,
    /// This page, from 1.
    pub page: u32,
    /// How many pages there are, at least 1.
    pub pages: u32,
    /// The column that they are sorted by, if the table shows it.
    pub sort: Option<TableSort>,
}

/// The current note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The text: plain, at most [`NOTE_MAX_CHARS`] characters.
    pub body: String,
    /// The version that an edit must name: 0 for a note that was never saved.
    pub version: i64,
    /// Who saved it last.
    pub edited_by: Option<String>,
    /// When, Unix milliseconds (UTC).
    pub edited_at_ms: Option<i64>,
}

/// The longest note, in characters.
pub const NOTE_MAX_CHARS: usize = 4_000;

/// Live figures about sign-ins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInFigures {
    /// Sign-ins that are live now.
    pub live: i64,
    /// Different people among them.
    pub people: i64,
    /// Sign-ins of the last 24 hours, including ended ones.
    pub last_day: i64,
    /// Live sign-ins by highest role, `None` first.
    pub by_role: Vec<(Option<Role>, i64)>,
    /// When this was counted, Unix milliseconds (UTC).
    pub counted_at_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Order)> {
        let columns = ["day", "amount", "-day"];
        TableSort::read(text, columns.into_iter()).map(|sort| (sort.column, sort.order))
    }

    #[test]
    fn an_address_names_a_column_that_is_shown_and_a_direction() {
        assert_eq!(read("amount"), Some(("amount".to_owned(), Order::Ascending)));
        assert_eq!(read("-amount"), Some(("amount".to_owned(), Order::Descending)));
        assert_eq!(read("--day"), Some(("-day".to_owned(), Order::Descending)));
        for unknown in ["", "-", "tax", "-tax", "Amount", "--amount"] {
            assert_eq!(read(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_heading_sorts_upwards_first_and_then_the_other_way_round() {
        let up = TableSort::next(None, "day");
        let down = TableSort::next(Some(&up), "day");
        assert_eq!([up.to_string(), down.to_string()], ["day", "-day"]);
        assert_eq!(TableSort::next(Some(&down), "day"), up);
        assert_eq!(TableSort::next(Some(&up), "amount").to_string(), "amount");
    }
}
