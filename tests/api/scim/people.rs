//! What a directory says about people, and the effects.

use openidconnect::reqwest::Method;
use rolecall_routes as routes;
use serde_json::{Value, json};

use super::{Directory, issuer, start, subject};
use crate::support::{TestApp, TestDb, on_both_dialects, path_and_query, text, until};

on_both_dialects! {
    who_is_disabled_in_the_directory_is_out_at_once_and_reads_why,
    whichever_way_a_directory_says_it_counts,
    a_user_stays_about_the_same_person,
    who_is_deleted_stays_out_until_they_are_created_again,
    who_never_signed_in_is_judged_at_the_first_sign_in,
    what_administrators_decide_and_what_the_directory_says_are_kept_apart,
    a_directory_speaks_of_the_people_of_its_issuer_alone,
    every_change_is_in_the_audit_by_the_name_of_the_token,
    a_sign_in_that_is_on_its_way_does_not_outlive_what_the_directory_says,
}

const WHY: &str = "directory says that your account is not active";

fn active(value: impl Into<Value>) -> Value {
    json!([{ "op": "Replace", "path": "active", "value": value.into() }])
}

// Case: scim/disable
async fn who_is_disabled_in_the_directory_is_out_at_once_and_reads_why(database: &TestDb) {
    let app = start(database).await;
    let directory = Directory::of(&app).await;
    let (mut wren, mut ada) = (app.browser(), app.browser());
    wren.sign_in_as("wren").await;
    ada.sign_in_as("ada").await;
    let token = app.person_token("wren").await;
    let path = directory.create("Wren", &subject(&app, "wren").await, true).await;
    assert!(wren.user().await.is_some());
    app.ask(routes::API_V1_DASHBOARDS, &token).await.assert_status(200);

    let patched: Value = directory.patch(&path, active("False")).await.assert_scim(200).json();
    assert_eq!(patched["active"], false);
    assert_eq!(wren.user().await, None);
    wren.get(routes::DASHBOARDS).await.assert_status(401).assert_shows(WHY);
    app.browser().attempt_as("wren").await.assert_status(403).assert_shows(WHY);
    app.ask(routes::API_V1_DASHBOARDS, &token).await.assert_problem(403).assert_shows(WHY);
    assert!(ada.user().await.is_some());
    let number = text(app.db(), "SELECT CAST(id AS TEXT) FROM users WHERE name LIKE 'Wren%'").await;
    let entry = format!("audit WHERE kind = 'sign_in_refused' AND person_id = {number}");
    until("the audit says who was refused", async || app.count(&entry).await == 1).await;
    let page = ada.get(&routes::ADMIN_USER.replace("{id}", &number)).await;
    page.assert_status(200).assert_shows("Not active in the directory since");
    ada.get(routes::ADMIN_USERS).await.assert_shows("Not active in the directory");

    directory.patch(&path, active("True")).await.assert_scim(200);
    app.browser().attempt_as("wren").await.assert_status(303);
    app.ask(routes::API_V1_DASHBOARDS, &token).await.assert_status(200);
}

// Case: scim/disable-forms
async fn whichever_way_a_directory_says_it_counts(database: &TestDb) {
    let app = start(database).await;
    let directory = Directory::of(&app).await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    let subject = subject(&app, "reed").await;
    let path = directory.create("Reed", &subject, true).await;
    for said in [
        json!([{ "op": "Replace", "path": "active", "value": "False" }]),
        json!([{ "op": "replace", "path": "active", "value": false }]),
        json!([{ "op": "Add", "path": "active", "value": "false" }]),
        json!([{ "op": "replace", "value": { "active": false } }]),
        json!([{ "op": "Replace", "value": { "ACTIVE": "False", "displayName": "Reed M" } }]),
        json!([{ "op": "Replace", "path": "active", "value": [{ "value": "False" }] }]),
        json!([{ "op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:active", "value": false }]),
    ] {
        directory.patch(&path, said.clone()).await.assert_scim(200);
        assert_eq!(reed.user().await, None, "{said}");
        directory.patch(&path, active(true)).await.assert_scim(200);
        reed = app.browser();
        reed.sign_in_as("reed").await;
    }
    let inactive = super::user("Reed", &subject, false);
    directory.send(Method::PUT, &path, inactive).await.assert_scim(200);
    assert_eq!(reed.user().await, None);
    // A value that is left out stays as it was.
    let mut silent = super::user("Reed", &subject, true);
    silent.as_object_mut().unwrap().remove("active");
    directory.send(Method::PUT, &path, silent).await.assert_scim(200);
    directory.patch(&path, json!([{ "op": "remove", "path": "active" }])).await.assert_scim(200);
    app.browser().attempt_as("reed").await.assert_status(403);
    for wrong in ["maybe", ""] {
        directory.patch(&path, active(wrong)).await.assert_scim_error(400, "invalidValue");
    }
    app.browser().attempt_as("reed").await.assert_status(403);
}

