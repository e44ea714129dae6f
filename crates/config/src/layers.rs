//! Merges the layers. Only known keys with values of the right type are accepted; the rest are mistakes.
//!
//! `figment` merges and remembers which layer each value comes from. Its own providers are not used, because of what
//! they do to secrets: the TOML one quotes the line of a syntax error, and the environment one takes a client id of
//! digits for a number.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Tag, Value};
use figment::{Figment, Metadata, Profile, Provider};
use rolecall_entra::registration::TOKEN_VARIABLE;

use super::keys::{Key, Kind};
use super::mistake::Mistake;
use super::sources::Sources;
use super::spelling::{self, CONFIG_DIR_VARIABLE, ENV_VARIABLE, PathTarget};

/// The layers, merged.
pub(super) struct Layers {
    /// The values, each with its layer.
    pub(super) figment: Figment,
    /// Whether every existing file could be read. If not, nobody can tell which keys are missing.
    pub(super) complete: bool,
}

impl Layers {
    /// Reads every layer.
    pub(super) fn read(sources: &Sources, env: &str, mistakes: &mut Vec<Mistake>) -> Self {
        let files = ["rolecall.toml".to_owned(), format!("rolecall.{env}.toml"), "rolecall.local.toml".to_owned()];
        let mut layers = Self { figment: Figment::new(), complete: true };
        for file in files {
            match Layer::from_file(&sources.config_dir.join(file), mistakes) {
                Ok(Some(layer)) => layers.figment = layers.figment.merge(layer),
                Ok(None) => {}
                Err(mistake) => {
                    mistakes.push(mistake);
                    layers.complete = false;
                }
            }
        }
        layers.figment = layers.figment.merge(Layer::from_environment(&sources.environment, mistakes));
        layers
    }
}

/// The name of the layer that `metadata` describes, for the value at `segments`.
pub(super) fn layer_name(metadata: &Metadata, segments: &[&str]) -> String {
    match metadata.source.as_ref().and_then(figment::Source::file_path) {
        Some(path) => path.display().to_string(),
        None => metadata.interpolate(&Profile::Default, segments),
    }
}

/// One layer: its name and its checked values.
struct Layer {
    metadata: Metadata,
    values: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        self.metadata.clone()
    }

    fn data(&self) -> figment::Result<Map<Profile, Dict>> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

impl Layer {
    /// The layer of a TOML file; `None` when there is no such file. Mistakes in it are added to `mistakes`.
    ///
    /// # Errors
    /// When the file as a whole cannot be read.
    fn from_file(path: &Path, mistakes: &mut Vec<Mistake>) -> Result<Option<Self>, Mistake> {
        let layer = path.display().to_string();
        let unusable =
            |what: String, remedy: &str| Mistake { key: layer.clone(), layer: None, what, remedy: remedy.to_owned() };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(unusable(
                    format!("cannot be read: {error}"),
                    "Make it readable for Rolecall, or remove it.",
                ));
            }
        };
        let values: Dict = Toml::from_str(&text).map_err(|error| {
            // Only the message: the error's full text quotes the line, which may contain a secret.
            let line = error.span().and_then(|span| text.get(..span.start)).map_or(1, line_after);
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            unusable(format!("is not valid TOML at line {line}: {message}"), "Correct that line.")
        })?;
        let values = accept(values, &[], &layer, mistakes);
        Ok(Some(Self { metadata: Metadata::from("TOML file", path), values }))
    }

    /// The layer of the environment variables. An empty variable counts as not set: that is how compose files and unit
    /// files write one without a value.
    fn from_environment(environment: &BTreeMap<String, String>, mistakes: &mut Vec<Mistake>) -> Self {
        let mut values = Dict::new();
        for (name, text) in environment {
            if [ENV_VARIABLE, CONFIG_DIR_VARIABLE, TOKEN_VARIABLE].contains(&name.as_str()) {
                continue;
            }
            let Some(segments) = spelling::segments_of_variable(name) else { continue };
            let PathTarget::Key(key) = spelling::find(&segments) else {
                let layer = format!("environment variable {name}");
                let known = spelling::nearest(&segments, false);
                let remedy = format!("Did you mean `{}`, which is {}?", known.join("."), spelling::variable(&known));
                mistakes.push(unknown(&segments, &layer, remedy));
                continue;
            };
            if text.is_empty() {
                continue;
            }
            match from_text(key.kind, text) {
                Some(value) => insert(&mut values, &segments, value),
                None => mistakes.push(wrong_type(&segments, variable_layer(&segments), "cannot be used", key)),
            }
        }
        let metadata =
            Metadata::named("environment").interpolater(|_: &Profile, segments: &[&str]| variable_layer(segments));
        Self { metadata, values }
    }
}

