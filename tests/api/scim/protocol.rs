//! The protocol: stored users, filters, pages, versions and errors.

use openidconnect::reqwest::Method;
use serde_json::{Value, json};

use super::{Directory, start, user};
use crate::support::{TestApp, TestDb, on_both_dialects};

on_both_dialects! {
    a_user_is_created_found_and_changed_as_entra_does_it,
    lists_come_in_pages,
    a_version_that_has_changed_is_not_overwritten,
    whatever_is_wrong_is_told_in_the_words_of_the_protocol,
}

const USERS: &str = "/scim/v2/Users";

// Case: scim/users
async fn a_user_is_created_found_and_changed_as_entra_does_it(database: &TestDb) {
    let app = start(database).await;
    let directory = Directory::of(&app).await;
    // The request with which Entra tests the connection.
    let nobody = directory.found(USERS, "userName eq \"e0b35b4a-8f1e-4a8d-b66f-14d4e2d2c5a1\"").await;
    assert_eq!(nobody, Vec::<Value>::new());

    let created = directory.post(USERS, user("Test", "0a21f0f2", true)).await;
    let new: Value = created.assert_scim(201).json();
    let path = format!("{USERS}/{}", new["id"].as_str().unwrap());
    assert_eq!(created.header("etag"), "W/\"1\"");
    assert_eq!(new["meta"]["location"], created.header("location"));
    assert!(created.header("location").starts_with("http://") && created.header("location").ends_with(&path));
    assert_eq!(
        (&new["userName"], &new["active"], &new["externalId"]),
        (&json!("Test@example.com"), &json!(true), &json!("0a21f0f2"))
    );
    assert_eq!(new["emails"], json!([{ "primary": true, "type": "work", "value": "Test@example.com" }]));
    assert!(new.get("roles").is_none() && new["meta"]["resourceType"] == "User", "{new}");
    assert_eq!(directory.get(&path).await.assert_scim(200).json::<Value>(), new);
    for filter in [
        "userName eq \"TEST@EXAMPLE.COM\"",
        "externalId eq \"0a21f0f2\"",
        "USERNAME EQ \"test@example.com\" and externalId eq \"0a21f0f2\"",
        &format!("id eq \"{}\"", new["id"].as_str().unwrap()),
    ] {
        assert_eq!(directory.found(USERS, filter).await, std::slice::from_ref(&new), "{filter}");
    }
    assert_eq!(directory.found(USERS, "externalId eq \"0A21F0F2\"").await.len(), 0);

    let several = json!([
        { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "updated@example.com" },
        { "op": "Replace", "path": "name.familyName", "value": "Updated" },
        { "op": "Add", "path": "emails[type eq \"home\"].value", "value": "home@example.com" },
        { "op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "IT" },
        { "op": "Add", "path": "title", "value": "Tester" },
        { "op": "Replace", "path": "addresses[type eq \"work\"].country", "value": "Nowhere" },
    ]);
    let changed: Value = directory.patch(&path, several).await.assert_scim(200).json();
    assert_eq!(changed["emails"][0]["value"], "updated@example.com");
    assert_eq!(changed["emails"][1], json!({ "type": "home", "value": "home@example.com" }));
    assert_eq!(changed["name"], json!({ "formatted": "Test", "familyName": "Updated", "givenName": "Given" }));
    assert_eq!((&changed["title"], &changed["meta"]["version"]), (&json!("Tester"), &json!("W/\"2\"")));
    let renamed = json!([{ "op": "Replace", "path": "userName", "value": "new@example.com" }]);
    directory.patch(&path, renamed).await.assert_scim(200);
    assert_eq!(directory.found(USERS, "userName eq \"test@example.com\"").await.len(), 0);
    let removed = json!([
        { "op": "Remove", "path": "title" },
        { "op": "Remove", "path": "emails[type eq \"home\"]" },
        { "op": "Remove", "path": "name.givenName" },
        { "op": "Replace", "value": { "name.formatted": "Whole", "emails[type eq \"work\"].value": "w@example.com" } },
    ]);
    let changed: Value = directory.patch(&path, removed).await.assert_scim(200).json();
    assert!(changed.get("title").is_none(), "{changed}");
    assert_eq!(changed["emails"], json!([{ "primary": true, "type": "work", "value": "w@example.com" }]));
    assert_eq!(changed["name"], json!({ "formatted": "Whole", "familyName": "Updated" }));
    let shown: Value = directory.get(&format!("{path}?attributes=userName")).await.assert_scim(200).json();
    let mut names: Vec<_> = shown.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["id", "schemas", "userName"]);
}

