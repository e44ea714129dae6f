//! Who may change a dashboard, also if the role of a data set is raised in the meantime.

use rolecall_core::dashboards::{Editor, New, StoreError};
use rolecall_model::Role;
use rolecall_model::data::{Aggregate, Measure};
use rolecall_model::spec::{DashboardSpec, PanelKind, PanelSpec};

use super::{delete, save, somebody, spec, start, writer};
use crate::support::{TestDb, count, execute, on_both_dialects};

on_both_dialects! {
    only_the_owner_and_administrators_change_a_dashboard,
    a_data_set_that_is_closed_in_between_closes_its_panels_to_who_saves,
}

async fn only_the_owner_and_administrators_change_a_dashboard(database: &TestDb) {
    let here = start(database);
    let (wren, kim) = (somebody(&here.auth, "wren").await, somebody(&here.auth, "kim").await);
    assert!(Editor::of(&wren, Some(Role::Read)).is_none() && Editor::of(&wren, None).is_none());
    here.dashboards.create(&spec("Sales"), "Made", writer(&wren)).await.unwrap();
    let stored = here.dashboards.stored("sales").await.unwrap().unwrap();
    assert!(matches!(save(&here, &stored, "Mine", writer(&kim)).await, Err(StoreError::Changed)));
    assert!(matches!(delete(&here.dashboards, "sales", writer(&kim)).await, Err(StoreError::Changed)));
    let admin = Editor::of(&kim, Some(Role::Admin)).unwrap();
    assert_eq!(save(&here, &stored, "Mine", admin).await.unwrap(), 2);
    delete(&here.dashboards, "sales", admin).await.unwrap();
    assert!(here.dashboards.deleted(writer(&kim), 10).await.unwrap().is_empty());
    assert!(matches!(here.dashboards.undelete("sales", writer(&kim)).await, Err(StoreError::Unknown)));
    assert_eq!(here.dashboards.deleted(writer(&wren), 10).await.unwrap().len(), 1);
    // An owner can neither see nor restore a deleted dashboard whose role is above their own.
    let above = "UPDATE dashboard_versions SET document = REPLACE(document, '\"role\":\"read\"', '\"role\":\"admin\"')";
    execute(&database.db, above).await;
    assert!(here.dashboards.deleted(writer(&wren), 10).await.unwrap().is_empty());
    assert!(matches!(here.dashboards.undelete("sales", writer(&wren)).await, Err(StoreError::Unknown)));
    assert_eq!(here.dashboards.deleted(admin, 10).await.unwrap().len(), 1);
    here.dashboards.undelete("sales", admin).await.unwrap();
}

// Case: making/closed-in-between
async fn a_data_set_that_is_closed_in_between_closes_its_panels_to_who_saves(database: &TestDb) {
    let here = start(database);
    let wren = somebody(&here.auth, "wren").await;
    let dataset = "INSERT INTO datasets (id, name, title, kind, role, row_rules, version, created_at) \
                   VALUES ('a', 'sales', 'Sales', 'uploaded', 'read', '[]', 1, 0)";
    execute(&database.db, dataset).await;
    let mut first = spec("Sales");
    let count_rows =
        Measure { compute: Aggregate::Count, of: None, title: None, unit: None, decimals: None, show: Vec::new() };
    let total = PanelSpec { dataset: Some("sales".to_owned()), ..PanelSpec::new("total", "Total", PanelKind::Figure) };
    first.panels.push(PanelSpec { measures: vec![count_rows], ..total });
    here.dashboards.create(&first, "Made", writer(&wren)).await.unwrap();
    let mut second = first.clone();
    "In total".clone_into(&mut second.panels[1].title);
    let save = async |spec: &DashboardSpec, by: Editor<'_>| {
        let stored = here.dashboards.stored("sales").await.unwrap().unwrap();
        // The editor has been checked already; then another process raises the role of the data set.
        execute(&database.db, "UPDATE datasets SET role = 'admin'").await;
        here.dashboards.save(&stored, New { spec, change: "Title", restored_from: None }, by).await
    };
    assert!(matches!(save(&second, writer(&wren)).await, Err(StoreError::Closed(Role::Admin))));
    let mut without = first.clone();
    without.panels.pop();
    assert!(matches!(save(&without, writer(&wren)).await, Err(StoreError::Closed(Role::Admin))));
    assert_eq!(count(&database.db, "dashboard_versions").await, 1);
    assert_eq!(here.dashboards.stored("sales").await.unwrap().unwrap().spec, first);
    // Wren may still change the rest of the dashboard, and an administrator everything.
    let renamed = DashboardSpec { title: "Sold".to_owned(), ..first };
    assert_eq!(save(&renamed, writer(&wren)).await.unwrap(), 2);
    assert_eq!(save(&second, Editor::of(&wren, Some(Role::Admin)).unwrap()).await.unwrap(), 3);
}
