//! Signing in at the stand-in, and what must hold for every refused sign-in there.

use openidconnect::reqwest::header::LOCATION;
use openidconnect::reqwest::redirect::Policy;
use openidconnect::reqwest::{Client, Url};

use super::{CLIENT_ID, CLIENT_SECRET, Face, Script, StandIn, TENANT};
use crate::support::{Answer, Browser, Setup, TestApp, Traces};

impl StandIn {
    /// The settings with which it is the only provider of an application.
    pub fn setup(&self) -> Setup {
        let face = self.shared.script.lock().unwrap().face;
        let setup = set(TestApp::setup().with_clock(self.shared.clock.clone()), "CLIENT_ID", CLIENT_ID);
        let setup = set(setup, "CLIENT_SECRET", CLIENT_SECRET);
        match face {
            Face::Entra => {
                let setup = setup.set("ROLECALL_GRAPH__BASE_URL", &self.origin);
                set(set(set(setup, "KIND", "entra"), "TENANT", TENANT), "AUTHORITY", &self.origin)
            }
            Face::Plain => set(set(setup, "KIND", "oidc"), "ISSUER", &self.issuer()),
        }
    }

    /// The issuer of the plain face.
    pub fn issuer(&self) -> String {
        format!("{}/op/v2.0", self.origin)
    }

    /// Follows an authorization request. Returns where the browser is sent back to.
    pub async fn authorize(&self, authorization: &Url) -> Url {
        let http = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        let answer = http.get(authorization.clone()).send().await.unwrap();
        let location = answer.headers().get(LOCATION).map(|location| location.to_str().unwrap().to_owned());
        let status = answer.status();
        let body = answer.text().await.unwrap();
        location.unwrap_or_else(|| panic!("{status}: {body}")).parse().unwrap()
    }

    /// Tries to sign in. Returns the answer to the callback, or to the beginning if that failed.
    pub async fn attempt(&self, browser: &mut Browser) -> Answer {
        let begun = browser.get("/login/azure").await;
        if begun.status != 303 {
            return begun;
        }
        let callback = self.authorize(&begun.location().parse().unwrap()).await;
        browser.follow(&callback).await
    }

    /// Signs in. Returns a browser with a session.
    pub async fn sign_in(&self, app: &TestApp) -> Browser {
        let mut browser = app.browser();
        self.attempt(&mut browser).await.assert_status(303);
        assert!(browser.user().await.is_some());
        browser
    }

    /// Checks that a sign-in succeeds, that after `change` it is refused with `status` and leaves no trace, and that it
    /// succeeds again afterwards. Returns the page with the refusal.
    pub async fn refuses(&self, app: &TestApp, status: u16, change: impl FnOnce(&mut Script)) -> Answer {
        self.sign_in(app).await;
        let before = (Traces::of(app).await, self.count("userinfo"));
        self.change(change);
        let mut browser = app.browser();
        let answer = self.attempt(&mut browser).await;
        answer.assert_status(status);
        assert_eq!(browser.user().await, None);
        assert_eq!((Traces::of(app).await, self.count("userinfo")), before);
        self.reset();
        self.sign_in(app).await;
        answer
    }
}

/// Sets a key of the provider.
pub fn set(setup: Setup, key: &str, value: &str) -> Setup {
    setup.set(&format!("ROLECALL_PROVIDERS__AZURE__{key}"), value)
}
