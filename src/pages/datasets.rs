//! The list of data sets.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_core::datasets::{Changer, DataSet, Deleted, RuleViewer};
use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_ui::caller;
use rolecall_ui::components::badge::RoleBadge;
use rolecall_ui::components::deleted::{DeletedList, DeletedThing, MOST_DELETED, Restore};
use rolecall_ui::components::notices::StepUpNotice;
use rolecall_ui::components::number::{grouped, size};
use rolecall_ui::components::small_table::{Heading, SmallTable};
use rolecall_ui::components::time::Moment;
use rolecall_ui::page::{Answer, Asked, Page};

/// The number of data sets from which on there is a search field.
const SEARCH_FROM: usize = 11;

/// The data sets that the viewer's role may open, and those that the viewer deleted.
///
/// # Errors
/// As [`caller::require`] below Write.
pub async fn datasets(asked: Asked) -> Answer {
    let sign_in = caller::require(Role::Write)?;
    let role = caller::open_role();
    let dashboards = caller::dashboards()?;
    let datasets = dashboards.datasets();
    let internal = |error: &(dyn std::error::Error + 'static)| caller::internal(error);
    let catalogue = datasets.catalogue().await.map_err(|error| internal(&error))?;
    let by = Changer { user: sign_in.user_id, role };
    let deleted = datasets.deleted(by, MOST_DELETED).await.map_err(|error| internal(&error))?;
    let open: Vec<Arc<DataSet>> = catalogue.values().filter(|dataset| dataset.is_open_to(role)).cloned().collect();
    let open = datasets.all_own_up_to_date(open).await;
    let has_search = open.len() >= SEARCH_FROM;
    let search = asked.value("q").filter(|text| has_search && !text.trim().is_empty());
    let found = open.iter().filter(|dataset| search.as_deref().is_none_or(|text| matches(dataset, text)));
    let found: Vec<Arc<DataSet>> = found.cloned().collect();
    let may_query = role >= Some(Role::Admin);
    let view = view! {
        <div class="page-head">
            <h1>"Data"</h1>
            <p class="lead">"Data sets are the tables that dashboards show."</p>
            <div class="actions">
                <a class="button button-primary" href=routes::UPLOADS>
                    "Upload a file"
                </a>
                {may_query
                    .then(|| {
                        view! {
                            <a class="button" href=routes::NEW_QUERY>
                                "Query a database"
                            </a>
                        }
                    })}
            </div>
        </div>
        <StepUpNotice here=asked.here()/>
        {has_search.then(|| view! { <Search text=search.clone().unwrap_or_default()/> })}
        <List found search is_empty=open.is_empty() role/>
        {(!deleted.is_empty())
            .then(|| {
                let deleted = deleted.into_iter().map(listed).collect();
                view! { <DeletedList heading="Data set" deleted/> }
            })}
    };
    Ok(Page::new("Data", view))
}

/// Whether `text` occurs in the title or the name of `dataset`, ignoring case.
fn matches(dataset: &DataSet, text: &str) -> bool {
    let text = text.trim().to_lowercase();
    dataset.title.to_lowercase().contains(&text) || dataset.name.contains(&text)
}

#[component]
fn Search(text: String) -> impl IntoView {
    view! {
        <form class="fields-row" role="search" action=routes::DATASETS>
            <div>
                <label for="q">"Search by name"</label>
                <input type="search" id="q" name="q" value=text dir="auto"/>
            </div>
            <button class="button" type="submit">
                "Search"
            </button>
        </form>
    }
}

/// The results, or what to do if there are none.
#[component]
fn List(found: Vec<Arc<DataSet>>, search: Option<String>, is_empty: bool, role: Option<Role>) -> impl IntoView {
    if is_empty {
        return view! {
            <section class="notice">
                <h2>"There are no data sets yet"</h2>
                <p>"Upload a CSV file or a spreadsheet: it becomes a data set, and dashboards can show it."</p>
            </section>
        }
        .into_any();
    }
    if found.is_empty() {
        return view! {
            <p class="muted" role="status">
                "No data set matches “" <bdi>{search.unwrap_or_default()}</bdi> "”. "
                <a href=routes::DATASETS>"Show all"</a>
            </p>
        }
        .into_any();
    }
    let rows = found.into_iter().map(|dataset| view! { <Row dataset role/> }).collect_view();
    let texts = ["Data set", "Kind"].map(Heading::text).into_iter();
    let numbers = ["Rows", "Size"].map(Heading::number);
    let headings = texts.chain(numbers).chain(["Updated", "From role"].map(Heading::text)).collect();
    view! {
        <SmallTable label="Data sets" headings>
            {rows}
        </SmallTable>
    }
    .into_any()
}

/// A data set. Its size is shown only to people who may see all of it.
#[component]
fn Row(dataset: Arc<DataSet>, role: Option<Role>) -> impl IntoView {
    let sees_all = dataset.row_filters(&RuleViewer::with_role(role)).is_empty();
    let of_all = |text: String| if sees_all { text } else { "by row rules".to_owned() };

    view! {
        <tr>
            <th scope="row" class="long">
                <a href=routes::dataset(&dataset.name)>
                    <bdi>{dataset.title.clone()}</bdi>
                </a>
                <br/>
                <code>{dataset.name.clone()}</code>
            </th>
            <td>{dataset.kind.name()}</td>
            <td class="num">{of_all(grouped(dataset.data.rows))}</td>
            <td class="num">{of_all(size(dataset.bytes))}</td>
            <td>
                <Moment ms=dataset.updated_at_ms/>
            </td>
            <td>
                <RoleBadge role=Some(dataset.role)/>
            </td>
        </tr>
    }
}

/// A deleted data set in the list.
fn listed(deleted: Deleted) -> DeletedThing {
    let Deleted { id, name, title, deleted_at_ms, .. } = deleted;
    let restore = Restore { action: routes::API_UNDELETE_DATASET, field: ("id", id), called: name.clone() };
    DeletedThing { title, name, deleted_at_ms, restore }
}
