//! Whether the sign-in behind a page of an app is still live, and the script that shows it. It is the same on the host
//! of an app and on our own, for apps on a path.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Extension, Router};
use rolecall_apps::hosts;
use rolecall_routes as routes;
use rolecall_sign_in::session::{self, LiveSignInError};
use rolecall_sign_in::web::is_not_of_others;
use rolecall_sign_in::{Auth, Denied, guard};
use tower_sessions::Session;

use crate::app_hosts::OnHost;
use crate::layers::{self, Answerer, Asked};
use crate::state::AppState;

const SCRIPT: &str = include_str!("session.js");

/// The two paths. The person is not identified for them, because that counts as activity.
pub fn routes(state: &AppState) -> Router<AppState> {
    let session = Router::new().route(routes::APP_SESSION, get(session_state));
    let script = Router::new().route(routes::APP_SESSION_SCRIPT, get(script));
    let session = layers::around(session, state, Asked::Session, Answerer::Rolecall);
    session.merge(layers::around(script, state, Asked::Nothing, Answerer::Rolecall))
}

/// `GET /.rolecall/session`: 204 while the sign-in is live and may use the app, 401 when it may not, 503 when that is
/// unknown; 403 for pages of other origins.
async fn session_state(
    State(auth): State<Auth>,
    on_host: Option<Extension<OnHost>>,
    session: Session,
    headers: HeaderMap,
) -> StatusCode {
    // Otherwise pages of other origins could learn from a window's redirect whether a person is signed in.
    if !is_not_of_others(&headers) {
        return StatusCode::FORBIDDEN;
    }
    match why_denied(&auth, on_host.as_deref(), &session).await {
        Ok(None) => StatusCode::NO_CONTENT,
        Ok(Some(Denied::NotVouchedFor)) => StatusCode::SERVICE_UNAVAILABLE,
        Ok(Some(_)) => StatusCode::UNAUTHORIZED,
        Err(error) => {
            tracing::error!(?error, "a sign-in could not be looked up");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

async fn why_denied(
    auth: &Auth,
    on_host: Option<&OnHost>,
    session: &Session,
) -> Result<Option<Denied>, LiveSignInError> {
    let (id, needed) = match on_host {
        Some(OnHost(app)) => (hosts::sign_in_in(session, &app.name).await?, Some(app.role)),
        None => (session::pointed_to(session).await?, None),
    };
    Ok(guard::denied_unseen(auth, id.as_deref(), needed).await?)
}

/// `GET /.rolecall/session.js`: the script that an app puts into its pages.
async fn script() -> Response {
    const KIND: HeaderValue = HeaderValue::from_static("text/javascript; charset=utf-8");
    const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
    ([(header::CONTENT_TYPE, KIND), (header::CACHE_CONTROL, AN_HOUR)], SCRIPT).into_response()
}
