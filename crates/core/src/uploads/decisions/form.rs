//! The fields of the form of an upload.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// Names of fields.
pub mod fields {
    /// As [`Given::encoding`](rolecall_data::import::Given).
    pub const ENCODING: &str = "encoding";
    /// As [`Given::delimiter`](rolecall_data::import::Given).
    pub const DELIMITER: &str = "delimiter";
    /// As [`Given::quote`](rolecall_data::import::Given).
    pub const QUOTE: &str = "quote";
    /// As [`Given::sheet`](rolecall_data::import::Given).
    pub const SHEET: &str = "sheet";
    /// As [`Given::header_row`](rolecall_data::import::Given).
    pub const HEADER_ROW: &str = "header_row";
    /// As [`Given::numbers`](rolecall_data::import::Given), as [`number_key`](super::super::number_key) writes it.
    pub const NUMBERS: &str = "numbers";
    /// As [`Given::date_order`](rolecall_data::import::Given); empty if each column has its own.
    pub const DATE_ORDER: &str = "date_order";
    /// As [`Given::time_zone`](rolecall_data::import::Given).
    pub const TIME_ZONE: &str = "time_zone";
    /// The title of a new data set.
    pub const TITLE: &str = "title";
    /// The name of the new data set in dashboards.
    pub const NAME: &str = "name";
    /// The lowest role that may see it.
    pub const ROLE: &str = "role";
    /// The answer to [`Question::Encoding`](rolecall_data::import::Question).
    pub const ANSWER_ENCODING: &str = "answer.encoding";
    /// The answer to [`Question::DecimalMark`](rolecall_data::import::Question).
    pub const ANSWER_NUMBERS: &str = "answer.numbers";

    /// The answer to [`Question::DateOrder`](rolecall_data::import::Question) for the column at `position`.
    #[must_use]
    pub fn answer_date_order(position: usize) -> String {
        format!("answer.date_order.{position}")
    }

    /// The field `of` the column at `position`: `name`, `type` or `taken`.
    #[must_use]
    pub fn column(position: usize, of: &str) -> String {
        format!("column.{position}.{of}")
    }
}

/// The fields of a form; of several with one name, the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fields(HashMap<String, String>);

impl Fields {
    /// Parses the urlencoded `form`.
    #[must_use]
    pub fn of(form: &[u8]) -> Self {
        let mut fields = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(form).into_owned() {
            fields.entry(name).or_insert(value);
        }
        Self(fields)
    }

    /// The value of the field `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether the form was sent to import the file.
    #[must_use]
    pub fn asks_for_import(&self) -> bool {
        matches!(self.get("do"), Some("import" | "again"))
    }
}
