//! What pages consist of: components, the documents around them, server functions, and what these need of a request.
//!
//! The crate is compiled twice: with the feature `ssr` for the server, and with `hydrate` as WebAssembly for the
//! browser. Only this file distinguishes the two.

#![recursion_limit = "512"]

pub mod api;
pub mod components;

#[cfg(feature = "ssr")]
pub mod caller;
#[cfg(feature = "ssr")]
mod claims;
#[cfg(feature = "ssr")]
pub mod documents;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "ssr")]
pub mod problem;
#[cfg(feature = "ssr")]
pub mod profile;
#[cfg(feature = "ssr")]
pub mod rendered;
#[cfg(feature = "ssr")]
pub mod returned;
#[cfg(feature = "ssr")]
pub mod role_sources;

/// Makes the browser ready for islands: the script of the document calls it first, then each island's own function.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn begin() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
