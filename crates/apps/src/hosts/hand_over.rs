//! The end of a hand-over, on the app's host.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rolecall_sign_in::session::{self, HeldAttempts, KeptAttempt, LiveSignInError, NoDetails, SealedCookies};
use rolecall_sign_in::{Auth, ReturnTo, random};
use strum::{IntoStaticStr, VariantNames};
use thiserror::Error;
use tower_sessions::Session;

use super::codes::{CodeError, Codes};

/// The name of a hand-over in addresses: 128 random bits, as 22 characters of base64url. It is not secret: only the
/// browser that began the hand-over has its cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State(String);

impl State {
    /// The state of a new hand-over.
    #[expect(clippy::new_without_default, reason = "each one is another")]
    #[must_use]
    pub fn new() -> Self {
        Self(URL_SAFE_NO_PAD.encode(random::nonce::<16>()))
    }

    /// `text`, if it has the form of a state.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == 16).then(|| Self(text.to_owned()))
    }

    /// The state as text, for addresses.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a browser keeps of a hand-over that it began: when, and where on the app's host the person wants to go.
pub type KeptHandOver = KeptAttempt<NoDetails>;

/// A hand-over that began at `now_ms` and leads to `page`.
#[must_use]
pub const fn kept_hand_over(page: ReturnTo, now_ms: i64) -> KeptHandOver {
    KeptHandOver { begun_at_ms: now_ms, return_to: page, details: NoDetails {} }
}

/// What a browser comes back with to the host of an app.
pub struct Return {
    pub code: Option<String>,
    /// The state of the hand-over.
    pub state: Option<String>,
    /// The hand-overs that this browser began.
    pub held: HeldAttempts,
}

/// A hand-over that failed.
#[derive(Debug, Error)]
#[error("the hand-over failed")]
pub struct NotEntered {
    #[source]
    pub error: EnterError,
    /// Where the person wants to go, if this browser began the hand-over.
    pub page: Option<ReturnTo>,
}

/// Each way in which a hand-over can fail at its end.
#[derive(Debug, Error, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum EnterError {
    /// There is no code or state, or more than one.
    #[error("the address does not hold one code and one state")]
    #[strum(serialize = "malformed_request")]
    Malformed,
    /// The browser did not send the cookie of any hand-over.
    #[error("the browser did not send the cookie of any hand-over")]
    NoAttemptCookie,
    /// There is no such code.
    #[error("there is no such code: used, long expired or never made")]
    #[strum(serialize = "unknown_code")]
    Unknown,
    /// The code came too late.
    #[error("the code has expired")]
    #[strum(serialize = "code_expired")]
    Expired,
    /// The code was made for another app.
    #[error("the code was made for another app")]
    OtherApp,
    /// The code was made for another browser.
    #[error("the code was made for another browser")]
    OtherBrowser,
    /// The sign-in that it hands over has ended.
    #[error("the sign-in has ended")]
    SignedOut,
    /// The code could not be read.
    #[error(transparent)]
    #[strum(serialize = "code_unreadable")]
    Code(#[from] CodeError),
    /// The session could not be stored or read, or the sign-in could not be looked up.
    #[error(transparent)]
    #[strum(serialize = "session_not_stored")]
    Session(#[from] LiveSignInError),
}

impl EnterError {
    /// Whether the failure is on our side.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::Code(_) | Self::Session(_))
    }

    /// The failure's name in logs, from a fixed set.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }
}

/// Completes the hand-over for which the browser brings a code to the host of `app`; `cookies` reads its cookie. From
/// now on the browser's `session` on that host points to the sign-in. Returns where the person goes.
///
/// # Errors
/// A variant for each way in which it can fail. The code is used up in any case: it is of no use to anyone who reads it
/// in the address afterwards.
pub async fn enter(
    auth: &Auth,
    codes: &Codes,
    cookies: &SealedCookies,
    app: &str,
    returned: &Return,
    session: &Session,
) -> Result<ReturnTo, NotEntered> {
    let state = returned.state.as_deref();
    // A cookie that cannot be read counts as missing.
    let kept: Option<KeptHandOver> = state.and_then(|state| cookies.attempt(state, &returned.held).ok().flatten());
    let page = kept.map(|kept| kept.return_to);
    match taken(auth, codes, app, returned, page.is_some(), session).await {
        Ok(()) => Ok(page.unwrap_or_else(ReturnTo::home)),
        Err(error) => Err(NotEntered { error, page }),
    }
}

async fn taken(
    auth: &Auth,
    codes: &Codes,
    app: &str,
    returned: &Return,
    began_here: bool,
    session: &Session,
) -> Result<(), EnterError> {
    let now_ms = auth.clock().now_ms();
    let taken = codes.take(returned.code.as_deref().ok_or(EnterError::Malformed)?, now_ms).await?;
    let state = returned.state.as_deref().ok_or(EnterError::Malformed)?;
    if returned.held.is_empty() {
        return Err(EnterError::NoAttemptCookie);
    }
    let taken = taken.ok_or(EnterError::Unknown)?;
    if taken.app != app {
        return Err(EnterError::OtherApp);
    }
    if !began_here || !taken.is_for(state) {
        return Err(EnterError::OtherBrowser);
    }
    if !taken.in_time {
        return Err(EnterError::Expired);
    }
    let live = auth.sign_ins().live(&taken.sign_in_id, now_ms).await.map_err(LiveSignInError::from)?;
    let sign_in = live.ok_or(EnterError::SignedOut)?;
    // If another tab was faster, the session stays as it is: the requests of that tab must not lose it.
    if sign_in_in(session, app).await?.as_deref() != Some(&*sign_in.id) {
        let end_ms = auth.absolute_end_ms(&sign_in);
        session::point_under(&key_of(app), session, &sign_in, end_ms).await.map_err(LiveSignInError::from)?;
    }
    Ok(())
}

/// The id of the sign-in record that `session` points to for the host of `app`.
///
/// # Errors
/// When the session store does not answer.
pub async fn sign_in_in(session: &Session, app: &str) -> Result<Option<String>, LiveSignInError> {
    Ok(session::pointed_under(&key_of(app), session).await?)
}

/// The key of the pointer in a cookie session on the host of `app`.
fn key_of(app: &str) -> String {
    format!("app {app}")
}
