//! What administrators see of the audit, and what is written to it.

use std::time::Duration;

use rolecall_model::Role;
use rolecall_routes as routes;

use crate::doctor::program;
use crate::support::{Setup, TestApp, TestDb, on_both_dialects, signed_in, until};

on_both_dialects! {
    what_happens_stands_in_the_audit_with_who_and_from_where,
    the_audit_is_filtered_by_person_kind_day_and_address,
    pages_of_the_audit_follow_each_other_without_gap_or_repeat,
    an_export_holds_what_was_asked_for_and_is_itself_in_the_audit,
    an_entry_names_the_request_that_it_comes_from,
    a_refusal_names_what_was_asked_for_and_which_role_it_needs,
}

/// An application on `database`, which is empty.
fn setup(database: &TestDb) -> Setup {
    TestApp::setup().on(database)
}

/// Waits until the audit has so many `rows` that match `condition`.
async fn until_there_are(app: &TestApp, rows: i64, condition: &str) {
    until(condition, async || app.count(&format!("audit WHERE {condition}")).await == rows).await;
}

// Case: audit/events
async fn what_happens_stands_in_the_audit_with_who_and_from_where(database: &TestDb) {
    let app = setup(database).start().await;
    let mut ada = signed_in(&app, "ada").await;
    let mut nora = signed_in(&app, "nora").await;
    nora.get(routes::DATASETS).await.assert_status(403);
    let mut other = signed_in(&app, "ada").await;
    ada.submit(routes::API_END_MY_OTHER_SESSIONS, &[]).await.assert_status(303);
    nora.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    assert_eq!(other.user().await, None);
    until_there_are(&app, 3, "kind = 'signed_in' AND ip = '127.0.0.1' AND provider = 'demo'").await;
    until_there_are(&app, 1, "kind = 'access_denied' AND person_id IS NOT NULL").await;
    until_there_are(&app, 1, "kind = 'sessions_ended' AND details LIKE '{\"by\":\"person\",\"ended\":1,%'").await;
    until_there_are(&app, 1, "kind = 'signed_out'").await;

    let page = ada.get(routes::ADMIN_AUDIT).await;
    page.assert_status(200).assert_shows("Sessions ended").assert_shows("Ada Vale").assert_shows("127.0.0.1");
    let page = ada.get(&format!("{}?kind=signed_out", routes::ADMIN_AUDIT)).await;
    page.assert_status(200).assert_shows("Nora");
    assert!(!page.body.contains(">Sessions ended</a>"), "{page:#?}");
    ada.get(&page.link("Signed out")).await.assert_status(200).assert_shows("SHA-256");
    ada.get("/admin/audit/999999").await.assert_status(404);
    ada.get("/admin/audit/x").await.assert_status(404);
    assert!(app.audit().verify().await.unwrap().is_ok());
}

