//! An OpenID provider that tests control completely: its metadata, how it signs, which client it accepts, and what it
//! says about the person. It behaves like Microsoft Entra ID, with tenants, templates and keys, or like any other
//! provider. It is used over real HTTP.

mod access_token;
mod client_proof;
mod endpoints;
mod flow;
mod script;
mod signer;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::TestClock;

pub use access_token::{AUDIENCE, AccessToken};
pub use client_proof::ClientProof;
pub use flow::set;
pub use script::{Face, OTHER_TENANT, Script, TENANT};
pub use signer::Signer;

/// The one client that the provider knows.
pub const CLIENT_ID: &str = "aa11bb22-0000-4000-8000-cc33dd44ee55";
/// Its secret, with every kind of character that has to be encoded.
pub const CLIENT_SECRET: &str = "s3cret:~ +%&=é";

/// A running provider. It stops when this is dropped.
pub struct StandIn {
    /// Its own origin, without a slash at its end.
    pub origin: String,
    shared: Arc<Shared>,
    served: JoinHandle<()>,
}

/// What all requests share.
struct Shared {
    origin: String,
    clock: TestClock,
    script: Mutex<Script>,
    seen: Mutex<ProviderRequests>,
}

/// What was asked of the provider so far.
#[derive(Clone, Debug, Default)]
pub struct ProviderRequests {
    /// How often each endpoint was asked.
    pub counts: BTreeMap<&'static str, u64>,
    /// The query of the authorization request that came last.
    pub authorization: BTreeMap<String, String>,
    /// The form of the pushed request that came last.
    pub pushed: BTreeMap<String, String>,
    /// The form of the token request that came last.
    pub token: BTreeMap<String, String>,
    /// Header and claims of the client assertion that came last.
    pub assertion: Option<(Map<String, Value>, Map<String, Value>)>,
    /// The request behind each code or reference.
    requests: BTreeMap<String, BTreeMap<String, String>>,
    /// The `jti` of every assertion.
    assertion_ids: Vec<String>,
}

impl StandIn {
    /// Starts one with this face.
    pub async fn start(face: Face) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let script = Mutex::new(Script::honest(face));
        let shared = Arc::new(Shared {
            origin: origin.clone(),
            clock: TestClock::starting_now(),
            script,
            seen: Mutex::default(),
        });
        let router = endpoints::router(Arc::clone(&shared));
        let served = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { origin, shared, served }
    }

    /// Changes what it does from now on.
    pub fn change(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.shared.script.lock().unwrap());
    }

    /// Makes it honest again.
    pub fn reset(&self) {
        self.change(|script| *script = Script::honest(script.face));
    }

    /// What was asked so far.
    pub fn seen(&self) -> ProviderRequests {
        self.shared.seen.lock().unwrap().clone()
    }

    /// Its clock, which an application goes by unless it is given another.
    pub fn clock(&self) -> &TestClock {
        &self.shared.clock
    }

    /// How often `endpoint` was asked: `discovery`, `jwks`, `authorize`, `par`, `token`, `userinfo` or `graph`.
    pub fn count(&self, endpoint: &str) -> u64 {
        self.seen().counts.get(endpoint).copied().unwrap_or_default()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.served.abort();
    }
}
