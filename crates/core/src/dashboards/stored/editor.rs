//! The person who makes or changes a dashboard.

use rolecall_model::Role;
use rolecall_sign_in::session::SignIn;

/// The lowest role with which `user` may change a dashboard of `owner` whose lowest role to view is `opens`: Write for
/// the owner, Admin for everyone else. Administrators change dashboards without an owner.
#[must_use]
pub fn role_to_change(owner: Option<i64>, user: i64, opens: Role) -> Role {
    if owner == Some(user) { opens.max(Role::Write) } else { Role::Admin }
}

/// The person who makes or changes a dashboard.
#[derive(Clone, Copy, Debug)]
pub struct Editor<'a> {
    /// Our number of the person.
    pub(super) user: i64,
    /// The person's name.
    pub(super) name: &'a str,
    /// The role that they may use.
    pub(super) role: Role,
    /// Whether they may change other people's dashboards.
    pub(super) is_admin: bool,
}

impl<'a> Editor<'a> {
    /// The person behind `sign_in`, who may use `role`; `None` below Write, because others can neither make nor change
    /// dashboards.
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
