//! The types of SQLite columns: the declared ones, or where none is declared, the type that fits all values.

use rolecall_model::data::{Cell, ColumnType};
use rusqlite::types::ValueRef;

use super::cells::{date, moment};

/// The type of a column declared as `declared`; `None` where that does not determine one, as for expressions and `ANY`.
///
/// # Errors
/// The declared type, if data sets do not support it.
pub(super) fn declared_type(declared: Option<&str>) -> Result<Option<ColumnType>, String> {
    let Some(declared) = declared else { return Ok(None) };
    let upper = declared.to_ascii_uppercase();
    let has = |part: &str| upper.contains(part);
    Ok(Some(if upper.starts_with("BOOL") {
        ColumnType::Boolean
    } else if has("DATETIME") || has("TIMESTAMP") {
        ColumnType::Timestamp
    } else if upper == "DATE" {
        ColumnType::Date
    } else if has("BLOB") {
        return Err(declared.to_owned());
    // The rules of affinity (sqlite.org/datatype3.html, 3.1).
    } else if has("INT") {
        ColumnType::Integer
    } else if ["CHAR", "CLOB", "TEXT", "UUID", "JSON", "STRING"].iter().any(|part| has(part)) {
        ColumnType::Text
    } else if ["REAL", "FLOA", "DOUB", "DEC", "NUM"].iter().any(|part| has(part)) {
        ColumnType::Decimal
    } else {
        return Ok(None);
    }))
}

/// What the values of a column without a declared type have in common.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct SeenTypes {
    integers: bool,
    decimals: bool,
    texts: bool,
    /// Some text is neither a date nor a timestamp.
    not_days: bool,
    not_moments: bool,
    blobs: bool,
}

impl SeenTypes {
    pub(super) fn add(&mut self, value: ValueRef<'_>) {
        match value {
            ValueRef::Null => {}
            ValueRef::Integer(_) => self.integers = true,
            ValueRef::Real(_) => self.decimals = true,
            ValueRef::Blob(_) => self.blobs = true,
            ValueRef::Text(bytes) => {
                let text = std::str::from_utf8(bytes).unwrap_or_default();
                self.texts = true;
                self.not_days |= date(text).is_none();
                self.not_moments |= moment(text).is_none();
            }
        }
    }

    /// The type of the column.
    ///
    /// # Errors
    /// The kinds of values found, where no type of data sets fits.
    pub(super) fn column_type(self) -> Result<ColumnType, &'static str> {
        match self {
            Self { blobs: true, .. } => Err("blobs"),
            Self { texts: true, integers: true, .. } | Self { texts: true, decimals: true, .. } => {
                Err("texts and numbers")
            }
            Self { texts: true, not_days: false, .. } => Ok(ColumnType::Date),
            Self { texts: true, not_moments: false, .. } => Ok(ColumnType::Timestamp),
            Self { decimals: true, .. } => Ok(ColumnType::Decimal),
            Self { integers: true, .. } => Ok(ColumnType::Integer),
            // Also if all values are missing.
            _ => Ok(ColumnType::Text),
        }
    }
}

/// The cell for `value` in a column of the type `of`. The error is the value, for a message.
pub(super) fn cell(value: ValueRef<'_>, of: ColumnType) -> Result<Cell, String> {
    let cell = match (of, value) {
        (ColumnType::Integer | ColumnType::Decimal, ValueRef::Integer(number)) => Some(Cell::Integer(number)),
        (ColumnType::Decimal, ValueRef::Real(number)) if number.is_finite() => Some(Cell::Decimal(number)),
        (_, ValueRef::Null) | (ColumnType::Decimal, ValueRef::Real(_)) => Some(Cell::Missing),
        (ColumnType::Boolean, ValueRef::Integer(number @ (0 | 1))) => Some(Cell::Boolean(number == 1)),
        (of, ValueRef::Text(bytes)) => {
            let text = std::str::from_utf8(bytes).map_err(|_| "bytes that are no UTF-8".to_owned())?;
            match of {
                ColumnType::Text => Some(Cell::Text(text.to_owned())),
                ColumnType::Date => date(text).map(Cell::Date),
                ColumnType::Timestamp => moment(text).map(Cell::Timestamp),
                ColumnType::Boolean => text.to_ascii_lowercase().parse().ok().map(Cell::Boolean),
                ColumnType::Integer | ColumnType::Decimal => None,
            }
        }
        _ => None,
    };
    cell.ok_or_else(|| described(value))
}

/// The cast to write for a column that should be of the type `of` but has other values.
pub(super) fn advice(name: &str, of: ColumnType) -> String {
    let cast = match of {
        ColumnType::Date => format!("date({name})"),
        ColumnType::Timestamp => {
            format!("datetime({name}, 'unixepoch')` for seconds since 1970, or `CAST({name} AS TEXT)")
        }
        _ => format!("CAST({name} AS TEXT)"),
    };
    format!("Write `{cast}`, and `AS {name}` behind it.")
}

fn described(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "no value".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            format!("“{}”", text.chars().take(40).collect::<String>())
        }
        ValueRef::Blob(_) => "a blob".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_their_declared_types() {
        let of = |declared: &str| declared_type(Some(declared)).unwrap();
        for (declared, expected) in [
            ("INTEGER", ColumnType::Integer),
            ("bigint", ColumnType::Integer),
            ("varchar(20)", ColumnType::Text),
            ("Double Precision", ColumnType::Decimal),
            ("DECIMAL(10, 2)", ColumnType::Decimal),
            ("boolean", ColumnType::Boolean),
            ("date", ColumnType::Date),
            ("datetime", ColumnType::Timestamp),
            ("timestamp with time zone", ColumnType::Timestamp),
        ] {
            assert_eq!(of(declared), Some(expected), "{declared}");
        }
        assert_eq!((of("ANY"), declared_type(None).unwrap()), (None, None));
        assert_eq!(declared_type(Some("BLOB")), Err("BLOB".to_owned()));
    }

    #[test]
    fn without_a_declaration_all_values_decide_the_type() {
        let of = |values: &[ValueRef<'_>]| {
            let mut seen = SeenTypes::default();
            for value in values {
                seen.add(*value);
            }
            seen.column_type()
        };
        let text = |text: &'static str| ValueRef::Text(text.as_bytes());
        assert_eq!(of(&[ValueRef::Null, ValueRef::Integer(1)]), Ok(ColumnType::Integer));
        assert_eq!(of(&[ValueRef::Integer(1), ValueRef::Real(1.5)]), Ok(ColumnType::Decimal));
        assert_eq!(of(&[text("2026-01-31"), ValueRef::Null]), Ok(ColumnType::Date));
        assert_eq!(of(&[text("2026-01-31 08:00:00")]), Ok(ColumnType::Timestamp));
        assert_eq!(of(&[text("2026-01-31"), text("later")]), Ok(ColumnType::Text));
        assert_eq!(of(&[ValueRef::Null]), Ok(ColumnType::Text));
        assert!(of(&[text("1"), ValueRef::Integer(1)]).is_err());
        assert!(of(&[ValueRef::Blob(b"1")]).is_err());
    }
}
