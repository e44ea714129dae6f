//! The handlers for the paths of the sign-in.

use axum::extract::{Path, RawQuery, Request, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, StatusCode};
use tower_sessions::Session;

use super::SIGN_OUT;
use super::page::{Page, sign_out_holds};
use super::service::DropIn;
use crate::routes;
use crate::session::SignOutMark;
use crate::web::{self, NotSignedIn, login_again, stays_out};
use crate::{ClientAddress, Explanation, ReturnTo, STILL_SIGNED_IN, SignOutTarget, guard};

/// `GET /login/{provider}`: begins a sign-in.
pub(super) async fn begin(
    State(drop_in): State<DropIn>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let is_signed_in = guard::has_sign_in(request.extensions());
    let page = |why| drop_in.show(not_signed_in(&drop_in, &provider, is_signed_in, why));
    let (parts, _) = request.into_parts();
    web::begin(drop_in.auth(), &provider, query.as_deref().unwrap_or_default(), &parts, page).await
}

/// `GET /login/{provider}/authorized`: the redirect URI.
pub(super) async fn authorized(
    State(drop_in): State<DropIn>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    session: Session,
    request: Request,
) -> Response {
    let is_signed_in = guard::has_sign_in(request.extensions());
    let page = |why| drop_in.show(not_signed_in(&drop_in, &provider, is_signed_in, why));
    let (parts, _) = request.into_parts();
    web::complete(drop_in.auth(), &provider, query.as_deref().unwrap_or_default(), session, &parts, page).await
}

/// `GET /sign-in?return_to=`: the choice among the providers.
pub(super) async fn choice(State(drop_in): State<DropIn>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = query.unwrap_or_default();
    let asked = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "return_to");
    let return_to = ReturnTo::parse_or_home(asked.as_ref().map(|(_, path)| path.as_ref()));
    let page = Page::new(StatusCode::OK, "Sign in", "Choose who you sign in with.");
    let auth = drop_in.auth();
    let mark = auth.cookies().signed_out_in(&headers);
    let link_to = |provider: &str| {
        let link = login_again(provider, Some(&return_to), None);
        mark.as_ref().map_or_else(|| link.clone(), |mark| stays_out::asked_for(&link, mark))
    };
    drop_in.show(auth.choices().iter().fold(page, |page, choice| page.link(&choice.name, link_to(&choice.id))))
}

/// `GET /sign-in/to/{id}`: redirects to a page whose long address the browser kept in cookies.
pub(super) async fn go_on(State(drop_in): State<DropIn>, Path(id): Path<String>, request: Request) -> Response {
    web::go_on_to_kept(drop_in.auth().attempts().cookies(), &id, request.headers()).unwrap_or_else(|| {
        let page = Page::of(Explanation::not_kept());
        drop_in.show(page.link("To the front page", routes::HOME))
    })
}

/// `GET /sign-out`: asks for confirmation. A link must not sign anyone out.
pub(super) async fn ask_to_sign_out(State(drop_in): State<DropIn>) -> Response {
    let page = Page::new(StatusCode::OK, "Sign out?", "It ends your sign-in in this browser.");
    drop_in.show(Page { offers_sign_out: true, ..page.link("To the front page", routes::HOME) })
}

/// `POST /sign-out`: signs the browser out, here and at the provider where that offers it.
pub(super) async fn sign_out(State(drop_in): State<DropIn>, session: Session, request: Request) -> Response {
    let auth = drop_in.auth();
    let ip = request.extensions().get::<ClientAddress>().map(|ClientAddress(ip)| *ip);
    let target = match crate::sign_out(auth, &session, ip).await {
        Ok(SignOutTarget::Here) => routes::SIGNED_OUT.to_owned(),
        Ok(SignOutTarget::Provider(url)) => url.into(),
        Err(error) => {
            tracing::error!(?error, "a sign-out failed");
            let page = Page::new(StatusCode::SERVICE_UNAVAILABLE, "This does not work right now", STILL_SIGNED_IN);
            return drop_in.show(page.link("Try again", SIGN_OUT));
        }
    };
    stays_out::remember(auth, &SignOutMark::at(auth.clock().now_ms()), Redirect::to(&target).into_response())
}

/// `GET /signed-out`: where the person arrives after a sign-out, also from the provider.
pub(super) async fn signed_out(State(drop_in): State<DropIn>) -> Response {
    let page = Page::new(StatusCode::OK, "You are signed out", "See you again.");
    drop_in.show(page.link("To the front page", routes::HOME))
}

/// The page about a failed sign-in at `provider`, in a browser where a person `is_signed_in`.
fn not_signed_in(drop_in: &DropIn, provider: &str, is_signed_in: bool, why: NotSignedIn) -> Page {
    let page = match why {
        NotSignedIn::Failed(failed) => {
            let links = failed.links(provider).into_iter().filter(|_| drop_in.auth().provider(provider).is_some());
            let explanation = failed.explanation;
            let page = Page::of(if is_signed_in { explanation.beside_sign_in() } else { explanation });
            links.fold(page, |page, (label, path)| page.link(label, path))
        }
        NotSignedIn::Stopped { .. } => Page::of(Explanation::stopped_for_now()),
        NotSignedIn::SignedOut { asked_for, by } => sign_out_holds(asked_for, by),
    };
    page.link("To the front page", routes::HOME)
}
