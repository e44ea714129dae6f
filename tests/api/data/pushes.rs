//! Rows that programs send, without HTTP, on both databases: at the same time, repeated, and in many small requests.

use std::time::Duration;

use rolecall_core::datasets::{
    BodyError, Changer, DatasetError, Datasets, IdempotencyKey, NewPushed, Push, PushMode, Pushed, PutDataset,
};
use rolecall_data::import::Format;
use rolecall_model::Role;
use rolecall_model::data::{ColumnType, DataColumn};
use rolecall_sign_in::bearer::{ApiCaller, CallerKind};
use tempfile::TempDir;

use crate::support::{TestClock, TestDb, count, execute, importer, on_both_dialects, until};

on_both_dialects! {
    who_sends_at_once_all_count,
    of_one_key_at_once_one_is_taken,
    a_key_is_kept_for_a_day,
    who_took_a_request_over_is_the_one_that_counts,
    many_small_requests_become_one_file,
    a_key_answers_for_one_data_set_alone,
    rows_on_their_way_to_a_data_set_that_was_deleted_go_to_no_other,
    a_body_that_comes_too_slowly_is_said_to_be,
    a_title_leaves_the_role_that_somebody_raised,
    not_everybody_is_let_in_at_once,
}

struct World {
    db: rolecall_sign_in::db::Db,
    datasets: Datasets,
    by: Changer,
    clock: TestClock,
    folder: TempDir,
}

fn caller(subject: &str, kind: CallerKind) -> ApiCaller {
    let role = Some(Role::Write);
    let [issuer, name, client, provider] = ["https://id.example", subject, "till", "demo"].map(ToOwned::to_owned);
    let subject = subject.to_owned();
    ApiCaller {
        issuer,
        subject,
        name,
        given_name: None,
        kind,
        client,
        provider,
        role,
        open_role: role,
        authenticated_at_ms: None,
        claims: serde_json::Map::new(),
    }
}

impl World {
    async fn on(database: &TestDb) -> Self {
        let (folder, clock) = (TempDir::new().unwrap(), TestClock::starting_now());
        let datasets = Datasets::open(database.db.clone(), clock.clock(), folder.path()).unwrap();
        let datasets = datasets.importing_with(importer());
        let by = datasets.changer(&caller("till", CallerKind::Application)).await.unwrap();
        let world = Self { db: database.db.clone(), datasets, by, clock, folder };
        assert_eq!(world.put(None, by).await, PutDataset::Made);
        world
    }

    async fn put(&self, role: Option<Role>, by: Changer) -> PutDataset {
        let column = DataColumn { name: "n".to_owned(), column_type: ColumnType::Integer };
        let [name, title] = ["sales", "Sales"].map(ToOwned::to_owned);
        let new = NewPushed { name, title, role, columns: vec![column] };
        self.datasets.put_pushed(&new, by).await.unwrap()
    }

    async fn push(&self, number: u64, key: Option<&str>) -> Result<Pushed, DatasetError> {
        let body = format!("{{\"n\":{number}}}\n");
        let body = futures_util::stream::iter([Ok::<_, std::io::Error>(body)]);
        let body = self.datasets.take_in(body, 1000).await.unwrap();
        let dataset = self.datasets.check_push("sales", self.by).await.unwrap();
        let push = Push {
            dataset,
            mode: PushMode::Append,
            format: Format::Ndjson,
            by: self.by,
            key: key.map(|key| IdempotencyKey::parse(key).unwrap()),
            digest: body.digest.clone(),
        };
        self.datasets.push(&push, &body.path()).await
    }

    /// How many rows and files the data set has now.
    async fn size(&self) -> (u64, usize) {
        let catalogue = rolecall_core::datasets::catalogue(self.db()).await.unwrap();
        let data = &catalogue.get("sales").unwrap().data;
        (data.rows, data.files.len())
    }

    fn db(&self) -> &rolecall_sign_in::db::Db {
        &self.db
    }

    fn left_behind(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("datasets/incoming")).unwrap().count()
    }
}

// Case: datasets/at-once
async fn who_sends_at_once_all_count(database: &TestDb) {
    let world = World::on(database).await;
    let all = futures_util::future::join_all((0..12).map(|number| world.push(number, None))).await;
    let mut versions: Vec<u64> = all.into_iter().map(|pushed| pushed.unwrap().version).collect();
    versions.sort_unstable();
    assert_eq!(versions, (2..=13).collect::<Vec<_>>());
    assert_eq!((world.size().await, world.left_behind()), ((12, 12), 0));
}

// Case: push/key-of-another-data-set
async fn a_key_answers_for_one_data_set_alone(database: &TestDb) {
    let world = World::on(database).await;
    world.push(7, Some("k")).await.unwrap();
    let sales = world.datasets.catalogue().await.unwrap().get("sales").unwrap().clone();
    world.datasets.delete(&sales, sales.owner.unwrap()).await.unwrap();
    assert_eq!(world.put(None, world.by).await, PutDataset::Made);
    assert!(matches!(world.push(7, Some("k")).await, Err(DatasetError::KeyOfAnother)));
}

// Case: datasets/deleted-and-made-anew
async fn rows_on_their_way_to_a_data_set_that_was_deleted_go_to_no_other(database: &TestDb) {
    let world = World::on(database).await;
    let dataset = world.datasets.check_push("sales", world.by).await.unwrap();
    let body = futures_util::stream::iter([Ok::<_, std::io::Error>("{\"n\":1}\n")]);
    let body = world.datasets.take_in(body, 1000).await.unwrap();
    let sales = world.datasets.current("sales").await.unwrap().unwrap();
    world.datasets.delete(&sales, world.by.user).await.unwrap();
    assert_eq!(world.put(None, world.by).await, PutDataset::Made);
    let (mode, format, digest) = (PushMode::Append, Format::Ndjson, body.digest.clone());
    let push = Push { dataset, mode, format, by: world.by, key: None, digest };
    assert!(matches!(world.datasets.push(&push, &body.path()).await, Err(DatasetError::Unknown(_))));
    assert_eq!((world.size().await, world.left_behind()), ((0, 0), 1));
}

