//! A provider's key for checking signatures: RSA with `ring`, all others with `openidconnect`.
//!
//! `openidconnect` checks RSA with the crate `rsa`, which takes twenty times as long: longer than the rest of a
//! sign-in.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{CoreJsonWebKey, CoreJsonWebKeyType, CoreJsonWebKeyUse, CoreJwsSigningAlgorithm};
use openidconnect::{
    JsonWebKey, JsonWebKeyAlgorithm, JsonWebKeyId, JsonWebKeyUse, JwsSigningAlgorithm as _, SignatureVerificationError,
};
use ring::signature::{self, RsaParameters, RsaPublicKeyComponents};
use serde::{Deserialize, Serialize};

/// The shortest RSA modulus. `ring` accepts no shorter one.
const MIN_RSA_BITS: usize = 2048;

/// A public key as a provider publishes it (RFC 7517).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "CoreJsonWebKey", into = "CoreJsonWebKey")]
pub struct VerifyingKey {
    key: CoreJsonWebKey,
    /// Modulus and exponent, for RSA.
    rsa: Option<Arc<RsaPublicKeyComponents<Vec<u8>>>>,
}

impl From<CoreJsonWebKey> for VerifyingKey {
    fn from(key: CoreJsonWebKey) -> Self {
        Self { rsa: rsa_components(&key).map(Arc::new), key }
    }
}

impl From<VerifyingKey> for CoreJsonWebKey {
    fn from(VerifyingKey { key, .. }: VerifyingKey) -> Self {
        key
    }
}

impl VerifyingKey {
    /// Whether the key is for signatures with `algorithm`, by its own members (RFC 7517, sections 4.1, 4.2 and 4.4)
    /// and, for RSA, by its length (RFC 7518, section 3.3).
    #[must_use]
    pub fn may_sign_with(&self, algorithm: &CoreJwsSigningAlgorithm) -> bool {
        let is_for_signatures = self.key_use().is_none_or(JsonWebKeyUse::allows_signature);
        let is_of_type = algorithm.key_type().is_some_and(|kind| kind == *self.key_type());
        let is_for_algorithm = match self.signing_alg() {
            JsonWebKeyAlgorithm::Unspecified => true,
            JsonWebKeyAlgorithm::Algorithm(own) => own == algorithm,
            JsonWebKeyAlgorithm::Unsupported => false,
        };
        let is_long = self.rsa.as_ref().is_none_or(|rsa| rsa.n.len() * 8 >= MIN_RSA_BITS);
        is_for_signatures && is_of_type && is_for_algorithm && is_long
    }
}

impl JsonWebKey for VerifyingKey {
    type KeyUse = CoreJsonWebKeyUse;
    type SigningAlgorithm = CoreJwsSigningAlgorithm;

    fn key_id(&self) -> Option<&JsonWebKeyId> {
        self.key.key_id()
    }

    fn key_type(&self) -> &CoreJsonWebKeyType {
        self.key.key_type()
    }

    fn key_use(&self) -> Option<&CoreJsonWebKeyUse> {
        self.key.key_use()
    }

    fn signing_alg(&self) -> JsonWebKeyAlgorithm<&CoreJwsSigningAlgorithm> {
        self.key.signing_alg()
    }

    fn new_symmetric(key: Vec<u8>) -> Self {
        CoreJsonWebKey::new_symmetric(key).into()
    }

