//! The sign-in for axum: its paths, and the layers around an application. Pages are not rendered here: a failed sign-in
//! is returned as a value.

pub mod channels;
mod cookies;
mod fetch_metadata;
mod links;
pub mod loop_breaker;
mod onward;
pub mod stays_out;
mod ways_on;

pub use channels::MayBeFramed;
pub use cookies::set_cookies;
pub use fetch_metadata::{is_not_of_others, is_same_origin, may_be_tab, may_navigate, wants_page};
pub use links::{FailedSignIn, NotSignedIn, begin, begin_by_form, complete, login_again};
pub use ways_on::{AddressTooLong, WayOn, go_on_to_kept, sign_in_path, way_to_sign_in, way_to_step_up};
