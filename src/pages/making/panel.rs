//! The form of a panel, with a preview beside it.

use axum::http::StatusCode;
use leptos::prelude::*;
use rolecall_core::dashboards::{DashboardChange, FormKind, Typed, fitting, in_form, read_panel, typed_panel};
use rolecall_core::spec_files::FieldMistake;
use rolecall_model::AppError;
use rolecall_model::data::DataColumn;
use rolecall_routes as routes;
use rolecall_ui::caller::{self, Changing};
use rolecall_ui::components::document::PANEL_FORM_SCRIPT;
use rolecall_ui::components::notices::StepUpNotice;
use rolecall_ui::page::{Answer, Asked, FormAnswer, Page, Reply};

use super::conflict::conflict;
use super::fields::{Form, hidden};
use super::kept::kept;
use super::panel_fields::panel_fields;
use super::preview::Preview;
use super::save::{SaveOutcome, closed_in, panel_mistakes, refuse_closed, save, version_of};

/// The form of a new panel, on the data set of the first panel that is open to the caller.
///
/// # Errors
/// As [`caller::dashboard_to_change`].
pub async fn add(asked: Asked) -> Answer {
    let changing = changing(&asked).await?;
    let open = closed_in(&changing, &[]).await?.left_out_of(&changing.stored.spec);
    let dataset = open.panels.into_iter().find_map(|panel| panel.dataset);
    let fields = [("kind", "bar".to_owned()), ("dataset", dataset.unwrap_or_default())];
    let typed: Typed = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let version = changing.stored.edition.version;
    let preview = Preview::Nothing;
    PanelForm { asked: &asked, changing: &changing, version, was: None, typed, mistakes: vec![], preview }.page().await
}

/// The form of the panel on the path.
///
/// # Errors
/// As [`caller::dashboard_to_change`]; [`AppError::NotFound`] if the panel does not exist or is closed to the caller.
pub async fn edit_panel(asked: Asked) -> Answer {
    let changing = changing(&asked).await?;
    let id = routes::last_on_path(&asked.path);
    let panel = changing.stored.spec.panels.iter().find(|panel| panel.id == id).ok_or(AppError::NotFound)?;
    refuse_closed(&changing, id).await?;
    let (typed, version) = (typed_panel(panel), changing.stored.edition.version);
    let preview = Preview::Of(Box::new(panel.clone()));
    PanelForm { asked: &asked, changing: &changing, version, was: Some(id), typed, mistakes: vec![], preview }
        .page()
        .await
}

/// Handles the form: shows it again with the fields for the current choices, or with a preview, or saves the panel.
///
/// # Errors
/// Errors on our side. For all others the form is shown again with its input.
pub async fn save_panel(asked: Asked, typed: Typed) -> FormAnswer {
    let changing = match changing(&asked).await {
        Ok(changing) => changing,
        Err(error) => return kept(error, &typed),
    };
    let was = (!asked.path.ends_with("/add")).then(|| routes::last_on_path(&asked.path));
    let typed = typed.compact();
    let version = version_of(&typed)?;
    let spec = &changing.stored.spec;
    let columns = columns_of(&typed).await?;
    // Saving uses exactly what was sent. While a person is choosing, values that no longer fit are dropped.
    let typed = if matches!(typed.get("do"), "save" | "preview") { typed } else { fitting(typed, &columns) };
    let read = read_panel(&typed, &columns);
    let (mut panel, mut mistakes) = (read.spec, read.mistakes);
    if panel.id.is_empty() {
        let written = caller::dashboards()?.written_notes(&changing.stored.slug).await;
        let written = written.map_err(|error| error.for_browser(caller::internal))?;
        panel.id = DashboardChange::new_id(spec, &panel.title, |id| written.contains(id));
    }
    let kind: Option<FormKind> = typed.get("kind").parse().ok();
    if !FormKind::open_to(changing.role).any(|open| Some(open) == kind) {
        mistakes.push(FieldMistake { at: "kind".to_owned(), what: "Choose one of the kinds.".to_owned() });
    }
    if panel.role > changing.role {
        let what = "Choose a role that is no higher than your own.".to_owned();
        mistakes.push(FieldMistake { at: "role".to_owned(), what });
    }
    let change = match was {
        None => DashboardChange::Add(panel.clone()),
        Some(id) => DashboardChange::Replace(id.to_owned(), panel.clone()),
    };
    let changed = change.of(spec).map_err(|_| AppError::NotFound)?;
    let at = changed.panels.iter().position(|of| *of == panel).unwrap_or_default();
    mistakes.extend(in_form(panel_mistakes(&changed, at).await?, &panel, kind.unwrap_or(FormKind::Figure)));
    let form = |mistakes: Vec<FieldMistake>| PanelForm {
        asked: &asked,
        changing: &changing,
        version,
        was,
        typed: typed.clone(),
        preview: Preview::after(&mistakes, &panel),
        mistakes,
    };
    match typed.get("do") {
        "save" if mistakes.is_empty() => match save(&changing, version, &change).await {
            Ok(SaveOutcome::Saved(_)) => {
                let edit = routes::of_dashboard(routes::DASHBOARD_EDIT, &changing.stored.slug);
                Ok(Reply::GoOn(format!("{edit}#edit-{}", panel.id)))
            }
            Ok(SaveOutcome::Mistakes(mistakes)) => {
                Ok(Reply::Page(StatusCode::UNPROCESSABLE_ENTITY, form(mistakes).page().await?))
            }
            Err(step_up @ AppError::StepUp { .. }) => Err(step_up),
            Err(error) => kept(error, &typed),
            Ok(SaveOutcome::Conflict) => {
                let changing = caller::dashboard_to_change(&changing.stored.slug).await?;
                let mine = change.of(&changing.stored.spec).map_err(|_| AppError::NotFound)?;
                conflict(&asked, &changing, version, &typed, &mine).await
            }
        },
        "save" => Ok(Reply::Page(StatusCode::UNPROCESSABLE_ENTITY, form(mistakes).page().await?)),
        "preview" => Ok(form(mistakes).page().await?.into()),
        // While the form is incomplete, missing values are only reported beside the preview.
        _ => {
            let preview = Preview::after(&mistakes, &panel);
            let shown = PanelForm { preview, ..form(Vec::new()) };
            Ok(shown.page().await?.into())
        }
    }
}

