//! The certificate with which Rolecall itself serves https.

use std::path::PathBuf;

use super::reader::Reader;
use crate::tls::{TlsError, TlsFiles};

const CERT: &str = "tls.cert";
const KEY: &str = "tls.key";

/// Whether the files must exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Certificate {
    /// They are about to be used.
    Needed,
    /// They are about to be made.
    ToBeMade,
}

/// Reads the paths of the files and, if they must exist, the files, so that a mistake is found at the start. `None` if
/// no files are configured, which is right behind a proxy that does TLS.
pub(super) fn read(reader: &mut Reader, certificate: Certificate) -> Option<TlsFiles> {
    let (cert, key) = (path(reader, CERT), path(reader, KEY));
    let files = match (cert, key) {
        (Some(cert), Some(key)) => TlsFiles { cert, key },
        (None, None) => return None,
        (Some(_), None) => {
            reader.missing(KEY, "is missing beside `tls.cert`", "Name the PEM file of the certificate's key.");
            return None;
        }
        (None, Some(_)) => {
            reader.missing(CERT, "is missing beside `tls.key`", "Name the PEM file of the certificate.");
            return None;
        }
    };
    if certificate == Certificate::Needed
        && let Err(error) = files.load()
    {
        complain(reader, &files, &error);
    }
    Some(files)
}

fn path(reader: &mut Reader, key: &str) -> Option<PathBuf> {
    let path = PathBuf::from(reader.text(key)?);
    reader.note(key, &path);
    Some(path)
}

fn complain(reader: &mut Reader, files: &TlsFiles, error: &TlsError) {
    let (cert, key) = (files.cert.display(), files.key.display());
    match error {
        TlsError::UnreadableCert(error) => reader.mistake(
            CERT,
            &format!("names {cert}, which cannot be read: {error}"),
            "Correct the path, or make the file readable for Rolecall.",
        ),
        TlsError::UnreadableKey(error) => reader.mistake(
            KEY,
            &format!("names {key}, which cannot be read: {error}"),
            "Correct the path, or make the file readable for Rolecall and nobody else.",
        ),
        TlsError::NoCert => reader.mistake(
            CERT,
            &format!("names {cert}, which holds no certificate in PEM form"),
            "Give the file with the server's certificate first and the intermediate ones after it, each between \
             \"-----BEGIN CERTIFICATE-----\" and \"-----END CERTIFICATE-----\".",
        ),
        TlsError::NoKey => reader.mistake(
            KEY,
            &format!("names {key}, which holds no private key in PEM form"),
            "Give the file with the key, not encrypted: it begins with \"-----BEGIN PRIVATE KEY-----\" or the like.",
        ),
        TlsError::Mismatch => reader.mistake(
            KEY,
            "does not fit the certificate of `tls.cert`",
            "Give the key that the certificate was made for.",
        ),
        TlsError::Unusable(error) => reader.mistake(
            CERT,
            &format!("names {cert}, which cannot be used: {error}"),
            "Give a certificate for an RSA, ECDSA or Ed25519 key.",
        ),
    }
}
