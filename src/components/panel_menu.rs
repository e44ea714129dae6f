//! What can be done with a panel: a small menu in its corner. It needs no script.

use leptos::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::time::Moment;
use crate::routes;

/// Which panel, and how it is shown.
#[derive(Clone, Debug)]
pub struct PanelPlace {
    /// The name of the dashboard in paths.
    pub slug: String,
    /// The id of the panel.
    pub id: String,
    pub title: String,
    /// Whether it is a chart, which is a picture, too.
    pub is_chart: bool,
    /// Whether it stands on a page by itself.
    pub is_alone: bool,
    /// By which column a table is sorted, as addresses say it.
    pub sort: Option<String>,
    /// The fields of the filters in force, as addresses have them.
    pub filters: String,
    /// When the version of the data came to be, Unix milliseconds, where the panel itself does not say it.
    pub data_of_ms: Option<i64>,
}

#[component]
pub fn PanelMenu(of: PanelPlace) -> impl IntoView {
    let PanelPlace { slug, id, title, is_chart, is_alone, sort, filters, data_of_ms } = of;
    let sort = sort.map(|sort| format!("sort={}", utf8_percent_encode(&sort, NON_ALPHANUMERIC))).unwrap_or_default();
    let to = |path: &str, fields: [&str; 2]| {
        let given: Vec<&str> = fields.into_iter().filter(|field| !field.is_empty()).collect();
        let query = if given.is_empty() { String::new() } else { format!("?{}", given.join("&")) };
        routes::of_panel(path, &slug, &id) + &query
    };
    let file = |path: &str| to(path, [&filters, &sort]);
    let page = (!is_alone).then(|| {
        view! {
            <li>
                <a href=to(routes::PANEL, [&filters, ""])>"Large, with all values"</a>
            </li>
        }
    });
    let picture = is_chart.then(|| {
        view! {
            <li>
                <a href=to(routes::PANEL_SVG, [&filters, ""]) download>
                    "Picture (SVG)"
                </a>
            </li>
            // Made of that in the browser.
            <li class="by-script">
                <a href=to(routes::PANEL_SVG, [&filters, ""]) data-png="">
                    "Picture (PNG)"
                </a>
            </li>
        }
    });

    view! {
        // Of one name: to open one closes the others.
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
                    <a href=file(routes::PANEL_CSV) download>
                        "Values (CSV)"
                    </a>
                </li>
                <li>
                    <a href=file(routes::PANEL_XLSX) download>
                        "Values (Excel)"
                    </a>
                </li>
                {picture}
                {data_of_ms.map(|ms| view! { <li class="muted as-of">"Data of " <Moment ms/></li> })}
            </ul>
        </details>
    }
}
