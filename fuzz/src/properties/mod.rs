//! What must hold for whatever a browser, a provider or an attacker sends, and for whatever file somebody brings. Each
//! function takes bytes and panics when its property does not hold.

mod access_token;
mod callback_query;
mod cookie_header;
mod forwarded;
mod id_token;
mod import;
mod logout_token;
mod return_to;

pub use access_token::{access_token, caller};
pub use callback_query::callback_query;
pub use cookie_header::cookie_header;
pub use forwarded::forwarded;
pub use id_token::{accepted, id_token};
pub use import::import;
pub use logout_token::{logout_token, signed_out};
pub use return_to::return_to;
