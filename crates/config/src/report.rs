//! What is in force and from which layer, for `rolecall config` and the first lines of the log. Secrets are masked.

use std::fmt;

use url::Url;

/// Replaces a secret, whatever its length.
pub(super) const SECRET: &str = "********";

/// The widest column of keys and values; what is longer pushes its layer to the right.
const MAX_WIDTH: usize = 72;

/// What is in force, and the warnings.
#[derive(Clone, Debug, Default)]
pub struct SettingsReport {
    lines: Vec<Line>,
    warnings: Vec<String>,
}

/// One key: already masked.
#[derive(Clone, Debug)]
struct Line {
    setting: String,
    layer: String,
}

impl SettingsReport {
    /// What an operator should know at every start: whole sentences.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Adds a warning.
    pub(super) fn warn(&mut self, warning: String) {
        self.warnings.push(warning);
    }

    /// Adds a key. `value` must not hold a secret.
    pub(super) fn line(&mut self, key: &str, value: String, layer: String) {
        self.lines.push(Line { setting: format!("{key} = {value}"), layer });
    }
}

impl fmt::Display for SettingsReport {
    /// One line a key: `key = value  # layer`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.lines.iter().map(|line| line.setting.chars().count());
        let width = widths.filter(|width| *width <= MAX_WIDTH).max().unwrap_or_default();
        self.lines.iter().try_for_each(|line| writeln!(f, "{:width$}  # {}", line.setting, line.layer))
    }
}

/// A database address with its password masked: the one before the `@` and the one in the query, where `sqlx` looks
/// for it too.
pub(super) fn mask_password(address: &str) -> String {
    // SQLite's addresses hold no password, and are not all URLs.
    if address.starts_with("sqlite:") {
        return address.to_owned();
    }
    let Ok(mut url) = Url::parse(address) else { return SECRET.to_owned() };
    if url.password().is_some() && url.set_password(Some(SECRET)).is_err() {
        return SECRET.to_owned();
    }
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    if pairs.iter().any(|(name, _)| is_password(name)) {
        let masked = pairs.iter().map(|(name, value)| (name, if is_password(name) { SECRET } else { value.as_str() }));
        url.query_pairs_mut().clear().extend_pairs(masked);
    }
    url.into()
}

/// Whether a query parameter of this name holds a password.
fn is_password(name: &str) -> bool {
    name.to_ascii_lowercase().contains("password")
}
