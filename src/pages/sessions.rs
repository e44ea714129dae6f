//! The sessions of a person, and their sign-ins of the last three months.

use leptos::prelude::*;
use rolecall_core::account::device;
use rolecall_model::ProviderChoice;
use rolecall_routes as routes;
use rolecall_sign_in::session::{SignInPage, SignInRow};
use rolecall_ui::caller;
use rolecall_ui::components::time::Moment;
use rolecall_ui::page::{Answer, Asked, Page};

use super::new_browser::new_browser_notices;
use super::pager::{Pager, key_of_text};
use super::session_words::{SessionEntry, SessionState, ip_text};

/// # Errors
/// [`caller::signed_in`], and when the records cannot be read.
pub async fn sessions(asked: Asked) -> Answer {
    let sign_in = caller::signed_in()?;
    let auth = caller::auth()?;
    let (sign_ins, now_ms) = (auth.sign_ins(), auth.clock().now_ms());
    let after = asked.value("after").as_deref().and_then(key_of_text);
    let live = sign_ins.live_of(sign_in.user_id, now_ms).await.map_err(|error| caller::internal(&error))?;
    let history = sign_ins.history_of(sign_in.user_id, after.as_ref()).await;
    let history = history.map_err(|error| caller::internal(&error))?;
    let past = history.rows.iter().map(|row| (row.clone(), sign_ins.is_live(row, now_ms))).collect();
    let providers = asked.viewer.providers.clone();
    let view = view! {
        <div class="page-head">
            <h1>"Your sessions"</h1>
            <p class="lead">
                "Each browser in which you are signed in is a session. If you do not know one of them, end it, and tell an "
                "administrator."
            </p>
        </div>
        {after.is_none().then(|| view! { <LivePanel live own=sign_in.id.clone()/> })}
        <HistoryPanel past next=history.next.clone() is_first=after.is_none() providers/>
    };
    let page = Page::new("Your sessions", view);
    Ok(Page { main: new_browser_notices().await? + &page.main, ..page })
}

#[component]
fn LivePanel(live: SignInPage, own: String) -> impl IntoView {
    let has_others = live.rows.iter().any(|row| row.id != own);
    let there_are_more = live.next.is_some();
    let entries = live
        .rows
        .into_iter()
        .map(|row| {
            let is_own = row.id == own;
            view! { <SessionEntry row is_own action=routes::API_END_MY_SESSION/> }
        })
        .collect_view();

    view! {
        <section class="panel" aria-labelledby="live">
            <div class="panel-head">
                <h2 id="live">"Signed in now"</h2>
                {has_others
                    .then(|| {
                        view! {
                            <form method="post" action=routes::API_END_MY_OTHER_SESSIONS>
                                <button class="button" type="submit">
                                    "End all other sessions"
                                </button>
                            </form>
                        }
                    })}
            </div>
            <ul class="entries">{entries}</ul>
            {there_are_more.then(|| view! { <p class="muted">"There are more. These are the newest."</p> })}
        </section>
    }
}

/// All recorded sign-ins, ended or not.
#[component]
fn HistoryPanel(
    past: Vec<(SignInRow, bool)>,
    next: Option<(i64, String)>,
    is_first: bool,
    providers: Vec<ProviderChoice>,
) -> impl IntoView {
    let is_empty = past.is_empty();
    let rows = past
        .into_iter()
        .map(|(row, is_live)| {
            let provider = providers.iter().find(|known| known.id == row.provider);
            let provider = provider.map_or_else(|| row.provider.clone(), |known| known.name.clone());
            view! { <HistoryRow row is_live provider/> }
        })
        .collect_view();
    let newest = (!is_first).then(|| routes::ACCOUNT_SESSIONS.to_owned());
    let older = next.map(|(at_ms, id)| format!("{}?after={at_ms}.{id}", routes::ACCOUNT_SESSIONS));

    view! {
        <section class="panel" aria-labelledby="history">
            <h2 id="history">"Sign-ins"</h2>
            <p class="muted">"A sign-in is kept for 90 days after it ended."</p>
            {is_empty.then(|| view! { <p>"There are no older ones."</p> })}
            {(!is_empty)
                .then(|| {
                    view! {
                        <div class="scroll" role="region" tabindex="0" aria-label="Table of sign-ins">
                            <table>
                                <thead>
                                    <tr>
                                        <th scope="col">"When"</th>
                                        <th scope="col">"From where"</th>
                                        <th scope="col">"With"</th>
                                        <th scope="col">"What became of it"</th>
                                    </tr>
                                </thead>
                                <tbody>{rows}</tbody>
                            </table>
                        </div>
                    }
                })}
            <Pager newest older/>
        </section>
    }
}

#[component]
fn HistoryRow(row: SignInRow, is_live: bool, provider: String) -> impl IntoView {
    let device = device(row.user_agent.as_deref());
    let device = if row.is_from_new_browser { format!("{device}, not used before") } else { device };

    view! {
        <tr>
            <th scope="row">
                <Moment ms=row.created_at_ms/>
            </th>
            <td>{ip_text(row.ip)}</td>
            <td>
                <bdi>{provider}</bdi>
                <br/>
                <span class="muted">{device}</span>
            </td>
            <td>
                <SessionState ended=row.ended is_live/>
            </td>
        </tr>
    }
}
