//! Data that a browser keeps for us but can neither read nor change: encrypted, and bound to its host and cookie name.
//!
//! Long addresses of pages are kept this way during a sign-in. Addresses of up to [`ReturnTo::MAX_BYTES`] are allowed,
//! which fit neither into one cookie nor, percent-encoded, into the address limit of proxies. So the browser keeps such
//! an address in up to three cookies with a path of their own, and only that path goes through the sign-in.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use tower_sessions::cookie::Cookie;

use super::cipher::{Cipher, CipherError};
use super::cookie::{ATTEMPT_KEPT, CookiePolicy};
use crate::{ReturnTo, random};

/// An address up to this length is passed along unchanged. Twenty attempts with such addresses fit into 6.6 kB.
pub const MAX_INLINE_BYTES: usize = 72;
/// How much of an encrypted address one cookie holds: browsers allow 4096 bytes including the name.
const PART_BYTES: usize = 3_700;

/// The encrypted cookies of one host: of attempts, and of stored addresses. A value is invalid under another name and
/// on another host. Clones share the keys.
#[derive(Clone)]
pub struct SealedCookies {
    cipher: Arc<Cipher>,
    pub(super) policy: CookiePolicy,
    host: String,
}

impl SealedCookies {
    /// The cookies of the host with the origin `host`, encrypted by `cipher` and named by `policy`.
    pub fn new(cipher: Arc<Cipher>, policy: CookiePolicy, host: String) -> Self {
        Self { cipher, policy, host }
    }

    /// The cookies of another host.
    #[must_use]
    pub fn elsewhere(&self, policy: CookiePolicy, host: String) -> Self {
        Self { policy, host, ..self.clone() }
    }

    /// The value for the cookie `name` with `content`.
    pub(super) fn seal(&self, name: &str, content: &[u8]) -> Result<String, CipherError> {
        Ok(URL_SAFE_NO_PAD.encode(self.cipher.seal(&self.owner(name), content)?))
    }

    /// The content of the cookie `name` with the value `sealed`.
    pub(super) fn open(&self, name: &str, sealed: &str) -> Result<Vec<u8>, CipherError> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| CipherError::Damaged)?;
        self.cipher.open(&self.owner(name), &sealed)
    }

    fn owner(&self, name: &str) -> String {
        format!("cookie {name} of {}", self.host)
    }
}

/// An address in the form that goes through a sign-in.
pub struct KeptAddress {
    /// Where the person is led: a short address on the same host.
    pub address: ReturnTo,
    /// The cookies that the browser needs for it.
    pub cookies: Vec<Cookie<'static>>,
}

impl SealedCookies {
    /// `page` unchanged if it is short, and otherwise a short address that leads there in the browser that gets the
    /// cookies.
    ///
    /// # Errors
    /// When it cannot be encrypted.
    pub fn keep(&self, page: ReturnTo) -> Result<KeptAddress, CipherError> {
        if page.as_str().len() <= MAX_INLINE_BYTES {
            return Ok(KeptAddress { address: page, cookies: vec![] });
        }
        let id = random::short_hash(&random::token());
        let sealed = self.seal(&self.policy.kept_name(&id), page.as_str().as_bytes())?;
        let address = ReturnTo::parse_elsewhere(&self.policy.kept_path(&id)).ok_or(CipherError::Damaged)?;
        let parts = sealed.as_bytes().chunks(PART_BYTES).map(String::from_utf8_lossy);
        let cookies = parts.enumerate().map(|(at, part)| self.policy.kept(&id, at, part.into_owned(), ATTEMPT_KEPT));
        Ok(KeptAddress { address, cookies: cookies.collect() })
    }

    /// The page that the browser keeps as `id`. The cookies stay for as long as an attempt, because the person may come
    /// back once more; no other request carries them.
    #[must_use]
    pub fn kept(&self, id: &str, headers: &HeaderMap) -> Option<ReturnTo> {
        let sealed = self.policy.kept_in(headers, id)?;
        let page = String::from_utf8(self.open(&self.policy.kept_name(id), &sealed).ok()?).ok()?;
        ReturnTo::parse_elsewhere(&page)
    }
}
