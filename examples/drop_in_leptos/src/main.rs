//! A Leptos application of one's own with the sign-in in it. `docs/DROP_IN.md` tells the way.
//!
//! While `make run` runs, so that its demonstration provider can be signed in with:
//!
//! ```sh
//! cargo run -p drop_in_leptos
//! ```
//!
//! Then open <http://127.0.0.1:4001>. Other addresses are arguments: `drop_in_leptos LISTEN ISSUER FOLDER`.
//!
//! The server alone renders it here. In an application that hydrates, `rolecall-sign-in` is a dependency of its feature
//! `ssr`, and nothing else changes.

mod app;

use std::error::Error;
use std::net::SocketAddr;

use axum::Router;
use leptos::config::LeptosOptions;
use leptos_axum::{LeptosRoutes as _, generate_route_list};
use rolecall_sign_in::Role;
use rolecall_sign_in::config::ProviderConfig;
use rolecall_sign_in::drop_in::DropIn;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let argument = |nth, default: &str| std::env::args().nth(nth).unwrap_or_else(|| default.to_owned());
    let listener = TcpListener::bind(argument(1, "127.0.0.1:4001")).await?;
    let issuer = argument(2, "http://127.0.0.1:3000/demo");

    // From here on it is what an application of yours would have.
    let sign_in = DropIn::at(&format!("http://{}", listener.local_addr()?))
        .provider(ProviderConfig::oidc("company", &issuer, "rolecall-demonstration"))
        .open(argument(3, "data/drop-in-leptos"))
        .await?;
    let options = LeptosOptions::builder().output_name("drop_in_leptos").build();
    let pages = Router::new().leptos_routes(&options, generate_route_list(app::App), app::document);
    let application = sign_in.only(Role::Read, pages).with_state(options);
    eprintln!("at {}", sign_in.auth().config().public_url);
    axum::serve(listener, sign_in.protect(application).into_make_service_with_connect_info::<SocketAddr>()).await?;
    Ok(())
}
