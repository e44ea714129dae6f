//! The sign-in of an application, running.

use std::sync::Arc;

use axum::middleware::{from_fn, from_fn_with_state, map_request};
use axum::routing::{get, post};
use axum::{Extension, Router};
use rolecall_model::Role;

use super::page::{Page, Render, plain};
use super::settings::Settings;
use super::{SIGN_OUT, layers, paths};
use crate::routes;
use crate::session::CookieSessionStore;
use crate::web::loop_breaker::forget_when_signed_in;
use crate::web::{begin_by_form, channels, without_look_alikes};
use crate::{Auth, Upkeep};

/// The sign-in of one application. Clones share everything; it is kept up as long as one of them, or of the routers made
/// with it, is there.
#[derive(Clone)]
pub struct DropIn(Arc<Inner>);

struct Inner {
    auth: Auth,
    sessions: CookieSessionStore,
    render: Option<Render>,
    _upkeep: Upkeep,
}

impl DropIn {
    /// The sign-in of the application that people reach at `public_url`: an https origin, or an http one on this machine.
    pub fn at(public_url: &str) -> Settings {
        Settings::at(public_url)
    }

    pub(super) fn new(auth: Auth, sessions: CookieSessionStore, render: Option<Render>) -> Self {
        let upkeep = auth.keep_up();
        Self(Arc::new(Inner { auth, sessions, render, _upkeep: upkeep }))
    }

    /// The sign-in itself.
    #[must_use]
    pub fn auth(&self) -> &Auth {
        &self.0.auth
    }

    /// `routes`, their fallback among them, for who holds `role` or a higher one.
    pub fn only<S: Clone + Send + Sync + 'static>(&self, role: Role, routes: Router<S>) -> Router<S> {
        let gate = layers::Gate { drop_in: self.clone(), needed: Some(role) };
        routes.layer(from_fn_with_state(gate, layers::let_in))
    }

    /// `routes`, their fallback among them, for who is signed in, with or without a role.
    pub fn signed_in<S: Clone + Send + Sync + 'static>(&self, routes: Router<S>) -> Router<S> {
        let gate = layers::Gate { drop_in: self.clone(), needed: None };
        routes.layer(from_fn_with_state(gate, layers::let_in))
    }

    /// `application` with the sign-in around it, and its paths beside: `/login/…`, `/sign-in` and what is below it,
    /// [`SIGN_OUT`] and `/signed-out`.
    ///
    /// # Panics
    /// When the application has a route of such a path itself.
    pub fn protect<S: Clone + Send + Sync + 'static>(&self, application: Router<S>) -> Router<S> {
        let links = Router::new()
            .route(routes::LOGIN, get(paths::begin))
            .route(routes::LOGIN_AUTHORIZED, get(paths::authorized))
            .route(routes::SIGN_IN, get(paths::choice))
            .route(routes::KEPT_PAGE, get(paths::go_on))
            .route(SIGN_OUT, get(paths::ask_to_sign_out).post(paths::sign_out))
            .route(routes::SIGNED_OUT, get(paths::signed_out))
            .with_state(self.clone());
        // A provider's own requests carry no cookie and come from no page of ours.
        let channels = Router::new()
            .route(routes::LOGIN, post(begin_by_form))
            .route(routes::LOGIN_BACKCHANNEL_LOGOUT, post(channels::back_channel))
            .route(routes::LOGIN_FRONTCHANNEL_LOGOUT, get(channels::front_channel))
            .with_state(self.auth().clone());
        // The last one stands outermost.
        application
            .merge(links)
            .layer(from_fn(layers::keep_from_caches))
            .layer(from_fn_with_state(self.auth().clone(), forget_when_signed_in))
            .layer(from_fn_with_state(self.clone(), layers::identify))
            .layer(self.auth().cookies().session_layer(self.0.sessions.clone()))
            .layer(map_request(without_look_alikes))
            .layer(from_fn_with_state(self.clone(), layers::check_origin))
            .layer(Extension(self.clone()))
            .merge(channels)
            .layer(from_fn(layers::note_address))
    }

    /// The answer that shows `page`.
    pub(super) fn show(&self, page: Page) -> axum::response::Response {
        match &self.0.render {
            Some(render) => render(page),
            None => plain(&page),
        }
    }
}
