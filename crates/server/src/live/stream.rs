//! The path of the event stream.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures_util::stream::{self, Stream};
use rolecall_routes as routes;
use rolecall_sign_in::web::{is_not_of_others, stays_out};
use rolecall_sign_in::{Auth, Explanation, session};
use rolecall_ui::components::sign_in::sign_in_from;
use serde::{Deserialize, Serialize};
use tower_sessions::Session as CookieSession;

use super::listener::{Listener, named_event};
use super::page_state::{PageState, Session, SessionNow, Shows, Watched};
use super::parts::LiveParts;
use crate::layers::{self, Answerer, Asked};
use crate::state::AppState;
use crate::viewers::Viewers;

/// Makes nginx forward each event immediately.
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
const NO_STORE: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// The path. The person is checked as long as the stream is open, not only at the beginning.
pub fn routes(state: &AppState) -> Router<AppState> {
    let router = Router::new().route(routes::LIVE, get(live)).with_state(Arc::new(LiveParts::of(state)));
    layers::around(router, state, Asked::Session, Answerer::Rolecall)
}

/// The query of the stream.
#[derive(Deserialize)]
struct LiveQuery {
    /// The dashboard that is open, if the page is one.
    dashboard: Option<String>,
}

/// The answer to a page that polls.
#[derive(Serialize)]
struct Now<'a> {
    /// Nobody is signed in.
    ended: bool,
    /// Where the sign-in begins, also after a sign-out.
    sign_in: Option<String>,
    /// Who ended the session, as text, if it was ended by a person.
    why: Option<String>,
    session: Option<SessionNow>,
    /// What the dashboard shows.
    shows: Option<&'a str>,
    /// The dashboard is not open to the person.
    closed: bool,
}

/// `GET /live?dashboard=`: the event `session` with the role and the end of the session, and `shows` with the versions
/// in the dashboard, each at the beginning and after each change; `again` when the sign-in was renewed, because new
/// claims can open other rows; finally `ended` when the sign-in is over, or `closed` when the dashboard is not open to
/// the person. A request that accepts only JSON gets the current state, and no stream. 403 for pages of other origins,
/// 429 for too many streams, 503 if the database does not answer.
///
/// If nobody is signed in, the stream says so and ends: browsers would log a 401 in the console, but this is not a
/// failure.
async fn live(
    State(parts): State<Arc<LiveParts>>,
    session: CookieSession,
    headers: HeaderMap,
    extensions: Extensions,
    Query(LiveQuery { dashboard }): Query<LiveQuery>,
) -> Result<Response, StatusCode> {
    if !is_not_of_others(&headers) {
        return Err(StatusCode::FORBIDDEN);
    }
    let id = session::pointed_to(&session).await.map_err(|error| {
        tracing::error!(?error, "a sign-in could not be looked up");
        StatusCode::SERVICE_UNAVAILABLE
    })?;
    let is_stream = headers.get(header::ACCEPT).is_none_or(|accept| accept != "application/json");
    let Some(sign_in) = id else {
        if is_stream {
            return Ok(event_stream(stream::iter([Ok(named_event("ended"))])));
        }
        return Ok(signed_out(&parts.auth, &parts.viewers, &headers, &extensions).await);
    };
    let mut watched = Watched { sign_in, dashboard, answers: 0 };
    if !is_stream {
        return match watched.check(&parts.auth, &parts.dashboards, true).await {
            PageState::Unknown => Err(StatusCode::SERVICE_UNAVAILABLE),
            PageState::SignedOut => Ok(signed_out(&parts.auth, &parts.viewers, &headers, &extensions).await),
            PageState::Live(session, shows) => Ok(now(&parts.auth, session, &shows)),
        };
    }
    let permit = parts.streams.begin(&watched.sign_in).ok_or(StatusCode::TOO_MANY_REQUESTS)?;
    // Boxed: otherwise each future that holds it would reserve space for a copy.
    let mut listener = Box::new(Listener::new(parts, watched, permit));
    match listener.begin().await {
        PageState::Unknown => return Err(StatusCode::SERVICE_UNAVAILABLE),
        page => listener.tell(page, false),
    }
    Ok(event_stream(stream::unfold(listener, async |mut listener| {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    })))
}

/// The answer that streams `events`.
fn event_stream(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    ([UNBUFFERED, NO_STORE], Sse::new(events)).into_response()
}

/// The answer to a signed-in person's page that polls.
fn now(auth: &Auth, session: Session, shows: &Shows) -> Response {
    let session = session.for_browser(auth, auth.clock().now_ms());
    let (stamps, closed) = match shows {
        Shows::Dashboard(stamps) => (Some(stamps.as_str()), false),
        shows => (None, matches!(shows, Shows::Closed)),
    };
    let now = Now { ended: false, sign_in: None, why: None, session: Some(session), shows: stamps, closed };
    ([NO_STORE], Json(now)).into_response()
}

/// The same where nobody is signed in.
async fn signed_out(auth: &Auth, viewers: &Viewers, headers: &HeaderMap, extensions: &Extensions) -> Response {
    let mark = stays_out::sign_out_that_holds(auth, headers, extensions).await;
    let mark = mark.unwrap_or_else(|error| {
        tracing::warn!(?error, "the link to the sign-in for an open page cannot be made");
        None
    });
    let sign_in = sign_in_from(&viewers.viewer(None, mark.as_ref()), None);
    let why = mark.as_ref().map(|mark| Explanation::signed_out(mark.signed_out_by()).message.into_owned());
    let now = Now { ended: true, sign_in: Some(sign_in), why, session: None, shows: None, closed: false };
    let mut response = ([NO_STORE], Json(now)).into_response();
    // The link's mark is compared with the browser's cookie. The session cookie stays: another tab may have signed in.
    let cookies = auth.cookies();
    if let Some(mark) = mark.filter(|_| cookies.signed_out_in(headers).is_none())
        && let Ok(cookie) = HeaderValue::from_str(&cookies.signed_out(&mark).to_string())
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
