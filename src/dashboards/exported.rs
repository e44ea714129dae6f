//! That somebody took a panel out as a file, for the audit.

use rolecall_sign_in::plain;

use super::open_panel::OpenPanel;
use crate::audit::{Entry, Kind};

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
