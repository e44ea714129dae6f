//! Dashboards as documents: in files as TOML, in the database as JSON.

mod dashboard;
mod filter;
mod panel;
mod schema;

pub use dashboard::{DashboardSpec, FORMAT};
pub use filter::{DashboardFilter, DatePreset, FilterKind, LastDay};
pub use panel::{MissingValues, PanelKind, PanelSpec, TableColumn, ValueScale};
pub use schema::schema;
