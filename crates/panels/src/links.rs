//! Groups and series that lead to the page as it is with a filter by their value.

use std::fmt::{self, Debug, Formatter};

use rolecall_model::data::Cell;
use rolecall_model::spec::PanelSpec;

use crate::html::attribute;

/// Stands in the links of groups and series for the orders of all tables in the page's address: `days.sort=-day&amp;`, or nothing.
/// Whoever puts the panel into a page puts them there, as for [`OTHER_FIELDS`](crate::OTHER_FIELDS).
pub const SORT_FIELDS: char = '\u{2}';

/// Where a value leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueLink {
    /// The fields of all filters, as the query of an address has them.
    pub fields: String,
    /// Whether the value is chosen already, so that the link takes it back.
    pub is_chosen: bool,
}

/// Where the values of a column lead to; nowhere those that no filter takes.
#[derive(Clone, Copy)]
pub struct ValueLinks<'a>(pub &'a dyn Fn(&str, &Cell) -> Option<ValueLink>);

impl Debug for ValueLinks<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("ValueLinks")
    }
}

impl ValueLinks<'_> {
    /// The beginning of an `<a>` around `value` of `column`, which people read as `label`; nothing where it leads nowhere.
    pub fn open(&self, panel: &PanelSpec, column: &str, value: &Cell, label: &str) -> Option<String> {
        let ValueLink { fields, is_chosen } = (self.0)(column, value)?;
        let (verb, current) =
            if is_chosen { ("Do not filter by", " aria-current=\"true\"") } else { ("Filter by", "") };
        let name = attribute(&format!("{verb} {label}"));
        let (fields, id) = (attribute(&fields), attribute(&panel.id));
        Some(format!("<a class=\"value-link\" href=\"?{SORT_FIELDS}{fields}#{id}\" aria-label=\"{name}\"{current}>"))
    }
}
