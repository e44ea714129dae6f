//! Every dashboard in memory, validated: those of files as read at the start, the stored ones at most a second old.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rolecall_sign_in::db::Db;

use super::error::StoreError;
use super::store;
use crate::dashboards::spec::{Dashboard, Edition, Origin};
use crate::latest::Latest;

/// How long the list is fresh: other instances change it too.
const FRESH: Duration = Duration::from_secs(1);

/// The dashboards, sorted by title.
pub type List = Arc<[Arc<Dashboard>]>;

/// Every dashboard. Clones share everything.
#[derive(Clone)]
pub struct DashboardCache {
    db: Db,
    files: List,
    list: Latest<List>,
    /// The latest result from the database; only changed versions are read again.
    read: Arc<Mutex<Reads<HashMap<String, KnownDashboard>>>>,
}

/// The latest read. After a change, a new read can begin before an earlier one has ended.
#[derive(Default)]
struct Reads<T> {
    /// How many reads have begun.
    begun: u64,
    /// The number of the read that `found` this result.
    last: u64,
    found: T,
}

/// A stored dashboard; `None` inside if this version of Rolecall cannot show it.
#[derive(Clone)]
struct KnownDashboard {
    edition: Edition,
    dashboard: Option<Arc<Dashboard>>,
}

impl<T: Clone> Reads<T> {
    /// The number of a new read, and the latest result.
    fn begin(&mut self) -> (u64, T) {
        self.begun += 1;
        (self.begun, self.found.clone())
    }

    /// Stores the result of the read with this `number`, unless a later one has ended already.
    fn end(&mut self, number: u64, found: T) {
        if number > self.last {
            (self.last, self.found) = (number, found);
        }
    }
}

impl DashboardCache {
    pub fn new(db: Db, files: Vec<Dashboard>) -> Self {
        let files = files.into_iter().map(Arc::new).collect();
        Self { db, files, list: Latest::new(FRESH), read: Arc::default() }
    }

    /// The dashboard in the file called `slug`.
    pub fn file(&self, slug: &str) -> Option<&Arc<Dashboard>> {
        self.files.iter().find(|file| file.slug == slug)
    }

    /// Every dashboard, at most a second old. This costs one short query a second, one after each change here, and one
    /// for each changed dashboard.
    pub async fn list(&self) -> Result<List, Arc<StoreError>> {
        self.list.get(self.read()).await
    }

    /// Makes the next call read the list again, because this instance changed it.
    pub fn forget(&self) {
        self.list.forget();
    }

    async fn read(&self) -> Result<List, StoreError> {
        let (number, before) = self.reads().begin();
        let mut now = HashMap::new();
        for (slug, edition) in store::editions(&self.db).await? {
            let known = match before.get(&slug).filter(|known| known.edition == edition) {
                Some(known) => known.clone(),
                None => KnownDashboard { edition, dashboard: self.load(&slug, edition).await? },
            };
            now.insert(slug, known);
        }
        for file in self.files.iter().filter(|file| now.contains_key(&file.slug) && !before.contains_key(&file.slug)) {
            let what =
                "a dashboard in a file is left out: one that was made in the browser has its address; rename the file";
            tracing::error!(slug = file.slug, "{what}");
        }
        let files = self.files.iter().filter(|file| !now.contains_key(&file.slug));
        let mut list: Vec<Arc<Dashboard>> =
            files.cloned().chain(now.values().filter_map(|known| known.dashboard.clone())).collect();
        list.sort_by_cached_key(|dashboard| (dashboard.spec.title.to_lowercase(), dashboard.slug.clone()));
        self.reads().end(number, now);
        Ok(list.into())
    }

    fn reads(&self) -> MutexGuard<'_, Reads<HashMap<String, KnownDashboard>>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The dashboard `slug`. An unreadable one does not affect the others.
    async fn load(&self, slug: &str, edition: Edition) -> Result<Option<Arc<Dashboard>>, StoreError> {
        let Some((document, changed_at_ms)) = store::document(&self.db, slug, edition.version).await? else {
            return Ok(None);
        };
        let spec = match serde_json::from_str(&document) {
            Ok(spec) => spec,
            Err(error) => {
                tracing::error!(?error, slug, version = edition.version, "a stored dashboard cannot be read");
                return Ok(None);
            }
        };
        match Dashboard::of(slug, spec, Origin::Stored(edition)) {
            Ok(dashboard) => Ok(Some(Arc::new(Dashboard { changed_at_ms: Some(changed_at_ms), ..dashboard }))),
            Err(mistakes) => {
                tracing::error!(?mistakes, slug, version = edition.version, "a stored dashboard has mistakes");
                Ok(None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_that_ends_after_a_later_one_is_discarded() {
        let mut reads = Reads::<&str>::default();
        let ((first, _), (second, _)) = (reads.begin(), reads.begin());
        reads.end(second, "of the second");
        reads.end(first, "of the first");
        assert_eq!(reads.begin().1, "of the second");
    }
}
