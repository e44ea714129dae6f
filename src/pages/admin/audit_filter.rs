//! The filter of the audit, as a form.

use leptos::prelude::*;
use rolecall_routes as routes;
use rolecall_ui::returned::Field;

use super::audit_query::{AuditQuery, kinds};

#[component]
pub(super) fn FilterForm(
    query: AuditQuery,
    /// The name of the invalid field, and why it is invalid.
    mistake: Option<(String, String)>,
) -> impl IntoView {
    let field = |name: &str, value: String| {
        let message = mistake.as_ref().filter(|(wrong, _)| wrong == name).map(|(_, message)| message.clone());
        Field::new(name, value, message)
    };
    let AuditQuery { person, kind, from, until, address } = query;
    let (from, until, address) = (field("from", from), field("until", until), field("address", address));
    let of_kind = field("kind", kind.clone());
    let options = kinds().map(|(name, words)| {
        view! {
            <option value=name selected=kind == name>
                {words}
            </option>
        }
    });
    let options = options.collect_view();

    view! {
        <form class="fields-row" role="search" action=routes::ADMIN_AUDIT>
            <div>
                <label for="person">"Person"</label>
                <input id="person" name="person" type="search" value=person dir="auto" placeholder="Name, e-mail or number"/>
            </div>
            <div>
                <label for="kind">"What"</label>
                <select id="kind" name="kind" aria-invalid=of_kind.invalid() aria-describedby=of_kind.described_by()>
                    <option value="">"Everything"</option>
                    {options}
                </select>
                {of_kind.mistake_view()}
            </div>
            {day("From day", &from)}
            {day("To day", &until)}
            <div>
                <label for="address">"Address"</label>
                <input
                    id="address"
                    name="address"
                    value=address.value.clone()
                    autocomplete="off"
                    spellcheck="false"
                    placeholder="192.0.2.7"
                    aria-invalid=address.invalid()
                    aria-describedby=address.described_by()
                />
                {address.mistake_view()}
            </div>
            <button class="button" type="submit">
                "Show"
            </button>
        </form>
    }
}

/// A date field, whose name is its id.
fn day(label: &'static str, field: &Field) -> AnyView {
    view! {
        <div>
            <label for=field.id.clone()>{label}</label>
            <input
                id=field.id.clone()
                name=field.id.clone()
                type="date"
                value=field.value.clone()
                aria-invalid=field.invalid()
                aria-describedby=field.described_by()
            />
            {field.mistake_view()}
        </div>
    }
    .into_any()
}
