//! Data about Rolecall itself: counted, stored, and shown to administrators as data sets.

use std::sync::Arc;
use std::time::Duration;

use rolecall_core::datasets::{DataSet, Datasets, RuleViewer};
use rolecall_core::statistics::Statistics;
use rolecall_model::Role;
use rolecall_model::data::{Cell, Query, RowQuery, Select};
use rolecall_sign_in::{Denied, Event};
use tempfile::TempDir;

use crate::support::{TestClock, TestDb, count, on_both_dialects, until};

on_both_dialects! {
    what_is_counted_is_shown_by_slots_and_the_latest_count_takes_the_place_of_earlier_ones,
    a_snapshot_is_made_anew_when_it_is_ten_seconds_old,
    a_snapshot_that_was_begun_is_made_whoever_waits_for_it,
    statistics_are_deleted_after_thirty_days,
}

const REFUSALS: &str = "rolecall-refusals";
const RESPONSE_TIMES: &str = "rolecall-response-times";

struct World {
    clock: TestClock,
    statistics: Statistics,
    datasets: Datasets,
    _folder: TempDir,
}

impl World {
    async fn on(database: &TestDb) -> Self {
        let (clock, folder) = (TestClock::starting_now(), TempDir::new().unwrap());
        let datasets = Datasets::open(database.db.clone(), clock.clock(), folder.path()).unwrap();
        datasets.import_built_in(&[REFUSALS, RESPONSE_TIMES]).await.unwrap();
        Self { statistics: Statistics::new(clock.clock()), clock, datasets, _folder: folder }
    }

    /// The data set as a panel shows it.
    async fn shown(&self, name: &str) -> Arc<DataSet> {
        let dataset = Arc::clone(self.datasets.catalogue().await.unwrap().get(name).unwrap());
        self.datasets.up_to_date(&dataset).await
    }

    /// Some columns of its rows.
    async fn rows(&self, name: &str, columns: &[&str]) -> Vec<Vec<Cell>> {
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        let select = Select::Rows(RowQuery { columns, order: vec![], offset: 0, limit: 50 });
        let query = Query { filters: vec![], zone: "UTC".to_owned(), select };
        let dataset = self.shown(name).await;
        self.datasets.run(&dataset, &query, &RuleViewer::default()).await.unwrap().rows.clone()
    }
}

fn denied() -> Event {
    Event::AccessDenied { reason: Denied::SignedOut, user_id: None, role: None, ip: None }
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

async fn what_is_counted_is_shown_by_slots_and_the_latest_count_takes_the_place_of_earlier_ones(database: &TestDb) {
    let world = World::on(database).await;
    assert_eq!(world.shown(REFUSALS).await.role, Role::Admin);
    world.statistics.happened(&denied());
    world.statistics.answered("/", Duration::from_millis(20), false);
    world.statistics.store(&database.db).await.unwrap();
    world.statistics.happened(&denied());
    world.statistics.answered("/", Duration::from_millis(20), true);
    world.statistics.store(&database.db).await.unwrap();

    world.clock.advance(Duration::from_mins(10));
    world.statistics.happened(&denied());
    world.statistics.store(&database.db).await.unwrap();
    // Another process counts in the same slot.
    let other = Statistics::new(world.clock.clock());
    other.happened(&denied());
    other.store(&database.db).await.unwrap();

    let mut refusals = world.rows(REFUSALS, &["Event", "Reason", "Provider", "Refusals"]).await;
    refusals.sort_by_key(|row| row[3] == Cell::Integer(2));
    let row = |count| vec![text(denied().name()), text(Denied::SignedOut.name()), Cell::Missing, Cell::Integer(count)];
    assert_eq!(refusals, [row(1), row(1), row(2)]);
    let answers = world.rows(RESPONSE_TIMES, &["Route", "Answers", "Failures"]).await;
    assert_eq!(answers, [[text("/"), Cell::Integer(2), Cell::Integer(1)]]);
    let times = world.rows(RESPONSE_TIMES, &["Median in ms"]).await;
    let median = times[0][0].number().unwrap();
    assert!((median - 20.0).abs() < 0.3, "{median}");
}

async fn a_snapshot_is_made_anew_when_it_is_ten_seconds_old(database: &TestDb) {
    let world = World::on(database).await;
    let first = world.shown(REFUSALS).await;
    assert_eq!((first.data.rows, first.data.version), (0, 1));
    world.statistics.happened(&denied());
    world.statistics.store(&database.db).await.unwrap();
    world.clock.advance(Duration::from_secs(9));
    assert_eq!(world.shown(REFUSALS).await.data.version, 1);
    world.clock.advance(Duration::from_secs(1));
    // Whoever looks at the same moment shares one.
    let (one, other) = tokio::join!(world.shown(REFUSALS), world.shown(REFUSALS));
    assert_eq!((one.data.version, one.data.rows), (2, 1));
    assert_eq!(other.data.version, 2);
}

async fn a_snapshot_that_was_begun_is_made_whoever_waits_for_it(database: &TestDb) {
    let world = World::on(database).await;
    let first = world.shown(REFUSALS).await;
    world.clock.advance(Duration::from_secs(10));
    let next = tokio::time::timeout(Duration::ZERO, world.datasets.up_to_date(&first)).await;
    assert!(next.is_err(), "{next:?}");
    until("the snapshot is there", async || {
        let catalogue = world.datasets.catalogue().await.unwrap();
        catalogue.get(REFUSALS).unwrap().data.version == 2
    })
    .await;
}

async fn statistics_are_deleted_after_thirty_days(database: &TestDb) {
    let world = World::on(database).await;
    world.statistics.happened(&denied());
    world.statistics.answered("/", Duration::from_millis(1), false);
    world.statistics.store(&database.db).await.unwrap();
    let kept = async || (count(&database.db, "refusals").await, count(&database.db, "response_times").await);
    world.clock.advance(Duration::from_hours(30 * 24 - 1));
    world.statistics.store(&database.db).await.unwrap();
    assert_eq!(kept().await, (1, 1));
    world.clock.advance(Duration::from_hours(2));
    world.statistics.store(&database.db).await.unwrap();
    assert_eq!(kept().await, (0, 0));
}
