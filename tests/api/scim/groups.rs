//! Groups and their members, in the requests that Entra sends.

use openidconnect::reqwest::Method;
use serde_json::{Value, json};

use super::{Directory, issuer, start};
use crate::support::{Answer, TestApp, TestDb, answered_without_reading, execute, on_both_dialects};

on_both_dialects! {
    a_group_is_created_found_renamed_filled_and_deleted,
    members_are_users_that_are_known_and_go_with_them,
    members_are_listed_where_they_are_asked_for_and_come_in_bounded_numbers,
    a_group_is_of_another_version_when_a_member_is_deleted,
    who_is_deleted_while_they_are_added_is_refused,
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
    assert_eq!(members(&directory, &path).await.len(), 2, "a refused change must change nothing");
    directory.delete(&one).await.assert_scim(204);
    assert_eq!(members(&directory, &path).await, [id(&two)]);
    directory.post(GROUPS, json!({ "externalId": "x" })).await.assert_scim_error(400, "invalidValue");
}

/// Users of the directory as another program may have stored them. Returns their ids.
async fn many(app: &TestApp, issuer: &str, count: usize) -> Vec<String> {
    let ids: Vec<_> = (0..count).map(|number| format!("user-{number}")).collect();
    for ids in ids.chunks(500) {
        let row = |id: &String| format!("('{id}', '{issuer}', '{id}', '{{\"userName\":\"{id}\"}}', 1, 0, 0)");
        let rows: Vec<_> = ids.iter().map(row).collect();
        let insert = format!(
            "INSERT INTO scim_users (id, issuer, user_name, document, version, created_at, changed_at) VALUES {}",
            rows.join(", ")
        );
        execute(app.db(), &insert).await;
    }
    ids
}

// Case: scim/members-bounded
async fn members_are_listed_where_they_are_asked_for_and_come_in_bounded_numbers(database: &TestDb) {
    let app = start(database).await;
    let directory = Directory::of(&app).await;
    let ids = many(&app, &issuer(&app).await, 10_001).await;
    let of = |ids: &[String]| ids.iter().map(|id| json!({ "value": id })).collect::<Vec<_>>();
    let all = json!({ "displayName": "All", "members": of(&ids[..450]) });
    let all: Value = directory.post(GROUPS, all).await.assert_scim(201).json();
    let path = format!("{GROUPS}/{}", all["id"].as_str().unwrap());
    assert_eq!(members(&directory, &path).await.len(), 450, "in several batches");
    let some = json!({ "displayName": "Some", "members": of(&ids[..2]) });
    directory.post(GROUPS, some).await.assert_scim(201);

    let list: Value = directory.get(GROUPS).await.assert_scim(200).json();
    assert!(list["Resources"].as_array().unwrap().iter().all(|group| group.get("members").is_none()), "{list}");
    let asked = directory.get(&format!("{GROUPS}?attributes=displayName,members.value")).await;
    let asked: Value = asked.assert_scim(200).json();
    let mut counts: Vec<_> =
        asked["Resources"].as_array().unwrap().iter().map(|group| group["members"].as_array().unwrap().len()).collect();
    counts.sort_unstable();
    assert_eq!(counts, [2, 450]);

    let add = |ids: &[String]| json!([{ "op": "Add", "path": "members", "value": of(ids) }]);
    directory.patch(&path, add(&ids)).await.assert_scim_error(413, "");
    let halves = json!([add(&ids[..5_001])[0], add(&ids[5_000..])[0]]);
    directory.patch(&path, halves).await.assert_scim_error(413, "");
    assert_eq!(members(&directory, &path).await.len(), 450);
    directory.patch(&path, add(&ids[1..])).await.assert_scim(204);
    assert_eq!(members(&directory, &path).await.len(), 10_001);
    let remove = json!([{ "op": "Remove", "path": "members", "value": of(&ids[1..]) }]);
    directory.patch(&path, remove).await.assert_scim(204);
    assert_eq!(members(&directory, &path).await, ["user-0"]);

    // The group now has more members than are shown at once.
    let more = many_more(&app, &path).await;
    directory.get(&path).await.assert_scim_error(400, "tooMany");
    directory.get(&format!("{GROUPS}?attributes=members")).await.assert_scim_error(400, "tooMany");
    let without: Value = directory.get(&format!("{path}?excludedAttributes=members")).await.assert_scim(200).json();
    assert_eq!(without["displayName"], "All", "{more}");
}

/// Doubles the users of the directory and puts everybody into the group at `path`. Returns the number of members.
async fn many_more(app: &TestApp, path: &str) -> i64 {
    let users = "INSERT INTO scim_users (id, issuer, user_name, document, version, created_at, changed_at) \
                 SELECT 'again-' || id, issuer, 'again-' || user_name, document, 1, 0, 0 FROM scim_users";
    execute(app.db(), users).await;
    let everybody = format!(
        "INSERT INTO scim_members (group_id, member_id) SELECT '{}', id FROM scim_users WHERE true ON CONFLICT DO NOTHING",
        id(path)
    );
    execute(app.db(), &everybody).await;
    app.count("scim_members").await
}

