//! What the application adds to the server.

use leptos::config::LeptosOptions;
use rolecall_server::Site;
use rolecall_server::stands_on::StandsOn;
use rolecall_ui::page::{Answer, Asked};

use crate::pages::account::account;
use crate::pages::admin::{requests, sessions, user};
use crate::policy::POLICY;

/// The application, with the files for browsers that `options` name; `watched` while `cargo leptos watch` runs it.
#[must_use]
pub fn site(options: LeptosOptions, watched: bool) -> Site {
    Site { options, watched, routes: POLICY, form_page: |stands_on, asked| Box::pin(form_page(stands_on, asked)) }
}

async fn form_page(stands_on: StandsOn, asked: Asked) -> Answer {
    match stands_on {
        StandsOn::Account => account(asked).await,
        StandsOn::Person(id) => user(Asked { parameter: id.map(|id| id.to_string()), ..asked }).await,
        StandsOn::Requests => requests(asked).await,
        StandsOn::Sessions => sessions(asked).await,
    }
}
