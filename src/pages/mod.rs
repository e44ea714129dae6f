//! The pages, one in each file: each loads its data and arranges components.
//!
//! Only the server renders them. Interactive parts are islands among the components. The policy checks access before a
//! page is rendered; leaving something out of a page is never an access control.

pub mod account;
pub mod admin;
pub mod apps;
mod cards;
pub mod cross_site_download;
pub mod dashboard;
pub mod dashboards;
pub mod dataset;
pub mod datasets;
mod filters;
pub mod home;
mod made_up_viewer;
pub mod making;
mod new_browser;
mod news;
mod pager;
pub mod panel;
pub mod panel_values;
pub mod query;
mod requests;
pub mod role_check;
mod session_words;
pub mod sessions;
pub mod sign_in;
mod start;
pub mod token;
pub mod upload;
pub mod uploads;

pub use cards::favour;
