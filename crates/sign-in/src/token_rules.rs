//! The rules that ID tokens, logout tokens, access tokens and signed answers of the `UserInfo` endpoint share.

use serde_json::Value;

/// How old an ID token or a logout token may be when it comes, in seconds.
pub const MAX_AGE_S: i64 = 10 * 60;
/// The longest subject (OpenID Connect Core 2).
pub const SUBJECT_MAX_BYTES: usize = 255;

/// Whether one of `audience` is the client `client_id`.
pub fn is_for(audience: &Value, client_id: &str) -> bool {
    match audience {
        Value::String(one) => one == client_id,
        Value::Array(several) => several.iter().any(|one| one == client_id),
        _ => false,
    }
}

/// Whether `text` can name a session, a person or a token.
pub fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.len() <= SUBJECT_MAX_BYTES && !text.chars().any(char::is_control)
}
