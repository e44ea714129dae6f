//! Changes of stored dashboards. Each is told to the log with who made it, and is made from the version that somebody saw, or not
//! at all.

use rolecall_model::spec::DashboardSpec;
use rolecall_sign_in::db::Transaction;

use super::editor::Editor;
use super::entries::Removed;
use super::error::StoreError;
use super::history::Stored;
use super::notes_back::closed_note;
use super::slug::{candidates, is_reserved, wish};
use super::store::{self, NewDashboardVersion};
use crate::audit::{Entry, Kind};
use crate::dashboards::Dashboards;
use crate::dashboards::spec::{ClosedPanels, Dashboard, Origin};
use crate::datasets::outlines;
use crate::request_id::CurrentRequest;
use crate::spec_files::FieldMistake;

/// The longest document, in bytes of its JSON.
const MAX_BYTES: usize = 64 * 1024;

/// What a new version is to be.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// Its document.
    pub spec: &'a DashboardSpec,
    /// What changed, in a few words.
    pub change: &'a str,
    /// The version whose document it takes up again.
    pub restored_from: Option<i64>,
}

impl Dashboards {
    /// Makes a dashboard of `spec`, which is `by`'s, and returns its name in addresses: made of its title, with a number where
    /// another one has that.
    ///
    /// # Errors
    /// [`StoreError::Mistakes`] for a document that cannot be; [`StoreError::TooMany`] for who owns as many as one person may.
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

    /// Makes `new` the version after that of `stored`, and returns its number.
    ///
    /// # Errors
    /// [`StoreError::Mistakes`] for a document that cannot be; [`StoreError::Changed`] where another version came first, or it is
    /// not `by`'s to change any more; [`StoreError::Closed`] where a panel would change that is closed to them.
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
        // The document of a version never changes, so it is what the new one takes the place of; the roles of data sets are those of
        // this moment.
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

    /// Deletes the dashboard `stored`, if it is still that version. It can be had back for 30 days, unless its owner deletes more than
    /// they may own meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Changed`] where another version came first, it is deleted already, or it is not `by`'s to change any more.
    pub async fn delete(&self, stored: &Stored, by: Editor<'_>) -> Result<(), StoreError> {
        let slug = stored.slug.as_str();
        let mut transaction = self.db().begin().await?;
        if !store::delete(&mut transaction, (slug, stored.edition.version), by, self.clock.now_ms()).await? {
            return Err(StoreError::Changed);
        }
        self.put_in_force(transaction, slug, "Deleted", (by, self.entry(slug, "Deleted", by))).await
    }

    /// Takes the deletion of the dashboard `slug` back.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where there is none that `by` may change; [`StoreError::NameTaken`]; [`StoreError::TooMany`].
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

    /// What was deleted and `by` may have back, the latest `most` first.
    pub async fn deleted(&self, by: Editor<'_>, most: u32) -> Result<Vec<Removed>, StoreError> {
        Ok(store::deleted(self.db(), by, most.into()).await?)
    }

    /// How many dashboards `by` may own.
    fn limit_for(&self, by: Editor<'_>) -> Option<u32> {
        (!by.is_admin).then_some(self.limits.per_owner)
    }

    /// What the audit says of a change.
    fn entry(&self, dashboard: &str, change: &str, by: Editor<'_>) -> Entry {
        let entry = Entry::new(Kind::DashboardChanged, self.clock.now_ms()).by(by.user);
        entry.from_address(CurrentRequest::client()).with("dashboard", dashboard).with("change", change)
    }

    /// Puts in force what `transaction` holds, with the `entry` of the audit; tells the log, and lets this instance show the change
    /// at once.
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
        // Even a lost answer may be that of a commit that is in force.
        self.cache.forget();
        self.datasets().tell_of_change();
        committed?;
        tracing::info!(dashboard, change, user = by.user, "a dashboard was changed");
        Ok(())
    }
}

/// `spec` as JSON, where it is a dashboard that can be.
fn checked(slug: &str, spec: &DashboardSpec) -> Result<String, StoreError> {
    Dashboard::of(slug, spec.clone(), Origin::Draft).map_err(StoreError::Mistakes)?;
    let document = serde_json::to_string(spec).map_err(|error| StoreError::Document(slug.to_owned(), error))?;
    if document.len() > MAX_BYTES {
        let what = format!("A dashboard can have {} kB at most. Leave something out.", MAX_BYTES / 1024);
        return Err(StoreError::Mistakes(vec![FieldMistake::new("panels", what)]));
    }
    Ok(document)
}
