//! Why an app's answer cannot be passed on.

use std::error::Error as StdError;

use thiserror::Error;

use super::identity::IdentityError;

/// Whatever went wrong below.
pub(super) type Cause = Box<dyn StdError + Send + Sync>;

/// Why a request did not get its answer from an app. What an app answers is passed on, errors of its own included.
#[derive(Debug, Error)]
pub enum ProxyError {
    /// The app cannot be reached (502: RFC 9110, section 15.6.3).
    #[error("the app cannot be reached")]
    Unreachable(#[source] Cause),
    /// It did not begin an answer in time (504: RFC 9110, section 15.6.5).
    #[error("the app did not answer in time")]
    TooSlow,
    /// What it answered cannot be read, or is no answer to what was asked (502).
    #[error("the app's answer cannot be used")]
    Unusable(#[source] Cause),
    /// The sign-in has ended, or its role may no longer use the app (401).
    #[error("the sign-in has ended")]
    SignInEnded,
    /// The path is none that an app may be asked for (400).
    #[error("the path leads out of the app")]
    Path,
    /// The method is none that is passed on (405).
    #[error("the method is not passed on")]
    Method,
    /// It cannot be written down who the person is (503).
    #[error(transparent)]
    Identity(#[from] IdentityError),
}
