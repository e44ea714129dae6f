//! Changes at one instance, of which Postgres notifies the others.

use std::time::Duration;

use rolecall_core::dashboards::{Dashboard, Dashboards, New};
use rolecall_core::datasets::{Datasets, Target};
use rolecall_model::Role;
use rolecall_sign_in::Auth;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::time::timeout;

use super::stored_dashboards::{somebody, spec, writer};
use crate::support::{FEW_SALES, SALES_COUNT, TestClock, TestDb, execute, import_rows, importer};

/// The interval at which an instance looks for changes on its own: longer than the test, so that it learns of them only
/// from notifications.
const NEVER: Duration = Duration::from_hours(24);
/// How long to wait for a change before the test fails.
const TIMEOUT: Duration = Duration::from_secs(20);
/// A panel whose text is in the database.
const ABOUT: &str = r#"
[[panels]]
id = "about"
title = "About"
kind = "note"
"#;

/// An instance with the dashboard of the sales in a file.
struct Instance {
    dashboards: Dashboards,
    auth: Auth,
}

impl Instance {
    fn on(database: &TestDb, clock: &TestClock, folder: &TempDir) -> Self {
        let auth = database.auth(clock);
        let datasets = Datasets::open(database.db.clone(), clock.clock(), folder.path()).unwrap();
        let (sales, _) = Dashboard::read("sales", "sales.toml", format!("{SALES_COUNT}{ABOUT}")).unwrap();
        let datasets = datasets.importing_with(importer());
        Self { dashboards: Dashboards::new(database.db.clone(), auth.clone(), datasets, vec![sales]), auth }
    }

    async fn import(&self, target: &Target) {
        import_rows(self.dashboards.datasets(), FEW_SALES, target).await;
    }

    /// What a page of the sales shows to an administrator, and the titles of all dashboards.
    async fn shown(&self) -> String {
        let role = Some(Role::Admin);
        let sales = self.dashboards.find("sales", role).await.unwrap().unwrap();
        let stamps = self.dashboards.stamps(&sales, role).await.unwrap();
        let titles = self.dashboards.open_to(role).await.unwrap().into_iter().map(|card| card.title);
        format!("{} {:?}", stamps.as_str(), titles.collect::<Vec<_>>())
    }
}

/// Waits until the instance `there` has been notified of a change that makes it show `what`.
async fn is_told(there: &Instance, changes: &mut watch::Receiver<u64>, what: &str) {
    let mut shown = String::new();
    while !shown.contains(what) {
        let told = timeout(TIMEOUT, changes.changed()).await;
        told.unwrap_or_else(|_| panic!("no notification of {what:?}: {shown}")).unwrap();
        shown = there.shown().await;
    }
}

// Case: live/told
#[tokio::test]
async fn what_changes_at_one_instance_is_told_to_the_others_by_postgres() {
    let (database, clock, folder) = (TestDb::postgres().await, TestClock::starting_now(), TempDir::new().unwrap());
    let (here, there) = (Instance::on(&database, &clock, &folder), Instance::on(&database, &clock, &folder));
    let wren = somebody(&here.auth, "wren").await;
    let mut changes = there.dashboards.changes();
    let followed = there.dashboards.clone();
    let following = tokio::spawn(async move { followed.follow_changes(NEVER).await });
    // The first look at the database always notifies.
    is_told(&there, &mut changes, " count:").await;

    let new = Target::New { name: "sales".to_owned(), title: "Sales".to_owned(), role: Role::Read };
    here.import(&new).await;
    is_told(&there, &mut changes, ".1.0 about:0").await;
    let dataset = here.dashboards.datasets().key_of("sales").await.unwrap();
    here.import(&Target::Replace { dataset, new_columns: false, may_be_empty: false }).await;
    is_told(&there, &mut changes, ".2.0 about:0").await;
    here.dashboards.save_note("sales", "about", "All sales", 0, &wren).await.unwrap();
    is_told(&there, &mut changes, ".2.0 about:1").await;

    let board = here.dashboards.create(&spec("Board"), "Made", writer(&wren)).await.unwrap();
    is_told(&there, &mut changes, "\"Board\"").await;
    let stored = here.dashboards.stored(&board).await.unwrap().unwrap();
    let next = New { spec: &spec("Directors"), change: "Title", restored_from: None };
    here.dashboards.save(&stored, next, writer(&wren)).await.unwrap();
    is_told(&there, &mut changes, "\"Directors\"").await;

    // The notification comes from the database itself, so code that changes a row cannot forget it.
    execute(&database.db, "UPDATE datasets SET revision = revision + 1").await;
    is_told(&there, &mut changes, ".2.1 about:1").await;
    following.abort();
}
