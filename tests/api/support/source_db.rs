//! An external database, from which data sets are queried.

use std::path::PathBuf;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;

use super::Postgres;

/// An external database.
pub struct SourceDb {
    url: String,
    folder: Option<TempDir>,
    _server: Option<Postgres>,
}

impl SourceDb {
    /// A file of SQLite without a table.
    pub fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite:{}?mode=ro", folder.path().join("crm.sqlite3").display());
        Self { url, folder: Some(folder), _server: None }
    }

    /// A server of PostgreSQL without a table.
    pub fn postgres() -> Self {
        let server = Postgres::start();
        Self { url: server.url(), folder: None, _server: Some(server) }
    }

    /// Its address, as a connection has it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The file, where it is one.
    pub fn file(&self) -> PathBuf {
        self.folder.as_ref().unwrap().path().join("crm.sqlite3")
    }

    /// Runs `statements` there, as the owner.
    pub async fn run(&self, statements: &str) {
        if self.folder.is_some() {
            let options = SqliteConnectOptions::new().filename(self.file()).create_if_missing(true);
            let mut connection = options.connect().await.unwrap();
            connection.execute(sqlx::raw_sql(statements)).await.unwrap();
            connection.close().await.unwrap();
        } else {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            connection.execute(sqlx::raw_sql(statements)).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}
