//! The certificate and key files for https.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{InconsistentKeys, ServerConfig};
use thiserror::Error;

/// The paths of certificate and key: PEM files (RFC 7468).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, followed by those of its issuers.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Why the files cannot be used. It never contains parts of the key.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The certificate's file cannot be read.
    #[error("the certificate file cannot be read")]
    UnreadableCert(#[source] io::Error),
    /// The key's file cannot be read.
    #[error("the key file cannot be read")]
    UnreadableKey(#[source] io::Error),
    /// There is no certificate in the file.
    #[error("there is no certificate in the file")]
    NoCert,
    /// There is no private key in the file.
    #[error("there is no private key in the file")]
    NoKey,
    /// The key belongs to another certificate.
    #[error("the key does not fit the certificate")]
    Mismatch,
    /// TLS cannot use them.
    #[error("the certificate cannot be used")]
    Unusable(#[source] rustls::Error),
}

impl TlsFiles {
    /// Reads the files.
    ///
    /// # Errors
    /// When they cannot be read, contain something else, or do not belong together.
    pub fn load(&self) -> Result<Arc<ServerConfig>, TlsError> {
        let cert = read(&self.cert).map_err(TlsError::UnreadableCert)?;
        let key = read(&self.key).map_err(TlsError::UnreadableKey)?;
        let chain: Vec<_> =
            CertificateDer::pem_slice_iter(&cert).collect::<Result<_, _>>().map_err(|_| TlsError::NoCert)?;
        if chain.is_empty() {
            return Err(TlsError::NoCert);
        }
        let key = PrivateKeyDer::from_pem_slice(&key).map_err(|_| TlsError::NoKey)?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Unusable)?
            .with_no_client_auth()
            .with_single_cert(chain, key);
        let mut config = config.map_err(|error| match error {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => TlsError::Mismatch,
            other => TlsError::Unusable(other),
        })?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// The certificates, as PEM.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn certificates(&self) -> Result<Vec<u8>, TlsError> {
        read(&self.cert).map_err(TlsError::UnreadableCert)
    }

    /// Modification time and size of both files, to notice when one is replaced.
    #[must_use]
    pub fn state(&self) -> [Option<(SystemTime, u64)>; 2] {
        let state = |metadata: Metadata| Some((metadata.modified().ok()?, metadata.len()));
        [&self.cert, &self.key].map(|file| file.metadata().ok().and_then(state))
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    /// More than any certificate chain needs.
    const MAX_BYTES: u64 = 1024 * 1024;
    let mut content = Vec::new();
    File::open(path)?.take(MAX_BYTES).read_to_end(&mut content)?;
    Ok(content)
}
