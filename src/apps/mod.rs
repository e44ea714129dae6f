//! Other HTTP applications (a Dash, a Grafana, anything) behind Rolecall's sign-in and roles.
//!
//! What is guaranteed:
//! - An app is asked nothing for a person whose role does not open it.
//! - Who the person is, it learns from us alone: whatever a browser sends under such names is taken away.
//! - Our cookies and tokens never reach it, and what it sets stays within its own place.
//! - Nothing is gathered on the way: bodies stream in both directions, whatever their length.
//!
//! This knows the sign-in, and nothing of pages: what cannot be passed on leaves as a [`ProxyError`].

mod app;
mod proxy;

pub use app::{App, Mount};
pub use proxy::{Apps, Caller, ProxyError};
