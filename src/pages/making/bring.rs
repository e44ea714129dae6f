//! Copies, imports and exports of dashboards.

use axum::http::StatusCode;
use leptos::prelude::*;
use rolecall_core::dashboards::{Dashboard, Editor, StoreError, Typed, from_toml, to_toml};
use rolecall_model::spec::DashboardSpec;
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_ui::caller;
use rolecall_ui::components::note_text::textarea_html;
use rolecall_ui::components::notices::StepUpNotice;
use rolecall_ui::page::{Answer, Asked, FormAnswer, Page, Reply};
use tokio::task::spawn_blocking;

use super::save::open_columns;

/// Makes a copy of the dashboard on the path, owned by the caller, and redirects to its editor. Panels that are closed
/// to the caller are left out.
///
/// # Errors
/// As [`caller::dashboard`]; below Write.
pub async fn duplicate(asked: Asked, _: Typed) -> FormAnswer {
    let slug = routes::slug_of_dashboard(&asked.path).unwrap_or_default();
    let (dashboard, _) = caller::dashboard(slug).await?;
    let mut spec = open_document(&dashboard).await?;
    spec.title = format!("{} (copy)", spec.title.chars().take(190).collect::<String>());
    create(&spec, &format!("Made as a copy of “{slug}”")).await
}

/// The document of the dashboard on the path as a file, with the panels that are open to the caller.
///
/// # Errors
/// As [`caller::dashboard`]; below Write.
pub async fn document(asked: Asked) -> FormAnswer {
    caller::require(Role::Write)?;
    let slug = routes::slug_of_dashboard(&asked.path).unwrap_or_default();
    let (dashboard, _) = caller::dashboard(slug).await?;
    let body = to_toml(&open_document(&dashboard).await?).map_err(|error| caller::internal(&error))?;
    Ok(Reply::File { name: format!("{slug}.toml"), kind: "application/toml; charset=utf-8", body })
}

/// The document of `dashboard` with the panels that are open to the caller.
async fn open_document(dashboard: &Dashboard) -> Result<DashboardSpec, AppError> {
    let closed = caller::dashboards()?.closed_panels(&[&dashboard.spec], caller::open_role()).await;
    Ok(closed.map_err(|error| error.for_browser(caller::internal))?.left_out_of(&dashboard.spec))
}

async fn create(spec: &DashboardSpec, change: &str) -> FormAnswer {
    let sign_in = caller::require(Role::Write.max(spec.role))?;
    let editor = Editor::of(&sign_in, caller::open_role()).ok_or(AppError::Forbidden { needed: Role::Write })?;
    match caller::dashboards()?.create(spec, change, editor).await {
        Ok(slug) => Ok(Reply::GoOn(routes::of_dashboard(routes::DASHBOARD_EDIT, &slug))),
        Err(error) => Err(error.for_browser(caller::internal)),
    }
}

/// The form to upload a file.
///
/// # Errors
/// As [`caller::require`] below Write.
pub async fn import(asked: Asked) -> Answer {
    caller::require(Role::Write)?;
    Ok(import_page(&asked, "", &[]))
}

/// Makes a dashboard from a file, and redirects to its editor. Its data sets must exist and be open to the caller: a
/// closed one is reported like a missing one.
///
/// # Errors
/// As [`caller::require`] below Write, or below the role of the dashboard.
pub async fn take_file(asked: Asked, typed: Typed) -> FormAnswer {
    caller::require(Role::Write)?;
    let text = typed.all("file").chain(typed.all("text")).find(|text| !text.trim().is_empty()).unwrap_or_default();
    let catalogue = caller::dashboards()?.datasets().catalogue().await.map_err(|error| caller::internal(&error))?;
    let (file, role) = (text.to_owned(), caller::open_role());
    // A long file with many mistakes takes seconds.
    let read = spawn_blocking(move || from_toml(file, &open_columns(&catalogue, role))).await;
    let mistakes = match read.map_err(|error| caller::internal(&error))? {
        Ok(spec) if caller::open_role() < Some(spec.role) => {
            vec![format!("The role of a dashboard can be no higher than your own. This one has {}.", spec.role)]
        }
        Ok(spec) => {
            let sign_in = caller::require(Role::Write)?;
            let editor =
                Editor::of(&sign_in, caller::open_role()).ok_or(AppError::Forbidden { needed: Role::Write })?;
            match caller::dashboards()?.create(&spec, "Imported", editor).await {
                Ok(slug) => return Ok(Reply::GoOn(routes::of_dashboard(routes::DASHBOARD_EDIT, &slug))),
                Err(StoreError::Mistakes(mistakes)) => mistakes.into_iter().map(|mistake| mistake.what).collect(),
                Err(error) => return Err(error.for_browser(caller::internal)),
            }
        }
        Err(mistakes) => mistakes.iter().map(ToString::to_string).collect(),
    };
    Ok(Reply::Page(StatusCode::UNPROCESSABLE_ENTITY, import_page(&asked, text, &mistakes)))
}

fn import_page(asked: &Asked, text: &str, mistakes: &[String]) -> Page {
    let notice = (!mistakes.is_empty()).then(|| {
        let items = mistakes.iter().map(|mistake| view! { <li dir="auto">{mistake.clone()}</li> }).collect_view();
        view! {
            <section class="notice notice-bad" role="alert" aria-labelledby="mistakes">
                <h2 id="mistakes">"Nothing was imported"</h2>
                <ul>{items}</ul>
            </section>
        }
    });
    let view = view! {
        <div class="page-head">
            <p>
                <a href=routes::DASHBOARD_NEW>"Make a dashboard"</a>
            </p>
            <h1>"Import a dashboard"</h1>
            <p class="lead">"A file as “Export” downloads it, or as config/dashboards holds it."</p>
        </div>
        <StepUpNotice here=asked.here()/>
        {notice}
        <form class="panel fields" method="post" action=routes::DASHBOARD_IMPORT enctype="multipart/form-data">
            <div>
                <label for="file">"File (TOML)"</label>
                <input type="file" id="file" name="file" accept=".toml"/>
            </div>
            <div>
                <label for="text">"Or its text"</label>
                <textarea id="text" name="text" rows="8" dir="ltr" spellcheck="false" inner_html=textarea_html(text)></textarea>
            </div>
            <button class="button button-primary" type="submit">
                "Import"
            </button>
        </form>
    };
    Page::new("Import a dashboard", view)
}
