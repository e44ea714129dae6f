//! A new certificate without a restart.

use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;

use crate::tls::TlsFiles;

/// How often to look whether the files have changed.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Lets `running` take up new files as they come. What cannot be used is told once, and the old ones serve on.
pub async fn follow(files: TlsFiles, running: RustlsConfig) {
    let mut seen = files.state();
    loop {
        tokio::time::sleep(LOOK_AGAIN).await;
        let now = files.state();
        if now == seen {
            continue;
        }
        seen = now;
        match files.load() {
            Ok(config) => {
                running.reload_from_config(config);
                tracing::info!(cert = %files.cert.display(), "a new certificate is in use");
            }
            // Between the writing of one file and of the other this is what it must look like.
            Err(error) => tracing::warn!(?error, "the changed certificate cannot be used, the one before stays"),
        }
    }
}
