//! The rules of the configuration, one by one, over real files and a made-up environment.

mod apps;
mod connections;
mod datasets;
mod demonstration;
mod keys;
mod layers;
mod network;
mod providers;
mod roles;
mod secrets;
mod tls;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use rolecall_model::Role;
use rolecall_sign_in::config::{ParUse, ProviderKind, RoleRules};
use rolecall_sign_in::secret_key;
use secrecy::ExposeSecret;
use tempfile::TempDir;

use super::{Config, ConfigErrors, LogFormat, Mistake, SettingsReport, Sources};

/// 32 bytes as base64.
const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const TENANT: &str = "0b7ee2c4-1111-4222-8333-444455556666";

/// A folder of configuration files that goes away with the test.
struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    fn load(&self, environment: &[(&str, &str)]) -> Result<(Config, SettingsReport), ConfigErrors> {
        Config::load(&sources(self.0.path(), environment))
    }
}

fn sources(config_dir: &Path, environment: &[(&str, &str)]) -> Sources {
    let environment: BTreeMap<_, _> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Sources { config_dir: config_dir.to_owned(), environment }
}

/// Loads from the environment alone.
fn load(environment: &[(&str, &str)]) -> Result<(Config, SettingsReport), ConfigErrors> {
    Folder::new(&[]).load(environment)
}

/// Loads `rolecall.toml` alone.
fn load_file(text: &str) -> Result<(Config, SettingsReport), ConfigErrors> {
    Folder::new(&[("rolecall.toml", text)]).load(&[])
}

/// The mistakes of what must not load.
fn mistakes(result: Result<(Config, SettingsReport), ConfigErrors>) -> Vec<Mistake> {
    result.err().map(|errors| errors.mistakes().to_vec()).unwrap_or_default()
}

/// The keys of the mistakes.
fn wrong_keys(result: Result<(Config, SettingsReport), ConfigErrors>) -> Vec<String> {
    mistakes(result).into_iter().map(|mistake| mistake.key).collect()
}

/// An Entra provider without mistakes, as TOML, followed by `more` of its keys.
fn entra(more: &str) -> String {
    format!("[providers.azure]\nkind = 'entra'\ntenant = '{TENANT}'\nclient_id = 'id'\nclient_secret = 's'\n{more}")
}
