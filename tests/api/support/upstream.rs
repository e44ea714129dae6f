//! An app behind Rolecall: it records every request, and does what the path says.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::{Path as UrlPath, Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use axum::{Router, serve};
use axum_server::tls_rustls::RustlsConfig;
use futures_util::{SinkExt as _, StreamExt as _, stream};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::Setup;

/// The app, running until the test ends.
pub struct Upstream {
    /// Where it listens.
    pub address: SocketAddr,
    notes: Arc<Notes>,
    pieces: Sender<Bytes>,
    arrived: tokio::sync::Mutex<Receiver<Bytes>>,
}

/// A request as it arrived, up to its body.
#[derive(Clone, Debug)]
pub struct ArrivedRequest {
    pub method: String,
    /// Its path and query, as written.
    pub target: String,
    pub headers: HeaderMap,
}

struct Notes {
    seen: Mutex<Vec<ArrivedRequest>>,
    /// The pieces of the answer at `/pieces`, as the test gives them.
    pieces: tokio::sync::Mutex<Receiver<Bytes>>,
    /// What arrives at `/arrivals`.
    arrivals: Sender<Bytes>,
    /// How many connections are open for a WebSocket, or for pieces.
    open: Mutex<usize>,
}

impl Upstream {
    /// Starts one.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (app, router) = Self::on(listener.local_addr().unwrap());
        tokio::spawn(async move { serve(listener, router).await });
        app
    }

    /// Starts one that answers https, with the certificate and the key in these files.
    pub async fn start_over_tls(cert: &Path, key: &Path) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let (app, router) = Self::on(listener.local_addr().unwrap());
        let config = RustlsConfig::from_pem_file(cert, key).await.unwrap();
        let server = axum_server::from_tcp_rustls(listener, config).unwrap();
        tokio::spawn(server.serve(router.into_make_service()));
        app
    }

    fn on(address: SocketAddr) -> (Self, Router) {
        let (pieces, given) = mpsc::channel(16);
        let (arrivals, arrived) = mpsc::channel(1024);
        let given = tokio::sync::Mutex::new(given);
        let notes = Arc::new(Notes { seen: Mutex::default(), pieces: given, arrivals, open: Mutex::default() });
        let router = Router::new()
            .route("/pieces", any(give_pieces))
            .route("/arrivals", any(tell_arrivals))
            .route("/answer", any(answer))
            .route("/zeros/{bytes}", any(zeros))
            .route("/socket", any(socket))
            .route("/silence", any(async || std::future::pending::<StatusCode>().await))
            .fallback(async || "the app")
            .layer(axum::middleware::from_fn_with_state(Arc::clone(&notes), note))
            .with_state(Arc::clone(&notes));
        (Self { address, notes, pieces, arrived: arrived.into() }, router)
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<ArrivedRequest> {
        self.notes.seen.lock().unwrap().clone()
    }

    /// The latest request.
    #[track_caller]
    pub fn last(&self) -> ArrivedRequest {
        self.seen().pop().unwrap()
    }

    /// Gives out the next piece of the answer at `/pieces`.
    pub async fn give(&self, piece: &'static str) {
        self.pieces.send(Bytes::from_static(piece.as_bytes())).await.unwrap();
    }

    /// The next piece that arrives at `/arrivals`; `None` if the body was cut off.
    pub async fn arrived(&self) -> Option<Bytes> {
        self.arrived.lock().await.recv().await.filter(|piece| piece != "broken off")
    }

    /// How many answers at `/pieces` and sockets are open.
    pub fn open(&self) -> usize {
        *self.notes.open.lock().unwrap()
    }
}

impl ArrivedRequest {
    /// The only value of the header `name`; empty when there is none.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().map_or("", |value| value.to_str().unwrap());
        assert!(values.next().is_none(), "several {name} in {self:#?}");
        value
    }
}

