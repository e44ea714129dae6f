//! Requests to the API, as programs make them.

use openidconnect::reqwest::Method;
use rolecall_demo_provider::{ROBOT_ID, ROBOT_SECRET};
use serde_json::Value;

use super::{Answer, TestApp};

impl TestApp {
    /// An access token of the demonstration for `person`.
    pub async fn person_token(&self, person: &str) -> String {
        let request = self.at_provider().request(Method::POST, "/demo/api-token").form(&[("person", person)]);
        access_token(&Answer::read(request.send().await.unwrap()).await)
    }

    /// An access token of the demonstration's application.
    pub async fn robot_token(&self) -> String {
        let request = self.at_provider().request(Method::POST, "/demo/token").basic_auth(ROBOT_ID, Some(ROBOT_SECRET));
        let request = request.form(&[("grant_type", "client_credentials")]);
        access_token(&Answer::read(request.send().await.unwrap()).await)
    }

    /// Asks the API for `path` with `token`.
    pub async fn ask(&self, path: &str, token: &str) -> Answer {
        self.ask_with(Method::GET, path, &[("authorization", &format!("Bearer {token}"))]).await
    }

    /// Sends `body` to `path` of the API with `token` and these headers.
    pub async fn send_with(
        &self,
        method: Method,
        path: &str,
        token: &str,
        headers: &[(&str, &str)],
        body: impl Into<openidconnect::reqwest::Body>,
    ) -> Answer {
        let request = self.browser().request(method, path).bearer_auth(token);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        Answer::read(request.body(body).send().await.unwrap()).await
    }

    /// Asks the API for `path` with these headers.
    pub async fn ask_with(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = self.browser().request(method, path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        Answer::read(request.send().await.unwrap()).await
    }
}

impl Answer {
    /// Fails unless this is a problem document with that status, and has nothing that a browser would act upon.
    #[track_caller]
    pub fn assert_problem(&self, status: u16) -> &Self {
        self.assert_status(status).assert_for_programs();
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:#?}");
        let problem: Value = self.json();
        assert_eq!(problem["status"], status, "{self:#?}");
        assert_eq!(problem["type"], "about:blank", "{self:#?}");
        assert_eq!(problem["request_id"], self.header("x-request-id"), "{self:#?}");
        assert!(["title", "detail"].iter().all(|name| problem[*name].as_str().is_some_and(|text| text.len() > 5)));
        self
    }

    /// Fails when the answer is a page or a redirect, sets a cookie, may be kept, or may be read by other origins.
    #[track_caller]
    pub fn assert_for_programs(&self) -> &Self {
        assert_eq!(self.header("cache-control"), "no-store", "{self:#?}");
        assert!(!self.body.contains("<html") && !self.header("content-type").contains("html"), "{self:#?}");
        for name in ["location", "set-cookie", "access-control-allow-origin"] {
            assert!(!self.headers.contains_key(name), "{name} in {self:#?}");
        }
        self
    }

    /// The `WWW-Authenticate` challenge of a refusal.
    pub fn challenge(&self) -> &str {
        self.header("www-authenticate")
    }
}

#[track_caller]
fn access_token(answer: &Answer) -> String {
    answer.assert_status(200);
    answer.json::<Value>()["access_token"].as_str().unwrap().to_owned()
}
