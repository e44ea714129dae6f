//! Links on groups and series that filter the page by their value.

use std::fmt::{self, Debug, Formatter};

use rolecall_model::data::Cell;
use rolecall_model::spec::PanelSpec;

use crate::html::attribute;

/// A placeholder in the links of groups and series for the sort fields of all tables in the page's address:
/// `days.sort=-day&amp;`, or nothing. The page that contains the panel fills it in, as it does for
/// [`OTHER_FIELDS`](crate::OTHER_FIELDS).
pub const SORT_FIELDS: char = '\u{2}';

/// The target of the link of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueLink {
    /// The fields of all filters, as in a query string.
    pub fields: String,
    /// Whether the value is chosen already, so that the link clears the filter.
    pub is_chosen: bool,
}

/// The link targets of the values of a column; values that no filter accepts have none.
#[derive(Clone, Copy)]
pub struct ValueLinks<'a>(pub &'a dyn Fn(&str, &Cell) -> Option<ValueLink>);

impl Debug for ValueLinks<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("ValueLinks")
    }
}

impl ValueLinks<'_> {
    /// The opening `<a>` tag for `value` of `column`, which is shown as `label`; `None` where it has no link.
    pub fn open(&self, panel: &PanelSpec, column: &str, value: &Cell, label: &str) -> Option<String> {
        let ValueLink { fields, is_chosen } = (self.0)(column, value)?;
        let (verb, current) =
            if is_chosen { ("Do not filter by", " aria-current=\"true\"") } else { ("Filter by", "") };
        let name = attribute(&format!("{verb} {label}"));
        let (fields, id) = (attribute(&fields), attribute(&panel.id));
        Some(format!("<a class=\"value-link\" href=\"?{SORT_FIELDS}{fields}#{id}\" aria-label=\"{name}\"{current}>"))
    }
}
