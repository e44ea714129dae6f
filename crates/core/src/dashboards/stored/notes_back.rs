//! The text of a note stays when its panel is removed, so that an undo restores both: but not for people to whom the
//! note was closed.

use std::collections::BTreeSet;

use rolecall_model::Role;
use rolecall_model::spec::{DashboardSpec, PanelKind};

use super::error::StoreError;
use super::history::Stored;
use super::store;
use crate::dashboards::spec::ClosedPanels;
use crate::dashboards::{Dashboards, notes};

/// A note that is restored: the id of its panel, and the last document that had it, if that is still kept.
pub(super) type NoteBack = (String, Option<DashboardSpec>);

impl Dashboards {
    /// The ids of notes with a text that are not in `stored` but in `other`, another document of that dashboard: only
    /// those that are closed to a person who may use `role`.
    pub async fn closed_notes(
        &self,
        stored: &Stored,
        other: &DashboardSpec,
        role: Option<Role>,
    ) -> Result<BTreeSet<String>, StoreError> {
        let back = self.notes_back(stored, other).await?.into_iter();
        Ok(back.filter(|note| closed_note(note, role).is_some()).map(|(id, _)| id).collect())
    }

    /// The ids of all notes with a text of the dashboard `slug`, including removed ones.
    pub async fn written_notes(&self, slug: &str) -> Result<BTreeSet<String>, StoreError> {
        Ok(notes::versions(self.db(), slug).await?.into_keys().collect())
    }

    /// The notes with a text that are restored if `new` replaces `stored`.
    pub(super) async fn notes_back(&self, stored: &Stored, new: &DashboardSpec) -> Result<Vec<NoteBack>, StoreError> {
        let ids = new.panels.iter().map(|panel| &panel.id);
        let ids: Vec<&String> = ids.filter(|id| has_note(new, id) && !has_note(&stored.spec, id)).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let written = notes::versions(self.db(), &stored.slug).await?;
        let ids: Vec<&String> = ids.into_iter().filter(|id| written.contains_key(*id)).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut documents = store::documents(self.db(), &stored.slug, 1).await?;
        documents.sort_unstable_by_key(|(version, _)| *version);
        let documents: Vec<DashboardSpec> =
            documents.iter().rev().filter_map(|(_, text)| serde_json::from_str(text).ok()).collect();
        let last = |id: &String| documents.iter().find(|document| has_note(document, id)).cloned();
        Ok(ids.into_iter().map(|id| (id.clone(), last(id))).collect())
    }
}

/// The lowest role for the old `note`, if it is closed to a person who may use `role`.
pub(super) fn closed_note((id, last): &NoteBack, role: Option<Role>) -> Option<Role> {
    match last {
        Some(last) => ClosedPanels::to(role, &[last], |_| None).needs(id),
        None => Some(Role::Admin).filter(|needed| role < Some(*needed)),
    }
}

fn has_note(document: &DashboardSpec, id: &str) -> bool {
    document.panels.iter().any(|panel| panel.id == id && panel.kind == PanelKind::Note)
}
