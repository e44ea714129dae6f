//! What everything in this folder uses: the records, the limits of their providers, how their tokens are encrypted, the
//! notifications of several instances on one Postgres about records that others change, and the time of the latest
//! revocation, stored outside of the database.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rolecall_model::Role;
use sqlx::postgres::PgPool;
use thiserror::Error;

use crate::config::{ProviderConfig, ProviderKind, SessionLimits};
use crate::db::{Db, Notifications, Transaction};
use crate::people::{NoNewBrowsers, Standings};
use crate::private_files;
use crate::provider::{AcceptedIssuers, entra};
use crate::session::cache::LiveSignIns;
use crate::session::cipher::{Cipher, CipherError};
use crate::tokens::TokenSet;

/// The channel for notifications about changed records.
const CHANGED: &str = "rolecall_sign_in_changed";

/// The content of a notification about a changed person. No sign-in has this id.
const PEOPLE_CHANGED: &str = "people";

/// Why a record could not be read or written.
#[derive(Debug, Error)]
pub enum RecordError {
    /// The database does not answer. Every function on records can fail this way; their docs mention only other errors.
    #[error("the database did not answer")]
    Database(#[from] sqlx::Error),
    /// The stored tokens cannot be read.
    #[error("the stored tokens cannot be read")]
    Sealed(#[from] CipherError),
    /// The operation was not completed, or the connection was lost.
    #[error("the database connection was interrupted")]
    Interrupted,
}

/// The sign-in records of this database. Live ones in use are cached in memory.
#[derive(Clone)]
pub struct SignIns {
    pub(crate) db: Db,
    cipher: Arc<Cipher>,
    pub(super) limits: SessionLimits,
    pub(crate) live: LiveSignIns,
    pub(super) mark: RevocationMark,
    pub(super) providers: Arc<[KnownProvider]>,
    pub(crate) standings: Standings,
    pub(crate) no_new_browsers: NoNewBrowsers,
}

/// The settings of a configured provider that records need.
pub struct KnownProvider {
    /// Its id in the settings, for example `entra`.
    pub(super) id: String,
    /// Its name, for display.
    pub(super) name: String,
    /// The highest role that its people can have, even if a higher one was stored before.
    pub(super) ceiling: Role,
    /// The issuers whose people it signs in.
    pub(super) issuers: AcceptedIssuers,
    /// The issuers, of tenants of Entra, whose people can have a role; `None` where that does not apply.
    pub(super) role_issuers: Option<Vec<String>>,
}

impl KnownProvider {
    /// What records need of `provider`.
    pub fn of(provider: &ProviderConfig) -> Self {
        let role_issuers = match &provider.kind {
            ProviderKind::Entra { authority, .. } => {
                provider.role_tenants().map(|tenants| entra::issuers_of(authority, tenants))
            }
            ProviderKind::Oidc { .. } => None,
        };
        Self {
            id: provider.id.clone(),
            name: provider.display_name.clone(),
            ceiling: provider.roles.ceiling(),
            issuers: AcceptedIssuers::of(&provider.kind),
            role_issuers,
        }
    }

    /// The role `stored` of a person at `issuer`, within the limits of the current configuration.
    pub(super) fn limited(&self, stored: Option<Role>, issuer: &str) -> Option<Role> {
        let is_counted =
            || self.role_issuers.as_ref().is_none_or(|issuers| issuers.iter().any(|known| known == issuer));
        let counts = self.issuers.contain(issuer) && is_counted();
        stored.filter(|_| counts).min(Some(self.ceiling))
    }
}

impl SignIns {
    /// The records in `db`, with tokens encrypted by `cipher` and expiry by `limits`.
    pub fn new(db: Db, cipher: Arc<Cipher>, limits: SessionLimits, providers: Arc<[KnownProvider]>) -> Self {
        let (live, mark) = (LiveSignIns::default(), RevocationMark::default());
        let (standings, no_new_browsers) = (Standings::default(), NoNewBrowsers::default());
        Self { db, cipher, limits, live, mark, providers, standings, no_new_browsers }
    }

    /// The `role` of a person at `issuer`, within the limits of `provider`: none if it does not accept that issuer now.
    #[must_use]
    pub fn limited(&self, provider: &str, role: Option<Role>, issuer: &str) -> Option<Role> {
        self.limited_for(Some(provider), role, issuer)
    }

    /// The same, where `provider` is that of the person's last sign-in. `None` if none is stored: then they may sign in
    /// with any provider that accepts their issuer.
    #[must_use]
    pub fn limited_for(&self, provider: Option<&str>, role: Option<Role>, issuer: &str) -> Option<Role> {
        self.providers_of(provider).filter_map(|known| known.limited(role, issuer)).max()
    }

    /// Whether `provider`, or any provider for `None`, accepts people at `issuer` by the current configuration.
    #[must_use]
    pub fn accepts(&self, provider: Option<&str>, issuer: &str) -> bool {
        self.providers_of(provider).any(|known| known.issuers.contain(issuer))
    }

    /// The configured provider with that id; for `None` all of them.
    fn providers_of(&self, id: Option<&str>) -> impl Iterator<Item = &KnownProvider> {
        self.providers.iter().filter(move |known| id.is_none_or(|id| known.id == id))
    }

    /// `tokens`, encrypted for the row of the sign-in `id`. They cannot be moved to another row.
    pub(super) fn seal_tokens(&self, id: &str, tokens: &TokenSet) -> Result<Vec<u8>, CipherError> {
        let tokens = serde_json::to_vec(tokens).map_err(|_| CipherError::Damaged)?;
        self.cipher.seal(&owner(id), &tokens)
    }

    /// Decrypts the tokens in `sealed` from the row of the sign-in `id`.
    pub(super) fn open_tokens(&self, id: &str, sealed: &[u8]) -> Result<TokenSet, CipherError> {
        let tokens = self.cipher.open(&owner(id), sealed)?;
        serde_json::from_slice(&tokens).map_err(|_| CipherError::Damaged)
    }

    /// Wraps `update`, which returns `id` and `user_id`, so that it notifies the other instances of each changed
    /// record.
    pub(super) fn announced(&self, update: &str) -> String {
        match &self.db {
            Db::Sqlite(_) => update.to_owned(),
            Db::Postgres(_) => {
                format!("WITH changed AS ({update}) SELECT id, user_id, pg_notify('{CHANGED}', id) FROM changed")
            }
        }
    }

    /// Notifies the other instances, once `transaction` is committed, that the person `user_id` changed.
    pub async fn announce_person_in(&self, transaction: &mut Transaction, user_id: i64) -> Result<(), RecordError> {
        const SIGN_INS: &str = "SELECT pg_notify($1, id) FROM sign_ins WHERE user_id = $2 AND revoked_at IS NULL";
        const PEOPLE: &str = "SELECT pg_notify($1, $2)";
        if let Transaction::Postgres(transaction) = transaction {
            let sign_ins = sqlx::query(SIGN_INS).bind(CHANGED).bind(user_id);
            sign_ins.fetch_all(&mut **transaction).await?;
            sqlx::query(PEOPLE).bind(CHANGED).bind(PEOPLE_CHANGED).execute(&mut **transaction).await?;
        }
        Ok(())
    }

    /// Drops cached records when another instance changes them. The cache is used only while this runs. It does nothing
    /// on SQLite, which serves one instance.
    ///
    /// # Errors
    /// When the database does not answer, or does not deliver notifications.
    pub async fn follow_other_instances(&self) -> Result<(), RecordError> {
        let Db::Postgres(pools) = &self.db else { return Ok(()) };
        self.live.set_trusted(false);
        let followed = self.follow(&pools.reading).await;
        self.live.set_trusted(false);
        followed
    }

    async fn follow(&self, pool: &PgPool) -> Result<(), RecordError> {
        let mut notifications = Notifications::on(pool, CHANGED).await?;
        self.live.forget_all();
        self.standings.forget_all();
        self.live.set_trusted(true);
        while let Some(payload) = notifications.next().await? {
            self.forget_changed(&payload);
        }
        Err(RecordError::Interrupted)
    }

    /// Drops what another instance has changed from the cache.
    fn forget_changed(&self, payload: &str) {
        if payload == PEOPLE_CHANGED {
            self.standings.forget_all();
        } else {
            self.live.forget(payload);
        }
    }
}

/// The associated data for the tokens of a sign-in.
fn owner(id: &str) -> String {
    format!("sign-in {id}")
}

/// The time of the latest revocation, in a file outside of the database: if the database knows of none so late, it was
/// restored to an earlier state. Clones share it; nothing is stored before [`keep_in`](Self::keep_in).
#[derive(Clone, Default)]
pub struct RevocationMark(Arc<Mutex<Option<MarkFile>>>);

struct MarkFile {
    file: PathBuf,
    latest_ms: Option<i64>,
}

impl RevocationMark {
    /// The time in `file`, Unix milliseconds (UTC); `None` where there is none.
    ///
    /// # Errors
    /// When there is a file that cannot be read.
    pub(super) fn read(file: &Path) -> io::Result<Option<i64>> {
        match fs::read_to_string(file) {
            // Content that is not a number is ignored. The next revocation replaces it.
            Ok(text) => Ok(text.trim().parse().ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Stores the time in `file` from now on. Returns the time that the file already contains, Unix milliseconds (UTC).
    ///
    /// # Errors
    /// When there is a file that cannot be read.
    pub fn keep_in(&self, file: PathBuf) -> io::Result<Option<i64>> {
        let latest_ms = Self::read(&file)?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(MarkFile { file, latest_ms });
        Ok(latest_ms)
    }

    /// Stores that a sign-in was revoked at `revoked_at_ms`.
    ///
    /// # Errors
    /// When the file cannot be written; then the earlier time stays.
    pub fn raise(&self, revoked_at_ms: i64) -> io::Result<()> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.as_mut() {
            Some(kept) if kept.latest_ms < Some(revoked_at_ms) => kept.write(revoked_at_ms),
            _ => Ok(()),
        }
    }

    /// Sets the time to the database's, `latest_ms`, even if it is earlier.
    ///
    /// # Errors
    /// When the file cannot be written; then the earlier time stays.
    pub fn reset(&self, latest_ms: i64) -> io::Result<()> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_mut().map_or(Ok(()), |kept| kept.write(latest_ms))
    }
}

impl MarkFile {
    fn write(&mut self, latest_ms: i64) -> io::Result<()> {
        if let Some(folder) = self.file.parent() {
            private_files::make_folder(folder)?;
        }
        private_files::replace(&self.file, format!("{latest_ms}\n").as_bytes())?;
        self.latest_ms = Some(latest_ms);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: &str = "0b7ee2c4-1111-4222-8333-444455556666";
    const PARTNER: &str = "0b7ee2c4-9999-4222-8333-444455556666";
    const CLOUD: &str = "https://login.microsoftonline.com";
    const NATIONAL_CLOUD: &str = "https://login.microsoftonline.us";

    // Case: roles/limits-of-provider
    #[test]
    fn a_role_that_was_read_before_is_limited_by_what_the_configuration_says_now() {
        let known = |allowed: &[&str], counting: &[&str], cloud: &str| {
            let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
            let mut provider = ProviderConfig::entra("organizations", "client");
            provider.kind = ProviderKind::Entra {
                tenant: "organizations".to_owned(),
                allowed_tenants: owned(allowed),
                authority: cloud.parse().unwrap(),
            };
            provider.roles.tenants = owned(counting);
            provider.roles.highest = Some(Role::Write);
            KnownProvider::of(&provider)
        };
        let issuer = |cloud: &str, tenant: &str| format!("{cloud}/{tenant}/v2.0");
        let limited = |known: &KnownProvider, issuer: &str| known.limited(Some(Role::Admin), issuer);
        let oidc = KnownProvider::of(&ProviderConfig::oidc("company", "https://id.example.com", "client"));
        assert_eq!(limited(&oidc, "https://id.example.com"), Some(Role::Admin));
        assert_eq!(limited(&oidc, "https://another.test"), None);
        assert_eq!(oidc.limited(None, "https://id.example.com"), None);
        let home = known(&[HOME, PARTNER], &[&HOME.to_uppercase()], CLOUD);
        assert_eq!(limited(&home, &issuer(CLOUD, HOME)), Some(Role::Write));
        assert_eq!(limited(&home, &issuer(CLOUD, PARTNER)), None);
        assert_eq!(limited(&home, "https://id.example.com"), None);
        assert_eq!(limited(&known(&[HOME, PARTNER], &[], CLOUD), &issuer(CLOUD, HOME)), None);
        let national = known(&[HOME, PARTNER], &[HOME], NATIONAL_CLOUD);
        assert_eq!(limited(&national, &issuer(NATIONAL_CLOUD, HOME)), Some(Role::Write));
        assert_eq!(limited(&national, &issuer(CLOUD, HOME)), None);
    }
}
