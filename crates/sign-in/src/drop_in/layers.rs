//! The layers around an application, and the answers to requests that they deny.

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

/// A gate, and who may pass: people with the role `needed`, or anyone who is signed in.
#[derive(Clone)]
pub(super) struct Gate {
    pub(super) drop_in: DropIn,
    pub(super) needed: Option<Role>,
}

/// The layer that lets only those people pass.
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

/// The layer that stores the client's address, unless the application has done so.
pub(super) async fn note_address(mut request: Request, next: Next) -> Response {
    let extensions = request.extensions_mut();
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    if let (None, Some(ip)) = (extensions.get::<ClientAddress>(), peer) {
        extensions.insert(ClientAddress(ip));
    }
    next.run(request).await
}

/// The layer that refuses unsafe methods (RFC 9110, section 9.2.1) from other origins.
pub(super) async fn check_origin(State(drop_in): State<DropIn>, request: Request, next: Next) -> Response {
    let ours = drop_in.auth().config().public_url.origin().ascii_serialization();
    if request.method().is_safe() || is_same_origin(request.headers(), &ours) {
        return next.run(request).await;
    }
    guard::report_denied(drop_in.auth(), request.extensions(), Denied::ForeignOrigin);
    let (parts, _) = request.into_parts();
    refused(&drop_in, &parts, Page::telling(&AppError::ForeignOrigin), "foreign_origin")
}

/// The layer that loads the browser's session and stores its changes.
pub(super) async fn find_session(State(drop_in): State<DropIn>, mut request: Request, next: Next) -> Response {
    let session = drop_in.sessions().open(&mut request);
    session.close(next.run(request).await).await
}

/// The layer that identifies the person behind the request. If that fails, the request goes no further. Once a browser
/// is signed in, the count of its failed sign-ins is reset.
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

/// The layer that keeps pages of signed-in people out of caches.
pub(super) async fn keep_from_caches(request: Request, next: Next) -> Response {
    let is_personal = guard::has_sign_in(request.extensions());
    let mut response = next.run(request).await;
    if is_personal {
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

/// The answer to a denied request with `parts`.
pub(super) fn denied(parts: &Parts, why: Denied) -> Response {
    let Some(drop_in) = parts.extensions.get::<DropIn>() else {
        tracing::error!("a handler needs the signed-in person, but it is outside of `DropIn::protect`");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let auth = drop_in.auth();
    let way_on = match why {
        _ if !parts.method.is_safe() || !wants_page(&parts.headers) => Ok(None),
        Denied::SignedOut => way_to_sign_in(auth, place_of(parts)).map(Some),
        Denied::StepUp { .. } => way_to_step_up(auth, &parts.extensions, place_of(parts)),
        _ => Ok(None),
    };
    // A page that leads to the sign-in is not reported as a denial.
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

/// The page that explains `why`, and its name for JSON.
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

/// `page` if a browser navigates; otherwise its status, with `name` as JSON.
fn refused(drop_in: &DropIn, parts: &Parts, page: Page, name: &'static str) -> Response {
    if wants_page(&parts.headers) {
        drop_in.show(page)
    } else {
        (page.status, Json(json!({ "error": name }))).into_response()
    }
}

/// Where the person returns to: the page that was requested.
fn place_of(parts: &Parts) -> &str {
    // Within `nest` the other URI lacks the prefix.
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
    uri.path_and_query().map_or(routes::HOME, |here| here.as_str())
}
