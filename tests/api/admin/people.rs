//! The list of everyone who has signed in, and disabling a person.

use std::time::Duration;

use rolecall_routes as routes;

use super::{number_of, setup};
use crate::support::{Browser, TestApp, TestDb, execute, on_both_dialects, signed_in, until};

on_both_dialects! {
    people_are_found_by_name_and_address_whatever_is_in_them,
    pages_of_people_follow_each_other_without_gap_or_repeat,
    who_is_disabled_is_out_at_once_and_reads_why,
    a_program_is_no_person_to_disable_or_to_give_a_role,
    no_access_token_of_a_person_who_is_disabled_counts,
}

async fn disable(administrator: &mut Browser, number: &str, reason: &str) -> crate::support::Answer {
    administrator.submit(routes::API_DISABLE_PERSON, &[("user_id", number), ("reason", reason)]).await
}

// Case: admin/people
async fn people_are_found_by_name_and_address_whatever_is_in_them(database: &TestDb) {
    let app = setup(database).start().await;
    let mut ada = signed_in(&app, "ada").await;
    signed_in(&app, "wren").await;
    let page = ada.get(&format!("{}?q=WREN", routes::ADMIN_USERS)).await;
    let main = page.assert_status(200).body.split("<main").nth(1).unwrap();
    assert!(main.contains("<bdi>Wren ") && !main.contains("<bdi>Ada "), "{main}");
    ada.get(&format!("{}?q=%25_", routes::ADMIN_USERS)).await.assert_status(200).assert_shows("Nobody matches");
    let number = number_of(&app, "Wren").await;
    for name in ["<img src=x onerror=alert(1)>", "\u{202e}evil", &"🦄".repeat(256), "שלום עולם"] {
        execute(app.db(), &format!("UPDATE users SET name = '{name}' WHERE id = {number}")).await;
        for path in [routes::ADMIN_USERS.to_owned(), routes::admin_user(2), routes::ADMIN_SESSIONS.to_owned()] {
            let page = ada.get(&path).await;
            page.assert_status(200).assert_shows(&format!("<bdi>{}", html_escape::encode_text(name)));
            assert!(!page.body.contains("<img src=x"), "{path}");
        }
    }
    for path in ["/admin/users/999", "/admin/users/x", "/admin/users/-1"] {
        ada.get(path).await.assert_status(404);
    }
}

// Case: admin/people-pages
async fn pages_of_people_follow_each_other_without_gap_or_repeat(database: &TestDb) {
    let app = setup(database).start().await;
    let mut ada = signed_in(&app, "ada").await;
    for number in 0..119 {
        // Three people at a time have signed in at the same moment.
        let at = number / 3;
        let insert = format!(
            "INSERT INTO users (issuer, subject, name, created_at, last_sign_in_at) \
             VALUES ('https://issuer.test', '{number}', 'Person {number}', 0, {at})"
        );
        execute(app.db(), &insert).await;
    }
    let (mut path, mut seen) = (routes::ADMIN_USERS.to_owned(), Vec::new());
    for page in 0..3 {
        let answer = ada.get(&path).await;
        let links = answer.assert_status(200).body.split("href=\"/admin/users/").skip(1);
        seen.extend(links.filter_map(|link| link.split('"').next().unwrap().parse::<i64>().ok()));
        if page < 2 {
            path = answer.link("Older");
        }
    }
    let different: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!((seen.len(), different.len()), (120, 120));
}

