//! The form of a data set that is queried from a database: the SELECT, its result, and what a change would break.

mod changes;
mod fields;
mod form;
mod result;
mod view;

pub use fields::{QueryFields, QueryOf, QueryOutcome};
pub use view::{edit_query, new_query, not_queried, query_page};
