//! Requests to Graph: a token, a method and a path below the base become an answer or one of the known failures.

use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method};
use openidconnect::{HttpResponse, reqwest};
use rolecall_sign_in::Clock;
use rolecall_sign_in::provider::{HttpError, ProviderHttp};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use url::Url;

use super::address::Base;
use super::error::GraphError;
use super::retry::{Pauses, wait_after};

/// How long a request may take in all, including waits, further tries, and the answer's body.
pub(super) const WHOLE: Duration = Duration::from_secs(10);
/// How many pages of a list are read at most.
const MAX_PAGES: usize = 100;

/// Asks Graph below one base. Clones share its connections.
#[derive(Clone, Debug)]
pub struct GraphHttp {
    base: Base,
    http: ProviderHttp,
    clock: Clock,
    pauses: Pauses,
}

/// A successful answer.
#[derive(Clone, Debug)]
pub struct GraphAnswer {
    /// Its media type, according to Graph; empty if Graph does not say.
    pub content_type: String,
    /// Its content: at most 1 MiB.
    pub body: Vec<u8>,
}

/// One page of a list, as Graph pages it (`@odata.nextLink`).
#[derive(Deserialize)]
struct ResultPage<T> {
    value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

/// A request to Graph.
struct GraphRequest<'a> {
    token: &'a SecretString,
    method: Method,
    url: Url,
    body: Option<Vec<u8>>,
}

impl GraphHttp {
    /// Asks below `base_url`, going by `clock`. `loopback_certificates` (PEM) are trusted in place of the usual
    /// authorities where that is this machine.
    ///
    /// # Errors
    /// When a certificate cannot be read, or the TLS backend cannot be set up.
    pub fn new(base_url: Url, loopback_certificates: Option<&[u8]>, clock: Clock) -> Result<Self, reqwest::Error> {
        let http = ProviderHttp::new(&base_url, loopback_certificates)?;
        Ok(Self { base: Base::new(base_url), http, clock, pauses: Pauses::default() })
    }

    /// The same, pausing as `pauses` says.
    #[must_use]
    pub fn with_pauses(mut self, pauses: Pauses) -> Self {
        self.pauses = pauses;
        self
    }

    /// The JSON at `path`, which begins with a slash: `/v1.0/me`.
    ///
    /// # Errors
    /// A variant of [`GraphError`] for each way in which it can fail.
    pub async fn fetch<T: DeserializeOwned>(&self, token: &SecretString, path: &str) -> Result<T, GraphError> {
        json(&self.ask(GraphRequest { token, method: Method::GET, url: self.base.resolve(path)?, body: None }).await?)
    }

    /// The content at `path`, of any type.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub async fn fetch_bytes(&self, token: &SecretString, path: &str) -> Result<GraphAnswer, GraphError> {
        let url = self.base.resolve(path)?;
        let answer = self.ask(GraphRequest { token, method: Method::GET, url, body: None }).await?;
        let content_type = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        Ok(GraphAnswer { content_type: content_type.to_owned(), body: answer.body().clone() })
    }

    /// The list at `path`, page by page to its end.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch); also when the next page is said to be elsewhere ([`GraphError::Path`]).
    pub async fn fetch_list<T: DeserializeOwned>(
        &self,
        token: &SecretString,
        path: &str,
    ) -> Result<Vec<T>, GraphError> {
        let (mut items, mut url) = (Vec::new(), self.base.resolve(path)?);
        for _ in 0..MAX_PAGES {
            let page: ResultPage<T> =
                json(&self.ask(GraphRequest { token, method: Method::GET, url, body: None }).await?)?;
            items.extend(page.value);
            match page.next {
                Some(next) => url = self.base.follow(&next)?,
                None => return Ok(items),
            }
        }
        Err(GraphError::Unreachable(HttpError::TooLarge))
    }

    /// Sends `body` as JSON to `path`, and reads the JSON of the answer; an answer without a body is `null`, that is
    /// `()` or `None`.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub async fn send<T: DeserializeOwned>(
        &self,
        token: &SecretString,
        method: Method,
        path: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<T, GraphError> {
        let body = serde_json::to_vec(body).map_err(GraphError::Unreadable)?;
        json(&self.ask(GraphRequest { token, method, url: self.base.resolve(path)?, body: Some(body) }).await?)
    }

    /// Deletes the object at `path`.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch): [`GraphError::NotFound`] when there was no such thing.
    pub async fn delete(&self, token: &SecretString, path: &str) -> Result<(), GraphError> {
        let url = self.base.resolve(path)?;
        self.ask(GraphRequest { token, method: Method::DELETE, url, body: None }).await.map(|_| ())
    }

    /// Sends a request, and repeats it where that may help within [`WHOLE`].
    async fn ask(&self, request: GraphRequest<'_>) -> Result<HttpResponse, GraphError> {
        let until_ms = self.clock.now_ms().saturating_add(millis(WHOLE));
        let asking = async {
            let mut tries = 1;
            loop {
                let error = match self.ask_once(&request).await {
                    Ok(answer) => return Ok(answer),
                    Err(error) => error,
                };
                let is_in_time = |wait: &Duration| self.clock.now_ms().saturating_add(millis(*wait)) < until_ms;
                let Some(wait) = wait_after(&error, &request.method, tries).filter(is_in_time) else {
                    return Err(error);
                };
                self.pauses.wait(wait).await;
                tries += 1;
            }
        };
        timeout(WHOLE, asking).await.unwrap_or(Err(GraphError::TimedOut))
    }

    async fn ask_once(&self, request: &GraphRequest<'_>) -> Result<HttpResponse, GraphError> {
        let unreachable = |error: http::Error| GraphError::Unreachable(HttpError::Malformed(error));
        let mut token = HeaderValue::from_str(&format!("Bearer {}", request.token.expose_secret()))
            .map_err(|error| unreachable(error.into()))?;
        token.set_sensitive(true);
        let mut http_request = http::Request::builder().method(&request.method).uri(request.url.as_str());
        http_request =
            http_request.header(AUTHORIZATION, token).header(ACCEPT, "application/json, image/*;q=0.9, */*;q=0.1");
        if request.body.is_some() {
            http_request = http_request.header(CONTENT_TYPE, "application/json");
        }
        let http_request = http_request.body(request.body.clone().unwrap_or_default()).map_err(unreachable)?;
        let answer = self.http.exchange(http_request).await.map_err(GraphError::Unreachable)?;
        if answer.status().is_success() { Ok(answer) } else { Err(GraphError::of(&answer, self.clock.now_ms())) }
    }
}

fn json<T: DeserializeOwned>(answer: &HttpResponse) -> Result<T, GraphError> {
    let body = answer.body().as_slice();
    serde_json::from_slice(if body.is_empty() { b"null" } else { body }).map_err(GraphError::Unreadable)
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
