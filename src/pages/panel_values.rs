//! A panel alone on a page, over the full width, with all its values below it.

use leptos::prelude::*;
use rolecall_core::dashboards::{AskedFilters, DashboardsError, FoundPanel, PanelData, Person, TableFields};
use rolecall_model::{AppError, Role};
use rolecall_panels::{OTHER_FIELDS, SORT_FIELDS, values_table};
use rolecall_routes as routes;
use rolecall_ui::caller;
use rolecall_ui::components::document::{FILTERS_SCRIPT, PICTURE_SCRIPT};
use rolecall_ui::components::notices::StepUpNotice;
use rolecall_ui::page::{Answer, Asked, Page};

use super::filters::filter_bar;
use super::panel::{view_of, with_lines};

/// The panel named by the path, a table with the page and order of the address.
///
/// # Errors
/// As the page of its dashboard; [`AppError::NotFound`] if the panel needs a higher role, and for a panel without
/// values, such as a text; [`AppError::StepUp`] if signing in again opens it.
pub async fn panel(asked: Asked) -> Answer {
    let sign_in = caller::require(Role::Read)?;
    let dashboards = caller::dashboards()?;
    let internal = |error: DashboardsError| caller::internal(&error);
    let (slug, id) = routes::panel_on_path(&asked.path).ok_or(AppError::NotFound)?;
    let dashboard = dashboards.find(slug, sign_in.user.role).await.map_err(internal)?.ok_or(AppError::NotFound)?;
    caller::require(dashboard.spec.role)?;
    let person = Person::SignedIn(&sign_in, caller::open_role());
    let panel = match dashboards.panel(&dashboard, id, person).await.map_err(internal)? {
        FoundPanel::Open(panel) if panel.has_values() => panel,
        FoundPanel::Closed { needed } => return Err(caller::require(needed).err().unwrap_or(AppError::NotFound)),
        FoundPanel::Open(_) | FoundPanel::Nothing => return Err(AppError::NotFound),
    };
    let query = asked.query.as_deref();
    let tables = TableFields::of(&dashboard, query);
    let filters = dashboards.filters(&dashboard, &AskedFilters::of_query(query), person).await.map_err(internal)?;
    let bar = filter_bar(&asked.path, &dashboard, &filters, &tables, &[]).await?;
    let panel = panel.filtered_by(&filters);
    let data = panel.data(&tables.request(id)).await.map_err(internal)?;
    let title = panel.panel().spec.title.clone();
    // A table shows its values already.
    let values = match data {
        PanelData::Figures(..) | PanelData::Chart(_) => panel.values(None).await.map_err(internal)?.ok().flatten(),
        _ => None,
    };
    let values = values.map(|values| {
        let html = values_table(&title, &values);
        view! {
            // Panel ids cannot be equal to this one.
            <section class="panel" aria-labelledby="all_values">
                <h2 id="all_values">"All values"</h2>
                <div inner_html=html></div>
            </section>
        }
    });
    let html = with_lines(view_of((slug, &panel), data, true).to_html(), &panel, true);
    let html = html
        .replace(OTHER_FIELDS, &tables.of_others(id, filters.fields()))
        .replace(SORT_FIELDS, &tables.orders_in_links());
    let query = if filters.fields().is_empty() { String::new() } else { format!("?{}", filters.fields()) };
    let bar = (!bar.is_empty()).then(|| {
        view! {
            <div inner_html=bar.to_string()></div>
            <script type="module" src=FILTERS_SCRIPT></script>
        }
    });
    let (back, dashboard_title) = (routes::dashboard(slug) + &query, dashboard.spec.title.clone());
    let view = view! {
        <div class="page-head">
            <p>
                <a href=back dir="auto">
                    {dashboard_title}
                </a>
            </p>
            <h1 dir="auto">{title.clone()}</h1>
            // A script shows it if the browser supports full screen.
            <div class="actions" hidden data-full-screen="">
                <button class="button" type="button">
                    "Full screen"
                </button>
            </div>
        </div>
        <StepUpNotice here=asked.here()/>
        {bar}
        <div class="panels panel-alone">
            <div inner_html=html></div>
            {values}
        </div>
        <script type="module" src=PICTURE_SCRIPT></script>
    };
    Ok(Page { has_own_script: true, ..Page::new(title, view) })
}
