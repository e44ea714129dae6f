//! The editor of a dashboard: its settings, and its panels in their layout.

use std::num::NonZeroUsize;

use axum::http::StatusCode;
use leptos::prelude::*;
use rolecall_core::dashboards::{
    DashboardChange, Person, StoreError, Typed, at_filter_field, pairs_taken_apart, read_filters, typed_filters,
};
use rolecall_core::spec_files::FieldMistake;
use rolecall_model::spec::DashboardSpec;
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_ui::caller::{self, Changing};
use rolecall_ui::components::document::ARRANGE_SCRIPT;
use rolecall_ui::components::notices::StepUpNotice;
use rolecall_ui::page::{Answer, Asked, FormAnswer, Page, Reply};

use super::conflict::{DELETE, conflict};
use super::done::{Done, DoneNotice, UndoForm, address};
use super::edited_panel::{EditedPanel, PanelPosition};
use super::fields::Form;
use super::filters::{filter_columns, filter_mistakes, filters_form};
use super::history::undo;
use super::kept::kept;
use super::new::open_roles;
use super::save::{SaveOutcome, closed_in, save, version_of};
use super::settings::{WaysOn, read_settings, settings_form, typed_settings};
use super::shown::panels_of;
use super::who_sees::{Audience, WhoSees};

/// The editor of the dashboard on the path.
///
/// # Errors
/// As [`caller::dashboard_to_change`].
pub async fn edit(asked: Asked) -> Answer {
    let changing = caller::dashboard_to_change(routes::slug_of_dashboard(&asked.path).unwrap_or_default()).await?;
    let typed = typed_settings(&changing.stored.spec);
    editor(&asked, &changing, &typed, &[]).await
}

/// Handles a form of the editor.
///
/// # Errors
/// Errors on our side. For all others the form is shown again with its input.
pub async fn change(asked: Asked, typed: Typed) -> FormAnswer {
    let slug = routes::slug_of_dashboard(&asked.path).unwrap_or_default();
    let changing = match caller::dashboard_to_change(slug).await {
        Ok(changing) => changing,
        Err(error) => return kept(error, &typed),
    };
    let from = version_of(&typed)?;
    if typed.get("do") == DELETE {
        return delete(&asked, &changing, from, &typed).await;
    }
    if typed.get("do") == "undo" {
        return undo(&asked, &changing, from, &typed).await;
    }
    let typed = pairs_taken_apart(typed).compact();
    let change = match change_of(&typed, &changing).await? {
        Ok(change) => change,
        Err(mistakes) => return refused(&asked, &changing, &typed, &mistakes).await,
    };
    let outcome = match save(&changing, from, &change).await {
        Ok(outcome) => outcome,
        Err(step_up @ AppError::StepUp { .. }) => return Err(step_up),
        Err(error) => return kept(error, &typed),
    };
    match outcome {
        SaveOutcome::Saved(version) => {
            let before = &changing.stored.spec;
            let after = change.of(before).map_err(|_| AppError::NotFound)?;
            // Of a copy, it is the copy that is new.
            let panel = change.panel().filter(|_| !matches!(change, DashboardChange::Duplicate(..)));
            Ok(Reply::GoOn(address(slug, version, (before, &after), panel)))
        }
        SaveOutcome::Mistakes(mistakes) => refused(&asked, &changing, &typed, &mistakes).await,
        SaveOutcome::Conflict => {
            let changing = caller::dashboard_to_change(slug).await?;
            let mine = change.of(&changing.stored.spec).unwrap_or_else(|_| changing.stored.spec.clone());
            conflict(&asked, &changing, from, &typed, &mine).await
        }
    }
}

