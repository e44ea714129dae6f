//! A server in place of Graph that gives the answers of a test, one after the other, and remembers the requests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The server. It stops when this is dropped.
pub struct ScriptedGraph {
    /// Its origin, without a slash at its end.
    pub origin: String,
    shared: Arc<Shared>,
    served: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    answers: Mutex<VecDeque<Scripted>>,
    asked: Mutex<Vec<String>>,
}

/// One answer: status, headers and body. With a status of 0, the request hangs.
type Scripted = (u16, Vec<(&'static str, String)>, Vec<u8>);

impl ScriptedGraph {
    /// Starts one without answers: it answers 404.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::<Shared>::default();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let served = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { origin, shared, served }
    }

    /// Adds an answer after those that have not been given yet.
    pub fn answers(&self, status: u16, headers: &[(&'static str, &str)], body: impl Into<Vec<u8>>) {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.shared.answers.lock().unwrap().push_back((status, headers, body.into()));
    }

    /// The requests so far: method, path with query, `Authorization` and body of each.
    pub fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap().clone()
    }
}

impl Drop for ScriptedGraph {
    fn drop(&mut self) {
        self.served.abort();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
    let token = parts.headers.get("authorization").map_or("", |token| token.to_str().unwrap());
    shared.asked.lock().unwrap().push(format!("{} {} {token} {body}", parts.method, parts.uri).trim_end().to_owned());
    let scripted = shared.answers.lock().unwrap().pop_front();
    let Some((status, headers, body)) = scripted else { return StatusCode::NOT_FOUND.into_response() };
    if status == 0 {
        std::future::pending::<()>().await;
    }
    let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
    for (name, value) in headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
