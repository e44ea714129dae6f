//! The time of an open panel's data, their version or snapshot, and everything else that the cache key of rendered data
//! depends on.

use std::fmt::Write as _;

use rolecall_model::Role;

use super::data::TableRequest;
use super::filters::PanelFilters;
use super::open_panel::{OpenPanel, PanelSource};
use super::sorting::Sorting;
use super::spec::Content;
use crate::datasets::Failing;

/// The last page of a table whose HTML is cached.
const LAST_PAGE_KEPT: u32 = 50;

/// The time of a panel's data. Times are Unix milliseconds (UTC).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// When the current version of its data set was made.
    Version(i64),
    /// They are a snapshot of a database.
    Snapshot {
        /// When the query ran.
        asked_at_ms: i64,
        /// Whether it is older than it should be.
        is_overdue: bool,
        /// The reason, for administrators.
        failing: Option<Failing>,
    },
}

impl OpenPanel<'_> {
    /// The time of its data, if they come from a data set. Why a snapshot is too old is for administrators only.
    #[must_use]
    pub fn as_of(&self) -> Option<AsOf> {
        let PanelSource::DataSet(dataset, _) = &self.source else { return None };
        let Some(query) = &dataset.query else { return Some(AsOf::Version(dataset.updated_at_ms)) };
        Some(AsOf::Snapshot {
            asked_at_ms: query.refreshed_at_ms,
            is_overdue: query.is_overdue(),
            failing: query.failing.clone().filter(|_| self.role >= Some(Role::Admin)),
        })
    }

    /// The cache key for its data, a table as it is `asked` for; `None` for data that can change at any moment, and for
    /// rarely requested tables. Two people with the same key see the same rows.
    #[must_use]
    pub fn key(&self, asked: &TableRequest) -> Option<String> {
        let (dashboard, id) = (self.dashboard.key()?, &self.panel.spec.id);
        // Only tables have pages and an order. Without this check anyone could fill the cache with copies.
        let place = if self.is_table() {
            let sort = Sorting::of(&self.panel.spec, asked.sort.as_deref());
            if asked.page > LAST_PAGE_KEPT || sort.unknown.is_some() {
                return None;
            }
            format!("{}/{:?}", asked.page, sort.asked)
        } else {
            String::new()
        };
        match (&self.source, &self.panel.content) {
            (PanelSource::DataSet(dataset, viewer), _) => {
                let (data, rows) = (&dataset.data, dataset.row_filters(viewer));
                let as_of = self.as_of();
                let mut key = format!("{dashboard}/{id}/{}/{}/{place}/{rows:?}/{as_of:?}", data.dataset, data.version);
                if let Some(filters) = self.filters {
                    let PanelFilters { conditions, compared } = filters.of_panel(self.panel, dataset);
                    // Writing to a string does not fail.
                    _ = write!(key, "/{conditions:?}/{compared:?}/{}", filters.key_of_links(dataset)?);
                }
                Some(key)
            }
            (PanelSource::Itself, Content::Text(_)) => Some(format!("{dashboard}/{id}")),
            _ => None,
        }
    }

    const fn is_table(&self) -> bool {
        matches!(self.panel.content, Content::Rows(_) | Content::Groups(_))
    }
}
