//! The token in a request's headers (RFC 6750, section 2.1).

use http::{HeaderMap, header};

use super::BearerError;

/// A token longer than this is not read.
const MAX_BYTES: usize = 16 * 1024;

/// The token in `headers`.
///
/// # Errors
/// [`BearerError::NoToken`] when there is none; other errors when the header is there twice, or cannot hold a token.
pub fn token(headers: &HeaderMap) -> Result<&str, BearerError> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or(BearerError::NoToken)?;
    if values.next().is_some() {
        return Err(BearerError::Header);
    }
    let value = value.to_str().map_err(|_| BearerError::Header)?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        // Another authentication scheme, which is ignored here.
        return Err(BearerError::NoToken);
    }
    let token = token.trim_matches(' ');
    if token.len() > MAX_BYTES {
        return Err(BearerError::TooLong);
    }
    if is_b64token(token) { Ok(token) } else { Err(BearerError::Header) }
}

/// Whether `text` is a `b64token` (RFC 6750, section 2.1).
fn is_b64token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (header::AUTHORIZATION, value.parse().unwrap())).collect()
    }

    #[test]
    fn one_header_holds_the_token() {
        for value in ["Bearer a.b-c_d~e+f/g==", "bearer  a.b-c_d~e+f/g==", "BEARER a.b-c_d~e+f/g== "] {
            assert_eq!(token(&headers(&[value])).unwrap(), "a.b-c_d~e+f/g==", "{value}");
        }
    }

    #[test]
    fn another_scheme_is_no_token() {
        for values in [&[][..], &["Basic YTpi"], &["DPoP a.b.c"], &["a.b.c"], &[""]] {
            assert!(matches!(token(&headers(values)), Err(BearerError::NoToken)), "{values:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let several = [&["Bearer a", "Bearer a"][..], &["Bearer a", "Basic YTpi"]];
        let odd = [&["Bearer"][..], &["Bearer "], &["Bearer a b"], &["Bearer a,b"], &["Bearer =a"], &["Bearer \u{e9}"]];
        for values in several.into_iter().chain(odd) {
            assert!(matches!(token(&headers(values)), Err(BearerError::Header)), "{values:?}");
        }
        let long = format!("Bearer {}", "a".repeat(MAX_BYTES + 1));
        assert!(matches!(token(&headers(&[&long])), Err(BearerError::TooLong)));
    }
}
