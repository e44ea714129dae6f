//! What people control in their own account: their sessions, and when their role is read.

mod device;
mod roles;
mod sessions;

pub use device::device;
pub use roles::{RoleChecks, RoleOutcome, check_own_roles, check_roles_of};
pub use sessions::{Ender, end_one, end_others};