// Case: scim/versions
async fn a_group_is_of_another_version_when_a_member_is_deleted(database: &TestDb) {
    let app = start(database).await;
    let directory = Directory::of(&app).await;
    let (one, two) = (directory.create("One", "s-1", true).await, directory.create("Two", "s-2", true).await);
    let group = json!({ "displayName": "All", "members": [{ "value": id(&one) }, { "value": id(&two) }] });
    let group = directory.post(GROUPS, group).await;
    let other = directory.post(GROUPS, json!({ "displayName": "Nobody" })).await;
    let path = |created: &Answer| format!("{GROUPS}/{}", created.json::<Value>()["id"].as_str().unwrap());
    let (path, other_path) = (path(&group), path(&other));
    app.clock.advance(std::time::Duration::from_secs(1));
    directory.delete(&one).await.assert_scim(204);
    let shown = directory.get(&path).await;
    assert_eq!(shown.assert_scim(200).header("etag"), "W/\"2\"");
    assert_ne!(shown.json::<Value>()["meta"]["lastModified"], group.json::<Value>()["meta"]["lastModified"]);
    let had = directory.send_with(Method::GET, &path, &[("if-none-match", group.header("etag"))], Value::Null).await;
    assert_eq!(had.assert_scim(200).json::<Value>()["members"].as_array().unwrap().len(), 1);
    let has = directory.send_with(Method::GET, &path, &[("if-none-match", "W/\"2\"")], Value::Null).await;
    assert_eq!(has.assert_scim(304).header("etag"), "W/\"2\"");
    assert_eq!(directory.get(&other_path).await.header("etag"), "W/\"1\"");
}

// Case: scim/members-race
async fn who_is_deleted_while_they_are_added_is_refused(database: &TestDb) {
    let app = start(database).await;
    let directory = Directory::of(&app).await;
    let group: Value = directory.post(GROUPS, json!({ "displayName": "All" })).await.assert_scim(201).json();
    let path = format!("{GROUPS}/{}", group["id"].as_str().unwrap());
    for round in 0..12 {
        let users = [
            directory.create("One", &format!("s-{round}-1"), true).await,
            directory.create("Two", &format!("s-{round}-2"), true).await,
        ];
        let both: Vec<_> = users.iter().map(|user| json!({ "value": id(user) })).collect();
        let add = |op: &str| directory.patch(&path, json!([{ "op": op, "path": "members", "value": both }]));
        let (added, put, one, two) =
            tokio::join!(add("Add"), add("Replace"), directory.delete(&users[0]), directory.delete(&users[1]));
        for answer in [&added, &put] {
            assert!([204, 400].contains(&answer.status), "{answer:#?}");
        }
        one.assert_scim(204);
        two.assert_scim(204);
        assert_eq!(members(&directory, &path).await, Vec::<String>::new());
    }
}

// Case: scim/in-force
#[tokio::test]
async fn a_group_that_is_in_force_is_shown_where_nothing_else_can_be_read_after_it_on_postgres() {
    let database = TestDb::postgres().await;
    let app = start(&database).await;
    let directory = Directory::of(&app).await;
    let (one, two) = (directory.create("One", "s-1", true).await, directory.create("Two", "s-2", true).await);
    let group = |name: &str, user: &str| json!({ "displayName": name, "members": [{ "value": id(user) }] });
    // A transaction that adds a person to a group waits for the one that has locked them.
    let held = "SELECT id FROM scim_users FOR UPDATE";
    let created = answered_without_reading(&app, &database, held, directory.post(GROUPS, group("All", &one))).await;
    let created: Value = created.assert_scim(201).json();
    assert_eq!((&created["displayName"], &created["members"][0]["display"]), (&json!("All"), &json!("One")));
    let path = format!("{GROUPS}/{}", created["id"].as_str().unwrap());
    let put = directory.send(Method::PUT, &path, group("Some", &two));
    let put = answered_without_reading(&app, &database, held, put).await;
    assert_eq!(put.assert_scim(200).header("etag"), "W/\"2\"");
    let put: Value = put.json();
    assert_eq!((&put["displayName"], &put["members"].as_array().unwrap().len()), (&json!("Some"), &1), "{put}");
    assert_eq!(put["members"][0]["display"], "Two", "{put}");
    let more = json!([{ "op": "Add", "path": "members", "value": [{ "value": id(&one) }] }]);
    let patched = answered_without_reading(&app, &database, held, directory.patch(&path, more)).await;
    assert_eq!(patched.assert_scim(204).header("etag"), "W/\"3\"");
    assert_eq!(members(&directory, &path).await, sorted([id(&one), id(&two)]));
}
