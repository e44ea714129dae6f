//! The log: what gets into it, and that each entry is one line. docs/LOGGING.md is its documentation.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write};
use std::net::SocketAddr;
use std::panic;

use anyhow::Context as _;
use axum::extract::{ConnectInfo, Request};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt, registry};

use super::config::{Config, LogFormat};
use super::state::AppState;
use crate::auth::{ends_line, is_invisible, plain};

/// The longest message of a panic that is logged, in characters.
const PANIC_MAX_CHARS: usize = 300;
/// The longest request id of a proxy that is logged, in bytes.
const PROXY_ID_MAX_BYTES: usize = 64;

/// Begins to log as `config` says, to standard error. Panics are logged too.
///
/// # Errors
/// When the filter cannot be read, or the process logs already.
pub fn begin(config: &Config) -> anyhow::Result<()> {
    let is_terminal = io::stderr().is_terminal();
    subscriber(config.log, &config.log_filter, is_terminal, io::stderr)?
        .try_init()
        .context("the log could not be begun")?;
    log_panics();
    Ok(())
}

/// What writes the log to `writer`, in colour where `is_terminal`.
///
/// # Errors
/// When `filter` cannot be read.
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
    let writer = OneLine { inner: writer, keeps_escapes: is_terminal && format == LogFormat::Pretty };
    let lines = fmt::layer().with_writer(writer);
    let lines = match format {
        LogFormat::Pretty => lines.with_ansi(is_terminal).with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    };
    Ok(registry().with(filter).with(lines.with_filter(filter_fn(may_be_logged))))
}

/// Whether something may be logged at all, whatever the filter lets through. Libraries write headers, bodies and
/// addresses with secrets into what they say for debugging, and the session layer its session's id into anything.
fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    let from = |target: &str| metadata.target() == target || metadata.target().starts_with(&format!("{target}::"));
    // The session layers' errors are told by us.
    let is_of_sessions = metadata.target().starts_with("tower_sessions");
    // Statements of the database, whose values are not among what it says.
    let is_harmless = from("rolecall") || from("sqlx::query");
    !is_of_sessions && (is_harmless || *metadata.level() <= Level::INFO)
}

/// Lets a panic be one line of the log, within the span of its request.
pub fn log_panics() {
    panic::set_hook(Box::new(|panic| {
        let said = panic.payload().downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.payload().downcast_ref::<&str>().copied()).unwrap_or_default();
        let said = plain(said, PANIC_MAX_CHARS);
        tracing::error!(event = "panicked", said, location = panic.location().map(tracing::field::display));
    }));
}

/// The id that a trusted proxy gave the request, so that its log and ours can be read together. It never takes the place
/// of our own, which nobody else can choose.
pub fn proxy_request_id(state: &AppState, request: &Request) -> Option<String> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    let peer = peer.ip().to_canonical();
    let is_trusted = state.config.trusted_proxies.iter().any(|net| net.contains(&peer));
    let id = request.headers().get("x-request-id").filter(|_| is_trusted)?.to_str().ok()?;
    let is_id = (1..=PROXY_ID_MAX_BYTES).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    is_id.then(|| id.to_owned())
}

/// Sees that each entry stays one line, which reads in the order in which it is written.
struct OneLine<W> {
    inner: W,
    /// Whether the escape sequences of colours are let through. Those in what is logged are escaped before.
    keeps_escapes: bool,
}

impl<'w, W: MakeWriter<'w>> MakeWriter<'w> for OneLine<W> {
    type Writer = OneLine<W::Writer>;

    fn make_writer(&'w self) -> Self::Writer {
        OneLine { inner: self.inner.make_writer(), keeps_escapes: self.keeps_escapes }
    }
}

impl<W: Write> Write for OneLine<W> {
    /// Takes one entry, with the line end that closes it.
    fn write(&mut self, entry: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(entry);
        self.inner.write_all(one_line(&text, self.keeps_escapes).as_bytes())?;
        Ok(entry.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// `entry` with what would break its line, or turn the direction of its text, as JSON escapes it (RFC 8259, section 7).
fn one_line(entry: &str, keeps_escapes: bool) -> Cow<'_, str> {
    let (line, end) = entry.strip_suffix('\n').map_or((entry, ""), |line| (line, "\n"));
    let is_kept = |c: char| !(ends_line(c) || is_invisible(c)) || (keeps_escapes && c == '\x1b');
    if line.chars().all(is_kept) {
        return Cow::Borrowed(entry);
    }
    let escaped = line.chars().map(|c| if is_kept(c) { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) });
    Cow::Owned(escaped.chain([end.to_owned()]).collect())
}