// Case: scim/same-person
async fn a_user_stays_about_the_same_person(database: &TestDb) {
    let app = start(database).await;
    let directory = Directory::of(&app).await;
    let mut wren = app.browser();
    wren.sign_in_as("wren").await;
    let path = directory.create("Wren", &subject(&app, "wren").await, true).await;
    for about in [
        json!({ "op": "Remove", "path": "externalId" }),
        json!({ "op": "Replace", "path": "externalId", "value": "somebody-else" }),
    ] {
        let out = json!({ "op": "Replace", "path": "active", "value": false });
        directory.patch(&path, json!([about, out])).await.assert_scim_error(400, "mutability");
    }
    assert!(wren.user().await.is_some());
    directory.patch(&path, active(false)).await.assert_scim(200);
    assert_eq!(wren.user().await, None);
}

// Case: scim/delete
async fn who_is_deleted_stays_out_until_they_are_created_again(database: &TestDb) {
    let app = start(database).await;
    let directory = Directory::of(&app).await;
    let mut wren = app.browser();
    wren.sign_in_as("wren").await;
    let subject = subject(&app, "wren").await;
    let path = directory.create("Wren", &subject, true).await;
    assert!(wren.user().await.is_some());
    assert_eq!(directory.delete(&path).await.assert_scim(204).body, "");
    assert_eq!(wren.user().await, None);
    app.browser().attempt_as("wren").await.assert_status(403).assert_shows(WHY);
    directory.get(&path).await.assert_scim_error(404, "");
    directory.delete(&path).await.assert_scim_error(404, "");
    directory.patch(&path, active(true)).await.assert_scim_error(404, "");
    directory.create("Wren", &subject, true).await;
    app.browser().attempt_as("wren").await.assert_status(303);
}

// Case: scim/first-sign-in
async fn who_never_signed_in_is_judged_at_the_first_sign_in(database: &TestDb) {
    let app = start(database).await;
    let directory = Directory::of(&app).await;
    let path = directory.create("From the directory", &subject(&app, "reed").await, false).await;
    directory.create("Wren of the directory", &subject(&app, "wren").await, true).await;
    app.browser().attempt_as("reed").await.assert_status(403).assert_shows(WHY);
    assert_eq!(app.count("sign_ins").await, 0);
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let people = ada.get(routes::ADMIN_USERS).await;
    people.assert_status(200).assert_shows("Wren of the directory").assert_shows("Never");
    ada.get(&format!("{}?q=wren", routes::ADMIN_USERS)).await.assert_shows("Wren of the directory@example.com");
    let token = app.person_token("ada").await;
    let list: Value = app.ask(&format!("{}?search=wren", routes::API_V1_USERS), &token).await.json();
    assert_eq!((&list["users"][0]["last_sign_in"], &list["users"][0]["sessions"]), (&Value::Null, &json!(0)), "{list}");

    directory.patch(&path, active(true)).await.assert_scim(200);
    for person in ["reed", "wren"] {
        let mut browser = app.browser();
        browser.sign_in_as(person).await;
        assert!(browser.user().await.is_some());
    }
    // After a sign-in, the name in the ID token counts rather than the directory's.
    directory.patch(&path, json!([{ "op": "Replace", "path": "displayName", "value": "Else" }])).await.assert_scim(200);
    assert_eq!(app.count("users WHERE name = 'Reed Marlow'").await, 1);
    assert_eq!(app.count("users WHERE name = 'Else'").await, 0);
    let never = "users WHERE last_sign_in_at = 0 AND name IN ('Reed Marlow', 'Wren Hollis')";
    assert_eq!(app.count(never).await, 0);
}

// Case: scim/two-sources
async fn what_administrators_decide_and_what_the_directory_says_are_kept_apart(database: &TestDb) {
    let app = start(database).await;
    let directory = Directory::of(&app).await;
    let (mut ada, mut wren) = (app.browser(), app.browser());
    ada.sign_in_as("ada").await;
    wren.sign_in_as("wren").await;
    let path = directory.create("Wren", &subject(&app, "wren").await, true).await;
    let number = text(app.db(), "SELECT CAST(id AS TEXT) FROM users WHERE name LIKE 'Wren%'").await;
    let disable = [("user_id", number.as_str()), ("reason", "By an administrator")];
    ada.submit(routes::API_DISABLE_PERSON, &disable).await.assert_status(303);
    directory.patch(&path, active(false)).await.assert_scim(200);
    directory.patch(&path, active(true)).await.assert_scim(200);
    app.browser().attempt_as("wren").await.assert_status(403).assert_shows("By an administrator");
    directory.patch(&path, active(false)).await.assert_scim(200);
    ada.submit(routes::API_ENABLE_PERSON, &[("user_id", &number)]).await.assert_status(303);
    app.browser().attempt_as("wren").await.assert_status(403).assert_shows(WHY);
    directory.patch(&path, active(true)).await.assert_scim(200);
    app.browser().attempt_as("wren").await.assert_status(303);
}

