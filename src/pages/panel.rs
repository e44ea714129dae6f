//! A panel of a dashboard, as HTML.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_core::dashboards::{AsOf, OpenPanel, PanelData, TableRequest, Unavailable, table_of};
use rolecall_model::AppError;
use rolecall_model::data::Cell;
use rolecall_panels::{ValueLinks, chart_with_links, figures, text};
use rolecall_ui::caller;
use rolecall_ui::components::note::NotePanel;
use rolecall_ui::components::note_text::NoteToRead;
use rolecall_ui::components::panel_menu::PanelPlace;
use rolecall_ui::components::panels::{ChartPanel, FixedPanel, UnavailablePanel};
use rolecall_ui::components::sign_ins::SignInsPanel;
use rolecall_ui::components::table::TablePanel;
use rolecall_ui::components::table_address::TableAddress;
use rolecall_ui::components::time::{AsOfLine, DataOf};
use rolecall_ui::rendered::{Made, rendered};

/// The number of columns of a page.
const WHOLE_WIDTH: u8 = 12;

/// The HTML of `panel` of the dashboard `slug`, a table as it is `asked` for. HTML that only changes with the data is
/// cached for all who see the same rows; messages why a panel cannot be shown are made each time.
///
/// # Errors
/// If the data cannot be read.
pub async fn panel_html(slug: &str, panel: &OpenPanel<'_>, asked: &TableRequest) -> Result<Arc<str>, AppError> {
    let data = async || panel.data(asked).await.map_err(|error| caller::internal(&error));
    let html = |data: PanelData| {
        let is_passing = matches!(data, PanelData::Unavailable(_));
        let html = with_lines(view_of((slug, panel), data, false).to_html(), panel, false);
        if is_passing { Made::Passing(html) } else { Made::Lasting(html) }
    };
    if let Some(key) = panel.key(asked) {
        return rendered(Some(key), async || Ok(html(data().await?))).await;
    }
    let data = Box::pin(data()).await?;
    rendered(name_of(slug, panel, &data), async || Ok(html(data))).await
}

/// The cache key for the HTML of panels about Rolecall itself, which is short: everything it shows. Other panels have
/// no key.
fn name_of(slug: &str, panel: &OpenPanel<'_>, data: &PanelData) -> Option<String> {
    let shown = match data {
        PanelData::Note(note) => serde_json::to_string(note),
        PanelData::SignIns(figures) => serde_json::to_string(figures),
        _ => return None,
    };
    let (spec, is_editable) = (&panel.panel().spec, panel.is_editable() && !panel.is_draft());
    serde_json::to_string(&("panel", slug, &spec.id, &spec.title, panel.panel().width(), is_editable, shown.ok()?)).ok()
}

/// The HTML of `panel` with lines at its end: the filters in force that do not apply to it, and the time of its data.
/// On a dashboard its menu shows that time, unless it is a snapshot, which ages.
pub fn with_lines(mut html: String, panel: &OpenPanel<'_>, is_alone: bool) -> String {
    let Some(end) = html.rfind("</") else { return html };
    let filters: Vec<String> = panel.not_filtered_by().into_iter().map(ToOwned::to_owned).collect();
    let mut lines = String::new();
    if !filters.is_empty() {
        lines.push_str(&view! { <NotFilteredLine filters/> }.to_html());
    }
    match panel.as_of() {
        Some(AsOf::Snapshot { asked_at_ms: ms, is_overdue, failing }) => {
            let failing = failing.map(|failing| (failing.since_ms, failing.why));
            lines.push_str(&view! { <AsOfLine ms is_overdue failing/> }.to_html());
        }
        Some(AsOf::Version(ms)) => lines.push_str(&view! { <DataOf ms only_print=!is_alone/> }.to_html()),
        None => {}
    }
    html.insert_str(end, &lines);
    html
}

/// Names the `filters` that do not apply to a panel: otherwise it would seem to contradict the others.
#[component]
fn NotFilteredLine(filters: Vec<String>) -> impl IntoView {
    view! {
        <p class="muted as-of">"Not filtered by " <bdi>{filters.join(", ")}</bdi></p>
    }
}

/// The panel of the dashboard `slug` with its `data`. A panel that is alone on its page takes the whole width.
pub fn view_of((slug, panel): (&str, &OpenPanel<'_>), data: PanelData, is_alone: bool) -> AnyView {
    let (spec, zone) = (&panel.panel().spec, panel.zone());
    let (id, title) = (spec.id.clone(), spec.title.clone());
    let width = if is_alone { WHOLE_WIDTH } else { panel.panel().width() };
    let data_of_ms = match panel.as_of() {
        Some(AsOf::Version(ms)) if !is_alone => Some(ms),
        _ => None,
    };
    // The menu's links do not exist for a panel that was not saved yet.
    let menu = |table: Option<TableAddress>| {
        (!panel.is_draft()).then(|| PanelPlace {
            slug: slug.to_owned(),
            id: spec.id.clone(),
            title: spec.title.clone(),
            is_alone,
            filters: panel.filter_fields().to_owned(),
            table,
            data_of_ms,
        })
    };
    match data {
        PanelData::Figures(result, compared) => {
            let html = figures(spec, &result, zone, &compared);
            view! { <FixedPanel id title quiet=true width html menu=menu(None)/> }.into_any()
        }
        PanelData::Chart(result) => {
            let links = |column: &str, value: &Cell| panel.value_link(column, value);
            let chart = chart_with_links(spec, &result, zone, ValueLinks(&links));
            view! { <ChartPanel id title width unit=chart.unit html=chart.html menu=menu(None)/> }.into_any()
        }
        PanelData::Table(data) if panel.is_draft() => {
            let html = without_links(&table_of(panel, &data).html);
            view! { <FixedPanel id title width html/> }.into_any()
        }
        PanelData::Table(data) => {
            let table = table_of(panel, &data);
            let sort = data.sort.asked.as_ref().map(ToString::to_string);
            let menu = menu(Some(TableAddress { page: data.page.number, sort }));
            view! { <TablePanel slug=slug.to_owned() id title width html=table.html menu/> }.into_any()
        }
        PanelData::Text(markdown) => view! { <FixedPanel id title width html=format!("<div class=\"markdown\" dir=\"auto\">{}</div>", text(&markdown))/> }.into_any(),
        PanelData::Note(note) if panel.is_editable() && !panel.is_draft() => {
            view! { <NotePanel slug=slug.to_owned() id title width note/> }.into_any()
        }
        PanelData::Note(note) => view! { <NoteToRead id title width note/> }.into_any(),
        PanelData::SignIns(figures) => view! { <SignInsPanel id title width figures/> }.into_any(),
        PanelData::Unavailable(Unavailable { text, details, .. }) => {
            view! { <UnavailablePanel id title width text details/> }.into_any()
        }
    }
}

/// The table `html` without its links, which would point to a dashboard that does not have it yet.
fn without_links(html: &str) -> String {
    let links = ["<a href=\"", "<a class=\"button\" rel=\"prev\" href=\"", "<a class=\"button\" rel=\"next\" href=\""];
    links.into_iter().fold(html.to_owned(), |html, link| html.replace(link, &link.replace(" href=", " data-to=")))
}
