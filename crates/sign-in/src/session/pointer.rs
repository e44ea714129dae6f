//! The content of a browser's cookie session: the id of a sign-in record, and nothing else.

use time::OffsetDateTime;
use tower_sessions::{Expiry, Session, session};

use super::cookie_sessions::HeldSession;
use super::records::RecordError;
use super::sign_in::SignIn;
use super::store;

/// The only key of a cookie session; its value is the id of the sign-in record.
const SIGN_IN: &str = "sign_in";

/// Points this browser's cookie session to `sign_in`, under a new session id, and stores that. Then the old id is
/// invalid, even if an attacker planted it. Until it is stored the old one stays as it was.
///
/// # Errors
/// When the session store does not answer.
pub async fn point_to(session: &Session, sign_in: &SignIn, absolute_end_ms: i64) -> Result<(), session::Error> {
    point_under(SIGN_IN, session, sign_in, absolute_end_ms).await
}

/// The same under `key`, for the cookie session of another host: other hosts do not read this key, so the cookie is
/// worthless there.
///
/// # Errors
/// When the session store does not answer.
pub async fn point_under(
    key: &str,
    session: &Session,
    sign_in: &SignIn,
    absolute_end_ms: i64,
) -> Result<(), session::Error> {
    let end = OffsetDateTime::from_unix_timestamp(absolute_end_ms / 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    store::while_replacing(async {
        // Without a session there is no id that an attacker could have planted.
        if session.id().is_some() {
            session.cycle_id().await?;
            session.clear().await;
        }
        session.insert(key, &sign_in.id).await?;
        session.set_expiry(Some(Expiry::AtDateTime(end)));
        session.save().await
    })
    .await
}

/// The id of the sign-in record that the cookie session of this browser points to.
///
/// # Errors
/// When the session store does not answer.
pub async fn pointed_to(session: &Session) -> Result<Option<String>, session::Error> {
    pointed_under(SIGN_IN, session).await
}

/// The id of the sign-in record that the cookie session of this browser points to under `key`.
///
/// # Errors
/// When the session store does not answer.
pub async fn pointed_under(key: &str, session: &Session) -> Result<Option<String>, session::Error> {
    if session.id().is_none() {
        return Ok(None);
    }
    session.get(key).await
}

/// The same for a session in memory. `None` does not mean that it points to none: then the session must be read.
pub(crate) fn pointed_to_by(HeldSession(held): &HeldSession) -> Option<String> {
    held.data.get(SIGN_IN)?.as_str().map(ToOwned::to_owned)
}

/// Why the sign-in behind a request cannot be looked up.
#[derive(Debug, thiserror::Error)]
pub enum LiveSignInError {
    /// The session store does not answer.
    #[error("the session could not be read")]
    Session(#[from] session::Error),
    /// The sign-in records cannot be read.
    #[error(transparent)]
    Record(#[from] RecordError),
}
