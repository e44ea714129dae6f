//! Randomness from the operating system, and the hash under which random values are stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore as _;
use rand::rngs::OsRng;
use sha2::{Digest as _, Sha256};

/// A secret of 256 random bits, as 43 characters of base64url.
#[must_use]
pub fn token() -> String {
    let mut bytes = [0; 32];
    OsRng.fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// An identifier of 128 random bits, as 32 hexadecimal digits.
#[must_use]
pub fn id() -> String {
    format!("{:032x}", u128::from_be_bytes(nonce()))
}

/// 128 bits of the SHA-256 of a random value, as 22 characters of base64url: a name for the value that does not reveal
/// it.
#[must_use]
pub fn short_hash(value: &str) -> String {
    URL_SAFE_NO_PAD.encode(&hash(value)[..16])
}

/// `N` random bytes.
#[must_use]
pub fn nonce<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng.fill_bytes(&mut bytes);
    bytes
}

/// The SHA-256 of a random value: the database stores it in place of the value. Random values need no salt.
#[must_use]
pub fn hash(value: &str) -> Vec<u8> {
    Sha256::digest(value).to_vec()
}