// Case: scim/pages
async fn lists_come_in_pages(database: &TestDb) {
    let app = start(database).await;
    let directory = Directory::of(&app).await;
    for number in 0..5 {
        directory.create(&format!("Person {number}"), &number.to_string(), true).await;
    }
    let mut seen = Vec::new();
    for (query, count) in [("startIndex=1&count=2", 2), ("startIndex=3&count=2", 2), ("startIndex=5&count=2", 1)] {
        let page: Value = directory.get(&format!("{USERS}?{query}")).await.assert_scim(200).json();
        assert_eq!((&page["totalResults"], &page["itemsPerPage"]), (&json!(5), &json!(count)));
        seen.extend(page["Resources"].as_array().unwrap().iter().map(|user| user["userName"].to_string()));
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5);
    for (query, count) in [("count=0", 0), ("startIndex=9", 0), ("startIndex=-3&count=9999", 5), ("", 5)] {
        let page: Value = directory.get(&format!("{USERS}?{query}")).await.assert_scim(200).json();
        assert_eq!((&page["totalResults"], page["Resources"].as_array().unwrap().len()), (&json!(5), count), "{query}");
    }
}

// Case: scim/versions
async fn a_version_that_has_changed_is_not_overwritten(database: &TestDb) {
    let app = start(database).await;
    let directory = Directory::of(&app).await;
    let path = directory.create("Test", "s-1", true).await;
    let rename = |name: &str| json!({ "Operations": [{ "op": "replace", "path": "displayName", "value": name }] });
    let if_match = async |tag: &str, name: &str| {
        directory.send_with(Method::PATCH, &path, &[("if-match", tag)], rename(name)).await
    };
    if_match("W/\"1\"", "One").await.assert_scim(200);
    if_match("W/\"1\"", "Two").await.assert_scim_error(412, "");
    directory
        .send_with(Method::PUT, &path, &[("if-match", "W/\"1\"")], user("Test", "s-1", false))
        .await
        .assert_scim_error(412, "");
    directory
        .send_with(Method::DELETE, &path, &[("if-match", "W/\"1\"")], Value::Null)
        .await
        .assert_scim_error(412, "");
    if_match("W/\"7\", \"2\"", "Three").await.assert_scim(200);
    if_match("*", "Four").await.assert_scim(200);
    let shown = directory.get(&path).await;
    assert_eq!(shown.json::<Value>()["displayName"], "Four");
    let again = directory.send_with(Method::GET, &path, &[("if-none-match", shown.header("etag"))], Value::Null).await;
    assert_eq!(again.assert_scim(304).body, "");
    // Two requests at once: both succeed, one after the other.
    let (one, two) = tokio::join!(
        directory.patch(&path, json!([{ "op": "replace", "path": "title", "value": "a" }])),
        directory.patch(&path, json!([{ "op": "replace", "path": "displayName", "value": "b" }])),
    );
    one.assert_scim(200);
    two.assert_scim(200);
    let both: Value = directory.get(&path).await.json();
    assert_eq!(
        (&both["title"], &both["displayName"], &both["meta"]["version"]),
        (&json!("a"), &json!("b"), &json!("W/\"6\""))
    );
}

