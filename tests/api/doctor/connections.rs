//! What the doctor reports about external databases.

use rolecall_doctor::Status;
use tempfile::TempDir;

use super::{examine, of};
use crate::support::{SourceDb, TestApp, write_dataset_file};

/// The finding for `check` with a connection to `url`.
async fn told(url: &str, check: &str) -> (Status, String) {
    let folder = TempDir::new().unwrap();
    let report = examine(&TestApp::setup().set("ROLECALL_CONNECTIONS__CRM__URL", url).sources(&folder)).await;
    assert!(!report.text(false).contains("canary"), "{}", report.text(false));
    let finding = of(&report, check);
    (finding.status, format!("{} {}", finding.what, finding.remedy.clone().unwrap_or_default()))
}

// Case: connections/permissions
#[tokio::test]
async fn the_doctor_tells_of_accounts_of_postgres_that_can_write() {
    let source = SourceDb::postgres();
    source.run("CREATE TABLE orders (a INTEGER); CREATE ROLE reader LOGIN; GRANT SELECT ON orders TO reader").await;
    let reader = source.url().replace("rolecall@", "reader:canary@");
    assert_eq!(told(&reader, "connection.only-reads").await.0, Status::Good);
    let (status, owner) = told(source.url(), "connection.only-reads").await;
    assert!(status == Status::Warning && owner.contains("superuser"), "{owner}");
    source.run("GRANT UPDATE ON orders TO reader").await;
    let (status, writer) = told(&reader, "connection.only-reads").await;
    assert!(status == Status::Warning && writer.contains("public.orders"), "{writer}");
    let (status, nobody) = told(&source.url().replace("rolecall@", "nobody:canary@"), "connection.answers").await;
    assert!(status == Status::Bad && nobody.contains("connections.crm.url"), "{nobody}");
}

#[tokio::test]
async fn the_doctor_tells_whether_a_file_can_be_read() {
    let source = SourceDb::sqlite();
    let (status, missing) = told(source.url(), "connection.answers").await;
    assert!(status == Status::Bad && missing.contains("connections.crm.url"), "{missing}");
    source.run("CREATE TABLE t (a TEXT)").await;
    assert_eq!(told(source.url(), "connection.answers").await.0, Status::Good);
    assert!(source.file().exists());
}

#[tokio::test]
async fn the_doctor_tells_what_a_database_says_of_the_select_in_a_file() {
    let (source, folder) = (SourceDb::sqlite(), TempDir::new().unwrap());
    source.run("CREATE TABLE t (a TEXT)").await;
    let sources = TestApp::setup().set("ROLECALL_CONNECTIONS__CRM__URL", source.url()).sources(&folder);
    let text = "format = 1\ntitle = \"T\"\nrole = \"read\"\nconnection = \"crm\"\nkeep = \"15min\"\n\
                query = \"SELECT b FROM t\"\n";
    write_dataset_file(&sources.config_dir, "sales", text);
    let report = examine(&sources).await;
    let finding = of(&report, "connection.dataset-files");
    assert_eq!(finding.status, Status::Bad);
    assert!(
        finding.what.contains("sales.toml:6: query: ") && finding.what.contains("no such column: b"),
        "{finding:?}"
    );
}
