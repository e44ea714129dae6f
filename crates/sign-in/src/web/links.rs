//! The two paths of the sign-in that are plain links: the beginning, and the callback.

use std::net::IpAddr;

use axum::body::Bytes;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode, Uri, header};
use tower_sessions::Session;

use super::loop_breaker::{self, MAX_IN_A_ROW};
use super::{may_navigate, onward, set_cookies, stays_out};
use crate::routes;
use crate::session::SignedOutBy;
use crate::{
    Auth, BeginRequest, Callback, CallbackRequest, ClientAddress, Event, Explanation, Prompt, ReturnTo, SignInFailure,
    guard,
};
use crate::{begin_sign_in, complete_sign_in, link_query};

/// A sign-in that failed, for the page about it.
#[derive(Debug)]
pub enum NotSignedIn {
    /// It failed.
    Failed(FailedSignIn),
    /// It was not begun automatically once more, after several that failed.
    Stopped {
        /// Where the person wanted to go.
        return_to: ReturnTo,
    },
    /// It was not begun, because this browser was signed out.
    SignedOut {
        /// The link that begins it anyway, if the person follows it.
        asked_for: String,
        /// Who ended the sign-in.
        by: SignedOutBy,
    },
}

/// A sign-in that failed, and its details.
#[derive(Debug)]
pub struct FailedSignIn {
    /// The message for the person.
    pub explanation: Explanation,
    /// Where the person wanted to go, if known.
    pub return_to: Option<ReturnTo>,
    /// The prompt that the person asked for.
    pub prompt: Option<Prompt>,
    /// How many failed in a row, including this one.
    pub in_a_row: u8,
}

impl FailedSignIn {
    /// The links that begin again at `provider`: labels and paths, the most helpful one first.
    #[must_use]
    pub fn links(&self, provider: &str) -> Vec<(&'static str, String)> {
        let again = |label, prompt| (label, login_again(provider, self.return_to.as_ref(), prompt));
        let another =
            self.explanation.another_account.then(|| again("Use another account", Some(Prompt::SelectAccount)));
        another.into_iter().chain([again("Try again", self.prompt)]).collect()
    }
}

