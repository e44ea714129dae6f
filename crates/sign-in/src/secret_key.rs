//! The key that encrypts stored data: its form, and the one that is created on the first start.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use rand::RngCore;
use rand::rngs::OsRng;
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

/// The name of the key's file in the data folder.
pub const FILE_NAME: &str = "secret.key";

/// How many bytes a key has.
const KEY_BYTES: usize = 32;
/// The permissions of everyone but the owner.
const OTHERS: u32 = 0o077;

/// Decodes base64 with or without its padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The key `text` in the form that the rest of Rolecall uses: standard base64 with padding (RFC 4648, section 4). It
/// accepts the URL-safe alphabet (section 5) and missing padding too. `None` when it is not 32 bytes.
#[must_use]
pub fn normalize(text: &str) -> Option<SecretString> {
    let bytes = LENIENT.decode(text.replace('-', "+").replace('_', "/")).ok()?;
    (bytes.len() == KEY_BYTES).then(|| SecretString::from(STANDARD.encode(bytes)))
}

/// Why there is no key.
#[derive(Debug, Error)]
pub enum SecretKeyError {
    /// The folder of the key could not be created.
    #[error("cannot make the data folder {}", .0.display())]
    Folder(PathBuf, #[source] std::io::Error),
    /// The key could not be created.
    #[error("cannot write the key file {}", .0.display())]
    Write(PathBuf, #[source] std::io::Error),
    /// The key could not be read.
    #[error("cannot read the key file {}", .0.display())]
    Read(PathBuf, #[source] std::io::Error),
    /// The permissions of the file let others read the key.
    #[error("others than its owner can read the key file {path}: run `chmod 600 {path}`", path = .0.display())]
    OpenToOthers(PathBuf),
    /// The file holds no key.
    #[error(
        "the key file {} does not hold 32 bytes as base64: restore it, or remove it to have a new one made (people then \
         sign in again)",
        .0.display()
    )]
    NotAKey(PathBuf),
}

/// The key in `data_dir`, created if missing: 32 random bytes as base64, readable by the owner only.
///
/// # Errors
/// When the folder or file cannot be read or created, when others can read the file, or when it holds no key.
pub fn load_or_create(data_dir: &Path) -> Result<SecretString, SecretKeyError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data_dir)
        .map_err(|error| SecretKeyError::Folder(data_dir.to_owned(), error))?;
    let path = data_dir.join(FILE_NAME);
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Ok(file) => create(file, &path).map_err(|error| SecretKeyError::Write(path, error)),
        // Also when another process created it a moment ago: its key counts.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => load(path),
        Err(error) => Err(SecretKeyError::Write(path, error)),
    }
}

/// The key in `data_dir`, if one was created.
///
/// # Errors
/// When it cannot be read, when others can read it, or when it is invalid.
pub fn existing(data_dir: &Path) -> Result<Option<SecretString>, SecretKeyError> {
    let path = data_dir.join(FILE_NAME);
    if path.exists() { load(path).map(Some) } else { Ok(None) }
}

/// Creates a key and writes it into the new `file`, which is removed if that fails.
fn create(mut file: File, path: &Path) -> std::io::Result<SecretString> {
    let mut bytes = [0; KEY_BYTES];
    let written = OsRng.try_fill_bytes(&mut bytes).map_err(std::io::Error::other).and_then(|()| {
        let key = SecretString::from(STANDARD.encode(bytes));
        writeln!(file, "{}", key.expose_secret())?;
        file.sync_all()?;
        Ok(key)
    });
    if written.is_err() {
        // The first failure is the one to report.
        let _ = std::fs::remove_file(path);
    }
    written
}

/// Reads the key at `path`.
fn load(path: PathBuf) -> Result<SecretString, SecretKeyError> {
    match read(&path) {
        Err(error) => Err(SecretKeyError::Read(path, error)),
        Ok((mode, _)) if mode & OTHERS != 0 => Err(SecretKeyError::OpenToOthers(path)),
        Ok((_, text)) => normalize(text.trim()).ok_or(SecretKeyError::NotAKey(path)),
    }
}

/// The permissions and the content of the file at `path`, from one open file.
fn read(path: &Path) -> std::io::Result<(u32, String)> {
    let mut file = File::open(path)?;
    let mode = file.metadata()?.permissions().mode();
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok((mode, text))
}
