//! Changes to stored dashboards. Each is logged with the person who made it, and fails if the version that they saw is
//! no longer current.

use rolecall_model::spec::DashboardSpec;
use rolecall_sign_in::db::Transaction;

use super::editor::Editor;
use super::entries::Removed;
use super::error::StoreError;
use super::history::Stored;
use super::notes_back::closed_note;
use super::slug::{candidates, is_reserved, wish};
use super::store::{self, NewDashboardVersion};
use crate::audit::{Entry, EntryKind};
use crate::dashboards::Dashboards;
use crate::dashboards::spec::{ClosedPanels, Dashboard, Origin};
use crate::datasets::outlines;
use crate::request_id::CurrentRequest;
use crate::spec_files::FieldMistake;

/// The longest document, in bytes of its JSON.
const MAX_BYTES: usize = 64 * 1024;

/// The content of a new version.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// Its document.
    pub spec: &'a DashboardSpec,
    /// A short description of the change.
    pub change: &'a str,
    /// The version that it restores.
    pub restored_from: Option<i64>,
}

impl Dashboards {
    /// Creates a dashboard from `spec`, owned by `by`, and returns its name in addresses: derived from its title, with
    /// a number if the name is taken.
    ///
    /// # Errors
    /// [`StoreError::Mistakes`] for an invalid document; [`StoreError::TooMany`] if the person owns as many as allowed.
    pub async fn create(&self, spec: &DashboardSpec, change: &str, by: Editor<'_>) -> Result<String, StoreError> {
        let document = checked("", spec)?;
        let first = NewDashboardVersion {
            number: 1,
            document: &document,
            title: &spec.title,
            change,
            restored_from: None,
            created_at_ms: self.clock.now_ms(),
        };
        for slug in candidates(&wish(&spec.title)) {
            let is_taken = is_reserved(&slug) || self.cache.file(&slug).is_some();
            if is_taken {
                continue;
            }
            let mut transaction = self.db().begin().await?;
            if store::create(&mut transaction, &slug, &first, by, self.limit_for(by)).await? {
                let entry = self.entry(&slug, change, by).with("version", 1).with("role", spec.role.key());
                self.put_in_force(transaction, &slug, change, (by, entry)).await?;
                return Ok(slug);
            }
        }
        Err(StoreError::NameTaken)
    }

    /// Stores `new` as the version after `stored`, and returns its number.
    ///
    /// # Errors
    /// [`StoreError::Mistakes`] for an invalid document; [`StoreError::Changed`] if another version was first, or `by`
    /// may no longer change it; [`StoreError::Closed`] if a panel would change that is closed to them.
    pub async fn save(&self, stored: &Stored, new: New<'_>, by: Editor<'_>) -> Result<i64, StoreError> {
        let document = checked(&stored.slug, new.spec)?;
        let number = stored.edition.version + 1;
        let next = NewDashboardVersion {
            number,
            document: &document,
            title: &new.spec.title,
            change: new.change,
            restored_from: new.restored_from,
            created_at_ms: self.clock.now_ms(),
        };
        let notes = self.notes_back(stored, new.spec).await?;
        let mut transaction = self.db().begin().await?;
        if !store::add_version(&mut transaction, &stored.slug, &next, by).await? {
            return Err(StoreError::Changed);
        }
        // The document of a version never changes, so the new one replaces exactly it; the roles of data sets are the
        // current ones.
        let outlines = outlines(&mut transaction).await?;
        let outline = |name: &str| outlines.get(name).map(|(role, columns)| (*role, columns.as_slice()));
        let closed = ClosedPanels::to(Some(by.role), &[&stored.spec, new.spec], outline);
        let notes = notes.iter().filter_map(|note| closed_note(note, Some(by.role))).max();
        if let Some(needed) = closed.changed_between(&stored.spec, new.spec).max(notes) {
            return Err(StoreError::Closed(needed));
        }
        let entry = self.entry(&stored.slug, new.change, by).with("version", number).with("role", new.spec.role.key());
        let (role_before, is_other) = (stored.spec.role, stored.spec.role != new.spec.role);
        let entry = if is_other { entry.with("role_before", role_before.key()) } else { entry };
        self.put_in_force(transaction, &stored.slug, new.change, (by, entry)).await?;
        Ok(number)
    }

