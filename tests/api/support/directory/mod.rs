//! The directory of one tenant, as Microsoft Graph shows it: it takes what the documentation of Graph allows and
//! nothing else, keeps what it is told, and can be made busy, slow to know what it was told, or to fail at any step.
//!
//! Source: Microsoft Graph REST API v1.0, application, apiApplication, permissionScope, servicePrincipal,
//! passwordCredential, keyCredential.

mod exposed;
mod forms;
mod requests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A running directory. It stops when this is dropped.
pub struct Directory {
    /// Where it is.
    pub url: String,
    state: Arc<Mutex<State>>,
    served: JoinHandle<()>,
}

/// When a change fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// Before it is made.
    Before,
    /// After it was made: its answer is lost.
    After,
}

/// What does not go as it should.
#[derive(Clone, Debug, Default)]
pub struct Fault {
    /// The change, counted from 0, that fails.
    pub fails_at: Option<(usize, Point)>,
    /// How often each new thing is not known yet when it is asked for.
    pub unknown_at_first: u32,
    /// How often it is too busy to answer.
    pub busy: u32,
    /// Whether the token's owner may change nothing.
    pub forbids: bool,
    /// A folder that is made in the way when a secret is given out.
    pub in_the_way: Option<PathBuf>,
}

/// Everything that the directory holds.
#[derive(Clone, Default)]
pub struct State {
    /// What does not go as it should.
    pub fault: Fault,
    /// The token that is accepted.
    pub token: String,
    /// The applications, by object id.
    pub applications: BTreeMap<String, Value>,
    /// Who owns them, by object id, as Graph shows people and service principals.
    pub owners: BTreeMap<String, Vec<Value>>,
    /// Those that were deleted.
    pub deleted: Vec<Value>,
    /// The service principals, by object id.
    pub service_principals: BTreeMap<String, Value>,
    /// The secrets that were given out, by their key id.
    pub secrets: BTreeMap<String, String>,
    /// The changes that were asked for: method and path.
    pub changes: Vec<String>,
    /// What was asked for and is not as Graph documents it.
    pub complaints: Vec<String>,
    /// How often each thing is still to be denied.
    denied: BTreeMap<String, u32>,
    made: u32,
}

impl Directory {
    /// Starts an empty one that accepts `token`.
    pub async fn start(token: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State { token: token.to_owned(), ..State::default() }));
        let router = requests::router(Arc::clone(&state));
        let served = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, state, served }
    }

    /// What it holds.
    #[track_caller]
    pub fn state(&self) -> State {
        let state = self.state.lock().unwrap().clone();
        assert_eq!(state.complaints, Vec::<String>::new());
        state
    }

    /// Changes what it holds.
    pub fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
    }

    /// Makes something not go as it should, from now on.
    pub fn set_fault(&self, fault: Fault) {
        self.change(|state| {
            state.changes.clear();
            state.fault = fault;
        });
    }

    /// The one application that there is.
    #[track_caller]
    pub fn application(&self) -> Value {
        let state = self.state();
        assert_eq!(state.applications.len(), 1);
        state.applications.into_values().next().unwrap()
    }
}

impl State {
    /// A new id.
    fn id(&mut self) -> String {
        self.made += 1;
        format!("00000000-0000-4000-8000-{:012}", self.made)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        self.served.abort();
    }
}
