//! What an ID token may be signed with: asymmetric algorithms only, so that no public key serves as a secret.

use openidconnect::core::CoreJwsSigningAlgorithm;

use super::metadata::Metadata;
use super::open_id::Provider;

/// Every algorithm that a provider may be allowed, by its registered name (RFC 7518, section 3.1; RFC 8037).
pub const ALGORITHMS: [(&str, CoreJwsSigningAlgorithm); 9] = [
    ("RS256", CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256),
    ("RS384", CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384),
    ("RS512", CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512),
    ("PS256", CoreJwsSigningAlgorithm::RsaSsaPssSha256),
    ("PS384", CoreJwsSigningAlgorithm::RsaSsaPssSha384),
    ("PS512", CoreJwsSigningAlgorithm::RsaSsaPssSha512),
    ("ES256", CoreJwsSigningAlgorithm::EcdsaP256Sha256),
    ("ES384", CoreJwsSigningAlgorithm::EcdsaP384Sha384),
    ("EdDSA", CoreJwsSigningAlgorithm::EdDsa),
];
/// What a client gets unless it registers for something else (OpenID Connect Dynamic Client Registration 1.0, section
/// 2, `id_token_signed_response_alg`).
const DEFAULT: CoreJwsSigningAlgorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;

impl Provider {
    /// What its ID tokens may be signed with: the configured list; else RS256; else, where the provider announces that
    /// it does not sign with that at all, the ones of [`ALGORITHMS`] that it announces.
    #[must_use]
    pub fn id_token_algorithms(&self, metadata: &Metadata) -> Vec<CoreJwsSigningAlgorithm> {
        let configured = &self.config.options.id_token_algorithms;
        if !configured.is_empty() {
            return configured.clone();
        }
        let announced = metadata.id_token_signing_alg_values_supported();
        if announced.is_empty() || announced.contains(&DEFAULT) {
            return vec![DEFAULT];
        }
        ALGORITHMS.into_iter().map(|(_, algorithm)| algorithm).filter(|known| announced.contains(known)).collect()
    }
}
