//! Sessions: the cookie session, which only points, and the sign-in record, which counts.

mod cache;
mod cipher;
mod cookie;
mod follow;
mod record;
mod store;

pub use cipher::{Cipher, CipherError};
pub use cookie::{CookiePolicy, LiveSignInError, live_sign_in, point_to, pointed_to};
pub use record::{NewSignIn, RecordError, SignIn, SignInCounts, SignIns};
pub use store::{CookieSessionStore, cookie_session_store};
