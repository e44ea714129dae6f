//! Paths of the sign-in that are no pages: its links, and what tells whether it is live still.

pub mod links;
pub mod session_state;
