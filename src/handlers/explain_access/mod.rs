//! `/admin/access`: who may use what, from the rules that are enforced, and the answer for one person.

mod address;
mod matrix;
mod page;
mod search;
mod subject;
mod things;
mod verdict;

pub use page::route;
