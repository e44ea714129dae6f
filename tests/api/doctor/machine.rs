//! Faults of this machine: its clock, its keys, its database.

use std::time::Duration;

use rolecall_doctor::{self as doctor, Status};
use tempfile::TempDir;

use super::{examine, of};
use crate::support::{Face, StandIn, TestApp, TestClock};

#[tokio::test]
async fn a_clock_that_is_off_is_told_with_the_difference() {
    let provider = StandIn::start(Face::Plain).await;
    let folder = TempDir::new().unwrap();
    let clock = TestClock::starting_now();
    let sources = provider.setup().sources(&folder);
    assert_eq!(of(&doctor::examine(&sources, &clock.clock()).await, "provider.clock").status, Status::Good);
    clock.advance(Duration::from_mins(5));
    let report = doctor::examine(&sources, &clock.clock()).await;
    let finding = of(&report, "provider.clock");
    assert_eq!(finding.status, Status::Bad);
    assert!(finding.what.contains("s ahead of the provider's") && finding.what.contains("30"), "{}", finding.what);
    assert!(finding.remedy.as_ref().unwrap().contains("NTP"));
}

#[tokio::test]
async fn the_demonstration_says_that_it_is_one() {
    let app = TestApp::start().await;
    let report = examine(&app.sources()).await;
    assert!(report.is_good());
    assert!(of(&report, "configuration.demonstration").what.contains("anyone"));
    assert!(of(&report, "provider.demonstration").what.contains("part of Rolecall"));
}

#[tokio::test]
async fn a_key_that_is_gone_shows_by_the_tokens_that_cannot_be_read() {
    let provider = StandIn::start(Face::Plain).await;
    let app = provider.setup().start().await;
    provider.sign_in(&app).await;
    let mut sources = app.sources();
    let other = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    sources.environment.insert("ROLECALL_SECRET_KEYS".to_owned(), other.to_owned());
    let report = examine(&sources).await;
    let finding = of(&report, "sign-ins.tokens");
    assert!(finding.status == Status::Bad && finding.what.contains("of 1 live sign-in "), "{}", finding.what);
    assert!(!report.text(false).contains(other));
}

#[tokio::test]
async fn a_database_of_another_version_is_told() {
    let app = TestApp::start().await;
    let change = async |sql: &str| {
        let rolecall_sign_in::db::Db::Sqlite(pools) = app.db() else { panic!() };
        sqlx::query(sql).execute(&pools.writing).await.unwrap();
    };
    let schema = async || of(&examine(&app.sources()).await, "database.schema").clone();
    assert_eq!(schema().await.status, Status::Good);
    change("UPDATE _sqlx_migrations SET version = 9000 WHERE version = 3").await;
    assert!(schema().await.what.contains("newer version of Rolecall"));
    change("DELETE FROM _sqlx_migrations WHERE version = 9000").await;
    let pending = schema().await;
    assert!(pending.status == Status::Warning && pending.what.contains("migrations 3"), "{}", pending.what);
    change("UPDATE _sqlx_migrations SET success = FALSE WHERE version = 2").await;
    assert!(schema().await.what.contains("Migrations 2 failed"));
}
