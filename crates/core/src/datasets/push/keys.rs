//! Idempotency keys (draft-ietf-httpapi-idempotency-key-header).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest as _, Sha256};

/// The longest key that is accepted, in characters.
const LONGEST: usize = 255;

/// The key that a program gave a request, so that sending it again changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key in the header's `value`: a quoted string as in the draft, or the same without quotation marks. `None` if
    /// it is empty, too long or not visible ASCII.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        let key = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
        let fits = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        (!key.is_empty() && key.len() <= LONGEST && key.bytes().all(fits)).then(|| Self(key.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The fingerprint of a request: `parts`, which include the digest of the body, in an unambiguous encoding.
pub(super) fn fingerprint(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(part);
    }
    STANDARD_NO_PAD.encode(hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_short_visible_text_with_or_without_quotation_marks() {
        let key = |value: &str| IdempotencyKey::parse(value).map(|key| key.0);
        assert_eq!(key("\"8e03978e\"").as_deref(), Some("8e03978e"));
        assert_eq!(key(" 8e03978e ").as_deref(), Some("8e03978e"));
        for wrong in ["", "\"\"", "a b", "a\"b", "\"a", "a\\b", "é", &"a".repeat(256)] {
            assert_eq!(key(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_parts_of_a_request_cannot_be_shifted_into_each_other() {
        assert_ne!(fingerprint(&[b"ab", b"c"]), fingerprint(&[b"a", b"bc"]));
    }
}
