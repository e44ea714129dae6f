//! The page of a data set: its content, its uses, and the forms that change it. Each part of the page has a file.

mod about;
mod load;
mod rows;
mod rule_form;
mod rules;
mod settings;
mod versions;
mod view;

pub use view::dataset;

pub(super) use rows::RowTable;
