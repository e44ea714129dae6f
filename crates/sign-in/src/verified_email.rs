//! A person's e-mail address, where it decides what they may see.

use serde_json::{Map, Value};

/// The address in `claims` of a token, if they say that the provider has verified it: with `email_verified` (OpenID
/// Connect Core 5.1), or at Entra with the optional claim `xms_edov`, without which anyone who administers a tenant can
/// choose the address (Microsoft identity platform, "Migrate away from using email claims for user identification").
/// Neither claim may be false. Without either claim the address is unverified.
#[must_use]
pub fn verified_email(claims: &Map<String, Value>) -> Option<&str> {
    let said: Vec<bool> =
        ["email_verified", "xms_edov"].into_iter().filter_map(|name| claims.get(name)).map(is_true).collect();
    let is_verified = !said.is_empty() && said.iter().all(|is_true| *is_true);
    claims.get("email").and_then(Value::as_str).filter(|email| is_verified && !email.trim().is_empty())
}

/// Some providers write booleans as text, and Entra writes this one as a number, too.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(is_true) => *is_true,
        Value::String(text) => text == "true" || text == "1",
        Value::Number(number) => number.as_i64() == Some(1),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn email(claims: &Value) -> Option<&str> {
        verified_email(claims.as_object().unwrap())
    }

    // Case: row-rules/unverified-email
    #[test]
    fn an_address_counts_only_where_the_provider_says_that_it_was_verified() {
        for flags in [
            json!({"email_verified": true}),
            json!({"email_verified": "true"}),
            json!({"xms_edov": true}),
            json!({"xms_edov": 1}),
            json!({"xms_edov": "1"}),
            json!({"xms_edov": true, "email_verified": true}),
        ] {
            let mut claims = flags.clone();
            claims["email"] = json!("wren@example.com");
            assert_eq!(email(&claims), Some("wren@example.com"), "{flags}");
        }
        for flags in [
            json!({}),
            json!({"email_verified": false}),
            json!({"email_verified": null}),
            json!({"email_verified": "yes"}),
            json!({"email_verified": [true]}),
            json!({"xms_edov": false}),
            json!({"xms_edov": 0}),
            json!({"email_verified": true, "xms_edov": false}),
            json!({"email_verified": false, "xms_edov": true}),
        ] {
            let mut claims = flags.clone();
            claims["email"] = json!("wren@example.com");
            assert_eq!(email(&claims), None, "{flags}");
        }
        assert_eq!(email(&json!({"email_verified": true})), None);
        assert_eq!(email(&json!({"email_verified": true, "email": " "})), None);
        assert_eq!(email(&json!({"email_verified": true, "email": ["wren@example.com"]})), None);
    }
}
