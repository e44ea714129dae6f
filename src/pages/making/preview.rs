//! The preview beside the form of a panel: the panel as its writer sees it. If the input makes no panel, it says what
//! is missing, and shows the panel as it was before. `public/panel-form.js` keeps the last preview.

use leptos::prelude::*;
use rolecall_core::dashboards::{Dashboard, Origin, Person};
use rolecall_core::spec_files::FieldMistake;
use rolecall_model::AppError;
use rolecall_model::spec::{DashboardSpec, PanelKind, PanelSpec};
use rolecall_ui::caller::{self, Changing};

use super::fields::mistake_links;
use super::save::closed_in;
use super::shown::panels_of;

/// The content of the preview.
pub(super) enum Preview {
    /// Nothing yet.
    Nothing,
    Of(Box<PanelSpec>),
    /// There is no panel, for these reasons.
    Missing(Vec<FieldMistake>),
}

impl Preview {
    /// The preview of `panel`, unless it has `mistakes`.
    pub(super) fn after(mistakes: &[FieldMistake], panel: &PanelSpec) -> Self {
        if mistakes.is_empty() { Self::Of(Box::new(panel.clone())) } else { Self::Missing(mistakes.to_vec()) }
    }

    /// The preview for a form that changes the panel `was`.
    ///
    /// # Errors
    /// Errors on our side.
    pub(super) async fn html(self, changing: &Changing, was: Option<&str>) -> Result<AnyView, AppError> {
        let (panel, missing) = match self {
            Self::Nothing => (None, Vec::new()),
            Self::Of(panel) => (Some(*panel), Vec::new()),
            Self::Missing(mistakes) => {
                let saved = changing.stored.spec.panels.iter().find(|panel| Some(panel.id.as_str()) == was);
                (saved.cloned(), mistakes)
            }
        };
        let html = match panel {
            Some(panel) => panel_html(changing, panel).await?,
            None => None,
        };
        let is_stale = (!missing.is_empty() && html.is_some()).then_some("");
        let panel = match html {
            Some(html) => view! { <div class="panels" inner_html=html></div> }.into_any(),
            None => {
                view! { <p class="muted">"Fill in the form, and the panel is shown here as you see it."</p> }.into_any()
            }
        };
        let notice = (!missing.is_empty()).then(|| {
            view! {
                <div class="notice notice-warn">
                    <p>"The preview still needs this:"</p>
                    {mistake_links(&missing)}
                </div>
            }
        });
        Ok(view! {
            <section class="preview span-6" id="preview" aria-labelledby="preview-title">
                <h2 id="preview-title">"Preview"</h2>
                <div id="preview-status" role="status">
                    {notice}
                </div>
                <p class="preview-stale muted">"Below is the panel before these changes."</p>
                <div id="preview-panel" data-stale=is_stale>
                    {panel}
                </div>
            </section>
        }
        .into_any())
    }
}

/// The HTML of `panel` as its writer sees it, if it can be shown.
async fn panel_html(changing: &Changing, panel: PanelSpec) -> Result<Option<String>, AppError> {
    // The text of a note belongs to the dashboard and the panel id, which can be that of a note closed to the writer.
    let slug = if panel.kind == PanelKind::Note && !is_open_note(changing, &panel.id).await? {
        ""
    } else {
        &changing.stored.slug
    };
    // The preview has no other panels, so filters need no exceptions for them.
    let mut filters = changing.stored.spec.filters.clone();
    for filter in &mut filters {
        filter.except.retain(|id| *id == panel.id);
    }
    let spec =
        DashboardSpec { filters, panels: vec![PanelSpec { width: None, ..panel }], ..changing.stored.spec.clone() };
    let Ok(draft) = Dashboard::of(slug, spec, Origin::Draft) else { return Ok(None) };
    let person = Person::SignedIn(&changing.sign_in, changing.role);
    Ok(panels_of(&caller::dashboards()?, &draft, person).await?.into_iter().next().flatten())
}

/// Whether the dashboard has the note `id` now, open to the writer.
async fn is_open_note(changing: &Changing, id: &str) -> Result<bool, AppError> {
    let mut panels = changing.stored.spec.panels.iter();
    let has_note = panels.any(|panel| panel.id == id && panel.kind == PanelKind::Note);
    Ok(has_note && closed_in(changing, &[]).await?.needs(id).is_none())
}
