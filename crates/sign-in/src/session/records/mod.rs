//! Sign-in records: what a request must find live to count as signed in. All SQL about them is in this folder.
//!
//! The cookie session only points here. Every change needs a live row and counts the version up, and revoking is one
//! statement, so a session that comes back finds nothing to come back to.

mod counts;
mod create;
mod end;
mod follow;
mod latest;
mod live;
mod mark;
mod provider_sign_out;
mod renew;
mod restored;
mod sweep;

use std::sync::Arc;

use rolecall_model::Role;
use thiserror::Error;

use self::mark::RevocationMark;
use super::cache::LiveSignIns;
use super::cipher::{Cipher, CipherError};
use crate::config::SessionLimits;
use crate::db::Db;

pub use counts::SignInCounts;
pub use create::{CreateError, NewSignIn};
pub use end::EndReason;
pub use latest::LiveTokens;
pub use provider_sign_out::{EndedSignIn, ProviderSession, ProviderSignOut, ProviderSignOutError};
pub use renew::{RefreshClaim, Renewed};
pub use restored::RestoredError;

/// Why a record could not be read or written.
#[derive(Debug, Error)]
pub enum RecordError {
    /// The database does not answer.
    #[error("the database did not answer")]
    Database(#[from] sqlx::Error),
    /// What was stored cannot be read.
    #[error("the stored tokens cannot be read")]
    Sealed(#[from] CipherError),
    /// What was begun was not carried through, or the connection was lost.
    #[error("the database connection was interrupted")]
    Interrupted,
}

/// The sign-in records of this database, the live ones in use held in memory.
#[derive(Clone)]
pub struct SignIns {
    db: Db,
    cipher: Arc<Cipher>,
    limits: SessionLimits,
    live: LiveSignIns,
    mark: RevocationMark,
    providers: Arc<[KnownProvider]>,
}

/// What records need to know of a provider that is configured.
pub struct KnownProvider {
    /// Its id.
    pub id: String,
    /// Its name, for display.
    pub name: String,
    /// The highest role that its people can have, whatever was read before that was said.
    pub ceiling: Role,
}

impl SignIns {
    /// The records in `db`, their tokens sealed with `cipher`, ended by `limits`.
    pub fn new(db: Db, cipher: Arc<Cipher>, limits: SessionLimits, providers: Arc<[KnownProvider]>) -> Self {
        let (live, mark) = (LiveSignIns::default(), RevocationMark::default());
        Self { db, cipher, limits, live, mark, providers }
    }
}

/// The channel on which instances tell each other of records that changed.
const CHANGED: &str = "rolecall_sign_in_changed";

/// What the tokens of a sign-in are bound to.
fn owner(id: &str) -> String {
    format!("sign-in {id}")
}
