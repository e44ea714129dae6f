//! The actions of a panel: a small menu in its corner that works without JavaScript.

use leptos::prelude::*;
use rolecall_routes as routes;

use super::table_address::TableAddress;
use super::time::Moment;

/// The panel of a menu, and how it is shown.
#[derive(Clone, Debug)]
pub struct PanelPlace {
    /// The name of the dashboard in paths.
    pub slug: String,
    /// The id of the panel.
    pub id: String,
    pub title: String,
    /// Whether it is alone on its page.
    pub is_alone: bool,
    /// The page and order of the table, if it is one.
    pub table: Option<TableAddress>,
    /// The fields of the filters in force, as in an address.
    pub filters: String,
    /// When the version of the data was made, Unix milliseconds, if the panel itself does not show it.
    pub data_of_ms: Option<i64>,
}

#[component]
pub fn PanelMenu(of: PanelPlace) -> impl IntoView {
    let PanelPlace { slug, id, title, is_alone, table, filters, data_of_ms } = of;
    let to = |path: &str| {
        let query = if filters.is_empty() { String::new() } else { format!("?{filters}") };
        routes::of_panel(path, &slug, &id) + &query
    };
    let file = |path: &str, is_of_page: bool| match &table {
        Some(table) => table.of_file(&to(path), is_of_page),
        None => to(path),
    };
    let picture = if table.is_some() { "Picture of this page" } else { "Picture" };
    let page = (!is_alone).then(|| {
        view! {
            <li>
                <a href=to(routes::PANEL)>"Large, with all values"</a>
            </li>
        }
    });

    view! {
        // All menus have the same name, so opening one closes the others.
        <details class="panel-menu" name="panel-menu">
            <summary>
                <span aria-hidden="true">"⋯"</span>
                <span class="visually-hidden" dir="auto">
                    {format!("More about {title}")}
                </span>
            </summary>
            <ul>
                {page}
                <li>
                    <a href=file(routes::PANEL_CSV, false) download>
                        "Values (CSV)"
                    </a>
                </li>
                <li>
                    <a href=file(routes::PANEL_XLSX, false) download>
                        "Values (Excel)"
                    </a>
                </li>
                <li>
                    <a href=file(routes::PANEL_SVG, true) download data-of-page="">
                        {format!("{picture} (SVG)")}
                    </a>
                </li>
                // Made from the picture, in the browser.
                <li class="by-script">
                    <a href=file(routes::PANEL_SVG, true) data-png="" data-of-page="">
                        {format!("{picture} (PNG)")}
                    </a>
                </li>
                {data_of_ms.map(|ms| view! { <li class="muted as-of">"Data of " <Moment ms/></li> })}
            </ul>
        </details>
    }
}
