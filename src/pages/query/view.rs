//! The page as a whole.

use leptos::prelude::*;
use rolecall_core::datasets::{DataSet, DatasetError, Way};
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_ui::caller;
use rolecall_ui::components::notices::StepUpNotice;
use rolecall_ui::page::{Answer, Asked, Page};

use super::changes::ChangesOf;
use super::fields::{QueryFields, QueryOf, QueryOutcome};
use super::form::QueryForm;
use super::result::TriedResult;

/// The form for a new data set.
///
/// # Errors
/// As [`caller::require`] below Admin.
pub async fn new_query(asked: Asked) -> Answer {
    query_page(asked, QueryOf::New, QueryFields::default(), None).await
}

/// The form of the data set named by the path.
///
/// # Errors
/// [`AppError::NotFound`] for one that is not queried; [`AppError::Invalid`] for one that is defined in a file; as
/// [`caller::require`] below Admin.
pub async fn edit_query(asked: Asked) -> Answer {
    caller::require(Role::Admin)?;
    let name = asked.parameter.clone().unwrap_or_default();
    let (dataset, _) = caller::dataset(&name).await?;
    dataset.check_way(Way::Query).map_err(|error| not_queried(&dataset, error))?;
    let query = caller::dashboards()?.datasets().query_of(&dataset).await;
    let query = query.map_err(|error| error.for_browser(caller::internal))?;
    let fields = QueryFields::of_query(query, dataset.revision);
    query_page(asked, QueryOf::DataSet(name), fields, None).await
}

/// The error if the query of `dataset` cannot be changed because of `error`.
#[must_use]
pub fn not_queried(dataset: &DataSet, error: DatasetError) -> AppError {
    if dataset.is_in_file() { error.for_browser(caller::internal) } else { AppError::NotFound }
}

/// The form with `fields`, and the result of the last step.
///
/// # Errors
/// As [`caller::require`] below Admin.
pub async fn query_page(asked: Asked, of: QueryOf, fields: QueryFields, outcome: Option<QueryOutcome>) -> Answer {
    caller::require(Role::Admin)?;
    let dashboards = caller::dashboards()?;
    let connections: Vec<String> = dashboards.datasets().connections().names().map(ToOwned::to_owned).collect();
    let (title, lead, back) = match &of {
        QueryOf::New => (
            "Query a database".to_owned(),
            "The rows that a SELECT returns become a data set. When they are too old, Rolecall asks the database again.",
            (routes::DATASETS.to_owned(), "Data".to_owned()),
        ),
        QueryOf::DataSet(name) => (
            format!("The query of {name}"),
            "When you save it, Rolecall asks the database, and the new rows replace those that are there.",
            (routes::dataset(name), name.clone()),
        ),
    };
    let mut accepts = None;
    let content = match outcome {
        None => None,
        Some(QueryOutcome::Tried(tried)) => Some(view! { <TriedResult tried/> }.into_any()),
        Some(QueryOutcome::Refused(sentence)) => {
            caller::unprocessable();
            Some(view! { <Refused sentence/> }.into_any())
        }
        Some(QueryOutcome::OtherColumns(columns, changes)) => {
            caller::unprocessable();
            accepts = serde_json::to_string(&columns).ok();
            let QueryOf::DataSet(name) = &of else { return Err(AppError::NotFound) };
            let broken = dashboards.broken_by(name, &columns).await.map_err(|error| caller::internal(&error))?;
            let (dataset, _) = caller::dataset(name).await?;
            let is_gone = |ruled: &String| !columns.iter().any(|column| column.name == *ruled);
            let ruled = dataset.row_rules.iter().map(|rule| rule.column.clone()).filter(is_gone).collect();
            Some(view! { <ChangesOf changes broken ruled/> }.into_any())
        }
    };
    let action = asked.path.clone();
    let form = if connections.is_empty() {
        view! { <NoConnections/> }.into_any()
    } else {
        view! { <QueryForm action of fields connections accepts/> }.into_any()
    };
    let view = view! {
        <div class="page-head">
            <p>
                <a href=back.0>
                    <bdi>{back.1}</bdi>
                </a>
            </p>
            <h1 dir="auto">{title.clone()}</h1>
            <p class="lead">{lead}</p>
        </div>
        <StepUpNotice here=asked.here()/>
        <div class="panels">{content} {form}</div>
    };
    Ok(Page::new(title, view))
}

#[component]
fn Refused(sentence: String) -> impl IntoView {
    view! {
        <section class="notice notice-bad" role="alert" aria-labelledby="refused">
            <h2 id="refused">"That did not work"</h2>
            <p class="query-refused" dir="auto">
                {sentence}
            </p>
        </section>
    }
}

#[component]
fn NoConnections() -> impl IntoView {
    view! {
        <section class="notice">
            <h2>"There are no connections yet"</h2>
            <p>
                "A connection is a database that may be queried. The operator of Rolecall adds it to the configuration, as "
                <code>"[connections.<name>]"</code> ", with an account that only reads."
            </p>
        </section>
    }
}
