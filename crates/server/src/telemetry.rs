//! The log: which entries it has, each on one line. docs/LOGGING.md documents it.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write};
use std::panic;

use anyhow::Context as _;
use axum::extract::Request;
use rolecall_config::{Config, LogFormat};
use rolecall_sign_in::{ends_line, is_invisible, plain};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt, registry};

use super::network::forwarded::Arrival;
use super::span_fields::SpanFields;

/// The longest message of a panic that is logged, in characters.
const PANIC_MAX_CHARS: usize = 300;
/// The longest request id from a proxy that is logged, in bytes.
const PROXY_ID_MAX_BYTES: usize = 64;
/// Our own crates, by their names in the log.
const OURS: [&str; 16] = [
    "rolecall",
    "rolecall_api",
    "rolecall_apps",
    "rolecall_config",
    "rolecall_core",
    "rolecall_data",
    "rolecall_demo_provider",
    "rolecall_doctor",
    "rolecall_entra",
    "rolecall_model",
    "rolecall_panels",
    "rolecall_routes",
    "rolecall_scim",
    "rolecall_server",
    "rolecall_sign_in",
    "rolecall_ui",
];

/// Starts the log as `config` says, to standard error. Panics are logged too.
///
/// # Errors
/// When the filter is invalid, or the process logs already.
pub fn begin(config: &Config) -> anyhow::Result<()> {
    let is_terminal = io::stderr().is_terminal();
    subscriber(config.log, &config.log_filter, is_terminal, io::stderr)?
        .try_init()
        .context("the log could not be begun")?;
    log_panics();
    Ok(())
}

/// The subscriber that writes to `writer`, in colour if `is_terminal`.
///
/// # Errors
/// When `filter` is invalid.
pub fn subscriber<W>(
    format: LogFormat,
    filter: &str,
    is_terminal: bool,
    writer: W,
) -> anyhow::Result<impl Subscriber + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(filter).context("the log filter cannot be read")?;
    let writer = OneLine { inner: writer, keeps_colours: is_terminal && format == LogFormat::Pretty };
    let lines = fmt::layer().with_writer(writer);
    let lines = match format {
        LogFormat::Pretty => lines.with_ansi(is_terminal).with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).fmt_fields(SpanFields).boxed(),
    };
    // For all layers: a span that is not logged must not hide the span of the request from an entry.
    Ok(registry().with(filter).with(filter_fn(may_be_logged)).with(lines))
}

/// Whether something may be logged at all, whatever the filter allows. Libraries write headers, bodies and addresses
/// with secrets into debug messages, and the session layer writes its session's id into any message.
fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    let from = |target: &str| metadata.target() == target || metadata.target().starts_with(&format!("{target}::"));
    // We log the session layers' errors ourselves.
    let is_of_sessions = metadata.target().starts_with("tower_sessions");
    // Of libraries, only the database's statements, which contain no values.
    let is_harmless = OURS.into_iter().chain(["sqlx::query"]).any(from);
    !is_of_sessions && (is_harmless || *metadata.level() <= Level::INFO)
}

/// Logs a panic on one line, within the span of its request.
pub fn log_panics() {
    panic::set_hook(Box::new(|panic| {
        let said = panic.payload().downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.payload().downcast_ref::<&str>().copied()).unwrap_or_default();
        let said = plain(said, PANIC_MAX_CHARS);
        tracing::error!(event = "panicked", said, location = panic.location().map(tracing::field::display));
    }));
}

/// The request's id from a trusted proxy, to correlate its log with ours. It never replaces our own, which nobody else
/// can choose.
pub fn proxy_request_id(request: &Request) -> Option<&str> {
    request.extensions().get::<Arrival>()?;
    let id = request.headers().get("x-request-id")?.to_str().ok()?;
    let is_id = (1..=PROXY_ID_MAX_BYTES).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    is_id.then_some(id)
}

/// Ensures that each entry stays on one line, and reads in the order in which it is written.
struct OneLine<W> {
    inner: W,
    /// Whether colour escape sequences are allowed.
    keeps_colours: bool,
}

impl<'w, W: MakeWriter<'w>> MakeWriter<'w> for OneLine<W> {
    type Writer = OneLine<W::Writer>;

    fn make_writer(&'w self) -> Self::Writer {
        OneLine { inner: self.inner.make_writer(), keeps_colours: self.keeps_colours }
    }
}

