//! Who will see a dashboard: said on its editor's page, before anything is sent to anybody.

use std::collections::BTreeMap;

use leptos::prelude::*;
use rolecall_model::{AppError, Role};

use crate::caller;
use crate::dashboards::{Dashboard, Dashboards};
use crate::routes;

/// Who will see a dashboard.
pub(super) struct Audience {
    slug: String,
    /// The lowest role that opens it.
    role: Role,
    /// The titles of panels that only higher roles see, by these.
    higher: BTreeMap<Role, Vec<String>>,
    /// The titles of data sets of which each person sees some of the rows.
    ruled: Vec<String>,
}

impl Audience {
    /// Who will see `dashboard`, for who has the role `own`: nothing is said of what is closed to them.
    ///
    /// # Errors
    /// When the list of data sets cannot be read.
    pub(super) async fn of(
        dashboards: &Dashboards,
        dashboard: &Dashboard,
        own: Option<Role>,
    ) -> Result<Self, AppError> {
        let open = dashboards.open_panels(dashboard, own).await.map_err(|error| caller::internal(&error))?;
        let catalogue = dashboards.datasets().catalogue().await.map_err(|error| caller::internal(&error))?;
        let (mut higher, mut ruled) = (BTreeMap::<Role, Vec<String>>::new(), Vec::<String>::new());
        for (panel, needed) in open {
            if needed > dashboard.spec.role {
                higher.entry(needed).or_default().push(panel.spec.title.clone());
            }
            let dataset = panel.spec.dataset.as_ref().and_then(|name| catalogue.get(name));
            if let Some(ruled_by) = dataset.filter(|dataset| !dataset.row_rules.is_empty())
                && !ruled.contains(&ruled_by.title)
            {
                ruled.push(ruled_by.title.clone());
            }
        }
        Ok(Self { slug: dashboard.slug.clone(), role: dashboard.spec.role, higher, ruled })
    }
}

/// Says it in sentences, with the way to see it as somebody else.
#[component]
pub(super) fn WhoSees(of: Audience) -> impl IntoView {
    let Audience { slug, role, higher, ruled } = of;
    let higher = higher.into_iter().map(|(role, titles)| {
        let titles = quoted(&titles);
        view! { <li>{format!("Only from the role {} on: ", role.name())} <bdi>{titles}</bdi> "."</li> }
    });
    let ruled = (!ruled.is_empty()).then(|| {
        let titles = quoted(&ruled);
        view! { <li>"By row rules, each person sees some of the rows of " <bdi>{titles}</bdi> "."</li> }
    });
    view! {
        <section class="panel" aria-labelledby="who-sees">
            <h2 id="who-sees">"Who sees it"</h2>
            <ul class="plain-list">
                <li>"Everybody with the role " {role.name()} " or a higher one opens it."</li>
                {higher.collect_view()}
                {ruled}
            </ul>
            <div class="actions">
                <a class="button" href=routes::of_dashboard(routes::DASHBOARD_SEE_AS, &slug)>
                    "See it as …"
                </a>
            </div>
        </section>
    }
}

fn quoted(titles: &[String]) -> String {
    titles.iter().map(|title| format!("“{title}”")).collect::<Vec<_>>().join(", ")
}
