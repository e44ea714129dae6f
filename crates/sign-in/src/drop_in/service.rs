//! The sign-in of an application, running.

use std::sync::Arc;

use super::page::{Page, Render, plain};
use crate::session::CookieSessions;
use crate::{Auth, Upkeep};

/// The sign-in of one application. Clones share everything. Its background work runs as long as one clone, or one
/// router made with it, exists.
#[derive(Clone)]
pub struct DropIn(Arc<Inner>);

struct Inner {
    auth: Auth,
    sessions: CookieSessions,
    render: Option<Render>,
    _upkeep: Upkeep,
}

impl DropIn {
    pub(super) fn new(auth: Auth, sessions: CookieSessions, render: Option<Render>) -> Self {
        let upkeep = auth.keep_up();
        Self(Arc::new(Inner { auth, sessions, render, _upkeep: upkeep }))
    }

    /// The sign-in itself.
    #[must_use]
    pub fn auth(&self) -> &Auth {
        &self.0.auth
    }

    /// The cookie sessions.
    pub(super) fn sessions(&self) -> &CookieSessions {
        &self.0.sessions
    }

    /// The answer that shows `page`.
    pub(super) fn show(&self, page: Page) -> axum::response::Response {
        match &self.0.render {
            Some(render) => render(page),
            None => plain(&page),
        }
    }
}
