//! A dashboard as another person sees it, for its owner and administrators: read-only, and never more than they see
//! themselves.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_core::audit::{Entry, EntryKind};
use rolecall_core::dashboards::{AskedFilters, Dashboard, Origin, Person, TableFields};
use rolecall_core::datasets::{Catalogue, DataSet};
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_sign_in::plain;
use rolecall_sign_in::session::SignIn;
use rolecall_ui::caller;
use rolecall_ui::components::document::FILTERS_SCRIPT;
use rolecall_ui::components::notices::StepUpNotice;
use rolecall_ui::page::{Answer, Asked, Page};
use url::form_urlencoded;

use super::shown::panels_filtered;
use crate::pages::filters::filter_bar;
use crate::pages::made_up_viewer::{Field, MadeUpViewer, MadeUpViewerForm};

/// How much of the made-up person's description the audit stores, in characters: addresses are long.
const WHOM_MAX_CHARS: usize = 300;

/// The dashboard on the path as the made-up person in the address sees it; without one, the form to make one up. The
/// form is also shown first if a page of another origin linked here.
///
/// # Errors
/// [`AppError::NotFound`] for people who may not see the dashboard; [`AppError::NotOwner`] for people who may only view
/// it.
pub async fn see_as(asked: Asked) -> Answer {
    let slug = routes::slug_of_dashboard(&asked.path).unwrap_or_default();
    let (dashboard, sign_in) = caller::dashboard(slug).await?;
    let own_role = caller::open_role();
    let owner = dashboard.edition().and_then(|edition| edition.owner);
    caller::require_owner(slug, owner, dashboard.spec.role).await?;
    let catalogue = caller::dashboards()?.datasets().catalogue().await.map_err(|error| caller::internal(&error))?;
    let fields = Field::of(own_datasets(&dashboard, &catalogue, &sign_in, own_role).map(|dataset| &**dataset));
    let made_up = MadeUpViewer::asked(&asked, fields.clone()).filter(|made_up| Some(made_up.role) <= own_role);
    let others = Field::others(&fields, asked.query.as_deref());
    let filters = encoded(&others);
    let roles: Vec<Role> = Role::ALL.into_iter().filter(|role| Some(*role) <= own_role).collect();
    let title = dashboard.spec.title.clone();
    let way_back = routes::with_fields(&routes::dashboard(slug), &filters);
    // The audit must record what a person did here, not where another site's link sent them.
    let is_asked_first = made_up.is_some() && caller::is_cross_origin();
    let shown = match &made_up {
        Some(made_up) if !is_asked_first => {
            Some(shown_to(&asked.path, &dashboard, made_up, (&sign_in, &filters)).await?)
        }
        _ => None,
    };
    let asking = is_asked_first.then(|| {
        view! {
            <p class="notice notice-warn" role="status">
                "You came here from another site. Looking as somebody else is recorded in the audit. Choose “Show” to go on."
            </p>
        }
    });
    let view = view! {
        <div class="page-head">
            <p>
                <a href=way_back.clone() dir="auto">
                    {title.clone()}
                </a>
            </p>
            <h1 dir="auto">{format!("See “{title}” as somebody else")}</h1>
            <p class="muted">
                "You never see more this way than with your own role. Of data sets that you cannot change, you see your own rows."
            </p>
        </div>
        <StepUpNotice here=asked.here()/>
        {asking}
        <MadeUpViewerForm
            action=routes::of_dashboard(routes::DASHBOARD_SEE_AS, slug)
            roles
            fields
            chosen=made_up.clone()
            kept=others
        />
        {made_up.zip(shown).map(|(made_up, shown)| view! { <Shown made_up shown way_back/> })}
        <script type="module" src=FILTERS_SCRIPT></script>
    };
    Ok(Page { has_own_script: true, ..Page::new(format!("{title} as somebody else"), view) })
}

