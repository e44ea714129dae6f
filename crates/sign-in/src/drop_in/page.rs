//! The few pages that the sign-in itself shows. Plain by default; an application can render its own.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::response::{Html, IntoResponse as _, Response};
use html_escape::{encode_double_quoted_attribute, encode_text};
use http::{HeaderValue, StatusCode, header};
use rolecall_model::AppError;

use super::SIGN_OUT;
use crate::Explanation;
use crate::session::SignedOutBy;

/// Renders a page into an answer.
pub(super) type Render = Arc<dyn Fn(Page) -> Response + Send + Sync>;

/// A page of the sign-in. Its texts are safe to show to anyone, and must be escaped like any other text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The HTTP status.
    pub status: StatusCode,
    /// Its heading.
    pub title: String,
    /// What happened, in a sentence or two.
    pub message: String,
    /// What to do next, in order.
    pub advice: Vec<String>,
    /// What the provider said, for support: names and values.
    pub details: Vec<(String, String)>,
    /// Links to go on: labels and paths.
    pub links: Vec<(String, String)>,
    /// Whether the page needs a sign-out button: a form that posts to [`SIGN_OUT`](super::SIGN_OUT).
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

    /// The page for `explanation`.
    pub(super) fn of(explanation: Explanation) -> Self {
        let Explanation { status, title, message, advice, ask_administrator, details, .. } = explanation;
        // Requests have no id that the sign-in knows of.
        let ask = ask_administrator.then_some("If it happens again, tell an administrator when it did.");
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self {
            advice: advice.into_iter().chain(ask).map(ToOwned::to_owned).collect(),
            details: details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            ..Self::new(status, title, message)
        }
    }

    /// The page for `error`.
    pub(super) fn telling(error: &AppError) -> Self {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { advice: error.advice(), ..Self::new(status, error.title(), error.to_string()) }
    }

    pub(super) fn link(mut self, label: &str, path: impl Into<String>) -> Self {
        self.links.push((label.to_owned(), path.into()));
        self
    }
}

/// The page for a browser that was signed out, `by` whom; `asked_for` is the link that begins a sign-in anyway.
pub(super) fn sign_out_holds(asked_for: String, by: SignedOutBy) -> Page {
    Page::of(Explanation::signed_out(by)).link("Sign in", asked_for)
}

/// The plain pages may load nothing. Their form may lead anywhere, because signing out continues at the provider.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; base-uri 'none'; frame-ancestors 'none'");

/// Renders `page` plainly.
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

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn markup_in_a_name_or_a_title_is_shown_and_does_nothing() {
        const MARKUP: &str = "</title><script>alert('x')</script>\" onload=\"alert(1)";
        let mut page = Page::new(StatusCode::OK, MARKUP, MARKUP).link(MARKUP, format!("/{MARKUP}"));
        page.advice.push(MARKUP.to_owned());
        page.details.push((MARKUP.to_owned(), MARKUP.to_owned()));
        let body = to_bytes(plain(&page).into_body(), usize::MAX).await.unwrap();
        let html = String::from_utf8(body.to_vec()).unwrap();
        // Title, heading, message, advice, both parts of the detail, the label of the link, and its address.
        assert_eq!(html.matches("&lt;script&gt;").count() + html.matches("&lt;/script&gt;").count(), 16, "{html}");
        assert_eq!(html.matches("</title>").count(), 1, "{html}");
        assert!(!html.contains("<script"), "{html}");
        let (_, link) = html.split_once("<a href=\"").unwrap();
        let (address, _) = link.split_once("\">").unwrap();
        assert!(address.contains("&quot; onload=&quot;alert(1)"), "{address}");
    }
}
