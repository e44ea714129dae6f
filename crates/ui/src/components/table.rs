//! Tables, one page at a time.
//!
//! The server renders the table. The island turns pages and sorts in place, so that a note being written is kept. Each
//! page has its own address, which works without JavaScript and with the Back button.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::Element;
use rolecall_model::AppError;
use rolecall_model::data::Order;
use rolecall_model::panels::{TableRows, TableSort};

use super::notices::ErrorNotice;
use super::number::grouped;
use super::panel_menu::{PanelMenu, PanelPlace};
use super::server_html::ServerHtml;
use super::table_address::TableAddress;
use crate::api::dashboards::table_page;

#[component]
pub fn TablePanel(
    /// The name of the dashboard in paths.
    slug: String,
    /// The id of the panel on the page, which the links to its pages point to.
    id: String,
    title: String,
    /// Its width, in twelfths of the page.
    width: u8,
    /// The table with its links, made by `rolecall_panels::table`.
    html: String,
    /// Its menu, if it has any actions.
    menu: Option<PanelPlace>,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let (panel, labelled_by) = (id.clone(), heading.clone());

    view! {
        <section class=format!("panel panel-table span-{width}") id=panel aria-labelledby=labelled_by>
            <h2 id=heading dir="auto">
                {title}
            </h2>
            {menu.map(|of| view! { <PanelMenu of/> })}
            <TurningTable slug id table=html.into()/>
        </section>
    }
}

/// One page of the table, with links to the previous and the next page, and headings that sort it.
#[island]
pub fn TurningTable(
    slug: String,
    /// The id of the panel.
    id: String,
    /// The table and the links.
    table: ServerHtml,
) -> impl IntoView {
    let root = NodeRef::<html::Div>::new();
    let failed = RwSignal::new(None::<AppError>);
    // Counts the requests for the table, so that a late answer is ignored.
    let turns = StoredValue::new(0_u32);
    let place = StoredValue::new((slug, id));
    let turn = move |to: TableAddress, is_new: bool| {
        let this = turns.get_value().wrapping_add(1);
        turns.set_value(this);
        spawn_local(async move {
            let (slug, id) = place.get_value();
            let answer = table_page(slug, id.clone(), to.page, to.sort.clone(), Some(search())).await;
            let (Some(root), true) = (root.get_untracked(), turns.get_value() == this) else { return };
            if let Ok(rows) = &answer {
                let here = TableAddress { page: rows.page, ..to };
                if is_new {
                    remember(&here, &id);
                }
                show(&root, rows, &here, &id);
            }
            failed.set(answer.err());
        });
    };
    Effect::new(move |_| {
        let back = window_event_listener(ev::popstate, move |_| {
            // Another table may have replaced it.
            if root.get_untracked().is_some_and(|root| root.is_connected()) {
                turn(TableAddress::read(&search(), &place.with_value(|(_, id)| id.clone())), false);
            }
        });
        on_cleanup(move || back.remove());
    });
    let follow = move |event: ev::MouseEvent| {
        // With a modifier key, the browser opens the link in a new tab or window.
        if event.button() != 0 || event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let link = target.and_then(|target| target.closest(".pager a, thead a").ok().flatten());
        let Some(link) = link else { return };
        event.prevent_default();
        if !link.has_attribute("aria-disabled") {
            let address = link.get_attribute("href").unwrap_or_default();
            turn(TableAddress::read(&address, &place.with_value(|(_, id)| id.clone())), true);
        }
    };

    view! {
        <div
            class="turning-table"
            node_ref=root
            hidden=move || failed.with(Option::is_some)
            inner_html=table.html()
            on:renewed=move |_: ev::Event| failed.set(None)
            on:click=follow
        ></div>
        {move || failed.get().map(failure)}
    }
}

/// Why a page of the table cannot be shown.
fn failure(error: AppError) -> AnyView {
    match error {
        // The panel existed when the page was rendered, so access has changed since.
        AppError::Forbidden { .. } | AppError::NotFound => view! {
            <p class="notice notice-warn">
                "You no longer have access to this table: "
                <a href="">
                    "reload the page"
                </a>
                "."
            </p>
        }
        .into_any(),
        error => view! { <ErrorNotice error/> }.into_any(),
    }
}

/// Puts `rows` into the table, and updates its links. The link elements stay the same, so they keep the focus.
fn show(root: &Element, rows: &TableRows, here: &TableAddress, id: &str) {
    let part = |selector: &str| root.query_selector(selector).ok().flatten();
    if let Some(body) = part("tbody") {
        body.set_inner_html(&rows.html);
    }
    if let Some(status) = part("[role=status]") {
        let (page, pages) = (grouped(rows.page.into()), grouped(rows.pages.into()));
        status.set_text_content(Some(&format!("Page {page} of {pages}")));
    }
    let search = search();
    let others = [("prev", rows.page.saturating_sub(1).max(1)), ("next", rows.page.saturating_add(1).min(rows.pages))];
    for (rel, to) in others {
        let Some(link) = part(&format!("a[rel={rel}]")) else { continue };
        // The attribute names are valid, so the browser does not reject them.
        _ = link.set_attribute("href", &TableAddress { page: to, ..here.clone() }.href(&search, id));
        _ = if to == rows.page {
            link.set_attribute("aria-disabled", "true")
        } else {
            link.remove_attribute("aria-disabled")
        };
    }
    show_files(here, id);
    let mut heading = part("thead th");
    while let Some(th) = heading {
        turn_heading(&th, rows.sort.as_ref(), &search, id);
        heading = th.next_element_sibling();
    }
}

/// Makes the file links in the panel's menu match the table as shown.
fn show_files(here: &TableAddress, id: &str) {
    let panel = document().get_element_by_id(id);
    let mut item = panel.and_then(|panel| panel.query_selector(".panel-menu li").ok().flatten());
    while let Some(li) = item {
        if let Some(link) = li.query_selector("a[download], a[data-png]").ok().flatten() {
            let href = link.get_attribute("href").unwrap_or_default();
            _ = link.set_attribute("href", &here.of_file(&href, link.has_attribute("data-of-page")));
        }
        item = li.next_element_sibling();
    }
}

/// Sets whether the table is sorted by this heading, and makes its link sort in the opposite direction.
fn turn_heading(th: &Element, in_force: Option<&TableSort>, search: &str, id: &str) {
    let Some(link) = th.query_selector("a").ok().flatten() else { return };
    let column = link.get_attribute("data-column").unwrap_or_default();
    _ = match in_force.filter(|sort| sort.column == column).map(|sort| sort.order) {
        Some(Order::Ascending) => th.set_attribute("aria-sort", "ascending"),
        Some(Order::Descending) => th.set_attribute("aria-sort", "descending"),
        None => th.remove_attribute("aria-sort"),
    };
    let to = TableAddress { page: 1, sort: Some(TableSort::next(in_force, &column).to_string()) };
    _ = link.set_attribute("href", &to.href(search, id));
}

/// Adds the page's address to the browser's history, and scrolls to the top of the table, as the link would.
fn remember(here: &TableAddress, id: &str) {
    // A browser may refuse this after very many pages in a short time. The page is shown anyway.
    let address = here.href(&search(), id);
    let _ = window().history().and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&address)));
    if let Some(panel) = document().get_element_by_id(id) {
        panel.scroll_into_view();
    }
}

fn search() -> String {
    location().search().unwrap_or_default()
}
