//! Signing out on an app's host: it ends the sign-in everywhere, because there is only one.

use std::net::IpAddr;

use axum::Extension;
use axum::extract::{FromRef, Request, State};
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use rolecall_apps::hosts;
use rolecall_model::AppError;
use rolecall_routes as routes;
use rolecall_sign_in::guard;
use rolecall_sign_in::web::stays_out::CLEAR_CACHE;
use rolecall_sign_in::{Auth, ClientAddress, STILL_SIGNED_IN, SignOutError, SignOutTarget, sign_out_of};
use tower_sessions::Session;

use super::cookies::AppHostCookies;
use super::{OnHost, page};
use crate::network::addresses::PublicAddress;
use crate::problem::{self, PageContext, ProblemPages};
use crate::state::AppState;

/// The parts of the server that sign-outs use.
pub struct SignOutParts {
    auth: Auth,
    address: PublicAddress,
    cookies: AppHostCookies,
    problem_pages: ProblemPages,
}

impl FromRef<AppState> for SignOutParts {
    fn from_ref(state: &AppState) -> Self {
        Self {
            auth: state.auth.clone(),
            address: state.address.clone(),
            cookies: AppHostCookies::from_ref(state),
            problem_pages: state.problem_pages.clone(),
        }
    }
}

/// `GET /.rolecall/sign-out`: a page with the button. A link alone signs nobody out.
pub async fn ask(
    State(address): State<PublicAddress>,
    State(problem_pages): State<ProblemPages>,
    Extension(OnHost(app)): Extension<OnHost>,
    request: Request,
) -> Response {
    if !guard::has_sign_in(request.extensions()) {
        return to_front_page(&address);
    }
    problem::page(&problem_pages, &PageContext::of(&problem_pages, &request), |_| page::ask_to_sign_out(&app))
}

/// A browser without a session on this host cannot sign out here: it is sent to our front page, which has the button.
fn to_front_page(address: &PublicAddress) -> Response {
    Redirect::to(address.url().as_str()).into_response()
}

/// `POST /.rolecall/sign-out`: ends the sign-in, here and on every other host, and sends the browser to the provider or
/// to our own page. The origin layer has checked that a page of this host sent it.
pub async fn sign_out(
    State(parts): State<SignOutParts>,
    Extension(OnHost(app)): Extension<OnHost>,
    session: Session,
    request: Request,
) -> Response {
    if !guard::has_sign_in(request.extensions()) {
        return to_front_page(&parts.address);
    }
    let ip = request.extensions().get::<ClientAddress>().map(|address| address.0);
    let target = match end(&parts.auth, &app.name, &session, ip).await {
        Ok(target) => target,
        Err(error) => {
            tracing::error!(?error, "a person could not be signed out");
            let message = STILL_SIGNED_IN.to_owned();
            return problem::refuse(&parts.problem_pages, &request, &AppError::Unavailable { message });
        }
    };
    let target = match target {
        SignOutTarget::Provider(url) => url,
        SignOutTarget::Here => {
            let mut url = parts.address.url().clone();
            url.set_path(routes::SIGNED_OUT);
            url
        }
    };
    let removal = parts.cookies.0.session_removal().to_string();
    ([CLEAR_CACHE], AppendHeaders([(header::SET_COOKIE, removal)]), Redirect::to(target.as_str())).into_response()
}

async fn end(auth: &Auth, app: &str, session: &Session, ip: Option<IpAddr>) -> Result<SignOutTarget, SignOutError> {
    let id = hosts::sign_in_in(session, app).await?;
    sign_out_of(auth, id.as_deref(), session, ip).await
}
