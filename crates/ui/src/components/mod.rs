//! Parts of pages. They only show the data they are given.
//!
//! The server renders all of them. Those that are an `#[island]` are also hydrated in the browser, with their data in
//! the page; only islands request more from the server. An island is placed inside a panel, so the panel's own element
//! is never hydrated.
//!
//! Text from outside (names, claims, notes) is inside `<bdi>` or has `dir="auto"`, so that its writing direction does
//! not affect the text around it.

pub mod badge;
pub mod chart;
pub mod claims;
pub mod deleted;
pub mod document;
pub mod drop_area;
pub mod file_form;
pub mod header;
pub mod note;
pub mod note_text;
pub mod notices;
pub mod number;
pub mod panel_menu;
pub mod panels;
pub mod profile;
pub mod server_html;
pub mod sign_in;
pub mod sign_ins;
pub mod small_table;
pub mod table;
pub mod table_address;
pub mod template;
pub mod time;
pub mod transmission;
pub mod viewer;
