//! Making dashboards: a proposal for a data set, the changes of the editor, panels as forms, and documents as TOML.

mod change;
mod differences;
mod document;
mod filters;
mod fitting;
mod form;
mod in_form;
mod kind;
mod pace;
mod panel;
mod propose;
mod typed;

pub use change::{DashboardChange, Settings, Undone};
pub use differences::{Difference, differences};
pub use document::{from_toml, to_toml};
pub use filters::{FILTER_ROWS, at_filter_field, pair, pairs_taken_apart, read_filters, typed_filters};
pub use fitting::{can_compare, can_compute, fitting};
pub use form::typed_panel;
pub use in_form::in_form;
pub use kind::FormKind;
pub use panel::{ReadPanel, read_panel};
pub use propose::empty;
pub use typed::Typed;
