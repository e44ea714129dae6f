//! Paths of the sign-in that are not pages: its links, and the check whether it is still live.

pub mod links;
pub mod session_state;
