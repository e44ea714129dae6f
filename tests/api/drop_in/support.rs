//! An application that is not Rolecall, with the sign-in in it, on a socket of its own.

use axum::Router;
use openidconnect::reqwest::Url;
use rolecall_demo_provider::CLIENT_ID;
use rolecall_sign_in::config::ProviderConfig;
use rolecall_sign_in::drop_in::{DropIn, Settings};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::support::{Answer, Browser, OwnProvider, TestClock};

/// An application other than Rolecall, running until the test ends.
pub struct OtherApp {
    /// The provider that its people sign in with.
    pub provider: OwnProvider,
    /// The clock of both.
    pub clock: TestClock,
    pub sign_in: DropIn,
    origin: String,
    _folder: TempDir,
}

impl OtherApp {
    /// Starts the application that `routes` makes, with the sign-in that `settings` describes.
    pub async fn start(settings: impl FnOnce(Settings) -> Settings, routes: impl FnOnce(&DropIn) -> Router) -> Self {
        let (clock, folder) = (TestClock::starting_now(), TempDir::new().unwrap());
        let provider = OwnProvider::start(&clock).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let own = DropIn::at(&origin).provider(provider_config(&provider)).clock(clock.clock());
        let sign_in = settings(own).open(folder.path().join("data")).await.unwrap();
        let application = sign_in.protect(routes(&sign_in));
        tokio::spawn(async move { axum::serve(listener, application).await });
        Self { provider, clock, sign_in, origin, _folder: folder }
    }

    /// A browser that has never been here.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.origin)
    }
}

/// The provider in the application's configuration.
pub fn provider_config(provider: &OwnProvider) -> ProviderConfig {
    ProviderConfig::oidc(OwnProvider::ID, provider.demo.issuer().as_str(), CLIENT_ID)
}

impl Browser {
    /// Goes to `path` signed out, chooses `person` at the provider, and comes back. Returns the answer to the callback.
    pub async fn arrive_as(&mut self, person: &str, path: &str, provider: &OwnProvider) -> Answer {
        let way = self.get(path).await.location().to_owned();
        let authorization: Url = self.get(&way).await.location().parse().unwrap();
        let callback = provider.browser().choose(&authorization, person).await;
        self.follow(&callback).await
    }
}
