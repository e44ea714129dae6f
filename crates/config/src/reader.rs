//! Reads values from the layers, and collects mistakes, warnings and the report.

use std::fmt;

use figment::value::{Dict, Tag, Value};
use figment::{Figment, Profile, Provider};

use super::keys::{Kind, count};
use super::layers::{self, Layers};
use super::mistake::Mistake;
use super::report::{SECRET, SettingsReport};
use super::spelling::{PathTarget, find};

/// The merged layers, and what was found in them so far.
pub(super) struct Reader {
    figment: Figment,
    complete: bool,
    values: Value,
    mistakes: Vec<Mistake>,
    report: SettingsReport,
}

impl Reader {
    /// Starts with the mistakes in the layers.
    pub(super) fn new(layers: Layers, mistakes: Vec<Mistake>) -> Self {
        let Layers { figment, complete } = layers;
        let merged: Dict = figment.data().ok().and_then(|mut data| data.remove(&Profile::Default)).unwrap_or_default();
        let values = Value::Dict(Tag::Default, merged);
        Self { figment, complete, values, mistakes, report: SettingsReport::default() }
    }

    /// The mistakes if there are any, otherwise the report.
    pub(super) fn finish(self) -> Result<SettingsReport, Vec<Mistake>> {
        if self.mistakes.is_empty() { Ok(self.report) } else { Err(self.mistakes) }
    }