// Case: scim/issuer
async fn a_directory_speaks_of_the_people_of_its_issuer_alone(database: &TestDb) {
    let app = start(database).await;
    let own = Directory::of(&app).await;
    let other = Directory::with(&app, "other", "https://another.example.com").await;
    let mut wren = app.browser();
    wren.sign_in_as("wren").await;
    let subject = subject(&app, "wren").await;
    let path = own.create("Wren", &subject, true).await;
    other.get(&path).await.assert_scim_error(404, "");
    other.patch(&path, active(false)).await.assert_scim_error(404, "");
    other.delete(&path).await.assert_scim_error(404, "");
    assert_eq!(other.found("/scim/v2/Users", "userName eq \"Wren@example.com\"").await.len(), 0);
    // Another directory has a different user with the same name and subject.
    let theirs = other.create("Wren", &subject, false).await;
    let group = json!({ "displayName": "All", "members": [{ "value": path.rsplit('/').next().unwrap() }] });
    other.post("/scim/v2/Groups", group).await.assert_scim_error(400, "invalidValue");
    other.delete(&theirs).await.assert_scim(204);
    assert!(wren.user().await.is_some());
    app.browser().attempt_as("wren").await.assert_status(303);
    // All tokens of an issuer give the same rights.
    let rotated = Directory::with(&app, "entra-2", &issuer(&app).await).await;
    rotated.patch(&path, active(false)).await.assert_scim(200);
    assert_eq!(wren.user().await, None);
}

// Case: scim/audit
async fn every_change_is_in_the_audit_by_the_name_of_the_token(database: &TestDb) {
    let app = start(database).await;
    let directory = Directory::of(&app).await;
    let mut wren = app.browser();
    wren.sign_in_as("wren").await;
    let path = directory.create("Wren", &subject(&app, "wren").await, true).await;
    directory.patch(&path, active(false)).await.assert_scim(200);
    directory.patch(&path, active(true)).await.assert_scim(200);
    directory.delete(&path).await.assert_scim(204);
    let group = json!({ "displayName": "All" });
    directory.post("/scim/v2/Groups", group).await.assert_scim(201);
    // Refused requests change nothing.
    directory.post("/scim/v2/Users", json!({ "userName": "" })).await.assert_scim_error(400, "invalidValue");
    assert!(app.audit().flush(std::time::Duration::from_secs(30)).await);

    let ada = app.person_token("ada").await;
    let page: Value = app.ask(&format!("{}?person=wren", routes::API_V1_AUDIT), &ada).await.assert_status(200).json();
    let of_directory = |entry: &&Value| entry["actor"] == "SCIM (entra)";
    let entries: Vec<_> = page["entries"].as_array().unwrap().iter().rev().filter(of_directory).collect();
    let told: Vec<_> = entries
        .iter()
        .map(|entry| {
            let details = &entry["details"];
            let of = |name: &str| details[name].as_str().unwrap();
            (entry["kind"].as_str().unwrap(), of("change"), details["active"].clone(), details["ended"].clone())
        })
        .collect();
    let (yes, no) = (json!(true), json!(false));
    assert_eq!(
        told,
        [
            ("directory_changed", "user_created", yes.clone(), json!(0)),
            ("person_disabled", "user_changed", no.clone(), json!(1)),
            ("person_enabled", "user_changed", yes, json!(0)),
            ("person_disabled", "user_deleted", no, json!(0)),
        ],
        "{page}"
    );
    assert!(entries.iter().all(|entry| entry["person"] == "Wren Hollis" && entry["address"] == "127.0.0.1"));
    assert_eq!(app.count("audit WHERE kind = 'directory_changed' AND person_id IS NULL").await, 1);
    assert!(app.audit().verify().await.unwrap().is_ok());
    // The internal user of the token is not listed among people.
    let people: Value = app.ask(routes::API_V1_USERS, &ada).await.json();
    assert_eq!(people["users"].as_array().unwrap().len(), 1, "{people}");
}

// Case: scim/race
async fn a_sign_in_that_is_on_its_way_does_not_outlive_what_the_directory_says(database: &TestDb) {
    let app = start(database).await;
    let directory = Directory::of(&app).await;
    let subject = subject(&app, "reed").await;
    for round in 0..16 {
        let path = directory.create("Reed", &subject, true).await;
        let mut browser = app.browser();
        let begun = browser.begin(routes::HOME).await;
        let callback = path_and_query(&browser.choose(&begun, "reed").await);
        // Each of the two is delayed once, so that either may be the first.
        let later = async |turns: u32| {
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
        };
        let (answer, said) = tokio::join!(
            async {
                later(8 * (round % 4)).await;
                browser.get(&callback).await
            },
            async {
                later(8 * (3 - round % 4)).await;
                directory.patch(&path, active(false)).await
            },
        );
        said.assert_scim(200);
        assert!([303, 403].contains(&answer.status), "{answer:#?}");
        assert_eq!(browser.user().await, None, "{round}");
        assert_eq!(live(&app).await, 0, "{round}");
        directory.delete(&path).await.assert_scim(204);
    }
}

async fn live(app: &TestApp) -> i64 {
    app.count("sign_ins WHERE revoked_at IS NULL").await
}
