//! Why an app's answer cannot be passed on.

use std::error::Error as StdError;

use thiserror::Error;

use super::identity::IdentityError;

/// The underlying error.
pub(super) type Cause = Box<dyn StdError + Send + Sync>;

/// Why a request got no answer from an app. An error response of the app is an answer, and is passed on.
#[derive(Debug, Error)]
pub enum ProxyError {
    /// The app cannot be reached (502: RFC 9110, section 15.6.3).
    #[error("the app cannot be reached")]
    Unreachable(#[source] Cause),
    /// It did not begin an answer in time (504: RFC 9110, section 15.6.5).
    #[error("the app did not answer in time")]
    TooSlow,
    /// Its answer cannot be read, or does not fit the request (502).
    #[error("the app's answer cannot be used")]
    Unusable(#[source] Cause),
    /// The sign-in has ended, or its role may no longer use the app (401).
    #[error("the sign-in has ended")]
    SignInEnded,
    /// It is not a path that an app may be asked for (400).
    #[error("the path leads out of the app")]
    Path,
    /// It is a method that is not passed on (405).
    #[error("the method is not passed on")]
    Method,
    /// The headers and the token about the person cannot be made (503).
    #[error(transparent)]
    Identity(#[from] IdentityError),
}
