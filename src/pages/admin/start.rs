//! The start page of administrators.

use leptos::prelude::*;
use rolecall_core::admin::waiting;
use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_ui::caller;
use rolecall_ui::page::{Answer, Asked, Page};

/// The pages of administrators, each with its purpose.
const PAGES: [(&str, &str, &str); 6] = [
    (
        routes::ADMIN_SESSIONS,
        "Sessions",
        "Every browser in which somebody is signed in. End one, a person’s, or everybody’s.",
    ),
    (routes::ADMIN_USERS, "People", "Everyone who has signed in. Give somebody a role, or keep them out."),
    (routes::ADMIN_REQUESTS, "Requests", "Requests for a role. Approve or decline them."),
    (routes::ADMIN_AUDIT, "Audit", "What happened: sign-ins, refusals, and what administrators decided."),
    (routes::ADMIN_ACCESS, "Access", "Which role opens what, and why a person can or cannot see something."),
    (routes::ADMIN_HEALTH, "Health", "Whether Rolecall works as it should, and what “rolecall doctor” finds."),
];

/// # Errors
/// As [`caller::require`] below Admin.
pub async fn start(_: Asked) -> Answer {
    caller::require(Role::Admin)?;
    let waiting = waiting(caller::auth()?.db()).await.map_err(|error| caller::internal(&error))?;
    let figures = caller::dashboards()?.sign_in_figures().await.map_err(|error| caller::internal(&error))?;
    let cards = PAGES.into_iter().map(|(href, title, summary)| {
        let number = match href {
            routes::ADMIN_REQUESTS if waiting == 1 => Some("1 waits. ".to_owned()),
            routes::ADMIN_REQUESTS if waiting > 0 => Some(format!("{waiting} wait. ")),
            routes::ADMIN_SESSIONS => Some(format!("{} live. ", figures.live)),
            _ => None,
        };
        view! {
            <li class="card card-link">
                <a class="card-title" href=href>
                    {title}
                </a>
                <p class="muted">
                    {number.map(|number| view! { <strong>{number}</strong> })} {summary}
                </p>
            </li>
        }
    });
    let view = view! {
        <div class="page-head">
            <h1>"Administration"</h1>
        </div>
        <ul class="cards">{cards.collect_view()}</ul>
        <ViewAsPanel/>
    };
    Ok(Page::new("Administration", view))
}

/// Lets an administrator view Rolecall with a lower role.
#[component]
fn ViewAsPanel() -> impl IntoView {
    let buttons = [Role::Read, Role::Write].into_iter().map(|role| {
        view! {
            <form method="post" action=routes::API_VIEW_AS>
                <input type="hidden" name="role" value=role.key()/>
                <button class="button" type="submit">
                    "View as " {role.name()}
                </button>
            </form>
        }
    });

    view! {
        <section class="panel" aria-labelledby="view-as">
            <h2 id="view-as">"See what others see"</h2>
            <p>
                "For 30 minutes you see Rolecall with a lower role. You open only what that role opens, and you cannot decide anything as "
                "an administrator. Every page has a button that ends this. Row rules still use your own claims."
            </p>
            <div class="actions">{buttons.collect_view()}</div>
        </section>
    }
}
