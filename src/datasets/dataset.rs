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
    /// What is in it, in a sentence. May be empty.
    pub description: String,
    /// The user who made it; nobody for what comes with Rolecall, or was imported on the command line.
    pub owner: Option<i64>,
    /// Counts the changes of what is said of it, its role and its row rules.
    pub revision: i64,
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

impl DataSet {
    /// Whether `role` sees anything of it.
    #[must_use]
    pub fn is_open_to(&self, role: Option<Role>) -> bool {
        role >= Some(self.role)
    }

    /// Whether `user`, to whom the doors of `role` are open, may change it: its owner with the role Write, or an administrator.
    /// What comes with Rolecall stays as it is.
    #[must_use]
    pub fn may_be_changed_by(&self, user: i64, role: Option<Role>) -> bool {
        self.kind != Kind::BuiltIn && self.is_open_to(role) && owns(self.owner, user, role)
    }
}

/// Whether what `owner` owns is `user`'s to change, to whom the doors of `role` are open.
pub(super) fn owns(owner: Option<i64>, user: i64, role: Option<Role>) -> bool {
    role >= Some(Role::Admin) || (role >= Some(Role::Write) && owner == Some(user))
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

impl Kind {
    /// The name that people read.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BuiltIn => "Built in",
            Self::Uploaded => "Uploaded",
            Self::Pushed => "Pushed",
        }
    }
}
