//! The sign-in around an application's routes.

use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use axum::{Extension, Router};
use rolecall_model::Role;

use super::service::DropIn;
use super::{SIGN_OUT, layers, paths};
use crate::routes;
use crate::web::{begin_by_form, channels};

impl DropIn {
    /// `routes`, their fallback included, for people with `role` or a higher one.
    pub fn only<S: Clone + Send + Sync + 'static>(&self, role: Role, routes: Router<S>) -> Router<S> {
        let gate = layers::Gate { drop_in: self.clone(), needed: Some(role) };
        routes.layer(from_fn_with_state(gate, layers::let_in))
    }

    /// `routes`, their fallback included, for people who are signed in, with or without a role.
    pub fn signed_in<S: Clone + Send + Sync + 'static>(&self, routes: Router<S>) -> Router<S> {
        let gate = layers::Gate { drop_in: self.clone(), needed: None };
        routes.layer(from_fn_with_state(gate, layers::let_in))
    }

    /// `application` with the sign-in around it, and its paths beside: `/login/…`, `/sign-in` and what is below it,
    /// [`SIGN_OUT`] and `/signed-out`.
    ///
    /// # Panics
    /// When the application already has a route with such a path.
    pub fn protect<S: Clone + Send + Sync + 'static>(&self, application: Router<S>) -> Router<S> {
        let links = Router::new()
            .route(routes::LOGIN, get(paths::begin))
            .route(routes::LOGIN_AUTHORIZED, get(paths::authorized))
            .route(routes::SIGN_IN, get(paths::choice))
            .route(routes::KEPT_PAGE, get(paths::go_on))
            .route(SIGN_OUT, get(paths::ask_to_sign_out).post(paths::sign_out))
            .route(routes::SIGNED_OUT, get(paths::signed_out))
            .with_state(self.clone());
        // A provider's own requests carry no cookie and do not come from our pages.
        let channels = Router::new()
            .route(routes::LOGIN, post(begin_by_form))
            .route(routes::LOGIN_BACKCHANNEL_LOGOUT, post(channels::back_channel))
            .route(routes::LOGIN_FRONTCHANNEL_LOGOUT, get(channels::front_channel))
            .with_state(self.auth().clone());
        // The last layer is the outermost.
        application
            .merge(links)
            .layer(from_fn(layers::keep_from_caches))
            .layer(from_fn_with_state(self.clone(), layers::identify))
            .layer(from_fn_with_state(self.clone(), layers::find_session))
            .layer(from_fn_with_state(self.clone(), layers::check_origin))
            .layer(Extension(self.clone()))
            .merge(channels)
            .layer(from_fn(layers::note_address))
    }
}
