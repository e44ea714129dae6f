//! A dashboard with the panels that the viewer's role opens.

use std::sync::Arc;

use futures_util::future::try_join_all;
use leptos::prelude::*;
use rolecall_model::spec::{DashboardSpec, PanelKind, PanelSpec};
use rolecall_model::{AppError, Role};
use rolecall_panels::OTHER_FIELDS;
use rolecall_sign_in::session::SignIn;
use url::form_urlencoded;

use super::cards::{FavouriteForm, Star};
use super::page::{Answer, Asked, Page};
use super::panel::panel_html;
use crate::bookmarks::Thing;
use crate::caller;
use crate::components::step_up::StepUpNotice;
use crate::dashboards::{Dashboard, Editor, FoundPanel, Person, Stamps, TableRequest};
use crate::routes;

/// The longest name of a column that an address is asked about.
const LONGEST_SORT: usize = 256;

/// The dashboard that the path names, each table as the address asks for it.
///
/// # Errors
/// [`AppError::SignedOut`] or [`AppError::Forbidden`] below Read; [`AppError::NotFound`]; [`AppError::StepUp`] where its role is
/// held, but open only after signing in again.
pub async fn dashboard(asked: Asked) -> Answer {
    let sign_in = caller::require(Role::Read)?;
    let person = Person::SignedIn(&sign_in, caller::open_role());
    let dashboards = caller::dashboards()?;
    let slug = asked.parameter.as_deref().unwrap_or_default();
    let dashboard = dashboards.find(slug, sign_in.user.role).await.map_err(|error| caller::internal(&error))?;
    let dashboard = dashboard.ok_or(AppError::NotFound)?;
    caller::require(dashboard.spec.role)?;
    let fields = TableFields::of(&dashboard, &asked);
    let panels = dashboard.panels.iter().map(async |panel| {
        let id = &panel.spec.id;
        let found = dashboards.panel(&dashboard, id, person).await.map_err(|error| caller::internal(&error))?;
        match found {
            FoundPanel::Open(panel) => {
                let html = panel_html(slug, &panel, &fields.request(id)).await?;
                Ok(Some((panel, html, fields.of_others(id))))
            }
            FoundPanel::Closed { .. } | FoundPanel::Nothing => Ok(None),
        }
    });
    let stamps = dashboards.stamps_without_panels(&dashboard, caller::open_role()).await;
    let mut stamps = stamps.map_err(|error| caller::internal(&error))?;
    let mut shown: Vec<(Arc<str>, String)> = Vec::with_capacity(dashboard.panels.len());
    for (panel, html, others) in try_join_all(panels).await?.into_iter().flatten() {
        stamps.add(&panel).await.map_err(|error| caller::internal(&error))?;
        shown.push((html, others));
    }
    let spec = &dashboard.spec;
    let (title, summary) = (spec.title.clone(), spec.summary.clone());
    caller::looked_at(&dashboard, &sign_in).await?;
    let marks = caller::bookmarks()?.of(sign_in.user_id).await.map_err(|error| caller::internal(&error))?;
    let is_favourite = marks.of(&Thing::dashboard(slug)).is_favourite;
    let ways = Ways::of(&dashboard, &sign_in);
    let head = view! { <Head title summary here=asked.here() is_favourite ways/> }.to_html();
    Ok(Page {
        title: spec.title.clone().into(),
        main: put_together(&head, (slug, &stamps), &shown, spec),
        is_live: true,
        has_own_script: false,
    })
}

/// What an address asks of the tables of a dashboard, by their panels.
pub(super) struct TableFields(Vec<(String, TableRequest)>);

impl TableFields {
    /// What `asked` says of the tables of `dashboard`. What is no number, or longer than any name, is left out.
    pub(super) fn of(dashboard: &Dashboard, asked: &Asked) -> Self {
        let tables = dashboard.panels.iter().map(|panel| &panel.spec).filter(|spec| spec.kind == PanelKind::Table);
        let request = |spec: &PanelSpec| {
            let page = asked.value(&routes::page_parameter(&spec.id)).and_then(|page| page.parse().ok());
            let sort = asked.value(&routes::sort_parameter(&spec.id)).filter(|sort| sort.len() <= LONGEST_SORT);
            (spec.id.clone(), TableRequest { page: page.unwrap_or(1), sort })
        };
        Self(tables.map(request).collect())
    }

    /// What is asked of the table in the panel `id`.
    pub(super) fn request(&self, id: &str) -> TableRequest {
        self.0.iter().find(|(of, _)| of == id).map(|(_, request)| request.clone()).unwrap_or_default()
    }

