//! Where administrators begin.

use leptos::prelude::*;
use rolecall_model::Role;

use crate::caller;
use crate::pages::page::{Answer, Asked, Page};
use crate::routes;

/// The pages of administrators, each with what it is for.
const PAGES: [(&str, &str, &str); 3] = [
    (
        routes::ADMIN_SESSIONS,
        "Sessions",
        "Every browser in which somebody is signed in. End one, a person’s, or everybody’s.",
    ),
    (routes::ADMIN_USERS, "People", "Everyone who has signed in. Give somebody a role, or keep them out."),
    (routes::ADMIN_AUDIT, "Audit", "What happened: sign-ins, refusals, and what administrators decided."),
];

/// # Errors
/// As [`caller::require`] below Admin.
pub async fn start(_: Asked) -> Answer {
    caller::require(Role::Admin)?;
    let cards = PAGES.into_iter().map(|(href, title, summary)| {
        view! {
            <li class="card card-link">
                <a class="card-title" href=href>
                    {title}
                </a>
                <p class="muted">{summary}</p>
            </li>
        }
    });
    let view = view! {
        <div class="page-head">
            <h1>"Administration"</h1>
        </div>
        <ul class="cards">{cards.collect_view()}</ul>
    };
    Ok(Page::new("Administration", view))
}
