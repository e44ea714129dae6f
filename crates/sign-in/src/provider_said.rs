//! A provider's error message, made safe to show and to log: bounded, printable, and without secrets.
//!
//! Anyone can write such a text into a callback, and a provider may repeat what we sent it.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use super::aadsts;
use super::plain_text::plain;

/// The longest text that is examined, in bytes.
const READ_MAX_BYTES: usize = 8 * 1024;
/// The longest text that is kept, in characters.
const TEXT_MAX_CHARS: usize = 500;
/// The longest error code that is kept, in characters.
const ERROR_MAX_CHARS: usize = 80;
/// From this length on a run of letters and digits may be a token. A GUID is longer, but it is not a token.
const TOKEN_MIN_CHARS: usize = 32;
/// From this length on a text that begins like a JSON Web Token may be one.
const JWT_MIN_CHARS: usize = 20;
/// The replacement for a removed part.
const LEFT_OUT: &str = "[…]";

/// A provider's error message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderSaid {
    /// The error code (RFC 6749, sections 4.1.2.1 and 5.2).
    pub error: String,
    /// Its description, without what the other fields contain.
    pub text: Option<String>,
    /// Entra's code, the number after `AADSTS`.
    pub code: Option<u32>,
    /// Entra's id of the request.
    pub trace_id: Option<Uuid>,
    /// Entra's id of the whole sign-in.
    pub correlation_id: Option<Uuid>,
    /// When Entra refused, in Entra's format.
    pub timestamp: Option<String>,
    /// A link to more information.
    pub more: Option<Url>,
}

impl ProviderSaid {
    /// From an authorization response with `error` and `description`; `secrets` are removed.
    #[must_use]
    pub fn in_callback(error: &str, description: Option<&str>, secrets: &[&str]) -> Self {
        let description = description.map(|text| without(text, secrets));
        let text = description.as_deref();
        Self {
            error: plain(&without(error, secrets), ERROR_MAX_CHARS),
            code: text.and_then(aadsts::code_in),
            trace_id: text.and_then(|text| labelled(text, TRACE_ID)).and_then(guid),
            correlation_id: text.and_then(|text| labelled(text, CORRELATION_ID)).and_then(guid),
            timestamp: text.and_then(|text| labelled(text, TIMESTAMP)).and_then(time),
            text: text.map(|text| plain(message_of(text), TEXT_MAX_CHARS)).filter(|text| !text.is_empty()),
            more: None,
        }
    }

    /// From a token endpoint's `refusal`; `secrets` are removed.
    #[must_use]
    pub fn by_token_endpoint(refusal: &TokenEndpointError, secrets: &[&str]) -> Self {
        let said = Self::in_callback(&refusal.error, refusal.error_description.as_str(), secrets);
        let member = |value: &Value| value.as_str().and_then(guid);
        let first_code = refusal.error_codes.as_array().and_then(|codes| codes.first()).and_then(Value::as_u64);
        Self {
            code: said.code.or_else(|| first_code.and_then(|code| u32::try_from(code).ok())),
            trace_id: said.trace_id.or_else(|| member(&refusal.trace_id)),
            correlation_id: said.correlation_id.or_else(|| member(&refusal.correlation_id)),
            timestamp: said.timestamp.or_else(|| refusal.timestamp.as_str().and_then(time)),
            more: refusal.error_uri.as_str().and_then(|address| more(address, secrets)),
            ..said
        }
    }
}

/// The error answer of a token endpoint (RFC 6749, section 5.2) or of an endpoint for pushed requests (RFC 9126,
/// section 2.3), with the members that Entra adds. A member of the wrong type is ignored; the rest is still read.
#[derive(Clone, Deserialize)]
pub struct TokenEndpointError {
    error: String,
    #[serde(default)]
    error_description: Value,
    #[serde(default)]
    error_uri: Value,
    #[serde(default)]
    error_codes: Value,
    #[serde(default)]
    trace_id: Value,
    #[serde(default)]
    correlation_id: Value,
    #[serde(default)]
    timestamp: Value,
}