// Case: push/too-slow
async fn a_body_that_comes_too_slowly_is_said_to_be(database: &TestDb) {
    let world = World::on(database).await;
    let body = futures_util::stream::iter([Err::<&str, _>(std::io::Error::from(std::io::ErrorKind::TimedOut))]);
    assert!(matches!(world.datasets.take_in(body, 1000).await, Err(BodyError::TooSlow)));
    assert_eq!(world.left_behind(), 0);
}

// Case: push/role-stays
async fn a_title_leaves_the_role_that_somebody_raised(database: &TestDb) {
    let world = World::on(database).await;
    let role = async || world.datasets.catalogue().await.unwrap().get("sales").unwrap().role;
    assert_eq!(world.put(Some(Role::Write), world.by).await, PutDataset::Kept);
    assert_eq!(role().await, Role::Write);
    assert_eq!(world.put(None, world.by).await, PutDataset::Kept);
    assert_eq!(role().await, Role::Write);
    assert_eq!(world.put(Some(Role::Read), world.by).await, PutDataset::Kept);
    assert_eq!(role().await, Role::Read);
}

// Case: push/too-many
async fn not_everybody_is_let_in_at_once(database: &TestDb) {
    let world = World::on(database).await;
    let places: Vec<_> = std::iter::from_fn(|| world.datasets.push_place().ok()).take(1000).collect();
    assert!((2..1000).contains(&places.len()), "{}", places.len());
    drop(places);
    assert!(world.datasets.push_place().is_ok());
}

// Case: push/key-at-once
async fn of_one_key_at_once_one_is_taken(database: &TestDb) {
    let world = World::on(database).await;
    let all = futures_util::future::join_all((0..4).map(|_| world.push(7, Some("k")))).await;
    let (taken, refused): (Vec<_>, Vec<_>) = all.into_iter().partition(Result::is_ok);
    assert!(!taken.is_empty());
    assert!(refused.iter().all(|refused| matches!(refused, Err(DatasetError::KeyInUse))), "{refused:?}");
    let first = taken[0].as_ref().unwrap();
    assert!(taken.iter().all(|taken| taken.as_ref().unwrap() == first));
    assert_eq!(world.push(7, Some("k")).await.unwrap(), *first);
    assert_eq!(world.size().await, (1, 1));
}

async fn a_key_is_kept_for_a_day(database: &TestDb) {
    let world = World::on(database).await;
    world.push(1, Some("k")).await.unwrap();
    world.clock.advance(Duration::from_hours(24) - Duration::from_secs(1));
    world.datasets.sweep_push_keys().await.unwrap();
    assert_eq!(world.push(1, Some("k")).await.unwrap().version, 2);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.push(1, Some("k")).await.unwrap().version, 3);
    world.clock.advance(Duration::from_hours(24));
    world.datasets.sweep_push_keys().await.unwrap();
    assert_eq!(count(world.db(), "push_keys").await, 0);
}

// Case: push/killed
async fn who_took_a_request_over_is_the_one_that_counts(database: &TestDb) {
    let world = World::on(database).await;
    world.push(1, Some("k")).await.unwrap();
    // The state that a killed process leaves: the key is claimed, never answered, and the claim has not expired.
    execute(world.db(), "UPDATE push_keys SET answer = NULL").await;
    execute(world.db(), "UPDATE datasets SET version = 1").await;
    execute(world.db(), "DELETE FROM dataset_versions WHERE version = 2").await;
    assert!(matches!(world.push(1, Some("k")).await, Err(DatasetError::KeyInUse)));
    assert!(matches!(world.push(2, Some("k")).await, Err(DatasetError::KeyOfAnother)));
    world.clock.advance(Duration::from_mins(5));
    assert_eq!(world.push(1, Some("k")).await.unwrap().version, 2);
    assert_eq!(world.size().await, (1, 1));
}

// Case: push/compact
async fn many_small_requests_become_one_file(database: &TestDb) {
    let world = World::on(database).await;
    for number in 0..70 {
        world.push(number, None).await.unwrap();
    }
    until("the files are one", async || world.size().await.1 < 10).await;
    assert_eq!(world.size().await.0, 70);
    let catalogue = world.datasets.catalogue().await.unwrap();
    let columns = &catalogue.get("sales").unwrap().data.columns;
    assert_eq!(columns[0].name, "n");
    assert_eq!(sum(&world).await, (0..70).sum::<i64>());
}

/// The sum of all rows, queried as by a panel.
async fn sum(world: &World) -> i64 {
    use rolecall_model::data::{Aggregate, Cell, GroupQuery, Measure, Query, Select};
    let measure = Measure {
        compute: Aggregate::Sum,
        of: Some("n".to_owned()),
        title: None,
        unit: None,
        decimals: None,
        show: Vec::new(),
    };
    let groups = GroupQuery { measures: vec![measure], by: None, split: None, order: None, limit: None };
    let query = Query { filters: Vec::new(), zone: "UTC".to_owned(), select: Select::Groups(groups) };
    let catalogue = rolecall_core::datasets::catalogue(world.db()).await.unwrap();
    let result = world
        .datasets
        .run(catalogue.get("sales").unwrap(), &query, &rolecall_core::datasets::RuleViewer::default())
        .await;
    match result.unwrap().rows[0][0] {
        Cell::Integer(sum) => sum,
        ref other => panic!("{other:?}"),
    }
}
