//! The cookie session of a browser, for one request: found by its cookie, and stored after the answer if that changed
//! it.
//!
//! Why this does not use the layer of tower-sessions: most requests only read, and that layer parses every cookie,
//! clones its settings several times and removes a cookie in a way that browsers ignore under a `__Host-` name.
//! Sessions and their store are still those of tower-sessions.

use std::sync::Arc;

use http::{HeaderValue, Request, Response, StatusCode, header};
use time::{Duration, OffsetDateTime};
use tower_sessions::cookie::Cookie;
use tower_sessions::session::{Id, Record};
use tower_sessions::{Expiry, Session, session};

use super::cookie::CookiePolicy;
use super::look_alikes::remove_look_alikes;
use super::store::CookieSessionStore;
use crate::clock::Clock;

/// The cookie sessions of one host. Clones share them.
#[derive(Clone)]
pub struct CookieSessions {
    cookies: CookiePolicy,
    store: Arc<CookieSessionStore>,
    clock: Clock,
}

/// The session of a request in progress.
#[must_use = "what a handler changes is stored when the session is closed"]
pub struct OpenSession<'s> {
    sessions: &'s CookieSessions,
    session: Session,
    /// Whether the browser sent a session cookie, valid or not.
    has_cookie: bool,
}

/// The session of a request as memory held it when the request came, for code that only reads it. A request extension.
#[derive(Clone)]
pub(crate) struct HeldSession(pub(super) Arc<Record>);

impl CookieSessions {
    /// The sessions in `store`, of browsers that hold `cookies`.
    #[must_use]
    pub const fn new(cookies: CookiePolicy, store: Arc<CookieSessionStore>, clock: Clock) -> Self {
        Self { cookies, store, clock }
    }

    /// The cookies of the host.
    #[must_use]
    pub const fn cookies(&self) -> &CookiePolicy {
        &self.cookies
    }

    /// Adds the [`Session`] of `request` as an extension. It is read from the store only when a handler needs its
    /// content; what memory holds of it is available immediately. Cookies that could be mistaken for ours are removed
    /// before.
    pub fn open<B>(&self, request: &mut Request<B>) -> OpenSession<'_> {
        remove_look_alikes(request.headers_mut());
        let cookie = self.cookies.session_in(request.headers());
        let id: Option<Id> = cookie.and_then(|value| value.parse().ok());
        let open = OpenSession {
            sessions: self,
            session: Session::new(id, Arc::clone(&self.store), None),
            has_cookie: cookie.is_some(),
        };
        request.extensions_mut().insert(open.session.clone());
        // Like the session above, this replaces one that was found earlier by an outer layer.
        match id.and_then(|id| self.store.held(&id)) {
            Some(held) => request.extensions_mut().insert(HeldSession(held)),
            None => request.extensions_mut().remove(),
        };
        open
    }
}

impl OpenSession<'_> {
    /// `response`, with the session's cookie if a handler changed the session, unless the handler failed. If a handler
    /// emptied the session, the browser drops its cookie. If the session cannot be stored, the answer is a 500 instead.
    ///
    /// A cookie without a session stays. It may be an old one, sent before another tab signed in: a late answer that
    /// dropped it would remove the cookie of that sign-in.
    pub async fn close<B: Default>(self, mut response: Response<B>) -> Response<B> {
        let cookie = if !self.session.is_modified() {
            None
        } else if self.session.is_empty().await {
            self.has_cookie.then(|| self.sessions.cookies.session_removal())
        } else if !response.status().is_server_error() {
            match self.stored().await {
                Ok(cookie) => cookie,
                Err(error) => {
                    tracing::error!(?error, "a session could not be stored");
                    response = Response::default();
                    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                    None
                }
            }
        } else {
            None
        };
        if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::from_str(&cookie.to_string()).ok()) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    /// Stores the session, and creates its cookie.
    async fn stored(&self) -> Result<Option<Cookie<'static>>, session::Error> {
        self.session.save().await?;
        let kept = match self.session.expiry() {
            Some(Expiry::OnInactivity(kept)) => Some(kept),
            Some(Expiry::AtDateTime(end)) => {
                let now = OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(self.sessions.clock.now_ms());
                Some(end - now)
            }
            Some(Expiry::OnSessionEnd) | None => None,
        };
        Ok(self.session.id().map(|id| self.sessions.cookies.session(id, kept)))
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::db::{Db, Migrations};
    use crate::session::cookie_session_store;

    #[tokio::test]
    async fn a_request_that_passes_two_hosts_keeps_nothing_of_the_session_of_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("db").display());
        let db = Db::open(&url, &Migrations::of_sign_in()).await.unwrap();
        let store = Arc::new(cookie_session_store(&db).unwrap());
        let sessions = |cookies| CookieSessions::new(cookies, Arc::clone(&store), Clock::system());
        let address = Url::parse("http://127.0.0.1:3000").unwrap();
        let (first, second) = (sessions(CookiePolicy::new(&address)), sessions(CookiePolicy::elsewhere(&address)));
        let session = Session::new(None, Arc::clone(&store), None);
        session.insert("key", "value").await.unwrap();
        session.save().await.unwrap();
        let cookie = first.cookies().session(session.id().unwrap(), None);
        let sent = format!("{}={}", cookie.name(), cookie.value());
        let mut request = Request::builder().header(header::COOKIE, sent).body(()).unwrap();
        let _first = first.open(&mut request);
        assert!(request.extensions().get::<HeldSession>().is_some());
        let _second = second.open(&mut request);
        assert!(request.extensions().get::<HeldSession>().is_none());
        db.close().await;
    }
}
