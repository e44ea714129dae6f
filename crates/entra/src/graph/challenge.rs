//! Claims challenges: what an API says that a token lacks (RFC 9110, section 11.6.1; Microsoft's `claims` directive).

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::{HeaderMap, header};
use serde_json::{Map, Value};

/// The longest challenge that is read, in bytes: it has to fit into an address.
const MAX_BYTES: usize = 4 * 1024;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// What the next sign-in must ask the provider for (OpenID Connect Core 5.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimsChallenge(pub Map<String, Value>);

impl ClaimsChallenge {
    /// The challenge in the `WWW-Authenticate` lines of an answer: the `claims` beside `error="insufficient_claims"`.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let lines = headers.get_all(header::WWW_AUTHENTICATE).iter().filter_map(|line| line.to_str().ok());
        lines.flat_map(challenges).find_map(|challenge| challenge.claims())
    }
}

/// One challenge of a line: its scheme and its parameters.
#[derive(Debug, Default, PartialEq, Eq)]
struct Challenge {
    scheme: String,
    parameters: Vec<(String, String)>,
}

impl Challenge {
    fn parameter(&self, name: &str) -> Option<&str> {
        let mut named = self.parameters.iter().filter(|(of, _)| of.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.as_str())
    }

    fn claims(&self) -> Option<ClaimsChallenge> {
        let is_bearer = self.scheme.eq_ignore_ascii_case("bearer");
        if !is_bearer || self.parameter("error") != Some("insufficient_claims") {
            return None;
        }
        let encoded = self.parameter("claims").filter(|claims| claims.len() <= MAX_BYTES)?;
        // Both alphabets of base64 are in use.
        let encoded = encoded.replace('-', "+").replace('_', "/");
        let json = GeneralPurpose::new(&alphabet::STANDARD, LENIENT).decode(encoded).ok()?;
        match serde_json::from_slice(&json) {
            Ok(Value::Object(claims)) if !claims.is_empty() => Some(ClaimsChallenge(claims)),
            _ => None,
        }
    }
}

/// The challenges of one line. What cannot be read is skipped.
fn challenges(line: &str) -> Vec<Challenge> {
    let mut found: Vec<Challenge> = Vec::new();
    let mut rest = line;
    while let Some(start) = rest.find(is_token_char) {
        rest = &rest[start..];
        let end = rest.find(|c| !is_token_char(c)).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        rest = after;
        let Some(value) = after.trim_start().strip_prefix('=') else {
            found.push(Challenge { scheme: name.to_owned(), parameters: Vec::new() });
            continue;
        };
        let (value, after) = value_of(value.trim_start());
        rest = after;
        if let Some(challenge) = found.last_mut() {
            challenge.parameters.push((name.to_owned(), value));
        }
    }
    found
}

/// The value that `text` begins with, quoted or not, and what follows it.
fn value_of(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(|c| !is_token_char(c)).unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        return (value.to_owned(), rest);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

/// RFC 9110, section 5.6.2.
fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    const CLAIMS: &str = "eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwidmFsdWUiOiIxIn19fQ==";

    fn of(lines: &[&str]) -> Option<Value> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_str(line).unwrap());
        }
        ClaimsChallenge::of(&headers).map(|ClaimsChallenge(claims)| Value::Object(claims))
    }

    // Case: entra/claims-challenge
    #[test]
    fn the_claims_are_found_wherever_they_stand() {
        let expected = Some(json!({"access_token": {"nbf": {"essential": true, "value": "1"}}}));
        let unpadded = CLAIMS.trim_end_matches('=');
        for line in [
            format!(r#"Bearer realm="", error="insufficient_claims", claims="{CLAIMS}""#),
            format!("Bearer claims={unpadded}, error=insufficient_claims"),
            format!(r#"bearer ERROR="insufficient_claims" , Claims = "{CLAIMS}", x="a\"b,claims=c""#),
            format!(r#"Negotiate abc==, Basic realm="x, y", Bearer error="insufficient_claims", claims="{CLAIMS}""#),
        ] {
            assert_eq!(of(&[&line]), expected, "{line}");
            assert_eq!(of(&["Basic", &line]), expected, "{line}");
        }
    }

    #[test]
    fn anything_else_is_no_challenge() {
        for line in [
            "",
            "Bearer",
            r#"Bearer error="invalid_token""#,
            &format!(r#"Bearer error="invalid_token", claims="{CLAIMS}""#),
            &format!(r#"Basic error="insufficient_claims", claims="{CLAIMS}""#),
            &format!(r#"Bearer error="insufficient_claims", Other claims="{CLAIMS}""#),
            r#"Bearer error="insufficient_claims", claims="e30=""#,
            r#"Bearer error="insufficient_claims", claims="W10=""#,
            r#"Bearer error="insufficient_claims", claims="%%%""#,
            r#"Bearer error="insufficient_claims", claims=""#,
            r#"Bearer error="insufficient_claims\"#,
            &format!(r#"Bearer error="insufficient_claims", claims="{}""#, "A".repeat(MAX_BYTES + 1)),
        ] {
            assert_eq!(of(&[line]), None, "{line}");
        }
    }
}
