//! Databases of both dialects, and the tests that run on each.

use rolecall_sign_in::config::{
    AuthConfig, ProviderConfig, ProviderKind, ProviderOptions, ProviderRoles, RoleRules, SessionLimits, StepUp,
};
use rolecall_sign_in::db::Db;
use rolecall_sign_in::{Auth, EventSink};
use secrecy::SecretString;
use tempfile::TempDir;

use super::{Postgres, TestClock};

/// A key for what is stored encrypted: 32 zero bytes as base64.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// The issuer of the provider `demo` on a [`TestDb`]. Nothing answers there.
pub const ISSUER: &str = "http://127.0.0.1:1/demo";

/// A database with the schema and nothing in it.
pub struct TestDb {
    /// Its connections.
    pub db: Db,
    /// Its address.
    pub url: String,
    _folder: Option<TempDir>,
    _server: Option<Postgres>,
}

impl TestDb {
    /// A new SQLite file.
    pub async fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.sqlite3").display());
        Self {
            db: Db::open(&url, &rolecall_core::schema::migrations()).await.unwrap(),
            url,
            _folder: Some(folder),
            _server: None,
        }
    }

    /// A new Postgres server.
    pub async fn postgres() -> Self {
        let server = Postgres::start();
        let url = server.url();
        Self {
            db: Db::open(&url, &rolecall_core::schema::migrations()).await.unwrap(),
            url,
            _folder: None,
            _server: Some(server),
        }
    }

    /// The sign-in on this database as after a start of the application, with nothing in memory yet.
    pub fn auth(&self, clock: &TestClock) -> Auth {
        self.auth_with_keys(clock, &[KEY])
    }

    /// The same with these secret keys.
    pub fn auth_with_keys(&self, clock: &TestClock, keys: &[&str]) -> Auth {
        self.auth_of(clock, |config| config.secret_keys = keys.iter().map(|key| SecretString::from(*key)).collect())
    }

    /// The same with a configuration that `change` has altered.
    pub fn auth_of(&self, clock: &TestClock, change: impl FnOnce(&mut AuthConfig)) -> Auth {
        let mut config = AuthConfig {
            public_url: "http://127.0.0.1:3000".parse().unwrap(),
            secret_keys: vec![SecretString::from(KEY)],
            session: SessionLimits::default(),
            providers: vec![ProviderConfig {
                id: "demo".to_owned(),
                display_name: "the demonstration provider".to_owned(),
                kind: ProviderKind::Oidc { issuer: ISSUER.to_owned() },
                client_id: "rolecall".to_owned(),
                client_secret: None,
                client_key: None,
                options: ProviderOptions::default(),
                roles: ProviderRoles::default(),
                scopes: vec!["openid".to_owned()],
            }],
            roles: RoleRules::default(),
            without_role: None,
            loopback_certificates: None,
            step_up: StepUp::default(),
        };
        change(&mut config);
        Auth::new(config, self.db.clone(), clock.clock(), EventSink::new(|_| {})).unwrap()
    }
}

/// The number of rows in `from`, which is a table, optionally with a condition.
pub async fn count(db: &Db, from: &str) -> i64 {
    let query = format!("SELECT COUNT(*) FROM {from}");
    match db {
        Db::Sqlite(pools) => sqlx::query_scalar(&query).fetch_one(&pools.reading).await.unwrap(),
        Db::Postgres(pools) => sqlx::query_scalar(&query).fetch_one(&pools.reading).await.unwrap(),
    }
}

/// Runs `statement`, which changes something behind the application's back.
pub async fn execute(db: &Db, statement: &str) {
    match db {
        Db::Sqlite(pools) => _ = sqlx::query(statement).execute(&pools.writing).await.unwrap(),
        Db::Postgres(pools) => _ = sqlx::query(statement).execute(&pools.writing).await.unwrap(),
    }
}

/// The one text that `query` gives.
pub async fn text(db: &Db, query: &str) -> String {
    match db {
        Db::Sqlite(pools) => sqlx::query_scalar(query).fetch_one(&pools.reading).await.unwrap(),
        Db::Postgres(pools) => sqlx::query_scalar(query).fetch_one(&pools.reading).await.unwrap(),
    }
}

/// Makes two tests of each named function, which takes a [`TestDb`]: one for each dialect. Where there is no Postgres
/// server, those in `on_postgres` are skipped by that name.
macro_rules! on_both_dialects {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(
                #[tokio::test]
                async fn $name() {
                    super::$name(&$crate::support::TestDb::sqlite().await).await;
                }
            )+
        }

        mod on_postgres {
            $(
                #[tokio::test]
                async fn $name() {
                    super::$name(&$crate::support::TestDb::postgres().await).await;
                }
            )+
        }
    };
}
pub(crate) use on_both_dialects;
