//! What dashboards take their data from.

use rolecall_model::panels::SignInFigures;
use rolecall_sign_in::Auth;
use rolecall_sign_in::db::Db;

use super::error::DashboardsError;
use super::note_versions::NoteVersions;
use super::shared_count::SharedCount;
use crate::datasets::Datasets;

/// What dashboards take their data from. Clones share everything.
#[derive(Clone)]
pub(super) struct Sources {
    pub(super) db: Db,
    pub(super) datasets: Datasets,
    pub(super) note_versions: NoteVersions,
    sign_in_count: SharedCount,
}

impl Sources {
    pub(super) fn new(db: Db, auth: Auth, datasets: Datasets) -> Self {
        Self { note_versions: NoteVersions::new(db.clone()), db, datasets, sign_in_count: SharedCount::new(auth) }
    }

    /// Live figures about sign-ins, some seconds old at most where somebody looks at them all the time.
    pub(super) async fn sign_in_figures(&self) -> Result<SignInFigures, DashboardsError> {
        self.sign_in_count.figures().await
    }
}
