//! The application: a page that greets whoever looks at it, and a server function that not everybody may call.

use axum::http::StatusCode;
use axum::http::request::Parts;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_axum::ResponseOptions;
use leptos_router::SsrMode;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;
use rolecall_sign_in::guard;
use rolecall_sign_in::{CurrentUser, Role};

/// The document around every page.
pub fn document() -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <title>"Reports"</title>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The pages. Who gets here holds Read: the router sees to that, before anything is rendered.
#[component]
pub fn App() -> impl IntoView {
    view! {
        <Router>
            <FlatRoutes fallback=|| "There is nothing here.">
                <Route path=path!("/") view=Reports ssr=SsrMode::Async/>
            </FlatRoutes>
        </Router>
    }
}

#[component]
fn Reports() -> impl IntoView {
    let name = person(Role::Read).map(|person| person.name).unwrap_or_default();
    view! {
        <h1>{format!("Reports for {name}")}</h1>
        // Only a kindness: the function below asks for itself.
        {person(Role::Write).map(|_| view! {
            <form method="post" action=Publish::url()>
                <button>"Publish"</button>
            </form>
        })}
        <form method="post" action="/sign-out">
            <button>"Sign out"</button>
        </form>
    }
}

/// Publishes the reports, for who holds Write.
#[server]
#[allow(clippy::unused_async, reason = "a server function is asynchronous; this one has nothing to wait for")]
pub async fn publish() -> Result<String, ServerFnError> {
    let Some(person) = person(Role::Write) else {
        expect_context::<ResponseOptions>().set_status(StatusCode::FORBIDDEN);
        return Err(ServerFnError::new("This needs the role Write."));
    };
    Ok(format!("Published by {}", person.name))
}

/// The person behind the request, if they hold `needed`.
fn person(needed: Role) -> Option<CurrentUser> {
    let sign_in = with_context(|parts: &Parts| guard::require(&parts.extensions, needed).ok());
    sign_in.flatten().map(|sign_in| sign_in.user.clone())
}
