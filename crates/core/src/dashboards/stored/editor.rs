//! Who makes or changes a dashboard.

use rolecall_model::Role;
use rolecall_sign_in::session::SignIn;

/// The lowest role with which `user` may change what `owner` owns and `opens` is the lowest role to see: Write for the owner, Admin
/// for everybody else. What nobody owns is an administrator's to change.
#[must_use]
pub fn role_to_change(owner: Option<i64>, user: i64, opens: Role) -> Role {
    if owner == Some(user) { opens.max(Role::Write) } else { Role::Admin }
}

/// Who makes or changes a dashboard.
#[derive(Clone, Copy, Debug)]
pub struct Editor<'a> {
    /// Our number of the person.
    pub(super) user: i64,
    /// The name by which people know them.
    pub(super) name: &'a str,
    /// The role whose doors are open to them.
    pub(super) role: Role,
    /// Whether they may change what others own.
    pub(super) is_admin: bool,
}

impl<'a> Editor<'a> {
    /// The person behind `sign_in`, to whom the doors of `role` are open: from Write on. To others no dashboard is open to be made
    /// or changed.
    #[must_use]
    pub fn of(sign_in: &'a SignIn, role: Option<Role>) -> Option<Self> {
        role.filter(|role| *role >= Role::Write).map(|role| Self {
            user: sign_in.user_id,
            name: &sign_in.user.name,
            role,
            is_admin: role >= Role::Admin,
        })
    }

    /// Whether they may change what `owner` owns.
    #[must_use]
    pub fn may_change(self, owner: Option<i64>) -> bool {
        self.is_admin || owner == Some(self.user)
    }
}
