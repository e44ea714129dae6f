//! Everyone who has signed in, or whom a directory provisioned.

use leptos::prelude::*;
use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_sign_in::people::{PeoplePage, PersonRow};
use rolecall_ui::caller;
use rolecall_ui::components::badge::RoleBadge;
use rolecall_ui::components::time::Moment;
use rolecall_ui::page::{Answer, Asked, Page};
use url::form_urlencoded::Serializer;

use crate::pages::pager::Pager;

/// # Errors
/// As [`caller::require`] below Admin.
pub async fn users(asked: Asked) -> Answer {
    caller::require(Role::Admin)?;
    let auth = caller::auth()?;
    let search = asked.value("q").map(|text| text.trim().to_owned()).unwrap_or_default();
    let after = asked.value("after").as_deref().and_then(key_of_text);
    let page = auth.sign_ins().people(&search, after, auth.clock().now_ms()).await;
    let page = page.map_err(|error| caller::internal(&error))?;
    let view = view! {
        <div class="page-head">
            <p>
                <a href=routes::ADMIN>"Admin"</a>
            </p>
            <h1>"People"</h1>
            <p class="lead">"Everyone who has signed in, or whom your directory provisioned. The latest sign-in comes first."</p>
        </div>
        <form class="fields-row" role="search" action=routes::ADMIN_USERS>
            <div>
                <label for="q">"Name, e-mail address or subject"</label>
                <input type="search" id="q" name="q" value=search.clone() dir="auto"/>
            </div>
            <button class="button" type="submit">
                "Search"
            </button>
        </form>
        <List page search is_first=after.is_none()/>
    };
    Ok(Page::new("People", view))
}

/// Parses a cursor of the list: a time and a number.
fn key_of_text(text: &str) -> Option<(i64, i64)> {
    let (at_ms, id) = text.split_once('.')?;
    Some((at_ms.parse().ok()?, id.parse().ok()?))
}

/// The address of the page with the results of `search`.
fn href(search: &str, after: Option<(i64, i64)>) -> String {
    let after = after.map(|(at_ms, id)| format!("{at_ms}.{id}")).unwrap_or_default();
    let given = [("q", search), ("after", &after)].into_iter().filter(|(_, value)| !value.is_empty());
    let query = Serializer::new(String::new()).extend_pairs(given).finish();
    if query.is_empty() { routes::ADMIN_USERS.to_owned() } else { format!("{}?{query}", routes::ADMIN_USERS) }
}

#[component]
fn List(page: PeoplePage, search: String, is_first: bool) -> impl IntoView {
    if page.rows.is_empty() {
        return view! {
            <p class="muted" role="status">
                "Nobody matches. "
                <a href=routes::ADMIN_USERS>"Show all"</a>
            </p>
        }
        .into_any();
    }
    let older = page.next.map(|next| href(&search, Some(next)));
    let newest = (!is_first).then(|| href(&search, None));
    let rows = page.rows.into_iter().map(|person| view! { <Row person/> }).collect_view();

    view! {
        <div class="scroll" role="region" tabindex="0" aria-label="People">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Person"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col">"Given by"</th>
                        <th scope="col">"Last seen"</th>
                        <th scope="col" class="num">
                            "Live sessions"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Pager newest older/>
    }
    .into_any()
}

/// The source of the role in force.
pub(super) fn role_source(person: &PersonRow) -> &'static str {
    match (person.provider_role, person.granted_role) {
        (None, None) => "",
        (provider, granted) if granted > provider => "An administrator",
        (provider, granted) if granted == provider => "The provider and an administrator",
        _ => "The provider",
    }
}

#[component]
fn Row(person: PersonRow) -> impl IntoView {
    let seen = match person.last_seen_at_ms.or(person.signed_in_at_ms()) {
        Some(seen_ms) => view! { <Moment ms=seen_ms/> }.into_any(),
        None => "Never".into_any(),
    };
    let (role, source) = (person.role(), role_source(&person));

    view! {
        <tr>
            <th scope="row">
                <a href=routes::admin_user(person.id)>
                    <bdi>{person.name}</bdi>
                </a>
                {person.email.map(|email| view! { <br/> <bdi class="muted">{email}</bdi> })}
                {person.disabled.map(|_| view! { <br/> <span class="bad">"Disabled"</span> })}
                {person.inactive_since_ms.map(|_| view! { <br/> <span class="bad">"Not active in the directory"</span> })}
            </th>
            <td>
                <RoleBadge role/>
            </td>
            <td>{source}</td>
            <td>{seen}</td>
            <td class="num">{person.live}</td>
        </tr>
    }
}
