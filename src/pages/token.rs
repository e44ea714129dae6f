//! The ID token: its validity, signature and claims, and the changes of the last refresh.

use leptos::prelude::*;
use rolecall_model::{Claim, ClaimChange, IdTokenView, TokenRefresh};
use rolecall_routes as routes;
use rolecall_ui::api::account::id_token;
use rolecall_ui::components::claims::ClaimList;
use rolecall_ui::components::time::Moment;
use rolecall_ui::page::{Answer, Asked, Page};

/// # Errors
/// As [`id_token`].
pub async fn token(_: Asked) -> Answer {
    let mut token = id_token().await?;
    let claims = std::mem::take(&mut token.claims);
    let (protocol, person): (Vec<Claim>, Vec<Claim>) = claims.into_iter().partition(|claim| claim.protocol);
    let view = view! {
        <div class="page-head">
            <h1>"Your ID token"</h1>
            <p class="lead">
                "What your provider told Rolecall about you. The token itself stays on the server: pages never contain it."
            </p>
        </div>
        <ValidityPanel token=token.clone()/>
        <section class="panel" aria-labelledby="claims-title">
            <div class="panel-head">
                <h2 id="claims-title">"About you"</h2>
                <span class="muted">"As of " <Moment ms=token.read_at_ms/></span>
            </div>
            <ClaimList claims=person/>
        </section>
        <RefreshPanel refreshes=token.refreshes latest=token.latest_refresh/>
        <details class="panel">
            <summary>
                <h2>"Protocol claims"</h2>
            </summary>
            <p class="muted">
                "Rolecall used these claims to check that the token is genuine, recent and meant for Rolecall."
            </p>
            <ClaimList claims=protocol/>
        </details>
        <SupportPanel summary=token.summary/>
        <script type="module" src=routes::TOKEN_SCRIPT></script>
    };
    Ok(Page { has_own_script: true, ..Page::new("Your token", view) })
}

/// How much of its lifetime has passed, and how it is signed.
#[component]
fn ValidityPanel(token: IdTokenView) -> impl IntoView {
    let now_ms = token.looked_at_ms;
    let bar = token.valid_ms.map(|(from_ms, until_ms)| {
        let left = time_left(until_ms - now_ms);
        let (all, over) = (until_ms - from_ms, (now_ms - from_ms).clamp(0, until_ms - from_ms));
        view! {
            <progress
                aria-label="How much of the token’s time is over"
                max=all.to_string()
                value=over.to_string()
                data-from=from_ms
                data-until=until_ms
                data-now=now_ms
            ></progress>
            <p>
                <strong id="time-left">{left}</strong> ", until " <Moment ms=until_ms/>
            </p>
        }
    });
    let then = if token.refreshes {
        "Rolecall asks your provider for a new token before this one ends."
    } else {
        "Your session here continues after this token has ended."
    };

    view! {
        <section class="panel" aria-labelledby="validity-title">
            <h2 id="validity-title">"Validity"</h2>
            {bar}
            <p class="muted">{then}</p>
            <dl class="facts">
                <div>
                    <dt>"Signed with"</dt>
                    <dd dir="auto">{token.algorithm.unwrap_or_else(|| "unknown".to_owned())}</dd>
                </div>
                <div>
                    <dt>"Key of the provider"</dt>
                    <dd>
                        <code>
                            <bdi>{token.key_id.unwrap_or_else(|| "without a name".to_owned())}</bdi>
                        </code>
                    </dd>
                </div>
            </dl>
        </section>
    }
}

/// The remaining validity, in the same words as in the script of the page.
fn time_left(ms: i64) -> String {
    match ms.div_euclid(1000) {
        ..=0 => "It has ended".to_owned(),
        1 => "1 second left".to_owned(),
        seconds @ ..=119 => format!("{seconds} seconds left"),
        seconds @ ..=7199 => format!("{} minutes left", seconds / 60),
        seconds => format!("{} hours left", seconds / 3600),
    }
}

/// The changes of the last refresh.
#[component]
fn RefreshPanel(refreshes: bool, latest: Option<TokenRefresh>) -> impl IntoView {
    let (at, changes) = match latest {
        Some(TokenRefresh { at_ms, changes }) => (Some(at_ms), changes),
        None => (None, Some(vec![])),
    };
    let message = match (at, &changes) {
        (None, _) if refreshes => "The token was not refreshed yet: it is the one from your sign-in.",
        (None, _) => "Your provider gave no refresh token, so this token stays the one from your sign-in.",
        (Some(_), None) => "Your provider gave no new ID token, so this one is an earlier one.",
        (Some(_), Some(changes)) if changes.is_empty() => "Nothing about you changed.",
        (Some(_), Some(_)) => "This changed:",
    };
    let changes = changes.unwrap_or_default().into_iter().map(|change| view! { <Change change/> }).collect_view();

    view! {
        <section class="panel" aria-labelledby="refresh-title">
            <div class="panel-head">
                <h2 id="refresh-title">"Since the last refresh"</h2>
                {at.map(|ms| view! { <span class="muted"><Moment ms/></span> })}
            </div>
            <p>{message}</p>
            <dl class="claims">{changes}</dl>
        </section>
    }
}

#[component]
fn Change(change: ClaimChange) -> impl IntoView {
    let value = |value: Option<String>| match value {
        Some(value) => view! { <bdi>{value}</bdi> }.into_any(),
        None => view! { <span class="muted">"not there"</span> }.into_any(),
    };

    view! {
        <div class="claim">
            <dt>
                <code>
                    <bdi>{change.name}</bdi>
                </code>
            </dt>
            <dd>
                <p class="claim-value">"Before: " {value(change.before)}</p>
                <p class="claim-value">"Now: " {value(change.after)}</p>
            </dd>
        </div>
    }
}

/// The summary for support. Without JavaScript it is selected and copied by hand.
#[component]
fn SupportPanel(summary: String) -> impl IntoView {
    let rows = summary.lines().count().to_string();

    view! {
        <details class="panel">
            <summary>
                <h2>"Summary for support"</h2>
            </summary>
            <p>
                "If something does not work, send this to the person who helps you. It describes your sign-in, "
                "and not who you are."
            </p>
            <label for="support-summary" class="visually-hidden">
                "Summary"
            </label>
            <textarea id="support-summary" readonly rows=rows dir="ltr">
                {summary}
            </textarea>
            <div class="actions">
                <button class="button" type="button" id="copy-summary" hidden>
                    "Copy"
                </button>
                <span role="status" id="copied"></span>
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::time_left;

    #[test]
    fn the_remaining_time_has_suitable_units() {
        let texts = [-1, 0, 999, 1_000, 119_999, 120_000, 7_199_999, 7_200_000].map(time_left);
        let expected = [
            "It has ended",
            "It has ended",
            "It has ended",
            "1 second left",
            "119 seconds left",
            "2 minutes left",
            "119 minutes left",
            "2 hours left",
        ];
        assert_eq!(texts, expected);
    }
}
