//! The directory of one tenant, as Microsoft Graph shows it: it accepts only what Graph's documentation allows, stores
//! it, and can be made busy, slow to show what it stored, or to fail at any step.
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

/// The faults of the directory.
#[derive(Clone, Debug, Default)]
pub struct Fault {
    /// The change, counted from 0, that fails.
    pub fails_at: Option<(usize, Point)>,
    /// How many requests for each new object fail because it is not known yet.
    pub unknown_at_first: u32,
    /// How many requests are answered that it is too busy.
    pub busy: u32,
    /// Whether the token's owner is forbidden to change anything.
    pub forbids: bool,
    /// A folder to create when a secret is given out, so that a file cannot be written there.
    pub in_the_way: Option<PathBuf>,
}

/// Everything that the directory holds.
#[derive(Clone, Default)]
pub struct State {
    /// The faults in force.
    pub fault: Fault,
    /// The token that is accepted.
    pub token: String,
    /// The applications, by object id.
    pub applications: BTreeMap<String, Value>,
    /// Who owns them, by object id, as Graph shows people and service principals.
    pub owners: BTreeMap<String, Vec<Value>>,
    /// The applications that were deleted.
    pub deleted: Vec<Value>,
    /// The service principals, by object id.
    pub service_principals: BTreeMap<String, Value>,
    /// The secrets that were given out, by their key id.
    pub secrets: BTreeMap<String, String>,
    /// The changes that were requested: method and path.
    pub changes: Vec<String>,
    /// Requests that are not as Graph documents them.
    pub complaints: Vec<String>,
    /// How many more requests for each new object fail.
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

    /// Replaces the faults in force.
    pub fn set_fault(&self, fault: Fault) {
        self.change(|state| {
            state.changes.clear();
            state.fault = fault;
        });
    }

    /// The only application.
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
