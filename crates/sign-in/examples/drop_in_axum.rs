//! An axum application with the sign-in built in. See `docs/DROP_IN.md`.
//!
//! While `make run` runs, because its demonstration provider is used here:
//!
//! ```sh
//! cargo run -p rolecall-sign-in --example drop_in_axum
//! ```
//!
//! Then open <http://127.0.0.1:4000>. Other addresses are arguments: `drop_in_axum LISTEN ISSUER FOLDER`.

use std::error::Error;
use std::net::SocketAddr;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use rolecall_sign_in::config::ProviderConfig;
use rolecall_sign_in::drop_in::{DropIn, SignedIn};
use rolecall_sign_in::{NotAdmitted, Role};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let argument = |nth, default: &str| std::env::args().nth(nth).unwrap_or_else(|| default.to_owned());
    let listener = TcpListener::bind(argument(1, "127.0.0.1:4000")).await?;
    let issuer = argument(2, "http://127.0.0.1:3000/demo");

    // From here on it is your application.
    let sign_in = DropIn::at(&format!("http://{}", listener.local_addr()?))
        .provider(ProviderConfig::oidc("company", &issuer, "rolecall-demonstration"))
        .on_sign_in(async |person| match person.user.email {
            Some(_) => Ok(()),
            None => Err(NotAdmitted::because("This application is for people with an e-mail address.")),
        })
        .on_refusal(|event| eprintln!("refused: {}", event.name()))
        .on_sign_out(|event| eprintln!("ended: {}", event.name()))
        .open(argument(3, "data/drop-in"))
        .await?;
    let application = Router::new()
        .route("/", get(front_page))
        .merge(sign_in.only(Role::Read, Router::new().route("/reports", get(reports))))
        .merge(sign_in.only(Role::Admin, Router::new().route("/settings", get(async || "Settings"))));
    eprintln!("at {}", sign_in.auth().config().public_url);
    axum::serve(listener, sign_in.protect(application).into_make_service_with_connect_info::<SocketAddr>()).await?;
    Ok(())
}

/// A page for everybody.
async fn front_page(person: Option<SignedIn>) -> Html<&'static str> {
    Html(match person {
        None => r#"<a href="/reports">Reports</a>"#,
        Some(_) => {
            r#"<a href="/reports">Reports</a> <form method="post" action="/sign-out"><button>Sign out</button></form>"#
        }
    })
}

/// A page for people with the role Read.
async fn reports(person: SignedIn) -> String {
    format!("Reports for {}", person.user.name)
}
