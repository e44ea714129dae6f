//! The pages that the provider shows. They contain no script, and text from outside is escaped.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use html_escape::encode_quoted_attribute as escape;
use url::{Host, Url};

use super::people::{DemoPerson, people};
use super::state::ProviderState;

/// The page to choose a person. `fields` are the client's parameters, which the form sends again; `redirect_uri` is
/// where it leads.
pub(super) fn chooser(state: &ProviderState, fields: &[(&str, Option<&str>)], redirect_uri: &Url) -> Response {
    let hidden: String =
        fields.iter().filter_map(|(name, value)| value.map(|value| hidden_field(name, value))).collect();
    let buttons: String = people().iter().map(button).collect();
    let origin = redirect_uri.origin().ascii_serialization();
    let action = state.endpoint_path("/authorize");
    let body = format!(
        r#"<h1>Demonstration provider</h1>
<p>This page stands in for your company’s provider. There is no password: choose who you want to be.</p>
<form method="post" action="{action}">
{hidden}<ul>
{buttons}</ul>
<button class="decline" name="decline" value="yes">Decline</button>
</form>
<p class="target">You go back to <strong>{origin}</strong>.</p>"#,
        action = escape(&action),
        origin = escape(&origin),
    );
    page(state, StatusCode::OK, "Demonstration provider", &body, form_target(redirect_uri, &origin))
}

/// A page that says one thing. `heading` and `text` are plain text.
pub(super) fn notice(state: &ProviderState, status: StatusCode, heading: &str, text: &str) -> Response {
    let body = format!(
        "<h1>{heading}</h1>\n<p>{text}</p>\n<p class=\"target\">Demonstration provider</p>",
        heading = escape(heading),
        text = escape(text),
    );
    page(state, status, &format!("{heading} · Demonstration provider"), &body, "")
}

/// `GET /style.css`: the style of the pages.
pub(super) async fn style() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("page.css"))
}

/// A whole page around `body`, which is HTML. `form_target` is what `form-action` allows beside this origin.
fn page(state: &ProviderState, status: StatusCode, title: &str, body: &str, form_target: &str) -> Response {
    let html = format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml"><link rel="stylesheet" href="{style}">
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"#,
        title = escape(title),
        style = escape(&state.endpoint_path("/style.css")),
    );
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {form_target}; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    (status, [(CONTENT_SECURITY_POLICY, policy)], Html(html)).into_response()
}

/// What `form-action` must allow for the form's redirect to `redirect_uri`: Chromium applies it to redirects too.
fn form_target<'a>(redirect_uri: &Url, origin: &'a str) -> &'a str {
    match redirect_uri.host() {
        // A source expression cannot name an IPv6 address (Content Security Policy Level 3, section 2.3.1).
        Some(Host::Ipv6(_)) if redirect_uri.scheme() == "https" => "https:",
        Some(Host::Ipv6(_)) => "http:",
        _ => origin,
    }
}

/// A parameter that the form sends again.
fn hidden_field(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape(name), escape(value))
}

/// The button that chooses `person`.
fn button(person: &DemoPerson) -> String {
    format!(
        r#"<li><button name="person" value="{key}">
<span class="name">{name}</span> <span class="email">{email}</span> <span class="role">{role}</span>
</button></li>
"#,
        key = escape(person.key),
        name = escape(person.name),
        email = escape(person.email),
        role = escape(person.role_text),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn text(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 64 * 1024).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn parameters_cannot_leave_their_attribute() {
        let redirect_uri = Url::parse("http://127.0.0.1:3000/login/demo/authorized").unwrap();
        let fields = [("state", Some(r#""><script>alert(1)</script>"#)), ("nonce", None)];
        let html = text(chooser(&ProviderState::at(0), &fields, &redirect_uri)).await;
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains(r#"value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;""#), "{html}");
        assert!(!html.contains("nonce"), "{html}");
    }

    #[tokio::test]
    async fn everybody_can_be_chosen() {
        let redirect_uri = Url::parse("http://localhost:3000/login/demo/authorized").unwrap();
        let html = text(chooser(&ProviderState::at(0), &[], &redirect_uri)).await;
        for person in people() {
            assert!(html.contains(&format!(r#"name="person" value="{}""#, person.key)), "{html}");
        }
        assert!(html.contains(r#"action="/demo/authorize""#), "{html}");
    }

    #[test]
    fn the_form_may_lead_to_the_client_and_nowhere_else() {
        let redirect_uri = Url::parse("http://localhost:3000/login/demo/authorized").unwrap();
        let response = chooser(&ProviderState::at(0), &[], &redirect_uri);
        let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("form-action 'self' http://localhost:3000;"), "{policy}");
    }
}
