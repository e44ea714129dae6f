//! Figures about sign-ins.

use leptos::prelude::*;
use rolecall_model::Role;
use rolecall_model::panels::SignInFigures;

use super::badge::RoleBadge;
use super::number::grouped;
use super::time::Moment;

/// The figures, with the time at which they were counted.
#[component]
pub fn SignInsPanel(id: String, title: String, width: u8, figures: SignInFigures) -> impl IntoView {
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();
    let by_role = figures.by_role.iter().map(|(role, count): &(Option<Role>, i64)| {
        let (role, count) = (*role, *count);
        view! {
            <li>
                <RoleBadge role/>
                <span class="num">{grouped(count.unsigned_abs())}</span>
            </li>
        }
    });

    view! {
        <section class=format!("panel span-{width}") id=id aria-labelledby=labelled_by>
            <div class="panel-head">
                <h2 id=heading dir="auto">
                    {title}
                </h2>
                <span class="muted">"As of " <Moment ms=figures.counted_at_ms/></span>
            </div>
            <dl class="figures">
                <Count label="Live sign-ins" count=figures.live/>
                <Count label="People signed in" count=figures.people/>
                <Count label="Sign-ins in the last 24 hours" count=figures.last_day/>
            </dl>
            <h3>"Live sign-ins by highest role"</h3>
            <ul class="by-role">{by_role.collect_view()}</ul>
        </section>
    }
}

#[component]
fn Count(label: &'static str, count: i64) -> impl IntoView {
    view! {
        <div class="figure">
            <dt>{label}</dt>
            <dd class="figure-value">{grouped(count.unsigned_abs())}</dd>
        </div>
    }
}
