//! A data set: title, facts, columns, and the dashboards that use it.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_core::dashboards::{DashboardUse, Uses};
use rolecall_core::datasets::{DataSet, QueryState};
use rolecall_model::data::DataColumn;
use rolecall_routes as routes;
use rolecall_ui::components::badge::RoleBadge;
use rolecall_ui::components::number::{grouped, size};
use rolecall_ui::components::small_table::{Heading, SmallTable};
use rolecall_ui::components::time::Moment;

/// Title, description and facts. Its size is shown only to people who see all `rows`.
#[component]
pub(super) fn Head(dataset: Arc<DataSet>, owner: Option<String>, rows: u64, sees_all: bool) -> impl IntoView {
    let rows = if sees_all { dataset.data.rows } else { rows };
    let (name, title, description) = (dataset.name.clone(), dataset.title.clone(), dataset.description.clone());
    let (kind, role, bytes, updated_at_ms) = (dataset.kind, dataset.role, dataset.bytes, dataset.updated_at_ms);

    view! {
        <div class="page-head">
            <p>
                <a href=routes::DATASETS>"Data"</a>
            </p>
            <h1 dir="auto">{title}</h1>
            {(!description.is_empty())
                .then(|| {
                    view! {
                        <p class="lead" dir="auto">
                            {description}
                        </p>
                    }
                })}
            <dl class="facts">
                <Fact name="Name in dashboards">
                    <code>{name}</code>
                </Fact>
                <Fact name="Kind">{kind.name()}</Fact>
                <Fact name=if sees_all { "Rows" } else { "Rows that you see" }>{grouped(rows)}</Fact>
                {sees_all.then(|| view! { <Fact name="Size">{size(bytes)}</Fact> })}
                <Fact name="Updated">
                    <Moment ms=updated_at_ms/>
                </Fact>
                {dataset.query.clone().map(|query| view! { <QueryFacts query/> })}
                <Fact name="From role">
                    <RoleBadge role=Some(role)/>
                </Fact>
                {owner
                    .map(|owner| {
                        view! {
                            <Fact name="Owner">
                                <bdi>{owner}</bdi>
                            </Fact>
                        }
                    })}
            </dl>
        </div>
    }
}

/// The source of a queried data set's rows, and their age.
#[component]
fn QueryFacts(query: QueryState) -> impl IntoView {
    let kept = humantime::format_duration(query.fresh).to_string();

    view! {
        <Fact name="Connection">
            <code>{query.connection}</code>
        </Fact>
        <Fact name="Kept for">{kept}</Fact>
        <Fact name="Asked last">
            <Moment ms=query.refreshed_at_ms/>
        </Fact>
    }
}

#[component]
fn Fact(name: &'static str, children: Children) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{children()}</dd>
        </div>
    }
}

/// The columns with their types.
#[component]
pub(super) fn Columns(
    dataset: Arc<DataSet>,
    /// The number of missing cells in each column, if counted.
    missing: Option<Vec<u64>>,
) -> impl IntoView {
    let counted = missing.is_some();
    let missing = missing.unwrap_or_default();
    let row = |(at, column): (usize, &DataColumn)| {
        view! {
            <tr>
                <th scope="row" dir="auto">
                    {column.name.clone()}
                </th>
                <td>{column.column_type.to_string()}</td>
                {counted.then(|| view! { <td class="num">{missing.get(at).copied().map(grouped)}</td> })}
            </tr>
        }
    };
    let rows = dataset.data.columns.iter().enumerate().map(row).collect_view();
    let counts = counted.then(|| Heading::number("Missing values"));
    let headings = ["Column", "Type"].map(Heading::text).into_iter().chain(counts).collect();

    view! {
        <section class="panel span-6" aria-labelledby="columns">
            <h2 id="columns">"Columns"</h2>
            <SmallTable label="Table of columns" headings is_tall=true>
                {rows}
            </SmallTable>
        </section>
    }
}

/// The dashboards that use it. The number of other dashboards is shown only to people who may change it.
#[component]
pub(super) fn UsedBy(
    name: String,
    uses: Uses,
    may_change: bool,
    /// Whether the page has a link to a new dashboard elsewhere.
    is_led_on: bool,
) -> impl IntoView {
    let is_used = !uses.open.is_empty();
    let item = |DashboardUse { dashboard, panels }: DashboardUse| {
        view! {
            <li>
                <a href=routes::dashboard(&dashboard.slug)>
                    <bdi>{dashboard.title}</bdi>
                </a>
                ": "
                <bdi>{panels.join(", ")}</bdi>
            </li>
        }
    };
    let items = uses.open.into_iter().map(item).collect_view();
    let others = (may_change && uses.others > 0).then(|| match uses.others {
        1 => "One panel that you cannot see shows it, too.".to_owned(),
        others => format!("{others} panels that you cannot see show it, too."),
    });

    view! {
        <section class="panel span-6" aria-labelledby="uses">
            <h2 id="uses">"Dashboards that show it"</h2>
            {(!is_led_on)
                .then(|| {
                    view! {
                        <a class="button" href=routes::dashboard_of(&name)>
                            "Make a dashboard"
                        </a>
                    }
                })}
            {if is_used {
                view! { <ul class="plain-list">{items}</ul> }.into_any()
            } else {
                view! { <p class="muted">"No dashboard that you can open shows it."</p> }.into_any()
            }}
            {others.map(|others| view! { <p class="muted">{others}</p> })}
        </section>
    }
}
