//! Who may change a data set, in which ways, and which role they may give it. All changes are checked here.

use rolecall_model::Role;
use strum::EnumIter;

use super::dataset::{DataSet, DataSetKind};
use super::error::DatasetError;

/// A person or a program that changes data sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changer {
    /// The id in the table of users.
    pub user: i64,
    /// The role that they may use.
    pub role: Option<Role>,
}

/// A way in which a data set is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
pub enum Way {
    /// A file brings other rows.
    File,
    /// A program sends rows.
    Rows,
    /// An earlier version is restored.
    Restore,
    /// Its SELECT changes.
    Query,
    /// Its properties change, or it is deleted.
    Settings,
    /// Its row rules change.
    RowRules,
}

impl DataSetKind {
    /// Whether a data set of this kind can be changed in this `way`.
    #[must_use]
    pub const fn allows(self, way: Way) -> bool {
        match self {
            Self::BuiltIn => false,
            Self::Uploaded => !matches!(way, Way::Query),
            // A file would interfere with the rows of the program, which does not know about it.
            Self::Pushed => !matches!(way, Way::File | Way::Query),
            // The next snapshot would replace any other rows.
            Self::Queried => matches!(way, Way::Query | Way::Settings | Way::RowRules),
        }
    }
}

impl DataSet {
    /// Whether `user`, who may use `role`, may change it in some way: its owner with the role Write, or an
    /// administrator. Data sets that come with Rolecall cannot be changed.
    #[must_use]
    pub fn may_be_changed_by(&self, user: i64, role: Option<Role>) -> bool {
        self.kind.allows(Way::Settings) && self.is_open_to(role) && owns(self.owner, user, role)
    }

    /// Whether anyone can change it in this `way`. Properties from a file are changed only there.
    ///
    /// # Errors
    /// [`DatasetError::BuiltInStays`]; [`DatasetError::NotThisWay`]; [`DatasetError::InFile`].
    pub fn check_way(&self, way: Way) -> Result<(), DatasetError> {
        match self.kind {
            _ if self.is_in_file() && matches!(way, Way::Query | Way::Settings) => {
                Err(DatasetError::InFile(self.name.clone()))
            }
            kind if kind.allows(way) => Ok(()),
            DataSetKind::BuiltIn => Err(DatasetError::BuiltInStays(self.name.clone())),
            kind => Err(DatasetError::NotThisWay { name: self.name.clone(), kind }),
        }
    }

    /// Whether `by` may change it in this `way`.
    ///
    /// # Errors
    /// [`DatasetError::Unknown`] also for one that `by` may not see; [`DatasetError::NotYours`]; as
    /// [`check_way`](Self::check_way).
    pub(super) fn check_change(&self, way: Way, by: Changer) -> Result<(), DatasetError> {
        if !self.is_open_to(by.role) {
            return Err(DatasetError::Unknown(self.name.clone()));
        }
        self.check_way(way)?;
        if owns(self.owner, by.user, by.role) { Ok(()) } else { Err(DatasetError::NotYours(self.name.clone())) }
    }
}

/// Whether `user`, who may use `role`, may change what `owner` owns.
pub(super) fn owns(owner: Option<i64>, user: i64, role: Option<Role>) -> bool {
    role >= Some(Role::Admin) || (role >= Some(Role::Write) && owner == Some(user))
}

/// Whether a person who may use `own` may choose `role` as the lowest one for a data set: a higher one would close it
/// to themselves.
///
/// # Errors
/// [`DatasetError::RoleAboveOwn`].
pub fn check_role(role: Role, own: Option<Role>) -> Result<(), DatasetError> {
    if own >= Some(role) { Ok(()) } else { Err(DatasetError::RoleAboveOwn(role)) }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;

    #[test]
    fn a_kind_says_in_which_ways_it_can_be_changed() {
        let ways = |kind: DataSetKind| Way::iter().filter(|way| kind.allows(*way)).collect::<Vec<_>>();
        assert_eq!(ways(DataSetKind::BuiltIn), []);
        assert_eq!(ways(DataSetKind::Uploaded), [Way::File, Way::Rows, Way::Restore, Way::Settings, Way::RowRules]);
        assert_eq!(ways(DataSetKind::Pushed), [Way::Rows, Way::Restore, Way::Settings, Way::RowRules]);
        assert_eq!(ways(DataSetKind::Queried), [Way::Query, Way::Settings, Way::RowRules]);
    }

    #[test]
    fn nobody_chooses_a_role_above_their_own() {
        assert!(check_role(Role::Write, Some(Role::Write)).is_ok());
        assert!(check_role(Role::Admin, Some(Role::Write)).is_err());
        assert!(check_role(Role::Read, None).is_err());
    }
}