    /// The fields of all other tables, as the links of this one keep them.
    fn of_others(&self, id: &str) -> String {
        let mut fields = form_urlencoded::Serializer::new(String::new());
        for (id, request) in self.0.iter().filter(|(of, _)| of != id) {
            if let Some(sort) = &request.sort {
                fields.append_pair(&routes::sort_parameter(id), sort);
            }
            if request.page != 1 {
                fields.append_pair(&routes::page_parameter(id), &request.page.to_string());
            }
        }
        let fields = fields.finish();
        if fields.is_empty() { fields } else { format!("{}&amp;", fields.replace('&', "&amp;")) }
    }
}

/// The whole page. Panels are long, so each is copied only once; the links of each keep the fields of the other tables. What the
/// panels show stands at their element, for the script that keeps them up to date.
fn put_together(
    head: &str,
    (slug, stamps): (&str, &Stamps),
    panels: &[(Arc<str>, String)],
    spec: &DashboardSpec,
) -> String {
    let source = spec.source.clone().map(|source| {
        view! {
            <p class="muted source">
                "Source: " <bdi>{source}</bdi>
            </p>
        }
        .to_html()
    });
    let source = source.unwrap_or_default();
    // Neither names in paths nor ids of panels have characters that mean something in HTML.
    let open = format!("<div class=\"panels\" data-live=\"{slug}\" data-stamps=\"{}\">", stamps.as_str());
    let close = "</div>";
    let bytes = panels.iter().map(|(panel, _)| panel.len()).sum::<usize>();
    let mut main = String::with_capacity(head.len() + open.len() + bytes + close.len() + source.len());
    main.push_str(head);
    main.push_str(&open);
    for (panel, others) in panels {
        let mut parts = panel.split(OTHER_FIELDS);
        main.push_str(parts.next().unwrap_or_default());
        for part in parts {
            main.push_str(others);
            main.push_str(part);
        }
    }
    main.push_str(close);
    main.push_str(&source);
    main
}

/// What the person can do with a dashboard beside looking at it.
struct Ways {
    slug: String,
    may_copy: bool,
    may_edit: bool,
    /// Whether they may look at it as somebody else.
    may_see_as: bool,
}

impl Ways {
    fn of(dashboard: &Dashboard, sign_in: &SignIn) -> Self {
        let editor = Editor::of(sign_in, caller::open_role());
        let owner = dashboard.edition().map(|edition| edition.owner);
        Self {
            slug: dashboard.slug.clone(),
            may_copy: editor.is_some(),
            may_see_as: editor.is_some_and(|editor| editor.may_change(owner.flatten())),
            may_edit: editor.zip(owner).is_some_and(|(editor, owner)| editor.may_change(owner)),
        }
    }
}

/// Title and summary, and a notice where the person has to sign in again.
#[component]
fn Head(title: String, summary: String, here: String, is_favourite: bool, ways: Ways) -> impl IntoView {
    let Ways { slug, may_copy, may_edit, may_see_as } = ways;
    let edit = may_edit.then(|| {
        view! {
            <a class="button" href=routes::of_dashboard(routes::DASHBOARD_EDIT, &slug)>
                "Edit"
            </a>
        }
    });
    let see_as = may_see_as.then(|| {
        view! {
            <a class="button" href=routes::of_dashboard(routes::DASHBOARD_SEE_AS, &slug)>
                "See it as …"
            </a>
        }
    });
    let copy = may_copy.then(|| {
        view! {
            <form method="post" action=routes::of_dashboard(routes::DASHBOARD_DUPLICATE, &slug)>
                <button class="button" type="submit">
                    "Duplicate"
                </button>
            </form>
            <a class="button" href=routes::of_dashboard(routes::DASHBOARD_DOCUMENT, &slug)>
                "Export as TOML"
            </a>
        }
    });
    view! {
        <div class="page-head">
            <p>
                <a href=routes::DASHBOARDS>"Dashboards"</a>
            </p>
            <div class="title-row">
                <h1 dir="auto">{title.clone()}</h1>
                <Star thing=Thing::dashboard(&slug) title is_favourite/>
            </div>
            <p class="lead" dir="auto">
                {summary}
            </p>
            {may_copy.then(|| view! { <div class="actions">{edit} {see_as} {copy}</div> })}
        </div>
        <FavouriteForm back=here.clone()/>
        <StepUpNotice here/>
    }
}