/// `GET /login/{provider}`: begins a sign-in, for one of our own pages (`return_to`) or for another site (`iss`,
/// `target_link_uri`, `login_hint`: OpenID Connect Core 4), as `query` says. `page` shows failures.
pub async fn begin(
    auth: &Auth,
    provider: &str,
    query: &str,
    request: &Parts,
    page: impl FnOnce(NotSignedIn) -> Response,
) -> Response {
    // An image or a script cannot sign anyone in, and each attempt is one more cookie.
    if !may_navigate(&request.headers) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let held = auth.attempts().held_in(&request.headers);
    let asked = BeginRequest::parse(query, &auth.config().public_url, held);
    let return_to = asked.as_ref().map_or_else(|_| ReturnTo::home(), |asked| asked.return_to.clone());
    let prompt = asked.as_ref().ok().and_then(|asked| asked.prompt);
    let in_a_row = loop_breaker::in_a_row(auth.cookies(), &request.headers, &request.extensions);
    let ip = address_of(request);
    if in_a_row >= MAX_IN_A_ROW && auth.provider(provider).is_some() {
        auth.events().emit(&Event::SignInStopped { provider: provider.to_owned(), in_a_row, ip });
        return page(NotSignedIn::Stopped { return_to });
    }
    let mark = match stays_out::sign_out_that_holds(auth, &request.headers, &request.extensions).await {
        Ok(mark) => mark,
        Err(error) => {
            tracing::error!(?error, "could not check whether this browser was signed out");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    if let Some(mark) = mark.as_ref().filter(|mark| !stays_out::is_asked_for(query, mark))
        && auth.provider(provider).is_some()
    {
        let link = format!("{}?{query}", routes::login(provider));
        let page =
            page(NotSignedIn::SignedOut { asked_for: stays_out::asked_for(&link, mark), by: mark.signed_out_by() });
        return stays_out::remember(auth, mark, page);
    }
    match begin_sign_in(auth, provider, asked, ip).await {
        Ok(begun) => {
            let mut response = onward::to_provider(&request.headers, &begun.authorization_url, &return_to);
            set_cookies(response.headers_mut(), &begun.cookies);
            set_cookies(response.headers_mut(), &mark.map(|_| auth.cookies().signed_out_removal()));
            response
        }
        Err(error) => page(NotSignedIn::Failed(FailedSignIn {
            explanation: error.explain(),
            return_to: Some(return_to),
            prompt,
            in_a_row,
        })),
    }
}

/// `POST /login/{provider}`: the same, from another site's form (OpenID Connect Core 4). It changes nothing and
/// redirects to the link, because a browser omits its cookies when another site posts a form.
pub async fn begin_by_form(uri: Uri, body: Bytes) -> Response {
    match link_query(&body) {
        Some(query) => Redirect::to(&format!("{}?{query}", uri.path())).into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// `GET /login/{provider}/authorized`: the redirect URI. Completes the sign-in with the parameters in `query`, and
/// sends the browser to where the person wanted to go; `page` shows failures. A person who is already signed in and
/// comes with an outdated answer continues: to the page that this browser wanted with it, or to the front page.
pub async fn complete(
    auth: &Auth,
    provider: &str,
    query: &str,
    session: Session,
    request: &Parts,
    page: impl FnOnce(NotSignedIn) -> Response,
) -> Response {
    // Beginning a sign-in removes the mark, so this one was begun before the browser was signed out.
    if let Some(mark) = auth.cookies().signed_out_in(&request.headers).filter(|_| auth.provider(provider).is_some()) {
        let link = stays_out::asked_for(&routes::login(provider), &mark);
        return page(NotSignedIn::SignedOut { asked_for: link, by: mark.signed_out_by() });
    }
    let user_agent = request.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let callback_request = CallbackRequest {
        session,
        held: auth.attempts().held_in(&request.headers),
        ip: address_of(request),
        user_agent: user_agent.map(ToOwned::to_owned),
    };
    let callback = Callback::parse(query);
    let used = callback.as_ref().ok().and_then(|callback| callback.state.clone());
    let used = used.and_then(|state| auth.attempts().cookies().used_attempt(&state, &callback_request.held));
    let completed = complete_sign_in(auth, provider, callback, &callback_request).await;
    let is_signed_in = guard::has_sign_in(&request.extensions);
    // A callback without a valid attempt does not count, and a signed-in browser cannot loop.
    let counts = !is_signed_in
        && completed.as_ref().map_or_else(|failed| failed.return_to.is_some() && !failed.error.is_stale(), |_| true);
    let in_a_row =
        loop_breaker::in_a_row(auth.cookies(), &request.headers, &request.extensions).saturating_add(u8::from(counts));
    let mut response = match completed {
        Ok(return_to) => {
            let mut response = Redirect::to(return_to.as_str()).into_response();
            let superfluous = auth.attempts().cookies().superfluous_attempts(&callback_request.held);
            set_cookies(response.headers_mut(), used.iter().chain(&superfluous));
            response
        }
        Err(SignInFailure { error, return_to, .. }) if is_signed_in && error.is_stale() => {
            Redirect::to(return_to.unwrap_or_else(ReturnTo::home).as_str()).into_response()
        }
        Err(SignInFailure { error, return_to, prompt }) => {
            page(NotSignedIn::Failed(FailedSignIn { explanation: error.explain(), return_to, prompt, in_a_row }))
        }
    };
    if counts {
        loop_breaker::count(auth.cookies(), in_a_row, &mut response);
    }
    // The address holds code and state: the next page must not see it.
    ([(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"))], response).into_response()
}

/// The link that begins again at `provider`, with the page that the person wanted.
#[must_use]
pub fn login_again(provider: &str, return_to: Option<&ReturnTo>, prompt: Option<Prompt>) -> String {
    let return_to = return_to.filter(|target| **target != ReturnTo::home()).map(ReturnTo::as_str);
    let parameters = [("return_to", return_to), ("prompt", prompt.map(Prompt::name))];
    let given: Vec<_> = parameters.iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect();
    let query: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish();
    let path = routes::login(provider);
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

fn address_of(request: &Parts) -> Option<IpAddr> {
    request.extensions.get::<ClientAddress>().map(|address| address.0)
}
