//! Hides documents behind the stamps of pages: a person who sees a part of a document must not be able to guess the
//! rest and check it against the stamp.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac::{self, HMAC_SHA256};
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

/// The purpose of the key, so that nothing else is accepted as a stamp.
const LABEL: &[u8] = b"rolecall stamp key 1";

/// The key of stamps. Clones share it, as do instances with the same secret keys.
#[derive(Clone, Debug)]
pub(super) struct StampKey(hmac::Key);

impl StampKey {
    /// Derived from the first of `secret_keys`, 32 bytes as base64; without one, a new key for this process.
    pub(super) fn of(secret_keys: &[SecretString]) -> Self {
        let secret = secret_keys.first().and_then(|key| STANDARD.decode(key.expose_secret()).ok());
        let secret = secret.unwrap_or_else(|| Uuid::new_v4().into_bytes().to_vec());
        let derived = hmac::sign(&hmac::Key::new(HMAC_SHA256, &secret), LABEL);
        Self(hmac::Key::new(HMAC_SHA256, derived.as_ref()))
    }

    /// The stamp of a document with this `digest`.
    pub(super) fn stamp(&self, digest: u64) -> u64 {
        let code = hmac::sign(&self.0, &digest.to_be_bytes());
        code.as_ref().iter().take(8).fold(0, |stamp, byte| stamp << 8 | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_instances_with_the_same_keys_have_the_same_stamps() {
        let key = |byte: u8| StampKey::of(&[SecretString::from(STANDARD.encode([byte; 32]))]);
        assert_eq!(key(1).stamp(7), key(1).stamp(7));
        assert_ne!(key(1).stamp(7), key(1).stamp(8));
        assert_ne!(key(1).stamp(7), key(2).stamp(7));
        assert_ne!(StampKey::of(&[]).stamp(7), StampKey::of(&[]).stamp(7));
    }
}
