//! A sign-in step by step, as a person takes it.

use html_escape::decode_html_entities;
use openidconnect::reqwest::Url;
use openidconnect::reqwest::header::LOCATION;
use rolecall_routes as routes;

use super::{Answer, Browser, TestApp};

/// A browser in which `person` is signed in.
pub async fn signed_in(app: &TestApp, person: &str) -> Browser {
    let mut browser = app.browser();
    browser.sign_in_as(person).await;
    browser
}

impl Browser {
    /// Presses the button of the provider `demo`. Returns the authorization request.
    pub async fn begin(&mut self, return_to: &str) -> Url {
        let answer = self.submit(routes::API_BEGIN_SIGN_IN, &[("provider", "demo"), ("return_to", return_to)]).await;
        answer.assert_status(303);
        Url::parse(answer.location()).unwrap()
    }

    /// Chooses `person` on the provider's page. Returns the callback.
    pub async fn choose(&mut self, authorization: &Url, person: &str) -> Url {
        self.answer_provider(authorization, ("person", person)).await
    }

    /// Declines on the provider's page.
    pub async fn decline(&mut self, authorization: &Url) -> Url {
        self.answer_provider(authorization, ("decline", "yes")).await
    }

    /// Follows the provider's redirect back to us.
    pub async fn follow(&mut self, callback: &Url) -> Answer {
        self.get(&path_and_query(callback)).await
    }

    /// Tries to sign in as `person`. Returns the answer to the callback.
    pub async fn attempt_as(&mut self, person: &str) -> Answer {
        let authorization = self.begin(routes::HOME).await;
        let callback = self.choose(&authorization, person).await;
        self.follow(&callback).await
    }

    /// Signs in as `person`. Returns the answer to the callback, which is a redirect.
    pub async fn sign_in_as(&mut self, person: &str) -> Answer {
        let answer = self.attempt_as(person).await;
        answer.assert_status(303);
        answer
    }

    async fn answer_provider(&mut self, authorization: &Url, choice: (&str, &str)) -> Url {
        let provider = authorization.origin().ascii_serialization();
        if self.is_elsewhere(&provider) {
            return Box::pin(Self::new(&provider).answer_provider(authorization, choice)).await;
        }
        let page = self.get(&path_and_query(authorization)).await;
        page.assert_status(200);
        let hidden = hidden_fields(&page.body);
        let fields: Vec<_> =
            hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain([choice]).collect();
        let answer = self.submit(authorization.path(), &fields).await;
        assert!(answer.headers.contains_key(LOCATION), "{answer:#?}");
        Url::parse(answer.location()).unwrap()
    }
}

/// The value of the query parameter `name`.
#[track_caller]
pub fn parameter(url: &Url, name: &str) -> String {
    let value = url.query_pairs().find(|(of, _)| of == name).map(|(_, value)| value.into_owned());
    value.unwrap_or_else(|| panic!("no {name} in {url}"))
}

/// `url` with the query parameter `name` set to `value`, or without it.
pub fn changed(url: &Url, name: &str, value: Option<&str>) -> Url {
    let others: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(of, _)| of != name).collect();
    let mut changed = url.clone();
    changed.query_pairs_mut().clear().extend_pairs(others).extend_pairs(value.map(|value| (name, value)));
    changed
}

/// The part of `url` that is sent in a request.
pub fn path_and_query(url: &Url) -> String {
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

/// Names and values of the hidden fields of a page of the demonstration provider.
fn hidden_fields(html: &str) -> Vec<(String, String)> {
    let fields = html.split("<input type=\"hidden\" name=\"").skip(1);
    let field = |text: &str| {
        let (name, rest) = text.split_once("\" value=\"").unwrap();
        let (value, _) = rest.split_once('"').unwrap();
        (name.to_owned(), decode_html_entities(value).into_owned())
    };
    fields.map(field).collect()
}
