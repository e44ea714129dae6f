//! Issued codes, access tokens and refresh tokens that are still valid, in memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rolecall_sign_in::random;

use super::people::DemoPerson;

/// How long a code lives: RFC 6749, section 4.1.2, asks for a short time.
pub(super) const CODE_LIFETIME_MS: i64 = 60_000;
/// How long an access token lives, in seconds: also the `expires_in` of token responses.
pub(super) const ACCESS_LIFETIME_S: u32 = 3600;
/// How long a refresh token lives.
pub(super) const REFRESH_LIFETIME_MS: i64 = 24 * 3600 * 1000;

/// What a person allowed the client to do, by choosing themselves.
#[derive(Clone)]
pub(super) struct Grant {
    pub(super) person: &'static DemoPerson,
    /// The requested scopes.
    pub(super) scopes: Vec<String>,
    /// The session at the provider: every token of this grant belongs to it.
    pub(super) sid: String,
    /// When the person chose, Unix seconds (UTC).
    pub(super) auth_time_s: i64,
}

/// What a code stands for.
#[derive(Clone)]
pub(super) struct CodeGrant {
    /// What was allowed.
    pub(super) grant: Grant,
    /// The redirect URI, as the authorization request wrote it.
    pub(super) redirect_uri: String,
    /// The PKCE challenge.
    pub(super) challenge: String,
    /// The nonce, for the ID token.
    pub(super) nonce: Option<String>,
}

/// Something that was issued.
struct Issued<T> {
    value: T,
    expires_at_ms: i64,
    /// Whether it was used up. It is remembered until it expires, so that a second use is noticed.
    spent: bool,
}

impl<T> Issued<T> {
    /// `value`, valid until `expires_at_ms`.
    const fn new(value: T, expires_at_ms: i64) -> Self {
        Self { value, expires_at_ms, spent: false }
    }
}

/// How often expired entries are dropped. They are rejected from the moment when they expire, dropped or not.
const SWEEP_EVERY_MS: i64 = 60_000;

/// The tables, by code or token.
#[derive(Default)]
struct Tables {
    swept_at_ms: i64,
    codes: HashMap<String, Issued<CodeGrant>>,
    access: HashMap<String, Issued<Grant>>,
    refresh: HashMap<String, Issued<Grant>>,
}

impl Tables {
    /// Drops expired entries if that is due.
    fn sweep(&mut self, now_ms: i64) {
        if now_ms - self.swept_at_ms < SWEEP_EVERY_MS {
            return;
        }
        self.swept_at_ms = now_ms;
        self.codes.retain(|_, code| code.expires_at_ms > now_ms);
        self.access.retain(|_, token| token.expires_at_ms > now_ms);
        self.refresh.retain(|_, token| token.expires_at_ms > now_ms);
    }

    /// Ends every token of the session `sid`: a code or token of it was used twice, so somebody may have stolen it.
    fn end(&mut self, sid: &str) {
        self.access.retain(|_, token| token.value.sid != sid);
        self.refresh.retain(|_, token| token.value.sid != sid);
    }
}

/// The entry for `secret`, unless it has expired.
fn live<'a, T>(table: &'a mut HashMap<String, Issued<T>>, secret: &str, now_ms: i64) -> Option<&'a mut Issued<T>> {
    table.get_mut(secret).filter(|issued| issued.expires_at_ms > now_ms)
}

/// The codes and tokens.
#[derive(Default)]
pub(super) struct Grants {
    tables: Mutex<Tables>,
}

impl Grants {
    /// Issues a code for `grant`.
    pub(super) fn issue_code(&self, grant: CodeGrant, now_ms: i64) -> String {
        let code = random::token();
        self.swept(now_ms).codes.insert(code.clone(), Issued::new(grant, now_ms + CODE_LIFETIME_MS));
        code
    }

    /// Redeems a code, which works once. A second use ends the tokens that came from it (RFC 6749, section 4.1.2).
    pub(super) fn redeem_code(&self, code: &str, now_ms: i64) -> Option<CodeGrant> {
        let mut tables = self.lock();
        let issued = live(&mut tables.codes, code, now_ms)?;
        let grant = issued.value.clone();
        if std::mem::replace(&mut issued.spent, true) {
            tables.end(&grant.grant.sid);
            return None;
        }
        Some(grant)
    }

