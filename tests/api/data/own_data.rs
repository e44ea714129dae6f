//! Data about Rolecall itself: counted, stored, and shown to administrators as data sets.

use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use rolecall_core::datasets::{DataSet, Datasets, RuleViewer};
use rolecall_core::statistics::Statistics;
use rolecall_model::Role;
use rolecall_model::data::{Cell, Query, RowQuery, Select};
use rolecall_sign_in::session::EndReason;
use rolecall_sign_in::{Denied, Event};
use tempfile::TempDir;

use super::sign_ins::{person, tokens};
use crate::support::{TestClock, TestDb, count, on_both_dialects, until};

on_both_dialects! {
    sign_ins_and_live_sessions_are_shown_each_as_a_row,
    what_is_counted_is_shown_by_slots_and_the_latest_count_takes_the_place_of_earlier_ones,
    a_snapshot_is_made_anew_when_it_is_ten_seconds_old,
    a_snapshot_that_was_begun_is_made_whoever_waits_for_it,
    statistics_are_deleted_after_thirty_days,
}

const SIGN_INS: &str = "rolecall-sign-ins";
const SESSIONS: &str = "rolecall-sessions";
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
        datasets.import_built_in(&[SIGN_INS, SESSIONS, REFUSALS, RESPONSE_TIMES]).await.unwrap();
        Self { statistics: Statistics::new(clock.clock()), clock, datasets, _folder: folder }
    }

    /// The data set as a panel shows it.
    async fn shown(&self, name: &str) -> Arc<DataSet> {
        let dataset = Arc::clone(self.datasets.catalogue().await.unwrap().get(name).unwrap());
        self.datasets.up_to_date(&dataset).await
    }

    /// The given columns of its rows.
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

// Case: datasets/about-itself
async fn sign_ins_and_live_sessions_are_shown_each_as_a_row(database: &TestDb) {
    let world = World::on(database).await;
    let auth = database.auth(&world.clock);
    let (sign_ins, began_ms) = (auth.sign_ins(), world.clock.now_ms());
    let ada = sign_ins.create(&person("ada", Some(Role::Admin), &tokens()), began_ms).await.unwrap();
    let reed = sign_ins.create(&person("reed", None, &tokens()), began_ms + 1).await.unwrap();
    sign_ins.revoke(&ada.id, EndReason::SignedOut, began_ms + 2).await.unwrap();
    world.clock.advance(Duration::from_secs(10));

    let moment = |unix_ms| Cell::Timestamp(DateTime::from_timestamp_millis(unix_ms).unwrap());
    let (began, none) = (moment(began_ms + 1), Cell::Missing);
    let rows = world.rows(SIGN_INS, &["Began", "Provider", "Role", "Person", "Ended", "Why it ended"]).await;
    let (of_ada, of_reed) = (Cell::Integer(ada.user_id), Cell::Integer(reed.user_id));
    let ended = [moment(began_ms), text("demo"), text("admin"), of_ada, moment(began_ms + 2), text("signed_out")];
    let live = [began.clone(), text("demo"), none.clone(), of_reed.clone(), none.clone(), none.clone()];
    assert_eq!(rows, [ended, live]);
    let rows = world.rows(SESSIONS, &["Began", "Last seen", "Provider", "Role", "Person"]).await;
    assert_eq!(rows, [[began.clone(), began, text("demo"), none, of_reed]]);
    for name in [SIGN_INS, SESSIONS] {
        assert_eq!(world.shown(name).await.role, Role::Admin, "{name}");
    }
}

// Case: datasets/about-itself
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
    // Another process counts in the same period.
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
    // Requests at the same moment share one new version.
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
