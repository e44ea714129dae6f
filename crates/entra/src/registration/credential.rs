//! The client credentials: a secret or a certificate.
//!
//! Credentials with this file's label that are not in the file are left over from an interrupted run or from an earlier
//! secret. They are removed, so that none pile up. A credential in use stays until the run after its replacement.

use std::path::Path;

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Months, Utc};
use http::Method;
use rolecall_sign_in::provider::ClientKey;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use super::application::id;
use super::directory_client::DirectoryClient;
use super::local_file::LocalFile;
use super::progress::Progress;

/// A secret that expires within this many days is replaced.
const RENEW_DAYS: i64 = 30;
/// How many characters of a secret Graph returns (`hint`).
const HINT_CHARS: usize = 3;

/// What `addPassword` answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewSecret {
    key_id: String,
    secret_text: String,
}

pub(super) struct CredentialWriter<'a> {
    pub(super) graph: &'a DirectoryClient,
    /// The application; `None` on a dry run if it does not exist yet.
    pub(super) application: Option<&'a Value>,
    pub(super) file: &'a mut LocalFile,
    pub(super) now_ms: i64,
}

impl CredentialWriter<'_> {
    /// Makes sure that the file has a secret that does not expire soon. With `replace` it always creates one.
    pub(super) async fn secret(
        &mut self,
        months: u32,
        replace: bool,
        progress: &mut Progress<'_>,
    ) -> anyhow::Result<()> {
        let secrets = self.list("passwordCredentials");
        let held = self.held_hint();
        self.remove_leftovers(&secrets, held.as_deref(), progress).await?;
        let ends = secrets.iter().filter(|secret| is_held(secret, held.as_deref())).filter_map(end_ms).max();
        let renew_ms = RENEW_DAYS * 24 * 3600 * 1000;
        if !replace && ends.is_some_and(|end_ms| end_ms - self.now_ms > renew_ms) {
            return Ok(());
        }
        let now = DateTime::<Utc>::from_timestamp_millis(self.now_ms).context("the clock cannot be read")?;
        let end = now.checked_add_months(Months::new(months)).context("the secret would last too long")?;
        if !progress.begin(&format!("create a client secret that expires on {}", end.format("%-d %b %Y"))) {
            return Ok(());
        }
        self.add_secret(end, progress).await
    }

    /// Creates a secret and writes it into the file. If that fails, deletes it again.
    async fn add_secret(&mut self, end: DateTime<Utc>, progress: &mut Progress<'_>) -> anyhow::Result<()> {
        let application = id(self.application.context("there is no application")?)?;
        let end_time = end.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let wanted = json!({ "passwordCredential": { "displayName": self.file.label(), "endDateTime": end_time } });
        let path = format!("applications/{application}/addPassword");
        let made = self.graph.change(Method::POST, &path, Some(&wanted)).await.context("no secret could be created")?;
        let made: NewSecret = serde_json::from_value(made).ok().context("Microsoft Graph returned no secret")?;
        if let Err(error) = self.keep(&made.secret_text.into(), end) {
            let removed = self.remove_secret(application, &made.key_id).await;
            let told = if removed.is_ok() { "the secret was deleted again" } else { "the next run deletes the secret" };
            return Err(error.context(told));
        }
        progress.say(&format!("the secret is in {}", self.file.path().display()));
        Ok(())
    }

    fn keep(&mut self, secret: &SecretString, end: DateTime<Utc>) -> anyhow::Result<()> {
        for other in
            ["client_secret_file", "client_key_file", "client_certificate_file", "client_key", "client_certificate"]
        {
            self.file.unset(other)?;
        }
        self.file.set("client_secret", secret.expose_secret())?;
        // The doctor warns before it.
        self.file.set("client_secret_expires", &end.format("%Y-%m-%d").to_string())?;
        self.file.save()
    }

    /// Uploads the certificate at `certificate` if needed, and names it and its `key` in the file.
    pub(super) async fn certificate(
        &mut self,
        certificate: &Path,
        key: &Path,
        progress: &mut Progress<'_>,
    ) -> anyhow::Result<()> {
        let (certificate, key) = (certificate.canonicalize(), key.canonicalize());
        let (certificate, key) =
            (certificate.context("--certificate names no file")?, key.context("--key names no file")?);
        let wanted = checked(&certificate, &key)?;
        self.remove_leftovers(&self.list("passwordCredentials"), self.held_hint().as_deref(), progress).await?;
        let held = self.file.text("client_certificate_file").and_then(|path| der(Path::new(&path)).ok());
        let label = self.file.label();
        let there = self.list("keyCredentials");
        // The previous certificate stays until the next run, when the file names the new one.
        let stays = |one: &&Value| {
            let is_ours = one["displayName"] == label.as_str();
            !is_ours || one["key"] == wanted.as_str() || held.as_ref().is_some_and(|held| one["key"] == held.as_str())
        };
        let mut all: Vec<Value> = there.iter().filter(stays).cloned().collect();
        if !all.iter().any(|one| one["key"] == wanted.as_str()) {
            all.push(json!({ "type": "AsymmetricX509Cert", "usage": "Verify", "key": wanted, "displayName": label }));
        }
        if all != there && progress.begin(&format!("upload the certificate {}", certificate.display())) {
            let path = format!("applications/{}", id(self.application.context("there is no application")?)?);
            let change = json!({ "keyCredentials": all });
            self.graph
                .change(Method::PATCH, &path, Some(&change))
                .await
                .context("the certificate could not be uploaded")?;
        }
        for other in
            ["client_secret", "client_secret_file", "client_secret_expires", "client_key", "client_certificate"]
        {
            self.file.unset(other)?;
        }
        self.file.set("client_certificate_file", &certificate.display().to_string())?;
        self.file.set("client_key_file", &key.display().to_string())
    }

    /// Removes those of `secrets` with this file's label, except the one that begins with `held`.
    async fn remove_leftovers(
        &self,
        secrets: &[Value],
        held: Option<&str>,
        progress: &mut Progress<'_>,
    ) -> anyhow::Result<()> {
        let label = self.file.label();
        for leftover in secrets.iter().filter(|one| one["displayName"] == label.as_str() && !is_held(one, held)) {
            let key_id = leftover["keyId"].as_str().unwrap_or_default();
            if progress.begin(&format!("remove the secret {key_id}, which is no longer in use")) {
                self.remove_secret(id(self.application.context("there is no application")?)?, key_id).await?;
            }
        }
        Ok(())
    }

    async fn remove_secret(&self, application: &str, key_id: &str) -> anyhow::Result<()> {
        let path = format!("applications/{application}/removePassword");
        self.graph
            .change(Method::POST, &path, Some(&json!({ "keyId": key_id })))
            .await
            .with_context(|| format!("the secret {key_id} could not be removed"))?;
        Ok(())
    }

    /// The beginning of the secret in the file, as in Graph's `hint`.
    fn held_hint(&self) -> Option<String> {
        let in_file = || std::fs::read_to_string(self.file.text("client_secret_file")?).ok();
        let secret = self.file.text("client_secret").or_else(in_file)?;
        Some(secret.trim().chars().take(HINT_CHARS).collect())
    }

    fn list(&self, name: &str) -> Vec<Value> {
        self.application.and_then(|application| application[name].as_array()).cloned().unwrap_or_default()
    }
}

/// Whether `secret` is the one in the file, which begins with `held`.
fn is_held(secret: &Value, held: Option<&str>) -> bool {
    held.is_some() && secret["hint"].as_str() == held
}

fn end_ms(secret: &Value) -> Option<i64> {
    let end = DateTime::parse_from_rfc3339(secret["endDateTime"].as_str()?).ok()?;
    Some(end.timestamp_millis())
}

/// The certificate in Graph's format, if `key` belongs to it and Entra can use it.
fn checked(certificate: &Path, key: &Path) -> anyhow::Result<String> {
    let read =
        |path: &Path| std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()));
    let own = ClientKey::from_pem(&read(key)?, None).with_context(|| format!("{}: the key", key.display()))?;
    let own = own.with_certificate(&read(certificate)?).with_context(|| format!("{}: this", certificate.display()))?;
    ensure!(own.is_rsa(), "Entra accepts only RSA keys");
    der(certificate)
}

/// The certificate at `path` as base64 of its DER.
fn der(path: &Path) -> anyhow::Result<String> {
    Ok(STANDARD.encode(CertificateDer::from_pem_file(path).map_err(|_| anyhow::anyhow!("is not a certificate"))?))
}
