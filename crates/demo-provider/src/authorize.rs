//! The authorization endpoint (OpenID Connect Core 1.0, section 3.1.2): a client asks, a person chooses, and the client
//! gets a code.

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use openidconnect::core::CoreAuthErrorResponseType as AuthError;
use serde::Deserialize;
use url::Url;

use super::clients::CLIENT_ID;
use super::grants::{CodeGrant, Grant};
use super::people::{DemoPerson, person};
use super::state::ProviderState;
use super::{clients, page, pkce};
use rolecall_sign_in::random;

/// What a client may send. Everything is optional here, so that a missing parameter gets the proper error. `claims`
/// (OpenID Connect Core 1.0, section 5.5) is passed on like the others, and has no effect.
#[derive(Default, Deserialize)]
pub(super) struct Parameters {
    client_id: Option<String>,
    redirect_uri: Option<String>,
    response_type: Option<String>,
    response_mode: Option<String>,
    scope: Option<String>,
    state: Option<String>,
    nonce: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    prompt: Option<String>,
    claims: Option<String>,
    request: Option<String>,
    request_uri: Option<String>,
}

/// What the chooser's form sends: the client's parameters again, and the choice.
#[derive(Deserialize)]
pub(super) struct Decision {
    #[serde(flatten)]
    parameters: Parameters,
    person: Option<String>,
    decline: Option<String>,
}

/// Why the client gets no code.
enum Refusal {
    /// The client cannot be trusted with a redirect, so the person sees the reason.
    Shown(&'static str),
    /// The client gets an error response, by a redirect.
    Redirected(Url),
}

impl Refusal {
    /// The answer to the browser.
    fn answer(self, state: &ProviderState) -> Response {
        match self {
            Self::Shown(reason) => page::notice(state, StatusCode::BAD_REQUEST, "This request cannot be used", reason),
            Self::Redirected(url) => Redirect::to(url.as_str()).into_response(),
        }
    }
}

/// `GET /authorize`: shows the page to choose a person.
pub(super) async fn choose(
    State(state): State<ProviderState>,
    parameters: Result<Form<Parameters>, FormRejection>,
) -> Response {
    let shown = read(parameters).and_then(|parameters| {
        let redirect_uri = parameters.check(&state)?;
        Ok(page::chooser(&state, &parameters.fields(), &redirect_uri))
    });
    shown.unwrap_or_else(|refusal| refusal.answer(&state))
}

/// `POST /authorize`: redirects to the client with a code for the chosen person, or with an error if the person
/// declined. Without a choice it is an authorization request like any other (OpenID Connect Core 1.0, section 3.1.2.1).
pub(super) async fn decide(
    State(state): State<ProviderState>,
    decision: Result<Form<Decision>, FormRejection>,
) -> Response {
    let decided = read(decision).and_then(|Decision { parameters, person: key, decline }| {
        let redirect_uri = parameters.check(&state)?;
        if decline.is_some() {
            let refused = (AuthError::AccessDenied, "The person declined.");
            return Err(Refusal::Redirected(parameters.error_url(&state, redirect_uri, &refused)));
        }
        let Some(key) = key else {
            return Ok(page::chooser(&state, &parameters.fields(), &redirect_uri));
        };
        let person = person(&key).ok_or(Refusal::Shown("There is no such person here. Go back and choose again."))?;
        let code_url = parameters.code_url(&state, redirect_uri, person);
        Ok(Redirect::to(code_url.as_str()).into_response())
    });
    decided.unwrap_or_else(|refusal| refusal.answer(&state))
}

/// The parameters, if they can be read. A doubled parameter cannot (RFC 6749, section 3.1).
fn read<T>(form: Result<Form<T>, FormRejection>) -> Result<T, Refusal> {
    form.map(|Form(value)| value)
        .map_err(|_| Refusal::Shown("The parameters of this request cannot be read. Start again from the application."))
}

impl Parameters {
    /// The redirect URI, if the request can be granted.
    fn check(&self, state: &ProviderState) -> Result<Url, Refusal> {
        // Until both are right, the client is unknown, so there must be no redirect (RFC 6749, 4.1.2.1).
        if self.client_id.as_deref() != Some(CLIENT_ID) {
            return Err(Refusal::Shown("The demonstration provider does not know the application that sent you here."));
        }
        let redirect_uri = self.redirect_uri.as_deref().and_then(clients::redirect_uri);
        let redirect_uri = redirect_uri
            .ok_or(Refusal::Shown("The address to go back to is not one of an application on this machine."))?;
        match self.broken_rule() {
            Some(rule) => Err(Refusal::Redirected(self.error_url(state, redirect_uri, &rule))),
            None => Ok(redirect_uri),
        }
    }

