//! The content security policies of pages.

use std::sync::LazyLock;

use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderName, HeaderValue};
use axum::response::AppendHeaders;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use leptos::nonce::Nonce;
use rolecall_sign_in::Auth;
use rolecall_sign_in::provider::Provider;
use rolecall_ui::components::document::KEEP_FRAGMENT;
use sha2::{Digest as _, Sha256};

/// The hash of the script that keeps the fragment, for a content security policy.
static KEEP_FRAGMENT_HASH: LazyLock<String> =
    LazyLock::new(|| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(KEEP_FRAGMENT))));

/// Builds the policy of each page.
#[derive(Clone)]
pub struct PagePolicies {
    auth: Auth,
    reload_port: Option<u32>,
}

impl PagePolicies {
    /// Policies that allow forms to lead to the providers of `auth`. While `cargo leptos watch` runs the server, pages
    /// may connect to its `reload_port`.
    pub const fn new(auth: Auth, reload_port: Option<u32>) -> Self {
        Self { auth, reload_port }
    }

    /// The content security policy of a page (CSP Level 3): scripts with the `nonce` or from our origin; without a
    /// nonce, only the script that keeps the fragment, allowed by its hash, and our own files if the page
    /// `has_own_script`, as all pages of signed-in people do. An app on a path has the same origin: listing single
    /// files would not exclude its scripts, which run on its own pages with all rights of the origin.
    pub fn page(
        &self,
        nonce: Option<&Nonce>,
        has_own_script: bool,
    ) -> AppendHeaders<Option<(HeaderName, HeaderValue)>> {
        let scripts = match nonce {
            Some(nonce) => format!("'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"),
            None if has_own_script => format!("'self' {}", *KEEP_FRAGMENT_HASH),
            None => KEEP_FRAGMENT_HASH.clone(),
        };
        let connect = if nonce.is_none() {
            if has_own_script { "'self'" } else { "'none'" }.to_owned()
        } else if let Some(port) = self.reload_port {
            format!("'self' ws://127.0.0.1:{port}")
        } else {
            "'self'".to_owned()
        };
        let policy = format!(
            "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; connect-src {connect}; \
             object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'{}",
            self.provider_origins()
        );
        AppendHeaders(HeaderValue::from_str(&policy).ok().map(|policy| (CONTENT_SECURITY_POLICY, policy)))
    }

    /// The content security policy of our pages on the host of an app. Their only form signs out, and redirects to our
    /// own host or a provider.
    pub fn app_host_page(&self) -> AppendHeaders<Option<(HeaderName, HeaderValue)>> {
        let policy = format!(
            "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; \
             frame-ancestors 'none'; form-action 'self' {}{}",
            self.auth.config().public_url.origin().ascii_serialization(),
            self.provider_origins()
        );
        AppendHeaders(HeaderValue::from_str(&policy).ok().map(|policy| (CONTENT_SECURITY_POLICY, policy)))
    }

    /// Where our forms may lead: browsers apply `form-action` to the redirects after a form, and both sign-in and
    /// sign-out lead to the provider.
    fn provider_origins(&self) -> String {
        let known: Vec<_> = self.auth.providers().iter().map(Provider::browser_origins).collect();
        let mut origins: Vec<&str> = Vec::new();
        for origin in known.iter().flat_map(|origins| origins.iter()) {
            if !origins.contains(&origin.as_str()) {
                origins.push(origin);
            }
        }
        origins.iter().fold(String::new(), |list, origin| list + " " + origin)
    }
}
