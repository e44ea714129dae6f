//! Who will see a dashboard or a panel: shown in its editor, and in its forms before anything is saved.

use std::collections::BTreeMap;

use leptos::prelude::*;
use rolecall_core::dashboards::{empty, role_of};
use rolecall_core::datasets::Catalogue;
use rolecall_model::Role;
use rolecall_model::spec::{DashboardSpec, PanelSpec};
use rolecall_routes as routes;

const NO_RULES: &str =
    "The data sets that you see here have no row rules: everybody who sees a panel sees the same rows.";

/// Who will see a dashboard.
pub(super) struct Audience {
    /// The lowest role that may open it.
    role: Role,
    /// The titles of panels that need a higher role, by that role.
    higher: BTreeMap<Role, Vec<String>>,
    /// The titles of data sets with row rules.
    ruled: Vec<String>,
    /// Whether it shows data.
    has_data: bool,
    /// Whether panels were left out because they are closed to the caller.
    has_closed: bool,
}

impl Audience {
    /// Who will see `spec`, for a person with the role `own`: parts that are closed to them are left out.
    pub(super) fn of(spec: &DashboardSpec, catalogue: &Catalogue, own: Option<Role>) -> Self {
        let (higher, ruled) = (BTreeMap::new(), Vec::new());
        let mut audience = Self { role: spec.role, higher, ruled, has_data: false, has_closed: false };
        for panel in &spec.panels {
            let of_panel = role_of(panel, spec);
            let of_dataset = panel.dataset.as_ref().and_then(|name| catalogue.role_of(name));
            let needed = of_dataset.map_or(of_panel, |of| of.max(of_panel));
            if own < Some(needed) {
                audience.has_closed = true;
                continue;
            }
            if needed > spec.role {
                audience.higher.entry(needed).or_default().push(panel.title.clone());
            }
            let Some(dataset) = panel.dataset.as_ref().and_then(|name| catalogue.get(name)) else { continue };
            audience.has_data = true;
            if !dataset.row_rules.is_empty() && !audience.ruled.contains(&dataset.title) {
                audience.ruled.push(dataset.title.clone());
            }
        }
        audience
    }

    /// The same for each of `roles` as the lowest role of the dashboard.
    pub(super) fn by_role(
        spec: &DashboardSpec,
        catalogue: &Catalogue,
        own: Option<Role>,
        roles: impl Iterator<Item = Role>,
    ) -> Vec<Self> {
        roles.map(|role| Self::of(&DashboardSpec { role, ..spec.clone() }, catalogue, own)).collect()
    }

    /// A note if row rules limit the rows that people see.
    fn rows(&self) -> Option<AnyView> {
        if !self.ruled.is_empty() {
            let titles = quoted(&self.ruled);
            let rows = view! { "By row rules, each person sees only some of the rows of " <bdi>{titles}</bdi> "." };
            return Some(rows.into_any());
        }
        (self.has_data && !self.has_closed).then(|| NO_RULES.into_any())
    }
}

/// Says it in sentences, with a link to view it as another person.
#[component]
pub(super) fn WhoSees(slug: String, of: Audience) -> impl IntoView {
    let rows = of.rows().map(|rows| view! { <li>{rows}</li> });
    let Audience { role, higher, .. } = of;
    let higher = higher.into_iter().map(|(role, titles)| {
        let titles = quoted(&titles);
        view! { <li>{format!("Only for the role {} and above: ", role.name())} <bdi>{titles}</bdi> "."</li> }
    });
    view! {
        <section class="panel" aria-labelledby="who-sees">
            <h2 id="who-sees">"Who sees it"</h2>
            <ul class="plain-list">
                <li>"Everybody with the role " {role.name()} " or a higher one opens it."</li>
                {higher.collect_view()}
                {rows}
            </ul>
            <div class="actions">
                <a class="button" href=routes::of_dashboard(routes::DASHBOARD_SEE_AS, &slug)>
                    "See it as …"
                </a>
            </div>
        </section>
    }
}

/// Says it in a form with a role field: one text for each role, of which the style sheet shows the chosen one.
#[component]
pub(super) fn WhoWillSee(of: Vec<Audience>) -> impl IntoView {
    let rows = of.first().and_then(Audience::rows).map(|rows| view! { <li>{rows}</li> });
    let roles = of.into_iter().map(|Audience { role, higher, .. }| {
        let higher = higher.into_iter().map(|(role, titles)| {
            let titles = quoted(&titles);
            view! { {format!(" Only for the role {} and above: ", role.name())} <bdi>{titles}</bdi> "." }
        });
        view! {
            <li class="of-role" data-role=role.key()>
                {format!("“{0}”: everybody with the role {0} or a higher one opens it.", role.name())}
                {higher.collect_view()}
            </li>
        }
    });
    view! {
        <div class="who-will-see">
            <p>"Who will see it"</p>
            <ul class="plain-list muted">{roles.collect_view()} {rows}</ul>
        </div>
    }
}

/// Says who will see `panel` of a dashboard whose lowest role is `dashboard`.
pub(super) fn who_will_see_panel(
    panel: PanelSpec,
    dashboard: Role,
    catalogue: &Catalogue,
    own: Option<Role>,
) -> AnyView {
    let spec = DashboardSpec { panels: vec![panel], ..empty("", dashboard) };
    let of_panel = spec.panels.first().map_or(dashboard, |panel| role_of(panel, &spec));
    let audience = Audience::of(&spec, catalogue, own);
    let needed = audience.higher.keys().next().map_or(of_panel, |higher| of_panel.max(*higher));
    let since = (needed > of_panel).then_some(", since its data set is open from that role on");
    let rows = audience.rows().map(|rows| view! { <li>{rows}</li> });
    view! {
        <div class="who-will-see">
            <p>"Who will see it"</p>
            <ul class="plain-list muted">
                <li>{format!("Everybody with the role {} or a higher one", needed.name())} {since} "."</li>
                {rows}
            </ul>
        </div>
    }
    .into_any()
}

fn quoted(titles: &[String]) -> String {
    titles.iter().map(|title| format!("“{title}”")).collect::<Vec<_>>().join(", ")
}