/// Deletes the dashboard of `changing`, if `from` is still its current version.
async fn delete(asked: &Asked, changing: &Changing, from: i64, typed: &Typed) -> FormAnswer {
    let slug = &changing.stored.slug;
    if from == changing.stored.edition.version {
        match caller::dashboards()?.delete(&changing.stored, changing.editor()?).await {
            Ok(()) => return Ok(Reply::GoOn(format!("{}?deleted={slug}", routes::DASHBOARDS))),
            Err(StoreError::Changed) => {}
            Err(error) => return Err(error.for_browser(caller::internal)),
        }
    }
    let changing = caller::dashboard_to_change(slug).await?;
    let gone = DashboardSpec { panels: Vec::new(), ..changing.stored.spec.clone() };
    conflict(asked, &changing, from, typed, &gone).await
}

/// The change that a button of the editor means.
async fn change_of(typed: &Typed, changing: &Changing) -> Result<Result<DashboardChange, Vec<FieldMistake>>, AppError> {
    match typed.get("do") {
        "filters" => {}
        "duplicate" => {
            let written = caller::dashboards()?.written_notes(&changing.stored.slug).await;
            let written = written.map_err(|error| error.for_browser(caller::internal))?;
            return Ok(Ok(DashboardChange::Duplicate(typed.get("panel").to_owned(), written)));
        }
        _ => return Ok(change_of_button(typed, changing)),
    }
    let spec = &changing.stored.spec;
    let closed = closed_in(changing, &[]).await?;
    let open = closed.left_out_of(spec);
    let filters = match read_filters(typed, &filter_columns(&open).await?, |id| closed.has_filter(id)) {
        Ok(filters) => filters,
        Err(mistakes) => return Ok(Err(mistakes)),
    };
    let mistakes = filter_mistakes(DashboardSpec { filters: filters.clone(), ..open }).await?;
    Ok(if mistakes.is_empty() { Ok(DashboardChange::Filters(closed.put_back(spec, filters))) } else { Err(mistakes) })
}

fn change_of_button(typed: &Typed, changing: &Changing) -> Result<DashboardChange, Vec<FieldMistake>> {
    let panel = || typed.get("panel").to_owned();
    let mistake = |at: &str, what: &str| vec![FieldMistake { at: at.to_owned(), what: what.to_owned() }];
    Ok(match typed.get("do") {
        "settings" => DashboardChange::Settings(read_settings(typed, changing.role)?),
        "delete" => DashboardChange::Delete(panel()),
        "earlier" => DashboardChange::Earlier(panel()),
        "later" => DashboardChange::Later(panel()),
        "move" => {
            let place: Option<NonZeroUsize> = typed.get("to").parse().ok();
            let place = place.ok_or_else(|| mistake("to", "Type a position, counted from 1."))?;
            DashboardChange::Move(panel(), place.get() - 1)
        }
        "width" => {
            let width = typed.get("width").parse();
            DashboardChange::Width(
                panel(),
                width.map_err(|_| mistake("width", "Type a number of columns, from 1 to 12."))?,
            )
        }
        _ => return Err(mistake("", "This form cannot be read. Load the page again.")),
    })
}

