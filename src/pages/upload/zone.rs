//! The time zone of times without an offset.

use chrono_tz::TZ_VARIANTS;
use leptos::prelude::*;
use rolecall_core::uploads::decisions::fields;

use super::filled::{Beside, SharedFilled};

const KNOWN: &str = "zones";

/// Asks for the zone if neither the file nor the person has given it.
#[component]
pub(super) fn AssumedZone(
    /// The zone in use.
    zone: String,
    filled: SharedFilled,
) -> impl IntoView {
    let known = TZ_VARIANTS.iter().map(|zone| view! { <option value=zone.name()></option> }).collect_view();

    view! {
        <section class="notice notice-warn" aria-labelledby="assumed-zone">
            <h2 id="assumed-zone">"In which time zone are the times?"</h2>
            <p>
                "The file has times that name no time zone. They are read as UTC. If that is wrong, give their zone, then choose “Show again”."
            </p>
            <ZoneField zone list=Some(KNOWN) filled/>
            <datalist id=KNOWN>{known}</datalist>
        </section>
    }
}

#[component]
pub(super) fn ZoneField(
    zone: String,
    /// The id of a list of zones.
    list: Option<&'static str>,
    filled: SharedFilled,
) -> impl IntoView {
    let zone = filled.value(fields::TIME_ZONE, zone);
    let Beside { invalid, described, mistake } = filled.beside(fields::TIME_ZONE);

    view! {
        <div>
            <label for=fields::TIME_ZONE>"Time zone of times without one"</label>
            <input
                id=fields::TIME_ZONE
                name=fields::TIME_ZONE
                value=zone
                list=list
                autocomplete="off"
                aria-invalid=invalid
                aria-describedby=described
            />
            {mistake}
        </div>
    }
}
