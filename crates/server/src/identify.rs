//! Identifies the person behind a request. While the database does not answer, no request goes further.

use axum::extract::Request;
use axum::http::Extensions;
use axum::response::Response;
use rolecall_apps::hosts;
use rolecall_model::AppError;
use rolecall_sign_in::session::LiveSignInError;
use rolecall_sign_in::{Auth, ClientAddress, guard};
use rolecall_ui::caller::UNASKED;
use tower_sessions::Session;

use super::app_hosts::OnHost;
use super::limits::log_limit::{Line, LogLimit};
use super::problem::{self, ProblemPages, Refusal};

/// How many such failures per client are logged in a minute.
const FAILURES: u32 = 30;

/// Identifies the person behind `request`, and stores the result there. The host of an app has its own session.
///
/// # Errors
/// 503 while the sign-in cannot be looked up.
pub async fn identify(
    auth: &Auth,
    log_limit: &LogLimit,
    problem_pages: &ProblemPages,
    request: &mut Request,
) -> Result<(), Refusal> {
    let identified = match request.extensions().get::<OnHost>().cloned() {
        Some(OnHost(app)) => identify_on_app_host(auth, &app.name, request.extensions_mut()).await,
        None if request.headers().contains_key(&UNASKED) => {
            guard::identify_unseen(auth, request.extensions_mut()).await
        }
        None => guard::identify(auth, request.extensions_mut()).await,
    };
    identified.map_err(|error| Box::new(refuse(log_limit, problem_pages, request, &error)))
}

async fn identify_on_app_host(auth: &Auth, app: &str, extensions: &mut Extensions) -> Result<(), LiveSignInError> {
    let id = match extensions.get::<Session>() {
        Some(session) => hosts::sign_in_in(session, app).await?,
        None => None,
    };
    guard::identify_by(auth, id.as_deref(), extensions).await
}

/// Refuses `request`, because the person cannot be identified.
fn refuse(log_limit: &LogLimit, problem_pages: &ProblemPages, request: &Request, error: &LiveSignInError) -> Response {
    let client = request.extensions().get::<ClientAddress>().map(|client| client.0);
    if log_limit.admits(Line::new("not_identified", "", client), FAILURES) {
        tracing::error!(?error, "the signed-in person cannot be looked up");
    }
    let message = "It cannot be checked right now whether you are signed in.".to_owned();
    problem::refuse(problem_pages, request, &AppError::Unavailable { message })
}
