//! Live figures about sign-ins.

use leptos::prelude::*;

use super::badge::RoleBadge;
use super::time::Moment;
use crate::identity::Role;
use crate::panels::SignInFigures;

/// The figures as they stand, with the moment at which they were counted.
#[component]
pub fn SignInsPanel(
    /// The figures; whoever owns the signal keeps them fresh.
    figures: RwSignal<SignInFigures>,
) -> impl IntoView {
    let count_of = |count: fn(&SignInFigures) -> i64| Signal::derive(move || figures.with(count));
    let by_role = move || {
        figures.with(|figures| {
            let row = |(role, count): &(Option<Role>, i64)| {
                let (role, count) = (*role, *count);
                view! {
                    <li>
                        <RoleBadge role/>
                        <span class="num">{count}</span>
                    </li>
                }
            };
            figures.by_role.iter().map(row).collect_view()
        })
    };

    view! {
        <section class="panel panel-sign-ins" aria-labelledby="sign-ins-title">
            <div class="panel-head">
                <h2 id="sign-ins-title">"Sign-ins"</h2>
                <span class="muted">
                    "Counted " {move || view! { <Moment ms=figures.with(|figures| figures.counted_at_ms)/> }}
                </span>
            </div>
            <dl class="figures">
                <Count label="Signed in now" count=count_of(|figures| figures.live)/>
                <Count label="Different people" count=count_of(|figures| figures.people)/>
                <Count label="Begun in the last 24 hours" count=count_of(|figures| figures.last_day)/>
            </dl>
            <h3>"Signed in now, by highest role"</h3>
            <ul class="by-role">{by_role}</ul>
        </section>
    }
}

/// One number with its meaning.
#[component]
fn Count(
    /// What is counted.
    label: &'static str,
    /// The number.
    count: Signal<i64>,
) -> impl IntoView {
    view! {
        <div class="figure">
            <dt>{label}</dt>
            <dd class="figure-value">{move || count.get()}</dd>
        </div>
    }
}
