//! The data behind the charts, a page at a time.

use leptos::ev;
use leptos::prelude::*;
use rolecall_model::AppError;
use rolecall_model::panels::{Column, TablePage};

use super::error_notice::ErrorNotice;
use super::number::grouped;
use super::rows::push_row;

/// The table with links to the previous and next page; empty while it loads.
#[component]
pub fn TablePanel(
    /// The page that the address asks for, or why it cannot be shown.
    table: Signal<Option<Result<TablePage, AppError>>>,
) -> impl IntoView {
    let content = move || {
        table.get().map(|table| match table {
            Ok(page) => view! { <TableWithPager page/> }.into_any(),
            // The role opened it before: otherwise there would be no panel.
            Err(AppError::Forbidden { .. }) => view! {
                <p class="notice notice-warn">
                    "You no longer have access to this table: "
                    <a rel="external" href="">
                        "reload the page"
                    </a>
                    "."
                </p>
            }
            .into_any(),
            Err(error) => view! { <ErrorNotice error/> }.into_any(),
        })
    };

    view! {
        <section class="panel panel-table" id="data" aria-labelledby="data-title">
            <h2 id="data-title">"Data"</h2>
            {content}
        </section>
    }
}

#[component]
fn TableWithPager(page: TablePage) -> impl IntoView {
    let TablePage { columns, rows, page, pages, total } = page;
    let numeric: Vec<bool> = columns.iter().map(|column| column.numeric).collect();
    let mut rows_html = String::new();
    for cells in &rows {
        push_row(&mut rows_html, cells.iter().map(String::as_str).zip(numeric.iter().copied()));
    }

    view! {
        <div class="scroll" role="region" tabindex="0" aria-labelledby="data-caption">
            <table>
                <caption id="data-caption">
                    {grouped(total.into())} " rows"
                </caption>
                <thead>
                    <tr>{columns.into_iter().map(heading).collect_view()}</tr>
                </thead>
                <tbody inner_html=rows_html></tbody>
            </table>
        </div>
        <nav class="pager" aria-label="Pages of the data">
            <PageLink rel="prev" label="Previous" from=page to=page.saturating_sub(1).max(1)/>
            <span role="status">"Page " {grouped(page.into())} " of " {grouped(pages.into())}</span>
            <PageLink rel="next" label="Next" from=page to=page.saturating_add(1).min(pages)/>
        </nav>
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
    from: u32,
    /// The other page, or this one at an end.
    to: u32,
) -> impl IntoView {
    let at_end = from == to;
    let stay = move |event: ev::MouseEvent| {
        if at_end {
            event.prevent_default();
        }
    };

    view! {
        <a class="button" rel=rel href=page_href(to) aria-disabled=at_end.then_some("true") on:click=stay>
            {label}
        </a>
    }
}

fn heading(column: Column) -> impl IntoView {
    view! {
        <th class=numeric_class(column.numeric) scope="col" dir="auto">
            {column.name}
        </th>
    }
}

/// The class that aligns numbers to the right.
const fn numeric_class(numeric: bool) -> Option<&'static str> {
    if numeric { Some("num") } else { None }
}

/// The address of another page of the table, relative to the dashboard's.
fn page_href(page: u32) -> String {
    format!("?page={page}#data")
}
