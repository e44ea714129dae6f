//! A dashboard with the panels that are open to the viewer.

use std::sync::Arc;

use futures_util::future::{try_join, try_join_all};
use leptos::prelude::*;
use memchr::memchr2_iter;
use rolecall_core::bookmarks::Thing;
use rolecall_core::dashboards::{
    AskedFilters, Dashboard, Editor, Filters, FoundPanel, Panel, Person, Stamps, TableFields,
};
use rolecall_data::query;
use rolecall_model::spec::DashboardSpec;
use rolecall_model::{AppError, Role};
use rolecall_panels::{OTHER_FIELDS, SORT_FIELDS};
use rolecall_routes as routes;
use rolecall_sign_in::session::SignIn;
use rolecall_ui::caller;
use rolecall_ui::components::notices::StepUpNotice;
use rolecall_ui::components::panels::{LateFilters, LatePanel};
use rolecall_ui::page::{Answer, Asked, Page};
use tokio::time::Instant;

use super::cards::{FavouriteForm, Star};
use super::filters::filter_bar;
use super::panel::panel_html;

/// The dashboard named by the path, with the filters and table orders of the address.
///
/// # Errors
/// [`AppError::SignedOut`] or [`AppError::Forbidden`] below Read; [`AppError::NotFound`]; [`AppError::StepUp`] if the
/// person has its role but must sign in again to use it.
pub async fn dashboard(asked: Asked) -> Answer {
    let sign_in = caller::require(Role::Read)?;
    let person = Person::SignedIn(&sign_in, caller::open_role());
    let dashboards = caller::dashboards()?;
    let slug = asked.parameter.as_deref().unwrap_or_default();
    let dashboard = dashboards.find(slug, sign_in.user.role).await.map_err(|error| caller::internal(&error))?;
    let dashboard = dashboard.ok_or(AppError::NotFound)?;
    caller::require(dashboard.spec.role)?;
    let deadline = caller::page_deadline()?;
    let fields = TableFields::of(&dashboard, asked.query.as_deref());
    let asked_filters = AskedFilters::of_query(asked.query.as_deref());
    let judged = in_time(deadline, dashboards.filters(&dashboard, &asked_filters, person)).await.transpose();
    let judged = judged.map_err(|error| caller::internal(&error))?;
    let is_judged = judged.is_some();
    let filters = judged.unwrap_or_else(|| Filters::unjudged(&asked_filters));
    let catalogue = dashboards.datasets().catalogue().await.map_err(|error| caller::internal(&error))?;
    let open = dashboard.open_panels(&catalogue, caller::open_role());
    let panels = open.iter().map(async |&(panel, _)| {
        let id = &panel.spec.id;
        if !is_judged && panel.content.has_values() {
            // The rows of the table depend on the filters.
            return Ok((panel, None));
        }
        let shown = in_time(deadline, async {
            let found = dashboards.panel_by(&catalogue, &dashboard, panel, person).await;
            let FoundPanel::Open(panel) = found.map_err(|error| caller::internal(&error))? else { return Ok(None) };
            let panel = panel.filtered_by(&filters);
            let html = panel_html(slug, &panel, &fields.request(id)).await?;
            Ok(Some((panel, html)))
        });
        Ok((panel, shown.await.transpose()?))
    });
    let stamps = dashboards.stamps_without_panels(&dashboard, caller::open_role()).await;
    let mut stamps = stamps.map_err(|error| caller::internal(&error))?;
    let mut shown: Vec<(Arc<str>, String)> = Vec::with_capacity(dashboard.panels.len());
    let bar = filter_bar(&asked.path, &dashboard, &filters, &fields, &[]);
    let bar = async { if is_judged { in_time(deadline, bar).await.transpose() } else { Ok(None) } };
    let (panels, bar) = try_join(try_join_all(panels), bar).await?;
    for (panel, found) in panels {
        let html = match found {
            None => {
                stamps.add_late(panel);
                late_panel((slug, filters.fields()), panel)
            }
            Some(None) => continue,
            Some(Some((panel, html))) => {
                stamps.add(&panel).await.map_err(|error| caller::internal(&error))?;
                html
            }
        };
        shown.push((html, fields.of_others(&panel.spec.id, filters.fields())));
    }
    if bar.is_none() {
        stamps.add_late_filters();
    }
    let spec = &dashboard.spec;
    let (title, summary) = (spec.title.clone(), spec.summary.clone());
    caller::looked_at(&dashboard, &sign_in).await?;
    let is_favourite = caller::stars(&sign_in).await.map(|marks| marks.of(&Thing::dashboard(slug)).is_favourite);
    let ways = Ways::of(&dashboard, &sign_in, filters.fields());
    let mut head = view! { <Head title summary here=asked.here() is_favourite ways/> }.to_html();
    match &bar {
        Some(bar) => head.push_str(bar),
        None => head.push_str(&view! { <LateFilters here=asked.here()/> }.to_html()),
    }
    // Groups and series are links only if there are filters.
    let orders = (!filters.all().is_empty()).then(|| fields.orders_in_links());
    Ok(Page {
        title: spec.title.clone().into(),
        main: put_together(&head, (slug, &stamps), (&shown, orders.as_deref()), spec),
        is_live: true,
        has_own_script: false,
    })
}

