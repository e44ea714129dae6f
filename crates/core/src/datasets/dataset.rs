//! A data set.

use std::collections::BTreeMap;
use std::sync::Arc;

use rolecall_data::query::DataVersion;
use rolecall_model::Role;
use rolecall_model::data::DataColumn;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};

use super::queried::QueryState;
use super::row_rules::RowRule;

/// The data sets, by name.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    pub(super) there: BTreeMap<String, Arc<DataSet>>,
    /// The roles and columns of all data sets, including deleted ones that can be restored.
    pub(super) outlines: Outlines,
}

/// Role and columns of data sets, by name.
pub type Outlines = BTreeMap<String, (Role, Vec<DataColumn>)>;

impl Catalogue {
    /// The data set `name`, unless it is deleted.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<DataSet>> {
        self.there.get(name)
    }

    /// Every data set that is not deleted, sorted by name.
    pub fn values(&self) -> impl Iterator<Item = &Arc<DataSet>> {
        self.there.values()
    }

    /// The role and the columns of the data set `name`, which decide who may see what uses it. They stay as long as a
    /// deleted data set can be restored: deleting a data set opens nothing.
    #[must_use]
    pub fn outline(&self, name: &str) -> Option<(Role, &[DataColumn])> {
        let there = self.get(name).map(|dataset| (dataset.role, dataset.data.columns.as_slice()));
        let known = self.outlines.get(name).map(|(role, columns)| (*role, columns.as_slice()));
        match (there, known) {
            (Some((role, columns)), Some((known, _))) => Some((role.max(known), columns)),
            (there, known) => there.or(known),
        }
    }

    /// The lowest role for the data set `name`, found in the same way.
    #[must_use]
    pub fn role_of(&self, name: &str) -> Option<Role> {
        self.outline(name).map(|(role, _)| role)
    }

    /// The lowest role for what uses `dataset` and itself requires the role `own`.
    #[must_use]
    pub fn role_with(&self, own: Role, dataset: Option<&str>) -> Role {
        dataset.and_then(|name| self.role_of(name)).map_or(own, |of_dataset| of_dataset.max(own))
    }
}

/// A data set, as changes identify it: once it is deleted, another one may have its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataSetKey {
    pub id: String,
    /// Its name, for people to read.
    pub name: String,
}

/// A data set with its current version.
#[derive(Clone, Debug)]
pub struct DataSet {
    /// Its name in dashboards, unique among data sets that are not deleted.
    pub name: String,
    pub title: String,
    /// A one-sentence description. May be empty.
    pub description: String,
    /// The user who made it; `None` for data sets that come with Rolecall, or were imported on the command line.
    pub owner: Option<i64>,
    /// Counts the changes of its properties, its role and its row rules.
    pub revision: i64,
    /// Where its rows come from.
    pub kind: DataSetKind,
    /// The lowest role that may see it.
    pub role: Role,
    /// Which rows a person may see: those that meet every rule.
    pub row_rules: Vec<RowRule>,
    /// The state of its query, if it is queried.
    pub query: Option<QueryState>,
    /// Its current version.
    pub data: DataVersion,
    /// How large the files of that version are, in bytes.
    pub bytes: u64,
    /// When that version was made, Unix milliseconds (UTC).
    pub updated_at_ms: i64,
}

impl DataSet {
    /// Whether `role` may see it.
    #[must_use]
    pub fn is_open_to(&self, role: Option<Role>) -> bool {
        role >= Some(self.role)
    }

    /// Whether it is defined by a file in the folder of the configuration.
    #[must_use]
    pub fn is_in_file(&self) -> bool {
        self.query.as_ref().is_some_and(|query| query.is_in_file)
    }

    /// Whether a file defined it, even if that file has been removed since. Only files define queried
    /// data sets without an owner.
    #[must_use]
    pub fn is_of_file(&self) -> bool {
        self.kind == DataSetKind::Queried && self.owner.is_none()
    }

    /// Its identity for changes.
    #[must_use]
    pub fn key(&self) -> DataSetKey {
        DataSetKey { id: self.data.dataset.clone(), name: self.name.clone() }
    }
}

/// The source of a data set's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum DataSetKind {
    /// It comes with Rolecall.
    BuiltIn,
    /// A person uploaded a file.
    Uploaded,
    /// A program sends its rows.
    Pushed,
    /// A SELECT on an external database.
    Queried,
}

impl DataSetKind {
    /// The label for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BuiltIn => "Built in",
            Self::Uploaded => "Uploaded",
            Self::Pushed => "Pushed",
            Self::Queried => "Queried",
        }
    }

    /// The source of the rows, as a clause about "them".
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::BuiltIn => "they come with Rolecall",
            Self::Uploaded => "they come from files",
            Self::Pushed => "a program sends them",
            Self::Queried => "they come from a database",
        }
    }
}
