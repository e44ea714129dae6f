//! Stored dashboards as they are at this moment, and as they were.

use rolecall_model::spec::DashboardSpec;

use super::entries::HistoryEntry;
use super::error::StoreError;
use super::store;
use crate::dashboards::Dashboards;
use crate::dashboards::spec::{Dashboard, Edition, Origin};

/// A version of a stored dashboard, with its document.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its name in addresses.
    pub slug: String,
    /// Who owns it, and which version this is.
    pub edition: Edition,
    /// The document.
    pub spec: DashboardSpec,
}

impl Stored {
    /// As it is shown.
    ///
    /// # Errors
    /// [`StoreError::Mistakes`] where an earlier version of Rolecall allowed what this one does not.
    pub fn dashboard(&self) -> Result<Dashboard, StoreError> {
        let origin = Origin::Stored(self.edition);
        Dashboard::of(&self.slug, self.spec.clone(), origin).map_err(StoreError::Mistakes)
    }
}

impl Dashboards {
    /// The stored dashboard `slug` as the database has it at this moment: for whoever changes it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stored(&self, slug: &str) -> Result<Option<Stored>, StoreError> {
        match store::edition(self.db(), slug).await? {
            Some(edition) => self.document(slug, edition).await,
            None => Ok(None),
        }
    }

    /// The `version` of the dashboard that `stored` is a version of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn version(&self, stored: &Stored, version: i64) -> Result<Option<Stored>, StoreError> {
        self.document(&stored.slug, Edition { version, ..stored.edition }).await
    }

    async fn document(&self, slug: &str, edition: Edition) -> Result<Option<Stored>, StoreError> {
        let Some((document, _)) = store::document(self.db(), slug, edition.version).await? else { return Ok(None) };
        let spec = serde_json::from_str(&document).map_err(|error| StoreError::Document(slug.to_owned(), error))?;
        Ok(Some(Stored { slug: slug.to_owned(), edition, spec }))
    }

    /// The versions of `stored` after the version `after`, the latest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn history(&self, stored: &Stored, after: i64) -> Result<Vec<HistoryEntry>, StoreError> {
        Ok(store::versions(self.db(), &stored.slug, after).await?)
    }

    /// The version that an undo of the current one leads to: the one before it or, where it took up an earlier one again, the one
    /// before that. None where that is not kept any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn before(&self, stored: &Stored) -> Result<Option<i64>, StoreError> {
        let current = stored.edition.version;
        let latest = store::versions(self.db(), &stored.slug, current - 1).await?;
        let latest = latest.into_iter().find(|entry| entry.version == current);
        let before = latest.and_then(|entry| entry.restored_from).unwrap_or(current) - 1;
        Ok(store::document(self.db(), &stored.slug, before).await?.map(|_| before))
    }

    /// The version whose document the version `of` shows: itself, unless it took up an earlier one again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn root_of(&self, stored: &Stored, of: i64) -> Result<i64, StoreError> {
        let versions = store::versions(self.db(), &stored.slug, of - 1).await?;
        Ok(versions.into_iter().find(|entry| entry.version == of).and_then(|entry| entry.restored_from).unwrap_or(of))
    }
}
