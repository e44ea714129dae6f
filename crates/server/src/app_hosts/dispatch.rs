//! Decides which host a request is for: ours, or that of an app.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::Request;
use rolecall_apps::{Apps, UpstreamApp};
use url::{Host, Url};

use crate::network::addresses::{asked_host, is_foreign_to_loopback};
use crate::network::forwarded::Arrival;

/// The app whose host a request is for. A request extension that only the [`entrance`](crate::entrance) sets.
#[derive(Clone, Debug)]
pub struct OnHost(pub Arc<UpstreamApp>);

/// The hosts of apps.
pub struct AppHosts {
    apps: HashMap<Host, Arc<UpstreamApp>>,
    public_url: Url,
}

impl AppHosts {
    /// The hosts of `apps`, in addition to our own host at `public_url`.
    pub fn new(apps: &Apps, public_url: &Url) -> Self {
        let of_app = |app: &UpstreamApp| Some((Host::parse(app.host()?).ok()?, Arc::new(app.clone())));
        Self { apps: apps.all().iter().filter_map(of_app).collect(), public_url: public_url.clone() }
    }

    /// The app whose host `request` is for, given its `arrival`; `None` on our own host.
    pub fn app_asked_for<B>(&self, request: &Request<B>, arrival: Option<&Arrival>) -> Option<OnHost> {
        if self.apps.is_empty() {
            return None;
        }
        let host = self.host_asked_for(asked_host(request)?, arrival)?;
        self.apps.get(&host).map(|app| OnHost(Arc::clone(app)))
    }

    /// The host that the client `asked` for, according to a trusted proxy if there is one. The port is ignored, because
    /// proxies often leave it out, and no other port leads here.
    fn host_asked_for(&self, asked: &str, arrival: Option<&Arrival>) -> Option<Host> {
        // Headers must not override this: after DNS rebinding a script may set any header.
        if is_foreign_to_loopback(asked, &self.public_url) {
            return None;
        }
        let forwarded = arrival.and_then(|arrival| arrival.host.clone());
        forwarded.or_else(|| Url::parse(&format!("http://{asked}")).ok()?.host().map(|host| host.to_owned()))
    }
}