    /// Issues an access token for `grant`.
    pub(super) fn issue_access(&self, grant: &Grant, now_ms: i64) -> String {
        let token = random::token();
        let expires_at_ms = now_ms + i64::from(ACCESS_LIFETIME_S) * 1000;
        self.swept(now_ms).access.insert(token.clone(), Issued::new(grant.clone(), expires_at_ms));
        token
    }

    /// What the access token `token` allows.
    pub(super) fn access(&self, token: &str, now_ms: i64) -> Option<Grant> {
        live(&mut self.lock().access, token, now_ms).map(|issued| issued.value.clone())
    }

    /// Issues a refresh token for `grant`.
    pub(super) fn issue_refresh(&self, grant: &Grant, now_ms: i64) -> String {
        let token = random::token();
        self.swept(now_ms).refresh.insert(token.clone(), Issued::new(grant.clone(), now_ms + REFRESH_LIFETIME_MS));
        token
    }

    /// Redeems a refresh token, which works once. A second use ends the whole session (RFC 9700, section 4.14.2).
    pub(super) fn redeem_refresh(&self, token: &str, now_ms: i64) -> Option<Grant> {
        let mut tables = self.lock();
        let issued = live(&mut tables.refresh, token, now_ms)?;
        let grant = issued.value.clone();
        if std::mem::replace(&mut issued.spent, true) {
            tables.end(&grant.sid);
            return None;
        }
        Some(grant)
    }

    /// The tables, without expired entries if a sweep is due: callers that add an entry use this.
    fn swept(&self, now_ms: i64) -> MutexGuard<'_, Tables> {
        let mut tables = self.lock();
        tables.sweep(now_ms);
        tables
    }

    /// The tables. No change of them can stop half-way, so a poisoned lock can be used like any other.
    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::people;

    fn grant() -> Grant {
        Grant { person: &people()[0], scopes: vec!["openid".to_owned()], sid: "session".to_owned(), auth_time_s: 0 }
    }

    fn code_grant() -> CodeGrant {
        CodeGrant { grant: grant(), redirect_uri: String::new(), challenge: String::new(), nonce: None }
    }

    #[test]
    fn a_code_is_good_once() {
        let grants = Grants::default();
        let code = grants.issue_code(code_grant(), 0);
        assert!(grants.redeem_code(&code, 1).is_some());
        assert!(grants.redeem_code(&code, 2).is_none());
    }

    #[test]
    fn a_code_used_twice_ends_the_tokens_that_came_of_it() {
        let grants = Grants::default();
        let code = grants.issue_code(code_grant(), 0);
        let grant = grants.redeem_code(&code, 1).unwrap().grant;
        let (access, refresh) = (grants.issue_access(&grant, 1), grants.issue_refresh(&grant, 1));
        assert!(grants.access(&access, 2).is_some());
        assert!(grants.redeem_code(&code, 3).is_none());
        assert!(grants.access(&access, 4).is_none());
        assert!(grants.redeem_refresh(&refresh, 4).is_none());
    }

    #[test]
    fn a_code_expires_after_a_minute() {
        let grants = Grants::default();
        let code = grants.issue_code(code_grant(), 0);
        assert!(grants.redeem_code(&code, CODE_LIFETIME_MS).is_none());
    }

    #[test]
    fn a_rotated_refresh_token_ends_the_session_when_it_comes_back() {
        let grants = Grants::default();
        let first = grants.issue_refresh(&grant(), 0);
        let second = grants.issue_refresh(&grants.redeem_refresh(&first, 1).unwrap(), 1);
        assert!(grants.redeem_refresh(&first, 2).is_none());
        assert!(grants.redeem_refresh(&second, 3).is_none());
    }

    #[test]
    fn an_access_token_expires_after_an_hour() {
        let grants = Grants::default();
        let token = grants.issue_access(&grant(), 0);
        assert!(grants.access(&token, 3_599_999).is_some());
        assert!(grants.access(&token, 3_600_000).is_none());
    }
}