/// The result of `work` by `deadline`. Unfinished queries continue, so the script that fetches them waits only for the
/// rest.
fn in_time<T>(deadline: Instant, work: impl Future<Output = T>) -> impl Future<Output = Option<T>> {
    // The future is large, and would be copied each time it is wrapped.
    query::in_time(deadline, Box::pin(work))
}

/// A placeholder for `panel` of the dashboard `slug` that the page did not wait for. A script fetches the page again
/// until the panel is there.
fn late_panel((slug, filters): (&str, &str), panel: &Panel) -> Arc<str> {
    let (id, title, width) = (panel.spec.id.clone(), panel.spec.title.clone(), panel.width());
    let alone = || routes::with_fields(&routes::of_panel(routes::PANEL, slug, &id), filters);
    let alone = panel.content.has_values().then(alone);
    view! { <LatePanel id title width alone/> }.to_html().into()
}

/// The whole page. Panels are long, so each is copied only once. The links of each panel keep the fields of the other
/// tables. The stamps of the panels are on their element, for the script that keeps them up to date.
fn put_together(
    head: &str,
    (slug, stamps): (&str, &Stamps),
    (panels, orders): (&[(Arc<str>, String)], Option<&str>),
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
    // Dashboard names and panel ids contain no characters that need escaping in HTML.
    let open = format!("<div class=\"panels\" data-live=\"{slug}\" data-stamps=\"{}\">", stamps.as_str());
    let close = "</div>";
    let bytes = panels.iter().map(|(panel, _)| panel.len()).sum::<usize>();
    let mut main = String::with_capacity(head.len() + open.len() + bytes + close.len() + source.len());
    main.push_str(head);
    main.push_str(&open);
    for (panel, others) in panels {
        push_with_fields(&mut main, panel, others, orders.unwrap_or_default());
    }
    main.push_str(close);
    main.push_str(&source);
    main
}

/// Appends `panel`. Its table's links keep `others`, the fields of the other tables; the links of groups and series
/// keep `orders`, the orders of all tables.
fn push_with_fields(main: &mut String, panel: &str, others: &str, orders: &str) {
    const OTHERS: u8 = OTHER_FIELDS as u8;
    const ORDERS: u8 = SORT_FIELDS as u8;
    let mut from = 0;
    for at in memchr2_iter(OTHERS, ORDERS, panel.as_bytes()) {
        main.push_str(&panel[from..at]);
        main.push_str(if panel.as_bytes()[at] == OTHERS { others } else { orders });
        from = at + 1;
    }
    main.push_str(&panel[from..]);
}

/// The person's actions on a dashboard.
struct Ways {
    slug: String,
    may_copy: bool,
    may_edit: bool,
    /// The address to view it as another person, with the same filters.
    see_as: Option<String>,
}

impl Ways {
    fn of(dashboard: &Dashboard, sign_in: &SignIn, filters: &str) -> Self {
        let editor = Editor::of(sign_in, caller::open_role());
        let owner = dashboard.edition().map(|edition| edition.owner);
        let may_see_as = editor.is_some_and(|editor| editor.may_change(owner.flatten()));
        Self {
            slug: dashboard.slug.clone(),
            may_copy: editor.is_some(),
            see_as: may_see_as.then(|| {
                routes::with_fields(&routes::of_dashboard(routes::DASHBOARD_SEE_AS, &dashboard.slug), filters)
            }),
            may_edit: editor.zip(owner).is_some_and(|(editor, owner)| editor.may_change(owner)),
        }
    }
}

/// Title and summary, and a notice if the person must sign in again. If bookmarks are unknown, there is no star.
#[component]
fn Head(title: String, summary: String, here: String, is_favourite: Option<bool>, ways: Ways) -> impl IntoView {
    let Ways { slug, may_copy, may_edit, see_as } = ways;
    let edit = may_edit.then(|| {
        view! {
            <a class="button" href=routes::of_dashboard(routes::DASHBOARD_EDIT, &slug)>
                "Edit"
            </a>
        }
    });
    let see_as = see_as.map(|to| {
        view! {
            <a class="button" href=to>
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
                {is_favourite.map(|is_favourite| view! { <Star thing=Thing::dashboard(&slug) title is_favourite/> })}
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
