//! Our client at a provider, and how it authenticates: with a secret, with a key, or not at all.

use rolecall_sign_in::config::ClientAuthMethod::{self, ClientSecretBasic, ClientSecretPost, PrivateKeyJwt};
use rolecall_sign_in::provider::{ClientKey, ClientKeyError};
use secrecy::SecretString;
use strum::VariantNames as _;

use super::section::ProviderSection;
use crate::spelling;

/// The key of the client secret, below its provider.
const SECRET: &str = "client_secret";
/// The key of the client key.
const KEY: &str = "client_key";
/// The key of its certificate.
const CERTIFICATE: &str = "client_certificate";
/// The key of its name.
const KEY_ID: &str = "client_key_id";
/// The key of the method.
const METHOD: &str = "client_auth";

/// Our client.
pub(super) struct Client {
    pub(super) id: String,
    pub(super) secret: Option<SecretString>,
    pub(super) key: Option<ClientKey>,
    pub(super) method: Option<ClientAuthMethod>,
}

impl ProviderSection<'_> {
    /// Reads and checks our client. `is_entra` says whether the provider requires a confidential client, as Entra does,
    /// and a certificate for a key.
    pub(super) fn client(&mut self, is_entra: bool) -> Option<Client> {
        let id = self.required("client_id", "Give the client id (application id) that the provider shows.");
        if let Some(id) = &id {
            self.note("client_id", id);
        }
        let method = self.client_auth();
        let [has_secret, has_key] = [SECRET, KEY].map(|name| self.reader.is_given(&self.key(name)));
        if has_secret && has_key {
            let what = format!("is given, and `{}` too", self.key(SECRET));
            self.mistake(self.given_form(KEY), &what, "Keep one of the two: a key needs no secret beside it.");
        } else {
            self.check_method(method, has_secret, has_key);
            if is_entra && !has_secret && !has_key {
                self.want_credentials();
            }
        }
        let secret = self.client_secret();
        let key = self.client_key(is_entra);
        Some(Client { id: id?, secret, key, method })
    }

    /// The method, when one is given.
    fn client_auth(&mut self) -> Option<ClientAuthMethod> {
        let names = ClientAuthMethod::VARIANTS.join(", ");
        let remedy = format!("Give one of {names}, or leave it out for what the provider's metadata allow.");
        let key = self.key(METHOD);
        let method = self.reader.parsed(&key, None, &remedy, |text| ClientAuthMethod::from_name(text).map(Some))?;
        self.note(METHOD, &method.name());
        Some(method)
    }

    /// A method needs its own credentials. Others would have no effect.
    fn check_method(&mut self, method: Option<ClientAuthMethod>, has_secret: bool, has_key: bool) {
        let Some(method) = method else { return };
        let (needs_secret, needs_key) =
            (matches!(method, ClientSecretBasic | ClientSecretPost), method == PrivateKeyJwt);
        for (name, needed, given) in [(SECRET, needs_secret, has_secret), (KEY, needs_key, has_key)] {
            if needed && !given {
                let remedy = format!("Give it, or its file as `{name}_file`.");
                self.reader.missing(
                    &self.key(name),
                    &format!("is missing for `{METHOD} = {:?}`", method.name()),
                    &remedy,
                );
            } else if given && !needed {
                let what = format!("has no effect beside `{METHOD} = {:?}`", method.name());
                self.mistake(self.given_form(name), &what, "Remove one of the two.");
            }
        }
    }

    /// Entra requires the secret or the certificate of a web application; elsewhere a client may be public.
    fn want_credentials(&mut self) {
        let variable = spelling::variable(&["providers", self.id, SECRET]);
        let remedy = format!(
            "Make a secret under \"Certificates & secrets\" of the app registration, and give its value as {variable}, or \
             in a file as {variable}_FILE; or upload a certificate there, and give it with its key as `{KEY}_file` and \
             `{CERTIFICATE}_file`."
        );
        self.reader.missing(&self.key(SECRET), "is missing", &remedy);
    }

    /// The client secret; `None` for a client with a key, or for a public one, which only uses PKCE.
    fn client_secret(&mut self) -> Option<SecretString> {
        let key = self.key(SECRET);
        let secret = self.reader.secret(&key)?;
        self.reader.note_secret(&key);
        Some(SecretString::from(secret))
    }

    /// The key with its certificate. Both are tried here, so that a mistake is found at the start, not at the first
    /// sign-in.
    fn client_key(&mut self, is_entra: bool) -> Option<ClientKey> {
        const KEY_REMEDY: &str = "Make one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072`, and \
                                  convert another form with `openssl pkcs8 -topk8 -nocrypt`.";
        let [key, certificate, id] = [KEY, CERTIFICATE, KEY_ID].map(|name| self.key(name));
        for name in [CERTIFICATE, KEY_ID] {
            if self.reader.is_given(&self.key(name)) && !self.reader.is_given(&key) {
                let what = format!("has no effect without `{key}`");
                self.mistake(self.given_form(name), &what, "Give the key, or remove it.");
            }
        }
        let pem = self.reader.secret(&key)?;
        let id = self.reader.text(&id);
        if let Some(id) = &id {
            self.note(KEY_ID, id);
        }
        self.reader.note_secret(&key);
        let made = ClientKey::from_pem(&pem, id).map_err(|error| self.wrong(KEY, error, KEY_REMEDY)).ok()?;
        if is_entra && !made.is_rsa() {
            self.wrong(KEY, "is not an RSA key, and Entra accepts no other", KEY_REMEDY);
        }
        let Some(pem) = self.reader.secret(&certificate) else {
            if is_entra {
                let remedy = "Give the certificate that was uploaded under \"Certificates & secrets\", as PEM.";
                self.reader.missing(&certificate, "is missing: Entra knows a key by its certificate", remedy);
            }
            return Some(made);
        };
        self.reader.note_secret(&certificate);
        let remedy = "Give the certificate of this very key, as PEM.";
        made.with_certificate(&pem).map_err(|error: ClientKeyError| self.wrong(CERTIFICATE, error, remedy)).ok()
    }

    /// Notes what is wrong with a key or certificate, where it was given.
    fn wrong(&mut self, name: &'static str, what: impl std::fmt::Display, remedy: &str) {
        self.mistake(self.given_form(name), &what.to_string(), remedy);
    }

    /// The key that was given: `name` or `{name}_file`.
    fn given_form(&self, name: &'static str) -> &'static str {
        let by_file = match name {
            SECRET => "client_secret_file",
            CERTIFICATE => "client_certificate_file",
            KEY => "client_key_file",
            other => other,
        };
        if self.reader.is_given_as_file(&self.key(name)) { by_file } else { name }
    }
}
