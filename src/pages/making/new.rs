//! Makes a dashboard: from a data set, with proposed panels, or an empty one.

use std::sync::Arc;

use axum::http::StatusCode;
use leptos::prelude::*;
use rolecall_core::dashboards::{Dashboard, Editor, Origin, Person, StoreError, Typed, empty};
use rolecall_core::datasets::{DataSet, one_line};
use rolecall_core::spec_files::FieldMistake;
use rolecall_model::spec::DashboardSpec;
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_ui::caller;
use rolecall_ui::components::notices::StepUpNotice;
use rolecall_ui::page::{Answer, Asked, FormAnswer, Page, Reply};

use super::fields::{Choice, Form, hidden};
use super::shown::panels_of;
use super::who_sees::{Audience, WhoWillSee};

/// The number of data sets from which on there is a search field.
const SEARCH_FROM: usize = 11;

/// The data sets to choose from; if the address names one, a preview of the dashboard for it.
///
/// # Errors
/// As [`caller::require`] below Write; [`AppError::NotFound`] for a data set that is not open to the caller.
pub async fn new(asked: Asked) -> Answer {
    caller::require(Role::Write)?;
    match asked.value("dataset") {
        Some(name) => {
            let (dataset, spec) = proposed(&name).await?;
            let typed: Typed = [("title", spec.title.clone()), ("role", spec.role.key().to_owned())]
                .map(|(name, value)| (name.to_owned(), value))
                .into_iter()
                .collect();
            proposal(&asked, &dataset, &spec, &typed, &[]).await
        }
        None => choice(&asked).await,
    }
}

/// Makes the dashboard, and redirects to its editor.
///
/// # Errors
/// As [`new`].
pub async fn make(asked: Asked, typed: Typed) -> FormAnswer {
    let sign_in = caller::require(Role::Write)?;
    let role = caller::open_role();
    let title = one_line(typed.get("title"));
    let mut mistakes = Vec::new();
    let wanted = typed.get("role").parse().unwrap_or(Role::Read);
    if role < Some(wanted) {
        let what = "The role of a dashboard can be no higher than your own.";
        mistakes.push(FieldMistake { at: "role".to_owned(), what: what.to_owned() });
    }
    let name = typed.get("dataset");
    let (dataset, spec) = if name.is_empty() {
        (None, empty(&title, wanted))
    } else {
        let (dataset, proposed) = proposed(name).await?;
        if wanted < dataset.role {
            let what = format!(
                "Only people with the role {} or a higher one see the data set. Choose that role or a higher one.",
                dataset.role
            );
            mistakes.push(FieldMistake { at: "role".to_owned(), what });
        }
        (Some(dataset), DashboardSpec { title, role: wanted, ..proposed })
    };
    let editor = Editor::of(&sign_in, role).ok_or(AppError::Forbidden { needed: Role::Write })?;
    if mistakes.is_empty() {
        match caller::dashboards()?.create(&spec, "Made", editor).await {
            Ok(slug) => return Ok(Reply::GoOn(routes::of_dashboard(routes::DASHBOARD_EDIT, &slug))),
            Err(StoreError::Mistakes(found)) => mistakes = found,
            Err(error) => return Err(error.for_browser(caller::internal)),
        }
    }
    let Some(dataset) = dataset else {
        let message = mistakes.into_iter().map(|mistake| mistake.what).collect::<Vec<_>>().join(" ");
        return Err(AppError::Invalid { message });
    };
    let page = proposal(&asked, &dataset, &spec, &typed, &mistakes).await?;
    Ok(Reply::Page(StatusCode::UNPROCESSABLE_ENTITY, page))
}

/// The data set `name`, if it is open to the caller, and a proposed dashboard for it.
async fn proposed(name: &str) -> Result<(Arc<DataSet>, DashboardSpec), AppError> {
    let (dataset, sign_in) = caller::dataset(name).await?;
    let (dashboards, auth) = (caller::dashboards()?, caller::auth()?);
    let viewer = Person::SignedIn(&sign_in, caller::open_role()).rule_viewer(&auth, dataset.needs_claims()).await;
    let viewer = viewer.map_err(|error| caller::internal(&error))?;
    let spec = dashboards.propose(&dataset, &viewer).await.map_err(|error| caller::internal(&error))?;
    Ok((dataset, spec))
}