    /// Deletes the dashboard `stored`, if it is still that version. It can be restored for 30 days, unless its owner
    /// deletes more than they may own in the meantime.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if another version was first, it is deleted already, or `by` may no longer change it.
    pub async fn delete(&self, stored: &Stored, by: Editor<'_>) -> Result<(), StoreError> {
        let slug = stored.slug.as_str();
        let mut transaction = self.db().begin().await?;
        if !store::delete(&mut transaction, (slug, stored.edition.version), by, self.clock.now_ms()).await? {
            return Err(StoreError::Changed);
        }
        self.put_in_force(transaction, slug, "Deleted", (by, self.entry(slug, "Deleted", by))).await
    }

    /// Restores the deleted dashboard `slug`.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if there is none that `by` may change; [`StoreError::NameTaken`];
    /// [`StoreError::TooMany`].
    pub async fn undelete(&self, slug: &str, by: Editor<'_>) -> Result<(), StoreError> {
        if self.cache.file(slug).is_some() {
            return Err(StoreError::NameTaken);
        }
        let mut transaction = self.db().begin().await?;
        if !store::undelete(&mut transaction, slug, by, self.limit_for(by)).await? {
            return Err(StoreError::Unknown);
        }
        let change = "Restored after its deletion";
        self.put_in_force(transaction, slug, change, (by, self.entry(slug, change, by))).await
    }

    /// The deleted dashboards that `by` may restore, the latest `most` first.
    pub async fn deleted(&self, by: Editor<'_>, most: u32) -> Result<Vec<Removed>, StoreError> {
        Ok(store::deleted(self.db(), by, most.into()).await?)
    }

    /// How many dashboards `by` may own.
    fn limit_for(&self, by: Editor<'_>) -> Option<u32> {
        (!by.is_admin).then_some(self.limits.per_owner)
    }

    /// The audit entry of a change.
    fn entry(&self, dashboard: &str, change: &str, by: Editor<'_>) -> Entry {
        let entry = Entry::new(EntryKind::DashboardChanged, self.clock.now_ms()).by(by.user);
        entry.from_address(CurrentRequest::client()).with("dashboard", dashboard).with("change", change)
    }

    /// Commits `transaction` with the audit `entry`, logs the change, and lets this instance show it immediately.
    async fn put_in_force(
        &self,
        mut transaction: Transaction,
        dashboard: &str,
        change: &str,
        (by, entry): (Editor<'_>, Entry),
    ) -> Result<(), StoreError> {
        if let Some(audit) = self.datasets().audit() {
            audit.append(&mut transaction, &[entry]).await?;
        }
        let committed = transaction.commit().await;
        // If the answer was lost, the commit may still have succeeded.
        self.cache.forget();
        self.datasets().tell_of_change();
        committed?;
        tracing::info!(dashboard, change, user = by.user, "a dashboard was changed");
        Ok(())
    }
}

/// `spec` as JSON, if it is a valid dashboard.
fn checked(slug: &str, spec: &DashboardSpec) -> Result<String, StoreError> {
    Dashboard::of(slug, spec.clone(), Origin::Draft).map_err(StoreError::Mistakes)?;
    let document = serde_json::to_string(spec).map_err(|error| StoreError::Document(slug.to_owned(), error))?;
    if document.len() > MAX_BYTES {
        let what = format!("A dashboard can have {} kB at most. Leave something out.", MAX_BYTES / 1024);
        return Err(StoreError::Mistakes(vec![FieldMistake::new("panels", what)]));
    }
    Ok(document)
}