// Case: audit/request-id
async fn an_entry_names_the_request_that_it_comes_from(database: &TestDb) {
    let app = setup(database).start().await;
    let (mut ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    let refused = wren.get(routes::ADMIN).await;
    // A decision runs in a task of its own, which must know the request's id as well.
    let disabled = ada.submit(routes::API_DISABLE_PERSON, &[("user_id", "2"), ("reason", "x")]).await;
    for (kind, words, answer) in
        [("access_denied", "Access denied", &refused), ("person_disabled", "Person disabled", &disabled)]
    {
        let id = answer.header("x-request-id");
        let entry = format!("kind = '{kind}' AND details LIKE '%\"request_id\":\"{id}\"%'");
        until_there_are(&app, 1, &entry).await;
        let page = ada.get(&format!("{}?kind={kind}", routes::ADMIN_AUDIT)).await;
        assert!(!page.assert_status(200).body.contains(id), "the list does not show request ids");
        ada.get(&page.link(words)).await.assert_status(200).assert_shows("Request id in the log").assert_shows(id);
        for format in ["csv", "jsonl"] {
            ada.get(&format!("/admin/audit/export?format={format}&kind={kind}")).await.assert_shows(id);
        }
    }
}

// Case: audit/refusals
async fn a_refusal_names_what_was_asked_for_and_which_role_it_needs(database: &TestDb) {
    let app = setup(database).start().await;
    let (mut ada, mut reed) = (signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    reed.get(&format!("{}?person=xyzzy", routes::ADMIN_AUDIT)).await.assert_status(403);
    let told = ["\"path\":\"/admin/audit\"", "\"needed\":\"admin\"", "\"role\":\"read\""];
    let told: Vec<String> = told.iter().map(|part| format!(" AND details LIKE '%{part}%'")).collect();
    until_there_are(&app, 1, &format!("kind = 'access_denied'{}", told.concat())).await;
    assert_eq!(app.count("audit WHERE details LIKE '%xyzzy%'").await, 0, "the audit does not keep queries");
    let page = ada.get(&format!("{}?kind=access_denied", routes::ADMIN_AUDIT)).await;
    page.assert_status(200).assert_shows("Role needed: Admin").assert_shows("Path: /admin/audit");
    // A refusal that is not about roles names no role.
    app.browser().fetch(routes::ACCOUNT).await.assert_status(401);
    let nobody = "kind = 'access_denied' AND details LIKE '%\"path\":\"/account\"%' AND details NOT LIKE '%needed%'";
    until_there_are(&app, 1, nobody).await;
}

// Case: audit/who-sees
#[tokio::test]
async fn only_administrators_see_the_audit() {
    let app = TestApp::start().await;
    let mut wren = signed_in(&app, "wren").await;
    for path in [routes::ADMIN, routes::ADMIN_AUDIT, "/admin/audit/1", "/admin/audit/export?format=csv"] {
        wren.get(path).await.assert_status(403);
        assert_eq!(app.browser().get(path).await.status, 303, "{path}");
    }
    let header = wren.get(routes::HOME).await;
    assert!(!header.body.contains("href=\"/admin\""));
    signed_in(&app, "ada").await.get(routes::HOME).await.assert_shows("href=\"/admin\"");
}

// Case: audit/filter
async fn the_audit_is_filtered_by_person_kind_day_and_address(database: &TestDb) {
    let app = setup(database).start().await;
    let mut ada = signed_in(&app, "ada").await;
    signed_in(&app, "wren").await;
    until_there_are(&app, 2, "kind = 'signed_in'").await;
    for (query, ada_is_there, wren_is_there) in [
        ("", true, true),
        ("?person=ada%20v", true, false),
        ("?person=WREN", false, true),
        ("?person=%25", false, false),
        ("?person=nobody", false, false),
        ("?person=2", false, true),
        ("?kind=signed_in", true, true),
        ("?kind=signed_out", false, false),
        ("?address=127.0.0.1", true, true),
        ("?address=127.0.0.2", false, false),
        ("?from=1970-01-02", true, true),
        ("?until=1970-01-02", false, false),
        ("?person=ada&kind=signed_in&address=127.0.0.1&from=2000-01-01", true, false),
    ] {
        let page = ada.get(&format!("{}{query}", routes::ADMIN_AUDIT)).await;
        let main = page.assert_status(200).body.split("<main").nth(1).unwrap();
        let found = (main.contains("<bdi>Ada Vale"), main.contains("<bdi>Wren"));
        assert_eq!(found, (ada_is_there, wren_is_there), "{query}: {main}");
    }
    for (wrong, field, sentence) in [
        ("?person=ada&kind=x", "kind", "There is no such kind of event."),
        ("?person=ada&from=yesterday", "from", "Write days as 2026-11-21"),
        ("?person=ada&from=2026-11-22&until=2026-11-21", "until", "This day comes before the first one."),
        ("?person=ada&address=localhost", "address", "Write an IP address"),
        ("?person=ada&address=127.0.0", "address", "Write an IP address"),
    ] {
        let page = ada.get(&format!("{}{wrong}", routes::ADMIN_AUDIT)).await;
        page.assert_status(422).assert_shows(sentence).assert_shows(&format!("id=\"{field}-mistake\""));
        page.assert_shows("value=\"ada\"").assert_shows(&format!("aria-describedby=\"{field}-mistake\""));
        assert!(!page.body.contains("No entry matches"), "{wrong}: {page:#?}");
        ada.get(&format!("{}{wrong}&format=csv", routes::ADMIN_AUDIT_EXPORT)).await.assert_status(422);
    }
}

// Case: audit/pages
async fn pages_of_the_audit_follow_each_other_without_gap_or_repeat(database: &TestDb) {
    use rolecall_core::audit::{Entry, EntryKind};
    let app = setup(database).start().await;
    let mut ada = signed_in(&app, "ada").await;
    until_there_are(&app, 1, "kind = 'signed_in'").await;
    let many: Vec<_> = (1..=120)
        .map(|number| Entry::new(EntryKind::DatasetChanged, app.clock.now_ms()).with("number", number))
        .collect();
    app.audit().write(&many).await.unwrap();
    let (mut path, mut seen) = (format!("{}?kind=dataset_changed", routes::ADMIN_AUDIT), Vec::new());
    for page in 0..3 {
        let answer = ada.get(&path).await;
        let links = answer.assert_status(200).body.split("href=\"/admin/audit/").skip(1);
        let ids = links.filter_map(|link| link.split('"').next().unwrap().parse::<i64>().ok());
        seen.extend(ids);
        if page < 2 {
            path = answer.link("Older");
        }
    }
    assert_eq!(seen.len(), 120);
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1] + 1), "{seen:?}");
}

