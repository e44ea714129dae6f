//! The store behind the cookie session: tower-sessions' own sqlx store, with hashed ids, and a cache in memory before
//! it. The cache uses the ids themselves: anyone who can read the memory of the process can read its keys as well.

use std::cell::Cell;
use std::sync::Arc;

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use sqlx::{PgPool, SqlitePool};
use time::OffsetDateTime;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{self, Error};
use tower_sessions_sqlx_store::{PostgresStore, SqliteStore};

use super::held_store::HeldStore;
use crate::db::{Db, in_batches};

tokio::task_local! {
    /// The session that is being replaced, once the session layer wants to delete it.
    static REPLACED: Cell<Option<Id>>;
}

/// Runs `replace`, which gives a session a new id and saves it. The session layer would delete the old session first,
/// and lose it if the new one cannot be stored. Here the old one is deleted only after the new one is stored.
pub(super) async fn while_replacing<T>(replace: impl Future<Output = T>) -> T {
    REPLACED.scope(Cell::new(None), replace).await
}

/// The table, as the migrations make it.
const TABLE: &str = "tower_sessions";

/// A store whose sessions can be replaced without being lost on failure.
#[derive(Clone, Debug)]
pub struct ReplacingStore<S> {
    inner: S,
}

/// Cookie sessions in the database, by the hash of their id: someone who reads the table cannot make a cookie from it.
#[derive(Clone, Debug)]
pub struct HashedIdStore<S> {
    inner: S,
}

/// The store of either dialect.
#[derive(Clone, Debug)]
pub enum SqlStore {
    /// In SQLite.
    Sqlite(Both<SqliteStore>),
    /// In Postgres.
    Postgres(Both<PostgresStore>),
}

/// The same store for the reading and for the writing connections.
#[derive(Clone, Debug)]
pub struct Both<S> {
    reading: S,
    writing: S,
}

/// The store that Rolecall uses.
pub type CookieSessionStore = ReplacingStore<HeldStore<HashedIdStore<SqlStore>>>;

/// The store of cookie sessions in `db`.
///
/// # Errors
/// When the store rejects the names of schema and table.
pub fn cookie_session_store(db: &Db) -> Result<CookieSessionStore, String> {
    let sql = match db {
        Db::Sqlite(pools) => {
            let store = |pool: &SqlitePool| SqliteStore::new(pool.clone()).with_table_name(TABLE);
            SqlStore::Sqlite(Both { reading: store(&pools.reading)?, writing: store(&pools.writing)? })
        }
        Db::Postgres(pools) => {
            let store =
                |pool: &PgPool| PostgresStore::new(pool.clone()).with_schema_name("public")?.with_table_name(TABLE);
            SqlStore::Postgres(Both { reading: store(&pools.reading)?, writing: store(&pools.writing)? })
        }
    };
    let hashed = HashedIdStore { inner: sql };
    Ok(ReplacingStore { inner: HeldStore::new(hashed) })
}

/// Deletes the cookie sessions in `db` that have expired at `now_ms`, a few at a time.
///
/// # Errors
/// When the database does not answer; the next run does the rest.
pub async fn sweep_cookie_sessions(db: &Db, now_ms: i64) -> Result<(), sqlx::Error> {
    const EXPIRED: &str = "DELETE FROM tower_sessions WHERE id IN \
                           (SELECT id FROM tower_sessions WHERE expiry_date <= $1 LIMIT $2)";
    let now = OffsetDateTime::from_unix_timestamp(now_ms / 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    in_batches!(db, sqlx::query(EXPIRED).bind(now));
    Ok(())
}

/// The id under which the session `id` is stored: the first 128 bits of its SHA-256. Ids are random and need no salt.
fn hashed(id: Id) -> Id {
    let mut bits = [0; 16];
    bits.copy_from_slice(&Sha256::digest(id.0.to_be_bytes())[..16]);
    Id(i128::from_be_bytes(bits))
}

fn stored(record: &Record) -> Record {
    Record { id: hashed(record.id), ..record.clone() }
}

impl<S> ReplacingStore<HeldStore<S>> {
    /// The session `id`, if it is held in memory.
    pub(super) fn held(&self, id: &Id) -> Option<Arc<Record>> {
        self.inner.held(id)
    }
}

#[async_trait]
impl<S: SessionStore> SessionStore for ReplacingStore<S> {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        self.inner.create(record).await?;
        match REPLACED.try_with(Cell::take) {
            Ok(Some(replaced)) => self.inner.delete(&replaced).await,
            _ => Ok(()),
        }
    }

    /// Stores `record`, unless it is stored already: replacing a session stores it before the answer passes the layer.
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        if self.inner.load(&record.id).await?.as_ref() == Some(record) {
            return Ok(());
        }
        self.inner.save(record).await
    }

    async fn load(&self, session_id: &Id) -> session_store::Result<Option<Record>> {
        self.inner.load(session_id).await
    }

    async fn delete(&self, session_id: &Id) -> session_store::Result<()> {
        if REPLACED.try_with(|replaced| replaced.set(Some(*session_id))).is_ok() {
            return Ok(());
        }
        self.inner.delete(session_id).await
    }
}

#[async_trait]
impl<S: SessionStore> SessionStore for HashedIdStore<S> {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        loop {
            let mut hashed = stored(record);
            let wanted = hashed.id;
            self.inner.create(&mut hashed).await?;
            if hashed.id == wanted {
                return Ok(());
            }
            // The id was taken, and the inner store chose one that no cookie can hold: choose again ourselves.
            self.inner.delete(&hashed.id).await?;
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.inner.save(&stored(record)).await
    }

    async fn load(&self, session_id: &Id) -> session_store::Result<Option<Record>> {
        let record = self.inner.load(&hashed(*session_id)).await?;
        Ok(record.map(|record| Record { id: *session_id, ..record }))
    }

    async fn delete(&self, session_id: &Id) -> session_store::Result<()> {
        self.inner.delete(&hashed(*session_id)).await
    }
}

#[async_trait]
impl SessionStore for SqlStore {
    async fn create(&self, record: &mut Record) -> Result<(), Error> {
        match self {
            Self::Sqlite(store) => store.writing.create(record).await,
            Self::Postgres(store) => store.writing.create(record).await,
        }
    }

    async fn save(&self, record: &Record) -> Result<(), Error> {
        match self {
            Self::Sqlite(store) => store.writing.save(record).await,
            Self::Postgres(store) => store.writing.save(record).await,
        }
    }

    async fn load(&self, session_id: &Id) -> Result<Option<Record>, Error> {
        match self {
            Self::Sqlite(store) => store.reading.load(session_id).await,
            Self::Postgres(store) => store.reading.load(session_id).await,
        }
    }

    async fn delete(&self, session_id: &Id) -> Result<(), Error> {
        match self {
            Self::Sqlite(store) => store.writing.delete(session_id).await,
            Self::Postgres(store) => store.writing.delete(session_id).await,
        }
    }
}
