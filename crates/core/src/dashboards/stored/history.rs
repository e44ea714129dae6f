//! Stored dashboards, their current and earlier versions.

use std::collections::HashMap;

use rolecall_model::Role;
use rolecall_model::spec::DashboardSpec;

use super::entries::HistoryEntry;
use super::error::StoreError;
use super::store;
use crate::dashboards::Dashboards;
use crate::dashboards::spec::{ClosedPanels, Dashboard, Edition, Origin};
use crate::datasets::Catalogue;

/// A version of a stored dashboard, with its document.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its name in addresses.
    pub slug: String,
    /// The owner and version.
    pub edition: Edition,
    /// The document.
    pub spec: DashboardSpec,
}

impl Stored {
    /// The validated dashboard.
    ///
    /// # Errors
    /// [`StoreError::Mistakes`] if an earlier version of Rolecall allowed what this one does not.
    pub fn dashboard(&self) -> Result<Dashboard, StoreError> {
        let origin = Origin::Stored(self.edition);
        Dashboard::of(&self.slug, self.spec.clone(), origin).map_err(StoreError::Mistakes)
    }
}

impl Dashboards {
    /// The stored dashboard `slug`, read from the database now: for changes.
    pub async fn stored(&self, slug: &str) -> Result<Option<Stored>, StoreError> {
        match store::edition(self.db(), slug).await? {
            Some(edition) => self.document(slug, edition).await,
            None => Ok(None),
        }
    }

    /// The `version` of the dashboard of `stored`.
    pub async fn version(&self, stored: &Stored, version: i64) -> Result<Option<Stored>, StoreError> {
        self.document(&stored.slug, Edition { version, ..stored.edition }).await
    }

    async fn document(&self, slug: &str, edition: Edition) -> Result<Option<Stored>, StoreError> {
        let Some((document, _)) = store::document(self.db(), slug, edition.version).await? else { return Ok(None) };
        let spec = serde_json::from_str(&document).map_err(|error| StoreError::Document(slug.to_owned(), error))?;
        Ok(Some(Stored { slug: slug.to_owned(), edition, spec }))
    }

    /// The versions of `stored` after the cursor `after`, the latest first, for a person who may use `role`:
    /// descriptions of panels that are closed to them are left out.
    pub async fn history(
        &self,
        stored: &Stored,
        after: i64,
        role: Option<Role>,
    ) -> Result<Vec<HistoryEntry>, StoreError> {
        let mut entries = store::versions(self.db(), &stored.slug, after).await?;
        if role == Some(Role::Admin) {
            return Ok(entries);
        }
        let catalogue = self.datasets().catalogue().await?;
        let closed_in = |documents: &[&DashboardSpec]| closed_of(documents, role, &catalogue);
        let documents = store::documents(self.db(), &stored.slug, after).await?;
        let read = |(version, text): (i64, String)| Some((version, serde_json::from_str(&text).ok()?));
        let documents: HashMap<i64, DashboardSpec> = documents.into_iter().filter_map(read).collect();
        for entry in &mut entries {
            let (before, of) = (documents.get(&(entry.version - 1)), documents.get(&entry.version));
            entry.can_be_restored = match of {
                Some(of) => {
                    let closed = closed_in(&[&stored.spec, of]);
                    let is_same = role >= Some(of.role) && closed.changed_between(&stored.spec, of).is_none();
                    is_same && self.closed_notes(stored, of, role).await?.is_empty()
                }
                None => false,
            };
            // The first version is about no panel in particular.
            if entry.version > 1 {
                entry.change = entry.change.take().filter(|words| match (before, of) {
                    (Some(before), Some(of)) => {
                        !closed_in(&[&stored.spec, before, of]).are_named_in(words, &[before, of])
                    }
                    _ => !words.contains('“'),
                });
            }
        }
        Ok(entries)
    }

    /// The panels of `documents` that are closed to a person who may use `role`.
    ///
    /// # Errors
    /// When the list of data sets cannot be read.
    pub async fn closed_panels(
        &self,
        documents: &[&DashboardSpec],
        role: Option<Role>,
    ) -> Result<ClosedPanels, StoreError> {
        Ok(closed_of(documents, role, &*self.datasets().catalogue().await?))
    }

    /// The version that an undo of the current one restores: the one before it or, if it restored an earlier one, the
    /// one before that. `None` if that is no longer kept.
    pub async fn before(&self, stored: &Stored) -> Result<Option<i64>, StoreError> {
        let current = stored.edition.version;
        let latest = store::versions(self.db(), &stored.slug, current - 1).await?;
        let latest = latest.into_iter().find(|entry| entry.version == current);
        let before = latest.and_then(|entry| entry.restored_from).unwrap_or(current) - 1;
        Ok(store::document(self.db(), &stored.slug, before).await?.map(|_| before))
    }

    /// The version whose document the version `of` has: itself, unless it restored an earlier one.
    pub async fn root_of(&self, stored: &Stored, of: i64) -> Result<i64, StoreError> {
        let versions = store::versions(self.db(), &stored.slug, of - 1).await?;
        Ok(versions.into_iter().find(|entry| entry.version == of).and_then(|entry| entry.restored_from).unwrap_or(of))
    }
}

fn closed_of(documents: &[&DashboardSpec], role: Option<Role>, catalogue: &Catalogue) -> ClosedPanels {
    ClosedPanels::to(role, documents, |name| catalogue.outline(name))
}
