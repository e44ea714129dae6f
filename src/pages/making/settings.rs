//! The form for a dashboard's settings, and the further actions of its editor.

use leptos::prelude::*;
use rolecall_core::dashboards::{Settings, Typed};
use rolecall_core::datasets::one_line;
use rolecall_core::spec_files::FieldMistake;
use rolecall_model::Role;
use rolecall_model::spec::DashboardSpec;
use rolecall_routes as routes;

use super::conflict::DELETE;
use super::fields::{Form, hidden};
use super::new::roles;
use super::who_sees::{Audience, WhoWillSee};

/// The fields of `spec`.
pub(super) fn typed_settings(spec: &DashboardSpec) -> Typed {
    let fields = [
        ("title", spec.title.clone()),
        ("summary", spec.summary.clone()),
        ("source", spec.source.clone().unwrap_or_default()),
        ("role", spec.role.key().to_owned()),
        ("zone", spec.zone.clone().unwrap_or_default()),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The settings in `typed`, as far as a person with `role` may set them.
pub(super) fn read_settings(typed: &Typed, role: Option<Role>) -> Result<Settings, Vec<FieldMistake>> {
    let text = |name: &str| one_line(typed.get(name));
    let optional = |name: &str| Some(text(name)).filter(|text| !text.is_empty());
    let wanted = Role::from_key(typed.get("role")).filter(|wanted| role >= Some(*wanted));
    let Some(wanted) = wanted else {
        let what = "Choose a role that is no higher than your own.".to_owned();
        return Err(vec![FieldMistake { at: "role".to_owned(), what }]);
    };
    Ok(Settings {
        title: text("title"),
        summary: text("summary"),
        source: optional("source"),
        role: wanted,
        zone: optional("zone"),
    })
}

/// The form for the settings, for a person with `role`. `audiences` describe who sees the dashboard with each possible
/// role.
pub(super) fn settings_form(
    slug: &str,
    version: i64,
    form: &Form<'_>,
    role: Option<Role>,
    audiences: Vec<Audience>,
) -> AnyView {
    let is_open = form.typed.get("do") == "settings" && !form.mistakes.is_empty();
    view! {
        <details class="panel" open=is_open>
            <summary>
                <h2>"Title, role and other settings"</h2>
            </summary>
            <form class="fields" method="post" action=routes::of_dashboard(routes::DASHBOARD_EDIT, slug)>
                {hidden("version", version)}
                {form.text("title", "Title", Some(200))}
                {form.text("summary", "What it shows, in one sentence", Some(1000))}
                {form.choice("role", "Lowest role that opens it", roles(Role::Read, role), false)}
                <WhoWillSee of=audiences/>
                {form.text("zone", "Time zone in which days and months begin, such as Europe/Zurich (UTC if empty)", None)}
                {form.text("source", "Source of the data, and licence", Some(1000))}
                <button class="button button-primary" type="submit" name="do" value="settings">
                    "Save settings"
                </button>
            </form>
        </details>
    }
    .into_any()
}

/// Copying, exporting, history and deletion.
#[component]
pub(super) fn WaysOn(slug: String, version: i64) -> impl IntoView {
    let edit = routes::of_dashboard(routes::DASHBOARD_EDIT, &slug);
    view! {
        <section class="panel" aria-labelledby="ways-on">
            <h2 id="ways-on">"Copy, export, delete"</h2>
            <div class="actions">
                <form method="post" action=routes::of_dashboard(routes::DASHBOARD_DUPLICATE, &slug)>
                    <button class="button" type="submit">
                        "Duplicate"
                    </button>
                </form>
                <a class="button" href=routes::of_dashboard(routes::DASHBOARD_DOCUMENT, &slug)>
                    "Export as TOML"
                </a>
            </div>
            <p>
                "A deleted dashboard is kept for 30 days and can be restored under “Deleted” on the page of all dashboards. "
                "Until then nobody else gets its address."
            </p>
            <form method="post" action=edit>
                {hidden("version", version)}
                <button class="button" type="submit" name="do" value=DELETE>
                    "Delete this dashboard"
                </button>
            </form>
        </section>
    }
}
