//! A data set.

use std::collections::BTreeMap;
use std::sync::Arc;

use rolecall_data::query::DataVersion;
use rolecall_model::Role;
use strum::{Display, EnumString};

use super::row_rules::RowRule;

/// Every data set by its name.
pub type Catalogue = BTreeMap<String, Arc<DataSet>>;

/// A data set with its current version.
#[derive(Clone, Debug)]
pub struct DataSet {
    /// Its name in dashboards, unique among those that are not deleted.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Where its rows come from.
    pub kind: Kind,
    /// The lowest role that sees anything of it.
    pub role: Role,
    /// Which of its rows a person sees: those that meet every rule.
    pub row_rules: Vec<RowRule>,
    /// Its current version.
    pub data: DataVersion,
    /// How large the files of that version are, in bytes.
    pub bytes: u64,
    /// When that version came to be, Unix milliseconds (UTC).
    pub updated_at_ms: i64,
}

/// Where the rows of a data set come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// It comes with Rolecall.
    BuiltIn,
    /// Somebody uploaded a file.
    Uploaded,
    /// A program sends its rows.
    Pushed,
}
