//! The address of a database.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;

/// The address of a database, with the account that reads it. Its password is never printed.
#[derive(Clone)]
pub enum Address {
    /// A server that speaks PostgreSQL's protocol.
    Postgres(Box<PgConnectOptions>),
    /// A SQLite file.
    Sqlite(PathBuf),
}

/// Why a text is not an address. It does not repeat the text, which may contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It begins with neither `sqlite:` nor `postgres://`.
    #[error("begins with neither sqlite: nor postgres://")]
    Kind,
    /// The path of a file is missing.
    #[error("names no file")]
    NoFile,
    /// Files are opened read-only, so no other parameter makes sense.
    #[error("has a parameter other than `mode=ro`")]
    Parameter,
    /// It does not parse as an address of PostgreSQL.
    #[error("is not an address of a PostgreSQL database")]
    Postgres,
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if let Some(rest) = text.strip_prefix("sqlite:") {
            let rest = rest.strip_prefix("//").unwrap_or(rest);
            let (path, parameters) = rest.split_once('?').unwrap_or((rest, ""));
            if path.is_empty() || path == ":memory:" {
                return Err(AddressError::NoFile);
            }
            if !matches!(parameters, "" | "mode=ro") {
                return Err(AddressError::Parameter);
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(AddressError::Kind);
        }
        let options: PgConnectOptions = text.parse().map_err(|_| AddressError::Postgres)?;
        let options = options.application_name("rolecall").disable_statement_logging();
        Ok(Self::Postgres(Box::new(options)))
    }
}

impl Address {
    /// The file, if it is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Postgres(_) => None,
            Self::Sqlite(path) => Some(path),
        }
    }

    /// The name of its kind, for messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "PostgreSQL",
            Self::Sqlite(_) => "SQLite",
        }
    }

    /// Whether both are the same database with the same account.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Sqlite(one), Self::Sqlite(other)) => one == other,
            (Self::Postgres(one), Self::Postgres(other)) => {
                let parts = |of: &PgConnectOptions| {
                    let database = of.get_database().unwrap_or_else(|| of.get_username()).to_owned();
                    (
                        of.get_host().to_owned(),
                        of.get_port(),
                        of.get_socket().cloned(),
                        of.get_username().to_owned(),
                        database,
                    )
                };
                parts(one) == parts(other)
            }
            _ => false,
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(options) => write!(f, "Postgres({}:{})", options.get_host(), options.get_port()),
            Self::Sqlite(path) => write!(f, "Sqlite({})", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_file_or_a_server_and_shows_no_password() {
        let read = |text: &str| text.parse::<Address>();
        for file in ["sqlite:crm.sqlite3", "sqlite://crm.sqlite3?mode=ro"] {
            assert_eq!(read(file).unwrap().file(), Some(Path::new("crm.sqlite3")));
        }
        let server = read("postgres://reader:canary@db.example.com:6432/crm").unwrap();
        assert_eq!((server.kind(), server.file()), ("PostgreSQL", None));
        assert!(!format!("{server:?}").contains("canary"), "{server:?}");
        for (text, error) in [
            ("mysql://reader:canary@db/crm", AddressError::Kind),
            ("sqlite:", AddressError::NoFile),
            ("sqlite::memory:", AddressError::NoFile),
            ("sqlite:crm.sqlite3?mode=rwc", AddressError::Parameter),
            ("postgres://reader:canary@db:port/crm", AddressError::Postgres),
        ] {
            assert_eq!(read(text).unwrap_err(), error, "{text}");
            assert!(!error.to_string().contains("canary"));
        }
    }

    #[test]
    fn a_changed_password_leaves_the_database_the_same() {
        let read = |text: &str| text.parse::<Address>().unwrap();
        let ours = read("postgres://rolecall:one@db/rolecall");
        assert!(ours.is_same_as(&read("postgresql://rolecall:two@db:5432/rolecall?sslmode=require")));
        assert!(!ours.is_same_as(&read("postgres://reader:one@db/rolecall")));
        assert!(!ours.is_same_as(&read("postgres://rolecall:one@db/crm")));
        assert!(!ours.is_same_as(&read("sqlite:rolecall")));
    }
}
