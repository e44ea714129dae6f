//! What a browser keeps for us and may not read or change: sealed, and bound to the host and to the cookie that it is in.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::cipher::{Cipher, CipherError};
use super::cookie::CookiePolicy;

/// The sealed cookies of one host: of attempts, and of addresses that are kept. A value is worthless under another name
/// and on another host. Clones share the keys.
#[derive(Clone)]
pub struct SealedCookies {
    cipher: Arc<Cipher>,
    pub(super) policy: CookiePolicy,
    host: String,
}

impl SealedCookies {
    /// Those of the host with the origin `host`, sealed with `cipher` and called as `policy` says.
    pub fn new(cipher: Arc<Cipher>, policy: CookiePolicy, host: String) -> Self {
        Self { cipher, policy, host }
    }

    /// Those of another host.
    #[must_use]
    pub fn elsewhere(&self, policy: CookiePolicy, host: String) -> Self {
        Self { policy, host, ..self.clone() }
    }

    /// The value of the cookie `name` that holds `content`.
    pub(super) fn seal(&self, name: &str, content: &[u8]) -> Result<String, CipherError> {
        Ok(URL_SAFE_NO_PAD.encode(self.cipher.seal(&self.owner(name), content)?))
    }

    /// What the cookie `name` holds, whose value is `sealed`.
    pub(super) fn open(&self, name: &str, sealed: &str) -> Result<Vec<u8>, CipherError> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| CipherError::Damaged)?;
        self.cipher.open(&self.owner(name), &sealed)
    }

    fn owner(&self, name: &str) -> String {
        format!("cookie {name} of {}", self.host)
    }
}
