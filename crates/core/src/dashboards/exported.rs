//! A panel that somebody takes out: its picture, and what the audit says of it.

use rolecall_panels::{chart_svg, figures_svg, table_svg};
use rolecall_sign_in::plain;

use super::data::PanelData;
use super::open_panel::OpenPanel;
use super::table::{note, shown};
use crate::audit::{Entry, Kind};

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

/// How much the audit keeps of what the panel was filtered by, in characters: an address can say more.
const FILTERS_MAX_CHARS: usize = 1_000;

impl OpenPanel<'_> {
    /// That it was taken out at `at_ms`, Unix milliseconds (UTC), in a `format` such as `csv`, with as many `rows` where it is values.
    #[must_use]
    pub fn exported(&self, format: &'static str, rows: Option<usize>, at_ms: i64) -> Entry {
        let entry = Entry::new(Kind::PanelExported, at_ms).with("dashboard", self.dashboard.slug.as_str());
        let entry = entry.with("panel", self.panel.spec.id.as_str()).with("format", format);
        let filters = plain(self.filter_fields(), FILTERS_MAX_CHARS);
        let entry = if filters.is_empty() { entry } else { entry.with("filters", filters) };
        match rows {
            Some(rows) => entry.with("rows", rows),
            None => entry,
        }
    }
}
