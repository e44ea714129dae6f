//! The records, and how the tokens of one are sealed.

use std::sync::Arc;

use rolecall_model::Role;
use thiserror::Error;
use uuid::Uuid;

use super::mark::RevocationMark;
use crate::config::SessionLimits;
use crate::db::Db;
use crate::provider::entra;
use crate::session::cache::LiveSignIns;
use crate::session::cipher::{Cipher, CipherError};
use crate::tokens::TokenSet;

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
    pub(super) db: Db,
    cipher: Arc<Cipher>,
    pub(super) limits: SessionLimits,
    pub(super) live: LiveSignIns,
    pub(super) mark: RevocationMark,
    pub(super) providers: Arc<[KnownProvider]>,
}

/// What records need to know of a provider that is configured.
pub struct KnownProvider {
    /// Its id.
    pub id: String,
    /// Its name, for display.
    pub name: String,
    /// The highest role that its people can have, whatever was read before that was said.
    pub ceiling: Role,
    /// The tenants of Entra (GUIDs) whose people can have a role; `None` where the question does not arise.
    pub role_tenants: Option<Vec<String>>,
}

impl KnownProvider {
    /// What is left by today's configuration of the role `stored` of a person at `issuer`.
    pub(super) fn limited(&self, stored: Option<Role>, issuer: &str) -> Option<Role> {
        let tenant = entra::tenant_of(issuer);
        let is_among = |tenants: &[String]| {
            tenant.is_some_and(|tenant| tenants.iter().any(|id| Uuid::try_parse(id) == Ok(tenant)))
        };
        let counts = self.role_tenants.as_deref().is_none_or(is_among);
        stored.filter(|_| counts).min(Some(self.ceiling))
    }
}

impl SignIns {
    /// The records in `db`, their tokens sealed with `cipher`, ended by `limits`.
    pub fn new(db: Db, cipher: Arc<Cipher>, limits: SessionLimits, providers: Arc<[KnownProvider]>) -> Self {
        let (live, mark) = (LiveSignIns::default(), RevocationMark::default());
        Self { db, cipher, limits, live, mark, providers }
    }

    /// `tokens` as the row of the sign-in `id` keeps them. They cannot be put into another row.
    pub(super) fn seal_tokens(&self, id: &str, tokens: &TokenSet) -> Result<Vec<u8>, CipherError> {
        let tokens = serde_json::to_vec(tokens).map_err(|_| CipherError::Damaged)?;
        self.cipher.seal(&owner(id), &tokens)
    }

    /// The tokens in `sealed`, which the row of the sign-in `id` holds.
    pub(super) fn open_tokens(&self, id: &str, sealed: &[u8]) -> Result<TokenSet, CipherError> {
        let tokens = self.cipher.open(&owner(id), sealed)?;
        serde_json::from_slice(&tokens).map_err(|_| CipherError::Damaged)
    }
}

/// What the tokens of a sign-in are bound to.
fn owner(id: &str) -> String {
    format!("sign-in {id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: &str = "0b7ee2c4-1111-4222-8333-444455556666";
    const PARTNER: &str = "0b7ee2c4-9999-4222-8333-444455556666";

    // Case: roles/of-whom
    #[test]
    fn a_role_that_was_read_before_is_limited_by_what_the_configuration_says_now() {
        let known = |role_tenants: Option<&[&str]>| KnownProvider {
            id: "azure".to_owned(),
            name: "Microsoft".to_owned(),
            ceiling: Role::Write,
            role_tenants: role_tenants.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect()),
        };
        let issuer = |tenant: &str| format!("https://login.microsoftonline.com/{tenant}/v2.0");
        let limited = |known: KnownProvider, issuer: &str| known.limited(Some(Role::Admin), issuer);
        assert_eq!(limited(known(None), "https://id.example.com"), Some(Role::Write));
        assert_eq!(limited(known(Some(&[&HOME.to_uppercase()])), &issuer(HOME)), Some(Role::Write));
        assert_eq!(limited(known(Some(&[HOME])), &issuer(PARTNER)), None);
        assert_eq!(limited(known(Some(&[])), &issuer(HOME)), None);
        assert_eq!(limited(known(Some(&[HOME])), "https://id.example.com"), None);
        assert_eq!(known(None).limited(None, "https://id.example.com"), None);
    }
}
