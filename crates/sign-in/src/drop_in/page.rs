//! The few pages that the sign-in shows by itself. Plain by default; an application may make its own of them.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::response::{Html, IntoResponse as _, Response};
use html_escape::{encode_double_quoted_attribute, encode_text};
use http::{HeaderValue, StatusCode, header};

use super::SIGN_OUT;
use crate::{Explanation, explain};

/// What makes an answer of a page.
pub(super) type Render = Arc<dyn Fn(Page) -> Response + Send + Sync>;

/// A page of the sign-in. Its texts are safe to show to anybody, and must be escaped like any other text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The status that goes with it.
    pub status: StatusCode,
    /// Its heading.
    pub title: String,
    /// What happened, in a sentence or two.
    pub message: String,
    /// What to do next, in order.
    pub advice: Vec<String>,
    /// What the provider said, for whoever is asked for help: names and values.
    pub details: Vec<(String, String)>,
    /// Where one can go from here: labels and paths.
    pub links: Vec<(String, String)>,
    /// Whether a button belongs on it that signs out: a form that posts to [`SIGN_OUT`](super::SIGN_OUT).
    pub offers_sign_out: bool,
}

impl Page {
    pub(super) fn new(status: StatusCode, title: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            title: title.to_owned(),
            message: message.into(),
            advice: Vec::new(),
            details: Vec::new(),
            links: Vec::new(),
            offers_sign_out: false,
        }
    }

    /// The page that tells `explanation`.
    pub(super) fn of(explanation: Explanation) -> Self {
        let Explanation { status, title, message, advice, details, .. } = explanation;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self {
            advice: advice.into_iter().map(|advice| without_request_id(advice).to_owned()).collect(),
            details: details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            ..Self::new(status, title, message)
        }
    }

    pub(super) fn link(mut self, label: &str, path: impl Into<String>) -> Self {
        self.links.push((label.to_owned(), path.into()));
        self
    }
}

/// `advice`, where requests have no id that we know of.
fn without_request_id(advice: &'static str) -> &'static str {
    if advice == explain::ASK { "If it happens again, tell an administrator when it did." } else { advice }
}

/// The page of a browser in which a sign-out holds; `asked_for` is the link that begins a sign-in all the same.
pub(super) fn sign_out_holds(asked_for: String) -> Page {
    Page::of(Explanation::signed_out()).link("Sign in", asked_for)
}

/// What the plain pages may load: nothing. Their form may lead anywhere, since signing out goes on at the provider.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; base-uri 'none'; frame-ancestors 'none'");

/// The plain form of `page`.
pub(super) fn plain(page: &Page) -> Response {
    let mut body = format!("<h1>{}</h1><p>{}</p>", encode_text(&page.title), encode_text(&page.message));
    let mut list = |open: &str, items: Vec<String>, close: &str| {
        if !items.is_empty() {
            let _ = write!(body, "{open}{}{close}", items.concat());
        }
    };
    let advice = page.advice.iter().map(|advice| format!("<li>{}</li>", encode_text(advice)));
    list("<ol>", advice.collect(), "</ol>");
    let details = page
        .details
        .iter()
        .map(|(name, value)| format!("<dt>{}</dt><dd>{}</dd>", encode_text(name), encode_text(value)));
    list("<dl>", details.collect(), "</dl>");
    let links = page.links.iter().map(|(label, path)| {
        format!("<p><a href=\"{}\">{}</a></p>", encode_double_quoted_attribute(path), encode_text(label))
    });
    list("<nav>", links.collect(), "</nav>");
    if page.offers_sign_out {
        let _ = write!(body, "<form method=\"post\" action=\"{SIGN_OUT}\"><button>Sign out</button></form>");
    }
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\"><title>{}</title></head>\
         <body><main>{body}</main></body></html>",
        encode_text(&page.title)
    );
    (page.status, [(header::CONTENT_SECURITY_POLICY, NOTHING)], Html(html)).into_response()
}
