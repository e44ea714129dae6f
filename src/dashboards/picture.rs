//! The picture of a panel.

use rolecall_panels::{chart_svg, figures_svg, table_svg};

use super::data::PanelData;
use super::open_panel::OpenPanel;
use super::table::{note, shown};

/// The picture of `panel` with its `data`, an SVG document: of a table, the page that they are. `None` where they are no values.
#[must_use]
pub fn picture_of(panel: &OpenPanel<'_>, data: &PanelData) -> Option<String> {
    let (spec, zone, filters) = (&panel.panel().spec, panel.zone(), panel.filters_in_words());
    match data {
        PanelData::Figures(result, compared) => Some(figures_svg(spec, result, zone, compared, &filters)),
        PanelData::Chart(result) => Some(chart_svg(spec, result, zone, &filters)),
        PanelData::Table(page) => Some(table_svg(spec, &shown(page, note(panel, page).as_deref()), zone, &filters)),
        PanelData::Text(_) | PanelData::Note(_) | PanelData::SignIns(_) | PanelData::Unavailable(_) => None,
    }
}
