//! Which host a request is for: ours, or that of an app.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use tower::{ServiceExt as _, service_fn};
use url::{Host, Url};

use crate::apps::{Apps, UpstreamApp};
use crate::server::network::asked_host::{asked_host, is_foreign_to_loopback};
use crate::server::network::forwarded::Arrival;

/// The app on whose host a request came in. A request extension that only [`by_host`] sets.
#[derive(Clone, Debug)]
pub struct OnHost(pub Arc<UpstreamApp>);

/// Sends what is asked of the host of an app to `elsewhere`, and everything else to `ours`. It must be known already what
/// proxies say of a request.
pub fn by_host(ours: Router, elsewhere: Router, apps: &Apps, public_url: &Url) -> Router {
    let of_app = |app: &UpstreamApp| Some((app.host()?.to_owned(), Arc::new(app.clone())));
    let apps: Arc<HashMap<_, _>> = Arc::new(apps.all().iter().filter_map(of_app).collect());
    if apps.is_empty() {
        return ours;
    }
    let public_url = public_url.clone();
    Router::new().fallback_service(service_fn(move |mut request: Request| {
        let host = host_asked_for(&request, &public_url);
        let app = host.and_then(|host| apps.get(&host.to_string()));
        if let Some(app) = app {
            request.extensions_mut().insert(OnHost(Arc::clone(app)));
        }
        let router = if app.is_some() { elsewhere.clone() } else { ours.clone() };
        router.oneshot(request)
    }))
}

/// The host that the client asked for: as a trusted proxy says, where one does. The port is not looked at, since proxies
/// often leave it out, and no other port leads here.
fn host_asked_for(request: &Request, public_url: &Url) -> Option<Host> {
    let asked = asked_host(request)?;
    // Whatever a header says: after DNS rebinding a script may write any.
    if is_foreign_to_loopback(asked, public_url) {
        return None;
    }
    let forwarded = request.extensions().get::<Arrival>().and_then(|arrival| arrival.host.clone());
    forwarded.or_else(|| Url::parse(&format!("http://{asked}")).ok()?.host().map(|host| host.to_owned()))
}
