//! Decisions about people and sessions that programs make over the API.

use openidconnect::reqwest::Method;
use rolecall_routes as routes;
use serde_json::{Value, json};

use super::{application, ask, names, of_user, send, start};
use crate::support::{Answer, Face, StandIn, TestApp, TestDb, execute, on_both_dialects, signed_in};

on_both_dialects! {
    a_program_disables_and_enables_a_person,
    a_program_gives_a_role_and_takes_it_back,
    a_program_gives_no_role_that_the_configuration_does_not_leave_to_the_person,
    a_program_ends_one_session_and_those_of_a_person,
    an_application_decides_without_anybody_and_stands_in_the_audit_as_itself,
    a_program_leaves_somebody_with_the_role_admin,
}

/// Sends a request without a body.
async fn order(app: &TestApp, method: Method, path: &str, token: &str) -> Answer {
    app.ask_with(method, path, &[("authorization", &format!("Bearer {token}"))]).await
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

// Case: admin/grant-limited
async fn a_program_gives_no_role_that_the_configuration_does_not_leave_to_the_person(database: &TestDb) {
    let app = start(database).await;
    let (_ada, _nora) = (signed_in(&app, "ada").await, signed_in(&app, "nora").await);
    let token = app.person_token("ada").await;
    let (path, wish) = (of_user(routes::API_V1_USER_GRANTS, 2), json!({ "role": "read", "reason": "x" }));
    // The person's provider is no longer configured.
    execute(app.db(), "UPDATE sign_ins SET provider = 'gone' WHERE user_id = 2").await;
    let refused = send(&app, Method::POST, &path, &token, wish.clone()).await;
    refused.assert_problem(422).assert_shows("The configuration does not leave this role to the person");
    assert_eq!((app.count("grants").await, app.count("audit WHERE kind = 'role_granted'").await), (0, 0));
    execute(app.db(), "UPDATE sign_ins SET provider = 'demo' WHERE user_id = 2").await;
    send(&app, Method::POST, &path, &token, wish).await.assert_status(200);
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
    assert_eq!(names(&people["users"]), ["Ada Vale"], "programs are not listed as people");
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
    assert!(person.user().await.is_some(), "a refused decision changes nothing");
    // Nobody counts who has a lower role, is disabled, or is of an issuer that the provider does not have.
    let (issuer, before) = (stand_in.issuer(), "https://issuer.test".to_owned());
    for (number, role, issuer, kept_out) in
        [(2, "write", &issuer, "NULL"), (3, "admin", &issuer, "7"), (4, "admin", &before, "NULL")]
    {
        let insert = format!(
            "INSERT INTO users (id, issuer, subject, name, created_at, last_sign_in_at, disabled_at) \
             VALUES (10{number}, '{issuer}', '{number}', 'Another', 0, 0, {kept_out})"
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