    /// The text at `key`, without white space around it. Blank text is a mistake.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let text = self.value(key, Kind::Text)?.as_str()?.trim().to_owned();
        if text.is_empty() {
            self.mistake(key, "is empty", "Give a value, or remove the key.");
            return None;
        }
        Some(text)
    }

    /// The text at `key`, or the default that its description contains.
    pub(super) fn text_or_default(&mut self, key: &str) -> String {
        self.text(key).unwrap_or_else(|| default_of(key).to_owned())
    }

    /// The text at `key`, which has no default: if it is missing, that is a mistake.
    pub(super) fn required_text(&mut self, key: &str, remedy: &str) -> Option<String> {
        let text = self.text(key);
        if text.is_none() {
            self.missing(key, "is missing", remedy);
        }
        text
    }

    /// The text at `key`, read with `parse`; `default` if there is none. If `parse` rejects the text, the mistake shows
    /// it, so this must not read secrets or anything that may contain one.
    pub(super) fn parsed<T>(
        &mut self,
        key: &str,
        default: T,
        remedy: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> T {
        let Some(text) = self.text(key) else { return default };
        parse(&text).unwrap_or_else(|| {
            self.mistake(key, &format!("is {text:?}, which cannot be used"), remedy);
            default
        })
    }

    /// The list at `key`. Blank items are a mistake.
    pub(super) fn list(&mut self, key: &str) -> Option<Vec<String>> {
        let items = self.value(key, Kind::List)?.as_array()?.iter();
        let items: Vec<String> = items.filter_map(Value::as_str).map(|item| item.trim().to_owned()).collect();
        if items.iter().any(String::is_empty) {
            self.mistake(key, "has an empty item", "Remove it from the list.");
        }
        Some(items)
    }

    /// The flag at `key`; `false` if there is none.
    pub(super) fn flag(&self, key: &str) -> bool {
        self.value(key, Kind::Flag).and_then(Value::to_bool).unwrap_or(false)
    }

    /// The whole number at `key`.
    pub(super) fn count(&self, key: &str) -> Option<u64> {
        self.value(key, Kind::Count).and_then(count)
    }

    /// The names in the section `key`, sorted.
    pub(super) fn names(&self, key: &str) -> Vec<String> {
        self.values
            .find_ref(key)
            .and_then(Value::as_dict)
            .map(|section| section.keys().cloned().collect())
            .unwrap_or_default()
    }

    /// The secret text at `key`, exactly as given, or the trimmed content of the file that `{key}_file` names.
    pub(super) fn secret(&mut self, key: &str) -> Option<String> {
        if let Some(content) = self.file_content(key) {
            return Some(content);
        }
        let secret = self.value(key, Kind::Text)?.as_str()?.to_owned();
        if secret.trim().is_empty() {
            self.mistake(key, "is empty", "Give a value, or remove the key.");
            return None;
        }
        Some(secret)
    }

    /// The trimmed content of the file that `{key}_file` names. It is a mistake if `key` is given too, or if the file
    /// is empty or cannot be read.
    pub(super) fn file_content(&mut self, key: &str) -> Option<String> {
        let file_key = file_key(key);
        let path = self.text(&file_key)?;
        if let Some(layer) = self.layer(key) {
            self.mistake(&file_key, &format!("is given, and `{key}` too ({layer})"), "Keep one of the two.");
            return None;
        }
        match std::fs::read_to_string(&path) {
            Ok(content) if !content.trim().is_empty() => return Some(content.trim().to_owned()),
            Ok(_) => self.mistake(&file_key, &format!("names {path}, which is empty"), "Put the secret into it."),
            Err(error) => self.mistake(
                &file_key,
                &format!("names {path}, which cannot be read: {error}"),
                "Correct the path, or make the file readable for Rolecall.",
            ),
        }
        None
    }

    /// The text at `key` without any check, for decisions.
    pub(super) fn peek(&self, key: &str) -> Option<&str> {
        self.values.find_ref(key).and_then(Value::as_str).map(str::trim)
    }

    /// Whether `{key}_file` is given in any layer.
    pub(super) fn is_given_as_file(&self, key: &str) -> bool {
        self.layer(&file_key(key)).is_some()
    }

    /// Whether `key` or `{key}_file` is given in any layer.
    pub(super) fn is_given(&self, key: &str) -> bool {
        self.layer(key).is_some() || self.layer(&file_key(key)).is_some()
    }

    /// Whether `key`, its `_file`, or anything below it has a mistake already.
    pub(super) fn has_mistake(&self, key: &str) -> bool {
        self.mistakes.iter().any(|mistake| match mistake.key.strip_prefix(key) {
            Some(rest) => rest.is_empty() || rest == "_file" || rest.starts_with('.'),
            None => false,
        })
    }

    /// Reports a mistake at `key`.
    pub(super) fn mistake(&mut self, key: &str, what: &str, remedy: &str) {
        let layer = self.layer(key);
        self.mistakes.push(Mistake { key: key.to_owned(), layer, what: what.to_owned(), remedy: remedy.to_owned() });
    }

    /// Reports that `key` is missing, unless it has a mistake already, or may be in a file that could not be read.
    pub(super) fn missing(&mut self, key: &str, what: &str, remedy: &str) {
        if self.complete && !self.has_mistake(key) {
            self.mistake(key, what, remedy);
        }
    }

    /// Reports what an operator should know at every start.
    pub(super) fn warn(&mut self, warning: String) {
        self.report.warn(warning);
    }

    /// Puts a value that is in force into the report, with its layer; of a secret, only that there is one.
    pub(super) fn note(&mut self, key: &str, value: &dyn fmt::Debug) {
        let layer = self.source(key);
        let is_secret = matches!(target(key), PathTarget::Key(key) if key.is_secret);
        let shown = if is_secret { format!("{SECRET:?}") } else { format!("{value:?}") };
        self.report.line(key, shown, layer);
    }

    /// Adds to the report that a secret is in force, without its value.
    pub(super) fn note_secret(&mut self, key: &str) {
        self.note(key, &SECRET);
    }

    /// Adds a value to the report that comes from no layer.
    pub(super) fn note_from(&mut self, key: &str, value: &dyn fmt::Debug, layer: &str) {
        self.report.line(key, format!("{value:?}"), layer.to_owned());
    }

    /// The value at `key`, which [`KEYS`](super::keys::KEYS) must describe as one of this kind: otherwise no layer
    /// could give it.
    fn value(&self, key: &str, kind: Kind) -> Option<&Value> {
        debug_assert!(
            matches!(target(key), PathTarget::Key(key) if key.kind == kind),
            "{key} is not described as {kind:?}"
        );
        self.values.find_ref(key)
    }

    /// The layer that the value of `key` comes from.
    fn source(&self, key: &str) -> String {
        let file_key = file_key(key);
        if let Some(layer) = self.layer(key) {
            return layer;
        }
        match (self.values.find_ref(&file_key).and_then(Value::as_str), self.layer(&file_key)) {
            (Some(path), Some(layer)) => format!("{}, named by {layer}", path.trim()),
            _ => "default".to_owned(),
        }
    }

    /// The layer that gives `key` itself; `None` when none does.
    fn layer(&self, key: &str) -> Option<String> {
        let metadata = self.figment.get_metadata(self.values.find_ref(key)?.tag())?;
        Some(layers::layer_name(metadata, &key.split('.').collect::<Vec<_>>()))
    }
}

/// The default of `key` in [`KEYS`](super::keys::KEYS), as a text.
pub(super) fn default_of(key: &str) -> &'static str {
    match target(key) {
        PathTarget::Key(key) => key.default.unwrap_or_default(),
        PathTarget::Section | PathTarget::Nothing => "",
    }
}

/// What the path `key` leads to.
fn target(key: &str) -> PathTarget {
    find(&key.split('.').collect::<Vec<_>>())
}

/// The key that names a file with the value of `key`.
fn file_key(key: &str) -> String {
    format!("{key}_file")
}
