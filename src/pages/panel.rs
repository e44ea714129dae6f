//! A panel of a dashboard, as HTML.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_model::AppError;
use rolecall_model::spec::PanelSpec;
use rolecall_panels::{chart, figures, text};

use super::rendered::rendered;
use crate::caller;
use crate::components::chart::panel::ChartPanel;
use crate::components::fixed_panel::FixedPanel;
use crate::components::note::NotePanel;
use crate::components::sign_ins::SignInsPanel;
use crate::components::table::TablePanel;
use crate::components::unavailable::UnavailablePanel;
use crate::dashboards::{OpenPanel, PanelData, table_of};

/// The HTML of `panel` of the dashboard `slug`, a table at `page`. What only changes with its data is made once for all who see
/// the same rows.
///
/// # Errors
/// When the data cannot be read.
pub async fn panel_html(slug: &str, panel: &OpenPanel<'_>, page: u32) -> Result<Arc<str>, AppError> {
    let make = async || {
        let data = panel.data(page).await.map_err(|error| caller::internal(&error))?;
        Ok(view_of(slug, panel, data, page).to_html())
    };
    match panel.key(page) {
        Some(key) => rendered(key, make).await,
        None => make().await.map(Arc::from),
    }
}

fn view_of(slug: &str, panel: &OpenPanel<'_>, data: PanelData, page: u32) -> AnyView {
    let (spec, zone) = (&panel.panel().spec, panel.zone());
    let (id, title, width) = (spec.id.clone(), spec.title.clone(), panel.panel().width());
    match data {
        PanelData::Figures(result) => {
            let html = figures(spec, &result, zone);
            view! { <FixedPanel id title quiet=true width html/> }.into_any()
        }
        PanelData::Chart(result) => {
            let chart = chart(spec, &result, zone);
            view! { <ChartPanel id title width unit=chart.unit html=chart.html/> }.into_any()
        }
        PanelData::Table(data) => {
            let table = table_of(panel, &data, page);
            view! { <TablePanel slug=slug.to_owned() id title width html=table.html/> }.into_any()
        }
        PanelData::Text(markdown) => view! { <FixedPanel id title width html=format!("<div class=\"markdown\" dir=\"auto\">{}</div>", text(&markdown))/> }.into_any(),
        PanelData::Note(note) => view! { <NotePanel slug=slug.to_owned() id title width note/> }.into_any(),
        PanelData::SignIns(figures) => view! { <SignInsPanel id title width figures/> }.into_any(),
        PanelData::NoDataSet(name) => unavailable(spec, width, vec![format!("There is no data set “{name}”.")]),
        PanelData::Unfit(mistakes) => unavailable(spec, width, mistakes),
    }
}

/// A panel whose query has no answer until somebody corrects the dashboard or its data set.
fn unavailable(spec: &PanelSpec, width: u8, why: Vec<String>) -> AnyView {
    tracing::warn!(panel = spec.id, ?why, "a panel cannot be shown");
    view! { <UnavailablePanel id=spec.id.clone() title=spec.title.clone() width why/> }.into_any()
}
