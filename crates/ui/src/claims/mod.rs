//! What tokens say, for people: the claims of an ID token explained, how it is signed and how long it is valid, and a
//! summary for whoever helps them.

mod explain;
mod summary;
mod view;

pub use view::id_token_view;
