//! The answer that a browser received.

use openidconnect::reqwest::Response;
use openidconnect::reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use serde::de::DeserializeOwned;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// Reads `response`.
    pub async fn read(response: Response) -> Self {
        Self::try_read(response).await.unwrap()
    }

    /// Reads `response`; `None` if it breaks off.
    pub async fn try_read(response: Response) -> Option<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Some(Self { status, headers, body: response.text().await.ok()? })
    }

    /// Fails unless the status is `expected`.
    #[track_caller]
    pub fn assert_status(&self, expected: u16) -> &Self {
        assert_eq!(self.status, expected, "{self:#?}");
        self
    }

    /// Fails unless the answer redirects to `expected` with 303.
    #[track_caller]
    pub fn assert_redirect(&self, expected: &str) {
        self.assert_status(303);
        assert_eq!(self.location(), expected);
    }

    /// Fails unless the body contains `text`.
    #[track_caller]
    pub fn assert_shows(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "{text:?} is missing in {self:#?}");
        self
    }

    /// The header `name`; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The address to which the answer redirects.
    #[track_caller]
    pub fn location(&self) -> &str {
        assert!(self.headers.contains_key(LOCATION), "no Location in {self:#?}");
        self.header("location")
    }

    /// The target of the last link `label` of the page.
    #[track_caller]
    pub fn link(&self, label: &str) -> String {
        let (before, _) =
            self.body.rsplit_once(&format!(">{label}<")).unwrap_or_else(|| panic!("no {label} in {self:#?}"));
        let (_, href) = before.rsplit_once("href=\"").unwrap_or_else(|| panic!("{label} is no link in {self:#?}"));
        href.split('"').next().unwrap().replace("&amp;", "&")
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {self:#?}"))
    }

    /// Every `Set-Cookie` line.
    pub fn set_cookies(&self) -> impl Iterator<Item = &str> {
        self.headers.get_all(SET_COOKIE).iter().map(|line| line.to_str().unwrap())
    }

    /// The `Set-Cookie` line of the cookie `name`.
    #[track_caller]
    pub fn set_cookie(&self, name: &str) -> &str {
        let names = |line: &&str| line.split_once('=').is_some_and(|(of, _)| of == name);
        self.set_cookies().find(names).unwrap_or_else(|| panic!("no cookie {name} in {self:#?}"))
    }
}
