//! What people control of their own account: their sessions.

mod device;
mod sessions;

pub use device::device;
pub use sessions::{Ender, end_one, end_others};