/// The form for a dashboard on `dataset`, with its preview.
async fn proposal(
    asked: &Asked,
    dataset: &DataSet,
    spec: &DashboardSpec,
    typed: &Typed,
    mistakes: &[FieldMistake],
) -> Answer {
    let sign_in = caller::require(Role::Write)?;
    let role = caller::open_role();
    let shown = DashboardSpec { title: dataset.title.clone(), role: dataset.role, ..spec.clone() };
    let draft = Dashboard::of("", shown, Origin::Draft)
        .map_err(|mistakes| caller::internal(&StoreError::Mistakes(mistakes)))?;
    let dashboards = caller::dashboards()?;
    let panels = panels_of(&dashboards, &draft, Person::SignedIn(&sign_in, role)).await?;
    let panels: String = panels.into_iter().flatten().collect();
    let form = Form { typed, mistakes };
    let catalogue = dashboards.datasets().catalogue().await.map_err(|error| caller::internal(&error))?;
    let audiences = Audience::by_role(&draft.spec, &catalogue, role, open_roles(dataset.role, role));
    let roles = roles(dataset.role, role);
    let view = view! {
        <div class="page-head">
            <p>
                <a href=routes::dataset(&dataset.name)>
                    <bdi>{dataset.title.clone()}</bdi>
                </a>
            </p>
            <h1>"Make a dashboard"</h1>
            <p class="lead">"This is what Rolecall proposes for the data set. Everything can be changed afterwards."</p>
        </div>
        <StepUpNotice here=asked.here()/>
        {form.summary()}
        <form class="panel fields" method="post" action=routes::DASHBOARD_NEW>
            {hidden("dataset", &dataset.name)}
            {form.text("title", "Title", Some(200))}
            {form.choice("role", "Lowest role that opens it", roles, false)}
            <WhoWillSee of=audiences/>
            <button class="button button-primary" type="submit">
                "Make this dashboard"
            </button>
        </form>
        <section aria-labelledby="proposal">
            <h2 id="proposal">"How it will look"</h2>
            <div class="panels whole-dashboard" inner_html=panels></div>
        </section>
    };
    Ok(Page::new("Make a dashboard", view))
}

/// The roles from `least` to `most`.
pub(super) fn open_roles(least: Role, most: Option<Role>) -> impl Iterator<Item = Role> {
    Role::ALL.into_iter().filter(move |role| *role >= least && Some(*role) <= most)
}

/// The same as choices.
pub(super) fn roles(least: Role, most: Option<Role>) -> Vec<Choice> {
    open_roles(least, most).map(|role| (role.key().to_owned(), role.name().to_owned())).collect()
}

/// The data sets that the caller's role may open.
async fn choice(asked: &Asked) -> Answer {
    let role = caller::open_role();
    let catalogue = caller::dashboards()?.datasets().catalogue().await.map_err(|error| caller::internal(&error))?;
    let open: Vec<&Arc<DataSet>> = catalogue.values().filter(|dataset| dataset.is_open_to(role)).collect();
    let has_search = open.len() >= SEARCH_FROM;
    let search = asked.value("q").unwrap_or_default();
    let text = search.trim().to_lowercase();
    let matches = |dataset: &DataSet| dataset.title.to_lowercase().contains(&text) || dataset.name.contains(&text);
    let found = open.into_iter().filter(|dataset| matches(dataset)).map(|dataset| {
        view! {
            <li class="card card-link">
                <a class="card-title" href=routes::dashboard_of(&dataset.name)>
                    <bdi>{dataset.title.clone()}</bdi>
                </a>
                <p class="muted" dir="auto">
                    {dataset.description.clone()}
                </p>
            </li>
        }
    });
    let found = found.collect_view();
    let nothing = found.is_empty().then(|| view! { <p class="muted" role="status">"No data set was found."</p> });
    let view = view! {
        <div class="page-head">
            <p>
                <a href=routes::DASHBOARDS>"Dashboards"</a>
            </p>
            <h1>"Make a dashboard"</h1>
            <p class="lead">"Choose the data that it shows first. Panels with other data can be added later."</p>
            <div class="actions">
                <a class="button" href=routes::UPLOADS>
                    "Upload a file"
                </a>
                <a class="button" href=routes::DASHBOARD_IMPORT>
                    "Import a dashboard"
                </a>
            </div>
        </div>
        <StepUpNotice here=asked.here()/>
        {has_search
            .then(|| {
                view! {
                    <form class="fields-row" role="search" action=routes::DASHBOARD_NEW>
                        <div>
                            <label for="q">"Search by name"</label>
                            <input type="search" id="q" name="q" value=search dir="auto"/>
                        </div>
                        <button class="button" type="submit">
                            "Search"
                        </button>
                    </form>
                }
            })}
        <ul class="cards">{found}</ul>
        {nothing}
        <section class="panel" aria-labelledby="empty">
            <h2 id="empty">"Or begin with an empty one"</h2>
            <p class="muted">"At first, everybody with the role Read or a higher one can open it. You can change that in its settings."</p>
            <form class="fields" method="post" action=routes::DASHBOARD_NEW>
                <div>
                    <label for="empty-title">"Title"</label>
                    <input id="empty-title" name="title" required maxlength="200" dir="auto" autocomplete="off"/>
                </div>
                <button class="button" type="submit">
                    "Make an empty dashboard"
                </button>
            </form>
        </section>
    };
    Ok(Page::new("Make a dashboard", view))
}
