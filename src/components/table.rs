//! The data behind the charts, a page at a time.
//!
//! The table is the server's. The island turns its pages in place, so that a note being written stays; each page has an address
//! of its own, which works without a script and after Back.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsValue;
use rolecall_model::AppError;
use rolecall_model::panels::{Column, TablePage};

use super::error_notice::ErrorNotice;
use super::number::grouped;
use super::rows::push_row;
use super::server_html::ServerHtml;
use crate::api::dashboards::table_page;

/// The id of the panel, for the links that turn the page.
const PANEL: &str = "data";

#[component]
pub fn TablePanel(
    /// The name of the dashboard in paths.
    slug: String,
    table: TablePage,
) -> impl IntoView {
    let (page, pages) = (table.page, table.pages);

    view! {
        <section class="panel panel-table" id=PANEL aria-labelledby="data-title">
            <h2 id="data-title">"Data"</h2>
            <TurningTable
                slug
                page
                pages
                caption=format!("{} rows", grouped(table.total.into()))
                headings=headings_html(&table.columns).into()
                rows=rows_html(&table).into()
            />
        </section>
    }
}

/// A page of the table, with links to the previous and the next.
#[island]
pub fn TurningTable(
    slug: String,
    /// The page that the server sent, from 1.
    page: u32,
    pages: u32,
    caption: String,
    headings: ServerHtml,
    rows: ServerHtml,
) -> impl IntoView {
    let body = NodeRef::<html::Tbody>::new();
    let shown = RwSignal::new(page);
    let failed = RwSignal::new(None::<AppError>);
    // The page that was asked for last, so that an answer that comes late changes nothing.
    let wanted = StoredValue::new(page);
    let slug = StoredValue::new(slug);
    let turn = move |to: u32, is_new: bool| {
        wanted.set_value(to);
        spawn_local(async move {
            let answer = table_page(slug.get_value(), to).await;
            if wanted.get_value() != to {
                return;
            }
            match answer {
                Ok(table) => {
                    if let Some(body) = body.get_untracked() {
                        body.set_inner_html(&rows_html(&table));
                    }
                    failed.set(None);
                    shown.set(table.page);
                    if is_new {
                        remember(table.page);
                    }
                }
                Err(error) => failed.set(Some(error)),
            }
        });
    };
    Effect::new(move |_| {
        let back = window_event_listener(ev::popstate, move |_| turn(page_in_address(), false));
        on_cleanup(move || back.remove());
    });
    let turn = Callback::new(move |to| turn(to, true));

    view! {
        <div class="scroll" role="region" tabindex="0" aria-labelledby="data-caption" hidden=move || failed.with(Option::is_some)>
            <table>
                <caption id="data-caption">{caption}</caption>
                <thead inner_html=headings.html()></thead>
                <tbody node_ref=body inner_html=rows.html()></tbody>
            </table>
        </div>
        {move || failed.get().map(failure)}
        <nav class="pager" aria-label="Pages of the data">
            <PageLink rel="prev" label="Previous" shown to=move || shown.get().saturating_sub(1).max(1) turn/>
            <span role="status">"Page " {move || grouped(shown.get().into())} " of " {grouped(pages.into())}</span>
            <PageLink rel="next" label="Next" shown to=move || shown.get().saturating_add(1).min(pages) turn/>
        </nav>
    }
}

/// Why a page of the table cannot be shown.
fn failure(error: AppError) -> AnyView {
    match error {
        // The role opened it before: otherwise there would be no panel.
        AppError::Forbidden { .. } => view! {
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

/// The link to the previous or next page.
///
/// At an end it is disabled and leads to the page itself. It keeps its `href`, because a link that loses it also loses the focus,
/// and people who turn pages by keyboard would have to start over.
#[component]
fn PageLink(
    /// The relation of the other page to this one (HTML, section 4.6.7).
    rel: &'static str,
    label: &'static str,
    shown: RwSignal<u32>,
    /// The other page, or this one at an end.
    #[prop(into)]
    to: Signal<u32>,
    turn: Callback<u32>,
) -> impl IntoView {
    let at_end = move || shown.get() == to.get();
    let follow = move |event: ev::MouseEvent| {
        // With a key held, a link opens a tab or a window of its own, which is the browser's business.
        if event.button() != 0 || event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() {
            return;
        }
        event.prevent_default();
        if !untrack(at_end) {
            turn.run(to.get_untracked());
        }
    };

    view! {
        <a
            class="button"
            rel=rel
            href=move || page_href(to.get())
            aria-disabled=move || at_end().then_some("true")
            on:click=follow
        >
            {label}
        </a>
    }
}

/// Puts the address of `page` into the browser's history, and shows the table from its top, as the link would.
fn remember(page: u32) {
    // A browser may refuse after very many pages in a short time. The page is shown all the same.
    let _ =
        window().history().and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&page_href(page))));
    if let Some(panel) = document().get_element_by_id(PANEL) {
        panel.scroll_into_view();
    }
}

/// The page of the table that the address names, else the first.
fn page_in_address() -> u32 {
    let query = location().search().unwrap_or_default();
    let mut fields = query.trim_start_matches('?').split('&');
    fields.find_map(|field| field.strip_prefix("page=")?.parse().ok()).unwrap_or(1)
}

/// The rows of a page of the table.
fn rows_html(table: &TablePage) -> String {
    let numeric: Vec<bool> = table.columns.iter().map(|column| column.numeric).collect();
    let mut html = String::new();
    for cells in &table.rows {
        push_row(&mut html, cells.iter().map(String::as_str).zip(numeric.iter().copied()));
    }
    html
}

/// The row of headings.
fn headings_html(columns: &[Column]) -> String {
    let headings = columns.iter().map(|column| {
        view! {
            <th class=column.numeric.then_some("num") scope="col" dir="auto">
                {column.name.clone()}
            </th>
        }
    });
    view! { <tr>{headings.collect_view()}</tr> }.to_html()
}

/// The address of another page of the table, relative to the dashboard's.
fn page_href(page: u32) -> String {
    format!("?page={page}#{PANEL}")
}