/// The number of the line in which the text after `before` begins.
fn line_after(before: &str) -> usize {
    before.matches('\n').count() + 1
}

/// The name of the environment's layer for the value at `segments`.
fn variable_layer<S: AsRef<str>>(segments: &[S]) -> String {
    format!("environment variable {}", spelling::variable(segments))
}

/// Keeps the known and correctly typed values of the section at `path`.
fn accept(section: Dict, path: &[String], layer: &str, mistakes: &mut Vec<Mistake>) -> Dict {
    let mut accepted = Dict::new();
    for (name, value) in section {
        let segments: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
        match (spelling::find(&segments), value) {
            (PathTarget::Section, Value::Dict(tag, inner)) => {
                accepted.insert(name, Value::Dict(tag, accept(inner, &segments, layer, mistakes)));
            }
            (PathTarget::Section, _) => mistakes.push(Mistake {
                key: segments.join("."),
                layer: Some(layer.to_owned()),
                what: "is a section, not a key".to_owned(),
                remedy: format!("Write [{}], and its keys below.", segments.join(".")),
            }),
            (PathTarget::Key(key), value) if key.kind.fits(&value) => {
                accepted.insert(name, value);
            }
            (PathTarget::Key(key), value) => {
                let found = format!("is {}", describe(&value));
                mistakes.push(wrong_type(&segments, layer.to_owned(), &found, key));
            }
            (PathTarget::Nothing, value) => {
                let known = spelling::nearest(&segments, value.as_dict().is_some()).join(".");
                mistakes.push(unknown(&segments, layer, format!("Did you mean `{known}`?")));
            }
        }
    }
    accepted
}

/// The value that an environment variable's `text` has for a key of this kind; `None` if it is not valid.
///
/// Lists are written with commas, or as a TOML or JSON array if an item contains a comma.
fn from_text(kind: Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Text => Some(Value::from(text)),
        Kind::Flag => text.trim().parse::<bool>().ok().map(Value::from),
        Kind::Count => text.trim().parse::<u64>().ok().map(Value::from),
        Kind::List if text.trim_start().starts_with('[') => {
            let mut parsed: Dict = Toml::from_str(&format!("list = {}", text.trim())).ok()?;
            parsed.remove("list").filter(|list| parsed.is_empty() && kind.fits(list))
        }
        Kind::List => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Some(Value::Array(Tag::Default, items.map(Value::from).collect()))
        }
    }
}

/// Sets `value` at the path `segments`. The path leads through sections of known keys only, so none of them is a value.
fn insert(values: &mut Dict, segments: &[String], value: Value) {
    match segments {
        [] => {}
        [name] => {
            values.insert(name.clone(), value);
        }
        [name, rest @ ..] => {
            let section = values.entry(name.clone()).or_insert_with(|| Value::Dict(Tag::Default, Dict::new()));
            if let Value::Dict(_, inner) = section {
                insert(inner, rest, value);
            }
        }
    }
}

/// A description of `value` for people. It names only the type: the value may be a secret.
fn describe(value: &Value) -> &'static str {
    match value {
        Value::String(..) | Value::Char(..) => "text",
        Value::Bool(..) => "true or false",
        Value::Num(..) => "a number",
        Value::Empty(..) => "nothing",
        Value::Dict(..) => "a section",
        Value::Array(..) => "a list, or a list of something else",
    }
}

/// The mistake of a value of another type.
fn wrong_type(segments: &[String], layer: String, what: &str, key: &Key) -> Mistake {
    Mistake { key: segments.join("."), layer: Some(layer), what: what.to_owned(), remedy: key.remedy().to_owned() }
}

/// The mistake of a key that does not exist.
fn unknown(segments: &[String], layer: &str, remedy: String) -> Mistake {
    let what = "is not a key of Rolecall".to_owned();
    Mistake { key: segments.join("."), layer: Some(layer.to_owned()), what, remedy }
}
