//! Dashboards: their documents, and what each person may see of them.
//!
//! Data of a closed panel are never even read for a person who may not see them.

mod as_of;
mod check;
mod data;
mod dataset_files;
mod error;
mod exported;
mod files;
mod filters;
mod last_step;
mod listed;
mod making;
mod news;
mod notes;
mod open;
mod open_panel;
mod person;
mod queries;
mod sorting;
mod sources;
mod spec;
mod stamp_key;
mod stamps;
mod stored;
mod table;
mod table_fields;
mod unavailable;
mod uses;

pub use as_of::AsOf;
pub use check::{Checked, DataCheck, check_files};
pub use data::{PanelData, TablePage, TableRequest};
pub use dataset_files::DatasetFileError;
pub use error::DashboardsError;
pub use exported::picture_of;
pub use files::DashboardFiles;
pub use filters::{
    AskedFilters, AskedRange, Chosen, Comparison, DayRange, FilterOption, FilterOptions, Filters, JudgedFilter,
    LONGEST_VALUE, MOST_TOLD, ValueAddress, preset_name,
};
pub use listed::Listed;
pub use making::{
    DashboardChange, Difference, FILTER_ROWS, FormKind, ReadPanel, Settings, Typed, Undone, at_filter_field,
    can_compare, can_compute, differences, empty, fitting, from_toml, in_form, pair, pairs_taken_apart, read_filters,
    read_panel, to_toml, typed_filters, typed_panel,
};
pub use notes::SaveNoteError;
pub use open::{Dashboards, Limits};
pub use open_panel::{FoundPanel, OpenPanel};
pub use person::Person;
pub use sorting::Sorting;
pub use spec::{
    ClosedPanels, Columns, Content, Dashboard, Edition, MistakenDashboard, Origin, Panel, fits, is_offered, role_of,
};
pub use stamps::Stamps;
pub use stored::{Editor, HistoryEntry, New, Removed, StoreError, Stored, role_to_change};
pub use table::{table_of, table_rows};
pub use table_fields::TableFields;
pub use unavailable::{Cause, Unavailable};
pub use uses::{BrokenPanel, DashboardUse, Uses};
