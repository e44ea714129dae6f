//! The layers around an application, and what it is answered that does not get through.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, OriginalUri, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use rolecall_model::{AppError, Role};
use serde_json::json;

use super::page::{Page, sign_out_holds};
use super::service::DropIn;
use crate::guard;
use crate::routes;
use crate::web::{
    is_same_origin, loop_breaker, set_cookies, sign_in_path, stays_out, wants_page, way_to_sign_in, way_to_step_up,
};
use crate::{Auth, ClientAddress, Denied, Explanation};

/// A door, and who is let in: who holds `needed`, or anybody who is signed in.
#[derive(Clone)]
pub(super) struct Gate {
    pub(super) drop_in: DropIn,
    pub(super) needed: Option<Role>,
}

/// The layer that lets in whom the gate is open to.
pub(super) async fn let_in(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let extensions = request.extensions();
    let judged = match gate.needed {
        Some(needed) => guard::require(extensions, needed),
        None => guard::signed_in(extensions),
    };
    match judged {
        Ok(_) => next.run(request).await,
        Err(why) => {
            let (mut parts, _) = request.into_parts();
            parts.extensions.insert(gate.drop_in);
            denied(&parts, why)
        }
    }
}

/// The layer that notes where the request came from, where the application has not.
pub(super) async fn note_address(mut request: Request, next: Next) -> Response {
    let extensions = request.extensions_mut();
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    if let (None, Some(ip)) = (extensions.get::<ClientAddress>(), peer) {
        extensions.insert(ClientAddress(ip));
    }
    next.run(request).await
}

/// The layer that refuses unsafe methods (RFC 9110, section 9.2.1) from elsewhere.
pub(super) async fn check_origin(State(drop_in): State<DropIn>, request: Request, next: Next) -> Response {
    let ours = drop_in.auth().config().public_url.origin().ascii_serialization();
    if request.method().is_safe() || is_same_origin(request.headers(), &ours) {
        return next.run(request).await;
    }
    guard::report_denied(drop_in.auth(), request.extensions(), Denied::ForeignOrigin);
    let (parts, _) = request.into_parts();
    refused(&drop_in, &parts, Page::telling(&AppError::ForeignOrigin), "foreign_origin")
}

/// The layer that finds the session of the browser, and stores what becomes of it.
pub(super) async fn find_session(State(drop_in): State<DropIn>, mut request: Request, next: Next) -> Response {
    let session = drop_in.sessions().open(&mut request);
    session.close(next.run(request).await).await
}

/// The layer that finds out who is behind the request. While that is unknown, nobody gets any further. Once a browser
/// is signed in, its failed sign-ins are forgotten.
pub(super) async fn identify(State(drop_in): State<DropIn>, mut request: Request, next: Next) -> Response {
    if let Err(error) = guard::identify(drop_in.auth(), request.extensions_mut()).await {
        tracing::error!(?error, "the sign-in behind a request could not be looked up");
        let (parts, _) = request.into_parts();
        return refused(&drop_in, &parts, Page::telling(&AppError::sign_in_unknown()), "unavailable");
    }
    let cookies = drop_in.auth().cookies();
    let forgets = loop_breaker::is_to_forget(cookies, request.headers(), request.extensions());
    let mut response = next.run(request).await;
    if forgets {
        loop_breaker::forget(cookies, &mut response);
    }
    response
}

/// The layer that keeps what signed-in people see out of caches.
pub(super) async fn keep_from_caches(request: Request, next: Next) -> Response {
    let is_personal = guard::has_sign_in(request.extensions());
    let mut response = next.run(request).await;
    if is_personal {
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

/// What a request with `parts` is answered that was denied because of `why`.
pub(super) fn denied(parts: &Parts, why: Denied) -> Response {
    let Some(drop_in) = parts.extensions.get::<DropIn>() else {
        tracing::error!("a handler asks who is signed in, and `DropIn::protect` is not around it");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let auth = drop_in.auth();
    let way_on = match why {
        _ if !parts.method.is_safe() || !wants_page(&parts.headers) => Ok(None),
        Denied::SignedOut => way_to_sign_in(auth, place_of(parts)).map(Some),
        Denied::StepUp { .. } => way_to_step_up(auth, &parts.extensions, place_of(parts)),
        _ => Ok(None),
    };
    // A page that leads to the sign-in denies nothing.
    if let Ok(Some(way_on)) = way_on {
        let mark = auth.cookies().signed_out_in(&parts.headers).filter(|_| why == Denied::SignedOut);
        let mut response = match mark {
            Some(mark) => {
                let page = sign_out_holds(stays_out::asked_for(&way_on.path, &mark), mark.signed_out_by());
                drop_in.show(page.link("To the front page", routes::HOME))
            }
            None => Redirect::to(&way_on.path).into_response(),
        };
        set_cookies(response.headers_mut(), &way_on.cookies);
        return response;
    }
    guard::report_denied(auth, &parts.extensions, why);
    let (page, name) = if way_on.is_err() { (too_long(auth), "address_too_long") } else { page_of(auth, why) };
    refused(drop_in, parts, page, name)
}

/// The page that tells of `why`, and the name of it in JSON.
fn page_of(auth: &Auth, why: Denied) -> (Page, &'static str) {
    match why {
        Denied::SignedOut => {
            (Page::telling(&AppError::SignedOut).link("Sign in", sign_in_path(auth, routes::HOME)), "signed_out")
        }
        Denied::NotVouchedFor => (Page::telling(&AppError::NotVouchedFor), "not_vouched_for"),
        Denied::StepUp { needed } => (Page::telling(&AppError::StepUp { needed, provider: String::new() }), "step_up"),
        Denied::Role { needed } => {
            let page = Page::telling(&AppError::Forbidden { needed }).link("To the front page", routes::HOME);
            (Page { offers_sign_out: true, ..page }, "forbidden")
        }
        Denied::ForeignOrigin => (Page::telling(&AppError::ForeignOrigin), "foreign_origin"),
    }
}

fn too_long(auth: &Auth) -> Page {
    Page::of(Explanation::too_long()).link("Sign in", sign_in_path(auth, routes::HOME))
}

/// `page` where a browser navigates; otherwise its status, with `name` as JSON.
fn refused(drop_in: &DropIn, parts: &Parts, page: Page, name: &'static str) -> Response {
    if wants_page(&parts.headers) {
        drop_in.show(page)
    } else {
        (page.status, Json(json!({ "error": name }))).into_response()
    }
}

/// Where the person comes back to: the page that was asked for.
fn place_of(parts: &Parts) -> &str {
    // Within `nest` the other one lacks what comes before.
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
    uri.path_and_query().map_or(routes::HOME, |here| here.as_str())
}
