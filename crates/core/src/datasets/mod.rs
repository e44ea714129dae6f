//! Data sets: their list, their versions, and who may see which rows. [`rolecall_data`] does import, storage and
//! queries.

mod built_in;
mod catalog;
mod changes;
mod dataset;
mod earlier_files;
mod error;
mod handle;
mod import;
mod importer;
mod newest;
mod news;
mod own;
mod push;
mod queried;
mod rights;
mod row_rules;
mod sample;
mod source;
mod sweep;
mod target;
mod title;

pub use built_in::is_built_in;
pub use catalog::{Deleted, Description, Version, catalogue, outlines};
pub use dataset::{Catalogue, DataSet, DataSetKey, DataSetKind};
pub use error::DatasetError;
pub use handle::Datasets;
pub use import::{Imported, Prepared};
pub use importer::Importer;
pub use push::{BodyError, IdempotencyKey, NewPushed, Push, PushMode, Pushed, PutDataset, ReceivedBody};
pub use queried::{
    ColumnChange, Connections, DatasetFile, DatasetFiles, Failing, NewQueried, QueryState, QueryWish, Saved,
    StoredQuery, Tried,
};
pub use rights::{Changer, Way, check_role};
pub use row_rules::{MadeUpBy, RowRule, RuleSubject, RuleViewer};
pub use sample::{SAMPLE_COLUMNS, SAMPLE_ROWS};
pub use source::{FileEffect, FileOfVersion, ImportedFile, SameFile, SourceFile, VersionSource, shown_name};
pub use target::{Target, check_new_name};
pub use title::{MAX_DESCRIPTION_CHARS, MAX_TITLE_CHARS, checked_description, checked_title, one_line};
