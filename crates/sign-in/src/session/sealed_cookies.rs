//! What a browser keeps for us and may not read or change: sealed, and bound to the host and to the cookie that it is in.
//!
//! Long addresses of pages are kept so while a sign-in is under way. It leads back to addresses of up to
//! [`ReturnTo::MAX_BYTES`], which fit neither into a cookie nor, encoded, into what proxies take for an address. So the
//! browser keeps such an address in up to three cookies for a path of their own, and what goes through the sign-in is
//! that path: only the last step carries the bytes.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use tower_sessions::cookie::Cookie;

use super::cipher::{Cipher, CipherError};
use super::cookie::{ATTEMPT_KEPT, CookiePolicy};
use crate::{ReturnTo, random};

/// An address that is no longer than this goes along as it is. Twenty attempts with such addresses fit into 6.6 kB.
pub const MAX_INLINE_BYTES: usize = 72;
/// How much of a sealed address one cookie holds: browsers take 4096 bytes with the name.
const PART_BYTES: usize = 3_700;

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

/// An address as it goes through a sign-in.
pub struct KeptAddress {
    /// Where the person is led: a short address, of the same host.
    pub address: ReturnTo,
    /// What the browser has to keep for that.
    pub cookies: Vec<Cookie<'static>>,
}

impl SealedCookies {
    /// `page` as it is where it is short, and otherwise a short address that leads there from the browser that gets the
    /// cookies.
    ///
    /// # Errors
    /// When it cannot be sealed.
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

    /// The page that the browser keeps as `id`. It keeps it for as long as an attempt: somebody may come back once more, and
    /// no other request carries it.
    #[must_use]
    pub fn kept(&self, id: &str, headers: &HeaderMap) -> Option<ReturnTo> {
        let sealed = self.policy.kept_in(headers, id)?;
        let page = String::from_utf8(self.open(&self.policy.kept_name(id), &sealed).ok()?).ok()?;
        ReturnTo::parse_elsewhere(&page)
    }
}
