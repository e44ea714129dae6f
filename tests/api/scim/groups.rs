//! Groups and their members, in the requests that Entra sends.

use openidconnect::reqwest::Method;
use serde_json::{Value, json};

use super::{Directory, start};
use crate::support::{TestDb, on_both_dialects};

on_both_dialects! {
    a_group_is_created_found_renamed_filled_and_deleted,
    members_are_users_that_are_known_and_go_with_them,
}

const GROUPS: &str = "/scim/v2/Groups";

fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// The ids of the members of the group at `path`.
async fn members(directory: &Directory<'_>, path: &str) -> Vec<String> {
    let group: Value = directory.get(path).await.assert_scim(200).json();
    let members = group["members"].as_array().unwrap().iter();
    members.map(|member| member["value"].as_str().unwrap().to_owned()).collect()
}

fn sorted(ids: [&str; 2]) -> Vec<String> {
    let mut ids = ids.map(str::to_owned);
    ids.sort();
    ids.into()
}

// Case: scim/groups
async fn a_group_is_created_found_renamed_filled_and_deleted(database: &TestDb) {
    let app = start(database).await;
    let directory = Directory::of(&app).await;
    let (one, two) = (directory.create("One", "s-1", true).await, directory.create("Two", "s-2", true).await);
    let new = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group", "http://schemas.example.com/2006/11/Group"],
        "externalId": "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159",
        "displayName": "Sales",
        "meta": { "resourceType": "Group" },
    });
    let created = directory.post(GROUPS, new.clone()).await;
    let group: Value = created.assert_scim(201).json();
    let path = format!("{GROUPS}/{}", group["id"].as_str().unwrap());
    assert!(created.header("location").ends_with(&path), "{created:#?}");
    assert_eq!((&group["displayName"], &group["members"]), (&json!("Sales"), &json!([])));
    directory.post(GROUPS, new).await.assert_scim_error(409, "uniqueness");

    let found =
        directory.get(&format!("{GROUPS}?excludedAttributes=members&filter=displayName%20eq%20%22SALES%22")).await;
    let found: Value = found.assert_scim(200).json();
    assert_eq!((&found["totalResults"], &found["Resources"][0]["id"]), (&json!(1), &group["id"]));
    assert!(found["Resources"][0].get("members").is_none(), "{found}");
    assert_eq!(directory.found(GROUPS, "externalId eq \"8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159\"").await.len(), 1);

    let renamed = json!([{ "op": "Replace", "path": "displayName", "value": "Sales and more" }]);
    assert_eq!(directory.patch(&path, renamed).await.assert_scim(204).header("etag"), "W/\"2\"");
    let add = |ids: &[&str]| {
        let value: Vec<_> = ids.iter().map(|id| json!({ "$ref": null, "value": id })).collect();
        json!([{ "op": "Add", "path": "members", "value": value }])
    };
    directory.patch(&path, add(&[id(&one), id(&two)])).await.assert_scim(204);
    directory.patch(&path, add(&[id(&one)])).await.assert_scim(204);
    assert_eq!(members(&directory, &path).await, sorted([id(&one), id(&two)]));
    let of_both = format!("id eq \"{}\" and members eq \"{}\"", id(&path), id(&one));
    assert_eq!(directory.found(GROUPS, &of_both).await.len(), 1);

    let remove = json!([{ "op": "Remove", "path": "members", "value": [{ "$ref": null, "value": id(&one) }] }]);
    directory.patch(&path, remove).await.assert_scim(204);
    assert_eq!(directory.found(GROUPS, &of_both).await.len(), 0);
    let remove = json!([{ "op": "remove", "path": format!("members[value eq \"{}\"]", id(&two)) }]);
    directory.patch(&path, remove).await.assert_scim(204);
    assert_eq!(members(&directory, &path).await, Vec::<String>::new());
    let replace = json!([{ "op": "replace", "value": { "displayName": "Again", "members": [{ "value": id(&two) }] } }]);
    directory.patch(&path, replace).await.assert_scim(204);
    let put = json!({ "displayName": "At last", "members": [{ "value": id(&one) }] });
    let put: Value = directory.send(Method::PUT, &path, put).await.assert_scim(200).json();
    assert_eq!(put["members"][0]["display"], "One", "{put}");
    assert_eq!((&put["displayName"], &put["externalId"]), (&json!("At last"), &Value::Null));
    directory.patch(&path, json!([{ "op": "Remove", "path": "members" }])).await.assert_scim(204);
    assert_eq!(members(&directory, &path).await, Vec::<String>::new());

    directory.delete(&path).await.assert_scim(204);
    directory.get(&path).await.assert_scim_error(404, "");
}

// Case: scim/members
async fn members_are_users_that_are_known_and_go_with_them(database: &TestDb) {
    let app = start(database).await;
    let directory = Directory::of(&app).await;
    let (one, two) = (directory.create("One", "s-1", true).await, directory.create("Two", "s-2", true).await);
    let group = json!({ "displayName": "All", "members": [{ "value": id(&one) }, { "value": id(&two) }] });
    let group: Value = directory.post(GROUPS, group).await.assert_scim(201).json();
    let path = format!("{GROUPS}/{}", group["id"].as_str().unwrap());
    assert_eq!(members(&directory, &path).await, sorted([id(&one), id(&two)]));
    for wrong in [json!([{ "value": "nobody" }]), json!([{ "display": "One" }]), json!(7)] {
        let change = json!([
            { "op": "Remove", "path": "members" },
            { "op": "Add", "path": "members", "value": wrong },
        ]);
        directory.patch(&path, change).await.assert_scim_error(400, "invalidValue");
    }
    assert_eq!(members(&directory, &path).await.len(), 2, "all of it or nothing");
    directory.delete(&one).await.assert_scim(204);
    assert_eq!(members(&directory, &path).await, [id(&two)]);
    directory.post(GROUPS, json!({ "externalId": "x" })).await.assert_scim_error(400, "invalidValue");
}