    fn verify_signature(
        &self,
        algorithm: &CoreJwsSigningAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureVerificationError> {
        let (Some(rsa), Some(parameters)) = (&self.rsa, rsa_parameters(algorithm)) else {
            return self.key.verify_signature(algorithm, message, signature);
        };
        if !self.may_sign_with(algorithm) {
            return Err(SignatureVerificationError::InvalidKey("the key is not for this algorithm".to_owned()));
        }
        let verified = rsa.verify(parameters, message, signature);
        verified.map_err(|_| SignatureVerificationError::CryptoError("bad signature".to_owned()))
    }

    fn hash_bytes(&self, bytes: &[u8], algorithm: &CoreJwsSigningAlgorithm) -> Result<Vec<u8>, String> {
        self.key.hash_bytes(bytes, algorithm)
    }
}

/// How `ring` checks signatures of `algorithm`; `None` if it is not an RSA algorithm.
fn rsa_parameters(algorithm: &CoreJwsSigningAlgorithm) -> Option<&'static RsaParameters> {
    Some(match algorithm {
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        CoreJwsSigningAlgorithm::RsaSsaPssSha256 => &signature::RSA_PSS_2048_8192_SHA256,
        CoreJwsSigningAlgorithm::RsaSsaPssSha384 => &signature::RSA_PSS_2048_8192_SHA384,
        CoreJwsSigningAlgorithm::RsaSsaPssSha512 => &signature::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

/// Modulus and exponent of `key`, without leading zeros, which some providers write.
fn rsa_components(key: &CoreJsonWebKey) -> Option<RsaPublicKeyComponents<Vec<u8>>> {
    let json = serde_json::to_value(key).ok().filter(|_| *key.key_type() == CoreJsonWebKeyType::RSA)?;
    let number = |name: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(json.get(name)?.as_str()?).ok()?;
        Some(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
    };
    Some(RsaPublicKeyComponents { n: number("n")?, e: number("e")? })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A key of 2048 bits whose private half was deleted, and a signature by it.
    const MODULUS: &str = "t-Kayc2Zh2FFyTZO_Xv6SZXgRdcoDzTXUzfGBMcsb9tYjz8nLPktKhaDKT_58XnatYTibl02LnOOiC5ZVbyEaisX5IIPK9NE3K-j\
        lLASY9dnUL__6UBaUw0ZUyEyHuC_mzvEwEUm26iM_ft2fn1bNL4DojOxsLnIinzVIfh8sEZ03QhFHmtWzO4ttw1X9HwhaZe3PfqE\
        FVP_xdjALfoRO2HI8YTJN89nH6qsG0CC09uYZLnwCvLLnNYmOiwQGEzVuGgaBRlKCBc3zJTUBMgxOwtXlabSkI7K8IKHlaZ_tJqq\
        ShJBCSrIPf_IdSgaYWaI-SPpLWAjCjlhHHbYXLzXVQ";
    const MESSAGE: &str = "a signed message";
    const SIGNATURE: &str = "QYCJJiAWsMsB0zxbW90KJs_ExwZCso_U8KbzgjBus0M6kMaN4Lk49MKvzEP0nRosaE_Qo9M2TJMqRutJxg1UBAZBcl425uUboNoX\
        e-IcRLD7frEF7k3sKlnzKxSLG4O1CroXEJhZk6_oL7y7-0wWI64clWA0KpQjLx3UxqnSbh09qBlD-3W7nQXXcQRvL4S1PyADjr2P\
        H_FeJVwscsmgnrcYX5Nf06g_mMD1k3Z7bGOsMJM0l9H0Oa-HQT9VsrVvt7nBO9rcwKCkUwwHHV85hGeVAbZX28Hg3c3RcLZsf1Oe\
        1budbsFhFiMrZIRin-_lMgr9D_xVFck556WZMiAPLg";
    const RS256: CoreJwsSigningAlgorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;

    fn key(modulus: &[u8], more: Value) -> VerifyingKey {
        let mut key = json!({ "kty": "RSA", "n": URL_SAFE_NO_PAD.encode(modulus), "e": "AQAB" });
        key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(key).unwrap()
    }

    #[test]
    fn a_signature_counts_when_the_key_made_it_and_may_have() {
        let [modulus, signature] = [MODULUS, SIGNATURE].map(|text| URL_SAFE_NO_PAD.decode(text).unwrap());
        let verified = |key: &VerifyingKey, algorithm| key.verify_signature(&algorithm, MESSAGE.as_bytes(), &signature);
        let with_zero = [&[0], modulus.as_slice()].concat();
        let stated = json!({ "use": "sig", "alg": "RS256" });
        for good in [key(&modulus, json!({})), key(&modulus, stated), key(&with_zero, json!({}))] {
            assert!(verified(&good, RS256).is_ok(), "{good:?}");
            assert!(good.verify_signature(&RS256, b"another message", &signature).is_err(), "{good:?}");
            assert!(good.verify_signature(&RS256, MESSAGE.as_bytes(), &signature[1..]).is_err(), "{good:?}");
            for other in [
                CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
                CoreJwsSigningAlgorithm::RsaSsaPssSha256,
                CoreJwsSigningAlgorithm::EcdsaP256Sha256,
                CoreJwsSigningAlgorithm::HmacSha256,
                CoreJwsSigningAlgorithm::None,
            ] {
                assert!(verified(&good, other.clone()).is_err(), "{other:?} by {good:?}");
            }
        }
        let mut another = modulus.clone();
        another[100] ^= 2;
        for bad in [
            key(&modulus, json!({ "use": "enc" })),
            key(&modulus, json!({ "alg": "PS256" })),
            key(&another, json!({})),
            key(&modulus[..128], json!({})),
            key(&[], json!({})),
        ] {
            assert!(verified(&bad, RS256).is_err(), "{bad:?}");
        }
    }
}
