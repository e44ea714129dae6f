//! What the application adds to the server.

use leptos::config::LeptosOptions;
use rolecall_server::Site;
use rolecall_server::form_pages::FormPage;
use rolecall_ui::page::{Answer, Asked};

use crate::pages::account::account;
use crate::pages::admin::{requests, sessions, user};
use crate::policy::POLICY;

/// The application, with the files for browsers that `options` name; `watched` while `cargo leptos watch` runs it.
#[must_use]
pub fn site(options: LeptosOptions, watched: bool) -> Site {
    Site {
        options,
        watched,
        routes: POLICY,
        render_form_page: |form_page, asked| Box::pin(render_form_page(form_page, asked)),
    }
}

async fn render_form_page(form_page: FormPage, asked: Asked) -> Answer {
    match form_page {
        FormPage::Account => account(asked).await,
        FormPage::Person(id) => user(Asked { parameter: id.map(|id| id.to_string()), ..asked }).await,
        FormPage::Requests => requests(asked).await,
        FormPage::Sessions => sessions(asked).await,
    }
}
