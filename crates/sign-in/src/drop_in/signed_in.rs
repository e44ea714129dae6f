//! The person behind a request, for handlers.

use std::convert::Infallible;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::Response;
use http::request::Parts;

use super::layers::denied;
use crate::guard;
use crate::session::SignIn;

/// The live sign-in behind a request, as an argument of a handler. A person who is not signed in is led to the sign-in
/// and back, or denied, as [`DropIn::only`](super::DropIn::only) describes; `Option<SignedIn>` accepts anyone.
///
/// It says who the person is, not what they may do. For that use [`DropIn::only`](super::DropIn::only), or
/// [`guard::require`] to check a role within a handler.
#[derive(Clone, Debug)]
pub struct SignedIn(Arc<SignIn>);

impl Deref for SignedIn {
    type Target = SignIn;

    fn deref(&self) -> &SignIn {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        guard::signed_in(&parts.extensions).map(Self).map_err(|why| denied(parts, why))
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for SignedIn {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(guard::signed_in(&parts.extensions).ok().map(Self))
    }
}
