//! The end of a hand-over, on the app's host.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;
use tower_sessions::Session;

use super::codes::{CodeError, Codes};
use crate::auth::session::{self, LiveSignInError};
use crate::auth::{Auth, ReturnTo, random};

/// The hash of the value that a browser keeps in a cookie on the app's host: 43 characters of base64url.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State(String);

impl State {
    /// The state of the browser that keeps `value`.
    #[must_use]
    pub fn of(value: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random::hash(value)))
    }

    /// `text`, if it has the form of a state.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == 32).then(|| Self(text.to_owned()))
    }

    /// As it stands in an address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Each way in which a hand-over can fail at its end.
#[derive(Debug, Error)]
pub enum EnterError {
    /// There is no code, or more than one.
    #[error("the address does not hold one code")]
    Malformed,
    /// The browser did not send the cookie that binds the hand-over to it.
    #[error("the browser did not send the hand-over's cookie")]
    NoAttemptCookie,
    /// There is no such code.
    #[error("there is no such code: used, long expired or never made")]
    Unknown,
    /// It came too late.
    #[error("the code has expired")]
    Expired,
    /// It was made for another app.
    #[error("the code was made for another app")]
    OtherApp,
    /// It was made for another browser.
    #[error("the code was made for another browser")]
    OtherBrowser,
    /// The sign-in that it hands over has ended.
    #[error("the sign-in has ended meanwhile")]
    SignedOut,
    /// The code could not be read.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The session could not be stored or read, or the sign-in not be found out.
    #[error(transparent)]
    Session(#[from] LiveSignInError),
}

impl EnterError {
    /// The failure's name in logs, from a fixed set.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed_request",
            Self::NoAttemptCookie => "no_attempt_cookie",
            Self::Unknown => "unknown_code",
            Self::Expired => "code_expired",
            Self::OtherApp => "other_app",
            Self::OtherBrowser => "other_browser",
            Self::SignedOut => "signed_out",
            Self::Code(_) => "code_unreadable",
            Self::Session(_) => "session_not_stored",
        }
    }
}

/// Takes `code`, which the browser brings to the host of `app` together with the `value` of its cookie: from here on its
/// `session` on that host points to the sign-in. Tells where the person goes.
///
/// # Errors
/// A variant for each way in which it can fail. The code is gone in any case.
pub async fn enter(
    auth: &Auth,
    codes: &Codes,
    app: &str,
    code: Option<&str>,
    value: Option<&str>,
    session: &Session,
) -> Result<ReturnTo, EnterError> {
    let now_ms = auth.clock().now_ms();
    let taken = codes.take(code.ok_or(EnterError::Malformed)?, now_ms).await?;
    let value = value.ok_or(EnterError::NoAttemptCookie)?;
    let taken = taken.ok_or(EnterError::Unknown)?;
    if taken.app != app {
        return Err(EnterError::OtherApp);
    }
    if !taken.is_for(State::of(value).as_str()) {
        return Err(EnterError::OtherBrowser);
    }
    if !taken.in_time {
        return Err(EnterError::Expired);
    }
    let live = auth.sign_ins().live(&taken.sign_in_id, now_ms).await.map_err(LiveSignInError::from)?;
    let sign_in = live.ok_or(EnterError::SignedOut)?;
    // Another tab was quicker: what it asks for meanwhile must not lose its session.
    if sign_in_in(session, app).await?.as_deref() != Some(&*sign_in.id) {
        let end_ms = auth.absolute_end_ms(&sign_in);
        session::point_under(&key_of(app), session, &sign_in, end_ms).await.map_err(LiveSignInError::from)?;
    }
    Ok(taken.return_to)
}

/// The id of the sign-in record that `session` points to for the host of `app`.
///
/// # Errors
/// When the session store does not answer.
pub async fn sign_in_in(session: &Session, app: &str) -> Result<Option<String>, LiveSignInError> {
    Ok(session::pointed_under(&key_of(app), session).await?)
}

/// What the pointer is called in a cookie session of the host of `app`.
fn key_of(app: &str) -> String {
    format!("app {app}")
}
