//! The demonstration provider on a socket of its own: as a company's would be, in another process than the application.

use std::sync::Arc;

use axum::Router;
use rolecall_demo_provider::{CLIENT_ID, DemoProvider};
use rolecall_routes as routes;
use tokio::net::TcpListener;

use super::faulty_provider::FaultyProvider;
use super::{Browser, TestClock};

/// The provider, running until the test ends.
pub struct OwnProvider {
    /// The provider.
    pub demo: FaultyProvider,
}

impl OwnProvider {
    /// Its id in the configuration.
    pub const ID: &str = "own";

    /// Starts one that goes by `clock`.
    pub async fn start(clock: &TestClock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}{}", listener.local_addr().unwrap(), routes::DEMO);
        let time = clock.clone();
        let honest = DemoProvider::new(issuer.parse().unwrap(), Arc::new(move || time.now_ms()));
        let demo = FaultyProvider::around(&honest, clock);
        let router = Router::new().nest_service(routes::DEMO, demo.router());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { demo }
    }

    /// The settings with which an application uses this provider.
    pub fn settings(&self) -> [(String, String); 3] {
        settings_of(self.demo.issuer().as_str())
    }

    /// A browser that shows pages of the provider.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.demo.issuer().origin().ascii_serialization())
    }
}

/// The settings for a provider at `issuer`, whose id is [`OwnProvider::ID`].
pub fn settings_of(issuer: &str) -> [(String, String); 3] {
    [("KIND", "oidc"), ("ISSUER", issuer), ("CLIENT_ID", CLIENT_ID)]
        .map(|(key, value)| (format!("ROLECALL_PROVIDERS__OWN__{key}"), value.to_owned()))
}