// Case: admin/disable
async fn who_is_disabled_is_out_at_once_and_reads_why(database: &TestDb) {
    let app = setup(database).start().await;
    let (mut ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    assert!(wren.user().await.is_some());
    let number = number_of(&app, "Wren").await;
    disable(&mut ada, &number, " ").await.assert_status(422);
    assert!(wren.user().await.is_some());
    disable(&mut ada, &number, "You left the <b>company</b>").await.assert_status(303);
    assert_eq!(wren.user().await, None);
    let out = wren.get(routes::DASHBOARDS).await;
    out.assert_status(401).assert_shows("An administrator disabled your account here");
    assert!(!out.body.contains("To see this page, sign in again"), "{out:#?}");
    let refused = app.browser().attempt_as("wren").await;
    refused.assert_status(403).assert_shows("You left the &lt;b&gt;company&lt;/b&gt;");
    assert_eq!(app.count("sign_ins WHERE user_id = 2 AND revoked_at IS NULL").await, 0);
    let entry = "audit WHERE kind = 'sign_in_refused' AND actor_id = 2 AND person_id = 2";
    until("the audit says who was refused", async || app.count(entry).await == 1).await;
    for person in ["wren", &number] {
        let page = ada.get(&format!("{}?kind=sign_in_refused&person={person}", routes::ADMIN_AUDIT)).await;
        page.assert_status(200).assert_shows("Sign-in refused").assert_shows("<bdi>Wren");
    }
    let page = ada.get(&routes::admin_user(2)).await;
    page.assert_status(200).assert_shows("Disabled since").assert_shows("You left the &lt;b&gt;");
    page.assert_shows("Let in again").assert_shows("If you enable them, they can sign in");
    assert!(!page.body.contains("Disabling somebody ends"), "{page:#?}");
    ada.submit(routes::API_ENABLE_PERSON, &[("user_id", &number)]).await.assert_status(303);
    assert!(signed_in(&app, "wren").await.user().await.is_some());
    for kind in ["person_disabled", "person_enabled"] {
        assert_eq!(app.count(&format!("audit WHERE kind = '{kind}' AND actor_id = 1 AND person_id = 2")).await, 1);
    }
    assert!(app.audit().verify().await.unwrap().is_ok());
}

// Case: admin/disable-oneself
#[tokio::test]
async fn nobody_disables_themselves_and_nobody_without_the_role_anybody() {
    let app = TestApp::start().await;
    let (mut ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    let (one, two) = (number_of(&app, "Ada").await, number_of(&app, "Wren").await);
    disable(&mut ada, &one, "x").await.assert_status(422);
    assert!(ada.user().await.is_some());
    disable(&mut wren, &one, "x").await.assert_status(403);
    wren.call(routes::API_ENABLE_PERSON, &[("user_id", &one)]).await.assert_status(403);
    disable(&mut ada, "999", "x").await.assert_status(404);
    app.clock.advance(Duration::from_secs(601));
    disable(&mut ada, &two, "x").await.assert_status(401);
    assert_eq!(app.count("users WHERE disabled_at IS NOT NULL").await, 0);
}

// Case: admin/programs
async fn a_program_is_no_person_to_disable_or_to_give_a_role(database: &TestDb) {
    let app = setup(database).start().await;
    let mut ada = signed_in(&app, "ada").await;
    let insert = "INSERT INTO users (issuer, subject, name, created_at, last_sign_in_at) \
                  VALUES ('applications of SCIM', 'x', 'SCIM (entra)', 0, 0)";
    execute(app.db(), insert).await;
    let number = number_of(&app, "SCIM").await;
    let page = ada.get(&routes::admin_user(number.parse().unwrap())).await;
    page.assert_status(200).assert_shows("SCIM (entra)").assert_shows("A program.");
    assert!(!page.body.contains(routes::API_DISABLE_PERSON) && !page.body.contains(routes::API_GRANT_ROLE));
    disable(&mut ada, &number, "x").await.assert_status(404);
    ada.submit(routes::API_ENABLE_PERSON, &[("user_id", &number)]).await.assert_status(404);
    let grant = [("user_id", number.as_str()), ("role", "admin"), ("reason", "x"), ("until", "")];
    ada.submit(routes::API_GRANT_ROLE, &grant).await.assert_status(404);
    assert_eq!(app.count("users WHERE disabled_at IS NOT NULL").await, 0);
    assert_eq!(app.count("grants").await, 0);
}

// Case: admin/two-administrators
#[tokio::test]
async fn of_two_administrators_who_disable_each_other_one_remains() {
    use rolecall_core::admin::Administrator;
    let app = TestApp::start().await;
    let (mut ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    let number = number_of(&app, "Wren").await;
    let grant = [("user_id", number.as_str()), ("role", "admin"), ("reason", "x"), ("until", "")];
    ada.submit(routes::API_GRANT_ROLE, &grant).await.assert_status(303);
    let live = async |user_id: i64| {
        let page = app.auth().sign_ins().live_of(user_id, app.clock.now_ms()).await.unwrap();
        let sign_in = app.auth().sign_ins().live(&page.rows[0].id, app.clock.now_ms()).await.unwrap().unwrap();
        Administrator::new(app.auth().clone(), app.audit().clone(), &sign_in, None)
    };
    let (one, two) = (live(1).await, live(2).await);
    let (first, second) = tokio::join!(one.disable(2, "x"), two.disable(1, "x"));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    assert_eq!(app.count("users WHERE disabled_at IS NOT NULL").await, 1);
    assert!(ada.user().await.is_some() != wren.user().await.is_some());
}

// Case: admin/disable-api
async fn no_access_token_of_a_person_who_is_disabled_counts(database: &TestDb) {
    let app = setup(database).start().await;
    let mut ada = signed_in(&app, "ada").await;
    signed_in(&app, "wren").await;
    let (wren, robot) = (app.person_token("wren").await, app.robot_token().await);
    app.ask(routes::API_V1_DASHBOARDS, &wren).await.assert_status(200);
    let number = number_of(&app, "Wren").await;
    disable(&mut ada, &number, "You left").await.assert_status(303);
    app.ask(routes::API_V1_DASHBOARDS, &wren).await.assert_problem(403).assert_shows("You left");
    app.ask(routes::API_V1_DASHBOARDS, &robot).await.assert_status(200);
    ada.submit(routes::API_ENABLE_PERSON, &[("user_id", &number)]).await.assert_status(303);
    app.ask(routes::API_V1_DASHBOARDS, &wren).await.assert_status(200);
}
