//! The WebAssembly module of the pages: the islands of the application, and nothing else. It is empty where no browser
//! runs it.

#[cfg(target_family = "wasm")]
pub use rolecall_ui::*;
