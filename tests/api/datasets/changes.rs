//! Who may change a data set, also two at the same time, and only after a recent sign-in.

use rolecall_routes as routes;

use super::{MINUTE, hidden, id_of, page, rule, setup, with_sales};
use crate::support::{execute, signed_in, text, until};

// Case: datasets/who-changes
#[tokio::test]
async fn only_the_owner_and_administrators_change_a_data_set() {
    let app = setup().start().await;
    with_sales(&app).await;
    execute(app.db(), "UPDATE datasets SET owner = NULL WHERE name = 'sales'").await;
    let (mut wren, mut ada, mut reed) =
        (signed_in(&app, "wren").await, signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    until("Wren no longer owns it", async || !wren.get(&page()).await.body.contains("Owner")).await;
    let shown = wren.get(&page()).await;
    assert!(!shown.assert_status(200).body.contains("action=\"/api/describe"), "{shown:#?}");
    let describe = [("title", "Other"), ("description", ""), ("role", "read"), ("revision", "0")];
    let changes: [(&str, &[(&str, &str)]); 5] = [
        (routes::API_DESCRIBE_DATASET, &describe),
        (routes::API_SAVE_ROW_RULE, &[("revision", "0"), ("rule[column]", "region"), ("rule[subject]", "email")]),
        (routes::API_REMOVE_ROW_RULE, &[("revision", "0"), ("index", "0")]),
        (routes::API_RESTORE_DATASET_VERSION, &[("version", "1"), ("current", "1")]),
        (routes::API_DELETE_DATASET, &[("confirmation", "sales")]),
    ];
    let id = id_of(&app, "sales").await;
    for (path, fields) in changes {
        let fields = [&[("id", id.as_str())], fields].concat();
        // Nobody owns the data set, so only an administrator may change it, and the page offers to ask for that role.
        wren.submit(path, &fields).await.assert_status(403).assert_shows("Request access");
        reed.submit(path, &fields).await.assert_status(403);
        let foreign = ada.request(openidconnect::reqwest::Method::POST, path);
        let foreign =
            foreign.header("sec-fetch-site", "cross-site").header("origin", "https://evil.test").form(&fields);
        ada.send(foreign).await.assert_status(403);
        let built_in = [&[("id", "weather")], &fields[1..]].concat();
        ada.submit(path, &built_in).await.assert_status(422);
    }
    assert_eq!(app.count("datasets WHERE name = 'sales' AND revision = 0 AND deleted_at IS NULL").await, 1);
    let to_ada = "UPDATE datasets SET owner = (SELECT id FROM users WHERE name LIKE 'Ada %') WHERE name = 'sales'";
    execute(app.db(), to_ada).await;
    until("Ada owns it", async || wren.get(&page()).await.body.contains("Owner")).await;
    let fields = [&[("id", id.as_str())], &describe[..]].concat();
    let refused = wren.submit(routes::API_DESCRIBE_DATASET, &fields).await;
    refused.assert_status(403).assert_shows("Ask its owner or an administrator");
    assert!(!refused.body.contains("Request access"), "{refused:#?}");
    ada.get(&page()).await.assert_status(200);
    ada.submit(routes::API_DESCRIBE_DATASET, &fields).await.assert_redirect(&page());
    ada.get(&page()).await.assert_shows("Other");
}

// Case: datasets/two-editors
#[tokio::test]
async fn of_two_who_change_a_data_set_at_once_one_is_told() {
    let app = setup().start().await;
    let mut wren = with_sales(&app).await;
    let mut ada = signed_in(&app, "ada").await;
    let revision = hidden(&wren.get(&page()).await, "revision");
    assert_eq!(hidden(&ada.get(&page()).await, "revision"), revision);
    let by_email = [("rule[column]", "region"), ("rule[subject]", "email"), ("rule[except]", "admin")];
    rule(&mut wren, &revision, &by_email).await.assert_redirect(&page());
    let late = rule(&mut ada, &revision, &[("rule[column]", "region"), ("rule[subject]", "role")]).await;
    late.assert_status(409).assert_shows("changed by somebody else meanwhile");
    let id = id_of(&app, "sales").await;
    let describe =
        [("id", id.as_str()), ("title", "X"), ("description", ""), ("role", "read"), ("revision", &revision)];
    ada.submit(routes::API_DESCRIBE_DATASET, &describe).await.assert_status(409);
    let rules = text(app.db(), "SELECT row_rules FROM datasets WHERE name = 'sales'").await;
    assert_eq!(rules, r#"[{"column":"region","is":"email","except":"admin"}]"#);
}

// Case: step-up/datasets
#[tokio::test]
async fn data_sets_need_a_recent_sign_in_where_write_does() {
    let app = setup().set("ROLECALL_STEP_UP__WRITE", "2h").set("ROLECALL_STEP_UP__ADMIN", "15m").start().await;
    let mut wren = with_sales(&app).await;
    let mut ada = signed_in(&app, "ada").await;
    let id = id_of(&app, "sales").await;
    let described = [("id", id.as_str()), ("title", "Ours"), ("description", ""), ("role", "read"), ("revision", "0")];
    app.clock.advance(16 * MINUTE);
    // Ada's sign-in is too old for Admin, so she has the role Write for now, and the data set is not hers.
    ada.get(&page()).await.assert_status(200);
    ada.submit(routes::API_DESCRIBE_DATASET, &described).await.assert_status(401);
    let raised = [("id", id.as_str()), ("title", "Ours"), ("description", ""), ("role", "admin"), ("revision", "0")];
    wren.submit(routes::API_DESCRIBE_DATASET, &raised).await.assert_status(422).assert_shows("higher than your own");
    app.clock.advance(110 * MINUTE);
    wren.get(&page()).await.assert_redirect("/login/demo?prompt=login&return_to=/datasets/sales");
    wren.submit(routes::API_DESCRIBE_DATASET, &described).await.assert_status(401);
    assert_eq!(app.count("datasets WHERE title = 'Ours'").await, 0);
}

// Case: datasets/ways
#[tokio::test]
async fn files_stay_out_of_what_a_program_fills() {
    let app = setup().start().await;
    let mut wren = with_sales(&app).await;
    let address = format!("{}?append={}", routes::UPLOADS, id_of(&app, "sales").await);
    wren.get(&page()).await.assert_shows("Replace all rows");
    wren.get(&address).await.assert_status(200);
    execute(app.db(), "UPDATE datasets SET kind = 'pushed' WHERE name = 'sales'").await;
    until("the page knows", async || !wren.get(&page()).await.body.contains("Replace all rows")).await;
    wren.get(&address).await.assert_status(422).assert_shows("a program sends them");
}
