//! The key that encrypts what is stored: its form, and the one that is made on the first start.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, bail};
use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use rand::RngCore;
use rand::rngs::OsRng;
use secrecy::{ExposeSecret, SecretString};

/// The name of the key's file in the data folder.
pub(super) const FILE_NAME: &str = "secret.key";

/// How many bytes a key has.
const KEY_BYTES: usize = 32;
/// The permissions that others than the owner could have.
const OTHERS: u32 = 0o077;

/// Decodes base64 with or without its padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The key `text` in the one form that the rest of Rolecall knows: standard base64 with padding (RFC 4648, section 4).
/// Takes the URL-safe alphabet (section 5) and missing padding too. `None` when it is not 32 bytes.
pub(super) fn normalize(text: &str) -> Option<SecretString> {
    let bytes = LENIENT.decode(text.replace('-', "+").replace('_', "/")).ok()?;
    (bytes.len() == KEY_BYTES).then(|| SecretString::from(STANDARD.encode(bytes)))
}

/// The key in `data_dir`, made there when there is none: 32 random bytes as base64, readable for the owner alone.
///
/// # Errors
/// When the folder or file cannot be read or made, when others can read the file, or when it holds no key.
pub fn load_or_create(data_dir: &Path) -> anyhow::Result<SecretString> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data_dir)
        .with_context(|| format!("cannot make the data folder {}", data_dir.display()))?;
    let path = data_dir.join(FILE_NAME);
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Ok(file) => create(file, &path),
        // Also when another process made it a moment ago: its key counts.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => load(&path),
        Err(error) => Err(error).with_context(|| format!("cannot make the key file {}", path.display())),
    }
}

/// Makes a key and writes it into the new `file`, which does not stay behind when that fails.
fn create(mut file: File, path: &Path) -> anyhow::Result<SecretString> {
    let mut bytes = [0; KEY_BYTES];
    let written = OsRng.try_fill_bytes(&mut bytes).map_err(anyhow::Error::from).and_then(|()| {
        let key = SecretString::from(STANDARD.encode(bytes));
        writeln!(file, "{}", key.expose_secret())?;
        file.sync_all()?;
        Ok(key)
    });
    if written.is_err() {
        // The first failure is the one to report.
        let _ = std::fs::remove_file(path);
    }
    written.with_context(|| format!("cannot write the key file {}", path.display()))
}

/// Reads the key at `path`.
fn load(path: &Path) -> anyhow::Result<SecretString> {
    let (mode, text) = read(path).with_context(|| format!("cannot read the key file {}", path.display()))?;
    if mode & OTHERS != 0 {
        bail!("others than its owner can read the key file {0}: run `chmod 600 {0}`", path.display());
    }
    normalize(text.trim()).with_context(|| {
        format!(
            "the key file {} does not hold 32 bytes as base64: restore it, or remove it to have a new one made (people \
             then sign in again)",
            path.display()
        )
    })
}

/// The permissions and the content of the one file that stands at `path` now.
fn read(path: &Path) -> std::io::Result<(u32, String)> {
    let mut file = File::open(path)?;
    let mode = file.metadata()?.permissions().mode();
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok((mode, text))
}
