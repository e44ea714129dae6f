//! The log, as the collector of an operator would read it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use rolecall_config::LogFormat;
use rolecall_server::telemetry;
use serde_json::Value;
use tracing::dispatcher::DefaultGuard;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Captures everything that is logged on this test's thread, also by an application whose tasks share the thread.
pub struct CapturedLog {
    written: Written,
    _guard: DefaultGuard,
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

/// A line of the log, as JSON.
#[derive(Debug)]
pub struct Entry(Value);

impl CapturedLog {
    /// Begins to capture the log as JSON, at every level.
    pub fn begin() -> Self {
        Self::begin_as(LogFormat::Json)
    }

    /// The same in this format.
    pub fn begin_as(format: LogFormat) -> Self {
        let written = Written::default();
        let writer = written.clone();
        let subscriber = telemetry::subscriber(format, "trace", false, move || writer.clone()).unwrap();
        Self { written, _guard: subscriber.set_default() }
    }

    /// All of it, as it was written.
    pub fn text(&self) -> String {
        String::from_utf8(self.written.0.lock().unwrap().clone()).unwrap()
    }

    /// Its lines. Fails when one is not a JSON object.
    #[track_caller]
    pub fn entries(&self) -> Vec<Entry> {
        let entry = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line:?}"));
        self.text()
            .lines()
            .map(entry)
            .inspect(|entry: &Value| assert!(entry.is_object(), "{entry}"))
            .map(Entry)
            .collect()
    }

    /// The only event called `name`.
    #[track_caller]
    pub fn event(&self, name: &str) -> Entry {
        let mut found: Vec<_> = self.entries().into_iter().filter(|entry| entry.text("event") == name).collect();
        assert_eq!(found.len(), 1, "{name} in {}", self.text());
        found.remove(0)
    }
}

impl Entry {
    /// The field `name` as text; empty if it is missing. `span.` selects a field of the request's span.
    pub fn text(&self, name: &str) -> String {
        let value = match name.strip_prefix("span.") {
            Some(name) => &self.0["span"][name],
            None => &self.0[name],
        };
        value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
