//! Where the data are, and the keys for what is stored encrypted.

use std::path::{Path, PathBuf};

use rolecall_sign_in::secret_key;
use secrecy::SecretString;
use url::Url;

use super::reader::Reader;
use super::report::{SECRET, mask_password};
use super::sources::PRODUCTION;

/// The folder for what Rolecall keeps on disk.
pub(super) fn data_dir(reader: &mut Reader) -> PathBuf {
    let data_dir = PathBuf::from(reader.text_or_default("data_dir"));
    reader.note("data_dir", &data_dir);
    data_dir
}

/// The database's address; by default a file in the data folder.
pub(super) fn database_url(reader: &mut Reader, data_dir: &Path) -> String {
    const KEY: &str = "database_url";
    let default = || format!("sqlite:{}", data_dir.join("rolecall.sqlite3").display());
    let address = reader.secret(KEY).unwrap_or_else(default);
    match check_database_url(&address) {
        Ok(()) => reader.note(KEY, &mask_password(&address)),
        Err((what, remedy)) => reader.mistake(KEY, what, remedy),
    }
    address
}

/// Checks that the address can be used, and can be shown with its password masked.
pub(super) fn check_database_url(address: &str) -> Result<(), (&'static str, &'static str)> {
    const FORM: &str = "Give \"sqlite:path/to/file\" or \"postgres://user:password@host/database\".";
    const ENCODE: &str = "Write special characters of the password percent-encoded: @ as %40, / as %2F, # as %23, ? as \
                          %3F, : as %3A.";
    if let Some(path) = address.strip_prefix("sqlite:") {
        return if path.is_empty() { Err(("names no file", FORM)) } else { Ok(()) };
    }
    if !address.starts_with("postgres://") && !address.starts_with("postgresql://") {
        return Err(("begins with neither sqlite: nor postgres://", FORM));
    }
    let url = Url::parse(address).map_err(|_| ("is not a URL", ENCODE))?;
    // An unescaped `/`, `?` or `#` in a password ends the host early, so the rest of the password looks like a path.
    let after_host = [Some(url.path()), url.query(), url.fragment()];
    if url.fragment().is_some() || after_host.into_iter().flatten().any(|part| part.contains('@')) {
        return Err(("has its parts in the wrong place", ENCODE));
    }
    Ok(())
}

/// The keys; the first one encrypts. Empty if none are given: then the server makes one. In production that is a
/// mistake.
pub(super) fn secret_keys(reader: &mut Reader, env: &str, data_dir: &Path) -> Vec<SecretString> {
    const KEY: &str = "secret_keys";
    const FILE_KEY: &str = "secret_keys_file";
    const REMEDY: &str = "Make a key with `openssl rand -base64 32`, keep it secret, and give it as \
                          ROLECALL_SECRET_KEYS, or in a file as ROLECALL_SECRET_KEYS_FILE.";
    let (from, given) = match reader.file_content(KEY) {
        Some(content) => (FILE_KEY, content.split([',', '\n']).map(|key| key.trim().to_owned()).collect()),
        None => (KEY, reader.list(KEY).unwrap_or_default()),
    };
    let given: Vec<String> = given.into_iter().filter(|key| !key.is_empty()).collect();
    let keys: Vec<Option<SecretString>> = given.iter().map(|key| secret_key::normalize(key)).collect();
    if let Some(wrong) = keys.iter().position(Option::is_none) {
        let what = format!("has a key, number {} of {}, that is not 32 bytes as base64", wrong + 1, keys.len());
        reader.mistake(from, &what, REMEDY);
    } else if !keys.is_empty() {
        reader.note_secret(KEY);
    } else if env == PRODUCTION {
        reader.missing(KEY, "is missing, and in production it must be given", REMEDY);
    } else {
        let path = data_dir.join(secret_key::FILE_NAME);
        reader.note_from(KEY, &[SECRET], &format!("{}, made on the first start", path.display()));
    }
    keys.into_iter().flatten().collect()
}
