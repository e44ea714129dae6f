//! What administrators see and decide by the API: people, sessions and the audit.

use std::time::Duration;

use openidconnect::reqwest::Method;
use rolecall::routes;
use serde_json::{Value, json};

use crate::support::{
    AUDIENCE, AccessToken, Answer, Face, StandIn, TestApp, TestDb, execute, on_both_dialects, signed_in,
};

on_both_dialects! {
    people_are_listed_searched_and_told_of,
    who_used_the_api_alone_has_never_signed_in,
    a_program_disables_and_enables_a_person,
    a_program_gives_a_role_and_takes_it_back,
    a_program_ends_one_session_and_those_of_a_person,
    the_audit_is_read_and_exported,
    an_application_decides_without_anybody_and_stands_in_the_audit_as_itself,
    a_program_leaves_somebody_with_the_role_admin,
}

async fn start(database: &TestDb) -> TestApp {
    TestApp::setup().on(database).start().await
}

async fn send(app: &TestApp, method: Method, path: &str, token: &str, body: Value) -> Answer {
    let json = [("content-type", "application/json")];
    app.send_with(method, path, token, &json, body.to_string()).await
}

/// Sends a request without a body.
async fn order(app: &TestApp, method: Method, path: &str, token: &str) -> Answer {
    app.ask_with(method, path, &[("authorization", &format!("Bearer {token}"))]).await
}

async fn ask(app: &TestApp, path: &str, token: &str) -> Value {
    app.ask(path, token).await.assert_status(200).assert_for_programs().json()
}