/// Without the provider's text: it may repeat a secret.
impl fmt::Debug for TokenEndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenEndpointError").finish_non_exhaustive()
    }
}

const TRACE_ID: &str = "Trace ID:";
const CORRELATION_ID: &str = "Correlation ID:";
const TIMESTAMP: &str = "Timestamp:";

/// The description without Entra's code at the start and the labelled values at the end.
fn message_of(text: &str) -> &str {
    let end = [TRACE_ID, CORRELATION_ID, TIMESTAMP].iter().filter_map(|label| text.find(label)).min();
    let message = text[..end.unwrap_or(text.len())].trim();
    let after_code = message.strip_prefix("AADSTS").map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    after_code.and_then(|rest| rest.strip_prefix(": ")).unwrap_or(message)
}

/// The text after `label` in `text`.
fn labelled<'t>(text: &'t str, label: &str) -> Option<&'t str> {
    text.split_once(label).map(|(_, value)| value.trim_start())
}

/// The GUID at the start of `text`.
fn guid(text: &str) -> Option<Uuid> {
    text.get(..36).and_then(|guid| Uuid::try_parse(guid).ok())
}

/// The time at the start of `text`: `2024-02-29 12:34:56Z`.
fn time(text: &str) -> Option<String> {
    let time: String = text.chars().take_while(|c| c.is_ascii_digit() || " -:.TZ".contains(*c)).take(30).collect();
    let time = time.trim();
    (time.len() >= "2024-02-29".len()).then(|| time.to_owned())
}

/// A link to more information: http or https, and short.
fn more(address: &str, secrets: &[&str]) -> Option<Url> {
    let is_clean = without(address, secrets) == address;
    Url::parse(address).ok().filter(|url| url.scheme() == "https" && is_clean && address.len() <= TEXT_MAX_CHARS)
}

/// The beginning of `text` without `secrets`, and without what looks like a token.
fn without(text: &str, secrets: &[&str]) -> String {
    let end = text.char_indices().map(|(at, _)| at).find(|at| *at > READ_MAX_BYTES).unwrap_or(text.len());
    let mut clean = text[..end].to_owned();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        clean = clean.replace(secret, LEFT_OUT);
    }
    let is_of_run = |c: char| c.is_ascii_alphanumeric() || "_-+=~.".contains(c);
    let words = clean.split_inclusive(|c: char| !is_of_run(c));
    words
        .map(|word| {
            let run = word.trim_end_matches(|c: char| !is_of_run(c));
            if holds_token(run) { format!("{LEFT_OUT}{}", &word[run.len()..]) } else { word.to_owned() }
        })
        .collect()
}