impl<W: Write> Write for OneLine<W> {
    /// Takes one entry, with the line end that closes it.
    fn write(&mut self, entry: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(entry);
        self.inner.write_all(one_line(&text, self.keeps_colours).as_bytes())?;
        Ok(entry.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// `entry` with line breaks and characters that change the direction of text escaped as in JSON (RFC 8259, section 7).
fn one_line(entry: &str, keeps_colours: bool) -> Cow<'_, str> {
    let (line, end) = entry.strip_suffix('\n').map_or((entry, ""), |line| (line, "\n"));
    let is_kept = |(at, c): (usize, char)| {
        let is_colour = || keeps_colours && COLOURS.iter().any(|colour| line[at..].starts_with(colour));
        !(ends_line(c) || is_invisible(c)) || is_colour()
    };
    if line.char_indices().all(is_kept) {
        return Cow::Borrowed(entry);
    }
    let escaped = line
        .char_indices()
        .map(|(at, c)| if is_kept((at, c)) { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) });
    Cow::Owned(escaped.chain([end.to_owned()]).collect())
}

/// The escape sequences that the log itself uses at a terminal (ECMA-48, section 8.3.117): plain, bold, dim, italic,
/// and the colours of the levels.
const COLOURS: [&str; 9] =
    ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[3m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[34m", "\x1b[35m"];

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The log of `happen`, with the most permissive filter.
    fn written(format: LogFormat, is_terminal: bool, happen: impl FnOnce()) -> String {
        let written = Written::default();
        let writer = written.clone();
        let subscriber = subscriber(format, "trace", is_terminal, move || writer.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, happen);
        String::from_utf8(written.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn libraries_cannot_write_secrets_into_the_log_whatever_the_filter_says() {
        let log = written(LogFormat::Json, false, || {
            tracing::trace!(target: "rolecall_server::entrance", "kept 1");
            tracing::debug!(target: "rolecall_sign_in::refresh", "kept 4");
            tracing::debug!(target: "rolecall_apps::tunnel", "kept 5");
            tracing::debug!(target: "sqlx::query", "kept 2");
            tracing::info!(target: "some_library", "kept 3");
            tracing::debug!(target: "hyper_util::client", "dropped 1");
            tracing::trace!(target: "rolecall_of_another", "dropped 2");
            tracing::error!(target: "tower_sessions_core::session", "dropped 3");
            tracing::debug!(target: "sqlx::postgres::message", "dropped 4");
        });
        assert_eq!(log.matches("kept").count(), 5, "{log}");
        assert!(!log.contains("dropped"), "{log}");
    }

    #[test]
    fn every_crate_of_ours_may_log_for_debugging() {
        let crates = include_str!("../../../Cargo.toml").lines().filter_map(|line| line.split_once(" = { path = "));
        let named: Vec<_> = crates.map(|(name, _)| name.replace('-', "_")).collect();
        assert_eq!(named, OURS);
    }

    #[test]
    fn an_entry_is_one_line_that_reads_as_it_is_written() {
        let hostile = "a\r\nb\x1b]0;title\x07\u{202e}c\u{2028}d\u{85}e\0f";
        for (format, is_terminal) in [(LogFormat::Json, false), (LogFormat::Pretty, false), (LogFormat::Pretty, true)] {
            let log = written(format, is_terminal, || tracing::info!(field = hostile, shown = %hostile, "{hostile}"));
            assert_eq!(log.matches('\n').count(), 1, "{log}");
            assert!(
                log.ends_with('\n') && !log.contains(['\r', '\x07', '\0', '\u{85}', '\u{2028}', '\u{202e}']),
                "{log:?}"
            );
            assert!(!log.contains("\x1b]"), "{log:?}");
            assert_eq!(log.contains('\x1b'), is_terminal, "{log:?}");
            if format == LogFormat::Json {
                let entry: serde_json::Value = serde_json::from_str(&log).unwrap();
                assert_eq!((&entry["field"], &entry["shown"]), (&hostile.into(), &hostile.into()));
            }
        }
    }

    #[test]
    fn what_is_harmless_is_written_as_it_is() {
        for entry in ["Zoë 日本 😀\n", "no line end", "\n", ""] {
            assert!(matches!(one_line(entry, false), Cow::Borrowed(same) if same == entry));
        }
        assert_eq!(one_line("a\tb\u{202e}\n", false), "a\\u0009b\\u202e\n");
    }
}
