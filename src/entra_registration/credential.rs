//! With what Rolecall proves who it is: a secret, or a certificate.
//!
//! What this machine's file does not hold of what bears its label is a leftover of a run that was interrupted, or of an
//! earlier secret that was replaced: it is taken away, so that none pile up. What is in use stays until the run after.

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
use super::graph::Graph;
use super::local_file::LocalFile;
use super::progress::Progress;

/// A secret that ends within so many days is replaced.
const RENEW_DAYS: i64 = 30;
/// How many characters of a secret Graph tells (`hint`).
const HINT_CHARS: usize = 3;

/// What `addPassword` answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewSecret {
    key_id: String,
    secret_text: String,
}

/// Where a credential goes.
pub(super) struct Credentials<'a> {
    pub(super) graph: &'a Graph,
    /// The application; `None` when it is not made yet, on a dry run.
    pub(super) application: Option<&'a Value>,
    pub(super) file: &'a mut LocalFile,
    pub(super) now_ms: i64,
}

impl Credentials<'_> {
    /// Sees that the file holds a secret that lasts, and writes one that is made `anew` or because there is none.
    pub(super) async fn secret(&mut self, months: u32, anew: bool, progress: &mut Progress<'_>) -> anyhow::Result<()> {
        let secrets = self.list("passwordCredentials");
        let held = self.held_hint();
        self.remove_leftovers(&secrets, held.as_deref(), progress).await?;
        let ends = secrets.iter().filter(|secret| is_held(secret, held.as_deref())).filter_map(end_ms).max();
        let renew_ms = RENEW_DAYS * 24 * 3600 * 1000;
        if !anew && ends.is_some_and(|end_ms| end_ms - self.now_ms > renew_ms) {
            return Ok(());
        }
        let now = DateTime::<Utc>::from_timestamp_millis(self.now_ms).context("the clock cannot be read")?;
        let end = now.checked_add_months(Months::new(months)).context("the secret would last too long")?;
        if !progress.begin(&format!("create a client secret that expires on {}", end.format("%-d %b %Y"))) {
            return Ok(());
        }
        self.add_secret(&end.format("%Y-%m-%dT%H:%M:%SZ").to_string(), progress).await
    }

    /// Makes a secret and puts it into the file, or takes it back.
    async fn add_secret(&mut self, end: &str, progress: &mut Progress<'_>) -> anyhow::Result<()> {
        let application = id(self.application.context("there is no application")?)?;
        let wanted = json!({ "passwordCredential": { "displayName": self.file.label(), "endDateTime": end } });
        let path = format!("applications/{application}/addPassword");
        let made = self.graph.change(Method::POST, &path, Some(&wanted)).await.context("no secret could be created")?;
        let made: NewSecret = serde_json::from_value(made).ok().context("Microsoft Graph returned no secret")?;
        if let Err(error) = self.keep(&made.secret_text.into()) {
            let removed = self.remove_secret(application, &made.key_id).await;
            let told = if removed.is_ok() { "the secret was deleted again" } else { "the next run deletes the secret" };
            return Err(error.context(told));
        }
        progress.say(&format!("the secret is in {}", self.file.path().display()));
        Ok(())
    }

    fn keep(&mut self, secret: &SecretString) -> anyhow::Result<()> {
        for other in
            ["client_secret_file", "client_key_file", "client_certificate_file", "client_key", "client_certificate"]
        {
            self.file.unset(other)?;
        }
        self.file.set("client_secret", secret.expose_secret())?;
        self.file.save()
    }

    /// Sees that the application knows the certificate at `certificate`, and that the file names it and its `key`.
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
        // What was in use until now stays until the next run, when the file names the new one.
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
        for other in ["client_secret", "client_secret_file", "client_key", "client_certificate"] {
            self.file.unset(other)?;
        }
        self.file.set("client_certificate_file", &certificate.display().to_string())?;
        self.file.set("client_key_file", &key.display().to_string())
    }

    /// Takes those of `secrets` away that bear this file's label, and are not the one that begins as the one it `held`.
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

    /// The beginning of the secret that the file holds, as Graph tells it.
    fn held_hint(&self) -> Option<String> {
        let in_file = || std::fs::read_to_string(self.file.text("client_secret_file")?).ok();
        let secret = self.file.text("client_secret").or_else(in_file)?;
        Some(secret.trim().chars().take(HINT_CHARS).collect())
    }

    fn list(&self, name: &str) -> Vec<Value> {
        self.application.and_then(|application| application[name].as_array()).cloned().unwrap_or_default()
    }
}

/// Whether the file holds `secret`, by the beginning that it `held`.
fn is_held(secret: &Value, held: Option<&str>) -> bool {
    held.is_some() && secret["hint"].as_str() == held
}

fn end_ms(secret: &Value) -> Option<i64> {
    let end = DateTime::parse_from_rfc3339(secret["endDateTime"].as_str()?).ok()?;
    Some(end.timestamp_millis())
}

/// The certificate as Graph takes it, when `key` is its own and Entra can use it.
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