    /// The first rule that the request breaks, with the error that says so (RFC 6749, section 4.1.2.1; OpenID Connect
    /// Core 1.0, section 3.1.2.6; RFC 7636, section 4.4.1).
    fn broken_rule(&self) -> Option<(AuthError, &'static str)> {
        let response_type = self.response_type.as_deref();
        let challenge = self.code_challenge.as_deref().unwrap_or_default();
        let rules = [
            (self.request.is_some(), AuthError::RequestNotSupported, "Request objects are not supported."),
            (self.request_uri.is_some(), AuthError::RequestUriNotSupported, "Request URIs are not supported."),
            (response_type.is_none(), AuthError::InvalidRequest, "response_type is missing."),
            (response_type != Some("code"), AuthError::UnsupportedResponseType, "response_type must be code."),
            (
                self.response_mode.as_deref().is_some_and(|mode| mode != "query"),
                AuthError::InvalidRequest,
                "response_mode must be query.",
            ),
            (!self.scopes().any(|scope| scope == "openid"), AuthError::InvalidScope, "scope must contain openid."),
            (self.state.as_deref().unwrap_or_default().is_empty(), AuthError::InvalidRequest, "state is missing."),
            (
                self.code_challenge_method.as_deref() != Some(pkce::METHOD) || !pkce::is_challenge(challenge),
                AuthError::InvalidRequest,
                "PKCE with S256 is required.",
            ),
            // Nobody has a session here, because everybody chooses each time.
            (
                self.prompt.as_deref().is_some_and(|prompt| prompt.split(' ').any(|value| value == "none")),
                AuthError::LoginRequired,
                "Somebody must choose a person.",
            ),
        ];
        rules.into_iter().find_map(|(broken, error, description)| broken.then_some((error, description)))
    }

    /// The requested scopes.
    fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scope.as_deref().unwrap_or_default().split(' ').filter(|scope| !scope.is_empty())
    }

