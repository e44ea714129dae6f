//! Sessions: the cookie session, which is only a pointer, and the sign-in record, which decides.

mod attempt_cookies;
mod cache;
mod cipher;
mod cookie;
mod cookie_names;
mod cookie_sessions;
mod held_store;
mod look_alikes;
mod pointer;
mod records;
mod sealed_cookies;
mod sign_in;
mod sign_out_mark;
mod store;

pub use attempt_cookies::{HeldAttempts, KeptAttempt, MAX_ATTEMPTS, MAX_ATTEMPTS_BYTES, NoDetails};
pub use cache::SignInChanges;
pub use cipher::{Cipher, CipherError};
pub use cookie::{ATTEMPT_LIFETIME_MS, CookiePolicy};
pub(crate) use cookie_sessions::HeldSession;
pub use cookie_sessions::{CookieSessions, OpenSession};
pub use look_alikes::{could_be_ours, remove_look_alikes};
pub(crate) use pointer::pointed_to_by;
pub use pointer::{LiveSignInError, point_to, point_under, pointed_to, pointed_under};
pub use records::{
    CreateError, EndReason, EndedSignIn, Ending, KnownProvider, LiveFilter, LivePage, LiveRow, LiveTokens, NewSignIn,
    ProviderSession, ProviderSignOut, ProviderSignOutError, RecordError, RefreshClaim, Renewed, RestoredError,
    RolesAsked, SignInAge, SignInCounts, SignInEnds, SignInHealth, SignInPage, SignInRow, SignIns,
};
pub use sealed_cookies::{KeptAddress, MAX_INLINE_BYTES, SealedCookies};
pub use sign_in::{CHECK_AGAIN_MS, SignIn, ViewAs};
pub use sign_out_mark::{SignOutMark, SignedOutBy};
pub use store::{CookieSessionStore, cookie_session_store, sweep_cookie_sessions};