/// The data sets of `dashboard` whose rules the caller may change, so that their contents are no secret to them.
fn own_datasets<'a>(
    dashboard: &'a Dashboard,
    catalogue: &'a Catalogue,
    sign_in: &'a SignIn,
    role: Option<Role>,
) -> impl Iterator<Item = &'a Arc<DataSet>> {
    let named = dashboard.panels.iter().filter_map(|panel| catalogue.get(panel.spec.dataset.as_ref()?));
    named.filter(move |dataset| dataset.may_be_changed_by(sign_in.user_id, role))
}

/// What a person sees of a dashboard, as HTML.
struct SeenDashboard {
    filters: Arc<str>,
    panels: String,
}

/// What `made_up` sees of `dashboard` with these fields of its `filters`, on a page at `path`; `None` if the dashboard
/// is closed to them.
async fn shown_to(
    path: &str,
    dashboard: &Dashboard,
    made_up: &MadeUpViewer,
    (sign_in, filters): (&SignIn, &str),
) -> Result<Option<SeenDashboard>, AppError> {
    let audit = caller::audit()?;
    let entry = Entry::new(EntryKind::DashboardSeenAs, caller::auth()?.clock().now_ms()).by(sign_in.user_id);
    let entry = entry.from_address(caller::client_address()).with("dashboard", dashboard.slug.as_str());
    audit.note(entry.with("as", plain(&in_words(made_up), WHOM_MAX_CHARS)));
    if made_up.role < dashboard.spec.role {
        return Ok(None);
    }
    // A draft cannot be changed, and its panels have no links to pages that would show the viewer's own data.
    let draft = Dashboard::of(&dashboard.slug, dashboard.spec.clone(), Origin::Draft);
    let draft = draft.map_err(|mistakes| {
        tracing::error!(?mistakes, slug = dashboard.slug, "a dashboard has mistakes");
        AppError::NotFound
    })?;
    let viewer = made_up.viewer();
    let person = Person::MadeUp(sign_in, caller::open_role(), &viewer);
    let dashboards = caller::dashboards()?;
    let filters = dashboards.filters(&draft, &AskedFilters::of_query(Some(filters)), person).await;
    let filters = filters.map_err(|error| caller::internal(&error))?;
    let panels = panels_filtered(&dashboards, &draft, person, &filters).await?;
    let bar = filter_bar(path, &draft, &filters, &TableFields::of(&draft, None), &made_up.fields()).await?;
    Ok(Some(SeenDashboard { filters: bar, panels: panels.into_iter().flatten().collect() }))
}

/// `fields` as a query string.
fn encoded(fields: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The description of `made_up`: `the role Read, department Sales`.
fn in_words(made_up: &MadeUpViewer) -> String {
    let said = made_up.said.iter().filter(|(_, value)| !value.is_empty());
    let said = said.map(|(field, value)| format!(", {}", field.in_words(value)));
    format!("the role {}{}", made_up.role.name(), said.collect::<String>())
}

/// What the person sees, below a banner that describes them.
#[component]
fn Shown(made_up: MadeUpViewer, shown: Option<SeenDashboard>, way_back: String) -> impl IntoView {
    let who = in_words(&made_up);
    let content = match shown {
        None => view! { <p>"They cannot open this dashboard."</p> }.into_any(),
        Some(SeenDashboard { panels, .. }) if panels.is_empty() => {
            view! { <p>"They see only the title: they cannot see any of the panels."</p> }.into_any()
        }
        Some(SeenDashboard { filters, panels }) => view! {
            <div inner_html=filters.to_string() data-no-search=""></div>
            <div class="panels whole-dashboard" inner_html=panels></div>
        }
        .into_any(),
    };
    view! {
        <section class="notice notice-warn" role="status">
            <p>
                "This is what somebody with " <bdi>{who}</bdi> " sees. Nothing can be changed here. "
                <a href=way_back>"Back to what you see"</a>
            </p>
        </section>
        {content}
    }
}