// Case: scim/errors
async fn whatever_is_wrong_is_told_in_the_words_of_the_protocol(database: &TestDb) {
    let app = start(database).await;
    let directory = Directory::of(&app).await;
    let path = directory.create("Test", "s-1", true).await;
    let before: Value = directory.get(&path).await.json();
    let mut taken = user("TEST", "s-2", true);
    directory.post(USERS, taken.clone()).await.assert_scim_error(409, "uniqueness");
    taken["userName"] = "other@example.com".into();
    taken["externalId"] = "s-1".into();
    directory.post(USERS, taken).await.assert_scim_error(409, "uniqueness");
    let other = directory.create("Other", "s-2", true).await;
    let rename = json!([{ "op": "Replace", "path": "userName", "value": "test@example.com" }]);
    directory.patch(&other, rename).await.assert_scim_error(409, "uniqueness");
    for (body, kind) in [
        (json!({}), "invalidValue"),
        (json!({ "userName": 7 }), "invalidValue"),
        (json!({ "userName": "x", "active": "perhaps" }), "invalidValue"),
        (json!({ "userName": "x", "externalId": "" }), "invalidValue"),
        (json!({ "userName": "x", "externalId": "x".repeat(256) }), "invalidValue"),
        (json!({ "userName": "x".repeat(501) }), "invalidValue"),
        (json!({ "userName": "x", "emails": "x@example.com" }), "invalidValue"),
        (json!({ "userName": "x", "emails": vec![json!({ "value": "x" }); 51] }), "invalidValue"),
        (json!({ "userName": "x", "name": ["x"] }), "invalidValue"),
        (json!(["userName"]), "invalidSyntax"),
    ] {
        directory.post(USERS, body).await.assert_scim_error(400, kind);
    }
    for (operations, kind) in [
        (json!([{ "op": "Remove" }]), "noTarget"),
        (json!([{ "op": "Remove", "path": "userName" }]), "invalidValue"),
        (json!([{ "op": "Replace", "path": "userName", "value": "" }]), "invalidValue"),
        (json!([{ "op": "Replace", "path": "emails[type eq", "value": "x" }]), "invalidPath"),
        (json!([{ "op": "Replace", "path": "emails[type co \"w\"].value", "value": "x" }]), "invalidFilter"),
        (json!([{ "op": "Replace", "path": "displayName.x", "value": "x" }]), "invalidPath"),
        (json!([{ "op": "Replace", "value": "x" }]), "invalidValue"),
        (json!([{ "op": "Move", "path": "userName" }]), "invalidSyntax"),
        (json!({ "op": "Replace" }), "invalidSyntax"),
    ] {
        directory.patch(&path, operations).await.assert_scim_error(400, kind);
    }
    for filter in
        ["userName co \"a\"", "userName eq", "nothing eq \"a\"", "userName eq 7", "userName eq \"a\" or id eq \"b\""]
    {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("filter", filter).finish();
        directory.get(&format!("{USERS}?{query}")).await.assert_scim_error(400, "invalidFilter");
    }
    directory.get(&format!("{USERS}?count=x")).await.assert_scim_error(400, "invalidValue");
    for nothing in ["/scim", "/scim/", "/scim/v2", "/scim/v2/Nothing", "/scim/v2/Users/nobody", "/scim/v2/Schemas/x"] {
        directory.get(nothing).await.assert_scim_error(404, "");
    }
    let method = directory.send(Method::DELETE, USERS, Value::Null).await;
    assert_eq!(method.assert_scim_error(405, "").header("allow"), "GET,HEAD,POST");
    let large = json!({ "userName": "x", "displayName": "x".repeat(1_100_000) });
    directory.post(USERS, large).await.assert_scim_error(413, "");
    let raw = app.send_with(Method::POST, USERS, &directory.token, &[], "{").await;
    raw.assert_scim_error(400, "invalidSyntax");
    assert_eq!(directory.get(&path).await.json::<Value>(), before, "a refused request must change nothing");
    assert_eq!(app.count("scim_users").await, 2);
}

// Case: scim/description
#[tokio::test]
async fn a_directory_learns_what_there_is() {
    let app = TestApp::start().await;
    let directory = Directory::of(&app).await;
    let service: Value = directory.get("/scim/v2/ServiceProviderConfig").await.assert_scim(200).json();
    for (feature, supported) in
        [("patch", true), ("filter", true), ("etag", true), ("bulk", false), ("sort", false), ("changePassword", false)]
    {
        assert_eq!(service[feature]["supported"], supported, "{feature}");
    }
    let types: Value = directory.get("/scim/v2/ResourceTypes").await.assert_scim(200).json();
    let endpoints: Vec<_> =
        types["Resources"].as_array().unwrap().iter().map(|kind| kind["endpoint"].clone()).collect();
    assert_eq!(endpoints, [json!("/Users"), json!("/Groups")]);
    directory.get("/scim/v2/ResourceTypes/User").await.assert_scim(200);
    let schemas: Value = directory.get("/scim/v2/Schemas").await.assert_scim(200).json();
    let named: Vec<_> =
        schemas["Resources"][0]["attributes"].as_array().unwrap().iter().map(|known| known["name"].clone()).collect();
    assert_eq!(named, ["userName", "active", "displayName", "name", "title", "emails"]);
    let user = directory.get("/scim/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User").await;
    assert_eq!(user.assert_scim(200).json::<Value>(), schemas["Resources"][0]);
}
