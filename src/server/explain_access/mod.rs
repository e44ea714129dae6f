//! `/admin/access`: who may ask for what, made of what is enforced, and the answer for one person.

mod address;
mod matrix;
mod page;
mod search;
mod subject;
mod things;
mod verdict;

pub use page::route;
