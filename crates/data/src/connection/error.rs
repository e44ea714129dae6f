//! The errors of connections.

use std::fmt;
use std::time::Duration;

use rolecall_model::data::ColumnType;
use strum::IntoStaticStr;

use crate::import::{ImportError, counted};

/// Why a connection returned no rows for a SELECT. The texts are for administrators and contain no password.
#[derive(Debug, thiserror::Error, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ConnectionError {
    /// The statement is not a SELECT.
    #[error("Write one SELECT, without a semicolon between: it may begin with SELECT, WITH, VALUES or TABLE.")]
    NotASelect,
    /// The statement has parameters, for which there are no values.
    #[error("The SELECT has parameters, such as $1, ? or :name. Write the values themselves.")]
    Parameters,
    /// The database rejected the statement.
    #[error("The database says: {message}{}", StatementPlace::in_brackets(*.place))]
    Refused {
        /// Its message, with its hint.
        message: String,
        /// The place in the SELECT.
        place: Option<StatementPlace>,
    },
    /// The database cannot be reached.
    #[error("The database cannot be reached: {0}. Check the connection's `url`, and that the database runs.")]
    Unreachable(String),
    /// The database rejected the account.
    #[error("The database refuses the account: {0}. Correct user and password in the connection's `url`.")]
    Account(String),
    /// It took too long.
    #[error("The database did not answer within {}. Ask for less, or set the connection's `timeout`.", humantime(*.0))]
    TooSlow(Duration),
    /// There are too many rows.
    #[error(
        "The SELECT has more than {}, the most that this connection may give. Ask for less, or set its `max_rows`.",
        counted(*.0, "row")
    )]
    TooManyRows(u64),
    /// A column cannot be imported.
    #[error("The column “{column}” {what}")]
    Column {
        /// The name of the column in the result.
        column: String,
        /// What is wrong, and what to write instead.
        what: String,
    },
    /// The columns are not valid for a data set.
    #[error("{0}")]
    Columns(String),
    /// Columns of the data set are missing from the result.
    #[error("The columns are not those of the data set any more: {}.", .0.join("; "))]
    #[strum(serialize = "changed_columns")]
    Changed(Vec<String>),
    /// The file is Rolecall's own.
    #[error("The file of this connection belongs to Rolecall itself, and is not read.")]
    OwnFile,
    /// The rows could not be written to a file.
    #[error("the rows of a database cannot be written")]
    Write(#[from] ImportError),
    /// The reading task ended without a result.
    #[error("what reads from a database ended without a result")]
    Ended,
}

impl ConnectionError {
    /// The name of the variant for the log. It contains nothing from the database.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.into()
    }

    /// Whether only the operator of this machine can fix it.
    #[must_use]
    pub const fn is_ours(&self) -> bool {
        matches!(self, Self::Write(_) | Self::Ended)
    }

    pub(super) fn column(column: &str, what: impl Into<String>) -> Self {
        Self::Column { column: column.to_owned(), what: what.into() }
    }

    /// The error for a cell in `row` (counted from 1) that is not a value of the column's type.
    pub(super) fn cell(column: &str, row: u64, found: &str, wanted: ColumnType, cast: &str) -> Self {
        Self::column(column, format!("has {found} in row {row}, which is no {wanted}. {cast}"))
    }
}

/// A place in a SELECT; line and character are counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementPlace {
    /// The line of the statement.
    pub line: usize,
    /// The character in that line.
    pub character: usize,
}

impl StatementPlace {
    /// The place of the character at `position` (counted from 0) in `text`.
    pub(super) fn at(text: &str, position: usize) -> Self {
        let before: String = text.chars().take(position).collect();
        let (line, rest) = (before.matches('\n').count() + 1, before.rsplit('\n').next().unwrap_or_default());
        Self { line, character: rest.chars().count() + 1 }
    }

    fn in_brackets(place: Option<Self>) -> String {
        place.map(|place| format!(" ({place})")).unwrap_or_default()
    }
}

impl fmt::Display for StatementPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, character {}", self.line, self.character)
    }
}

/// A duration in words.
fn humantime(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} milliseconds", time.as_millis()),
        1 => "1 second".to_owned(),
        seconds => format!("{seconds} seconds"),
    }
}
