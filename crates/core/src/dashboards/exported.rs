//! A panel that is exported: its picture, and its audit entry.

use rolecall_panels::{chart_svg, figures_svg, table_svg};
use rolecall_sign_in::plain;

use super::data::PanelData;
use super::open_panel::OpenPanel;
use super::table::{note, shown};
use crate::audit::{Entry, EntryKind};

/// The picture of `panel` with its `data`, an SVG document; for a table, of its current page. `None` if the panel has
/// no values.
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

/// How much of the panel's filters the audit stores, in characters: an address can contain more.
const FILTERS_MAX_CHARS: usize = 1_000;

impl OpenPanel<'_> {
    /// The audit entry of an export at `at_ms`, Unix milliseconds (UTC), in a `format` such as `csv`, with the number
    /// of `rows` for values.
    #[must_use]
    pub fn exported(&self, format: &'static str, rows: Option<usize>, at_ms: i64) -> Entry {
        let entry = Entry::new(EntryKind::PanelExported, at_ms).with("dashboard", self.dashboard.slug.as_str());
        let entry = entry.with("panel", self.panel.spec.id.as_str()).with("format", format);
        let filters = plain(self.filter_fields(), FILTERS_MAX_CHARS);
        let entry = if filters.is_empty() { entry } else { entry.with("filters", filters) };
        match rows {
            Some(rows) => entry.with("rows", rows),
            None => entry,
        }
    }
}
