//! The context of every component: who views the page, and its address.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_model::Viewer;

/// The viewer of the page; [`nobody`] outside the application. On the server only.
#[must_use]
pub fn use_viewer() -> Arc<Viewer> {
    use_context::<Arc<Viewer>>().unwrap_or_else(|| Arc::new(nobody()))
}

/// A viewer who is signed out, without providers to choose from.
#[must_use]
pub fn nobody() -> Viewer {
    Viewer {
        user: None,
        providers: Vec::new(),
        demonstration: false,
        apps: Vec::new(),
        ask_for: None,
        role_given_here: false,
        view_as: None,
        step_up: None,
        signed_out: None,
    }
}

/// Path and query of the page that this browser shows. In the browser only.
#[must_use]
pub fn here_in_browser() -> String {
    let location = location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}
