//! Live figures about sign-ins.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use rolecall_model::AppError;
use rolecall_model::Role;
use rolecall_model::panels::SignInFigures;

use super::badge::RoleBadge;
use super::number::grouped;
use super::time::Moment;
use crate::api::dashboards::sign_in_figures;

/// How often the figures are updated.
const REFRESH: Duration = Duration::from_secs(10);

#[component]
pub fn SignInsPanel(id: String, title: String, width: u8, figures: SignInFigures) -> impl IntoView {
    let (anchor, labelled_by) = (id.clone(), format!("{id}-title"));

    view! {
        <section class=format!("panel span-{width}") id=anchor aria-labelledby=labelled_by>
            <LiveSignIns panel=id title figures/>
        </section>
    }
}

/// The figures with the time at which they were counted, updated while the page is visible.
///
/// The updates stop when the person is signed out or no longer has access. After any other failure the last figures stay; their
/// time says how old they are.
#[island]
pub fn LiveSignIns(
    /// The panel's id.
    panel: String,
    title: String,
    figures: SignInFigures,
) -> impl IntoView {
    let figures = RwSignal::new(figures);
    let ended = RwSignal::new(None::<AppError>);
    Effect::new(move |_| {
        if ended.with(Option::is_some) {
            return;
        }
        if let Ok(timer) = set_interval_with_handle(move || refresh(figures, ended), REFRESH) {
            on_cleanup(move || timer.clear());
        }
    });
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
        <div class="panel-head">
            <h2 id=format!("{panel}-title") dir="auto">
                {title}
            </h2>
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
    }
}

/// Updates the figures once. The page may be gone when the answer arrives.
fn refresh(figures: RwSignal<SignInFigures>, ended: RwSignal<Option<AppError>>) {
    if document().hidden() {
        return;
    }
    spawn_local(async move {
        match sign_in_figures().await {
            Ok(counted) => _ = figures.try_set(counted),
            Err(error @ (AppError::SignedOut | AppError::StepUp { .. } | AppError::Forbidden { .. })) => {
                _ = ended.try_set(Some(error));
            }
            Err(_) => {}
        }
    });
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
            <a href="">
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