async fn refused(asked: &Asked, changing: &Changing, typed: &Typed, mistakes: &[FieldMistake]) -> FormAnswer {
    let settings = typed_settings(&changing.stored.spec);
    let mut mistakes = mistakes.to_vec();
    let typed = match typed.get("do") {
        "settings" => typed.clone(),
        // The settings have their own form, separate from the filters.
        "filters" => {
            typed.fields().chain(settings.fields()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
        }
        _ => {
            // The page has no fields for mistakes in panels.
            for mistake in mistakes.iter_mut().filter(|mistake| !mistake.at.starts_with("filters")) {
                mistake.at.clear();
            }
            settings
        }
    };
    let page = editor(asked, changing, &typed, &mistakes).await?;
    Ok(Reply::Page(StatusCode::UNPROCESSABLE_ENTITY, page))
}

async fn editor(asked: &Asked, changing: &Changing, typed: &Typed, mistakes: &[FieldMistake]) -> Answer {
    let (dashboards, stored) = (caller::dashboards()?, &changing.stored);
    let dashboard = stored.dashboard().map_err(|error| error.for_browser(caller::internal))?;
    let person = Person::SignedIn(&changing.sign_in, changing.role);
    caller::looked_at(&dashboard, &changing.sign_in).await?;
    let shown = panels_of(&dashboards, &dashboard, person).await?;
    let (slug, version, spec) = (stored.slug.clone(), stored.edition.version, &stored.spec);
    let catalogue = dashboards.datasets().catalogue().await.map_err(|error| caller::internal(&error))?;
    let audience = Audience::of(spec, &catalogue, changing.role);
    let roles = open_roles(Role::Read, changing.role);
    let audiences = Audience::by_role(spec, &catalogue, changing.role, roles);
    let count = spec.panels.len();
    let panels = spec.panels.iter().zip(shown).enumerate().map(|(at, (panel, html))| {
        let place = PanelPosition { number: at + 1, count };
        view! { <EditedPanel slug=slug.clone() version panel=panel.clone() place html/> }
    });
    let mut panels: Vec<AnyView> = panels.map(IntoAny::into_any).collect();
    let form = Form { typed, mistakes };
    let about_filters: Vec<FieldMistake> = mistakes.iter().map(at_filter_field).collect();
    let is_about_filters = typed.get("do") == "filters";
    let open = closed_in(changing, &[]).await?.left_out_of(spec);
    let filled = if is_about_filters { typed.clone() } else { typed_filters(&open) };
    let filter_form = Form { typed: &filled, mistakes: &about_filters };
    let filters = filters_form(&slug, version, &filter_form, &open).await?;
    let summary = if is_about_filters { filter_form.summary() } else { form.summary() };
    let mut done = Done::asked(asked, changing).await?;
    if let Some(at) = done.as_ref().and_then(|done| done.at) {
        let notice = done.take().map(|done| view! { <DoneNotice slug=slug.clone() version done/> });
        panels.insert(at, notice.into_any());
    }
    let done = done.map(|done| view! { <DoneNotice slug=slug.clone() version done/> });
    let undo = (version > 1).then(|| view! { <UndoForm slug=slug.clone() version/> });
    let view = view! {
        <Head slug=slug.clone() spec=spec.clone()/>
        <StepUpNotice here=asked.here()/>
        {summary}
        {done}
        <div class="actions">
            <a class="button button-primary" href=routes::of_dashboard(routes::DASHBOARD_ADD, &slug)>
                "Add a panel"
            </a>
            {undo}
            <a class="button" href=routes::of_dashboard(routes::DASHBOARD_HISTORY, &slug)>
                {format!("History ({version})")}
            </a>
            <a class="button" href=routes::dashboard(&slug)>
                "Done"
            </a>
        </div>
        {settings_form(&slug, version, &form, changing.role, audiences)}
        {filters}
        <WhoSees slug=slug.clone() of=audience/>
        <div class="panels" data-arrange="">
            {panels}
        </div>
        {(count == 0).then(|| view! { <p class="muted">"There are no panels yet."</p> })}
        <WaysOn slug=slug.clone() version/>
        <script type="module" src=ARRANGE_SCRIPT></script>
    };
    Ok(Page { has_own_script: true, ..Page::new(format!("Edit {}", spec.title), view) })
}

#[component]
fn Head(slug: String, spec: DashboardSpec) -> impl IntoView {
    view! {
        <div class="page-head">
            <p>
                <a href=routes::dashboard(&slug)>"The dashboard"</a>
            </p>
            <h1 dir="auto">{format!("Edit “{}”", spec.title)}</h1>
            <p class="muted">
                "Address: " <code>{routes::dashboard(&slug)}</code> ". Everybody with the role " {spec.role.name()}
                " or a higher one can open it. Its owner and administrators can change it."
            </p>
        </div>
    }
}
