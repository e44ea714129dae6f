//! The lists of people, sessions and audit entries.

use std::time::Duration;

use rolecall_routes as routes;
use serde_json::{Value, json};

use super::{ask, names, of_user, start};
use crate::support::{TestDb, execute, on_both_dialects, signed_in};

on_both_dialects! {
    people_are_listed_searched_and_told_of,
    who_used_the_api_alone_has_never_signed_in,
    the_audit_is_read_and_exported,
}

// Case: api/people
async fn people_are_listed_searched_and_told_of(database: &TestDb) {
    let app = start(database).await;
    let ada = app.person_token("ada").await;
    assert_eq!(ask(&app, routes::API_V1_USERS, &ada).await, json!({ "users": [], "next": null }));
    signed_in(&app, "ada").await;
    app.clock.advance(Duration::from_secs(1));
    signed_in(&app, "wren").await;
    let list = ask(&app, routes::API_V1_USERS, &ada).await;
    assert_eq!(names(&list["users"]), ["Wren Hollis", "Ada Vale"], "{list}");
    let found = ask(&app, &format!("{}?search=WREN", routes::API_V1_USERS), &ada).await;
    assert_eq!(names(&found["users"]), ["Wren Hollis"]);
    let wren = ask(&app, found["users"][0]["href"].as_str().unwrap(), &ada).await;
    assert_eq!((&wren["role"], &wren["provider_role"]), (&json!("write"), &json!("write")), "{wren}");
    assert_eq!((&wren["grants"], &wren["disabled"], &wren["sessions"]), (&json!([]), &Value::Null, &json!(1)));
    // Three people at a time have signed in at the same moment.
    for number in 0..118 {
        let insert = format!(
            "INSERT INTO users (issuer, subject, name, created_at, last_sign_in_at) \
             VALUES ('https://issuer.test', '{number}', 'Person {number}', 0, {})",
            number / 3
        );
        execute(app.db(), &insert).await;
    }
    let (mut path, mut seen) = (format!("{}?search=e", routes::API_V1_USERS), std::collections::BTreeSet::new());
    for count in [50, 50, 20] {
        let page = ask(&app, &path, &ada).await;
        let users = page["users"].as_array().unwrap();
        assert_eq!(users.len(), count);
        seen.extend(users.iter().map(|user| user["id"].as_i64().unwrap()));
        page["next"].as_str().unwrap_or_default().clone_into(&mut path);
    }
    assert_eq!((seen.len(), path.as_str()), (120, ""));
    for wrong in ["after=x", "after=1", "search=a&search=b", "nothing=1"] {
        app.ask(&format!("{}?{wrong}", routes::API_V1_USERS), &ada).await.assert_problem(400);
    }
    for id in ["999", "x", "-1", "99999999999999999999"] {
        app.ask(&routes::API_V1_USER.replace("{id}", id), &ada).await.assert_problem(404);
    }
}

// Case: api/people
async fn who_used_the_api_alone_has_never_signed_in(database: &TestDb) {
    let app = start(database).await;
    let ada = app.person_token("ada").await;
    app.ask(routes::API_V1_AUDIT_EXPORT, &ada).await.assert_status(200);
    let list = ask(&app, routes::API_V1_USERS, &ada).await;
    assert_eq!(names(&list["users"]), ["Ada Vale"]);
    assert_eq!(
        (&list["users"][0]["last_sign_in"], &list["users"][0]["last_seen"]),
        (&Value::Null, &Value::Null),
        "{list}"
    );
    signed_in(&app, "ada").await;
    let list = ask(&app, routes::API_V1_USERS, &ada).await;
    assert!(list["users"][0]["last_sign_in"].is_string(), "{list}");
}

// Case: api/audit
async fn the_audit_is_read_and_exported(database: &TestDb) {
    let app = start(database).await;
    signed_in(&app, "ada").await;
    for _ in 0..60 {
        signed_in(&app, "reed").await;
    }
    assert!(app.audit().flush(Duration::from_secs(30)).await);
    let token = app.person_token("ada").await;
    let all = ask(&app, routes::API_V1_AUDIT, &token).await;
    let first = &all["entries"][0];
    assert_eq!(
        (&first["kind"], &first["actor"], &first["address"]),
        (&json!("signed_in"), &json!("Reed Marlow"), &json!("127.0.0.1"))
    );
    assert_eq!(first["details"]["role"], "read");
    assert_eq!(first["details"]["request_id"].as_str().map(str::len), Some(32));
    let rest = ask(&app, all["next"].as_str().unwrap(), &token).await;
    let ids: Vec<_> = [&all, &rest].iter().flat_map(|page| page["entries"].as_array().unwrap()).collect();
    assert_eq!((ids.len(), &rest["next"]), (61, &Value::Null));
    let id = first["id"].as_i64().unwrap();
    assert_eq!(&ask(&app, &of_user(routes::API_V1_AUDIT_ENTRY, id), &token).await, first);
    for (query, count) in [
        ("person=ada", 1),
        ("person=1", 1),
        ("kind=signed_out", 0),
        ("address=127.0.0.2", 0),
        ("until=2000-01-01", 0),
        ("person=ada&kind=signed_in&from=2000-01-01T00:00:00Z", 1),
    ] {
        let found = ask(&app, &format!("{}?{query}", routes::API_V1_AUDIT), &token).await;
        assert_eq!(found["entries"].as_array().unwrap().len(), count, "{query}");
    }
    let in_wrong_order = "from=2026-01-02&until=2026-01-01";
    for wrong in ["kind=nothing", "from=yesterday", "after=x", "who=ada", "address=10.0.0.0/8", in_wrong_order] {
        app.ask(&format!("{}?{wrong}", routes::API_V1_AUDIT), &token).await.assert_problem(400);
        app.ask(&format!("{}?{wrong}", routes::API_V1_AUDIT_EXPORT), &token).await.assert_problem(400);
    }
    for id in ["999999", "x"] {
        app.ask(&routes::API_V1_AUDIT_ENTRY.replace("{id}", id), &token).await.assert_problem(404);
    }
    let export = app.ask(&format!("{}?kind=signed_in", routes::API_V1_AUDIT_EXPORT), &token).await;
    assert_eq!(export.assert_status(200).assert_for_programs().header("content-type"), "application/x-ndjson");
    let lines: Vec<Value> = export.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[0]), (61, first));
    let older = app.ask(&format!("{}?after={id}", routes::API_V1_AUDIT_EXPORT), &token).await;
    assert_eq!(older.assert_status(200).body.lines().count(), 60);
    assert_eq!(app.count("audit WHERE kind = 'audit_exported' AND actor_id = 1").await, 2);
    assert!(app.audit().verify().await.unwrap().is_ok());
}
