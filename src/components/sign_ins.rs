//! Live figures about sign-ins.

use leptos::prelude::*;
use rolecall_model::AppError;
use rolecall_model::Role;
use rolecall_model::panels::SignInFigures;

use super::badge::RoleBadge;
use super::number::grouped;
use super::time::Moment;

/// The figures, with the time at which they were counted.
#[component]
pub fn SignInsPanel(
    /// The figures. The owner of the signal updates them.
    figures: RwSignal<SignInFigures>,
    /// Why they are no longer updated.
    ended: RwSignal<Option<AppError>>,
) -> impl IntoView {
    let count_of = |count: fn(&SignInFigures) -> i64| Signal::derive(move || figures.with(count));
    let by_role = move || {
        figures.with(|figures| {
            let row = |(role, count): &(Option<Role>, i64)| {
                let (role, count) = (*role, *count);
                view! {
                    <li>
                        <RoleBadge role/>
                        <span class="num">{grouped(count.unsigned_abs())}</span>
                    </li>
                }
            };
            figures.by_role.iter().map(row).collect_view()
        })
    };

    view! {
        <section class="panel" aria-labelledby="sign-ins-title">
            <div class="panel-head">
                <h2 id="sign-ins-title">"Sign-ins"</h2>
                <span class="muted">
                    "As of " {move || view! { <Moment ms=figures.with(|figures| figures.counted_at_ms)/> }}
                </span>
            </div>
            <dl class="figures">
                <Count label="Live sign-ins" count=count_of(|figures| figures.live)/>
                <Count label="People signed in" count=count_of(|figures| figures.people)/>
                <Count label="Sign-ins in the last 24 hours" count=count_of(|figures| figures.last_day)/>
            </dl>
            <h3>"Live sign-ins by highest role"</h3>
            <ul class="by-role">{by_role}</ul>
            <div role="status">{move || ended.get().map(|error| view! { <Ended error/> })}</div>
        </section>
    }
}

/// Says why the figures are no longer updated, and what to do.
#[component]
fn Ended(error: AppError) -> impl IntoView {
    let why = match error {
        AppError::SignedOut => "You are signed out",
        _ => "You no longer have access to these figures",
    };

    view! {
        <p class="notice notice-warn">
            {why} ": "
            <a rel="external" href="">
                "reload the page"
            </a>
            "."
        </p>
    }
}

#[component]
fn Count(label: &'static str, count: Signal<i64>) -> impl IntoView {
    view! {
        <div class="figure">
            <dt>{label}</dt>
            <dd class="figure-value">{move || grouped(count.get().unsigned_abs())}</dd>
        </div>
    }
}
