//! Data sets: which there are, their versions, and who may see which of their rows. Import, storage and queries are
//! [`rolecall_data`]'s.

mod built_in;
mod catalog;
mod changes;
mod dataset;
mod error;
mod handle;
mod import;
mod importer;
mod own;
mod push;
mod row_rules;
mod sample;
mod sweep;
mod target;

pub use built_in::is_built_in;
pub use catalog::{Deleted, Description, Version, catalogue};
pub use changes::one_line;
pub use dataset::{Catalogue, DataSet, Kind};
pub use error::DatasetError;
pub use handle::Datasets;
pub use import::{Imported, Prepared};
pub use importer::Importer;
pub use push::{BodyError, IdempotencyKey, NewPushed, Push, PushMode, Pushed, Pusher, PutDataset, ReceivedBody};
pub use row_rules::{RowRule, RuleSubject, RuleViewer};
pub use sample::{SAMPLE_COLUMNS, SAMPLE_ROWS};
pub use target::{Target, check_new_name};