/// Whether `run` looks like a JSON Web Token (`{"` as base64url), or like an opaque part of one.
fn holds_token(run: &str) -> bool {
    let is_opaque = |part: &str| {
        let is_long = part.len() >= TOKEN_MIN_CHARS && part.bytes().any(|byte| byte.is_ascii_digit());
        is_long && Uuid::try_parse(part).is_err()
    };
    (run.len() >= JWT_MIN_CHARS && run.starts_with("eyJ")) || run.split('.').any(is_opaque)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TRACE: &str = "11111111-2222-4333-8444-555555555555";
    const CORRELATION: &str = "66666666-7777-4888-9999-aaaaaaaaaaaa";

    fn in_callback(description: &str) -> ProviderSaid {
        ProviderSaid::in_callback("invalid_request", Some(description), &["the-state"])
    }

    fn by_token_endpoint(body: Value) -> ProviderSaid {
        ProviderSaid::by_token_endpoint(&serde_json::from_value(body).unwrap(), &["the-code", "the-secret"])
    }

    #[test]
    fn what_entra_says_is_taken_apart() {
        for [first, between] in [[" ", " "], ["\r\n", "\r\n"], ["\n", "   "]] {
            let said = in_callback(&format!(
                "AADSTS50011: The redirect URI 'https://rolecall.example.com/login/azure/authorized' does not match.\
                 {first}Trace ID: {TRACE}{between}Correlation ID: {CORRELATION}{between}Timestamp: 2024-02-29 12:34:56Z"
            ));
            assert_eq!(said.code, Some(50011));
            assert_eq!(said.trace_id, Uuid::try_parse(TRACE).ok());
            assert_eq!(said.correlation_id, Uuid::try_parse(CORRELATION).ok());
            assert_eq!(said.timestamp.as_deref(), Some("2024-02-29 12:34:56Z"));
            let expected = "The redirect URI 'https://rolecall.example.com/login/azure/authorized' does not match.";
            assert_eq!(said.text.as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_is_no_such_text_is_shown_as_it_is() {
        let said = in_callback("Trace ID: <b>x</b> Correlation ID: 1 Timestamp: soon");
        assert_eq!(said, ProviderSaid { error: "invalid_request".to_owned(), ..ProviderSaid::default() });
        assert_eq!(in_callback("No.\u{202e}\0").text.as_deref(), Some("No."));
        assert_eq!(ProviderSaid::in_callback("x\r\ny", None, &[]).error, "x  y");
    }

    #[test]
    fn a_text_without_end_is_cut() {
        for endless in
            ["x ".repeat(100_000), "AADSTS".repeat(100_000), "Trace ID: ".repeat(100_000), "日".repeat(9_000)]
        {
            let said = ProviderSaid::in_callback(&endless, Some(&endless), &[]);
            assert!(said.error.chars().count() <= ERROR_MAX_CHARS);
            assert!(said.text.unwrap_or_default().chars().count() <= TEXT_MAX_CHARS);
        }
    }

    #[test]
    fn no_secret_and_no_token_is_repeated() {
        let opaque = "0.AXoAzY-9s_1wFk3Qq7bJm2n4p6r8t0v2x4z6";
        let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2ln";
        let said = in_callback(&format!("State the-state, code '{opaque}', token {jwt}."));
        assert_eq!(said.text.as_deref(), Some("State […], code '[…]', token […]"));
        let said = by_token_endpoint(json!({
            "error": "invalid_grant", "error_description": "the-code of the-secret", "error_uri": "https://op/?c=the-code"
        }));
        assert_eq!(said.text.as_deref(), Some("[…] of […]"));
        assert_eq!(said.more, None);
    }

    #[test]
    fn the_members_that_entra_adds_are_read() {
        let said = by_token_endpoint(json!({
            "error": "invalid_client",
            "error_description": "Invalid client secret provided.",
            "error_codes": [7_000_215],
            "timestamp": "2024-02-29 12:34:56Z",
            "trace_id": TRACE,
            "correlation_id": CORRELATION,
            "error_uri": "https://login.microsoftonline.com/error?code=7000215",
        }));
        assert_eq!(said.error, "invalid_client");
        assert_eq!(said.code, Some(7_000_215));
        assert_eq!(said.trace_id, Uuid::try_parse(TRACE).ok());
        assert_eq!(said.correlation_id, Uuid::try_parse(CORRELATION).ok());
        assert_eq!(said.timestamp.as_deref(), Some("2024-02-29 12:34:56Z"));
        assert_eq!(said.more.unwrap().as_str(), "https://login.microsoftonline.com/error?code=7000215");
    }

    #[test]
    fn members_of_the_wrong_type_say_nothing_and_harm_nothing() {
        for wrong in [json!(1e300), json!({}), json!([[]]), json!(null), json!("javascript:alert(1)")] {
            let said = by_token_endpoint(json!({
                "error": "invalid_grant", "error_codes": wrong, "timestamp": wrong, "trace_id": wrong,
                "correlation_id": wrong, "error_uri": wrong,
            }));
            assert_eq!(said, ProviderSaid { error: "invalid_grant".to_owned(), ..ProviderSaid::default() });
        }
    }

    #[test]
    fn debug_output_repeats_nothing() {
        let refusal: TokenEndpointError =
            serde_json::from_value(json!({"error": "x", "error_description": "the-code"})).unwrap();
        assert_eq!(format!("{refusal:?}"), "TokenEndpointError { .. }");
    }
}
