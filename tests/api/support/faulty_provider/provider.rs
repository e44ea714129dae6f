//! The provider, as tests control it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::middleware::from_fn_with_state;
use openidconnect::reqwest::Url;
use rolecall_demo_provider::{CLIENT_ID, DemoProvider};
use rolecall_sign_in::random;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::endpoint::{Counters, Endpoint, RequestCounts};
use super::faults::Faults;
use super::layer;
use super::secrets::Secrets;
use super::signature::Keys;
use crate::support::TestClock;

/// How long a logout token is valid, in seconds.
const LOGOUT_TOKEN_LIFETIME_S: i64 = 120;

/// The demonstration provider with faults. Clones share everything.
#[derive(Clone)]
pub struct FaultyProvider {
    shared: Arc<Shared>,
}

struct Shared {
    honest: DemoProvider,
    clock: TestClock,
    faults: watch::Sender<Faults>,
    counters: Counters,
    keys: Mutex<Keys>,
    secrets: Mutex<Secrets>,
}

impl FaultyProvider {
    /// A layer around `honest`, without faults at first. Both use `clock`.
    pub fn around(honest: &DemoProvider, clock: &TestClock) -> Self {
        let shared = Shared {
            honest: honest.clone(),
            clock: clock.clone(),
            faults: watch::Sender::new(Faults::default()),
            counters: Counters::default(),
            keys: Mutex::new(Keys::new()),
            secrets: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// The endpoints, relative to the path of the issuer.
    pub fn router(&self) -> Router {
        self.shared.honest.router().layer(from_fn_with_state(self.clone(), layer::attend))
    }

    /// The issuer identifier.
    pub fn issuer(&self) -> &Url {
        self.shared.honest.issuer()
    }

    /// Replaces the faults in force, and releases requests that the new faults do not hold.
    pub fn set_faults(&self, faults: Faults) {
        self.shared.faults.send_replace(faults);
    }

    /// Replaces the signing key: the old one leaves the key set at once.
    pub fn rotate_keys(&self) {
        self.with_keys(Keys::rotate);
    }

    /// Revokes every access token, as a provider may do before they expire.
    pub fn end_access_tokens(&self) {
        self.with_secrets(Secrets::end_access_tokens);
    }

    /// How often each endpoint was asked.
    pub fn requests(&self) -> RequestCounts {
        self.shared.counters.read()
    }

    /// A logout token (OpenID Connect Back-Channel Logout 1.0, section 2.4) with `claims` merged over its own, of which
    /// `null` removes one, and with the faults in force in its header and signature. It names nobody unless `claims`
    /// has `sid` or `sub`.
    pub fn logout_token(&self, claims: &Map<String, Value>) -> String {
        let now_s = self.now_s();
        let honest = json!({
            "iss": self.issuer().as_str(),
            "aud": CLIENT_ID,
            "iat": now_s,
            "exp": now_s + LOGOUT_TOKEN_LIFETIME_S,
            "jti": random::id(),
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        });
        let mut all = honest.as_object().unwrap().clone();
        all.extend(claims.clone());
        all.retain(|_, value| !value.is_null());
        self.with_keys(|keys| keys.sign(self.faults().signature.as_ref(), "logout+jwt", &all))
    }

    /// The time, Unix seconds (UTC).
    pub(super) fn now_s(&self) -> i64 {
        self.shared.clock.now_ms().div_euclid(1000)
    }

    /// The faults in force.
    pub(super) fn faults(&self) -> Faults {
        self.shared.faults.borrow().clone()
    }

    /// Whether to replace the key before the next ID token; true once for each time it was asked for.
    pub(super) fn take_rotation(&self) -> bool {
        self.shared.faults.send_if_modified(|faults| std::mem::take(&mut faults.rotate_before_signing))
    }

    /// Counts a request to `endpoint`.
    pub(super) fn count(&self, endpoint: Endpoint) {
        self.shared.counters.count(endpoint);
    }

    /// Waits until requests to `endpoint` are no longer held.
    pub(super) async fn until_released(&self, endpoint: Endpoint) {
        self.shared.faults.subscribe().wait_for(|faults| !faults.hangs(endpoint)).await.unwrap();
    }

    pub(super) fn with_keys<T>(&self, work: impl FnOnce(&mut Keys) -> T) -> T {
        work(&mut self.shared.keys.lock().unwrap())
    }

    pub(super) fn with_secrets<T>(&self, work: impl FnOnce(&mut Secrets) -> T) -> T {
        work(&mut self.shared.secrets.lock().unwrap())
    }
}
