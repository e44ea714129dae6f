//! The schema, as numbered migrations in both dialects: the sign-in's own, and those that an application adds.

use futures_util::future::BoxFuture;
use sqlx::error::BoxDynError;
use sqlx::migrate::{MigrateError, Migration, MigrationSource, Migrator};

use super::Db;
use super::pools::Pools;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Migrations of Rolecall itself that databases of other applications also have, if they were created before the
/// sign-in had its own migrations.
const STEPS_OF_ROLECALL: [i64; 2] = [2, 4];

/// The migrations of a database. Every number is used once, by the sign-in or by the application.
#[derive(Clone, Debug)]
pub struct Migrations {
    sqlite: Vec<Migration>,
    postgres: Vec<Migration>,
}

impl Migrations {
    /// Those of the sign-in.
    #[must_use]
    pub fn of_sign_in() -> Self {
        Self { sqlite: SQLITE.iter().cloned().collect(), postgres: POSTGRES.iter().cloned().collect() }
    }

    /// The same with those of an application, in the order of their numbers.
    #[must_use]
    pub fn and(self, sqlite: &Migrator, postgres: &Migrator) -> Self {
        Self { sqlite: joined(self.sqlite, sqlite), postgres: joined(self.postgres, postgres) }
    }

    /// Their numbers, in SQLite and in Postgres.
    #[must_use]
    pub fn versions(&self) -> (Vec<i64>, Vec<i64>) {
        let of = |steps: &[Migration]| steps.iter().map(|step| step.version).collect();
        (of(&self.sqlite), of(&self.postgres))
    }

    /// Those in the dialect of `db`, in order.
    pub(super) fn of(&self, db: &Db) -> &[Migration] {
        match db {
            Db::Sqlite(_) => &self.sqlite,
            Db::Postgres(_) => &self.postgres,
        }
    }

    /// Applies the migrations that `db` lacks. A database that a newer version has migrated is left as it is.
    pub(super) async fn run(&self, db: &Db) -> Result<(), MigrateError> {
        let schema = db.schema(self).await?;
        if let Some(unknown) = schema.unknown.iter().find(|version| !STEPS_OF_ROLECALL.contains(version)) {
            return Err(MigrateError::VersionMissing(*unknown));
        }
        let mut migrator = Migrator::new(Steps(self.of(db).to_vec())).await?;
        migrator.set_ignore_missing(true);
        match db {
            Db::Sqlite(Pools { writing, .. }) => migrator.run(writing).await,
            // Connections that write give up after some seconds, but another instance's migrations may take longer.
            Db::Postgres(Pools { reading, .. }) => migrator.run(reading).await,
        }
    }
}

fn joined(mut steps: Vec<Migration>, others: &Migrator) -> Vec<Migration> {
    steps.extend(others.iter().cloned());
    steps.sort_by_key(|step| step.version);
    steps
}

/// Migrations in order, in the form that sqlx takes.
#[derive(Debug)]
struct Steps(Vec<Migration>);

impl<'s> MigrationSource<'s> for Steps {
    fn resolve(self) -> BoxFuture<'s, Result<Vec<Migration>, BoxDynError>> {
        Box::pin(async move { Ok(self.0) })
    }
}
