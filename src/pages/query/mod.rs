//! The form of a data set that is queried from a database: the SELECT, what it answers, and what a change of it would break.

mod changes;
mod fields;
mod form;
mod result;
mod view;

pub use fields::{QueryFields, QueryOf, QueryOutcome};
pub use view::{edit_query, new_query, not_queried, query_page};
