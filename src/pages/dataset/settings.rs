//! The forms that change a data set's description, replace its rows, and delete it.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_core::dashboards::Uses;
use rolecall_core::datasets::{DataSet, Failing, MAX_DESCRIPTION_CHARS, MAX_TITLE_CHARS, QueryState};
use rolecall_model::{DashboardCard, Role};
use rolecall_routes as routes;
use rolecall_ui::components::time::Moment;

/// Links to the upload forms for the data set `id`.
#[component]
pub(super) fn NewRows(id: String) -> impl IntoView {
    view! {
        <div class="actions">
            <a class="button" href=routes::upload_to_append(&id)>
                "Add rows"
            </a>
            <a class="button" href=routes::upload_to_replace(&id)>
                "Replace all rows"
            </a>
        </div>
    }
}

/// Links administrators to the query, or names the file that has it, and says why its result is old.
#[component]
pub(super) fn QueryOfDataSet(name: String, query: QueryState) -> impl IntoView {
    let QueryState { failing, is_in_file, .. } = query;

    view! {
        {failing
            .map(|Failing { since_ms, why, .. }| {
                view! {
                    <div class="notice notice-warn">
                        <p dir="auto">"Could not be refreshed since " <Moment ms=since_ms/> ". " {why}</p>
                    </div>
                }
            })}
        {if is_in_file {
            view! {
                <p>
                    "This data set is in the file " <code>{format!("config/datasets/{name}.toml")}</code>
                    ". Change title, role and query there. Rolecall reads the file when it starts."
                </p>
            }
                .into_any()
        } else {
            view! {
                <div class="actions">
                    <a class="button" href=routes::dataset_query(&name)>
                        "Edit the query"
                    </a>
                </div>
            }
                .into_any()
        }}
    }
}

/// Title, description and lowest role.
#[component]
pub(super) fn Description(
    dataset: Arc<DataSet>,
    /// The highest role that may be chosen.
    highest: Role,
) -> impl IntoView {
    let options = Role::ALL.into_iter().filter(|role| *role <= highest).map(|role| {
        view! {
            <option value=role.key() selected=role == dataset.role>
                {role.name()}
            </option>
        }
    });

    view! {
        <section class="panel span-6" aria-labelledby="description">
            <h2 id="description">"Title and role"</h2>
            <form class="fields" method="post" action=routes::API_DESCRIBE_DATASET>
                <input type="hidden" name="id" value=dataset.data.dataset.clone()/>
                <input type="hidden" name="revision" value=dataset.revision/>
                <div>
                    <label for="title">"Title"</label>
                    <input id="title" name="title" value=dataset.title.clone() required maxlength=MAX_TITLE_CHARS dir="auto"/>
                </div>
                <div>
                    <label for="about">"What is in it"</label>
                    <input id="about" name="description" value=dataset.description.clone() maxlength=MAX_DESCRIPTION_CHARS dir="auto"/>
                </div>
                <div>
                    <label for="role">"The lowest role that sees it"</label>
                    <select id="role" name="role">
                        {options.collect_view()}
                    </select>
                </div>
                <button class="button button-primary" type="submit">
                    "Save"
                </button>
            </form>
        </section>
    }
}

/// Deletes it, after its name was typed as a confirmation.
#[component]
pub(super) fn Removal(
    dataset: Arc<DataSet>,
    /// The panels that use it, which will then say that they do not fit their data.
    uses: Uses,
) -> impl IntoView {
    let Uses { open, others } = uses;
    let others = match (open.is_empty(), others) {
        (true, 0) => Some("No dashboard shows it.".to_owned()),
        (false, 0) => None,
        (_, 1) => Some("1 panel that is not open to you shows it.".to_owned()),
        (_, others) => Some(format!("{others} panels that are not open to you show it.")),
    };
    let open = open.into_iter().map(|shown| {
        let DashboardCard { slug, title, .. } = shown.dashboard;
        view! {
            <li>
                <a href=routes::dashboard(&slug)>
                    <bdi>{title}</bdi>
                </a>
            </li>
        }
    });
    let open = open.collect_view();
    view! {
        <section class="panel span-6" aria-labelledby="delete">
            <h2 id="delete">"Delete"</h2>
            {(!open.is_empty())
                .then(|| view! { <p>"These dashboards show it. Without it, the panels over it stop working:"</p> <ul>{open}</ul> })}
            {others.map(|others| view! { <p>{others}</p> })}
            <p>"It is kept for 30 days and can be restored under “Deleted” on the page of all data sets."</p>
            <form class="fields" method="post" action=routes::API_DELETE_DATASET>
                <input type="hidden" name="id" value=dataset.data.dataset.clone()/>
                <div>
                    <label for="confirmation">"To delete it, write its name: " <code>{dataset.name.clone()}</code></label>
                    <input id="confirmation" name="confirmation" required autocomplete="off" autocapitalize="none" spellcheck="false"/>
                </div>
                <button class="button" type="submit">
                    "Delete this data set"
                </button>
            </form>
        </section>
    }
}
