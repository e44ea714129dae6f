//! Rolecall puts dashboards behind a company's sign-in.
//!
//! The crate is compiled twice: with the feature `ssr` for the server, and with `hydrate` as WebAssembly for the
//! browser. Only this file distinguishes the two.
//!
//! docs/ARCHITECTURE.md shows what each folder holds, and which may use which.

#![recursion_limit = "512"]

pub mod api;
pub mod components;

#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "ssr")]
pub mod caller;
#[cfg(feature = "ssr")]
pub mod claims;
#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod profile;
#[cfg(feature = "ssr")]
pub mod role_sources;
#[cfg(feature = "ssr")]
pub mod server;

/// Makes the browser ready for islands: the script of the document calls it first, then each island's own function.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn begin() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
