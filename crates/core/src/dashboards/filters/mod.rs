//! The filters of a dashboard: what an address asks of them, what that means for who looks, and what they offer.
//!
//! A filter is there for somebody to whom a panel is open that it is about. Everything about its values is asked of the rows that
//! they may see.

mod asked;
mod chosen;
mod comparison;
mod days;
mod judge;
mod judged;
mod of_panel;
mod options;
mod range;
mod sources;
mod words;

pub use asked::AskedFilters;
pub use chosen::{AskedRange, Chosen, LONGEST_VALUE};
pub use comparison::Comparison;
pub use judged::{Filters, JudgedFilter, ValueAddress};
pub use of_panel::{PanelComparison, PanelFilters};
pub use options::{FilterOption, FilterOptions};
pub use range::DayRange;
pub use words::{MOST_TOLD, preset_name};
