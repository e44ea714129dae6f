//! The fields of spans in the log, as JSON.
//!
//! Why not the formatter of tracing-subscriber: every request has a span, but few spans ever appear in an entry. That
//! formatter first puts all values into a map, which takes as long as everything else about a health check. Here they
//! are written directly.

use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};
use tracing::span::Record;
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::FormattedFields;
use tracing_subscriber::fmt::format::{FormatFields, Writer};

/// The usual size of a request's fields, in bytes.
const USUAL_BYTES: usize = 192;

/// Writes the fields of a span as one JSON object (RFC 8259).
pub struct SpanFields;

impl<'w> FormatFields<'w> for SpanFields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'w>, fields: R) -> fmt::Result {
        write_members(writer, "{", fields)
    }

    fn add_fields(&self, current: &'w mut FormattedFields<Self>, fields: &Record<'_>) -> fmt::Result {
        // New fields replace the closing brace.
        current.fields.pop();
        let separator = if current.fields.ends_with('{') { "" } else { "," };
        write_members(current.as_writer(), separator, fields)
    }
}

/// Writes `fields` as members of an object, the first after `separator`, and closes the object.
fn write_members<R: RecordFields>(mut writer: Writer<'_>, separator: &'static str, fields: R) -> fmt::Result {
    let mut members = Members { json: String::with_capacity(USUAL_BYTES), separator };
    fields.record(&mut members);
    if members.json.is_empty() {
        members.json.push_str(separator);
    }
    members.json.push('}');
    writer.write_str(&members.json)
}

/// Members of an object.
struct Members {
    json: String,
    /// The separator before the next one.
    separator: &'static str,
}

impl Members {
    /// Writes the name of the member for `field`.
    fn begin(&mut self, field: &Field) -> &mut String {
        for part in [std::mem::replace(&mut self.separator, ","), "\"", field.name(), "\":"] {
            self.json.push_str(part);
        }
        &mut self.json
    }

    fn write(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.begin(field).write_fmt(value);
    }
}

impl Visit for Members {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.write(field, format_args!("{value}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.write(field, format_args!("{value}"));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.write(field, format_args!("{value}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let json = self.begin(field);
        json.push('"');
        push_escaped(json, value);
        json.push('"');
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let json = self.begin(field);
        json.push('"');
        // Writing to a string does not fail.
        let _ = write!(Escaped(json), "{value:?}");
        json.push('"');
    }
}

/// Everything written to it is escaped for a string.
struct Escaped<'a>(&'a mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        push_escaped(self.0, text);
        Ok(())
    }
}

/// Adds `text` to the string in `json`.
fn push_escaped(json: &mut String, text: &str) {
    let is_special = |byte: u8| matches!(byte, b'"' | b'\\') || byte.is_ascii_control();
    let mut rest = text;
    while let Some(at) = rest.bytes().position(is_special) {
        let _ = write!(json, "{}\\u{:04x}", &rest[..at], rest.as_bytes()[at]);
        rest = &rest[at + 1..];
    }
    json.push_str(rest);
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_entry_has_the_fields_of_its_span_whatever_is_in_them() {
        let log = Log::default();
        let writer = log.clone();
        let lines = tracing_subscriber::fmt::layer().with_writer(move || writer.clone()).json().fmt_fields(SpanFields);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), || {
            let text = "a \"quoted\" \\ text\n\u{7f}é";
            let late = tracing::field::Empty;
            let span = tracing::info_span!("request", text, debug = ?text, count = 3_u64, less = -1, is = true, late);
            span.record("late", "added");
            let empty = tracing::info_span!("empty", late = tracing::field::Empty);
            span.in_scope(|| tracing::info!("entry"));
            empty.in_scope(|| tracing::info!("entry"));
            empty.record("late", "added");
            empty.in_scope(|| tracing::info!("entry"));
        });
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let spans: Vec<_> =
            log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["span"].clone()).collect();
        let text = "a \"quoted\" \\ text\n\u{7f}é";
        let debug = format!("{text:?}");
        let [request, empty, later] = spans.as_slice() else { panic!("{spans:?}") };
        let expected = serde_json::json!({
            "name": "request", "text": text, "debug": debug, "count": 3, "less": -1, "is": true, "late": "added",
        });
        assert_eq!(*request, expected);
        assert_eq!(*empty, serde_json::json!({ "name": "empty" }));
        assert_eq!(*later, serde_json::json!({ "name": "empty", "late": "added" }));
    }
}
