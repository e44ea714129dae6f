//! The handlers of the policy that do more than show a page.

pub mod audit_export;
pub mod developers;
pub mod explain_access;
pub mod health_page;
pub mod page_routes;
pub mod panel_files;
pub mod previews;
pub mod queries;
pub mod uploads;
