//! The types of PostgreSQL columns.

use rolecall_model::data::{Cell, ColumnType};
use sqlx::postgres::{PgTypeInfo, PgTypeKind, PgValueRef};
use sqlx::{TypeInfo as _, ValueRef as _};

use super::cells::{date, decimal, moment};
use super::error::ConnectionError;

/// How a column is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// Text without a length limit.
    LongText,
    Integer,
    Decimal,
    Boolean,
    Date,
    Timestamp,
    /// Any type; not read.
    Unwanted,
}

impl Kind {
    /// How a column of the type `of` is read; `None` if the type is not supported.
    pub(super) fn of(of: &PgTypeInfo) -> Option<Self> {
        match of.kind() {
            PgTypeKind::Enum(_) => return Some(Self::Text),
            PgTypeKind::Domain(of) => return Self::of(of),
            PgTypeKind::Simple => {}
            _ => return None,
        }
        match of.name().to_ascii_uppercase().as_str() {
            "TEXT" | "VARCHAR" | "CITEXT" | "JSON" | "JSONB" | "UNKNOWN" => Some(Self::LongText),
            "CHAR" | "\"CHAR\"" | "NAME" | "UUID" => Some(Self::Text),
            "INT2" | "INT4" | "INT8" | "OID" => Some(Self::Integer),
            "FLOAT4" | "FLOAT8" | "NUMERIC" => Some(Self::Decimal),
            "BOOL" => Some(Self::Boolean),
            "DATE" => Some(Self::Date),
            "TIMESTAMP" | "TIMESTAMPTZ" => Some(Self::Timestamp),
            _ => None,
        }
    }

    pub(super) const fn column_type(self) -> ColumnType {
        match self {
            Self::Text | Self::LongText | Self::Unwanted => ColumnType::Text,
            Self::Integer => ColumnType::Integer,
            Self::Decimal => ColumnType::Decimal,
            Self::Boolean => ColumnType::Boolean,
            Self::Date => ColumnType::Date,
            Self::Timestamp => ColumnType::Timestamp,
        }
    }
}

/// The error for a column of an unsupported type, with the cast to write.
pub(super) fn not_taken(column: &str, of: &PgTypeInfo) -> ConnectionError {
    let name = of.name().to_ascii_lowercase();
    let cast = match (of.kind(), name.as_str()) {
        (PgTypeKind::Array(_), _) => format!("array_to_string({column}, ', ')"),
        (_, "interval") => format!("extract(epoch FROM {column})::float8"),
        (_, "bytea") => format!("encode({column}, 'hex')"),
        (_, "money") => format!("{column}::numeric"),
        _ => format!("{column}::text"),
    };
    ConnectionError::column(
        column,
        format!("is of the type {name}, which data sets do not have. Write `{cast} AS {column}`."),
    )
}

/// The cell for `value`, and whether a number lost digits. The error is the value, for a message.
pub(super) fn cell(value: &PgValueRef<'_>, kind: Kind) -> Result<(Cell, bool), String> {
    if value.is_null() {
        return Ok((Cell::Missing, false));
    }
    let text = value.as_str().map_err(|_| "bytes that are no UTF-8".to_owned())?;
    let shown = || format!("“{}”", text.chars().take(40).collect::<String>());
    let is_infinite = matches!(text, "infinity" | "-infinity");
    let cell = match kind {
        Kind::Text | Kind::LongText | Kind::Unwanted => Some(Cell::Text(text.to_owned())),
        Kind::Integer => text.parse().ok().map(Cell::Integer),
        Kind::Decimal => return decimal(text).ok_or_else(shown),
        Kind::Boolean => match text {
            "t" => Some(Cell::Boolean(true)),
            "f" => Some(Cell::Boolean(false)),
            _ => None,
        },
        Kind::Date | Kind::Timestamp if is_infinite => Some(Cell::Missing),
        Kind::Date => date(text).map(Cell::Date),
        Kind::Timestamp => moment(text).map(Cell::Timestamp),
    };
    cell.map(|cell| (cell, false)).ok_or_else(shown)
}
