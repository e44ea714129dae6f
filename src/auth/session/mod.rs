//! Sessions: the cookie session, which only points, and the sign-in record, which counts.

mod cache;
mod cipher;
mod cookie;
mod look_alikes;
mod records;
mod store;

pub use cipher::{Cipher, CipherError};
pub use cookie::{CookiePolicy, LiveSignInError, point_to, point_under, pointed_to, pointed_under};
pub use look_alikes::{could_be_ours, remove_look_alikes};
pub use records::{
    CreateError, EndReason, EndedSignIn, LiveTokens, NewSignIn, ProviderSession, ProviderSignOut, ProviderSignOutError,
    RecordError, RefreshClaim, Renewed, RestoredError, SignIn, SignInCounts, SignIns,
};
pub use store::{CookieSessionStore, cookie_session_store, sweep_cookie_sessions};