async fn changing(asked: &Asked) -> Result<Changing, AppError> {
    caller::dashboard_to_change(routes::slug_of_dashboard(&asked.path).unwrap_or_default()).await
}

/// The columns of the chosen data set, if it is open to the caller.
async fn columns_of(typed: &Typed) -> Result<Vec<DataColumn>, AppError> {
    let catalogue = caller::dashboards()?.datasets().catalogue().await.map_err(|error| caller::internal(&error))?;
    let dataset = catalogue.get(typed.get("dataset")).filter(|dataset| dataset.is_open_to(caller::open_role()));
    Ok(dataset.map(|dataset| dataset.data.columns.clone()).unwrap_or_default())
}

/// A form to show.
struct PanelForm<'a> {
    asked: &'a Asked,
    changing: &'a Changing,
    /// The version of the dashboard that it started from.
    version: i64,
    /// The id of the panel that it changes; `None` for a new one.
    was: Option<&'a str>,
    typed: Typed,
    mistakes: Vec<FieldMistake>,
    preview: Preview,
}

impl PanelForm<'_> {
    async fn page(self) -> Answer {
        let stored = &self.changing.stored;
        let edit = routes::of_dashboard(routes::DASHBOARD_EDIT, &stored.slug);
        let preview = self.preview.html(self.changing, self.was).await?;
        let columns = columns_of(&self.typed).await?;
        let form = Form { typed: &self.typed, mistakes: &self.mistakes };
        let fields = panel_fields(&form, &columns, stored.spec.role, self.changing.role).await?;
        let title = match self.was {
            Some(_) => format!("Edit “{}”", self.typed.get("title")),
            None => "Add a panel".to_owned(),
        };
        let view = view! {
            <div class="page-head">
                <p>
                    <a href=edit.clone()>
                        <bdi>{format!("Edit “{}”", stored.spec.title)}</bdi>
                    </a>
                </p>
                <h1 dir="auto">{title.clone()}</h1>
            </div>
            <StepUpNotice here=self.asked.here()/>
            <div id="summary">{form.summary()}</div>
            <div class="panels">
                <form class="panel span-6 panel-form" method="post" action=self.asked.path.clone() data-live="">
                    {hidden("version", self.version)}
                    {fields}
                    <div class="actions">
                        <button class="button button-primary" type="submit" name="do" value="save">
                            "Save panel"
                        </button>
                        <button class="button" type="submit" name="do" value="preview">
                            "Preview"
                        </button>
                        <a class="button" href=edit>
                            "Cancel"
                        </a>
                    </div>
                </form>
                {preview}
            </div>
            <script type="module" src=PANEL_FORM_SCRIPT></script>
        };
        Ok(Page { has_own_script: true, ..Page::new(title, view) })
    }
}