impl Setup {
    /// Puts `upstream` at `/apps/{name}/`, open to `role`.
    #[must_use]
    pub fn with_app(self, name: &str, upstream: SocketAddr, role: &str) -> Self {
        let key = |key: &str| format!("ROLECALL_APPS__{}__{key}", name.to_ascii_uppercase());
        self.set(&key("UPSTREAM"), &format!("http://{upstream}"))
            .set(&key("ROLE"), role)
            .set(&key("SAME_ORIGIN"), "trusted")
    }
}

async fn note(State(notes): State<Arc<Notes>>, request: Request, next: axum::middleware::Next) -> Response {
    let target = request.uri().path_and_query().unwrap().to_string();
    let seen = ArrivedRequest { method: request.method().to_string(), target, headers: request.headers().clone() };
    notes.seen.lock().unwrap().push(seen);
    next.run(request).await
}

/// Counts one thing that is open, until it is dropped.
struct Open(Arc<Notes>);

impl Open {
    fn new(notes: &Arc<Notes>) -> Self {
        *notes.open.lock().unwrap() += 1;
        Self(Arc::clone(notes))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        *self.0.open.lock().unwrap() -= 1;
    }
}

/// Answers at once, and then piece by piece. An empty piece is the last.
async fn give_pieces(State(notes): State<Arc<Notes>>) -> Response {
    let open = Open::new(&notes);
    let pieces = stream::unfold((notes, open), |(notes, open)| async move {
        let piece = notes.pieces.lock().await.recv().await.filter(|piece| !piece.is_empty())?;
        Some((Ok::<_, Infallible>(piece), (notes, open)))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(pieces)).into_response()
}

/// Reports each piece of the body when it arrives.
async fn tell_arrivals(State(notes): State<Arc<Notes>>, request: Request) -> String {
    let mut length = 0;
    let mut pieces = request.into_body().into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.unwrap_or(Bytes::from_static(b"broken off"));
        length += piece.len();
        // A test does not have to listen.
        let _ = notes.arrivals.try_send(piece);
    }
    format!("{length} bytes")
}

/// Answers with so many zeros.
async fn zeros(UrlPath(bytes): UrlPath<u64>) -> Response {
    const PIECE: Bytes = Bytes::from_static(&[0; 64 * 1024]);
    let pieces = stream::unfold(bytes, |left| async move {
        let length = usize::try_from(left).unwrap().min(PIECE.len());
        (length > 0).then(|| (Ok::<_, Infallible>(PIECE.slice(..length)), left - length as u64))
    });
    ([(header::CONTENT_LENGTH, bytes)], Body::from_stream(pieces)).into_response()
}

/// Answers with the status and the headers that the query names.
async fn answer(Query(pairs): Query<Vec<(String, String)>>) -> Response {
    let mut response = "an answer of the app".into_response();
    for (name, value) in pairs {
        if name == "status" {
            *response.status_mut() = value.parse().unwrap();
        } else {
            let name: HeaderName = name.parse().unwrap();
            response.headers_mut().append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
    }
    response
}

/// Sends back each message. First, without being asked, it sends who is signed in.
async fn socket(State(notes): State<Arc<Notes>>, mut request: Request) -> Response {
    let Some(key) = request.headers().get("sec-websocket-key") else { return StatusCode::BAD_REQUEST.into_response() };
    let accept = derive_accept_key(key.as_bytes());
    let user = request.headers()["x-rolecall-name"].to_str().unwrap().to_owned();
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let _open = Open::new(&notes);
        let stream = TokioIo::new(upgrade.await.unwrap());
        let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
        socket.send(user.into()).await.unwrap();
        while let Some(Ok(message)) = socket.next().await {
            if message.is_text() || message.is_binary() {
                socket.send(message).await.unwrap();
            }
        }
    });
    let headers: BTreeMap<_, _> =
        BTreeMap::from([("connection", "upgrade"), ("upgrade", "websocket"), ("sec-websocket-accept", &accept)]);
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    for (name, value) in headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
