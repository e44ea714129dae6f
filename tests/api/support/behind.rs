//! An app behind Rolecall, which answers every request and remembers it.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse as _;
use http::header;

/// The beginning of every answer of the app.
pub const GREETING: &str = "The app says hello at";

/// An app on a port of its own, until the test ends.
pub struct AppBehind {
    /// Where Rolecall reaches it.
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl AppBehind {
    /// Starts one.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&asked);
        let app = Router::new().fallback(move |request: Request| {
            let line = format!("{} {}", request.method(), request.uri());
            notes.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            let page = format!("<p>{GREETING} {}</p>", request.uri());
            std::future::ready(([(header::CONTENT_TYPE, "text/html")], page).into_response())
        });
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, asked }
    }

    /// All requests that arrived: methods and paths.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
