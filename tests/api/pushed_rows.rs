//! Rows that programs send over the API: who may send them, in which form, and the answers.

use openidconnect::reqwest::Method;
use rolecall_routes as routes;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

const NDJSON: &str = "application/x-ndjson";
const ROWS: &str = "{\"day\":\"2026-01-02\",\"region\":\"North\",\"amount\":120.5}\n\
                    {\"day\":\"2026-01-05\",\"region\":\"South\",\"amount\":80}\n";

fn wish() -> Value {
    json!({ "title": "Sales", "columns": [
        { "name": "day", "type": "date" },
        { "name": "region", "type": "text" },
        { "name": "amount", "type": "decimal" },
    ] })
}

impl TestApp {
    async fn put(&self, name: &str, token: &str, wish: &Value) -> Answer {
        let headers = [("content-type", "application/json")];
        self.send_with(Method::PUT, &routes::api_v1_dataset(name), token, &headers, wish.to_string()).await
    }

    async fn push(&self, query: &str, token: &str, content_type: &str, body: &str) -> Answer {
        self.push_with(query, token, &[("content-type", content_type)], body).await
    }

    async fn push_with(&self, query: &str, token: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let path = format!("{}/rows{query}", routes::api_v1_dataset("sales"));
        self.send_with(Method::POST, &path, token, headers, body.to_owned()).await
    }

    /// The application with a token of Wren, who made the data set.
    async fn to_push_to() -> (Self, String) {
        let app = Self::start().await;
        let wren = app.person_token("wren").await;
        app.put("sales", &wren, &wish()).await.assert_status(201).assert_for_programs();
        (app, wren)
    }

    async fn rows(&self, token: &str) -> Value {
        self.ask(&routes::api_v1_dataset("sales"), token).await.json::<Value>()["rows"].clone()
    }
}

// Case: push/columns
#[tokio::test]
async fn rows_are_sent_as_ndjson_or_csv_and_matched_by_name() {
    let (app, wren) = TestApp::to_push_to().await;
    let made: Value = app.ask(&routes::api_v1_dataset("sales"), &wren).await.json();
    assert_eq!((&made["kind"], &made["rows"], &made["version"]), (&json!("pushed"), &json!(0), &json!(1)));

    let answer = app.push("", &wren, "application/x-ndjson; charset=utf-8", ROWS).await;
    let received: Value = answer.assert_status(200).assert_for_programs().json();
    assert_eq!(received, json!({ "rows": 2, "total": 2, "version": 2 }));
    // The columns in another order, and NDJSON without the missing values.
    app.push("?mode=append", &wren, "text/csv", "amount,region,day\n5,East,2026-02-01\n").await.assert_status(200);
    app.push("", &wren, NDJSON, "{\"region\":\"West\"}\n").await.assert_status(200);
    assert_eq!(app.rows(&wren).await, 4);
    let received: Value = app.push("?mode=replace", &wren, NDJSON, ROWS).await.assert_status(200).json();
    assert_eq!(received, json!({ "rows": 2, "total": 2, "version": 5 }));
    let list: Value = app.ask(routes::API_V1_DATASETS, &wren).await.json();
    assert!(list["datasets"].as_array().unwrap().iter().any(|dataset| dataset["name"] == "sales"), "{list}");
}

