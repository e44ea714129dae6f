//! A client of Microsoft Graph for applications. It retries when Graph is busy, and when Graph does not know yet what
//! was created a moment ago.
//!
//! Source: Microsoft Graph REST API v1.0; "Microsoft Graph throttling guidance".

use std::time::Duration;

use anyhow::Context as _;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Method, Request};
use openidconnect::HttpResponse;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;
use url::Url;

use rolecall_sign_in::plain;
use rolecall_sign_in::provider::{HttpError, ProviderHttp};

/// The most tries for one request.
const TRIES: u32 = 8;
/// The pause before the second try; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause, also where Graph asks for a longer one.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

#[derive(Debug, Error)]
pub(super) enum DirectoryError {
    /// It did not answer.
    #[error("Microsoft Graph could not be reached")]
    Unreachable(#[source] HttpError),
    /// There is no such thing.
    #[error("Microsoft Graph found no such object")]
    NotFound,
    /// The token is not accepted.
    #[error("Microsoft Graph does not accept the token ({0}): get a new one, for example with `az login`")]
    Token(String),
    /// The rights do not suffice.
    #[error(
        "the token does not allow this ({0}): it needs Application.ReadWrite.All or Application.ReadWrite.OwnedBy, and its \
         owner a role such as Application Developer or Cloud Application Administrator"
    )]
    Rights(String),
    /// It refused for another reason.
    #[error("Microsoft Graph refused with status {status} ({said})")]
    Refused {
        status: u16,
        /// Its code and message.
        said: String,
    },
    /// Its answer cannot be read.
    #[error("the response of Microsoft Graph cannot be read")]
    Unreadable,
}

/// What Graph says of a refusal.
#[derive(Default, Deserialize)]
struct Refusal {
    error: GraphError,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct GraphError {
    code: String,
    message: String,
}

pub(super) struct DirectoryClient {
    http: ProviderHttp,
    base: String,
    authorization: HeaderValue,
}

/// `text` as a literal in a filter (`OData` 4.01, URL Conventions, 5.1.1.14.1): in quotes, with its own ones doubled.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `text` as part of an address.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

impl DirectoryClient {
    /// Graph at `base`, with `token`.
    pub(super) fn new(base: &Url, token: &SecretString) -> anyhow::Result<Self> {
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret().trim()))?;
        authorization.set_sensitive(true);
        let http = ProviderHttp::new(base, None).context("the HTTP client could not be set up")?;
        Ok(Self { http, base: format!("{}/v1.0", base.as_str().trim_end_matches('/')), authorization })
    }

    /// What is at `path`; `None` when there is nothing.
    pub(super) async fn find(&self, path: &str) -> Result<Option<Value>, DirectoryError> {
        match self.ask(&Method::GET, path, None, |_, _| false).await {
            Ok(found) => Ok(Some(found)),
            Err(DirectoryError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sends `method` to `path`. Waits if Graph does not know yet what was created a moment ago.
    pub(super) async fn change(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, DirectoryError> {
        let is_not_there_yet = |status: u16, said: &str| {
            status == 404 || (status == 400 && said.contains("does not reference a valid application object"))
        };
        self.ask(&method, path, body, is_not_there_yet).await
    }

    /// Deletes what is at `path`. Returns whether it existed.
    pub(super) async fn delete(&self, path: &str) -> Result<bool, DirectoryError> {
        match self.ask(&Method::DELETE, path, None, |_, _| false).await {
            Ok(_) => Ok(true),
            Err(DirectoryError::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn ask(
        &self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
        is_not_there_yet: impl Fn(u16, &str) -> bool,
    ) -> Result<Value, DirectoryError> {
        let mut pause = FIRST_PAUSE;
        for last in (0..TRIES).map(|tried| tried + 1 == TRIES) {
            let answer = match self.send(method, path, body).await {
                Ok(answer) => answer,
                Err(HttpError::Status(502..=504)) if !last && is_repeatable(method) => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    continue;
                }
                Err(error) => return Err(DirectoryError::Unreachable(error)),
            };
            let status = answer.status().as_u16();
            if answer.status().is_success() {
                let is_empty = answer.body().is_empty();
                let json = serde_json::from_slice(answer.body()).map_err(|_| DirectoryError::Unreadable);
                return if is_empty { Ok(Value::Null) } else { json };
            }
            let said = refusal_text(&answer);
            if last || !(status == 429 || is_not_there_yet(status, &said)) {
                return Err(refused(status, said));
            }
            tokio::time::sleep(retry_after(&answer).unwrap_or(pause).min(LONGEST_PAUSE)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        Err(DirectoryError::NotFound)
    }

    async fn send(&self, method: &Method, path: &str, body: Option<&Value>) -> Result<HttpResponse, HttpError> {
        let mut request = Request::builder()
            .method(method.clone())
            .uri(format!("{}/{path}", self.base))
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, self.authorization.clone());
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        self.http.send(request.body(body).map_err(HttpError::Malformed)?).await
    }
}

/// Whether the request may be sent twice, because a failing gateway may have passed it on.
fn is_repeatable(method: &Method) -> bool {
    *method != Method::POST
}

fn refused(status: u16, said: String) -> DirectoryError {
    match status {
        404 => DirectoryError::NotFound,
        401 => DirectoryError::Token(said),
        403 => DirectoryError::Rights(said),
        _ => DirectoryError::Refused { status, said },
    }
}

/// The code and the message of the refusal, in one line.
fn refusal_text(answer: &HttpResponse) -> String {
    let Refusal { error } = serde_json::from_slice(answer.body()).unwrap_or_default();
    plain(&format!("{}: {}", error.code, error.message), 400)
}

fn retry_after(answer: &HttpResponse) -> Option<Duration> {
    let seconds = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_in_literals_end_nothing() {
        assert_eq!(literal("rolecall:O'Brien"), "'rolecall:O''Brien'");
        assert_eq!(encoded("tags/any(t:t eq 'a b')"), "tags%2Fany%28t%3At%20eq%20%27a%20b%27%29");
    }
}