fn of_user(route: &str, id: i64) -> String {
    route.replace("{id}", &id.to_string())
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
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
    // Some signed in at the same moment.
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

// Case: api/disable
async fn a_program_disables_and_enables_a_person(database: &TestDb) {
    let app = start(database).await;
    let (_ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    let (token, wrens) = (app.person_token("ada").await, app.person_token("wren").await);
    let path = of_user(routes::API_V1_USER_DISABLE, 2);
    let wish = json!({ "reason": "You left" });
    for (wrong, status) in [
        (json!({ "reason": " " }), 422),
        (json!({}), 422),
        (json!({ "reason": 1 }), 422),
        (json!({ "reason": "x", "until": "x" }), 422),
    ] {
        send(&app, Method::POST, &path, &token, wrong).await.assert_problem(status);
    }
    order(&app, Method::POST, &path, &token).await.assert_problem(415);
    send(&app, Method::POST, &of_user(routes::API_V1_USER_DISABLE, 1), &token, wish.clone()).await.assert_problem(422);
    send(&app, Method::POST, &of_user(routes::API_V1_USER_DISABLE, 999), &token, wish.clone())
        .await
        .assert_problem(404);
    assert!(wren.user().await.is_some());

    let disabled: Value = send(&app, Method::POST, &path, &token, wish).await.assert_status(200).json();
    assert_eq!((&disabled["disabled"]["reason"], &disabled["sessions"]), (&json!("You left"), &json!(0)), "{disabled}");
    assert_eq!(wren.user().await, None);
    app.browser().attempt_as("wren").await.assert_status(403).assert_shows("You left");
    app.ask(routes::API_V1_DASHBOARDS, &wrens).await.assert_problem(403);
    let enable = of_user(routes::API_V1_USER_ENABLE, 2);
    let enabled: Value = order(&app, Method::POST, &enable, &token).await.assert_status(200).json();
    assert_eq!(enabled["disabled"], Value::Null);
    assert!(signed_in(&app, "wren").await.user().await.is_some());
    order(&app, Method::POST, &of_user(routes::API_V1_USER_ENABLE, 999), &token).await.assert_problem(404);
    for kind in ["person_disabled", "person_enabled"] {
        let condition = format!("audit WHERE kind = '{kind}' AND actor_id = 1 AND person_id = 2 AND ip = '127.0.0.1'");
        assert_eq!(app.count(&condition).await, 1);
    }
}

// Case: api/grants
async fn a_program_gives_a_role_and_takes_it_back(database: &TestDb) {
    let app = start(database).await;
    let (_ada, mut nora) = (signed_in(&app, "ada").await, signed_in(&app, "nora").await);
    let token = app.person_token("ada").await;
    let path = of_user(routes::API_V1_USER_GRANTS, 2);
    let wish = json!({ "role": "read", "reason": "Helps out", "ends": "2999-01-01" });
    for wrong in [
        json!({ "role": "owner", "reason": "x" }),
        json!({ "role": "read", "reason": "" }),
        json!({ "role": "read", "reason": "x", "ends": "2000-01-01T00:00:00Z" }),
    ] {
        send(&app, Method::POST, &path, &token, wrong).await.assert_problem(422);
    }
    let soon = json!({ "role": "read", "reason": "x", "ends": "soon" });
    send(&app, Method::POST, &path, &token, soon).await.assert_problem(400);
    send(&app, Method::POST, &of_user(routes::API_V1_USER_GRANTS, 1), &token, wish.clone()).await.assert_problem(422);
    send(&app, Method::POST, &of_user(routes::API_V1_USER_GRANTS, 999), &token, wish.clone()).await.assert_problem(404);
    nora.get(routes::DASHBOARDS).await.assert_status(403);

    let given: Value = send(&app, Method::POST, &path, &token, wish).await.assert_status(200).json();
    let grant = &given["grants"][0];
    assert_eq!((&grant["role"], &grant["granted_by"]), (&json!("read"), &json!(1)), "{given}");
    assert_eq!(grant["ends"], "2999-01-01T00:00:00.000Z");
    nora.get(routes::DASHBOARDS).await.assert_status(200);
    let grant = format!("{path}/{}", grant["id"].as_str().unwrap());
    let of_another = grant.replace("/users/2/", "/users/1/");
    order(&app, Method::DELETE, &of_another, &token).await.assert_problem(404);
    let without: Value = order(&app, Method::DELETE, &grant, &token).await.assert_status(200).json();
    assert_eq!((&without["grants"], &without["role"]), (&json!([]), &Value::Null));
    nora.get(routes::DASHBOARDS).await.assert_status(403);
    order(&app, Method::DELETE, &grant, &token).await.assert_problem(404);
    for kind in ["role_granted", "role_revoked"] {
        assert_eq!(app.count(&format!("audit WHERE kind = '{kind}' AND actor_id = 1 AND person_id = 2")).await, 1);
    }
}

// Case: api/sessions
async fn a_program_ends_one_session_and_those_of_a_person(database: &TestDb) {
    let app = start(database).await;
    let (mut ada, mut wren, mut other) =
        (signed_in(&app, "ada").await, signed_in(&app, "wren").await, signed_in(&app, "wren").await);
    let token = app.person_token("ada").await;
    for (query, count) in [
        ("", 3),
        ("?person=WREN", 2),
        ("?role=admin", 1),
        ("?provider=other", 0),
        ("?address=127.0.0.1&person=ada", 1),
        ("?address=127.0.0.2", 0),
        ("?began=less_than_1h", 3),
        ("?began=more_than_1h", 0),
    ] {
        let list = ask(&app, &format!("{}{query}", routes::API_V1_SESSIONS), &token).await;
        assert_eq!(list["sessions"].as_array().unwrap().len(), count, "{query}: {list}");
    }
    for wrong in ["role=owner", "after=x", "who=ada", "began=long_ago"] {
        app.ask(&format!("{}?{wrong}", routes::API_V1_SESSIONS), &token).await.assert_problem(400);
    }
    let of_wren = of_user(routes::API_V1_USER_SESSIONS, 2);
    let list = ask(&app, &of_wren, &token).await;
    let [newest, _] = &list["sessions"].as_array().unwrap()[..] else { panic!("{list}") };
    assert_eq!(
        (&newest["user"], &newest["role"], &newest["address"]),
        (&json!(2), &json!("write"), &json!("127.0.0.1"))
    );
    let path = routes::API_V1_SESSION.replace("{id}", newest["id"].as_str().unwrap());
    let ended: Value = order(&app, Method::DELETE, &path, &token).await.assert_status(200).json();
    assert_eq!(ended, json!({ "ended": 1 }));
    assert!(wren.user().await.is_some() != other.user().await.is_some());
    order(&app, Method::DELETE, &path, &token).await.assert_problem(404);
    let end_all = of_user(routes::API_V1_USER_END_SESSIONS, 2);
    let ended: Value = order(&app, Method::POST, &end_all, &token).await.assert_status(200).json();
    assert_eq!(ended, json!({ "ended": 1 }));
    assert_eq!((wren.user().await, other.user().await), (None, None));
    assert!(ada.user().await.is_some());
    order(&app, Method::DELETE, "/api/v1/sessions/nothing", &token).await.assert_problem(404);
    order(&app, Method::POST, &of_user(routes::API_V1_USER_END_SESSIONS, 999), &token).await.assert_problem(404);
    app.ask(&of_user(routes::API_V1_USER_SESSIONS, 999), &token).await.assert_problem(404);
    assert_eq!(app.count("audit WHERE kind = 'sessions_ended' AND actor_id = 1 AND person_id = 2").await, 2);
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
    for wrong in ["kind=nothing", "from=yesterday", "after=x", "who=ada"] {
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

/// Everything that decides or takes out, with a body that would do.
fn decisions() -> Vec<(Method, String, Value)> {
    vec![
        (Method::POST, of_user(routes::API_V1_USER_DISABLE, 1), json!({ "reason": "x" })),
        (Method::POST, of_user(routes::API_V1_USER_ENABLE, 1), json!({})),
        (Method::POST, of_user(routes::API_V1_USER_GRANTS, 1), json!({ "role": "admin", "reason": "x" })),
        (Method::DELETE, format!("{}/x", of_user(routes::API_V1_USER_GRANTS, 1)), json!({})),
        (Method::GET, routes::API_V1_AUDIT_EXPORT.to_owned(), json!({})),
    ]
}

/// The rest that only administrators may ask for.
fn others() -> Vec<(Method, String, Value)> {
    [
        (Method::GET, routes::API_V1_USERS.to_owned()),
        (Method::GET, of_user(routes::API_V1_USER, 1)),
        (Method::GET, of_user(routes::API_V1_USER_SESSIONS, 1)),
        (Method::POST, of_user(routes::API_V1_USER_END_SESSIONS, 1)),
        (Method::GET, routes::API_V1_SESSIONS.to_owned()),
        (Method::DELETE, routes::API_V1_SESSION.replace("{id}", "x")),
        (Method::GET, routes::API_V1_AUDIT.to_owned()),
        (Method::GET, of_user(routes::API_V1_AUDIT_ENTRY, 1)),
    ]
    .map(|(method, path)| (method, path, json!({})))
    .into()
}

/// An application's token with the `role`, as the stand-in signs it.
fn application(stand_in: &StandIn, role: &str, change: impl FnOnce(&mut AccessToken)) -> String {
    stand_in.access_token(|token| {
        token.claim(json!({ "sub": "some-tool", "scope": null, "name": "Some tool", "roles": [role] }));
        change(token);
    })
}

// Case: api/people-who
#[tokio::test]
async fn only_administrators_see_or_decide_anything_of_people() {
    let stand_in = StandIn::start(Face::Plain).await;
    let app = stand_in.start_api().await;
    let mut person = stand_in.sign_in(&app).await;
    let of_person = |role: &str| stand_in.access_token(|token| token.claim(json!({ "roles": [role] })));
    let admin = json!({ "roles": ["Rolecall.Admin"] });
    let refused = [
        (403, of_person("Rolecall.Read")),
        (403, of_person("Rolecall.Write")),
        (403, application(&stand_in, "Rolecall.Read", |_| {})),
        (403, application(&stand_in, "Rolecall.Write", |_| {})),
        (401, application(&stand_in, "Rolecall.Admin", |token| token.claim(json!({ "exp": 1_000 })))),
        (401, application(&stand_in, "Rolecall.Admin", |token| token.claim(json!({ "aud": "api://another" })))),
        (
            401,
            stand_in.access_token(|token| {
                token.claim(admin.clone());
                token.claim(json!({ "aud": format!("{AUDIENCE}/x") }));
            }),
        ),
    ];
    for (status, token) in &refused {
        for (method, path, body) in decisions().into_iter().chain(others()) {
            send(&app, method.clone(), &path, token, body.clone()).await.assert_problem(*status);
            app.ask_with(method, &path, &[("cookie", &person.cookie_header())]).await.assert_problem(401);
        }
    }
    assert!(person.user().await.is_some());
    assert_eq!(app.count("grants").await + app.count("users WHERE disabled_at IS NOT NULL").await, 0);
}

// Case: api/people-step-up
#[tokio::test]
async fn what_cannot_be_taken_back_needs_a_token_of_a_recent_sign_in() {
    let stand_in = StandIn::start(Face::Plain).await;
    let app = stand_in.start_api().await;
    stand_in.sign_in(&app).await;
    let at_s = stand_in.clock().now_ms() / 1000;
    let admin = |authenticated_at_s: Option<i64>| {
        stand_in.access_token(|token| {
            token.claim(json!({ "roles": ["Rolecall.Admin"], "sub": "another", "auth_time": authenticated_at_s }));
        })
    };
    for token in [admin(None), admin(Some(at_s - 601)), admin(Some(at_s + 61))] {
        for (method, path, body) in decisions() {
            let answer = send(&app, method, &path, &token, body).await;
            assert!(answer.assert_problem(401).challenge().contains("error=\"insufficient_user_authentication\""));
        }
        app.ask(routes::API_V1_USERS, &token).await.assert_status(200);
    }
    let token = admin(Some(at_s - 599));
    for (method, path, body) in decisions() {
        let answer = send(&app, method.clone(), &path, &token, body).await;
        assert_eq!(answer.status, if method == Method::DELETE { 404 } else { 200 }, "{path}: {answer:#?}");
    }
}

// Case: api/people-application
async fn an_application_decides_without_anybody_and_stands_in_the_audit_as_itself(database: &TestDb) {
    let stand_in = StandIn::start(Face::Plain).await;
    let app = stand_in.setup_api().on(database).start().await;
    let mut person = stand_in.sign_in(&app).await;
    let token = application(&stand_in, "Rolecall.Admin", |_| {});
    let path = of_user(routes::API_V1_USER_DISABLE, 1);
    let disabled = send(&app, Method::POST, &path, &token, json!({ "reason": "You left" })).await;
    let request_id = disabled.assert_status(200).header("x-request-id").to_owned();
    assert_eq!(person.user().await, None);
    let entries = ask(&app, &format!("{}?kind=person_disabled", routes::API_V1_AUDIT), &token).await;
    let entry = &entries["entries"][0];
    assert_eq!((&entry["actor"], &entry["person"]), (&json!("Some tool"), &json!("Ada Vale")), "{entry}");
    let details = &entry["details"];
    let told = (&details["client"], &details["ended"], &details["reason"]);
    assert_eq!(told, (&json!("some-tool"), &json!(1), &json!("You left")), "{entry}");
    assert_eq!(details["request_id"], json!(request_id));
    let people = ask(&app, routes::API_V1_USERS, &token).await;
    assert_eq!(names(&people["users"]), ["Ada Vale"], "a program is nobody");
    let number = entry["actor_id"].as_i64().unwrap();
    app.ask(&of_user(routes::API_V1_USER, number), &token).await.assert_problem(404);
    let oneself = of_user(routes::API_V1_USER_GRANTS, number);
    send(&app, Method::POST, &oneself, &token, json!({ "role": "read", "reason": "x" })).await.assert_problem(404);
}

// Case: api/last-administrator
async fn a_program_leaves_somebody_with_the_role_admin(database: &TestDb) {
    let stand_in = StandIn::start(Face::Plain).await;
    let app = stand_in.setup_api().on(database).start().await;
    let mut person = stand_in.sign_in(&app).await;
    let token = application(&stand_in, "Rolecall.Admin", |_| {});
    let disable = of_user(routes::API_V1_USER_DISABLE, 1);
    let (wish, admin) = (json!({ "reason": "x" }), json!({ "role": "admin", "reason": "x" }));
    let given: Value = send(&app, Method::POST, &of_user(routes::API_V1_USER_GRANTS, 1), &token, admin.clone())
        .await
        .assert_status(200)
        .json();
    let grant = format!("{}/{}", of_user(routes::API_V1_USER_GRANTS, 1), given["grants"][0]["id"].as_str().unwrap());
    let nobody_left = "no administrator could sign in any more";
    send(&app, Method::POST, &disable, &token, wish.clone()).await.assert_problem(409).assert_shows(nobody_left);
    order(&app, Method::DELETE, &grant, &token).await.assert_problem(409).assert_shows(nobody_left);
    assert!(person.user().await.is_some(), "nothing half done");
    // Who is out or has a lower role counts for nothing.
    for (number, role, kept_out) in [(2, "write", "NULL"), (3, "admin", "7")] {
        let insert = format!(
            "INSERT INTO users (id, issuer, subject, name, created_at, last_sign_in_at, disabled_at) \
             VALUES (10{number}, 'https://issuer.test', '{number}', 'Another', 0, 0, {kept_out})"
        );
        execute(app.db(), &insert).await;
        let insert = format!(
            "INSERT INTO grants (id, user_id, role, reason, granted_at) VALUES ('{number}', 10{number}, '{role}', 'x', 0)"
        );
        execute(app.db(), &insert).await;
    }
    send(&app, Method::POST, &disable, &token, wish.clone()).await.assert_problem(409);
    order(&app, Method::POST, &of_user(routes::API_V1_USER_ENABLE, 103), &token).await.assert_status(200);
    send(&app, Method::POST, &disable, &token, wish.clone()).await.assert_status(200);
    assert_eq!(person.user().await, None);
    send(&app, Method::POST, &of_user(routes::API_V1_USER_DISABLE, 102), &token, wish.clone()).await.assert_status(200);
    send(&app, Method::POST, &of_user(routes::API_V1_USER_DISABLE, 103), &token, wish).await.assert_problem(409);
}