// Case: audit/export
async fn an_export_holds_what_was_asked_for_and_is_itself_in_the_audit(database: &TestDb) {
    let app = setup(database).start().await;
    let mut ada = signed_in(&app, "ada").await;
    signed_in(&app, "wren").await;
    until_there_are(&app, 2, "kind = 'signed_in'").await;
    let page = ada.get(&format!("{}?person=wren", routes::ADMIN_AUDIT)).await;
    let csv = ada.get(&page.link("Export as CSV")).await;
    assert_eq!(csv.assert_status(200).header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"rolecall-audit.csv\"");
    assert_eq!(csv.body.lines().count(), 2, "{}", csv.body);
    csv.assert_shows("signed_in").assert_shows("Wren");
    let json = ada.get(&page.link("Export as JSON lines")).await;
    let line: serde_json::Value = serde_json::from_str(json.assert_status(200).body.trim()).unwrap();
    assert_eq!((&line["kind"], &line["details"]["role"]), (&"signed_in".into(), &Role::Write.key().into()));
    assert_eq!(app.count("audit WHERE kind = 'audit_exported' AND actor_id = 1").await, 2);
    ada.get("/admin/audit/export?format=xml").await.assert_status(404);
    ada.get("/admin/audit/export").await.assert_status(404);
}

// Case: audit/export-step-up
#[tokio::test]
async fn an_export_needs_a_sign_in_of_the_last_ten_minutes() {
    let app = TestApp::start().await;
    let mut ada = signed_in(&app, "ada").await;
    app.clock.advance(Duration::from_secs(599));
    ada.get("/admin/audit/export?format=csv").await.assert_status(200);
    app.clock.advance(Duration::from_secs(2));
    let refused = ada.get("/admin/audit/export?format=csv&kind=started").await;
    refused.assert_redirect("/login/demo?prompt=login&return_to=/admin/audit%3Fkind%3Dstarted");
    ada.fetch("/admin/audit/export?format=csv")
        .await
        .assert_redirect("/login/demo?prompt=login&return_to=/admin/audit");
    let begun = ada.get(refused.location()).await;
    let callback = ada.choose(&begun.location().parse().unwrap(), "ada").await;
    ada.follow(&callback).await.assert_redirect("/admin/audit?kind=started");
    ada.get("/admin/audit/export?format=csv").await.assert_status(200);
}

// Case: audit/verify
#[tokio::test(flavor = "multi_thread")]
async fn the_command_names_the_first_row_that_was_changed() {
    let app = TestApp::start().await;
    signed_in(&app, "ada").await;
    until_there_are(&app, 1, "kind = 'signed_in'").await;
    let mut sources = app.sources();
    sources.environment.insert("ROLECALL_CONFIG_DIR".to_owned(), sources.config_dir.display().to_string());
    let (status, out, err) = program(&sources, &["audit", "verify"]);
    assert_eq!(status, 0, "{out}{err}");
    assert!(out.contains("The audit is intact: 1 entry."), "{out}");
    crate::support::execute(app.db(), "DROP TRIGGER audit_no_update").await;
    crate::support::execute(app.db(), "UPDATE audit SET actor_id = 2").await;
    let (status, out, _) = program(&sources, &["audit", "verify"]);
    assert_eq!(status, 1);
    assert!(out.contains("The audit was changed: row 1 was changed."), "{out}");
}

// Case: audit/names
#[tokio::test]
async fn names_in_the_audit_are_text_and_nothing_else() {
    let app = TestApp::start().await;
    let mut ada = signed_in(&app, "ada").await;
    until_there_are(&app, 1, "kind = 'signed_in'").await;
    for name in ["<script>alert(1)</script>", "\u{202e}evil", "=cmd|' /C calc'!A0", &"🦄".repeat(256)] {
        crate::support::execute(app.db(), &format!("UPDATE users SET name = '{}'", name.replace('\'', "''"))).await;
        let page = ada.get(routes::ADMIN_AUDIT).await;
        let written = html_escape::encode_text(name);
        page.assert_status(200).assert_shows(&format!("<bdi>{written}"));
        assert!(!page.body.contains("<script>alert"));
        let csv = ada.get("/admin/audit/export?format=csv&kind=signed_in").await;
        csv.assert_status(200).assert_shows(if name.starts_with('=') { ",'=cmd" } else { name });
        assert!(!csv.body.contains(",="), "{}", csv.body);
    }
}
