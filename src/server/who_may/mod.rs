//! `/admin/access`: who may ask for what, made of what is enforced, and the answer for one person.

mod matrix;
mod page;
mod place;
mod verdict;

pub use page::route;
