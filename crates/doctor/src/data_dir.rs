//! The data folder: whether other users can read or change what is in it; and the secret keys, which are there or
//! configured.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rolecall_config::Config;
use rolecall_core::data_dir;
use rolecall_sign_in::{random, secret_key};
use secrecy::SecretString;

use super::report::Section;

pub(super) fn check(section: &mut Section<'_>, path: &Path) {
    const CHECK: &str = "data-folder";
    if !path.exists() {
        section.note(CHECK, format!("{} does not exist yet: the first start creates it.", path.display()));
        return;
    }
    let exposures = data_dir::exposures(path);
    if exposures.is_empty() {
        section.good(CHECK, format!("Only its owner can read {}.", path.display()));
    }
    for (what, remedy) in exposures {
        section.warning(CHECK, what, remedy);
    }
}

/// The keys in force, or a new random one if there are none yet; `None` if they cannot be used.
pub(super) fn check_secret_keys(section: &mut Section<'_>, config: &Config) -> Option<Vec<SecretString>> {
    const CHECK: &str = "secret-keys";
    let given = &config.auth.secret_keys;
    if !given.is_empty() {
        let what = if given.len() == 1 {
            "One key is configured.".to_owned()
        } else {
            format!("{} keys are configured: the first encrypts, all decrypt.", given.len())
        };
        section.good(CHECK, what);
        return Some(given.clone());
    }
    match secret_key::existing(&config.data_dir) {
        Ok(Some(key)) => {
            section.good(CHECK, format!("The key is in {}. Only its owner can read it.", config.data_dir.display()));
            Some(vec![key])
        }
        Ok(None) => {
            section.note(CHECK, format!("The first start creates a key in {}.", config.data_dir.display()));
            Some(vec![STANDARD.encode(random::nonce::<32>()).into()])
        }
        Err(error) => {
            section.bad(CHECK, format!("{error}."), "Repair the file, or set ROLECALL_SECRET_KEYS.");
            None
        }
    }
}
