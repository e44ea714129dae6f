//! Encryption of stored data: tokens, and the secrets of an attempt.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) with a random 24-byte nonce. An encrypted value is `version (1) ‖ key
//! id (8) ‖ nonce (24) ‖ ciphertext and tag`. Its owner is bound as associated data, so the value of one row cannot be
//! moved to another.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::random;

const VERSION: u8 = 1;
const KEY_ID_LEN: usize = 8;
const NONCE_LEN: usize = 24;
const HEADER_LEN: usize = 1 + KEY_ID_LEN + NONCE_LEN;

/// Padding is optional: keys are generated with many different tools.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// Encrypts with the first key and decrypts with any.
pub struct Cipher {
    keys: Vec<Key>,
}

struct Key {
    id: [u8; KEY_ID_LEN],
    aead: XChaCha20Poly1305,
}

/// Why a value could not be encrypted or decrypted.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum CipherError {
    /// A key is not 32 bytes of base64, or there is none.
    #[error("a secret key must be 32 bytes as base64")]
    InvalidKey,
    /// None of the keys encrypted this value.
    #[error("a stored value was encrypted with a key that is not configured any more")]
    UnknownKey,
    /// The value was changed, truncated, or moved from elsewhere.
    #[error("a stored value is damaged, or belongs elsewhere")]
    Damaged,
}

impl Cipher {
    /// A cipher with `keys`, each 32 bytes as base64 (standard or URL-safe): the first encrypts, all decrypt.
    ///
    /// # Errors
    /// [`CipherError::InvalidKey`] when a key has another form or there is none.
    pub fn new(keys: &[SecretString]) -> Result<Self, CipherError> {
        let keys = keys.iter().map(Key::parse).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(CipherError::InvalidKey) } else { Ok(Self { keys }) }
    }

    /// Encrypts `plain` for `owner`, which must be the same to decrypt it.
    ///
    /// # Errors
    /// [`CipherError::Damaged`] when `plain` is larger than the cipher's limit (256 GiB).
    pub fn seal(&self, owner: &str, plain: &[u8]) -> Result<Vec<u8>, CipherError> {
        let key = self.keys.first().ok_or(CipherError::InvalidKey)?;
        let nonce = random::nonce::<NONCE_LEN>();
        let payload = Payload { msg: plain, aad: owner.as_bytes() };
        let sealed = key.aead.encrypt(XNonce::from_slice(&nonce), payload).map_err(|_| CipherError::Damaged)?;
        Ok([&[VERSION][..], &key.id, &nonce, &sealed].concat())
    }

    /// Decrypts a value from [`seal`](Self::seal) with the same `owner`.
    ///
    /// # Errors
    /// [`CipherError::UnknownKey`] or [`CipherError::Damaged`].
    pub fn open(&self, owner: &str, sealed: &[u8]) -> Result<Vec<u8>, CipherError> {
        if sealed.len() < HEADER_LEN || sealed[0] != VERSION {
            return Err(CipherError::Damaged);
        }
        let (header, ciphertext) = sealed.split_at(HEADER_LEN);
        let (id, nonce) = header[1..].split_at(KEY_ID_LEN);
        let key = self.keys.iter().find(|key| key.id == id).ok_or(CipherError::UnknownKey)?;
        let payload = Payload { msg: ciphertext, aad: owner.as_bytes() };
        key.aead.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| CipherError::Damaged)
    }
}

impl Key {
    fn parse(encoded: &SecretString) -> Result<Self, CipherError> {
        let encoded = encoded.expose_secret().trim().replace('-', "+").replace('_', "/");
        let bytes =
            GeneralPurpose::new(&alphabet::STANDARD, LENIENT).decode(encoded).map_err(|_| CipherError::InvalidKey)?;
        let aead = XChaCha20Poly1305::new_from_slice(&bytes).map_err(|_| CipherError::InvalidKey)?;
        let mut id = [0; KEY_ID_LEN];
        id.copy_from_slice(&Sha256::new_with_prefix("rolecall key id").chain_update(&bytes).finalize()[..KEY_ID_LEN]);
        Ok(Self { id, aead })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(fill: &str) -> SecretString {
        fill.repeat(43).into()
    }

    #[test]
    fn a_sealed_value_opens_for_its_owner_only() {
        let cipher = Cipher::new(&[key("A")]).unwrap();
        let sealed = cipher.seal("row 1", b"token").unwrap();
        assert_eq!(cipher.open("row 1", &sealed).unwrap(), b"token");
        assert_eq!(cipher.open("row 2", &sealed), Err(CipherError::Damaged));
    }

    #[test]
    fn an_older_key_still_opens_and_the_first_one_seals() {
        let old = Cipher::new(&[key("A")]).unwrap().seal("row", b"token").unwrap();
        let rotated = Cipher::new(&[key("E"), key("A")]).unwrap();
        assert_eq!(rotated.open("row", &old).unwrap(), b"token");
        let new = rotated.seal("row", b"token").unwrap();
        assert_eq!(Cipher::new(&[key("A")]).unwrap().open("row", &new), Err(CipherError::UnknownKey));
    }

    #[test]
    fn any_changed_or_missing_byte_is_noticed() {
        let cipher = Cipher::new(&[key("A")]).unwrap();
        let sealed = cipher.seal("row", b"token").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(cipher.open("row", &changed).is_err(), "byte {at}");
            assert!(cipher.open("row", &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn keys_of_another_form_are_refused() {
        for bad in ["", "short", &"A".repeat(44), "not base64 at all, but forty-three chars !!"] {
            assert!(matches!(Cipher::new(&[bad.to_owned().into()]), Err(CipherError::InvalidKey)), "{bad}");
        }
        assert!(matches!(Cipher::new(&[]), Err(CipherError::InvalidKey)));
    }
}
