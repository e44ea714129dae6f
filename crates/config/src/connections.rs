//! The external databases that data sets are queried from.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use rolecall_core::datasets::Connections;
use rolecall_data::connection::{Address, Database, DatabaseLimits};
use sqlx::sqlite::SqliteConnectOptions;

use super::reader::{Reader, default_of};
use super::report::mask_password;
use super::storage::check_database_url;

/// The longest name of a connection, in characters.
const MAX_NAME_LENGTH: usize = 32;
const ROWS: RangeInclusive<u64> = 1..=100_000_000;
const TIMEOUTS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_mins(10);

/// Reads every connection. None may lead to Rolecall's own data: the SQLite file at `database_url`, the server there
/// with our account, or anything in `data_dir`. A data set has at most `max_columns`.
pub(super) fn read(reader: &mut Reader, data_dir: &Path, database_url: &str, max_columns: usize) -> Connections {
    let ours: Option<Address> = database_url.parse().ok();
    let mut own = vec![data_dir.to_owned()];
    if database_url.starts_with("sqlite:") {
        // The path of the file that is opened: without parameters, and decoded.
        own.extend(SqliteConnectOptions::from_str(database_url).ok().map(|options| options.get_filename().to_owned()));
    }
    let names = reader.names("connections");
    let read = names.into_iter().filter_map(|name| {
        let database = ConnectionSection { reader: &mut *reader, name: &name }.read(ours.as_ref(), &own)?;
        Some((name, database.with_max_columns(max_columns)))
    });
    Connections::new(read.collect())
}

/// The section of one connection.
struct ConnectionSection<'a> {
    reader: &'a mut Reader,
    name: &'a str,
}

impl ConnectionSection<'_> {
    /// Reads the connection. `None` if its address is missing or wrong, or its name is not valid, which is a mistake.
    fn read(mut self, ours: Option<&Address>, own: &[PathBuf]) -> Option<Database> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !(1..=MAX_NAME_LENGTH).contains(&self.name.len()) || !self.name.chars().all(fits) {
            let remedy = format!("Use 1 to {MAX_NAME_LENGTH} lower-case letters, digits and hyphens.");
            self.reader.mistake(&format!("connections.{}", self.name), "has a name that cannot be used", &remedy);
            return None;
        }
        let address = self.address(ours, own);
        let limits = DatabaseLimits { max_rows: self.max_rows(), timeout: self.timeout() };
        Some(Database::new(address?, limits, own.to_vec()))
    }

    fn address(&mut self, ours: Option<&Address>, own: &[PathBuf]) -> Option<Address> {
        const REMEDY: &str = "Give \"postgres://user:password@host/database\" or \"sqlite:path/to/file?mode=ro\", or the \
                              name of a file with it as `url_file`.";
        const OWN: &str = "Give the database that you want to show, with an account of its own that only reads.";
        let key = self.key("url");
        let Some(text) = self.reader.secret(&key) else {
            self.reader.missing(&key, "is missing", REMEDY);
            return None;
        };
        if let Err((what, remedy)) = check_database_url(&text) {
            self.reader.mistake(&key, what, remedy);
            return None;
        }
        let address: Address = match text.parse() {
            Ok(address) => address,
            Err(error) => {
                self.reader.mistake(&key, &format!("{error}"), REMEDY);
                return None;
            }
        };
        let is_own_file = address.file().is_some_and(|file| own.iter().any(|own| file.starts_with(own)));
        if is_own_file || ours.is_some_and(|ours| address.is_same_as(ours)) {
            self.reader.mistake(&key, "points to the data of Rolecall itself", OWN);
            return None;
        }
        self.reader.note(&key, &mask_password(&text));
        Some(address)
    }

    fn max_rows(&mut self) -> u64 {
        let key = self.key("max_rows");
        let given = self.reader.count(&key);
        let usable = given.filter(|given| ROWS.contains(given));
        if let (Some(given), None) = (given, usable) {
            let remedy = format!("Give a whole number from {} to {}.", ROWS.start(), ROWS.end());
            self.reader.mistake(&key, &format!("is {given}, which cannot be used"), &remedy);
        }
        let rows = usable.unwrap_or_else(|| default_of(&key).parse().unwrap_or(*ROWS.start()));
        self.reader.note(&key, &rows);
        rows
    }

    fn timeout(&mut self) -> Duration {
        let remedy = "Give a duration from 1 second to 10 minutes, for example \"30s\".";
        let parse = |text: &str| humantime::parse_duration(text).ok().filter(|timeout| TIMEOUTS.contains(timeout));
        let key = self.key("timeout");
        let default = humantime::parse_duration(default_of(&key)).unwrap_or_default();
        let timeout = self.reader.parsed(&key, default, remedy, parse);
        self.reader.note(&key, &humantime::format_duration(timeout).to_string());
        timeout
    }

    /// The full key of `name`.
    fn key(&self, name: &str) -> String {
        format!("connections.{}.{name}", self.name)
    }
}
