//! Rolecall puts dashboards behind a company's sign-in.
//!
//! The crate is compiled twice: with the feature `ssr` for the server, and with `hydrate` as WebAssembly for the
//! browser. This is the only file that tells the two apart. With the feature `sign-in` alone it is a library for other
//! people's applications: [`auth`], which opens with what it guarantees, and [`auth::drop_in`], which puts it to use.
//!
//! Arrows go one way: `server` → `pages`, `api_v1` → `api` → `caller`, `claims`, `profile` → `dashboards`, `apps`, `graph`
//! → `auth` → `db`, `identity`, `routes`. The sign-in ([`auth`]) knows nothing of what it protects. What crosses the wire
//! is in `identity`, `account`, `panels` and `error`. `doctor` and `entra_registration` are commands of `server`.

#![recursion_limit = "512"]

#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod account;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod api;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod app;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod components;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod error;
pub mod identity;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod pages;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod panels;
pub mod routes;

#[cfg(feature = "sign-in")]
pub mod auth;
#[cfg(feature = "sign-in")]
pub mod db;
#[cfg(feature = "sign-in")]
pub mod loopback;
#[cfg(feature = "sign-in")]
mod private;

#[cfg(feature = "ssr")]
pub mod api_v1;
#[cfg(feature = "ssr")]
pub mod apps;
#[cfg(feature = "ssr")]
pub mod caller;
#[cfg(feature = "ssr")]
pub mod claims;
#[cfg(feature = "ssr")]
pub mod dashboards;
#[cfg(feature = "ssr")]
pub mod demo_provider;
#[cfg(feature = "ssr")]
pub mod doctor;
#[cfg(feature = "ssr")]
pub mod entra_registration;
#[cfg(feature = "ssr")]
pub mod graph;
#[cfg(feature = "ssr")]
pub mod profile;
#[cfg(feature = "ssr")]
pub mod request_id;
#[cfg(feature = "ssr")]
pub mod role_sources;
#[cfg(feature = "ssr")]
pub mod server;

/// Takes over the page that the server rendered. The document says `data-hydrated` once everything answers.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
    if let Some(root) = leptos::prelude::document().document_element() {
        let _ = root.set_attribute("data-hydrated", "");
    }
}