    /// The parameters that the chooser's form sends again, by name.
    fn fields(&self) -> [(&'static str, Option<&str>); 9] {
        [
            ("client_id", self.client_id.as_deref()),
            ("redirect_uri", self.redirect_uri.as_deref()),
            ("response_type", self.response_type.as_deref()),
            ("scope", self.scope.as_deref()),
            ("state", self.state.as_deref()),
            ("nonce", self.nonce.as_deref()),
            ("code_challenge", self.code_challenge.as_deref()),
            ("code_challenge_method", self.code_challenge_method.as_deref()),
            ("claims", self.claims.as_deref()),
        ]
    }

    /// Issues a code for `person`. Returns the address that takes it to the client (RFC 6749, section 4.1.2).
    fn code_url(&self, state: &ProviderState, redirect_uri: Url, person: &'static DemoPerson) -> Url {
        let now_ms = state.now_ms();
        let grant = Grant {
            person,
            scopes: self.scopes().map(str::to_owned).collect(),
            sid: random::token(),
            auth_time_s: now_ms.div_euclid(1000),
        };
        let code_grant = CodeGrant {
            grant,
            redirect_uri: self.redirect_uri.clone().unwrap_or_default(),
            challenge: self.code_challenge.clone().unwrap_or_default(),
            nonce: self.nonce.clone(),
        };
        let code = state.grants().issue_code(code_grant, now_ms);
        self.answer_url(state, redirect_uri, &[("code", &code)])
    }

    /// The address that reports an error to the client (RFC 6749, section 4.1.2.1).
    fn error_url(&self, state: &ProviderState, redirect_uri: Url, rule: &(AuthError, &str)) -> Url {
        let (error, description) = rule;
        self.answer_url(state, redirect_uri, &[("error", error.as_ref()), ("error_description", *description)])
    }

    /// `redirect_uri` with `answer`, the client's state, and the issuer (RFC 9207).
    fn answer_url(&self, state: &ProviderState, mut redirect_uri: Url, answer: &[(&str, &str)]) -> Url {
        redirect_uri
            .query_pairs_mut()
            .extend_pairs(answer)
            .extend_pairs(self.state.as_deref().map(|state| ("state", state)))
            .append_pair("iss", state.issuer().as_str());
        redirect_uri
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Parameters {
        let text = |text: &str| Some(text.to_owned());
        Parameters {
            client_id: text(CLIENT_ID),
            redirect_uri: text("http://127.0.0.1:3000/login/demo/authorized"),
            response_type: text("code"),
            scope: text("openid profile"),
            state: text("s&t"),
            code_challenge: text("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            code_challenge_method: text("S256"),
            ..Parameters::default()
        }
    }

    fn error_of(parameters: &Parameters) -> Option<String> {
        parameters.broken_rule().map(|(error, _)| error.as_ref().to_owned())
    }

    #[test]
    fn a_good_request_breaks_no_rule() {
        assert_eq!(error_of(&good()), None);
        assert!(good().check(&ProviderState::at(0)).is_ok());
    }

    #[test]
    fn an_unknown_client_or_address_never_leads_to_a_redirect() {
        let unknown_client = Parameters { client_id: Some("other".to_owned()), ..good() };
        assert!(matches!(unknown_client.check(&ProviderState::at(0)), Err(Refusal::Shown(_))));
        let evil_address = Parameters { redirect_uri: Some("http://example.com/".to_owned()), ..good() };
        assert!(matches!(evil_address.check(&ProviderState::at(0)), Err(Refusal::Shown(_))));
        let nothing = Parameters::default();
        assert!(matches!(nothing.check(&ProviderState::at(0)), Err(Refusal::Shown(_))));
    }

    #[test]
    fn each_mistake_has_its_error() {
        let text = |text: &str| Some(text.to_owned());
        let error = |parameters: Parameters| error_of(&parameters).unwrap();
        assert_eq!(error(Parameters { response_type: None, ..good() }), "invalid_request");
        assert_eq!(error(Parameters { response_type: text("token"), ..good() }), "unsupported_response_type");
        assert_eq!(error(Parameters { response_mode: text("fragment"), ..good() }), "invalid_request");
        assert_eq!(error(Parameters { scope: text("profile openidx"), ..good() }), "invalid_scope");
        assert_eq!(error(Parameters { state: None, ..good() }), "invalid_request");
        assert_eq!(error(Parameters { code_challenge: None, ..good() }), "invalid_request");
        assert_eq!(error(Parameters { code_challenge_method: text("plain"), ..good() }), "invalid_request");
        assert_eq!(error(Parameters { prompt: text("none"), ..good() }), "login_required");
        assert_eq!(error(Parameters { request: text("a.b.c"), ..good() }), "request_not_supported");
        assert_eq!(error(Parameters { request_uri: text("urn:x"), ..good() }), "request_uri_not_supported");
    }

    #[test]
    fn an_answer_carries_state_and_issuer() {
        let parameters = good();
        let redirect_uri = parameters.check(&ProviderState::at(0)).ok().unwrap();
        let url = parameters.answer_url(&ProviderState::at(0), redirect_uri, &[("code", "c d")]);
        assert_eq!(
            url.as_str(),
            "http://127.0.0.1:3000/login/demo/authorized?code=c+d&state=s%26t&iss=http%3A%2F%2F127.0.0.1%3A3000%2Fdemo"
        );
    }
}
