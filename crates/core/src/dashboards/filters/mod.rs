//! The filters of a dashboard: reading them from an address, their effect for a person, and the choices that they
//! offer.
//!
//! A person can use a filter if a panel that it applies to is open to them. All queries about its values read only rows
//! that they may see.

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