// Case: push/columns, push/all-or-nothing
#[tokio::test]
async fn rows_with_mistakes_are_told_and_change_nothing() {
    let (app, wren) = TestApp::to_push_to().await;
    app.push("", &wren, NDJSON, ROWS).await.assert_status(200);
    for (content_type, body, line, column, reason) in [
        (NDJSON, format!("{ROWS}{{\"day\":\"2026-01-06\",\"amount\":\"much\"}}\n"), 3, "amount", "number"),
        (NDJSON, "{\"day\":\"2026-01-06\",\"tax\":1}\n".to_owned(), 1, "tax", "no such column"),
        ("text/csv", "day,amount\n2026-01-06,1\n".to_owned(), 1, "region", "no such column"),
        // Nobody can be asked whether the day or the month comes first.
        ("text/csv", "day,region,amount\n31/01/2026,North,1\n".to_owned(), 2, "day", "date"),
        ("text/csv", "day,region,amount\n2026-01-31,North,\"1,5\"\n".to_owned(), 2, "amount", "number"),
    ] {
        let answer = app.push("", &wren, content_type, &body).await;
        let problem: Value = answer.assert_problem(422).json();
        let mistake = &problem["mistakes"][0];
        assert_eq!(
            (&mistake["line"], &mistake["column"], &problem["mistake_count"]),
            (&json!(line), &json!(column), &json!(1))
        );
        assert!(mistake["reason"].as_str().unwrap().contains(reason), "{problem}");
    }
    for (content_type, body) in
        [(NDJSON, ""), (NDJSON, "[1]\n"), ("text/csv", "day;region;amount\n"), (NDJSON, "\u{0}")]
    {
        app.push("", &wren, content_type, body).await.assert_problem(422);
    }
    app.push("?mode=replace", &wren, "text/csv", "day,region,amount\n").await.assert_problem(422);
    app.push("?mode=clear", &wren, NDJSON, ROWS).await.assert_problem(400);
    assert_eq!(app.rows(&wren).await, 2);
    let left = std::fs::read_dir(app.data_dir().join("datasets/incoming")).unwrap().count();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn only_the_first_hundred_mistakes_are_listed_and_all_are_counted() {
    let (app, wren) = TestApp::to_push_to().await;
    let body = "{\"amount\":\"x\"}\n".repeat(250);
    let problem: Value = app.push("", &wren, NDJSON, &body).await.assert_problem(422).json();
    assert_eq!((problem["mistakes"].as_array().unwrap().len(), &problem["mistake_count"]), (100, &json!(250)));
}

// Case: push/max-columns
#[tokio::test]
async fn a_data_set_of_a_program_has_as_many_columns_as_is_configured() {
    let app = TestApp::setup().set("ROLECALL_DATASETS__MAX_COLUMNS", "2").start().await;
    let wren = app.person_token("wren").await;
    app.put("sales", &wren, &wish()).await.assert_problem(422).assert_shows("at most 2 columns");
    let app = TestApp::setup().set("ROLECALL_DATASETS__MAX_COLUMNS", "501").start().await;
    let wren = app.person_token("wren").await;
    let column = |number| json!({ "name": format!("c{number}"), "type": "integer" });
    let wide = json!({ "title": "Wide", "columns": (0..501).map(column).collect::<Vec<_>>() });
    app.put("wide", &wren, &wide).await.assert_status(201);
}

// Case: push/limits
#[tokio::test]
async fn other_types_and_too_much_at_once_are_refused() {
    let (app, wren) = TestApp::to_push_to().await;
    for content_type in ["application/json", "text/plain", "multipart/form-data; boundary=x", ""] {
        app.push("", &wren, content_type, ROWS).await.assert_problem(415);
    }
    app.push_with("", &wren, &[], ROWS).await.assert_problem(415);
    // This body is larger than any other route accepts.
    let large = "{\"region\":\"North\"}\n".repeat(10_000);
    app.push("", &wren, NDJSON, &large).await.assert_status(200);
    let large = serde_json::to_string(&json!({ "title": "x".repeat(1_100_000), "columns": [] })).unwrap();
    let headers = [("content-type", "application/json")];
    app.send_with(Method::PUT, &routes::api_v1_dataset("large"), &wren, &headers, large).await.assert_problem(413);
    assert_eq!(app.rows(&wren).await, 10_000);
}

// Case: push/limits
#[tokio::test]
async fn a_request_holds_no_more_than_the_settings_allow() {
    let app = TestApp::setup().set("ROLECALL_DATASETS__MAX_BYTES", "100000").start().await;
    let wren = app.person_token("wren").await;
    app.put("sales", &wren, &wish()).await.assert_status(201);
    let rows = |count| "{\"region\":\"North\"}\n".repeat(count);
    app.push("", &wren, NDJSON, &rows(20_000)).await.assert_problem(413);
    app.push("", &wren, NDJSON, &rows(6_000)).await.assert_problem(413).assert_shows("at most 100 kB");
    app.push("", &wren, NDJSON, &rows(4_000)).await.assert_status(200);
    assert_eq!(app.rows(&wren).await, 4_000);
    let left = std::fs::read_dir(app.data_dir().join("datasets/incoming")).unwrap().count();
    assert_eq!(left, 0);
}

// Case: push/who
#[tokio::test]
async fn the_owner_and_administrators_send_rows_and_nobody_else() {
    let (app, wren) = TestApp::to_push_to().await;
    let (ada, reed, nora) =
        (app.person_token("ada").await, app.person_token("reed").await, app.person_token("nora").await);
    app.push("", &ada, NDJSON, ROWS).await.assert_status(200);
    app.push("", &wren, NDJSON, ROWS).await.assert_status(200);
    for token in [&reed, &nora, &app.robot_token().await] {
        app.push("", token, NDJSON, ROWS).await.assert_problem(403);
        app.put("others", token, &wish()).await.assert_problem(403);
    }
    app.push("", "none", NDJSON, ROWS).await.assert_problem(401);

    // The data set is Ada's. Wren sees it but may not change it; once it is for administrators, it does not exist for
    // Wren.
    app.put("hers", &ada, &wish()).await.assert_status(201);
    let path = format!("{}/rows", routes::api_v1_dataset("hers"));
    let push = async || app.send_with(Method::POST, &path, &wren, &[("content-type", NDJSON)], ROWS).await;
    push().await.assert_problem(403).assert_shows("owner");
    app.put("hers", &wren, &wish()).await.assert_problem(403);
    let mut closed = wish();
    closed["role"] = json!("admin");
    app.put("hers", &ada, &closed).await.assert_status(200);
    push().await.assert_problem(404);
    app.ask(&routes::api_v1_dataset("hers"), &wren).await.assert_problem(404);
    assert!(!app.ask(routes::API_V1_DATASETS, &wren).await.body.contains("hers"));
    app.put("closed", &wren, &closed).await.assert_problem(422).assert_shows("higher than your own");
    for path in [routes::api_v1_dataset("weather"), routes::api_v1_dataset("nowhere")] {
        let status = if path.ends_with("weather") { 409 } else { 404 };
        let headers = [("content-type", NDJSON)];
        app.send_with(Method::POST, &format!("{path}/rows"), &ada, &headers, ROWS).await.assert_problem(status);
    }
    assert_eq!(app.rows(&wren).await, 4);
}

// Case: push/who
#[tokio::test]
async fn an_application_owns_what_it_makes() {
    // The application's only role counts as Write here, and so does Reed's.
    let app = TestApp::setup().set("ROLECALL_ROLES__WRITE", "Rolecall.Read").set("ROLECALL_ROLES__READ", "Other");
    let app = app.start().await;
    let (robot, reed) = (app.robot_token().await, app.person_token("reed").await);
    app.put("sales", &robot, &wish()).await.assert_status(201);
    app.push("", &robot, NDJSON, ROWS).await.assert_status(200);
    app.push("", &reed, NDJSON, ROWS).await.assert_problem(403);
    assert_eq!(app.count("users WHERE issuer LIKE 'applications of %'").await, 1);
}

#[tokio::test]
async fn a_data_set_is_made_only_as_one_can_be() {
    let app = TestApp::start().await;
    let wren = app.person_token("wren").await;
    let with = |field: &str, value: Value| {
        let mut wish = wish();
        wish[field] = value;
        wish
    };
    let column = |name: &str| json!({ "name": name, "type": "text" });
    for (name, wish, status) in [
        ("Sales", wish(), 422),
        ("weather", wish(), 422),
        ("sales", with("title", json!(" ")), 422),
        ("sales", with("columns", json!([])), 422),
        ("sales", with("columns", json!([column("a"), column(" A")])), 422),
        ("sales", with("columns", json!([column("a"), column("A")])), 422),
        ("sales", with("columns", json!([column("")])), 422),
        ("sales", with("columns", json!([{ "name": "a", "type": "money" }])), 422),
        ("sales", with("rolle", json!("read")), 422),
        ("sales", json!("no"), 422),
    ] {
        app.put(name, &wren, &wish).await.assert_problem(status);
    }
    let path = routes::api_v1_dataset("sales");
    app.send_with(Method::PUT, &path, &wren, &[("content-type", "application/json")], "{").await.assert_problem(400);
    app.send_with(Method::PUT, &path, &wren, &[], wish().to_string()).await.assert_problem(415);
    app.put("sales", &wren, &wish()).await.assert_status(201);
    app.put("sales", &wren, &with("title", json!("Our sales"))).await.assert_status(200).assert_shows("Our sales");
    app.put("sales", &wren, &with("columns", json!([column("a")]))).await.assert_problem(409);
}

// Case: push/key
#[tokio::test]
async fn a_request_sent_again_with_its_key_changes_nothing() {
    let (app, wren) = TestApp::to_push_to().await;
    let push = async |key: &str, body: &str| {
        app.push_with("", &wren, &[("content-type", NDJSON), ("idempotency-key", key)], body).await
    };
    let first = push("\"k-1\"", ROWS).await;
    first.assert_status(200);
    // After another request in between, repeating the first gets its answer again.
    push("\"k-2\"", ROWS).await.assert_status(200);
    assert_eq!(push("\"k-1\"", ROWS).await.assert_status(200).body, first.body);
    assert_eq!(push("k-1", ROWS).await.assert_status(200).body, first.body);
    push("k-1", "{\"amount\":1}\n").await.assert_problem(422).assert_shows("another request");
    for wrong in ["", "a b", &"a".repeat(256)] {
        push(wrong, ROWS).await.assert_problem(400);
    }
    // A refused request can be corrected and sent with the same key.
    push("k-3", "{\"amount\":\"x\"}\n").await.assert_problem(422);
    push("k-3", "{\"amount\":1}\n").await.assert_status(200);
    // The same key from somebody else is a different key.
    let ada = app.person_token("ada").await;
    let headers = [("content-type", NDJSON), ("idempotency-key", "k-1")];
    app.push_with("", &ada, &headers, "{\"amount\":2}\n").await.assert_status(200);
    assert_eq!(app.rows(&wren).await, 6);
}
