//! Every session that is live.

use leptos::prelude::*;
use rolecall_core::account::device;
use rolecall_model::{ProviderChoice, Role};
use rolecall_routes as routes;
use rolecall_sign_in::session::{LiveFilter, LivePage, LiveRow, SignInAge};
use rolecall_ui::caller;
use rolecall_ui::components::badge::RoleBadge;
use rolecall_ui::components::notices::StepUpNotice;
use rolecall_ui::components::time::Moment;
use rolecall_ui::page::{Answer, Asked, Page};
use rolecall_ui::returned::ReturnedNotice;
use strum::IntoEnumIterator as _;
use url::form_urlencoded::Serializer;

use super::end_all::EndAll;
use crate::pages::pager::{Pager, key_of_text};
use crate::pages::session_words::ip_text;

/// # Errors
/// As [`caller::require`] below Admin.
pub async fn sessions(asked: Asked) -> Answer {
    let sign_in = caller::require(Role::Admin)?;
    let auth = caller::auth()?;
    let value = |name: &str| asked.value(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let filter = LiveFilter {
        person: value("person"),
        provider: value("provider"),
        role: Role::from_key(&value("role")),
        ip: value("address"),
        age: value("began").parse().ok(),
    };
    let after = asked.value("after").as_deref().and_then(key_of_text);
    let page = auth.sign_ins().live_page(&filter, after.as_ref(), auth.clock().now_ms()).await;
    let page = page.map_err(|error| caller::internal(&error))?;
    let view = view! {
        <div class="page-head">
            <p>
                <a href=routes::ADMIN>"Admin"</a>
            </p>
            <h1>"Sessions"</h1>
            <p class="lead">"Every browser in which somebody is signed in. A session that you end is refused at its next request."</p>
        </div>
        <ReturnedNotice/>
        <StepUpNotice here=asked.here()/>
        <FilterForm filter=filter.clone() providers=asked.viewer.providers.clone()/>
        <List page filter is_first=after.is_none() own=sign_in.id.clone() providers=asked.viewer.providers.clone()/>
        <EndAll/>
    };
    Ok(Page::new("Sessions", view))
}

#[component]
fn FilterForm(filter: LiveFilter, providers: Vec<ProviderChoice>) -> impl IntoView {
    let has_several = providers.len() > 1;
    let chosen = filter.provider.clone();
    let providers = providers.into_iter().map(move |provider| {
        let is_chosen = provider.id == chosen;
        view! {
            <option value=provider.id selected=is_chosen>
                {provider.name}
            </option>
        }
    });
    let roles = Role::ALL.into_iter().map(|role| {
        view! {
            <option value=role.key() selected=filter.role == Some(role)>
                {role.name()}
            </option>
        }
    });
    let ages = SignInAge::iter().map(|age| {
        view! {
            <option value=age.key() selected=filter.age == Some(age)>
                {age.in_words()}
            </option>
        }
    });
    let (providers, roles, ages) = (providers.collect_view(), roles.collect_view(), ages.collect_view());

    view! {
        <form class="fields-row" role="search" action=routes::ADMIN_SESSIONS>
            <div>
                <label for="person">"Person"</label>
                <input id="person" name="person" type="search" value=filter.person dir="auto" placeholder="Name, e-mail or subject"/>
            </div>
            {has_several
                .then(|| {
                    view! {
                        <div>
                            <label for="provider">"Provider"</label>
                            <select id="provider" name="provider">
                                <option value="">"Any"</option>
                                {providers}
                            </select>
                        </div>
                    }
                })}
            <div>
                <label for="role">"Role"</label>
                <select id="role" name="role">
                    <option value="">"Any"</option>
                    {roles}
                </select>
            </div>
            <div>
                <label for="address">"Address"</label>
                <input id="address" name="address" value=filter.ip autocomplete="off" spellcheck="false"/>
            </div>
            <div>
                <label for="began">"Began"</label>
                <select id="began" name="began">
                    <option value="">"Any time"</option>
                    {ages}
                </select>
            </div>
            <button class="button" type="submit">
                "Show"
            </button>
        </form>
    }
}

/// The address of the page that shows `filter`.
fn href(filter: &LiveFilter, after: Option<&(i64, String)>) -> String {
    let role = filter.role.map_or("", Role::key);
    let after = after.map(|(at_ms, id)| format!("{at_ms}.{id}")).unwrap_or_default();
    let fields = [
        ("person", filter.person.as_str()),
        ("provider", &filter.provider),
        ("role", role),
        ("address", &filter.ip),
        ("began", filter.age.map_or("", SignInAge::key)),
        ("after", &after),
    ];
    let given = fields.into_iter().filter(|(_, value)| !value.is_empty());
    let query = Serializer::new(String::new()).extend_pairs(given).finish();
    if query.is_empty() { routes::ADMIN_SESSIONS.to_owned() } else { format!("{}?{query}", routes::ADMIN_SESSIONS) }
}

#[component]
fn List(
    page: LivePage,
    filter: LiveFilter,
    is_first: bool,
    own: String,
    providers: Vec<ProviderChoice>,
) -> impl IntoView {
    if page.rows.is_empty() {
        return view! {
            <p class="muted" role="status">
                "There is no such session. "
                <a href=routes::ADMIN_SESSIONS>"Show all"</a>
            </p>
        }
        .into_any();
    }
    let older = page.next.as_ref().map(|next| href(&filter, Some(next)));
    let newest = (!is_first).then(|| href(&filter, None));
    let rows = page.rows.into_iter().map(|row| {
        let is_own = row.sign_in.id == own;
        let provider = providers.iter().find(|known| known.id == row.sign_in.provider);
        let provider = provider.map_or_else(|| row.sign_in.provider.clone(), |known| known.name.clone());
        view! { <Row row is_own provider/> }
    });
    let rows = rows.collect_view();

    view! {
        <div class="scroll" role="region" tabindex="0" aria-label="Sessions">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Person"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col">"With"</th>
                        <th scope="col">"Address"</th>
                        <th scope="col">"Began"</th>
                        <th scope="col">"Last seen"</th>
                        <th scope="col">"End"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Pager newest older/>
    }
    .into_any()
}

#[component]
fn Row(row: LiveRow, is_own: bool, provider: String) -> impl IntoView {
    let (sign_in, role) = (row.sign_in, row.role);
    let (device, place) = (device(sign_in.user_agent.as_deref()), ip_text(sign_in.ip));
    let label = format!("End the session of {}: {device}, {place}", row.name);
    let end = if is_own {
        view! { "This browser" }.into_any()
    } else {
        view! {
            <form method="post" action=routes::API_END_SESSION>
                <input type="hidden" name="id" value=sign_in.id/>
                <button class="button" type="submit" aria-label=label>
                    "End"
                </button>
            </form>
        }
        .into_any()
    };

    view! {
        <tr>
            <th scope="row">
                <a href=routes::admin_user(sign_in.user_id)>
                    <bdi>{row.name}</bdi>
                </a>
                {row.email.map(|email| view! { <br/> <bdi class="muted">{email}</bdi> })}
            </th>
            <td>
                <RoleBadge role/>
            </td>
            <td>
                <bdi>{provider}</bdi>
                <br/>
                <span class="muted">{device}</span>
            </td>
            <td>{place}</td>
            <td>
                <Moment ms=sign_in.created_at_ms/>
            </td>
            <td>
                <Moment ms=sign_in.last_seen_at_ms/>
            </td>
            <td>{end}</td>
        </tr>
    }
}
