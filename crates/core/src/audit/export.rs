//! The audit as a file, streamed: only a few rows are in memory at a time.

use std::fmt::Write as _;

use futures_util::stream::{self, Stream};
use rolecall_panels::without_formulas;
use serde_json::{Value, json};
use strum::{EnumString, IntoStaticStr};

use super::Audit;
use super::read::{AuditRow, Filter, rows};

/// How many rows are read at once.
const AT_ONCE: usize = 500;
/// The most rows in a file.
pub(super) const MOST_ROWS: usize = 1_000_000;

/// The format of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Format {
    /// One JSON object per line.
    Jsonl,
    /// Comma-separated values (RFC 4180), with a line of headings.
    Csv,
}

const HEADINGS: &str = "id,time,kind,actor_id,actor,person_id,person,provider,address,details,hash\r\n";

impl Format {
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jsonl => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    /// The file name extension.
    #[must_use]
    pub fn extension(self) -> &'static str {
        self.into()
    }

    fn line(self, row: &AuditRow, text: &mut String) {
        match self {
            Self::Jsonl => json_line(row, text),
            Self::Csv => csv_line(row, text),
        }
    }
}

fn time_of(at_ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(at_ms)
        .map_or_else(|| at_ms.to_string(), |time| time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
}

fn json_line(row: &AuditRow, text: &mut String) {
    let details = serde_json::from_str(&row.details).unwrap_or_else(|_| Value::String(row.details.clone()));
    let line = json!({
        "id": row.id, "time": time_of(row.at_ms), "kind": row.kind,
        "actor_id": row.actor_id, "actor": row.actor, "person_id": row.person_id, "person": row.person,
        "provider": row.provider, "address": row.ip, "details": details, "hash": row.hash_in_hex(),
    });
    _ = writeln!(text, "{line}");
}

fn csv_line(row: &AuditRow, text: &mut String) {
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let cells = [
        row.id.to_string(),
        time_of(row.at_ms),
        row.kind.clone(),
        number(row.actor_id),
        row.actor.clone().unwrap_or_default(),
        number(row.person_id),
        row.person.clone().unwrap_or_default(),
        row.provider.clone().unwrap_or_default(),
        row.ip.clone().unwrap_or_default(),
        row.details.clone(),
        row.hash_in_hex(),
    ];
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        push_cell(cell, text);
    }
    text.push_str("\r\n");
}

/// A cell that no spreadsheet interprets as a formula.
fn push_cell(cell: &str, text: &mut String) {
    let cell = without_formulas(cell);
    if cell.contains([',', '"', '\r', '\n']) {
        _ = write!(text, "\"{}\"", cell.replace('"', "\"\""));
    } else {
        text.push_str(&cell);
    }
}

impl Audit {
    /// The rows of `filter` in `format`, the newest first, starting after the row `after`, at most a million.
    pub fn export(
        &self,
        filter: Filter,
        format: Format,
        after: Option<i64>,
    ) -> impl Stream<Item = Result<String, sqlx::Error>> + Send + use<> {
        let begun =
            Reading { audit: self.clone(), filter, format, before: Some(after.unwrap_or(i64::MAX)), left: MOST_ROWS };
        stream::try_unfold(begun, Reading::piece)
    }
}

/// The position of an export.
struct Reading {
    audit: Audit,
    filter: Filter,
    format: Format,
    /// Where to continue; `None` at the end.
    before: Option<i64>,
    left: usize,
}

impl Reading {
    /// The next piece of the file.
    async fn piece(mut self) -> Result<Option<(String, Self)>, sqlx::Error> {
        let Some(before) = self.before else { return Ok(None) };
        let wanted = AT_ONCE.min(self.left);
        let rows = rows(self.audit.db(), &self.filter, before, wanted).await?;
        let mut text = String::new();
        if before == i64::MAX && self.format == Format::Csv {
            text.push_str(HEADINGS);
        }
        for row in &rows {
            self.format.line(row, &mut text);
        }
        self.left -= rows.len();
        self.before = rows.last().map(|row| row.id).filter(|_| rows.len() == wanted && self.left > 0);
        Ok(Some((text, self)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(actor: &str) -> AuditRow {
        AuditRow {
            id: 7,
            at_ms: 1_795_248_330_123,
            kind: "signed_in".to_owned(),
            actor_id: Some(1),
            actor: Some(actor.to_owned()),
            person_id: None,
            person: None,
            provider: Some("demo".to_owned()),
            ip: Some("::1".to_owned()),
            details: r#"{"role":"admin"}"#.to_owned(),
            hash: vec![0xab, 0x01],
        }
    }

    // Case: audit/formulas
    #[test]
    fn no_exported_cell_is_a_formula() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t'=1"),
            ("a=1", "a=1"),
            ("a,b", "\"a,b\""),
            ("=\"a\",b", "\"'=\"\"a\"\",b\""),
            ("two\nlines", "\"two\nlines\""),
        ] {
            let mut text = String::new();
            push_cell(cell, &mut text);
            assert_eq!(text, written);
        }
    }

    #[test]
    fn a_row_is_one_line_in_either_format() {
        let (mut csv, mut json) = (String::new(), String::new());
        Format::Csv.line(&row("Ada, \"the\" <b>"), &mut csv);
        let expected = "7,2026-11-21T08:05:30.123Z,signed_in,1,\"Ada, \"\"the\"\" <b>\",,,demo,::1,\
                        \"{\"\"role\"\":\"\"admin\"\"}\",ab01\r\n";
        assert_eq!(csv, expected);
        Format::Jsonl.line(&row("Ada\n"), &mut json);
        assert_eq!(json.lines().count(), 1);
        let read: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["details"]["role"], "admin");
        assert_eq!(
            (&read["actor"], &read["person"], &read["time"]),
            (&json!("Ada\n"), &Value::Null, &json!("2026-11-21T08:05:30.123Z"))
        );
    }
}
