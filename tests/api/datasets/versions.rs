//! Earlier versions, deleted data sets, and what is deleted for good.

use rolecall_core::datasets::Target;
use rolecall_model::Role;
use rolecall_routes as routes;

use super::{MINUTE, SALES, hidden, id_of, page, sales, setup, with_sales};
use crate::support::{Browser, CapturedLog, signed_in, until};

// Case: datasets/restore-version
#[tokio::test]
async fn an_earlier_version_is_taken_up_again_as_a_new_one() {
    let app = setup().start().await;
    let mut wren = with_sales(&app).await;
    let replace = Target::Replace { dataset: sales(&app).await, new_columns: false, may_be_empty: false };
    app.import("day,region,amount\n2026-02-01,West,5\n", &replace).await;
    until("the new rows are there", async || wren.get(&page()).await.body.contains("West")).await;
    let id = id_of(&app, "sales").await;
    let fields = |version, current| [("id", id.as_str()), ("version", version), ("current", current)];
    for (version, current) in [("1", "1"), ("7", "2")] {
        wren.submit(routes::API_RESTORE_DATASET_VERSION, &fields(version, current)).await.assert_status(409);
    }
    assert_eq!(app.count("dataset_versions WHERE dataset <> 'weather'").await, 2);
    wren.submit(routes::API_RESTORE_DATASET_VERSION, &fields("1", "2")).await.assert_redirect(&page());
    let shown = wren.get(&page()).await;
    shown.assert_shows("North").assert_shows("(rows of version 1)");
    assert!(!shown.body.contains("West"), "{shown:#?}");
}

// Case: datasets/delete, datasets/in-use
#[tokio::test]
async fn a_deleted_data_set_comes_back_unless_its_name_is_taken() {
    let log = CapturedLog::begin();
    let app = setup().start().await;
    let mut wren = with_sales(&app).await;
    let shown = wren.get(&page()).await;
    shown.assert_status(200).assert_shows("These dashboards show it").assert_shows("1 panel that is not open to you");
    shown.assert_shows("Without it, the panels over it stop working:");
    let beside_the_button = shown.body.split("id=\"delete\"").nth(1).unwrap();
    assert!(beside_the_button.contains("href=\"/dashboards/sales\""), "{shown:#?}");
    let sales = id_of(&app, "sales").await;
    let delete = async |browser: &mut Browser, confirmation: &str| {
        browser.submit(routes::API_DELETE_DATASET, &[("id", &sales), ("confirmation", confirmation)]).await
    };
    delete(&mut wren, "sale").await.assert_status(422);
    delete(&mut wren, " sales ").await.assert_redirect(routes::DATASETS);
    wren.get(&page()).await.assert_status(404);
    wren.get("/dashboards/sales").await.assert_status(200).assert_shows("does not fit its data");
    // The log has an entry of the import before this one.
    let deleted = log.entries().into_iter().rfind(|entry| entry.text("event") == "dataset_changed").unwrap();
    assert_eq!((deleted.text("dataset"), deleted.text("change")), ("sales".to_owned(), "deleted".to_owned()));

    let list = wren.get(routes::DATASETS).await;
    let id = hidden(&list, "id");
    let undelete = async |browser: &mut Browser| browser.submit(routes::API_UNDELETE_DATASET, &[("id", &id)]).await;
    undelete(&mut signed_in(&app, "reed").await).await.assert_status(403);
    undelete(&mut wren).await.assert_redirect(&page());
    wren.get(&page()).await.assert_status(200).assert_shows("North");
    undelete(&mut wren).await.assert_status(404);

    delete(&mut wren, "sales").await.assert_redirect(routes::DATASETS);
    let new = Target::New { name: "sales".to_owned(), title: "Other sales".to_owned(), role: Role::Read };
    app.import(SALES, &new).await;
    undelete(&mut wren).await.assert_status(422).assert_shows("There is a data set “sales” already");
    assert_eq!(app.count("datasets WHERE name = 'sales' AND deleted_at IS NULL").await, 1);
}

#[tokio::test]
async fn the_application_takes_away_what_nobody_needs() {
    let mut app = setup().start().await;
    let left_over = app.data_dir().join("datasets/left-over.parquet");
    std::fs::write(&left_over, "rows").unwrap();
    app.clock.advance(61 * MINUTE);
    app.restart().await;
    until("the file is gone", async || !left_over.exists()).await;
    signed_in(&app, "wren").await.get("/dashboards/weather").await.assert_status(200).assert_shows("2,922");
}

// Case: datasets/deleted-and-made-anew
#[tokio::test]
async fn a_form_about_a_data_set_that_was_deleted_changes_no_other_of_its_name() {
    let app = setup().start().await;
    with_sales(&app).await;
    let mut ada = signed_in(&app, "ada").await;
    let shown = ada.get(&page()).await;
    let old = hidden(&shown, "id");
    let delete = [("id", old.as_str()), ("confirmation", "sales")];
    ada.submit(routes::API_DELETE_DATASET, &delete).await.assert_redirect(routes::DATASETS);
    app.import(SALES, &Target::New { name: "sales".to_owned(), title: "Other".to_owned(), role: Role::Read }).await;
    let forms: [(&str, &[(&str, &str)]); 5] = [
        (routes::API_DESCRIBE_DATASET, &[("title", "Mine"), ("description", ""), ("role", "admin"), ("revision", "0")]),
        (routes::API_SAVE_ROW_RULE, &[("revision", "0"), ("rule[column]", "region"), ("rule[subject]", "email")]),
        (routes::API_REMOVE_ROW_RULE, &[("revision", "0"), ("index", "0")]),
        (routes::API_RESTORE_DATASET_VERSION, &[("version", "1"), ("current", "1")]),
        (routes::API_DELETE_DATASET, &[("confirmation", "sales")]),
    ];
    for (path, fields) in forms {
        let fields = [&[("id", old.as_str())], fields].concat();
        ada.submit(path, &fields).await.assert_status(404);
    }
    ada.get(&format!("{}?append={old}", routes::UPLOADS)).await.assert_status(404);
    assert_eq!(app.count("datasets WHERE title = 'Other' AND revision = 0 AND deleted_at IS NULL").await, 1);
}
